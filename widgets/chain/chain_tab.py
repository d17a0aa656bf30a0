"""The page on which a position is opened: the chain, and the ticket of the contract that is picked in it."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cockpit.frame import ChainPart, PositionPart, StatusPart
from widgets.acting.dispatch import Dispatch
from widgets.chain.chain_pane import ChainPane
from widgets.chain.smile_strip import SmileStrip
from widgets.chain.ticket import Ticket
from widgets.paint.ink import Ink
from widgets.paint.theme import Look

TICKET, TICKET_COMPACT = 328, 292
SMILE_FROM = 150  # pixels left below the ticket


class ChainTab(QWidget):
    """`pressed` carries an action of the keymap: `cooldown` wants a reason; `left` gives the keys back."""

    pressed = Signal(str)
    left = Signal()

    def __init__(self, look: Look, dispatch: Dispatch) -> None:
        super().__init__()
        self._look = look
        self._is_live = False
        self._seen: tuple[object, ...] = ()
        self.chain = ChainPane(look, dispatch)
        self.ticket = Ticket(look, dispatch)
        self.chain.setParent(self)
        self.ticket.setParent(self)
        self.smile = SmileStrip(look)
        self.smile.setParent(self)
        self.chain.picked.connect(self.ticket.pick)
        self.chain.grid.typed.connect(self.ticket.type_key)
        self.chain.grid.again.connect(self.ticket.focus_next)
        self.chain.grid.left.connect(self.left)
        self.ticket.left.connect(self.chain.grid.setFocus)
        self.ticket.cleared.connect(lambda: self.chain.grid.set_picked("", ""))
        self.ticket.side.chosen.connect(self._show_side)
        self.ticket.reset_wanted.connect(lambda: self.pressed.emit("cooldown"))
        self.setAccessibleName("chain and ticket")

    def set_measures(self) -> None:
        """Take the measures of the look again."""
        self.chain.set_measures()
        self.ticket.set_measures()
        self._place()

    def opened(self, underlying: str = "") -> None:
        """The page is shown: ask for the chain, at first for that underlying's next one, and take the keys."""
        self.chain.opened(underlying)
        self.chain.grid.setFocus()

    def closed(self) -> None:
        """The page is hidden: no chain is wanted, and no review outlives it."""
        self.chain.closed()
        self.ticket.leave()

    def show_chain(
        self, chain: ChainPart | None, status: StatusPart, positions: tuple[PositionPart, ...], now_s: float
    ) -> None:
        """Show the newest chain, quotes and terms; `now_s` are monotonic seconds of the window."""
        seen = (chain, status, positions)
        if len(self._seen) == 3 and all(a is b for a, b in zip(seen, self._seen, strict=True)):
            self.ticket.advance(now_s)
            return
        self._seen = seen
        shown = self.chain.show_chain(chain, positions)
        self.ticket.show_parts(shown, status, positions, now_s)
        if self.smile.isVisibleTo(self):
            self.smile.show_chain(shown, now_s)

    def advance(self, now_s: float) -> None:
        """Time goes on: rows that have waited are painted."""
        self.ticket.advance(now_s)
        self.chain.grid.repaint_some()

    def set_live(self, live: bool) -> None:
        """Whether a limit can rest at a live broker."""
        if live != self._is_live:
            self._is_live = live
            self.ticket.set_live(live)
            self._place()

    def buy(self) -> None:
        """The contract under the cursor into the ticket, to buy it."""
        self.chain.grid.pick(side="buy")

    def sell(self) -> None:
        """The same, to sell it."""
        self.chain.grid.pick(side="sell")

    def submit(self) -> None:
        """The ticket's next step: review, then send."""
        self.ticket.submit()

    def _show_side(self, side: str) -> None:
        """Another side in the ticket is another quote in the chain."""
        self.chain.grid.set_picked(self.ticket.symbol, side.lower())

    def _place(self) -> None:
        ticket = TICKET_COMPACT if self._look.compact else TICKET
        left = self.width() - ticket
        self.chain.setGeometry(0, 0, left - self._look.measures.gap, self.height())
        self.ticket.setGeometry(left, 0, ticket, self.ticket.height())
        below = self.height() - self.ticket.height()
        self.smile.setVisible(below >= SMILE_FROM)
        self.smile.setGeometry(left, self.ticket.height(), ticket, max(0, below))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The ticket keeps its width."""
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter on this page decides nothing elsewhere; every other key is the window's."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.modifiers():
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The gap, and the ground below the ticket."""
        with Ink(self, self._look) as ink:
            ink.fill(QRectF(event.rect()), "bg0")
            box = QRectF(self.ticket.x(), 0, self.ticket.width(), self.height())
            ink.fill(box, "bg1")
