"""What a line of the rule board says: its state, its value against the limit in as many words as fit, its margin."""

import re
from collections.abc import Callable
from datetime import timedelta

from cockpit.exits.registry import RULES
from cockpit.frame import RulePart
from widgets.paint import format as fmt

BINDING_WORDS = {
    "mandatory": "mandatory: cannot be vetoed",
    "immediate": "immediate: acts at once, may be vetoed beforehand",
    "vetoable": "vetoable: counts down before it acts",
    "advisory": "advisory: shown, never acts",
}
STATE_WORDS = {"exit": "due", "adjust": "moves the stop", "advisory": "would act, only advises", "hold": "holds"}
NUMBER = r"[-\u2212+]?\d+(?:[\u202f ]\d{3})*(?:\.\d+)?"
VALUE = re.compile(rf"^((?:.*\S\s+)??)({NUMBER})$")
LIMIT = re.compile(rf"^({NUMBER})((?:\s+.*)?)$")
BLIND, SUPPRESSED = "cannot see ", "suppressed by "
ACTING = ("pending, cannot see", "leaving", "acted")  # an exit in these is on its way
SECONDS = {"s": timedelta(seconds=1), "min": timedelta(minutes=1)}


def state_of(rule: RulePart) -> str:
    """The sign of a rule: a veto shows over what the rule says."""
    if rule.status in ("vetoed", "closed"):
        return rule.status
    if rule.status == "advisory" and rule.kind in ("hold", "exit"):
        return "advisory"
    return rule.kind


def is_held_back(rule: RulePart) -> bool:
    """Whether it would leave, but something other than a veto keeps it from acting."""
    return rule.kind == "exit" and rule.status not in ("", "pending", "advisory", "vetoed", *ACTING)


def readings(rule: RulePart) -> tuple[str, ...]:
    """The words beside the gauge, the longest first: the first ones that fit are shown."""
    because = fmt.signs(rule.because)
    match state_of(rule):
        case "vetoed":
            return (because, *_against(rule)) if because and rule.kind == "exit" else _against(rule)
        case "blind":
            return _blind(because)
        case "closed":
            return (because or "market closed",)
        case "idle":
            return (because or "nothing left to look at", "nothing to look at")
        case "not offered":
            return (because or "not available in this market", "not in this market")
        case _:
            return _status(rule) if is_held_back(rule) or rule.status in ACTING else _against(rule)


def margin(rule: RulePart, zone: str) -> str:
    """How far from firing, or how far past it; times as on a clock."""
    match state_of(rule):
        case "vetoed":
            return f"to {fmt.clock(rule.until_ns, zone)[:5]}" if rule.until_ns is not None else "vetoed"
        case "blind":
            return "blind"
        case "idle" | "not offered" | "closed":
            return ""
        case _:
            text = fmt.signs(rule.margin)
            past = rule.kind in ("exit", "adjust") and text.startswith(fmt.MINUS)
            return f"over by {_span(text[1:], rule)}" if past else _span(text, rule)


def shown(words: tuple[str, ...], fits: Callable[[str], bool]) -> str:
    """The first of the words that fit, else the last ones."""
    return next((each for each in words if fits(each)), words[-1])


def described(rule: RulePart, zone: str) -> str:
    """A whole line as a screen reader says it."""
    state = STATE_WORDS.get(state_of(rule), state_of(rule))
    said = [f"{fmt.title(rule.rule)}: {state}", readings(rule)[0], margin(rule, zone), rule.binding]
    return ", ".join(word for word in said if word)


def told(rule: RulePart, zone: str) -> str:
    """Everything about a rule: what it is for, what it says now, and who may stop it."""
    known = RULES.get(rule.rule)
    veto = "held with all that may be vetoed," if rule.by_hold else "vetoed"
    until = f"{veto} {margin(rule, zone)}" if rule.status == "vetoed" else fmt.words(rule.status)
    said = [
        fmt.title(rule.rule),
        known.help if known is not None else "",
        _against(rule)[0],
        fmt.signs(rule.because),
        BINDING_WORDS.get(rule.binding, rule.binding),
        until,
    ]
    return "\n".join(dict.fromkeys(word for word in said if word))


def _against(rule: RulePart) -> tuple[str, ...]:
    """A value against its limit, from the whole sentence to the bare numbers."""
    value, limit = VALUE.match(rule.value), LIMIT.match(rule.limit)
    if value is None or limit is None:
        both = [part for part in (rule.value, rule.limit) if part]
        return (fmt.signs(" of ".join(both)) or "nothing to measure now",)
    name, unit = value[1].strip(), limit[2].strip().removeprefix("points")  # points go without saying
    bound = _trimmed(limit[1]) if unit else _grouped(limit[1])
    if name.startswith("time to "):
        what = name.removeprefix("time to ").removeprefix("the ")
        return f"{what} exit {bound} {unit} before", f"{what} exit"
    number, join = _grouped(value[2]), _join(rule, float(_plain(value[2])), float(_plain(limit[1])))
    pair = f"{number} {join} {bound} {unit}".strip()
    bare, round_ones = f"{number} / {bound}", f"{_rounded(number)} / {_rounded(bound)}"
    return tuple(dict.fromkeys((f"{name} {pair}".strip(), pair, f"{bare} {unit}".strip(), bare, round_ones)))


def _rounded(number: str) -> str:
    """A price in the thousands without its decimals: what a narrow column has room for."""
    whole, _, decimals = number.partition(".")
    return fmt.number(float(_plain(number)), 0) if decimals and len(_plain(whole)) >= 5 else number


def _status(rule: RulePart) -> tuple[str, ...]:
    """What keeps it from acting: whole, or the winner's short name, or what it waits for."""
    whole, by = fmt.words(rule.status), rule.status.removeprefix(SUPPRESSED)
    if by != rule.status:
        return whole, f"loses to {fmt.words(by)}", f"loses to {fmt.short_rule(by)}" if by in RULES else f"after {by}"
    return whole, rule.status.rpartition(": ")[2].removeprefix("the ")


def _join(rule: RulePart, value: float, limit: float) -> str:
    """Above a limit that it has not met, a value falls to it; below one that it has met, it has fallen."""
    if rule.kind in ("exit", "adjust"):
        return "under" if value < limit else "of"
    return "over" if value > limit else "of"


def _span(text: str, rule: RulePart) -> str:
    """A margin in the unit of the limit."""
    limit, number = LIMIT.match(rule.limit), LIMIT.match(text)
    if number is None or number[2]:
        return text
    second = SECONDS.get(limit[2].strip()) if limit is not None else None
    if second is None or text.startswith(fmt.MINUS):
        return _grouped(text)
    return fmt.until(float(_plain(text)) * second.total_seconds())


def _blind(because: str) -> tuple[str, ...]:
    """The cause of blindness: whole, without the verb, what is behind the colon, the first of several."""
    if not because.startswith(BLIND):
        return (because or "cannot see",)
    what = because.removeprefix(BLIND)
    cause = what.rpartition(": ")[2]
    first, *others = cause.split(", ")
    return because, f"no {what}" if cause == what else cause, f"no {first}, +{len(others)}" if others else cause


def _plain(number: str) -> str:
    return number.replace(fmt.MINUS, "-").replace(fmt.GROUP, "").replace(" ", "")


def _grouped(number: str) -> str:
    plain = _plain(number)
    return fmt.number(float(plain), len(plain.partition(".")[2]))


def _trimmed(number: str) -> str:
    plain = _plain(number)
    return _grouped(plain.rstrip("0").rstrip(".") if "." in plain else plain)
