"""The panel of the live broker: the link with its gauges, the account, and what of each position rests if we die."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QGuiApplication, QHelpEvent, QKeyEvent, QKeySequence, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from cockpit.frame import AccountPart, ConnectionPart, PositionPart, StatusPart
from widgets.lists.broker_facts import Fact, account_facts, guard_words, link_facts
from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.signs import direction, gauge
from widgets.paint.theme import Look
from widgets.parts.guard import is_bare
from widgets.parts.link import UP, paint_link, trades

NS = 1_000_000_000
ROW, GUARD = 34, 46  # heights
GAUGE, GAUGE_COMPACT = 34.0, 24.0  # widths
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class BrokerPanel(QWidget):
    """Facts below their captions, in places that no value moves; the arrows go from one to the next, Ctrl+C copies."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._link: ConnectionPart | None = None
        self._account: AccountPart | None = None
        self._age = -1  # seconds of the session, while they are shown
        self._status: StatusPart | None = None
        self._positions: tuple[PositionPart, ...] = ()
        self._rows: tuple[tuple[Fact, ...], ...] = ()
        self._current = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("live broker")

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All of them, from left to right and from the top."""
        return tuple(fact for row in self._rows for fact in row)

    def set_measures(self) -> None:
        """Take the widths of the look again."""
        self.update()

    def search(self, words: str) -> None:
        """There is nothing to search in: all of it is in sight."""

    def show_parts(
        self,
        link: ConnectionPart | None,
        account: AccountPart | None,
        status: StatusPart,
        positions: tuple[PositionPart, ...],
    ) -> None:
        """Show these; a new instant alone repaints only while the link's age is shown, once a second."""
        age = status.at_ns // NS if link is not None and link.state != UP else -1
        if positions is not self._positions or (self._status and self._status.dies_now) != status.dies_now:
            self.update()
        self._status, self._positions = status, positions
        if link is self._link and account is self._account and age == self._age:
            return
        self._link, self._account, self._age = link, account, age
        self._rows = () if link is None else (link_facts(link, status), account_facts(account, link, status))
        self._describe()
        self.update()

    def text(self) -> str:
        """All of it as lines of name and value."""
        return "\n".join(f"{fact.caption}\t{fact.value}" for fact in self.facts)

    def place_of(self, key: str) -> QRectF:
        """Where a fact is; empty for one that is not shown."""
        return next((box for fact, box in self._places() if fact.key == key), QRectF())

    def room_of(self, fact: Fact) -> float:
        """How wide its words may be."""
        wide = fact.compact if self._look.compact else fact.wide
        lead = 18.0 if fact.key == "state" else 12.0 if fact.money is not None else 0.0
        return wide - 8 - lead - (self._gauge() + 6 if fact.has_gauge else 0)

    def _gauge(self) -> float:
        return GAUGE_COMPACT if self._look.compact else GAUGE

    def _places(self) -> list[tuple[Fact, QRectF]]:
        made: list[tuple[Fact, QRectF]] = []
        for number, row in enumerate(self._rows):
            left = float(self._look.measures.inset)
            for fact in row:
                wide = fact.compact if self._look.compact else fact.wide
                made.append((fact, QRectF(left, number * ROW, wide - 8, ROW)))
                left += wide
        return made

    def _describe(self) -> None:
        facts = self.facts
        if facts:
            self._current = min(self._current, len(facts) - 1)
            fact = facts[self._current]
            said = f"{fact.caption} {fact.value}: {self._current + 1} of {len(facts)}. {fact.tip}"
            self.setAccessibleDescription(said)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From one fact to the next; all of them to the clipboard; every other key is the window's."""
        step = STEPS.get(Qt.Key(event.key()))
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.text())
        elif step is None or not self.facts or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        else:
            self._current = min(max(self._current + step, 0), len(self.facts) - 1)
            self._describe()
            self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """With the ring."""
        self._describe()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Without it."""
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The fact under the mouse is the one that is read."""
        found = next((i for i, (_, box) in enumerate(self._places()) if box.contains(event.position())), None)
        if found is not None:
            self._current = found
            self._describe()
            self.update()

    def event(self, event: QEvent) -> bool:
        """What a fact means."""
        if isinstance(event, QHelpEvent):
            at = QPointF(event.pos())
            said = next((f"{fact.value}\n{fact.tip}" for fact, box in self._places() if box.contains(at)), "")
            QToolTip.showText(event.globalPos(), said, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows of facts, and where there is room what rests for whom."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            for number, (fact, place) in enumerate(self._places()):
                self._paint_fact(ink, place, fact)
                if self.hasFocus() and number == self._current:
                    ink.focus_ring(place.adjusted(-6, 1, 2, -1), 4)
            top = ROW * len(self._rows)
            if self._rows and trades(self._link):
                ink.hairline(QPointF(12, ROW - 0.5), QPointF(box.right() - 12, ROW - 0.5))
                if box.height() >= top + GUARD - 8:
                    self._paint_guard(ink, box.adjusted(12, top, -12, 0))

    def _paint_fact(self, ink: Ink, box: QRectF, fact: Fact) -> None:
        ink.text(QRectF(box.left(), box.top() + 3, box.width(), 13), fact.caption, px=10, weight=500, token="t2")
        value = QRectF(box.left(), box.top() + 16, box.width(), 15)
        if fact.key == "state" and self._link is not None and self._status is not None:
            paint_link(ink, value, self._link, self._status.at_ns)
            return
        if fact.has_gauge:
            gauge(ink, QRectF(value.left(), value.top(), self._gauge(), value.height()), fact.share)
            value.setLeft(value.left() + self._gauge() + 6)
        if fact.money is not None:
            if fact.token in ("profit", "loss"):
                direction(ink, QPointF(value.left() + 4, value.center().y()), fact.money, fact.token)
            value.setLeft(value.left() + 12)
        ink.elided(value, fact.value, weight=600, token=fact.token)

    def _paint_guard(self, ink: Ink, box: QRectF) -> None:
        """A segment a position, as wide as its worth: covered is grey, uncovered an outline with a triangle."""
        status, rows = self._status, self._positions
        if status is None:
            return
        ink.hairline(QPointF(box.left(), box.top() - 0.5), QPointF(box.right(), box.top() - 0.5))
        count, lost = guard_words(rows, status)
        head = QRectF(box.left(), box.top() + 5, box.width(), 14)
        left = ink.run(head, "If this program dies now", px=11, weight=600)
        token = "loss" if any(is_bare(row) for row in rows) else "t2"
        ink.text(head.adjusted(left - head.left() + 8, 0, 0, 0), count, px=11, token=token)
        ink.text(head, lost, px=11, weight=600, align=RIGHT)
        worth = [max(abs((row.mark or row.entry) * row.contracts * row.multiplier), 1.0) for row in rows]
        x, room = box.left(), box.width() - 4 * max(0, len(rows) - 1)
        for row, share in zip(rows, worth, strict=True):
            wide = room * share / sum(worth)
            self._segment(ink, QRectF(x, box.top() + 23, wide, 7), row)
            x += wide + 4

    def _segment(self, ink: Ink, bar: QRectF, row: PositionPart) -> None:
        bare = is_bare(row)
        ink.rounded(bar, 2, fill=None if bare else "t3", line="loss" if bare else None)
        name = fmt.split_label(row.label)[0]
        words = QRectF(bar.left(), bar.bottom() + 1, bar.width(), 13)
        if ink.look.width(name, 9, 500) <= words.width():
            ink.text(words, name, px=9, weight=500, token="loss" if bare else "t2")
