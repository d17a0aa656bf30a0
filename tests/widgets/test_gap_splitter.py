"""Gaps are plain ground, and what shares a room lives as long as its owner."""

import gc

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from widgets.paint.theme import Look
from widgets.parts.gap_splitter import GapSplitter


def test_the_gap_is_the_ground_and_the_room_is_shared(qtbot: QtBot, look: Look) -> None:
    splitter = GapSplitter(look, Qt.Orientation.Horizontal).share((QLabel(), 3), (QLabel(), 1))
    qtbot.addWidget(splitter)
    splitter.resize(404, 50)
    splitter.show()
    assert splitter.sizes() == [300, 100]
    picture = splitter.grab().toImage()
    assert {picture.pixelColor(QPoint(302, y)).name() for y in range(50)} == {look.colour("bg0").name()}


def test_the_collector_leaves_the_parts_of_a_shown_pane_alone(qtbot: QtBot, look: Look) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    part = QLabel()
    QVBoxLayout(owner).addWidget(GapSplitter(look, Qt.Orientation.Vertical).share((part, 1), (QLabel(), 1)))
    owner.show()
    owner.grab()
    gc.collect()
    assert Shiboken.isValid(part)
