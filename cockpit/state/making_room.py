"""Exits beside the stop that rests at the broker: who joins its group, who waits, and what may be sent.

All that is free joins, so that the two can never both fill; a part waits until the broker has said that the stop has
made room for it, and all wait for what still ends. Together they never take off more than is held; a group counts once,
at its largest.
"""

from dataclasses import replace

from cockpit.state.model import Held, State, Working
from cockpit.state.ordering import cancel, change, queue


def exits_of(held: Held) -> list[Working]:
    """Exit orders that may still fill."""
    return [w for w in held.orders.values() if w.order.purpose == "exit" and w.leaves]


def joins(w: Working, stop: Working) -> bool:
    """Whether both are of one group."""
    return w.order.group == stop.order.group


def is_spent(held: Held, stop: Working) -> bool:
    """Whether an exit of the stop's group has filled: nobody can join it any more."""
    return any(w.state == "filled" and joins(w, stop) for w in held.orders.values() if w is not stop)


def room(state: State, held: Held) -> int:
    """Contracts for which the stop may rest: no exit outside of its group takes them off, nor what still ends."""
    stop = held.resting
    leaves = sum(w.leaves for w in exits_of(held) if stop is None or not joins(w, stop))
    return max(held.contracts - leaves - _still_there(state, held), 0)


def _still_there(state: State, held: Held) -> int:
    """Contracts that other stops would take off, and all that has been left behind by positions that have closed."""
    symbol, side = held.instrument.symbol, "sell" if held.side > 0 else "buy"
    own = [w for w in held.orders.values() if w.order.purpose == "protect" and w is not held.resting]
    past = [w for p in state.closed if p.instrument.symbol == symbol for w in p.orders.values()]
    return sum(_acts(state, w) for w in (*own, *past) if w.order.side == side and w.order.purpose != "entry")


def _acts(state: State, w: Working) -> int:
    """A stop that came with an entry which still works acts for no more than that has filled."""
    entry = state.entering.get(w.order.parent)
    return w.leaves if entry is None else min(w.leaves, max(entry.filled - w.filled, 0))


def beside(held: Held, *, whole: bool) -> tuple[str, str]:
    """The group that an exit joins, and the reference of the order that it has to wait for: the resting stop, or an
    exit whose cancel is on its way."""
    stop = held.resting
    ending = next((w.order.ref for w in exits_of(held) if w.is_ending), "")
    if stop is None or not stop.leaves:
        return "", ending
    taken = is_spent(held, stop) or any(joins(w, stop) and not w.is_ending for w in exits_of(held))
    return (stop.order.group, ending) if whole and not taken else ("", stop.order.ref)


def acts_for(held: Held, w: Working) -> bool:
    """Whether the stop of its group is filling: it crosses already, and a change would undo what the group has cut."""
    stop = held.resting
    return stop is not None and stop.filled > 0 and joins(w, stop)


def waiting(held: Held) -> list[Working]:
    """Exits that have been decided, and not sent."""
    return [w for w in held.orders.values() if w.waits_for]


def cut(state: State, held: Held) -> None:
    """Cuts what our exits should take off beyond what is held, the newest first."""
    exits = [w for w in exits_of(held) if not w.is_ending]
    excess = sum(w.asked for w in exits) - held.contracts
    for w in reversed(exits):
        less = min(w.asked, excess)
        if less > 0:
            excess -= less
            _shrink(state, held, w, w.order.contracts - less)


def insist(state: State, held: Held, w: Working) -> None:
    """Asks for an exit to be made as small as it should be, where the broker has it larger; a second time it ends."""
    if w.leaves <= w.asked:
        w.cut_ns = None
    elif not w.is_ending and w.cut_ns is None:
        _shrink(state, held, w, w.order.contracts)
        w.cut_ns = state.now_ns
    elif not w.is_ending:
        cancel(state, w)


def _shrink(state: State, held: Held, w: Working, contracts: int) -> None:
    """One of a stop that goes on filling ends: a change could undo a cut by the broker that is still to be told."""
    if contracts > w.filled and not acts_for(held, w):
        change(state, w, replace(w.order, contracts=contracts))
    else:
        cancel(state, w)


def release(state: State, held: Held) -> None:
    """Sends the exits for which there is room now, cut to what is still held."""
    for w in waiting(held):
        most = held.contracts - (held.going - w.leaves)
        if most <= 0:
            cancel(state, w)
        elif most < w.order.contracts:
            change(state, w, replace(w.order, contracts=most))
        if w.waits_for and _at_broker(held, w) <= held.contracts:
            w.waits_for = ""
            queue(state, w)
            held.version += 1
            state.effects.touched.append(held)


def wait_again(state: State) -> None:
    """Exits that have never reached the broker wait for room once more: what rests there may have changed since."""
    for held in state.held.values():
        stop = held.resting
        for w in exits_of(held):
            if stop is not None and stop.leaves and w.state == "pending_new" and not joins(w, stop):
                w.waits_for = stop.order.ref


def _at_broker(held: Held, released: Working) -> int:
    """The most that may fill once that is sent as well: a group counts once, at its largest, beside what ends of it."""
    stop, exits = held.resting, [w for w in exits_of(held) if w is released or not w.waits_for]
    if stop is None:
        return sum(w.leaves for w in exits)
    group = [w for w in exits if joins(w, stop) and not w.is_ending]
    return max(stop.leaves, *(w.leaves for w in group), 0) + sum(w.leaves for w in exits if w not in group)


def drop_waiting(state: State, held: Held) -> None:
    """Exits that wait for room will not be sent: what they were for leaves otherwise."""
    for w in waiting(held):
        cancel(state, w)
        state.effects.touched.append(held)
