"""The overlay shows every key of the keymap in force, and all of it fits."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets.acting.keymap import KEYMAP, active, printed
from widgets.keys_overlay import CAPS, KeysOverlay, shown_keys
from widgets.paint.theme import Look


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    yield
    active.remap({})


@pytest.fixture
def under(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def overlay(look: Look, under: QWidget, width: int, height: int) -> KeysOverlay:
    under.resize(width, height)
    made = KeysOverlay(look, under)
    made.setGeometry(0, 94, width, height - 94)  # below the strip and the bar
    return made


@pytest.mark.parametrize(("width", "height"), [(1280, 640), (1280, 720), (1600, 1000), (3840, 2160)])
def test_every_group_is_there_and_the_panel_fits(look: Look, under: QWidget, width: int, height: int) -> None:
    shown = overlay(look, under, width, height)
    plan = shown.plan()
    groups: dict[str, list[object]] = {}
    for binding in KEYMAP.values():
        groups.setdefault(binding.group, []).append(binding)
    assert [name for column in plan.columns for name in column] == list(groups)
    assert plan.height(groups) <= shown.height()  # type: ignore[arg-type]
    assert plan.width * len(plan.columns) + 24 <= shown.width()


def test_no_line_is_cut_in_the_narrowest_column(look: Look, under: QWidget) -> None:
    room = overlay(look, under, 1280, 640).plan().width - 24
    for binding in KEYMAP.values():
        caps = sum(max(14.0, look.width(printed(key), 9, 500) + 7) + 4 for key in shown_keys(binding))
        assert max(CAPS, caps + 4) + look.width(binding.text, 11) <= room, binding


def test_a_changed_key_is_told(look: Look, under: QWidget) -> None:
    shown = overlay(look, under, 1280, 720)
    assert "V: veto the decision" in shown.accessibleDescription()
    active.remap({"veto": ["Ctrl+Q"]})
    assert "Ctrl+Q: veto the decision" in shown.accessibleDescription()


def test_a_click_hides_it(look: Look, under: QWidget, qtbot: QtBot) -> None:
    shown = overlay(look, under, 1280, 720)
    under.show()
    shown.toggle()
    assert shown.isVisible()
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton)
    assert not shown.isVisible()
