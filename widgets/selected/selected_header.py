"""The head of the selected position: what it is, how it is led, and the buttons F1 … F4, break-even and take over."""

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cockpit.frame import PositionPart
from widgets.acting.dispatch import Dispatch
from widgets.acting.keymap import cap
from widgets.paint import format as fmt
from widgets.paint.ink import Ink
from widgets.paint.signs import direction, outcome
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton, beside

HEIGHT, HEIGHT_COMPACT = 40, 36
WORDS = {"quarter": "¼", "half": "½", "sixty": "60 %", "all": "all"}
HINTS = {
    "quarter": "take a quarter off",
    "half": "take half off",
    "sixty": "take 60 % off",
    "all": "take all of it off",
    "break_even": "move the stop to break-even",
    "stop_down": "move the stop down by one tick",
    "stop_up": "move the stop up by one tick",
    "mode": "change the mode: automatic, confirm, observe",
}
SPLITS = ("quarter", "half", "sixty")
PLACES = ("quarter", "half", "sixty", "all", "break_even", "stop_down", "stop_up", "take_over")
IN_TURN = ("quarter", "half", "sixty", "all", "take_over", "break_even", "stop_down", "stop_up")  # as room allows
LEAST = {"take_over": 104}  # both of its words fit
MONEY = 196  # room for profit or loss and basis points


class SelectedHeader(QWidget):
    """Buttons that act on the selected row; `pressed` carries the action."""

    pressed = Signal(str)

    def __init__(self, look: Look, dispatch: Dispatch) -> None:
        super().__init__()
        self._look, self._dispatch = look, dispatch
        self._part: PositionPart | None = None
        self.buttons = {name: ActionButton(look, WORDS[name], key=cap(name), hint=HINTS[name]) for name in WORDS}
        for name, word in (("break_even", "Break-even"), ("stop_down", "Stop"), ("stop_up", "Stop")):
            self.buttons[name] = ActionButton(look, word, key=cap(name), hint=HINTS[name])
        self.buttons["take_over"] = ActionButton(look, "Take over", key=cap("take_over"), hint="lead it yourself")
        self.buttons["mode"] = ActionButton(look, "automatic", key=cap("mode"), hint=HINTS["mode"], kind="flat")
        beside(self, *self.buttons.values())
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, name=name: self.pressed.emit(name))
        dispatch.changed.connect(self.show_sending)
        self.setAccessibleName("selected position")
        self.show_position(None)
        self.set_measures()

    @property
    def has_position(self) -> bool:
        """Whether a position is shown."""
        return self._part is not None

    def set_measures(self) -> None:
        """Take the height of the look again."""
        self.setFixedHeight(HEIGHT_COMPACT if self._look.compact else HEIGHT)
        self._place()

    def show_position(self, part: PositionPart | None) -> None:
        """Show that position unless it is the one that is shown."""
        if part is self._part and part is not None:
            return
        self._part = part
        none = "" if part is not None else "no position is selected"
        for name, button in self.buttons.items():
            button.set_off(none or (part.split_refusal if part is not None and name in SPLITS else ""))
        if part is not None:
            led = part.mode == "taken over"
            self.buttons["take_over"].set_word("Hand back" if led else "Take over")
            self.buttons["take_over"].set_hint("let the engine lead it again" if led else "lead it yourself")
            self.buttons["mode"].set_word("automatic" if part.mode == "auto" else part.mode)
        self.show_sending()
        self._place()
        self.update()

    def set_take_over_key(self, shown: bool) -> None:
        """T means the pending decision while one of another position is shown."""
        self.buttons["take_over"].set_key(cap("take_over") if shown else "")

    def show_sending(self) -> None:
        """Which buttons wait for their answer."""
        position = self._part.id if self._part is not None else ""
        for name, button in self.buttons.items():
            button.set_sending(self._dispatch.sending(name, position))

    def _place(self) -> None:
        """Buttons from the right, as many as leave the words their room; the keys of the others act all the same."""
        top = (self.height() - 26) // 2
        mode = self.buttons["mode"]
        mode.setVisible(self._part is not None)
        mode.setGeometry(round(self._mode_left()), top, mode.sizeHint().width(), 26)
        widths = {name: max(self.buttons[name].sizeHint().width(), LEAST.get(name, 0)) for name in IN_TURN}
        room = self.width() - 10 - mode.geometry().right() - MONEY
        shown: list[str] = []
        for name in IN_TURN:
            if name in WORDS or sum(widths[each] + 5 for each in (*shown, name)) <= room:
                shown.append(name)
            else:
                break
        right = self.width() - 10
        for name in reversed(PLACES):
            self.buttons[name].setVisible(name in shown)
            if name in shown:
                self.buttons[name].setGeometry(right - widths[name], top, widths[name], 26)
                right -= widths[name] + 5

    def _mode_left(self) -> float:
        part = self._part
        if part is None:
            return 200.0
        name, tag = fmt.split_label(part.label)
        look = self._look
        return 12 + look.width(name, 15, 600) + 8 + look.width(tag, 10, 500) + 10 + look.width(_held(part), 11) + 10

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the buttons at the right."""
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name, size and money."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            ink.underline(box)
            part = self._part
            if part is None:
                ink.text(box.adjusted(12, 0, 0, 0), "No position is selected", px=13, weight=600, token="t2")
                return
            name, tag = fmt.split_label(part.label)
            left = ink.run(box.adjusted(12, 0, 0, 0), name, px=15, weight=600)
            left = ink.run(box.adjusted(left + 8, 2, 0, 0), tag, px=10, weight=500, token="t2")
            ink.text(box.adjusted(left + 10, 1, 0, 0), _held(part), px=11, token="t2")
            mode = self.buttons["mode"].geometry()
            left = mode.right() + 18.0
            token = outcome(part.pnl)
            if token != "t2":
                direction(ink, QPointF(left, box.center().y()), part.pnl or 0.0, token)
            amount = box.adjusted(left + 9, 0, 0, 0)
            left = ink.run(amount, fmt.money(part.pnl), px=15, weight=600, token="t3" if part.pnl is None else token)
            gain = f"{fmt.bps(part.gain_bps)} bps" if part.gain_bps is not None else ""
            if left + 7 + self._look.width(gain, 11, 500) <= self.buttons["quarter"].x() - 6:  # the row has it too
                ink.text(box.adjusted(left + 7, 1, 0, 0), gain, px=11, weight=500, token=token)


def _held(part: PositionPart) -> str:
    return f"{'long' if part.side > 0 else 'short'} {fmt.number(part.contracts, 0)} · {part.profile}"
