"""Which open positions a profile is to supervise from now on: listed, and each can be left out."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from cockpit.frame import PositionPart
from widgets.button import ActionButton
from widgets.plain_list import Line, PlainList
from widgets.theme import Look
from widgets.words import Ground, Words

LINES = 5
LAW = "A held stop is never loosened by it; new positions get the profile too. The journal keeps who asked."


class ApplyPanel(Ground):
    """`applied` carries the ids of the chosen positions; `left` says that it asks no more."""

    applied = Signal(object)
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._positions: tuple[PositionPart, ...] = ()
        self._out: set[str] = set()
        self._name = ""
        self._head = Words(look, px=12, weight=600, token="t1")
        self.list = PlainList(look, "open positions", row_height=24)
        self.apply = ActionButton(look, "Apply", hint="supervise these positions by this profile", kind="accent")
        self.leave = ActionButton(look, "Not now", key="Esc", hint="apply nothing")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        self.list.setFixedHeight(24 * LINES)
        buttons = QHBoxLayout()
        buttons.addWidget(Words(look, LAW), 1)
        for button in (self.leave, self.apply):
            buttons.addWidget(button)
        column.addWidget(self._head)
        column.addWidget(self.list)
        column.addLayout(buttons)
        self.list.entered.connect(self._toggle)
        self.list.itemClicked.connect(self._clicked)
        self.leave.clicked.connect(self._leave)
        self.apply.clicked.connect(self._apply)
        self.hide()

    def show_positions(self, positions: Sequence[PositionPart]) -> None:
        """What is open now; what was left out stays out."""
        self._positions = tuple(positions)
        self._tell()

    def ask(self, name: str) -> None:
        """Offer that profile to all of them."""
        self._name, self._out = name, set()
        self._tell()
        self.show()
        self.list.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ids of those that are not left out."""
        return tuple(each.id for each in self._positions if each.id not in self._out)

    def _tell(self) -> None:
        self._head.say(
            f"{self._name} for new positions, and for {len(self.chosen)} of {len(self._positions)} open ones"
        )
        self.list.show_lines(
            [
                Line(each.label, icon="hold" if each.id in self._out else "check", right=f"{_worded(each, self._out)}",
                     token="t2" if each.id in self._out else "t1")
                for each in self._positions
            ]
        )  # fmt: skip
        self.apply.set_word(f"Apply to {len(self.chosen)}")
        self.apply.set_off("" if self.chosen else "no position is chosen")

    def _clicked(self) -> None:
        self._toggle(self.list.currentRow())

    def _toggle(self, row: int) -> None:
        if 0 <= row < len(self._positions):
            self._out ^= {self._positions[row].id}
            self._tell()

    def _apply(self) -> None:
        chosen = self.chosen
        self._leave()
        self.applied.emit(chosen)

    def _leave(self) -> None:
        self.hide()
        self.left.emit()


def _worded(position: PositionPart, out: set[str]) -> str:
    """What supervises it, and whether that changes."""
    return f"stays under {position.profile}" if position.id in out else f"now under {position.profile}"
