"""The menus over the table of round trips."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from widgets.journal_menus import ColumnsButton, ExportButton
from widgets.theme import Look


def test_columns_are_switched_and_keep_their_order(qtbot: QtBot, look: Look) -> None:
    button = ColumnsButton(look)
    qtbot.addWidget(button)
    button.show_columns(("opened", "symbol", "net"))
    button.open()
    actions = {action.data(): action for action in button.menu.actions()}
    assert [key for key, action in actions.items() if action.isChecked()] == ["opened", "symbol", "net"]
    assert not actions["symbol"].isEnabled()
    with qtbot.waitSignal(button.chosen) as chosen:
        actions["entry"].trigger()
    assert chosen.args == [("opened", "symbol", "entry", "net")]
    with qtbot.waitSignal(button.chosen) as chosen:
        actions["net"].trigger()
    assert chosen.args == [("opened", "symbol", "entry")]
    button.menu.close()


@pytest.mark.parametrize(
    ("word", "named", "written"),
    [("CSV", "a.csv", "a.csv"), ("Parquet", "a.b", "a.b.parquet"), ("JSON", "a", "a.json")],
)
def test_the_ending_is_the_format(
    qtbot: QtBot, look: Look, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, word: str, named: str, written: str
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / named), ""))
    button = ExportButton(look)
    qtbot.addWidget(button)
    button.open()
    with qtbot.waitSignal(button.chosen) as chosen:
        next(action for action in button.menu.actions() if action.text() == word).trigger()
    assert chosen.args == [tmp_path / written]
    button.menu.close()


def test_who_names_no_file_writes_none(qtbot: QtBot, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    button = ExportButton(look)
    qtbot.addWidget(button)
    with qtbot.assertNotEmitted(button.chosen):
        button.menu.actions()[0].trigger()
