"""Which open positions a profile is to supervise from now on: listed, and each can be left out."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from cockpit.frame import PositionPart
from cockpit.profile_draft import Draft
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton
from widgets.parts.plain_list import Line, PlainList
from widgets.parts.words import Ground, Words

LINES = 5
LAW = "A held stop is never loosened by it; new positions get the profile too. The journal keeps who asked."


class ApplyPanel(Ground):
    """Asks about one draft and the positions that were open when it was asked; what opens later is not meant.

    `applied` carries the draft and the ids of the chosen positions; `left` says that it asks no more.
    """

    applied = Signal(object, object)
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._draft: Draft | None = None
        self._positions: tuple[PositionPart, ...] = ()
        self._open: frozenset[str] = frozenset()
        self._out: set[str] = set()
        self.head = Words(look, px=12, weight=600, token="t1")
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
        column.addWidget(self.head)
        column.addWidget(self.list)
        column.addLayout(buttons)
        self.list.entered.connect(self._toggle)
        self.list.itemClicked.connect(self._clicked)
        self.leave.clicked.connect(self._leave)
        self.apply.clicked.connect(self._apply)
        self.hide()

    def show_positions(self, positions: Sequence[PositionPart]) -> None:
        """What is open now, of those that were asked about; a line stays where it is."""
        now = {each.id: each for each in positions}
        self._positions = tuple(now.get(each.id, each) for each in self._positions)
        self._open = frozenset(now)
        self._tell()

    def ask(self, draft: Draft, positions: Sequence[PositionPart]) -> None:
        """Offer that profile to all of them."""
        self._draft, self._positions = draft, tuple(positions)
        self._out = {each.id for each in positions if not _measures_alike(draft, each)}
        self.show_positions(positions)
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
        """The ids of those that are open and not left out."""
        return tuple(each.id for each in self._positions if self._takes(each))

    def _takes(self, position: PositionPart) -> bool:
        return position.id in self._open and position.id not in self._out

    def _tell(self) -> None:
        chosen, there = len(self.chosen), sum(each.id in self._open for each in self._positions)
        name = self._draft.name if self._draft is not None else ""
        self.head.say(f"{name} for new positions, and for {chosen} of {there} open ones")
        self.list.show_lines([self._line(each) for each in self._positions])
        self.apply.set_word(f"Apply to {chosen}")
        self.apply.set_off("" if chosen else "no position is chosen")

    def _line(self, position: PositionPart) -> Line:
        """What supervises it, and whether that changes."""
        takes = self._takes(position)
        if position.id not in self._open:
            said = "closed meanwhile"
        else:
            said = f"{'now' if takes else 'stays'} under {position.profile}"
        return Line(position.label, icon="check" if takes else "hold", right=said, token="t1" if takes else "t2")

    def _clicked(self) -> None:
        self._toggle(self.list.currentRow())

    def _toggle(self, row: int) -> None:
        if 0 <= row < len(self._positions):
            self._out ^= {self._positions[row].id}
            self._tell()

    def _apply(self) -> None:
        draft, chosen = self._draft, self.chosen
        self._leave()
        self.applied.emit(draft, chosen)

    def _leave(self) -> None:
        self.hide()
        self.left.emit()


def _measures_alike(draft: Draft, position: PositionPart) -> bool:
    """Whether its stops can be levels of what the position's are, which never changes: if not, the engine refuses."""
    basis = draft.value("", "gain_basis")
    return basis == "auto" or (basis == "underlying") == (position.stop_basis == "underlying")
