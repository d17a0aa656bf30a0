"""Stops by hand: dragged, typed, to break-even, or by ticks; every stop rule goes on from there."""

from cockpit import commands as c
from cockpit.domain.errors import Refused
from cockpit.exits.rule import EPS
from cockpit.exits.view import UNDERLYING
from cockpit.state.model import Held, State, label_of
from cockpit.state.naming import position, touch
from cockpit.state.stops import acting_stop, price_of_stops, replace_all, track

FARTHEST = 0.5  # of the price: what a stop on the underlying, or on what is no option, may be away from it
TIMES = 10.0  # a short option's stop: at most so many times its premium, now or at the entry


def set_stop(state: State, command: c.SetStop) -> str:
    """A dragged stop loosens no further than the protective stop's distance; a typed one goes where it was told."""
    held = position(state, command.position)
    level = command.price
    if command.was is not None:
        _refuse_outrun(state, held, level, command.was)
    if not command.typed:
        level = _within_reach(held, level)
    return move_stop(state, held, level, command.reason or "human")


def _refuse_outrun(state: State, held: Held, level: float, was: float) -> None:
    """What would have tightened the stop that was seen must not loosen the one that a trail has made of it since.

    Half a tick is no loosening that anybody means: prices are typed as they are shown.
    """
    side, now = held.pos.level_side, acting_stop(held, state.now_ns)[0]
    if (now - level) * side > EPS and (level - was) * side > -0.5 * held.pos.tick + EPS:
        raise Refused(f"the stop is already at {_shown(now)}, which is tighter than {_shown(level)}; choose it again")


def _within_reach(held: Held, level: float) -> float:
    """That level, or the protective stop's where it is looser; a stop that is looser still by hand stays its own."""
    side, now, reach = held.pos.level_side, held.pos.held_stop, held.stop_memory("protective_stop").initial
    if not (reach - level) * side > 0.0 or (level - now) * side > 0.0:
        return level
    if (reach - now) * side >= 0.0:
        raise Refused("the stop goes no further than the protective stop's distance; type a price to loosen it")
    return reach


def move_stop(state: State, held: Held, level: float, reason: str) -> str:
    """Every stop rule goes on from the human's level."""
    pos = held.pos
    price = price_of_stops(state, held)
    if price is None:
        if not (pos.held_stop - level) * pos.level_side >= -1e-9:
            raise Refused("the price is unknown: the stop can only be loosened until it is known again")
    elif (price - level) * pos.level_side <= 1e-9:
        raise Refused(f"a stop at {_shown(level)} would fire at once; close the position instead")
    if not (level - acting_stop(held, state.now_ns)[0]) * pos.level_side >= -EPS:
        _refuse_absurd(held, level, price)
    replace_all(held, level)
    track(state, held, "human" if reason == "human" else f"human: {reason}")
    touch(state, held)
    return f"stop of {label_of(held.instrument)} at {_shown(level)}"


def _refuse_absurd(held: Held, level: float, price: float | None) -> None:
    """A stop so far away that it is none is a price of something else; `price` is that of the basis, None unknown.

    A long option may have its stop anywhere down to one tick, for it cannot lose more than its premium.
    """
    pos = held.pos
    since = pos.level_entry if price is None else price
    if pos.basis == UNDERLYING or not held.contract.is_option:
        outermost = since * (1.0 - FARTHEST * pos.level_side)
        limit = f"at most {FARTHEST * 100.0:g} % away from it"
    elif pos.side > 0.0:
        outermost, limit = pos.tick, f"at least one tick, {_shown(pos.tick)}"
    else:
        outermost, limit = TIMES * max(since, pos.entry), f"at most {TIMES:g} times the premium, now or at the entry"
    if (outermost - level) * pos.level_side > EPS:
        what = "price of the underlying" if pos.basis == UNDERLYING else "premium" if pos.right else "price"
        when = "was at the entry" if price is None else "is now"
        raise Refused(f"{_shown(level)} is too far from the {what}, which {when} {_shown(since)}: a stop is {limit}")


def stop_to_break_even(state: State, command: c.StopToBreakEven) -> str:
    """To the entry of the gain basis; a stop that is better than that stays."""
    held = position(state, command.position)
    entry, now = held.pos.level_entry, acting_stop(held, state.now_ns)[0]
    if entry != entry:
        raise Refused("the entry level is not known yet")
    if (now - entry) * held.pos.level_side > EPS:
        raise Refused(f"the stop is already at {_shown(now)}, better than the entry at {_shown(entry)}")
    return move_stop(state, held, entry, "break-even")


def stop_by_ticks(state: State, command: c.StopByTicks) -> str:
    """Steps of the instrument towards the price, or away from it but never beyond the protective stop's distance."""
    held = position(state, command.position)
    pos = held.pos
    if pos.held_stop != pos.held_stop:
        raise Refused("there is no stop to move yet")
    steps = round(pos.level_side) * command.ticks
    if pos.basis == UNDERLYING:
        level = pos.held_stop + steps * pos.tick
    else:
        level = held.instrument.grid.moved(pos.held_stop, steps)
    return set_stop(state, c.SetStop(position=held.id, price=level, typed=False, author=command.author))


def _shown(level: float) -> str:
    return f"{level:.10g}"
