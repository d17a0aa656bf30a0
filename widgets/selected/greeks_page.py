"""The Greeks tab: all six strips, and the choice of those that stand under the premium."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets.charts.read_out import NAMES, SIGNS
from widgets.charts.timeline import GREEKS, Timeline
from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.parts.switch import Switch
from widgets.selected.greek_strips import GreekStrips

MOST = 3  # strips under the premium
CHOICE = 28
WORDS = "Under the premium"


class GreeksPage(QWidget):
    """`chosen` carries the names that a human wants under the premium; a fourth one takes the place of the oldest."""

    chosen = Signal(tuple)

    def __init__(self, look: Look, timeline: Timeline, names: Sequence[str]) -> None:
        super().__init__()
        self._look = look
        self._order = list(names)
        self.strips = GreekStrips(look, timeline, GREEKS, axis=True)
        self.switches = {name: Switch(look, SIGNS[name], hint=f"{NAMES[name]} under the premium") for name in GREEKS}
        self._choice = _Choice(look, tuple(self.switches.values()))
        for name, switch in self.switches.items():
            switch.setChecked(name in self._order)
            switch.clicked.connect(lambda _=False, name=name: self._toggle(name))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._choice)
        box.addWidget(self.strips, 1)
        self.set_measures()

    def load(self) -> None:
        """Import the plotting library and draw."""
        self.strips.load()

    def set_measures(self) -> None:
        """A compact window has no strips under the premium, and nothing to choose."""
        self._choice.setVisible(not self._look.compact)

    def set_theme(self) -> None:
        """Take the colours of the look again."""
        self.strips.set_theme()

    def set_chosen(self, names: Sequence[str]) -> None:
        """Show which strips stand under the premium."""
        self._order = list(names)
        for name, switch in self.switches.items():
            switch.setChecked(name in self._order)

    def _toggle(self, name: str) -> None:
        if name in self._order:
            self._order.remove(name)
        else:
            self._order = [*self._order, name][-MOST:]
        self.set_chosen(self._order)
        self.chosen.emit(tuple(each for each in GREEKS if each in self._order))


class _Choice(QWidget):
    """The row of switches."""

    def __init__(self, look: Look, switches: Sequence[Switch]) -> None:
        super().__init__()
        self._look = look
        self.setFixedHeight(CHOICE)
        row = QHBoxLayout(self)
        row.setContentsMargins(12 + round(look.width(WORDS, 11)) + 10, 0, 12, 0)
        row.setSpacing(2)
        for switch in switches:
            row.addWidget(switch)
        row.addStretch(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """What the switches are for."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            ink.text(box.adjusted(12, 0, 0, 0), WORDS, px=11, token="t2")
