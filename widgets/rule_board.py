"""The board of rules in order of precedence: what each one says, how far it is from firing, and who may stop it."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from cockpit.frame import RulePart
from widgets import format as fmt
from widgets.ink import RIGHT, Ink
from widgets.signs import gauge, glyph
from widgets.theme import Look

BINDINGS = {"mandatory": "lock", "immediate": "bolt", "vetoable": "hand", "advisory": "eye"}
BINDING_WORDS = {
    "mandatory": "mandatory: cannot be vetoed",
    "immediate": "immediate: acts at once, may be vetoed beforehand",
    "vetoable": "vetoable: counts down before it acts",
    "advisory": "advisory: shown, never acts",
}
NAME = 34  # where the name begins


class Gauges(NamedTuple):
    """Where the gauges begin and end, and where the words beside them begin."""

    left: float
    right: float
    words: float


WIDE, COMPACT = Gauges(202, 292, 304), Gauges(188, 238, 246)


def state_of(rule: RulePart) -> str:
    """The sign of a rule: a veto shows over what the rule says."""
    if rule.status == "vetoed":
        return "vetoed"
    if rule.status == "advisory" and rule.kind in ("hold", "exit"):
        return "advisory"
    return rule.kind


def reading(rule: RulePart, zone: str) -> tuple[str, str]:
    """The words beside the gauge, and the margin at the right."""
    match state_of(rule):
        case "vetoed":
            to = f"to {fmt.clock(rule.until_ns, zone)[:5]}" if rule.until_ns is not None else "vetoed"
            return rule.because or _against(rule), to
        case "blind":
            return rule.because or "cannot see", "blind"
        case "idle":
            return rule.because or "nothing left to look at", ""
        case "not offered":
            return rule.because or "not available in this market", ""
        case _:
            held_back = rule.kind == "exit" and rule.status not in ("", "pending", "advisory")
            past = rule.kind == "exit" and rule.margin.startswith("-")
            margin = f"over by {rule.margin[1:]}" if past else rule.margin
            return rule.status if held_back else _against(rule), margin


def _against(rule: RulePart) -> str:
    return f"{rule.value} / {rule.limit}" if rule.value and rule.limit else rule.value or rule.limit


def fitting(rule: RulePart, words: str, fits: Callable[[str], bool]) -> str:
    """The words, or where they do not fit the bare number against its limit; what it measures is in the tooltip."""
    if fits(words) or words != _against(rule):
        return words
    return f"{rule.value.split()[-1]} / {rule.limit}" if rule.value and rule.limit else words


class RuleBoard(QAbstractScrollArea):
    """One painted line a rule, in the order of the profile; only lines whose part is another object are repainted."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._rules: tuple[RulePart, ...] = ()
        self._zone = "UTC"
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("rule board")

    def set_measures(self) -> None:
        """Take the heights of the look again."""
        self._set_range()
        self.viewport().update()

    def height_for(self, rules: int) -> int:
        """The height at which that many rules are seen."""
        return self._look.measures.pane_head + rules * self._look.measures.rule_row + 2

    def show_rules(self, rules: tuple[RulePart, ...], zone: str) -> None:
        """Paint these rules unless they are the ones that are shown."""
        if rules is self._rules and zone == self._zone:
            return
        before, self._rules, self._zone = self._rules, rules, zone
        if len(before) != len(rules):
            self._set_range()
            self.viewport().update()
            return
        changed = [i for i, (old, new) in enumerate(zip(before, rules, strict=True)) if old is not new]
        for index in changed:
            self.viewport().update(self._row_rect(index))
        if changed:
            self.viewport().update(0, 0, self.viewport().width(), self._look.measures.pane_head)

    def _row_rect(self, index: int) -> QRect:
        height = self._look.measures.rule_row
        top = self._look.measures.pane_head + index * height - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), height)

    def _set_range(self) -> None:
        seen = max(0, self.viewport().height() - self._look.measures.pane_head)
        rows = len(self._rules) * self._look.measures.rule_row
        self.verticalScrollBar().setRange(0, max(0, rows - seen))
        self.verticalScrollBar().setSingleStep(self._look.measures.rule_row)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint again: the head stays."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of rules fits."""
        self._set_range()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Every key is the window's."""
        event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def tip(self, at: QPoint) -> str:
        """What the rule under the mouse says in full."""
        index = next((i for i in range(len(self._rules)) if self._row_rect(i).contains(at)), None)
        if index is None or at.y() < self._look.measures.pane_head:
            return ""
        rule = self._rules[index]
        said = [
            fmt.title(rule.rule),
            fmt.signs(_against(rule)),
            rule.because,
            BINDING_WORDS.get(rule.binding, rule.binding),
            rule.status,
        ]
        return "\n".join(word for word in said if word)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The head and the lines that need it."""
        with Ink(self.viewport(), self._look) as ink:
            dirty = event.rect()
            ink.fill(QRectF(dirty), "bg1")
            height = self._look.measures.pane_head
            ink.painter.setClipRect(QRect(0, height, self.viewport().width(), self.height()).intersected(dirty))
            for index, rule in enumerate(self._rules):
                box = self._row_rect(index)
                if box.intersects(dirty) and box.bottom() > height:
                    self._paint_rule(ink, QRectF(box), rule)
            ink.painter.setClipRect(dirty)
            if dirty.top() < height:
                self._paint_head(ink, QRectF(0, 0, self.viewport().width(), height))

    def _paint_head(self, ink: Ink, box: QRectF) -> None:
        ink.head(box, "Rule board", "in order of precedence" if self._rules else "no position is selected")
        counts = Counter(state_of(rule) for rule in self._rules)
        right = box.right() - 12
        for state in ("blind", "vetoed", "hold", "exit"):
            if counts[state]:
                words = str(counts[state])
                ink.text(QRectF(right - 30, box.top(), 30, box.height()), words, px=11, weight=500, align=RIGHT)
                right -= ink.look.width(words, 11, 500) + 6
                glyph(ink, state, QRectF(right - 14, box.top(), 14, box.height()))
                right -= 28
        y = box.bottom() - 0.5
        ink.hairline(QPointF(0, y), QPointF(box.right(), y))

    def _paint_rule(self, ink: Ink, box: QRectF, rule: RulePart) -> None:
        state = state_of(rule)
        grounds = {"exit": ("warnbg", "warn"), "blind": ("blindbg", "blind")}
        if state in grounds:
            ground, edge = grounds[state]
            ink.fill(box, ground)
            ink.fill(QRectF(0, box.top(), 3, box.height() - 1), edge)
        ink.hairline(QPointF(0, box.bottom() - 0.5), QPointF(box.right(), box.bottom() - 0.5))
        glyph(ink, state, QRectF(9, box.top(), 16, box.height() - 1))
        quiet = state in ("idle", "not offered", "vetoed")
        gauges = COMPACT if self._look.compact else WIDE
        name = QRectF(NAME, box.top(), gauges.left - NAME - 24, box.height() - 1)
        end = ink.run(name, fmt.title(rule.rule), weight=500, token="t3" if quiet else "t1")
        if state == "vetoed":
            middle = round(name.center().y()) + 0.5
            ink.hairline(QPointF(NAME, middle), QPointF(end, middle), "t3")
        icon = BINDINGS.get(rule.binding)
        if icon:
            ink.icon(icon, QRectF(gauges.left - 21, box.center().y() - 7.5, 14, 14), "t3")
        if state not in ("idle", "not offered"):
            kind = {"exit": "exit", "vetoed": "vetoed", "blind": "blind"}.get(state, "hold")
            gauge(ink, QRectF(gauges.left, box.top(), gauges.right - gauges.left, box.height() - 1), rule.gauge, kind)
        self._paint_reading(ink, QRectF(gauges.words, box.top(), 0, box.height() - 1), box.right() - 12, rule)

    def _paint_reading(self, ink: Ink, box: QRectF, right: float, rule: RulePart) -> None:
        state = state_of(rule)
        words, margin = reading(rule, self._zone)
        margin = fmt.signs(margin)
        box.setRight(right)
        token = {"exit": "warn", "blind": "blind", "vetoed": "t2"}.get(state, "t1")
        ink.text(box, margin, weight=600, token=token, align=RIGHT)
        box.setRight(right - ink.look.width(margin, 12, 600) - (8 if margin else 0))
        quiet = {"blind": "blind", "idle": "t3", "not offered": "t3"}.get(state, "t2")
        shown = fitting(rule, words, lambda text: ink.look.width(fmt.signs(text), 11) <= box.width())
        ink.elided(box, fmt.signs(shown), px=11, token=quiet)
