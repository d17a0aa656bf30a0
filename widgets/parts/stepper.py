"""A number between a minus and a plus: typed, stepped by arrow keys, or clicked."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from cockpit.domain.price_grid import Grid
from widgets.paint import format as fmt
from widgets.paint.ink import CENTRE, Ink
from widgets.paint.theme import Look

HEIGHT, SIGN = 26, 26
LONGEST = 11  # characters that can be typed
STEPS = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Plus: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Minus: -1,
    Qt.Key.Key_PageUp: 10,
    Qt.Key.Key_PageDown: -10,
}


class Stepper(QWidget):
    """A value that is a whole number of steps, at least one of them; `changed` carries what a human made of it.

    How large a step is may depend on the value.

    Typing begins a new number; it counts as soon as it is one, and is rounded to whole steps when typing ends.
    """

    changed = Signal(float)
    entered = Signal()

    def __init__(self, look: Look, name: str, *, step: float, digits: int = 0, most: float = 1e9) -> None:
        super().__init__()
        self._look, self._digits, self._grid, self._most = look, digits, Grid(step), most
        self._value = step
        self._typed = ""
        self._hover = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setFixedHeight(HEIGHT)
        self._describe()

    @property
    def value(self) -> float:
        """The number."""
        return self._value

    def set_grid(self, grid: Grid, digits: int) -> None:
        """Other steps, and the decimals they need."""
        self._grid, self._digits = grid, digits

    def set_value(self, value: float) -> None:
        """Another number, not by a human."""
        self._typed = ""
        self._take(value)

    def step(self, steps: int) -> None:
        """So many steps up or down."""
        self._typed = ""
        self._take(self._grid.moved(self._value, steps))
        self.changed.emit(self._value)

    def type_key(self, key: str) -> None:
        """One more digit, a point, or `backspace`."""
        typed = self._typed[:-1] if key == "backspace" else f"{self._typed}{key}"
        if len(typed) > LONGEST or typed.count(".") > (1 if self._digits else 0):
            return
        self._typed = typed
        number = float(typed) if typed and typed != "." else 0.0
        if number > 0.0:
            self._value = min(number, self._most)
            self.changed.emit(self._value)
        self._describe()

    def end_typing(self) -> None:
        """What was typed becomes whole steps."""
        if self._typed:
            self._typed = ""
            self._take(self._value)
            self.changed.emit(self._value)

    def sizeHint(self) -> QSize:
        """Room for both signs and the longest number."""
        return QSize(2 * SIGN + 84, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits, steps, Enter; every other key is the window's."""
        key = Qt.Key(event.key())
        if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
            event.ignore()
        elif key in STEPS:
            self.step(STEPS[key])
        elif event.text().isdigit() or event.text() == ".":
            self.type_key(event.text())
        elif key == Qt.Key.Key_Backspace:
            self.type_key("backspace")
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.end_typing()
            self.entered.emit()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Typing ends."""
        self.end_typing()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Step by a click on a sign."""
        if event.button() == Qt.MouseButton.LeftButton and self._sign_at(event.position().x()):
            self.step(self._sign_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light a sign."""
        sign = self._sign_at(event.position().x())
        if sign != self._hover:
            self._hover = sign
            self.update()

    def leaveEvent(self, event: object) -> None:
        """Nothing is under the mouse."""
        self._hover = 0
        self.update()

    def _sign_at(self, x: float) -> int:
        return -1 if x < SIGN else 1 if x >= self.width() - SIGN else 0

    def _take(self, value: float) -> None:
        step = self._grid.at(value)
        steps = max(1, round(value / step))
        self._value = min(round(steps * step, 9), self._most)
        self._describe()

    def _describe(self) -> None:
        self.setAccessibleDescription(fmt.number(self._value, self._digits))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The signs and the number."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.rounded(box, 4, fill="bg2", line="line2")
            minus, plus = QRectF(0, 0, SIGN, box.height()), QRectF(box.right() - SIGN, 0, SIGN, box.height())
            for sign, place in ((-1, minus), (1, plus)):
                token = "t1" if sign == self._hover and self.isEnabled() else "t2"
                ink.text(place, fmt.MINUS if sign < 0 else "+", px=13, weight=600, token=token, align=CENTRE)
            words = self._typed or fmt.number(self._value, self._digits)
            ink.text(box, words, weight=600, token="t1" if self.isEnabled() else "t3", align=CENTRE)
            if self.hasFocus():
                ink.focus_ring(box, 4)
