"""Alerts: one a key while its condition lasts."""

from collections.abc import Callable
from typing import Any, TypeVar

from cockpit.exits.arbitrate import NEVER_ASKED, Asked
from cockpit.exits.rule import UNSEEN, pack
from cockpit.records import AlertRecord
from cockpit.state.model import NS, Held, State, label_of

T = TypeVar("T")
UNMARKED_ALARM_NS = 60 * NS
LASTING = ("active", "acknowledged")
ONCE = frozenset(("order", "fault", "broker"))  # kinds that tell of an event: to have seen it is the end of it


def raise_alert(state: State, key: str, held: Held | None, severity: str, kind: str, text: str) -> None:
    """One alert a key while its condition lasts."""
    before = state.alerts.get(key)
    alert = AlertRecord(
        id=key, at_ns=state.now_ns, position_id=held.id if held else None, severity=severity, kind=kind, text=text,
        count=before.count + 1 if before and before.state in LASTING else 1, state="active",
    )  # fmt: skip
    state.alerts.keep(alert)
    state.effects.records.append(alert)
    state.say(label_of(held.instrument) if held else "session", "", "alert", text)


def resolve_alert(state: State, key: str) -> None:
    """The condition is over."""
    before = state.alerts.get(key)
    if before is not None and before.state in LASTING:
        _turn(state, before, "resolved")


def acknowledge_alert(state: State, key: str) -> None:
    """A human has seen it; a condition that lasts stays acknowledged until it is over."""
    before = state.alerts.get(key)
    if before is not None and before.state == "active":
        _turn(state, before, "resolved" if before.kind in ONCE else "acknowledged")


def _turn(state: State, before: AlertRecord, standing: str) -> None:
    alert = AlertRecord(
        id=before.id, at_ns=before.at_ns, position_id=before.position_id, severity=before.severity, kind=before.kind,
        text=before.text, count=before.count, state=standing,
    )  # fmt: skip
    state.alerts.keep(alert)
    state.effects.records.append(alert)
    state.version += 1


def resolve_alerts_of(state: State, held: Held) -> None:
    """The position has closed, and with it every condition of it; what has happened stays until it has been seen."""
    own = [a for a in state.alerts.values() if a.position_id == held.id and a.kind not in ONCE and a.state in LASTING]
    for alert in own:
        _turn(state, alert, "resolved")


def alarm_unmarked(state: State, held: Held) -> None:
    key = f"A-{held.id}-unmarked"
    if key in state.alerts and state.alerts[key].state in LASTING:
        return
    why = f"mark has been unknown for 60 s: {held.contract.why}"
    if held.contract.view.mark == held.contract.view.mark:
        why = "underlying's price has been unknown for 60 s, and the stop is a level of it"
    raise_alert(state, key, held, "critical", "blind", f"the {why}")


def marked_again(state: State, held: Held) -> None:
    held.unmarked_ns = None
    held.version += 1
    resolve_alert(state, f"A-{held.id}-unmarked")


def regime_changed(state: State, held: Held) -> None:
    """Tells what a rule cannot decide about the new regime, and resolves what it could not about the last."""
    held.regime = held.contract.view.regime
    for a in held.asked:
        text = call(state, held, a, a.rule.alert)
        if text:
            raise_alert(state, f"A-{held.id}-{a.name}", held, "warning", a.name, text)
        elif a.rule.alert is not None:
            resolve_alert(state, f"A-{held.id}-{a.name}")


def call(state: State, held: Held, a: Asked, hook: Callable[..., T] | None) -> T | None:
    """Calls a hook of a rule, if the rule has it and can still see; what it raises is contained."""
    if hook is None or a.fault:
        return None
    try:
        return hook(a.p, held.contract.view, held.pos, a.m)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the rule's
        contain(state, held, a, error)
        return None


def ask_apart(state: State, held: Held, error: Exception) -> tuple[list[int], float]:
    """What the rules answer, and their tightest stop, after asking them together has raised: one by one, each once.

    Those that raise again are contained. Where none does, it was their common function, or a rule that raises now and
    then: from now on these rules are asked one by one.
    """
    view, pos, panel = held.contract.view, held.pos, held.asked[0].panel
    answers: list[int] = []
    is_one_rules = False
    for a in held.asked:
        try:
            answers.append(a.kernel(a.p, view, pos, a.m))
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is the rule's
            is_one_rules = True
            contain(state, held, a, fault)
            answers.append(a.kernel(a.p, view, pos, a.m))
    if not is_one_rules:
        panel.ask = panel.one_by_one
        key = f"A-{held.id}-rules-fault"
        if key not in state.alerts:
            text = f"asked together the rules raise {type(error).__name__} {error}; they are asked one by one"
            raise_alert(state, key, held, "critical", "fault", text)
    return answers, panel.tightest(pos)


def contain(state: State, held: Held, a: Asked, error: Exception) -> None:
    """A rule that raises cannot see any more on this position; the others go on."""
    blind = pack(*[UNSEEN] * len(a.rule.triggers))

    def cannot_see(p: Any, now: Any, pos: Any, m: Any) -> int:
        return blind

    a.kernel = cannot_see
    a.packed = NEVER_ASKED  # so that its blindness is news
    a.fault = f"error in rule: {type(error).__name__} {error}"
    raise_alert(state, f"A-{held.id}-{a.name}-fault", held, "critical", "fault", f"{a.name}: {a.fault}")
