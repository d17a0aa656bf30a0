"""What a live broker tells beside its reports: the connection, the account, and what others did with it."""

from cockpit.events import (
    AccountTold,
    BrokerEvent,
    LinkChanged,
    Listed,
    MarginTold,
    Noticed,
    OffStep,
    Outside,
    Snapshot,
)
from cockpit.state.adopting import make_room
from cockpit.state.alarms import LASTING, raise_alert, resolve_alert
from cockpit.state.flattening import press
from cockpit.state.making_room import wait_again
from cockpit.state.market import add_contract, advance
from cockpit.state.model import State
from cockpit.state.off_step import price_anew
from cockpit.state.reconciling import compare, fold_outside

LINK_ALERT = "A-link"


def hear(state: State, event: BrokerEvent) -> None:
    """One event; the clock begins with the first, should that come before any quote or heartbeat."""
    if not state.now_ns:
        advance(state, event.at_ns)
    before = state.link
    match event:
        case LinkChanged():
            if before is not None and (before.state, event.state) == ("synchronising", "up"):
                wait_again(state)
            state.link = event
            state.has_compared = state.has_compared and event.state in ("synchronising", "up", "quiet")
            state.say("broker", "", "link", event.words)
            make_room(state)
        case Listed():
            for instrument in event.instruments:
                if instrument.symbol not in state.contracts:
                    add_contract(state, instrument)
        case OffStep():
            price_anew(state, event)
        case AccountTold():
            state.account = event
        case MarginTold():
            state.margin = event
        case Noticed():
            raise_alert(state, event.id, None, event.severity, "broker", event.text)
        case Outside():
            fold_outside(state, event)
        case Snapshot():
            compare(state, event)
    _alarm_link(state, before)
    press(state)
    state.version += 1
    state.effects.session_touched = True


def _alarm_link(state: State, previous: LinkChanged | None) -> None:
    """Lasts while we are not connected; critical as long as that leaves open positions to what rests."""
    link, before = state.link, state.alerts.get(LINK_ALERT)
    if link is None:
        return
    if link.state == "up":
        resolve_alert(state, LINK_ALERT)
        return
    lasts = before is not None and before.state in LASTING
    if link.state in ("connecting", "synchronising") and (not state.held or (not lasts and _comes_up(previous, link))):
        return  # nothing is wrong yet, or it has been said what is
    severity = "critical" if state.held else "warning"
    text = f"not connected with the broker: {link.words}"
    if state.held:
        text = f"{text}; only what rests there protects"
    if before is None or not lasts or (before.severity, before.text) != (severity, text):
        raise_alert(state, LINK_ALERT, None, severity, "link", text)


def _comes_up(previous: LinkChanged | None, link: LinkChanged) -> bool:
    """For the first time: it has not been lost."""
    return previous is None or previous is link or (previous.state, link.state) == ("connecting", "synchronising")
