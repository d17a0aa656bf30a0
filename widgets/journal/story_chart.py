"""One round trip in time: its level and Greeks as the journal knows them, its stop, and what was decided when."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cockpit.review import StoryMark, TripStory
from widgets.charts import curves
from widgets.charts.chart_span import Scale
from widgets.journal.story_marks import paint_marks
from widgets.journal.story_path import Curve, curves_of, paint_curve, paint_gaps, pixels, stop_of
from widgets.journal.story_strips import HEIGHT, paint_strips, strip_name, strip_words, strips_of
from widgets.paint import format as fmt
from widgets.paint.ink import CENTRE, RIGHT, Ink
from widgets.paint.theme import Look

NS = fmt.NS
AXIS, TIMES, TOP = 62.0, 20.0, 24.0
DOTTED = 240  # up to so many known instants are dots on the curve
STEP_S, LONG_STEP_S = 1, 10


class StoryChart(QWidget):
    """`moved` carries the instant of the cursor, in ns.

    Left and right move it by a second, with Shift by ten; the Page keys to the next mark, Home and End to the ends.
    """

    moved = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._story: TripStory | None = None
        self._window = (0.0, 1.0, 0.0, 1.0)  # seconds since the opening, levels
        self._curves: Mapping[str, Curve] = {}
        self._strips: tuple[str, ...] = ()
        self._cursor_ns: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("chart of the round trip")

    @property
    def cursor_ns(self) -> int | None:
        """Where the cursor stands."""
        return self._cursor_ns

    @property
    def strips(self) -> tuple[str, ...]:
        """What is drawn below the level, from the top down."""
        return self._strips

    def show_story(self, story: TripStory | None) -> None:
        """Draw that round trip; the cursor goes to where it was decided upon last."""
        self._story = story
        self._cursor_ns = None
        if story is not None:
            self._curves = curves_of(story) | {"stop": stop_of(story, self._ends(story)[1])}
            self._choose_strips()
            self._choose_window(story)
            decided = [mark.at_ns for mark in story.marks if mark.kind == "decision"]
            self.move_to(decided[-1] if decided else self._ends(story)[1])
        self.update()

    def move_to(self, at_ns: int) -> None:
        """Put the cursor there, within the life of the round trip."""
        if self._story is None:
            return
        first, last = self._ends(self._story)
        self._cursor_ns = min(max(at_ns, first), last)
        self._describe()
        self.update()
        self.moved.emit(self._cursor_ns)

    def move_to_mark(self, direction: int) -> None:
        """To the next mark, +1, or the one before, -1."""
        if self._story is None or self._cursor_ns is None:
            return
        at = self._cursor_ns
        marks = [mark.at_ns for mark in self._story.marks if (mark.at_ns - at) * direction > 0]
        if marks:
            self.move_to(min(marks) if direction > 0 else max(marks))

    def minimumSizeHint(self) -> QSize:
        """As small as still can be read."""
        return QSize(240, 120)

    def _choose_window(self, story: TripStory) -> None:
        first, last = self._ends(story)
        length = max((last - first) / NS, 10.0)
        prices = tuple(mark.price for mark in story.marks)
        seen = self._curves["level"][1], self._curves["stop"][1]
        low, high = curves.bounds(seen, (*prices, self._entry(story)))
        self._window = (-0.04 * length, 1.06 * length, low, high)

    def _choose_strips(self) -> None:
        if self._story is not None:
            self._strips = strips_of(self._story, self._curves, self.height() - TOP - TIMES)

    def _ends(self, story: TripStory) -> tuple[int, int]:
        first = story.trip.opened_ns
        told = [point.at_ns for point in story.path] + [mark.at_ns for mark in story.marks]
        return first, story.trip.closed_ns if story.trip.closed_ns is not None else max((*told, first))

    def _entry(self, story: TripStory) -> float | None:
        """The level at which it began, on the chart's axis."""
        if story.basis == "premium":
            return story.trip.entry
        return next((point.level for point in story.path if point.level is not None), None)

    def _describe(self) -> None:
        story, at = self._story, self._cursor_ns
        if story is None or at is None:
            return
        point, stop = story.level_at(at), story.stop_at(at)
        said = f"{fmt.clock(at, story.trip.zone)}, {story.basis} {fmt.price(point.level if point else None)}"
        greeks = "".join(f", {strip_name(name)} {strip_words(name, point)}" for name in self._strips)
        self.setAccessibleDescription(f"{said}, stop {fmt.price(stop.level if stop else None)}{greeks}")

    def _area(self) -> QRectF:
        """Of the level; its times and the strips are below."""
        return QRectF(self.rect()).adjusted(0, TOP, -AXIS, -TIMES - len(self._strips) * HEIGHT)

    def _scale(self) -> Scale:
        return Scale(self._area(), *self._window)

    def _x(self, at_ns: int) -> float:
        opened = self._story.trip.opened_ns if self._story is not None else 0
        return self._scale().x((at_ns - opened) / NS)

    def _y(self, level: float) -> float:
        return self._scale().y(level)

    def _at(self, x: float) -> int:
        opened = self._story.trip.opened_ns if self._story is not None else 0
        return opened + round(self._scale().time(x) * NS)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The cursor comes to the mouse."""
        self.move_to(self._at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """And follows it while a button is held."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.move_to(self._at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor; every other key is the window's."""
        if self._story is None or self._cursor_ns is None:
            event.ignore()
            return
        first, last = self._ends(self._story)
        step = NS * (LONG_STEP_S if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP_S)
        match event.key():
            case Qt.Key.Key_Left:
                self.move_to(self._cursor_ns - step)
            case Qt.Key.Key_Right:
                self.move_to(self._cursor_ns + step)
            case Qt.Key.Key_PageUp:
                self.move_to_mark(-1)
            case Qt.Key.Key_PageDown:
                self.move_to_mark(1)
            case Qt.Key.Key_Home:
                self.move_to(first)
            case Qt.Key.Key_End:
                self.move_to(last)
            case _:
                event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Without it."""
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room for more strips, or fewer."""
        self._choose_strips()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes, gaps, stop, level, strips, cursor, marks, ring."""
        with Ink(self, self._look) as ink:
            box, area = QRectF(self.rect()), self._area()
            ink.fill(box, "bg1")
            if self._story is not None:
                self._axes(ink, area, self._story)
                ink.painter.setClipRect(area)
                self._after(ink, area, self._story)
                self._paint_stop(ink, self._story)
                self._paint_path(ink, self._story)
                ink.painter.setClipping(False)
                self._paint_strips(ink, area, self._story)
                self._paint_cursor(ink, area, self._story)
                ink.painter.setClipRect(area)
                marks = [(mark, self._mark_at(area, self._story, mark)) for mark in self._story.marks]
                paint_marks(ink, area, marks, [pixels(self._scale(), self._curves[name]) for name in ("level", "stop")])
                ink.painter.setClipping(False)
                ink.text(QRectF(12, 4, area.width(), 16), self._caption(self._story), px=10, weight=500, token="t2")
            if self.hasFocus():
                ink.focus_ring(box, 2)

    def _caption(self, story: TripStory) -> str:
        """What is drawn; where it was not sampled, of how little it was made."""
        basis = f"mark, {fmt.currency(story.trip.currency)}" if story.basis == "premium" else story.basis
        return basis if story.sampled_every_s is not None else f"{basis}, known at {len(story.path)} instants"

    def _axes(self, ink: Ink, area: QRectF, story: TripStory) -> None:
        start, end, low, high = self._window
        ticks, digits = curves.value_ticks(low, high, max(2, int(area.height() / 44)))
        for value in ticks:
            y = round(self._y(value)) + 0.5
            ink.hairline(QPointF(area.left(), y), QPointF(area.right(), y))
            label = QRectF(area.right() + 2, y - 8, AXIS - 12, 16)
            ink.text(label, fmt.number(value, digits), px=10, weight=500, token="t2", align=RIGHT)
        ink.hairline(QPointF(area.left(), area.bottom()), QPointF(area.right(), area.bottom()), "line2")
        origin, zone = story.trip.opened_ns, story.trip.zone
        for time, word in curves.time_ticks(origin, start, end, max(2, int(area.width() / 90)), zone):
            x = self._x(origin + round(time * NS))
            if area.left() + 24 < x < area.right() - 24:
                ink.text(QRectF(x - 40, area.bottom() + 3, 80, 14), word, px=10, weight=500, token="t2", align=CENTRE)

    def _after(self, ink: Ink, area: QRectF, story: TripStory) -> None:
        """The ground after the last exit."""
        if story.trip.closed_ns is not None:
            x = self._x(story.trip.closed_ns)
            ink.fill(QRectF(x, area.top(), area.right() - x, area.height()), ink.look.tint("bg1", "bg2", 0.7))

    def _paint_path(self, ink: Ink, story: TripStory) -> None:
        """The level; a dot wherever it is known, while that is seldom."""
        scale = self._scale()
        paint_gaps(ink, scale, self._curves["level"])
        paint_curve(ink, pixels(scale, self._curves["level"]), "price")
        if story.sampled_every_s is None and len(story.path) <= DOTTED:
            for point in story.path:
                if point.level is not None:
                    ink.fill(QRectF(round(self._x(point.at_ns)) - 1, round(self._y(point.level)) - 1, 3, 3), "price")

    def _paint_strips(self, ink: Ink, area: QRectF, story: TripStory) -> None:
        if self._strips and self._cursor_ns is not None:
            below = QRectF(area.left(), area.bottom() + TIMES, area.width(), len(self._strips) * HEIGHT)
            time = Scale(below, *self._window)
            paint_strips(ink, time, self._strips, self._curves, story.level_at(self._cursor_ns))

    def _paint_stop(self, ink: Ink, story: TripStory) -> None:
        """Steps in the colour of what the stop guarantees."""
        entry, last = self._entry(story), self._ends(story)[1]
        first = next((stop.level for stop in story.stops if stop.level is not None), None)
        if entry is None or first is None:
            return
        below = 1 if first < entry else -1
        newest = {round(self._x(stop.at_ns)): stop for stop in story.stops}  # of those in one column of pixels
        stops = list(newest.values())
        before: QPointF | None = None
        for stop, until in zip(stops, [*[stop.at_ns for stop in stops[1:]], last], strict=True):
            if stop.level is None:
                before = None
                continue
            left, right = (
                QPointF(self._x(stop.at_ns), self._y(stop.level)),
                QPointF(self._x(until), self._y(stop.level)),
            )
            token = "profit" if (stop.level - entry) * below >= 0 else "loss"
            if before is not None:
                ink.hairline(before, left, token)
            ink.hairline(left, right, token)
            before = right

    def _mark_at(self, area: QRectF, story: TripStory, mark: StoryMark) -> QPointF:
        """Trades at their price, everything else above the curve."""
        point = story.level_at(mark.at_ns)
        level = mark.price if mark.price is not None else point.level if point is not None else None
        x, y = self._x(mark.at_ns), self._y(level) if level is not None else area.center().y()
        return QPointF(x, y) if mark.kind in ("entry", "exit") else QPointF(x, max(area.top() + 10, y - 22))

    def _paint_cursor(self, ink: Ink, area: QRectF, story: TripStory) -> None:
        if self._cursor_ns is None:
            return
        x = round(self._x(self._cursor_ns)) + 0.5
        ink.hairline(QPointF(x, area.top() - 6), QPointF(x, area.bottom()), "accent")
        if self._strips:
            ink.hairline(QPointF(x, area.bottom() + TIMES), QPointF(x, self.height()), "accent")
        point = story.level_at(self._cursor_ns)
        if point is not None and point.level is not None:
            ink.rounded(QRectF(x - 3.5, self._y(point.level) - 3.5, 7, 7), 3.5, fill="accent")
        word = fmt.clock(self._cursor_ns, story.trip.zone)
        width = ink.look.width(word, 11, 600) + 12
        pill = QRectF(min(max(x - width / 2, 2.0), self.width() - width - 2), 2, width, 18)
        ink.rounded(pill, 3, fill="accent")
        ink.text(pill, word, px=11, weight=600, token="onaccent", align=CENTRE)
