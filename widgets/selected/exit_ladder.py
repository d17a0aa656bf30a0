"""The exit ladder: the chart's price axis goes on as rungs; the stop is the one rung that can be moved."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cockpit.domain.price_grid import Grid
from cockpit.frame import DetailPart
from widgets.acting.dispatch import Dispatch
from widgets.acting.keymap import cap
from widgets.charts.chart_span import Scale
from widgets.paint import format as fmt
from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.selected.ladder_foot import paint_foot
from widgets.selected.ladder_paint import paint_empty, paint_ladder
from widgets.selected.ladder_places import Outcome, allowed, is_past_the_mark, locked_words, outcome_of, price_of
from widgets.selected.ladder_shown import Shown, columns_of, handle_of

WIDTH, WIDTH_COMPACT = 286, 250
AXIS = 22  # below the rungs, where the chart has its times
GRAB = 8.0  # pixels around the stop's place that take hold of it
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
MANY = 10  # ticks a press with Shift
HINT = "drag the stop, or focus the ladder and press ↑ ↓, then Enter"
ACTION = "set_stop"  # what the dispatch calls a stop that is being sent


class ExitLadder(QWidget):
    """`stop_wanted` carries the position, the price that its stop was dragged or stepped to, and where it was then.

    Nothing moves before the engine says so.

    Dragging the handle, or ↑ and ↓ with the keyboard here, moves a ghost by ticks and says what it would guarantee;
    letting go or Enter sends it, Esc puts it away.
    """

    stop_wanted = Signal(str, float, float)
    ghosted = Signal(object)  # an Outcome, or None when it is put away

    def __init__(self, look: Look, dispatch: Dispatch) -> None:
        super().__init__()
        self._look, self._dispatch = look, dispatch
        self._detail: DetailPart | None = None
        self._currency = ""
        self._axis: tuple[float, float] | None = None
        self._foot = 0
        self._ghost: float | None = None
        self._was: float | None = None  # the stop that the ghost was taken from; a trail may move it meanwhile
        self._dragging = self._hovered = False
        self._past = False  # the stop is dragged beyond the mark
        self._refused = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("exit ladder")
        dispatch.changed.connect(self.update)
        self.set_measures()

    @property
    def ghost(self) -> Outcome | None:
        """What the stop would guarantee where it is being moved to; None while nobody moves it."""
        return None if self._ghost is None or self._detail is None else outcome_of(self._detail, self._ghost)

    @property
    def refused(self) -> str:
        """Why the stop was not taken hold of; empty when nobody tried."""
        return self._refused

    def set_measures(self) -> None:
        """Take the width of the look again."""
        self.setFixedWidth(WIDTH_COMPACT if self._look.compact else WIDTH)
        self.update()

    def set_foot(self, height: int) -> None:
        """The height of the rows of money at the bottom, beside the strips; 0 for none."""
        if height != self._foot:
            self._foot = height
            self.update()

    def set_axis(self, low: float, high: float) -> None:
        """The prices at the bottom and at the top of the chart."""
        if (low, high) != self._axis:
            self._axis = (low, high)
            self.update()

    def show_detail(self, detail: DetailPart | None, currency: str) -> None:
        """Show that position's ladder."""
        before, self._detail = self._detail, detail
        sign = fmt.currency(currency)
        if sign == self._currency and _look_of(before) == _look_of(detail):
            return
        self._currency = sign
        same = before is not None and detail is not None and before.position.id == detail.position.id
        if not same:
            self._axis = None
            self._drop()
        if self._ghost is not None and detail is not None and detail.ladder is not None:
            self._ghost = allowed(detail, detail.ladder, self._ghost)
        self._say()

    def said(self) -> str:
        """The ladder, or the ghost on it, in one sentence."""
        ghost, detail = self.ghost, self._detail
        if detail is None:
            return "no position is selected"
        if ghost is not None:
            return f"stop {fmt.price(ghost.price)}: " + ", ".join(
                ghost.words(detail.position.level_side, self._currency)
            )
        if self._refused:
            return self._refused
        stop = price_of(detail, "stop")
        said = f"stop {fmt.price(stop)}, {locked_words(detail, self._currency)}".removesuffix(", ")
        return said if stop is not None else "no stop"

    def scale(self) -> Scale | None:
        """Prices and pixels of the rungs; None until the chart has said its axis."""
        head = self._look.measures.pane_head
        height = self.height() - head - self._foot - AXIS
        if self._axis is None or height <= 0:
            return None
        return Scale(QRectF(0, head, self.width(), height), 0.0, 1.0, *self._axis)

    # ------------------------------------------------------------------ moving the stop

    def _refusal(self) -> str:
        detail = self._detail
        if detail is None or detail.ladder is None:
            return "there is no stop to move yet"
        if not detail.ladder.can_drag:
            return detail.ladder.drag_refusal or "the stop cannot be moved now"
        return "" if price_of(detail, "stop") is not None else "there is no stop to move yet"

    def _move(self, price: float) -> None:
        detail = self._detail
        if detail is not None and detail.ladder is not None:
            self._ghost = allowed(detail, detail.ladder, price)
            self._say()

    def _begin(self) -> bool:
        self._refused = self._refusal()
        if self._refused:
            self._say()
        elif self._ghost is None and self._detail is not None:
            self._was = price_of(self._detail, "stop")
        return not self._refused

    def _send(self) -> None:
        ghost, was, detail = self._ghost, self._was, self._detail
        moved = detail is not None and ghost is not None and ghost != price_of(detail, "stop")
        self._drop()
        if moved and ghost is not None and was is not None and detail is not None:
            self.stop_wanted.emit(detail.position.id, ghost, was)

    def _drop(self) -> None:
        if self._dragging:
            self.releaseKeyboard()
        self._ghost, self._dragging, self._refused, self._past = None, False, "", False
        self._say()

    def _say(self) -> None:
        self.ghosted.emit(self.ghost)
        self.setAccessibleDescription(self.said())
        self.update()

    def handle(self) -> QRectF:
        """Where the stop can be taken hold of; empty without a stop."""
        scale, detail = self.scale(), self._detail
        return QRectF() if scale is None or detail is None else handle_of(detail, scale, self._ghost)

    def _holds(self, at: QPointF) -> bool:
        scale, detail = self.scale(), self._detail
        stop = None if detail is None else price_of(detail, "stop")
        if scale is None or stop is None:
            return False
        on_axis = at.x() < columns_of(scale).handle and abs(at.y() - scale.y(stop)) <= GRAB
        return on_axis or self.handle().contains(at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the stop, or hear why not."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._holds(event.position()):
            self._dragging = self._begin()
            if self._dragging:
                self.grabKeyboard()  # Esc is meant for the stop until the button is let go
        elif self._refused or self._ghost is not None:
            self._drop()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or say that it can be dragged."""
        scale = self.scale()
        if self._dragging and scale is not None:
            share = (scale.area.bottom() - event.position().y()) / scale.area.height()
            price = scale.low + share * (scale.high - scale.low)
            self._past = self._detail is not None and is_past_the_mark(self._detail, price)
            self._move(price)
            return
        held = self._holds(event.position())
        if held != self._hovered:
            self._hovered = held
            self.setCursor(Qt.CursorShape.SizeVerCursor if held else Qt.CursorShape.ArrowCursor)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Send it; past the mark it would be an order to leave, which has its own buttons."""
        if event.button() != Qt.MouseButton.LeftButton or not self._dragging:
            return
        if self._past:
            self._drop()
            self._refused = f"past the mark: {cap('all')} leaves it"
            self._say()
        else:
            self._send()

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse has gone."""
        self._hovered = False
        if self._refused and not self.hasFocus():
            self._drop()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """↑ and ↓ by a tick, with Shift by ten; Enter sends, Esc puts it away; every other key is the window's."""
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and plain:
            self._step((1 if key == Qt.Key.Key_Up else -1) * (MANY if shift else 1))
        elif key in ENTER and self._ghost is not None:
            self._send()
        elif key == Qt.Key.Key_Escape and (self._ghost is not None or self._refused):
            self._drop()
        else:
            event.ignore()

    def _step(self, ticks: int) -> None:
        detail = self._detail
        if self._begin() and detail is not None and detail.ladder is not None:
            stop = self._ghost if self._ghost is not None else price_of(detail, "stop")
            if stop is not None:
                self._move(Grid(detail.ladder.tick, detail.ladder.steps).moved(stop, ticks))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A ghost does not wait for the keyboard to come back."""
        self._drop()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """The tooltip: how the stop is moved, or why it is not."""
        if isinstance(event, QHelpEvent) and self._detail is not None:
            QToolTip.showText(event.globalPos(), self._refusal() or HINT, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Head, axis, spine, rungs and the rows of money."""
        detail, scale = self._detail, self.scale()
        with Ink(self, self._look) as ink:
            if detail is None or scale is None:
                paint_empty(ink, QRectF(self.rect()))
            else:
                sending = self._dispatch.sending(ACTION, detail.position.id)
                shown = Shown(detail, scale, self._currency, self.ghost, self._refused, sending, self._hovered)
                paint_ladder(ink, QRectF(self.rect()), shown)
                paint_foot(ink, QRectF(0, self.height() - self._foot, self.width(), self._foot), detail, self._currency)
            if self.hasFocus():
                ink.focus_ring(QRectF(self.rect()), 4)


def _look_of(detail: DetailPart | None) -> object:
    """What of a position the ladder shows."""
    if detail is None:
        return None
    row, chart = detail.position, detail.chart
    return (row.id, row.level_side, row.contracts, row.entry, chart.entry, chart.stop, chart.basis, detail.ladder)
