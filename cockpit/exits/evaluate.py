"""Turns a rule's packed answer into words: kind, trigger, readings, and which input it cannot see."""

from dataclasses import dataclass
from typing import Any, Literal

from cockpit.exits.registry import Rule
from cockpit.exits.rule import BLIND_MASK, HOLDS_MASK, YES, Reading, Verdict, state_of
from cockpit.exits.view import LABELS as POSITION_LABELS
from cockpit.exits.view import Position
from cockpit.market.view import LABELS as MARKET_LABELS
from cockpit.market.view import Market

Kind = Literal["hold", "exit", "adjust", "blind", "idle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One rule's verdict at one instant, with everything needed to explain it."""

    kind: Kind
    verdict: Verdict | None  # for exit and adjust
    trigger: str | None
    because: str
    readings: dict[str, Reading]
    others: tuple[str, ...]  # further triggers that hold
    missing: tuple[str, ...]  # inputs the first blind trigger cannot see


def first_trigger(packed: int) -> int:
    """Code of the first trigger that holds; 0 when none does."""
    holds = packed & HOLDS_MASK if packed > 0 else 0
    return (holds & -holds).bit_length() // 2 + 1 if holds else 0


def kind_of(packed: int) -> Kind:
    """Without asking what the trigger wants: an adjustment counts as exit here."""
    if packed < 0:
        return "idle"
    if packed & HOLDS_MASK:
        return "exit"
    return "blind" if packed & BLIND_MASK else "hold"


def unseen(rule: Rule, packed: int, now: Market, pos: Position) -> tuple[str, ...]:
    """The missing inputs of the first blind trigger, in the order the rule names them."""
    blind = packed & BLIND_MASK if packed > 0 else 0
    if not blind:
        return ()
    code = (blind & -blind).bit_length() // 2
    missing: list[str] = []
    for name in rule.needs[code]:
        value: float = getattr(now if name in MARKET_LABELS else pos, name)
        if value != value:
            missing.append(name)
    return tuple(missing)


def label(name: str) -> str:
    """The word for an input in a sentence."""
    return MARKET_LABELS.get(name) or POSITION_LABELS.get(name) or name.replace("_", " ")


def nearest(readings: dict[str, Reading], packed: int) -> tuple[Reading, float] | None:
    """The reading closest to firing, and how near it is: 1 and above fires, and only then.

    Of a trigger with several conditions the one furthest from holding counts; a trigger that does not hold stays
    below 1 even where a condition without a reading keeps it from firing. Raises unless every reading, also one that
    is context only, is measured against its limit.
    """
    by_trigger: dict[int, tuple[Reading, float]] = {}
    for r in readings.values():
        near, trigger = float(r.nearness), r.trigger  # what is no number raises here, where it is contained
        if trigger and near == near:
            if near > 0.99 and state_of(packed, trigger) != YES:
                near = 0.99
            held = by_trigger.get(trigger)
            if held is None or near < held[1]:
                by_trigger[trigger] = r, near
    best: tuple[Reading, float] | None = None
    for found in by_trigger.values():
        if best is None or found[1] > best[1]:
            best = found
    return best


def answer(rule: Rule, p: Any, now: Market, pos: Position, m: Any) -> Answer:
    """Asks the kernel and puts its answer into words; for people, never in the hot path."""
    return explain(rule, p, now, pos, m, rule.kernel(p, now, pos, m))


def explain(rule: Rule, p: Any, now: Market, pos: Position, m: Any, packed: int) -> Answer:
    """The words for a packed answer the kernel has given at this same instant; a rule that cannot find them has none.

    Whatever of the rule raises, the trigger keeps its name: words must never stop a decision.
    """
    kind, code = kind_of(packed), first_trigger(packed)
    trigger = rule.trigger_names.get(code)
    others = tuple(n for c, n in rule.trigger_names.items() if code and c != code and state_of(packed, c) == YES)
    verdict: Verdict | None = None
    try:
        if code:
            verdict = rule.weigh(p, now, pos, m, code)
            kind = "exit" if verdict.fraction > 0.0 else "adjust"
        readings = _readings(rule, p, now, pos, m)
        missing = unseen(rule, packed, now, pos) if kind == "blind" else ()
        because = rule.because[code].format(**readings) if code else _silence(kind, readings, packed, missing)
    except Exception:  # noqa: BLE001 - whatever it is, it is the rule's
        readings, missing, because = {}, (), trigger or "cannot say why"
    return Answer(kind=kind, verdict=verdict, trigger=trigger, because=because, readings=readings, others=others,
                  missing=missing)  # fmt: skip


def closest(rule: Rule, p: Any, now: Market, pos: Position, m: Any, packed: int) -> tuple[Reading, float] | None:
    """The rule's nearest reading; None when it has none or cannot say."""
    try:
        return nearest(rule.readings(p, now, pos, m), packed)
    except Exception:  # noqa: BLE001 - as above
        return None


def _readings(rule: Rule, p: Any, now: Market, pos: Position, m: Any) -> dict[str, Reading]:
    """The rule's readings; raises unless all of them are measured against their limits."""
    readings = rule.readings(p, now, pos, m)
    for reading in readings.values():
        float(reading.nearness)  # what is no number here would raise where nobody contains it
    return readings


def _silence(kind: Kind, readings: dict[str, Reading], packed: int, missing: tuple[str, ...]) -> str:
    """Why no trigger holds."""
    if kind == "blind":
        return f"cannot see {label(missing[0])}" if missing else "cannot see yet"
    if kind == "idle":
        return "has had its turn"
    close = nearest(readings, packed)
    shown = close[0] if close else next(iter(readings.values()), None)
    return f"{shown}" if shown else "holds"
