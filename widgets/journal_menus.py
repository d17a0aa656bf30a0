"""Two buttons with menus over the table of round trips: which columns it has, and the file it is written to."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from widgets.button import ActionButton
from widgets.theme import Look
from widgets.trip_columns import COLUMNS, HEADS

FORMATS = {"CSV": "csv", "JSON": "json", "Parquet": "parquet"}
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
    """`chosen` carries the file, whose ending is the format."""

    chosen = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__(look, "Export", hint="write the filtered round trips to a file", kind="flat")
        self.menu = QMenu(self)
        for word, ending in FORMATS.items():
            self.menu.addAction(word).triggered.connect(partial(self._ask, ending))
        self.clicked.connect(self.open)

    def open(self) -> None:
        """Show the menu."""
        self.menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _ask(self, ending: str) -> None:
        """Which file; the dialog asks before it replaces one."""
        name, _ = QFileDialog.getSaveFileName(self, "Export round trips", f"round_trips.{ending}", f"*.{ending}")
        if name:
            path = Path(name)
            self.chosen.emit(path if path.suffix == f".{ending}" else path.with_name(f"{path.name}.{ending}"))
