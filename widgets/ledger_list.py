"""The tail of the ledger, the newest line on top: when, which position, which rule, and what it said or did."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from cockpit.frame import LedgerPart
from widgets import format as fmt
from widgets.ink import Ink
from widgets.signs import glyph
from widgets.theme import Look

TIME, SIGN, LABEL, RULE, TEXT = 12, 84, 108, 272, 424  # where the columns begin


class LedgerList(QAbstractScrollArea):
    """Lines as the frame brings them; who has scrolled back keeps sight of the same lines."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._lines: tuple[LedgerPart, ...] = ()
        self._zone = "UTC"
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("ledger")

    def set_measures(self) -> None:
        """Take the heights of the look again."""
        self._set_range()
        self.viewport().update()

    def height_for(self, lines: int) -> int:
        """The height at which that many lines are seen."""
        return self._look.measures.pane_head + lines * self._look.measures.ledger_row + 2

    def show_lines(self, lines: tuple[LedgerPart, ...], zone: str) -> None:
        """Paint these lines unless they are the ones that are shown."""
        if lines is self._lines and zone == self._zone:
            return
        scrolled = self.verticalScrollBar().value()
        newest = self._lines[-1] if self._lines else None
        self._lines, self._zone = lines, zone
        self._set_range()
        if scrolled and newest is not None:
            added = next((i for i, line in enumerate(reversed(lines)) if line is newest), 0)
            self.verticalScrollBar().setValue(scrolled + added * self._look.measures.ledger_row)
        if lines:
            last = lines[-1]
            self.setAccessibleDescription(f"{last.label} {fmt.words(last.rule)}: {last.text}")
        self.viewport().update()

    def _set_range(self) -> None:
        seen = max(0, self.viewport().height() - self._look.measures.pane_head)
        rows = len(self._lines) * self._look.measures.ledger_row
        self.verticalScrollBar().setRange(0, max(0, rows - seen))
        self.verticalScrollBar().setSingleStep(self._look.measures.ledger_row)

    def _row_rect(self, index: int) -> QRect:
        height = self._look.measures.ledger_row
        top = self._look.measures.pane_head + index * height - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), height)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint again: the head stays."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of lines fits."""
        self._set_range()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Every key is the window's."""
        event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips: the whole text of a line."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def tip(self, at: QPoint) -> str:
        """The text of the line at that place."""
        lines = tuple(reversed(self._lines))
        if at.y() < self._look.measures.pane_head:
            return ""
        return next((line.text for i, line in enumerate(lines) if self._row_rect(i).contains(at)), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """The head and the lines in sight."""
        with Ink(self.viewport(), self._look) as ink:
            dirty = event.rect()
            ink.fill(QRectF(dirty), "bg1")
            head = self._look.measures.pane_head
            ink.painter.setClipRect(QRect(0, head, self.viewport().width(), self.height()).intersected(dirty))
            for index, line in enumerate(reversed(self._lines)):
                box = self._row_rect(index)
                if box.intersects(dirty):
                    self._paint_line(ink, QRectF(box), line)
            ink.painter.setClipRect(dirty)
            box = QRectF(0, 0, self.viewport().width(), head)
            ink.fill(box, "bg1")
            ink.head(box, "Ledger", "verdicts, decisions, orders, stops, newest first")
            ink.hairline(QPointF(0, head - 0.5), QPointF(box.right(), head - 0.5))

    def _paint_line(self, ink: Ink, box: QRectF, line: LedgerPart) -> None:
        time = fmt.clock(line.at_ns, self._zone, tenths=True)
        ink.text(box.adjusted(TIME, 0, 0, 0), time, px=11, token="t2")
        glyph(ink, line.kind, QRectF(SIGN, box.top(), 16, box.height()))
        ink.elided(QRectF(LABEL, box.top(), RULE - LABEL - 8, box.height()), line.label, px=11, token="t1")
        rule = QRectF(RULE, box.top(), TEXT - RULE - 8, box.height())
        ink.elided(rule, fmt.words(line.rule), px=11, weight=600)
        ink.elided(QRectF(TEXT, box.top(), box.width() - TEXT - 12, box.height()), fmt.signs(line.text), px=11)
