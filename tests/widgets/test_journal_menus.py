"""The menus over the table of round trips."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from widgets.journal.journal_menus import ColumnsButton, ExportButton
from widgets.paint.theme import Look


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


@pytest.fixture
def button(qtbot: QtBot, look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ExportButton:
    """In a window, and its dialogs are Qt's own, in a folder of this test."""
    monkeypatch.chdir(tmp_path)
    made = ExportButton(look)
    qtbot.addWidget(made)
    made.show()
    return made


def ask(button: ExportButton, word: str) -> QFileDialog:
    """The dialog of that format, as it stands, in the folder of this test."""
    next(action for action in button.menu.actions() if action.text() == word).trigger()
    assert isinstance(button.dialog, QFileDialog)
    assert button.dialog.isVisible()
    button.dialog.setDirectory(str(Path.cwd()))
    return button.dialog


def name_it(dialog: QFileDialog, name: str) -> None:
    """That file, and Save."""
    line, buttons = dialog.findChild(QLineEdit), dialog.findChild(QDialogButtonBox)
    assert line is not None
    assert buttons is not None
    line.setText(name)
    buttons.button(QDialogButtonBox.StandardButton.Save).click()


@pytest.mark.parametrize(
    ("word", "named", "written"),
    [("CSV", "a.csv", "a.csv"), ("Parquet", "a.b", "a.b.parquet"), ("JSON", "a", "a.json")],
)
def test_the_ending_is_the_format(
    qtbot: QtBot, button: ExportButton, tmp_path: Path, word: str, named: str, written: str
) -> None:
    dialog = ask(button, word)
    assert dialog.selectedFiles() == [str(tmp_path / f"round_trips.{word.lower()}")]
    with qtbot.waitSignal(button.chosen) as chosen:
        name_it(dialog, named)
    assert chosen.args == [tmp_path / written]
    assert button.dialog is None


@pytest.mark.parametrize("named", ["mine", "mine.csv"])
@pytest.mark.parametrize("answer", ["Keep", "Replace"])
def test_the_file_that_would_be_replaced_is_the_one_asked_about(
    button: ExportButton, tmp_path: Path, named: str, answer: str
) -> None:
    (tmp_path / "mine.csv").write_text("precious")
    chosen: list[Path] = []
    button.chosen.connect(chosen.append)
    name_it(ask(button, "CSV"), named)
    box = button.dialog
    assert isinstance(box, QMessageBox)
    assert box.text() == "mine.csv is there already."
    assert not box.isModal()
    assert box.defaultButton().text() == "Keep"
    assert chosen == []
    next(each for each in box.buttons() if each.text() == answer).click()
    assert chosen == ([tmp_path / "mine.csv"] if answer == "Replace" else [])
    assert button.dialog is None


def test_who_names_no_file_writes_none(qtbot: QtBot, button: ExportButton) -> None:
    dialog = ask(button, "CSV")
    with qtbot.assertNotEmitted(button.chosen):
        dialog.reject()
    assert button.dialog is None


def test_while_the_dialog_stands_the_window_behind_it_has_its_keys(qtbot: QtBot, look: Look) -> None:
    pressed: list[int] = []

    class Behind(QWidget):
        def keyPressEvent(self, event: QKeyEvent) -> None:
            pressed.append(event.key())

    behind = Behind()
    qtbot.addWidget(behind)
    button = ExportButton(look)
    button.setParent(behind)
    behind.show()
    dialog = ask(button, "CSV")
    assert not dialog.isModal()
    assert QApplication.activeModalWidget() is None
    behind.activateWindow()
    handle = behind.windowHandle()
    for key in (Qt.Key.Key_F12, Qt.Key.Key_V, Qt.Key.Key_F4):
        QTest.keyClick(handle, key)  # as the platform would hand it in: a modal dialog would get in its way
    assert pressed == [Qt.Key.Key_F12, Qt.Key.Key_V, Qt.Key.Key_F4]
    another = ask(button, "JSON")
    assert not dialog.isVisible()
    another.reject()
