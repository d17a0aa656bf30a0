"""What others have opened is the human's: its protective stop acts, the rest once he hands it over; not at sight."""

from cockpit.domain.errors import Refused
from cockpit.exits.arbitrate import Asked
from cockpit.exits.evaluate import explain
from cockpit.exits.override import Overrides
from cockpit.state.alarms import raise_alert, resolve_alert
from cockpit.state.model import Held, State, label_of

STOP = "protective_stop"


def welcome(state: State, held: Held) -> str:
    """Of a position that has just been adopted: who leads it from now on, in words."""
    held.is_adopted = held.is_unmet = True
    held.overrides.protective_only = not state.setup.leads_found
    if state.setup.leads_found:
        return f"supervised by {held.profile.name}"
    return f"its protective stop acts; {held.profile.name} leads it once you hand it over"


def greet(state: State, held: Held) -> bool:
    """The first judgement of a position that others have opened; whether it is only observed from now on.

    Its entry lies outside of what we have seen, so a stop may have been passed long ago. Whoever starts the cockpit
    does not expect it to sell at once, and a stop rested beyond the price would do just that.
    """
    wants_out = _wanting_out(held, held.overrides)
    if wants_out is not None:
        held.is_unmet = False
        _set_aside(state, held, wants_out)
        return True
    gain = held.pos.gain
    held.is_unmet = gain != gain  # until its price is known nothing can be told of it
    return False


def lead(state: State, held: Held, to: Overrides) -> None:
    """A human has said how it is led; Refused where that would sell what others have opened: selling is asked for.

    What the engine has led once is led again without that.
    """
    if held.is_adopted:
        _refuse_sale(held, to)
        held.is_adopted = to.words in ("observe", "taken over")
    held.overrides.mode, held.overrides.protective_only = to.mode, to.protective_only
    resolve_alert(state, _alert(held))


def _refuse_sale(held: Held, to: Overrides) -> None:
    label, wants_out = label_of(held.instrument), _wanting_out(held, to)
    if wants_out is not None:
        rule = wants_out.name.replace("_", " ")
        raise Refused(f"{rule} would take {label} off at once: take it off yourself, or move its stop first")
    if to.may_act(STOP) and any(a.kind == "blind" for a in held.asked if a.name == STOP):
        raise Refused(f"the price of {label} is not known, nor whether its stop has been passed: wait for a quote")


def _wanting_out(held: Held, led: Overrides) -> Asked | None:
    acting = (a for a in held.asked if a.binding != "advisory" and led.may_act(a.name))
    return next((a for a in acting if a.kind == "exit"), None)


def _set_aside(state: State, held: Held, a: Asked) -> None:
    held.overrides.mode, held.overrides.protective_only = "observe", False
    for each in held.asked:
        each.countdown = None
    because = explain(a.rule, a.p, held.contract.view, held.pos, a.m, a.packed).because
    label, rule = label_of(held.instrument), a.name.replace("_", " ")
    text = (
        f"{label} was found where {rule} would take it off at once ({because}): only observed, nothing rests; take it "
        "off, or move its stop, then put it on automatic"
    )
    raise_alert(state, _alert(held), held, "critical", "found", text)
    state.say(label, a.name, "decision", f"found where it would act: only observed until you decide; {because}")
    held.version += 1
    state.effects.touched.append(held)


def _alert(held: Held) -> str:
    return f"A-{held.id}-found"
