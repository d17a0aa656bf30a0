"""The newest instant at which several rules wanted something of one position: who acts, who does not, and why."""

from cockpit.exits.arbitrate import Asked
from cockpit.exits.override import Overrides
from cockpit.frame import ConflictPart
from cockpit.projection.words import rule_words
from cockpit.state.model import Held, State, Working

Conflict = tuple[tuple[ConflictPart, ...], int | None]
NONE: Conflict = (), None
WHY = {
    "advisory": "the profile only lets it advise",
    "below min_confidence": "it is less confident than the profile asks for",
    "declined": "nobody said yes, or you said no",
    "taken over": "you have taken the position over",
    "observing": "the position is only observed",
    "session halted": "the session is halted",
    "leaving": "all is leaving already",
    "an exit is working": "another exit is working",
    "pending, cannot see": "it waits, and cannot see any more",
}


class Conflicts:
    """Watches one position after the other; a decision that passed others over is found in its order."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._id = ""
        self._shown: Conflict = NONE

    def of(self, held: Held) -> Conflict:
        """The parts, those who act first, and the instant; the same objects while it is the same conflict."""
        if held.id != self._id:
            self._id, self._shown = held.id, NONE
        shown, at_ns = self._shown
        decided = newest_decision(held)
        if decided is not None and (at_ns is None or decided.placed_ns >= at_ns):
            parts = of_decision(held, decided)
            if parts != shown:
                self._shown = parts, decided.placed_ns
        if not held.leaving:
            parts = standing(held, self.state.now_ns)
            if parts and [_who(part) for part in parts] != [_who(part) for part in self._shown[0]]:
                self._shown = parts, self.state.now_ns
        return self._shown


def _who(part: ConflictPart) -> tuple[str, str, str, str]:
    return part.rule, part.trigger, part.outcome, part.why


def newest_decision(held: Held) -> Working | None:
    """The newest exit for which other rules were passed over."""
    return next((w for w in reversed(held.orders.values()) if w.cause.suppressed), None)


def of_decision(held: Held, working: Working) -> tuple[ConflictPart, ...]:
    """The winner of a decision, then those it was preferred to."""
    cause, by_name = working.cause, {a.name: a for a in held.asked}
    confidence = cause.confidence if cause.confidence is not None else 1.0
    parts = [
        ConflictPart(rule=cause.rule, trigger=cause.trigger, confidence=confidence, outcome="acts", why=cause.because)
    ]
    for rule, trigger in cause.suppressed:
        a = by_name.get(rule)
        found = 0.0 if a is None else _confidence(a, trigger)
        why = f"suppressed by {rule_words(cause.rule)}{_preferred(by_name.get(cause.rule), a)}"
        parts.append(ConflictPart(rule=rule, trigger=trigger, confidence=found, outcome="lost", why=why))
    return tuple(parts)


def standing(held: Held, now_ns: int) -> tuple[ConflictPart, ...]:
    """Two or more rules that want something now, in order of precedence; nothing while fewer do."""
    wanting = [a for a in held.asked if a.kind in ("exit", "adjust") and a.verdict is not None]
    if len(wanting) < 2:
        return ()
    by_name = {a.name: a for a in held.asked}
    return tuple(_standing(a, by_name, held.overrides, now_ns) for a in wanting)


def _standing(a: Asked, by_name: dict[str, Asked], overrides: Overrides, now_ns: int) -> ConflictPart:
    outcome, why = outcome_of(a)
    if outcome == "lost" and a.status.startswith("suppressed by "):
        winner = by_name.get(a.status.removeprefix("suppressed by "))
        why += _preferred(winner, a)
    veto = None if a.mandatory else overrides.veto_of(a.name, now_ns)
    if outcome == "vetoed" and veto is not None:
        why = f"vetoed by {veto.author}{f': {veto.reason}' if veto.reason else ''}"
    assert a.verdict is not None
    return ConflictPart(
        rule=a.name, trigger=a.rule.trigger_names[a.code], confidence=a.verdict.confidence, outcome=outcome, why=why
    )


def outcome_of(a: Asked) -> tuple[str, str]:
    """acts, waits, lost, vetoed or advisory, and why, from what arbitration has left in its status."""
    status = a.status
    if status.startswith("suppressed by "):
        return "lost", rule_words(status)
    if status in ("vetoed", "advisory"):
        return status, WHY.get(status, status)
    if a.countdown is not None:
        return "waits", "until its time is up, or somebody says yes"
    if status.startswith(("hits", "waits")):
        return "waits", status
    if status in WHY:
        return "lost", WHY[status]
    return "acts", "an adjustment of the stop" if a.kind == "adjust" else "nothing stands against it"


def _preferred(winner: Asked | None, loser: Asked | None) -> str:
    """What the order of precedence says of the two."""
    if winner is None or loser is None:
        return ""
    if winner.verdict is not None and loser.verdict is not None and loser.verdict.fraction < winner.verdict.fraction:
        return ", a full exit"
    return ", the earlier exit" if winner.rank < loser.rank else ", the more confident exit"


def _confidence(a: Asked, trigger: str) -> float:
    """Of that trigger: as the rule says it now, else its usual one."""
    if a.verdict is not None and a.rule.trigger_names.get(a.code) == trigger:
        return a.verdict.confidence
    return next((t.confidence for t in a.rule.triggers if a.rule.trigger_names[t.code] == trigger), 0.0)
