"""The board of rules in order of precedence: what each one says, how far it is from firing, and who may stop it."""

from collections import Counter
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QMenu

from cockpit.frame import RulePart
from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.signs import gauge, glyph
from widgets.paint.theme import Look
from widgets.parts.row_area import RowArea
from widgets.rules.rule_words import BINDING_WORDS, described, is_held_back, margin, readings, shown, state_of, told

BINDINGS = {"mandatory": "lock", "immediate": "bolt", "vetoable": "hand", "advisory": "eye"}
GROUNDS = {"exit": ("warnbg", "warn"), "blind": ("blindbg", "blind")}
QUIET = ("idle", "not offered", "vetoed", "closed")
WITHOUT_GAUGE = ("idle", "not offered", "closed")
VETOES = {"ten_minutes": "Veto for 10 min", "until_close": "Veto until the close", "reason": "Veto with a reason …"}
NAME = 34  # where the name begins


class Gauges(NamedTuple):
    """Where the gauges begin and end, and where the words beside them begin."""

    left: float
    right: float
    words: float


WIDE, COMPACT = Gauges(202, 292, 304), Gauges(188, 238, 246)


class RuleBoard(RowArea):
    """One painted line a rule, in the order of the profile; only lines whose part is another object are repainted.

    A line is chosen with a click or the arrow keys; its menu comes with the right button, the menu key or Shift+F10.
    `veto_wanted` carries a rule and for how long (a key of `VETOES`); `unveto_wanted` the rule that may act again, or
    nothing when it is the hold on all of them that shall end.
    """

    veto_wanted = Signal(str, str)
    unveto_wanted = Signal(str)
    explain_wanted = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look, "rule board")
        self._rules: tuple[RulePart, ...] = ()
        self._zone = "UTC"
        self.menu = QMenu(self)

    @property
    def current_rule(self) -> str | None:
        """The rule that the keys act on."""
        return self._rules[self._current].rule if self._current is not None else None

    def set_measures(self) -> None:
        """Take the heights of the look again."""
        self.set_ranges()
        self.viewport().update()

    def row_height(self) -> int:
        """Of a rule."""
        return self._look.measures.rule_row

    def head_height(self) -> int:
        """Of the pane's head."""
        return self._look.measures.pane_head

    def height_for(self, rules: int) -> int:
        """The height at which that many rules are seen."""
        return self.head_height() + rules * self.row_height() + 2

    def show_rules(self, rules: tuple[RulePart, ...], zone: str) -> None:
        """Paint these rules unless they are the ones that are shown."""
        if rules is self._rules and zone == self._zone:
            return
        before, self._rules, self._zone = self._rules, rules, zone
        if len(before) != len(rules) or any(a.rule != b.rule for a, b in zip(before, rules, strict=True)):
            self._count, self._hover = len(rules), None
            self.set_ranges()
            self.set_current(None)
            return
        changed = [i for i, (old, new) in enumerate(zip(before, rules, strict=True)) if old is not new]
        for index in changed:
            self.viewport().update(self.row_rect(index))
        if changed:
            self.viewport().update(0, 0, self.viewport().width(), self._look.measures.pane_head)
        if self.hasFocus() and (self._current in changed or self._current is None):
            self.setAccessibleDescription(self.description())

    def open_menu(self, at: QPoint) -> None:
        """What can be done about the current rule, at that place of the screen."""
        if self._current is None:
            return
        rule = self._rules[self._current]
        name, mandatory = rule.rule, rule.binding == "mandatory"
        self.menu.clear()
        self.menu.addSection(fmt.title(name))
        if rule.status == "vetoed" and rule.by_hold:
            self.menu.addAction("End the hold", lambda: self.unveto_wanted.emit(""))
        elif rule.status == "vetoed":
            self.menu.addAction("Take the veto back", lambda: self.unveto_wanted.emit(name))
        for key, words in VETOES.items():
            action = self.menu.addAction(words, lambda key=key: self.veto_wanted.emit(name, key))
            action.setEnabled(not mandatory)
        if mandatory:
            self.menu.addAction(fmt.title(BINDING_WORDS["mandatory"])).setEnabled(False)
        self.menu.addSeparator()
        self.menu.addAction("Explain this rule", lambda: self.explain_wanted.emit(name))
        self.menu.popup(at)

    def description(self) -> str:
        """The current line whole, or how many rules are in which state."""
        if self._current is not None:
            line = described(self._rules[self._current], self._zone)
            return f"rule {self._current + 1} of {len(self._rules)}: {line}"
        counts = Counter(state_of(rule) for rule in self._rules)
        return ", ".join(f"{count} {state}" for state, count in counts.items()) or "no position is selected"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that choose a line or open its menu; every other one is the window's, Enter above all."""
        if event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self._menu_of_current()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the line under the mouse, or with its key of the current one."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            row = self.row_at(event.pos())
            if row is not None:
                self.choose(row)
                self.open_menu(event.globalPos())
        else:
            self._menu_of_current()

    def _menu_of_current(self) -> None:
        if self._current is not None:
            self.open_menu(self.viewport().mapToGlobal(self.row_rect(self._current).bottomLeft() + QPoint(NAME, 0)))

    def tip(self, at: QPoint) -> str:
        """What the rule under the mouse is for, and what it says in full."""
        row = self.row_at(at)
        return "" if row is None else told(self._rules[row], self._zone)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The head and the lines that need it."""
        with Ink(self.viewport(), self._look) as ink:
            dirty, region = event.rect(), event.region()
            ink.fill(QRectF(dirty), "bg1")
            height = self._look.measures.pane_head
            ink.painter.setClipRect(QRect(0, height, self.viewport().width(), self.height()).intersected(dirty))
            for index, rule in enumerate(self._rules):
                box = self.row_rect(index)
                if region.intersects(box) and box.bottom() > height:
                    self._paint_ground(ink, QRectF(box), index)
                    self._paint_rule(ink, QRectF(box), rule)
            if self.hasFocus() and self._current is not None:
                ink.focus_ring(QRectF(self.row_rect(self._current)), 2)
            ink.painter.setClipRect(dirty)
            if dirty.top() < height:
                self._paint_head(ink, QRectF(0, 0, self.viewport().width(), height))
            if self.hasFocus() and self._current is None:
                ink.focus_ring(QRectF(self.viewport().rect()), 2)

    def _paint_head(self, ink: Ink, box: QRectF) -> None:
        ink.fill(box, "bg1")
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

    def _paint_ground(self, ink: Ink, box: QRectF, index: int) -> None:
        """The tint of what is due or blind, and its edge; one step lighter under the mouse."""
        rule = self._rules[index]
        ground, edge = ("", "") if is_held_back(rule) else GROUNDS.get(state_of(rule), ("", ""))
        if index == self._current:
            ink.fill(box, ink.look.tint(ground, "accent", 0.12) if ground else "sel")
        elif index == self._hover:
            ink.fill(box, ink.look.tint(ground or "bg2", "t1", 0.03))
        elif ground:
            ink.fill(box, ground)
        if edge:
            ink.fill(QRectF(0, box.top(), 3, box.height() - 1), edge)
        ink.underline(box)

    def _paint_rule(self, ink: Ink, box: QRectF, rule: RulePart) -> None:
        state = state_of(rule)
        sign = QRectF(9, box.top(), 16, box.height() - 1)
        if state == "closed":
            ink.icon("moon", sign.adjusted(1, 0, -1, 0), "t2")
        else:
            glyph(ink, state, sign)
        gauges = COMPACT if self._look.compact else WIDE
        name = QRectF(NAME, box.top(), gauges.left - NAME - 24, box.height() - 1)
        end = ink.run(name, fmt.title(rule.rule), weight=500, token="t3" if state in QUIET else "t1")
        if state == "vetoed":
            middle = round(name.center().y()) + 0.5
            ink.hairline(QPointF(NAME, middle), QPointF(end, middle), "t3")
        icon = BINDINGS.get(rule.binding)
        if icon:
            ink.icon(icon, QRectF(gauges.left - 21, box.center().y() - 7.5, 14, 14), "t3")
        if state not in WITHOUT_GAUGE:
            kind = {"exit": "exit", "vetoed": "vetoed", "blind": "blind"}.get(state, "hold")
            gauge(ink, QRectF(gauges.left, box.top(), gauges.right - gauges.left, box.height() - 1), rule.gauge, kind)
        left = gauges.words if state not in WITHOUT_GAUGE else gauges.left
        self._paint_reading(ink, QRectF(left, box.top(), box.right() - 12 - left, box.height() - 1), rule)

    def _paint_reading(self, ink: Ink, box: QRectF, rule: RulePart) -> None:
        """The margin at the right and the words in what is left; what keeps a rule from acting is worth more."""
        state, said, look = state_of(rule), margin(rule, self._zone), ink.look
        words = readings(rule)
        room = box.width() - (look.width(said, 12, 600) + 8 if said else 0)
        chosen = shown(words, lambda text: look.width(text, 11) <= room)
        if (state == "blind" or is_held_back(rule)) and look.width(chosen, 11) > room:
            said, room = "", box.width()
            chosen = shown(words, lambda text: look.width(text, 11) <= room)
        if said:
            token = {"exit": "warn", "blind": "blind", "vetoed": "t2"}.get(state, "t1")
            ink.text(box, said, weight=600, token=token, align=RIGHT)
        quiet = {"blind": "blind", "idle": "t3", "not offered": "t3", "closed": "t3"}.get(state, "t2")
        ink.elided(QRectF(box.left(), box.top(), room, box.height()), chosen, px=11, token=quiet)
