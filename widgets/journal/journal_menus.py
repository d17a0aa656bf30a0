"""Two buttons with menus over the table of round trips: which columns it has, and the file it is written to."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QFileDialog, QMenu, QMessageBox

from widgets.journal.trip_columns import COLUMNS, HEADS
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton

FORMATS = {"CSV": "csv", "JSON": "json", "Parquet": "parquet"}
TITLE = "Export round trips"
FIXED = ("opened", "symbol")  # without them a row could not be told from another


class ColumnsButton(ActionButton):
    """`chosen` carries the keys that are to be shown, in their order."""

    chosen = Signal(tuple)

    def __init__(self, look: Look) -> None:
        super().__init__(look, "", hint="choose the columns", kind="flat")
        self.set_icon("grid")
        self._shown: set[str] = set()
        self.menu = QMenu(self)
        self.menu.triggered.connect(self._toggle)
        self.clicked.connect(self.open)

    def show_columns(self, keys: tuple[str, ...]) -> None:
        """These are shown now."""
        self._shown = set(keys)

    def open(self) -> None:
        """Show the menu."""
        self.menu.clear()
        for column in COLUMNS:
            action = self.menu.addAction(HEADS[column.key])
            action.setData(column.key)
            action.setCheckable(True)
            action.setChecked(column.key in self._shown)
            action.setEnabled(column.key not in FIXED)
        self.menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _toggle(self, action: QAction) -> None:
        self._shown ^= {action.data()}
        self.chosen.emit(tuple(column.key for column in COLUMNS if column.key in self._shown))


class ExportButton(ActionButton):
    """`chosen` carries the file, whose ending is the format; who names one that exists has been asked.

    What it asks blocks nothing: while it waits for an answer, exits are a key away in the window behind it.
    """

    chosen = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__(look, "Export", hint="write the filtered round trips to a file", kind="flat")
        self.dialog: QDialog | None = None  # while it stands
        self.menu = QMenu(self)
        for word, ending in FORMATS.items():
            self.menu.addAction(word).triggered.connect(partial(self._ask, ending))
        self.clicked.connect(self.open)

    def open(self) -> None:
        """Show the menu."""
        self.menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _ask(self, ending: str) -> None:
        """Which file."""
        dialog = QFileDialog(self, TITLE, "", f"*.{ending}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # which would be asked before the ending is there
        dialog.selectFile(f"round_trips.{ending}")
        self._stand(dialog, lambda: self._take(ending, dialog.selectedFiles()[0]))

    def _take(self, ending: str, name: str) -> None:
        path = Path(name)
        if path.suffix != f".{ending}":
            path = path.with_name(f"{path.name}.{ending}")
        if path.exists():
            self._confirm(path)
        else:
            self.chosen.emit(path)

    def _confirm(self, path: Path) -> None:
        """Whether what is there is to be replaced."""
        box = QMessageBox(self)
        box.setWindowTitle(TITLE)
        box.setText(f"{path.name} is there already.")
        box.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton("Keep", QMessageBox.ButtonRole.RejectRole))
        self._stand(box, partial(self.chosen.emit, path))

    def _stand(self, dialog: QDialog, accepted: Callable[[], None]) -> None:
        """Show it in the place of the one that stands."""
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.reject()
        self.dialog = dialog
        dialog.finished.connect(partial(self._gone, dialog))
        dialog.accepted.connect(accepted)
        dialog.setModal(False)
        dialog.show()

    def _gone(self, dialog: QDialog, _: int) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()
