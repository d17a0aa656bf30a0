"""The grid of positions, one painted row each: money, stop, Greeks, the nearest rule, and the ways to take off."""

import math
from collections.abc import Collection
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QMenu, QToolTip

from cockpit.frame import PositionPart, StatusPart
from widgets.acting.dispatch import Dispatch
from widgets.acting.keymap import cap
from widgets.grid import grid_filter, position_menu
from widgets.grid.grid_sums import paint_sums
from widgets.grid.position_columns import COLUMNS, OPTIONAL, Place, places
from widgets.grid.position_row import FOUND, TAKES, RowState, grid_head, paint_row, take_boxes
from widgets.paint import format as fmt
from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.paint.tints import Tints
from widgets.parts.choices import Choices
from widgets.parts.guard import lost

NS = 1_000_000_000
SCROLL_BAR = 8  # always left free, so that no column moves when the rows begin to scroll


class Hit(NamedTuple):
    """What lies under the mouse."""

    row: int
    column: str
    action: str


class PositionGrid(QAbstractScrollArea):
    """Rows in the order of the frame, never re-sorted; columns whose width no value changes.

    `pressed` carries an action and a position id; `selected` the id of the selected row and whether a human chose it;
    `columns_chosen` the optional columns that are shown now.
    """

    pressed = Signal(str, str)
    selected = Signal(str, bool)
    columns_chosen = Signal(tuple)

    def __init__(self, look: Look, dispatch: Dispatch) -> None:
        super().__init__()
        self._look, self._dispatch = look, dispatch
        self._all: tuple[PositionPart, ...] = ()
        self._rows: tuple[PositionPart, ...] = ()
        self._at_ns, self._second, self._currency, self._zone = 0, -1, "", "UTC"
        self._hidden: frozenset[str] = frozenset()
        self._is_live = False
        self._undecided: frozenset[str] = frozenset()
        self._selected: str | None = None
        self._places: tuple[Place, ...] = ()
        self._hover: Hit | None = None
        self.tints = Tints()
        self.slid_s = -math.inf  # when rows last took one another's places, and not because a human filtered them
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("positions")
        self.menu = QMenu(self)
        self.viewport().setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.filter = Choices(look, grid_filter.names(()), name="which positions")
        self.filter.setParent(self)
        self.filter.chosen.connect(self._filtered)
        dispatch.changed.connect(self.viewport().update)
        self.set_measures()

    @property
    def selected_id(self) -> str | None:
        """The position that the keys act on."""
        return self._selected

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the columns are."""
        return self._places

    def position(self, position_id: str | None = None) -> PositionPart | None:
        """The row of that position, by default the selected one."""
        wanted = self._selected if position_id is None else position_id
        return next((row for row in self._all if row.id == wanted), None)

    def set_measures(self) -> None:
        """Take heights and columns of the look again."""
        self._places = places(self._look, self.width() - SCROLL_BAR, self._hidden, live=self._is_live)
        measures = self._look.measures
        self.filter.move(self._filter_left(), (measures.pane_head - self.filter.height()) // 2)
        self._top = measures.pane_head + measures.head
        self._set_ranges()
        self.viewport().update()

    def height_for(self, rows: int) -> int:
        """The height at which that many rows are seen."""
        return self._top + rows * self._look.measures.row + 2

    def set_live(self, live: bool) -> None:
        """Whether stops can rest at a broker: then what is lost without us has a column."""
        if live != self._is_live:
            self._is_live = live
            self.set_measures()

    def set_undecided(self, positions: frozenset[str]) -> None:
        """Those that were found beyond their stop, and that nobody has decided about."""
        if positions != self._undecided:
            self._undecided = positions
            self._describe()
            self.viewport().update()

    def show_only(self, shown: Collection[str]) -> None:
        """Of the optional columns these and no others."""
        hidden = frozenset(key for key in OPTIONAL if key not in shown)
        if hidden != self._hidden:
            self._hidden = hidden
            self.set_measures()
            self.columns_chosen.emit(tuple(key for key in OPTIONAL if key not in hidden))

    def column_menu(self) -> QMenu:
        """The optional columns to choose from; shown ones are ticked."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column in (each for each in COLUMNS if each.key in OPTIONAL):
            action = menu.addAction(f"{column.head}: {column.hint}")
            action.setCheckable(True)
            action.setChecked(column.key not in self._hidden)
            action.toggled.connect(partial(self._show_column, column.key))
        return menu

    def _show_column(self, key: str, on: bool) -> None:
        shown = {each for each in OPTIONAL if each not in self._hidden}
        self.show_only(shown | {key} if on else shown - {key})

    def show_positions(self, rows: tuple[PositionPart, ...], status: StatusPart, now_s: float) -> None:
        """Paint these rows as of that instant; only rows whose part is another object are painted again."""
        self._at_ns, self._currency, self._zone = status.at_ns, status.currency, status.zone
        if rows is not self._all:
            self._all = rows
            self.filter.offer(grid_filter.names(rows))
            self._show_rows(self._kept(), now_s)
        if status.at_ns // NS != self._second:
            self._second = status.at_ns // NS
            self._update_column("age")

    def _filtered(self) -> None:
        self._show_rows(self._kept(), 0.0)

    def _kept(self) -> tuple[PositionPart, ...]:
        """What the filter lets through."""
        name = self.filter.current
        if name == grid_filter.ALL:
            return self._all
        today = fmt.moment(self._at_ns, self._zone).date().isoformat()
        return tuple(filter(grid_filter.keeps(name, today), self._all))

    def _show_rows(self, rows: tuple[PositionPart, ...], now_s: float) -> None:
        before, self._rows = self._rows, rows
        slid = any(old.id != new.id for old, new in zip(before, rows, strict=False))
        if slid or len(before) != len(rows):
            if slid and now_s > 0.0:
                self.slid_s = now_s
            self._set_ranges()
            self._keep_selection(before)
            self.viewport().update()
            return
        if not self._look.reduced_motion:
            self.tints.moved(before, rows, now_s)
        for index, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old is not new:
                self.viewport().update(self._row_rect(index))
        self.viewport().update(0, 0, self.viewport().width(), self._look.measures.pane_head)

    def select(self, position_id: str, *, by_human: bool = True) -> None:
        """Make that row the selected one and bring it into sight."""
        if position_id == self._selected or all(row.id != position_id for row in self._rows):
            return
        self._selected = position_id
        index = self._index()
        bar, height = self.verticalScrollBar(), self._look.measures.row
        seen = self.viewport().height() - self._top
        bar.setValue(min(max(bar.value(), (index + 1) * height - seen), index * height))
        self._describe()
        self.viewport().update()
        self.selected.emit(position_id, by_human)

    def move_selection(self, steps: int) -> None:
        """Select the row above or below."""
        if self._rows:
            index = min(max(self._index() + steps, 0), len(self._rows) - 1)
            self.select(self._rows[index].id)

    def advance(self, now_s: float) -> None:
        """Let tints fade (monotonic seconds)."""
        if self.tints.any:
            self.tints.advance(now_s)
            self._update_column("mark")

    def _index(self) -> int:
        return next((i for i, row in enumerate(self._rows) if row.id == self._selected), 0)

    def _keep_selection(self, before: tuple[PositionPart, ...]) -> None:
        """A position that is gone leaves the selection to the row that took its place."""
        if self._selected is not None and any(row.id == self._selected for row in self._rows):
            return
        index = next((i for i, row in enumerate(before) if row.id == self._selected), 0)
        self._selected = None
        if self._rows:
            self.select(self._rows[min(index, len(self._rows) - 1)].id, by_human=False)

    def _describe(self) -> None:
        row = self.position()
        if row is not None:
            said = f"{row.label}, {fmt.contracts(row.contracts, row.side)}, mark {fmt.price(row.mark)}"
            said += f", P&L {fmt.money(row.pnl)}, stop {fmt.price(row.stop)}, {row.state}"
            said += f", {FOUND}" if row.id in self._undecided else ""
            said += f", if we die {row.protection_why or row.protection}"
            self.setAccessibleDescription(said)

    def _row_rect(self, index: int) -> QRect:
        height = self._look.measures.row
        top = self._top + index * height - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), height)

    def _update_column(self, key: str) -> None:
        for place in self._places:
            if place.column.key == key:
                left = round(self._x(place))
                self.viewport().update(left, self._top, round(place.width) + 1, self.viewport().height() - self._top)

    def _x(self, place: Place) -> float:
        """Where a column is now: all but the first one scroll sideways."""
        return place.left if place.left == 0 else place.left - self.horizontalScrollBar().value()

    def _set_ranges(self) -> None:
        width = sum(place.width for place in self._places)
        sideways = max(0, round(width) - self.viewport().width())
        rows = len(self._rows) * self._look.measures.row
        seen = max(0, self.viewport().height() - self._top)
        self.horizontalScrollBar().setRange(0, sideways)
        self.verticalScrollBar().setRange(0, max(0, rows - seen))
        self.verticalScrollBar().setSingleStep(self._look.measures.row)
        self.verticalScrollBar().setPageStep(seen)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint again: the heads stay where they are."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns for the new width."""
        self.set_measures()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Every key is the window's."""
        event.ignore()

    def hit(self, at: QPoint) -> Hit | None:
        """The row, column and take-off action at a place of the viewport."""
        if at.y() < self._top:
            return None
        index = (at.y() - self._top + self.verticalScrollBar().value()) // self._look.measures.row
        if not 0 <= index < len(self._rows):
            return None
        for place in self._places:
            left = self._x(place)
            if left <= at.x() < left + place.width:
                action = ""
                if place.column.key == "take":
                    boxes = take_boxes(QRectF(self._row_rect(index)), left)
                    action = next((name for name, box in boxes if box.contains(QPointF(at))), "")
                return Hit(index, place.column.key, action)
        return Hit(index, "", "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the row, or take off from the row whose button was pressed."""
        hit = self.hit(event.position().toPoint())
        if hit is None or event.button() != Qt.MouseButton.LeftButton:
            return
        row = self._rows[hit.row]
        if not hit.action:
            self.select(row.id)
        elif not self._off(row, hit.action):
            self.pressed.emit(hit.action, row.id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the row under the mouse, or with its key of the selected one; over the heads, the columns."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        hit = self.hit(event.pos()) if by_mouse else None
        if hit is not None:
            self.select(self._rows[hit.row].id)
        row = self.position()
        if by_mouse and event.pos().y() < self._top:
            self.column_menu().popup(event.globalPos())
        elif row is not None and (hit is not None or not by_mouse):
            place = self._row_rect(self._index()).bottomLeft() + QPoint(40, 0)
            position_menu.fill(self.menu, row, self.pressed.emit)
            self.menu.popup(event.globalPos() if by_mouse else self.viewport().mapToGlobal(place))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the row and the button under the mouse."""
        hit = self.hit(event.position().toPoint())
        if hit != self._hover:
            self._hover = hit
            shape = Qt.CursorShape.PointingHandCursor if hit and hit.action else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips, and the mouse leaving."""
        if event.type() == QEvent.Type.Leave and self._hover is not None:
            self._hover = None
            self.viewport().update()
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def tip(self, at: QPoint) -> str:
        """The words for that place: what a column means, what a button does or why it is off, why a row is blind."""
        hit = self.hit(at)
        if hit is None:
            heads = [p.column.hint for p in self._places if self._x(p) <= at.x() < self._x(p) + p.width]
            return heads[0] if heads and at.y() >= self._look.measures.pane_head else ""
        row = self._rows[hit.row]
        if hit.action:
            return self._off(row, hit.action) or f"{TAKES[hit.action].does}: {cap(hit.action)} ({row.label})"
        if hit.column in ("protection", "dies") and row.protection_why:
            money = f"{lost(row.dies_now, exact=True)} {fmt.currency(self._currency)}"
            return f"{row.label}: {fmt.signs(row.protection_why)}.\nIf this program stops now, until then: {money}"
        if row.state == "blind":
            return row.blind_cause
        if hit.column == "oi" and row.oi_change_pct is None:
            return "Open interest has not changed in this session: many exchanges publish it once a day"
        if row.id in self._undecided:
            return f"{row.label} is only observed: take it off, or move its stop and put it on automatic"
        return f"{row.symbol} · {row.profile} · Greeks {'modelled' if row.greeks_model else 'given'}"

    def _off(self, row: PositionPart, action: str) -> str:
        """Why that button of the row is off; empty when it is on."""
        return row.split_refusal if TAKES[action].splits else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The heads and the rows that need it."""
        with Ink(self.viewport(), self._look) as ink:
            dirty = event.rect()
            ink.fill(QRectF(dirty), "bg1")
            width = self.viewport().width()
            if not self._rows:
                self._paint_empty(ink)
            xs = tuple((place, self._x(place)) for place in self._places)
            ink.painter.setClipRect(QRect(0, self._top, width, self.viewport().height()).intersected(dirty))
            for index, row in enumerate(self._rows):
                box = self._row_rect(index)
                if box.intersects(dirty) and box.bottom() > self._top:
                    paint_row(ink, QRectF(box), row, xs, self._state(index, row))
            ink.painter.setClipRect(dirty)
            if dirty.top() < self._top:
                self._paint_heads(ink, width, xs)

    def _state(self, index: int, row: PositionPart) -> RowState:
        hovered = self._hover is not None and self._hover.row == index
        chosen = row.id == self._selected
        strength, favour = self.tints.of(row.id)
        return RowState(
            at_ns=self._at_ns,
            selected=chosen,
            hovered=hovered,
            focused=chosen and self.hasFocus(),
            lit=self._hover.action if hovered and self._hover is not None else "",
            sending=tuple(name for name in TAKES if self._dispatch.sending(name, row.id)),
            tint=strength,
            tint_sign=favour,
            undecided=row.id in self._undecided,
        )

    def _filter_left(self) -> int:
        return round(12 + self._look.width("Positions", 12, 600) + 8 + self._look.width("999", 11) + 14)

    def _paint_heads(self, ink: Ink, width: int, xs: tuple[tuple[Place, float], ...]) -> None:
        head = QRectF(0, 0, width, self._look.measures.pane_head)
        ink.fill(head, "bg1")
        shown, held = len(self._rows), len(self._all)
        ink.head(head, "Positions", str(held) if shown == held else f"{shown} of {held}")
        left = self.filter.geometry().right() + 12.0
        paint_sums(ink, QRectF(left, 0, width - left - 12, head.height()), self._rows, self._currency)
        grid_head(ink, QRectF(0, head.height(), width, self._look.measures.head), xs)

    def _paint_empty(self, ink: Ink) -> None:
        box = QRectF(0, self._top, self.viewport().width(), 44)
        none, why = "No open positions", f"A row appears here when an entry fills; {cap('page_chain')} opens the chain."
        if self._all:
            none, why = f"None of {len(self._all)}: {self.filter.current}", "The filter above leaves them all out."
        ink.text(box.adjusted(12, 8, 0, -16), none, weight=600)
        ink.text(box.adjusted(12, 26, 0, 0), why, px=11, token="t2")
