"""The first look names the panes until somebody ends it."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets.first_run import FirstRun, Pane
from widgets.paint.theme import Look

PANES: list[Pane] = [
    (QRect(0, 0, 56, 640), "Pages", "cockpit, chain, journal"),
    (QRect(60, 0, 900, 44), "Status", "what feeds it"),
    (QRect(60, 50, 900, 400), "Positions", "one row each"),
    (QRect(60, 460, 120, 30), "Small", ""),
]


class Under(QWidget):
    """The window: remembers the keys that reach it."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keys.append(event.key())


@pytest.fixture
def under(qtbot: QtBot) -> Under:
    made = Under()
    qtbot.addWidget(made)
    made.resize(1280, 640)
    made.show()
    return made


@pytest.fixture
def first(look: Look, under: Under) -> FirstRun:
    made = FirstRun(look, under)
    made.show_panes(PANES)
    return made


def test_every_pane_is_named_for_readers_of_the_screen_too(first: FirstRun, under: Under) -> None:
    assert first.geometry() == under.rect()
    for _, title, text in PANES:
        assert f"{title}: {text}" in first.accessibleDescription()
    picture = first.grab().toImage()
    plate = picture.pixelColor(510, 250)
    assert plate != picture.pixelColor(300, 250)


def test_esc_ends_it_once(first: FirstRun, under: Under, qtbot: QtBot) -> None:
    ended: list[bool] = []
    first.ended.connect(lambda: ended.append(True))
    qtbot.keyClick(first, Qt.Key.Key_Escape)
    first.end()
    assert not first.isVisible()
    assert ended == [True]
    assert under.keys == []


def test_a_click_ends_it(first: FirstRun, qtbot: QtBot) -> None:
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert not first.isVisible()


def test_the_key_of_the_keys_ends_it_and_reaches_the_window(first: FirstRun, under: Under, qtbot: QtBot) -> None:
    qtbot.keyClick(first, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    assert not first.isVisible()
    assert under.keys[-1] == Qt.Key.Key_Question


def test_every_other_key_does_what_it_always_does(first: FirstRun, under: Under, qtbot: QtBot) -> None:
    qtbot.keyClick(first, Qt.Key.Key_F4)
    assert first.isVisible()
    assert under.keys == [Qt.Key.Key_F4]
