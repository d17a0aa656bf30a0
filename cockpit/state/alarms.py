"""Alerts: one a key while its condition lasts."""

from typing import Any

from cockpit.exits.arbitrate import NEVER_ASKED, Asked
from cockpit.exits.rule import UNSEEN, pack
from cockpit.records import AlertRecord
from cockpit.state.model import NS, Held, State, label_of

UNMARKED_ALARM_NS = 60 * NS


def raise_alert(state: State, key: str, held: Held | None, severity: str, kind: str, text: str) -> None:
    """One alert a key while its condition lasts."""
    before = state.alerts.get(key)
    alert = AlertRecord(
        id=key, at_ns=state.now_ns, position_id=held.id if held else None, severity=severity, kind=kind, text=text,
        count=before.count + 1 if before else 1, state="active",
    )  # fmt: skip
    state.alerts[key] = alert
    state.effects.records.append(alert)
    state.say(label_of(held.instrument) if held else "session", "", "alert", text)


def resolve_alert(state: State, key: str) -> None:
    """The condition is over."""
    before = state.alerts.get(key)
    if before is not None and before.state == "active":
        alert = AlertRecord(
            id=key, at_ns=before.at_ns, position_id=before.position_id, severity=before.severity, kind=before.kind,
            text=before.text, count=before.count, state="resolved",
        )  # fmt: skip
        state.alerts[key] = alert
        state.effects.records.append(alert)
        state.version += 1


def alarm_unmarked(state: State, held: Held) -> None:
    key = f"A-{held.id}-unmarked"
    if key in state.alerts and state.alerts[key].state == "active":
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
        text = a.rule.alert(a.p, held.contract.view, held.pos, a.m) if a.rule.alert is not None else ""
        if text:
            raise_alert(state, f"A-{held.id}-{a.name}", held, "warning", a.name, text)
        elif a.rule.alert is not None:
            resolve_alert(state, f"A-{held.id}-{a.name}")


def contain_faults(state: State, held: Held) -> None:
    """Asks one rule after the other to find those that raise."""
    for a in held.asked:
        try:
            a.kernel(a.p, held.contract.view, held.pos, a.m)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the rule's
            contain(state, held, a, error)


def contain(state: State, held: Held, a: Asked, error: Exception) -> None:
    """A rule that raises cannot see any more on this position; the others go on."""
    blind = pack(*[UNSEEN] * len(a.rule.triggers))

    def cannot_see(p: Any, now: Any, pos: Any, m: Any) -> int:
        return blind

    a.kernel = cannot_see
    a.packed = NEVER_ASKED  # so that its blindness is news
    a.fault = f"error in rule: {type(error).__name__} {error}"
    raise_alert(state, f"A-{held.id}-{a.name}-fault", held, "critical", "fault", f"{a.name}: {a.fault}")
