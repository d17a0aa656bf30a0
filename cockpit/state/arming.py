"""Real money is traded only on the trading day on which the account was typed."""

from cockpit import commands as c
from cockpit.domain.errors import Refused
from cockpit.state.alarms import raise_alert, resolve_alert
from cockpit.state.model import State
from cockpit.state.ordering import stop_entering

DISARMED = "A-disarmed"


def arm(state: State, command: c.Arm) -> str:
    """The account, typed exactly, opens the session; anything else leaves it halted."""
    account = state.setup.account
    if not state.setup.is_live_account:
        raise Refused("no real money is traded here: there is nothing to arm")
    if command.account != account:
        raise Refused("that is not the account of this session: type it exactly as it is shown")
    if state.is_armed:
        raise Refused(f"{account} is armed already, until the trading day ends")
    state.is_armed = True
    state.session = "active"
    resolve_alert(state, DISARMED)
    return f"{account} armed: real money is traded until the trading day ends; session active"


def refuse_unarmed(state: State) -> None:
    """Raises Refused while the account of a live session has not been typed on this trading day."""
    if not state.is_armed:
        raise Refused(f"{state.setup.account} is not armed: type the account to trade real money")


def disarm(state: State) -> None:
    """A new trading day of the exchange: an account of real money is typed again."""
    if state.is_armed and state.setup.is_live_account:
        state.is_armed = False
        state.session = "halted"
        stop_entering(state, lambda _: True)
        text = f"a new trading day: {state.setup.account} is no longer armed; only your own exits are sent"
        raise_alert(state, DISARMED, None, "critical" if state.held else "warning", "order", text)
        state.effects.session_touched = True
