"""The rows of a chain: only what has changed is painted again; a bid or an ask is picked by mouse or by key."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from cockpit.frame import ChainPart, PositionPart
from widgets.chain.chain_columns import QUOTES, Place, places
from widgets.chain.chain_lookup import contract_of, same_chain, same_strikes
from widgets.chain.chain_row import CAPTION, Spot, paint_empty, paint_heads, paint_row
from widgets.chain.chain_view import ChainView, Hit
from widgets.paint.ink import Ink
from widgets.paint.theme import Look

MOST_ROWS = 6  # painted again at once: the others wait for a few hundredths of a second
SCROLL_BAR = 8  # always left free, so that no column moves when the rows begin to scroll
SPOTS: tuple[Spot, ...] = (("call", "bid"), ("call", "ask"), ("put", "bid"), ("put", "ask"))


class ChainGrid(QAbstractScrollArea):
    """Rows as the part has them, begun around the spot.

    `picked` carries a symbol and whether its ask was picked, to buy it, or its bid, to sell it: `buy` | `sell`.
    `typed` carries keys that are the ticket's: digits and `backspace`; `again` says that what is picked was picked
    once more by key; `left` that the keys shall be the window's.
    """

    picked = Signal(str, str)
    typed = Signal(str)
    again = Signal()
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.view = ChainView()
        self._places: tuple[Place, ...] = ()
        self._centred_at: int | None = None  # where the scroll bar was put; None before there was a spot
        self._due: dict[int, None] = {}  # rows that have changed and wait to be painted, oldest first
        self._empty = ("No chain", "")
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("chain")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.set_measures()

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the columns are."""
        return self._places

    @property
    def row_height(self) -> int:
        """The height of one strike."""
        return 22 if self._look.compact else 24

    def set_measures(self) -> None:
        """Take heights and columns of the look again."""
        self._places = places(self._look, self.width() - SCROLL_BAR, self.view.without)
        self._top = CAPTION + self._look.measures.head
        self._set_range()
        self.viewport().update()

    def set_empty(self, what: str, why: str) -> None:
        """What is said while there is no chain."""
        self._empty = (what, why)
        self._describe()
        self.viewport().update()

    def set_picked(self, symbol: str, side: str) -> None:
        """What is in the ticket; nothing with an empty symbol."""
        self.view.picked = (symbol, "ask" if side == "buy" else "bid") if symbol else None
        self.viewport().update()

    def show_chain(self, part: ChainPart | None, positions: tuple[PositionPart, ...]) -> None:
        """Paint that chain; only rows whose part is another object are painted again."""
        before, self.view.part = self.view.part, part
        if self.view.take_positions(positions):
            self.viewport().update()
        if part is None or before is None or not same_strikes(before, part):
            if part is not before:
                self._begin(before, part)
        elif part is not before:
            self._take_rows(before, part)
        if part is not None and self._centred_at is None and part.spot is not None:
            self.centre()

    def centre(self) -> None:
        """Bring the spot into the middle, and the keys to it."""
        part, line = self.view.part, self.view.line
        if part is None or not part.rows:
            return
        seen = self.viewport().height() - self._top
        above = round(seen / 2 / self.row_height)  # whole rows, so that none is cut under the heads
        self.verticalScrollBar().setValue((line - above) * self.row_height)
        self._centred_at = self.verticalScrollBar().value() if part.spot is not None else None
        self.move_cursor(Hit(max(0, line - 1), self.view.cursor.spot))

    def move_cursor(self, to: Hit) -> None:
        """Let the keys act on another quote, and bring it into sight."""
        before, last = self.view.cursor.row, max(0, len(self.view.rows) - 1)
        self.view.cursor = Hit(min(max(to.row, 0), last), to.spot)
        bar, height, row = self.verticalScrollBar(), self.row_height, self.view.cursor.row
        seen = self.viewport().height() - self._top
        bar.setValue(min(max(bar.value(), (row + 1) * height - seen), row * height))
        self._describe()
        for index in (before, row):
            self.viewport().update(self._row_rect(index))

    def pick(self, hit: Hit | None = None, side: str = "") -> None:
        """Put the quote of `hit`, or that of the keys, into the ticket; `side` buys or sells it whatever was hit."""
        hit = hit or self.view.cursor
        if hit.spot is None or hit.row >= len(self.view.rows):
            return
        contract = contract_of(self.view.rows[hit.row], hit.spot[0])
        if contract is not None:
            side = side or ("buy" if hit.spot[1] == "ask" else "sell")
            self.set_picked(contract.symbol, side)
            self.picked.emit(contract.symbol, side)

    def repaint_some(self) -> None:
        """Paint the rows that have waited longest: however many ticks there are, a frame costs the same."""
        for index in tuple(self._due)[:MOST_ROWS]:
            del self._due[index]
            self.viewport().update(self._row_rect(index))

    def _begin(self, before: ChainPart | None, part: ChainPart | None) -> None:
        """Another chain begins around its spot; more or fewer strikes of the same one keep their place."""
        same = before is not None and part is not None and same_chain(before, part)
        bar, height = self.verticalScrollBar(), self.row_height
        top = before.rows[min(bar.value() // height, len(before.rows) - 1)].strike if before and before.rows else 0.0
        self._due.clear()
        self.view.hover = None
        if not same:
            self.view.begin()
            self._centred_at = None
        self.view.take_line()
        self.view.measure(self.view.rows)
        self.set_measures()
        if same:
            bar.setValue(sum(row.strike < top for row in self.view.rows) * height + bar.value() % height)
        else:
            self.centre()
        self._describe()
        self.viewport().update()

    def _take_rows(self, before: ChainPart, part: ChainPart) -> None:
        changed = [i for i, (old, new) in enumerate(zip(before.rows, part.rows, strict=True)) if old is not new]
        moved = self.view.take_line()
        known = self.view.without
        if self.view.measure(tuple(part.rows[i] for i in changed)) or moved:
            self.viewport().update()
        if self.view.without != known:
            self.set_measures()
        seen = self._in_sight()
        for index in changed:
            if index in seen:
                self._due[index] = None
        self.repaint_some()
        if self.hasFocus() and self.view.cursor.row in changed:
            self._describe()

    def _describe(self) -> None:
        self.setAccessibleDescription(self.view.under_cursor() or ". ".join(words for words in self._empty if words))

    def _in_sight(self) -> range:
        height, top, count = self.row_height, self.verticalScrollBar().value(), len(self.view.rows)
        last = -(-(top + max(0, self.viewport().height() - self._top)) // height)
        return range(min(top // height, count), min(last, count))

    def _row_rect(self, index: int) -> QRect:
        top = self._top + index * self.row_height - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self.row_height)

    def _set_range(self) -> None:
        seen = max(0, self.viewport().height() - self._top)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, len(self.view.rows) * self.row_height - seen))
        bar.setSingleStep(self.row_height)
        bar.setPageStep(seen)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint again: the heads stay."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns for the new width; the spot stays in the middle until somebody scrolls."""
        untouched = self._centred_at == self.verticalScrollBar().value()
        self.set_measures()
        if untouched:
            self.centre()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the cursor."""
        self._describe()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the cursor."""
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter picks, digits are the ticket's, Esc leaves; every other key is the window's."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or not self._take_key(event):
            event.ignore()

    def _take_key(self, event: QKeyEvent) -> bool:
        key, row, at = Qt.Key(event.key()), self.view.cursor.row, SPOTS.index(self.view.cursor.spot or SPOTS[1])
        page = max(1, (self.viewport().height() - self._top) // self.row_height - 1)
        down = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}
        across = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if key in down:
            self.move_cursor(Hit(row + down[key], SPOTS[at]))
        elif key in across:
            self.move_cursor(Hit(row, SPOTS[min(max(at + across[key], 0), len(SPOTS) - 1)]))
        elif key == Qt.Key.Key_Home:
            self.centre()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self._enter()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.text().isdigit() or key == Qt.Key.Key_Backspace:
            self.typed.emit(event.text() if event.text().isdigit() else "backspace")
        else:
            return False
        return True

    def _enter(self) -> None:
        """The first Enter picks the quote, the next one goes on to the ticket."""
        before = self.view.picked
        self.pick()
        if before is not None and before == self.view.picked:
            self.again.emit()

    def hit(self, at: QPoint) -> Hit | None:
        """The row and the quote at a place of the viewport."""
        index = (at.y() - self._top + self.verticalScrollBar().value()) // self.row_height
        if at.y() < self._top or not 0 <= index < len(self.view.rows):
            return None
        place = self._place_at(at)
        return Hit(index, (place.side, place.key) if place is not None and place.key in QUOTES else None)

    def _place_at(self, at: QPoint) -> Place | None:
        return next((p for p in self._places if p.left <= at.x() < p.left + p.width), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick a quote."""
        hit = self.hit(event.position().toPoint())
        if hit is not None and hit.spot is not None and event.button() == Qt.MouseButton.LeftButton:
            self.move_cursor(hit)
            self.pick(hit)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the quote under the mouse."""
        self._light(self.hit(event.position().toPoint()))

    def _light(self, hit: Hit | None) -> None:
        if hit != self.view.hover:
            rows = {each.row for each in (hit, self.view.hover) if each is not None}
            self.view.hover = hit
            can = hit is not None and hit.spot is not None
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor)
            for row in rows:
                self.viewport().update(self._row_rect(row))

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips, and the mouse leaving."""
        if event.type() == QEvent.Type.Leave:
            self._light(None)
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def tip(self, at: QPoint) -> str:
        """What a column means, or which contract this is, its sizes and what is held of it."""
        place, hit = self._place_at(at), self.hit(at)
        if place is None:
            return ""
        if hit is None:
            return place.column.hint if CAPTION <= at.y() < self._top else ""
        about = (self.view.about(hit.row, side) for side in ((place.side,) if place.side else ("call", "put")))
        return "\n".join(words for words in about if words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The heads and the rows that need it, then the line of the spot."""
        with Ink(self.viewport(), self._look) as ink:
            region, dirty, width = event.region(), event.rect(), self.viewport().width()
            ink.fill(QRectF(dirty), "bg1")
            if not self.view.rows:
                paint_empty(ink, QRectF(self.viewport().rect()), *self._empty, focused=self.hasFocus())
                return
            ink.painter.setClipRect(QRect(0, self._top, width, self.viewport().height()).intersected(dirty))
            focused = self.hasFocus()
            for index in self._in_sight():
                box = self._row_rect(index)
                if region.intersects(box):
                    state = self.view.state(index, focused=focused)
                    paint_row(ink, QRectF(box), self.view.rows[index], self._places, self.view.scale, state)
            self._paint_spot(ink, width)
            ink.painter.setClipRect(dirty)
            if dirty.top() < self._top:
                right = width - SCROLL_BAR
                paint_heads(ink, QRectF(0, 0, width, self._top), right, self._places, self.view.scale.units)

    def _paint_spot(self, ink: Ink, width: int) -> None:
        line, part = self.view.line, self.view.part
        if part is not None and part.spot is not None and 0 < line < len(part.rows):
            y = self._row_rect(line).top() - 0.5
            ink.hairline(QPointF(0, y), QPointF(width, y), "accent")
