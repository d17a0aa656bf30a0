"""What was found at the broker is never taken off at first sight: a human decides about it."""

from cockpit.domain.errors import Refused
from cockpit.exits.arbitrate import Asked
from cockpit.exits.evaluate import explain
from cockpit.state.alarms import raise_alert, resolve_alert
from cockpit.state.model import Held, State, label_of


def greet(state: State, held: Held) -> bool:
    """The first judgement of a position that others have opened; whether it is only observed from now on.

    Its entry lies outside of what we have seen, so a stop may have been passed long ago. Whoever starts the cockpit
    does not expect it to sell at once, and a stop rested beyond the price would do just that.
    """
    wants_out = _wanting_out(held)
    if wants_out is not None:
        held.is_unmet = False
        _set_aside(state, held, wants_out)
        return True
    gain = held.pos.gain
    held.is_unmet = gain != gain  # until its price is known nothing can be told of it
    return False


def refuse_sale(state: State, held: Held) -> None:
    """Whoever no longer only observes it does not ask for its sale: that has its own command."""
    wants_out = _wanting_out(held)
    if wants_out is not None and _alert(held) in state.alerts:
        raise Refused(
            f"{wants_out.name.replace('_', ' ')} would take {label_of(held.instrument)} off at once: "
            "take it off yourself, or move its stop first"
        )


def _wanting_out(held: Held) -> Asked | None:
    return next((a for a in held.asked if a.kind == "exit" and a.binding != "advisory"), None)


def _set_aside(state: State, held: Held, a: Asked) -> None:
    held.overrides.mode = "observe"
    for each in held.asked:
        each.countdown = None
    because = explain(a.rule, a.p, held.contract.view, held.pos, a.m, a.packed).because
    label, rule = label_of(held.instrument), a.name.replace("_", " ")
    text = (
        f"{label} was found where {rule} would take it off at once ({because}): it is only observed and nothing "
        "rests; take it off, or move its stop and put it on automatic"
    )
    raise_alert(state, _alert(held), held, "critical", "found", text)
    state.say(label, a.name, "decision", f"found where it would act: only observed until you decide; {because}")
    held.version += 1
    state.effects.touched.append(held)


def decided(state: State, held: Held) -> None:
    """The human has said how it is led."""
    resolve_alert(state, _alert(held))


def _alert(held: Held) -> str:
    return f"A-{held.id}-found"
