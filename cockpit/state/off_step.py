"""An order whose price the broker does not take: coarser steps are believed from then on, and it is priced by them.

That happens where the broker did not say what the exchange's steps are. What leaves a position must not wait for a
human or a rule to ask again.
"""

from dataclasses import replace
from decimal import Decimal

from cockpit.domain.order import LIVE
from cockpit.events import OffStep
from cockpit.state.bracketing import protect_entry
from cockpit.state.deciding import send_exit
from cockpit.state.folding import find
from cockpit.state.model import Held, State, Working, label_of
from cockpit.state.ordering import is_linked
from cockpit.state.protecting import protect

COARSEST = 100.0  # ticks: beyond that it is not the step that is wrong


def price_anew(state: State, event: OffStep) -> None:
    """An exit that was refused is sent again, a stop is rested again, both at once; what stands is changed in time."""
    if not _coarsen(state, event.symbol, event.price):
        return
    working, held = find(state, event.ref)
    if working is None:
        _complete(state, event.ref)
    elif held is None or held.closed_ns is not None or not is_linked(state):
        return
    elif working.order.purpose == "exit" and _has_failed(working):
        held.refusals = held.retry_ns = 0
        _leave(state, held, working)
    elif working.order.purpose == "protect" and _has_failed(working):
        held.rest_refusals = 0
        protect(state, held)


def _complete(state: State, ref: str) -> None:
    """The stop of an entry was refused, without which a broker holds the entry back: it gets another one."""
    for entry in list(state.entering.values()):
        if entry.order.position_id == ref.split("-")[0] and entry.state == "pending_new" and is_linked(state):
            protect_entry(state, entry)


def _coarsen(state: State, symbol: str, price: Decimal) -> bool:
    """Whether coarser steps are believed now than those that the price was made by."""
    contract = state.contracts[symbol]
    before, at = contract.instrument, float(price)
    if not before.grid.holds(at) or before.step(at) >= COARSEST * before.tick:
        return False  # an order from before the last time, or no matter of steps
    contract.instrument = replace(before, steps=before.grid.coarser(at).steps)
    held = state.by_symbol.get(symbol)
    if held is not None:
        held.instrument = contract.instrument
    words = f"{price} is not on the exchange's price step, which the broker has not told"
    step = contract.instrument.step(at)
    state.say(label_of(before), "", "refused", f"{words}: prices there are made in steps of {step:g} now")
    return True


def _has_failed(working: Working) -> bool:
    return working.state not in LIVE and not working.filled


def _leave(state: State, held: Held, working: Working) -> None:
    """The same exit once more, for as much of it as is not leaving otherwise."""
    contracts = min(working.order.contracts, held.contracts - held.leaving)
    may_leave = state.session != "halted" or working.cause.rule == "human"
    if contracts > 0 and may_leave:
        send_exit(state, held, contracts, working.cause).stop_after = working.stop_after
