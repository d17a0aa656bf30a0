"""The chain with its head; it tells the engine which chain is looked at, and that none is when nobody looks."""

from itertools import count

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cockpit.commands import WatchChain
from cockpit.frame import ChainPart, PositionPart
from widgets.acting.dispatch import Dispatch
from widgets.chain.chain_grid import ChainGrid
from widgets.chain.chain_head import ChainHead
from widgets.paint.theme import Look


class ChainPane(QWidget):
    """`picked` carries a symbol and `buy` | `sell`; the grid's other signals are its own.

    Chains come late: until the part is of the one that was asked for last, none is shown.
    """

    picked = Signal(str, str)

    def __init__(self, look: Look, dispatch: Dispatch) -> None:
        super().__init__()
        self._dispatch = dispatch
        self._wanted: tuple[str, str] | None = None  # underlying and expiry, the latter empty for the next one
        self._wishes = count()
        self._asked = ("", "")
        self.head = ChainHead(look)
        self.grid = ChainGrid(look)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.head)
        box.addWidget(self.grid, 1)
        self.head.chosen.connect(self.watch)
        self.grid.picked.connect(self.picked)
        dispatch.answered.connect(self._answered)

    @property
    def wanted(self) -> tuple[str, str] | None:
        """Which chain was asked for last: underlying, and expiry or an empty string for the next one."""
        return self._wanted

    def set_measures(self) -> None:
        """Take the measures of the look again."""
        self.head.set_measures()
        self.grid.set_measures()

    def opened(self, underlying: str) -> None:
        """Somebody looks: ask for the chain that was seen last, at first for the next expiry of that underlying."""
        if self._wanted is not None:
            self.watch(*self._wanted)
        elif underlying:
            self.watch(underlying, "")
        else:
            self.grid.set_empty("No chain", "No underlying is known yet: a chain needs one.")

    def closed(self) -> None:
        """Nobody looks any more: frames need not carry a chain."""
        self._send(WatchChain())
        self.show_chain(None, ())

    def watch(self, underlying: str, expiry: str) -> None:
        """Ask for that chain."""
        self._wanted = (underlying, expiry)
        self.head.await_chain(underlying, expiry)
        self.grid.set_empty(f"Waiting for the chain of {underlying}", "It comes with the engine's next frame.")
        self._send(WatchChain(underlying=underlying, expiry=expiry or None))

    def show_chain(self, part: ChainPart | None, positions: tuple[PositionPart, ...]) -> ChainPart | None:
        """Paint that chain if it is the one that was asked for; the chain that is shown."""
        if part is not None and self._wanted is not None:
            underlying, expiry = self._wanted
            if part.underlying != underlying or (expiry and part.expiry != expiry):
                part = None
            elif not expiry:
                self._wanted = (underlying, part.expiry)
        if part is not None:
            self.head.show_part(part)
        self.grid.show_chain(part, positions)
        return part

    def _answered(self, where: tuple[str, str], accepted: bool, said: str) -> None:
        """A chain that cannot be had says why; the head still offers the others."""
        if where == self._asked and not accepted:
            self.grid.set_empty("No chain", f"{said[:1].upper()}{said[1:]}")

    def _send(self, command: WatchChain) -> None:
        """Every wish is sent, even while the answer to the one before is awaited: the last one counts."""
        self._asked = ("watch", f"chain {next(self._wishes)}")
        self._dispatch.send(command, *self._asked)
