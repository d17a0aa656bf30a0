"""The one function that changes a session: an event in, effects out."""

from cockpit.commands import Acknowledged, Command
from cockpit.domain.order import Report
from cockpit.events import Batch, BrokerEvent, Entry, Heartbeat
from cockpit.state.entering import enter
from cockpit.state.flattening import press
from cockpit.state.folding import fold
from cockpit.state.hearing import hear
from cockpit.state.judging import evaluate
from cockpit.state.market import advance, apply, concerned
from cockpit.state.model import Effects, Held, State
from cockpit.state.obeying import obey
from cockpit.state.resting import judge_all
from cockpit.state.unanswered import ask_again

Event = Batch | Heartbeat | Report | BrokerEvent


def reduce(state: State, event: Event) -> None:
    """Folds one event; of a batch the rows alone, its entries and commands are folded one by one."""
    done = state.done
    if isinstance(event, Batch):
        apply(state, event)
        done.beat, done.entries, done.commands, done.judged = False, 0, 0, False
    elif isinstance(event, Heartbeat):
        advance(state, event.at_ns)
        done.beat, done.entries, done.commands, done.judged = True, 0, 0, False
    elif isinstance(event, Report):
        fold(state, event)
    else:
        hear(state, event)


def begin(state: State, entry: Entry) -> None:
    """A scripted entry, the next of its batch."""
    state.done.entries += 1
    enter(state, entry)


def judge(state: State, *, is_disturbed: bool) -> list[Held]:
    """Evaluates the positions that the event concerns once the rest of it has been folded; returns them.

    A heartbeat concerns all of them; `is_disturbed` as in `cockpit.state.resting`.
    """
    state.done.judged = True
    if state.done.beat:
        press(state)
        ask_again(state)
        positions = judge_all(state, is_disturbed=is_disturbed)
        see_peak(state)  # four times a second of session time is often enough, and flat in the rate of ticks
        return positions
    positions = concerned(state)
    for held in positions:
        evaluate(state, held, state.now_t)
    return positions


def see_peak(state: State) -> None:
    """Keeps the highest net day P&L at the marks; while a position has no mark the sum would only be a part."""
    total = float(state.day_net)
    for held in state.held.values():
        gain = held.pos.gain  # as last evaluated, which is at the mark
        if gain != gain:
            return
        total += gain * held.contracts * held.instrument.multiplier
    if total > state.peak:
        state.peak = total


def command(state: State, given: Command) -> Acknowledged:
    """Folds a human's command at the state's instant; of a batch, the next of its commands."""
    state.done.commands += 1
    return obey(state, given)


def taken(state: State) -> Effects:
    """The effects so far; the state starts anew."""
    effects, state.effects = state.effects, Effects()
    return effects
