"""What the charts of the journal share: what is pointed at, a read-out, and the same as a table."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cockpit.review import Review
from widgets.charts import curves
from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.theme import Look
from widgets.parts.table_columns import Cell, Column

AXIS, TIMES = 58, 20  # margins at the right and at the bottom
MOVES: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ReviewChart(QWidget):
    """`paint_in`, `count`, `words_of`, `nearest` and `rows` are what a kind of chart brings; `columns` are its table's.

    `chosen` carries the number of the item that was clicked, or on which Enter was pressed.
    """

    chosen = Signal(int)
    columns: tuple[Column, ...] = ()
    caption = ""  # of the chart's head
    is_table = False  # it is never drawn

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.look = look
        self.review: Review | None = None
        self.zone = "UTC"
        self.pointed: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    @property
    def count(self) -> int:
        """How many things can be pointed at."""
        return 0

    def words_of(self, item: int) -> str:
        """What the read-out says of one of them."""
        raise NotImplementedError

    def nearest(self, at: QPointF) -> int | None:
        """Which of them is at a place."""
        raise NotImplementedError

    def rows(self) -> Sequence[tuple[Cell, ...]]:
        """The same as a table: one cell for each of `columns`."""
        raise NotImplementedError

    def paint_in(self, ink: Ink, box: QRectF) -> None:
        """The chart, on its ground."""
        raise NotImplementedError

    def show_review(self, review: Review | None, zone: str) -> None:
        """Draw what that review adds up to."""
        self.review, self.zone = review, zone
        self.point(None)
        self.prepare()
        self.update()

    def prepare(self) -> None:
        """Another review has come."""

    def point(self, item: int | None) -> None:
        """Say what that one is."""
        self.pointed = item
        self.setAccessibleDescription(f"{self.count} values" if item is None else self.words_of(item))
        self.update()

    def minimumSizeHint(self) -> QSize:
        """As small as still can be read."""
        return QSize(200, 90)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what is near."""
        near = self.nearest(event.position()) if self.count else None
        if near != self.pointed:
            self.point(near)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is near."""
        near = self.nearest(event.position()) if self.count else None
        if near is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(near)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        self.point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right point, Enter chooses; every other key is the window's."""
        step = MOVES.get(event.key())
        if step is not None and self.count:
            at = (0 if step > 0 else self.count - 1) if self.pointed is None else self.pointed + step
            self.point(min(max(at, 0), self.count - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.pointed is not None:
            self.chosen.emit(self.pointed)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chart or the reason why there is none, the read-out, and the ring."""
        with Ink(self, self.look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            if self.count:
                self.paint_in(ink, box)
                if self.pointed is not None and self.pointed < self.count:
                    self._read_out(ink, box, self.words_of(self.pointed))
            else:
                words = box.adjusted(12, 8, -12, 0)
                words.setHeight(16)
                ink.elided(words, "Nothing to draw: no closed round trip is in sight.", px=11, token="t2")
            if self.hasFocus():
                ink.focus_ring(box, 2)

    def _read_out(self, ink: Ink, box: QRectF, words: str) -> None:
        width = min(ink.look.width(words, 11, 500) + 12, box.width() - 8)
        plate = QRectF(12, box.top() + 4, width, 18)
        ink.rounded(plate, 3, fill="bg3")
        ink.elided(plate.adjusted(6, 0, -6, 0), words, px=11, weight=500)


def value_axis(ink: Ink, area: QRectF, low: float, high: float, *, unit: str = "") -> None:
    """Hairlines at round values, labelled at the right of `area`."""
    ticks, _ = curves.value_ticks(low, high, max(3, int(area.height() / 34)))
    for value in ticks:
        y = round(y_of(area, low, high, value)) + 0.5
        ink.hairline(QPointF(area.left(), y), QPointF(area.right(), y), "line2" if value == 0.0 else "line")
        digits = 0 if abs(high - low) > 6 else 1
        words = fmt.money_short(value, signed=False) if digits == 0 else fmt.number(value, digits)
        box = QRectF(area.right() + 2, y - 8, AXIS - 12, 16)
        ink.text(box, words + unit, px=10, weight=500, token="t2", align=RIGHT)


def y_of(area: QRectF, low: float, high: float, value: float) -> float:
    """Where a value is."""
    return area.bottom() - (value - low) / max(high - low, 1e-12) * area.height()
