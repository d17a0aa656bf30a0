"""The one function that changes a session: an event in, effects out."""

from cockpit.commands import Acknowledged, Command
from cockpit.domain.order import Fill, Said
from cockpit.events import Batch, Entry, Heartbeat
from cockpit.state.entering import enter
from cockpit.state.folding import fold
from cockpit.state.judging import evaluate
from cockpit.state.market import advance, apply
from cockpit.state.model import Effects, Held, State
from cockpit.state.obeying import obey

Event = Batch | Heartbeat | Fill | Said


def reduce(state: State, event: Event) -> list[Held]:
    """Folds one event; returns the positions to evaluate once everything else of this instant has been folded."""
    if isinstance(event, Batch):
        return apply(state, event)
    if isinstance(event, Heartbeat):
        advance(state, event.at_ns)
        return list(state.held.values())
    fold(state, event)
    return []


def begin(state: State, entry: Entry) -> Held | None:
    """A scripted entry; returns the position in its symbol if its contract got a row at this very instant."""
    enter(state, entry)
    held = state.by_symbol.get(entry.symbol)
    if held is not None and held.contract.settled_t == state.t(state.now_ns):
        return held
    return None


def judge(state: State, positions: list[Held]) -> None:
    """Evaluates positions, in the order given, at the state's instant."""
    t = state.t(state.now_ns)
    for held in positions:
        if held.contracts:
            evaluate(state, held, t)


def command(state: State, given: Command) -> Acknowledged:
    """Folds a human's command at the state's instant."""
    return obey(state, given)


def taken(state: State) -> Effects:
    """The effects so far; the state starts anew."""
    effects, state.effects = state.effects, Effects()
    return effects
