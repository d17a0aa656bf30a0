"""When would this fire? A rule's worked examples with the values that the form has now."""

from PySide6.QtCore import QTimer

from cockpit.exits.registry import RULES
from cockpit.exits.rule import Example
from cockpit.exits.worked_examples import Retold, retold
from cockpit.profile_draft import Complaint, Draft
from widgets.paint import format as fmt
from widgets.paint.theme import Look
from widgets.parts.plain_list import Line, PlainList

AFTER_MS = 120  # since the last key: some examples are hundreds of instants long
ICONS = {"exit": "right", "adjust": "drag", "blind": "blind", "idle": "check", "hold": "hold"}
CALM = "In an otherwise calm market: 100 contracts of a call, bought at 50 at 10:00, its underlying at 20\u202f000."


class ExamplesList(PlainList):
    """Examples that come out otherwise than shipped are on top, and say what the shipped values would say."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "when would this fire?", row_height=24)
        self._asked: tuple[str, object] = ("", None)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self.tell)

    def show_rule(self, draft: Draft, rule: str) -> None:
        """The examples of that rule, soon; while a value is refused those of the last sound ones stay."""
        profile = draft.check()
        if isinstance(profile, Complaint):
            return
        found = next((each for each in profile.rules if each.rule.name == rule), None)
        asked = (rule, found.p if found is not None else None)
        if asked != self._asked:
            at_once = asked[0] != self._asked[0]
            self._asked = asked
            self._timer.start()
            if at_once:
                self.tell()

    def tell(self) -> None:
        """Ask the rule, and show what it says."""
        self._timer.stop()
        rule, p = self._asked
        if p is None:
            self.show_lines(())
            return
        told = [(retold(RULES[rule], case, p), case) for case in RULES[rule].examples]
        changed = [_line(each) for each, _ in told if each.shipped]
        same = [_line(each) for each, case in told if not each.shipped and not _elsewhere(case, p)]
        others = [_line(each) for each, case in told if not each.shipped and _elsewhere(case, p)]
        lines: list[Line] = []
        for name, part in (
            ("Otherwise than with the rule's own values", changed),
            ("As with the rule's own values", same),
            ("Examples with other values than these", others),
        ):
            if part:
                lines += [Line(f"{name} · {len(part)}", head=True), *part]
        self.show_lines(lines)


def _elsewhere(case: Example, p: object) -> bool:
    """Whether the example sets a parameter that the form has otherwise."""
    return any(getattr(p, key) != value for key, value in case.params.items())


def _line(told: Retold) -> Line:
    now = f"{told.now[:1].upper()}{told.now[1:]}"
    below = f"{now}." if not told.shipped else f"{now}.\nWith the rule's own values it {told.shipped}."
    given = f"{fmt.signs(told.given.replace('_', ' '))}. " if told.given else ""
    given = f"{given[:1].upper()}{given[1:]}"
    name = f"{told.name[:1].upper()}{told.name[1:]}"
    return Line(fmt.signs(name), below=fmt.signs(given + below), icon=ICONS[told.kind])
