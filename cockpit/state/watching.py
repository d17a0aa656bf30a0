"""What a human looks at: a position's board, a chain, the margin of a draft; nothing of it is journalled."""

from datetime import date

from cockpit import commands as c
from cockpit.domain.errors import Refused
from cockpit.domain.money import exact
from cockpit.domain.order import Order
from cockpit.state.entering import off_step
from cockpit.state.model import State
from cockpit.state.ordering import is_linked


def watch(state: State, command: c.Watch) -> str:
    """Whose board and chart the frames carry."""
    state.watched = command.position
    return "watching"


def watch_chain(state: State, command: c.WatchChain) -> str:
    """Which chain the frames carry: without an expiry the next one; without an underlying none."""
    if command.underlying is None:
        state.watched_chain = None
        return "no chain is watched"
    dates = expiries(state, command.underlying)
    if not dates:
        raise Refused(f"there are no options on '{command.underlying}' in this session")
    chosen = next((day for day in dates if day >= state.day), dates[-1])
    if command.expiry is not None:
        found = next((day for day in dates if day.isoformat() == command.expiry), None)
        if found is None:
            known = ", ".join(day.isoformat() for day in dates)
            raise Refused(f"{command.underlying} has no expiry '{command.expiry}'; there are {known}")
        chosen = found
    state.watched_chain = command.underlying, chosen
    return f"watching the chain of {command.underlying}, {chosen.isoformat()}"


def ask_margin(state: State, command: c.AskMargin) -> str:
    """What an entry would cost the account; the answer comes with a frame."""
    if state.setup.protection != "broker":
        raise Refused("practice has no margin")
    if not is_linked(state):
        raise Refused("the broker is not connected")
    if command.symbol not in state.contracts:
        raise Refused(f"there is no contract '{command.symbol}' in this session")
    if why := off_step(state, command.symbol, command.price):
        raise Refused(why)
    state.effects.margin = Order(
        ref="margin", position_id="margin", symbol=command.symbol, side=command.side, contracts=command.contracts,
        limit=None if command.price is None else exact(command.price), purpose="entry", fills_suspect=False,
    )  # fmt: skip
    return "the broker is asked"


def expiries(state: State, underlying: str) -> list[date]:
    """When options on it expire, ascending."""
    return sorted(day for name, day in state.chains if name == underlying and day is not None)
