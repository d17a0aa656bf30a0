"""What a live broker tells beside its reports: the connection, the account, and what others did with it."""

from cockpit.events import AccountTold, BrokerEvent, LinkChanged, Listed, Noticed, Outside, Snapshot
from cockpit.state.alarms import raise_alert
from cockpit.state.market import add_contract
from cockpit.state.model import State


def hear(state: State, event: BrokerEvent) -> None:
    """One event."""
    match event:
        case LinkChanged():
            state.link = event
            state.say("broker", "", "link", event.words)
        case Listed():
            for instrument in event.instruments:
                if instrument.symbol not in state.contracts:
                    add_contract(state, instrument)
        case AccountTold():
            state.account = event
        case Noticed():
            raise_alert(state, event.id, None, event.severity, "broker", event.text)
        case Outside() | Snapshot():
            pass
    state.effects.session_touched = True
