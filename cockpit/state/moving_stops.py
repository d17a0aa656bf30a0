"""Stops by hand: dragged, typed, to break-even, or by ticks; every stop rule goes on from there."""

from cockpit import commands as c
from cockpit.domain.errors import Refused
from cockpit.state.model import Held, State, label_of
from cockpit.state.naming import position, touch
from cockpit.state.stops import price_of_stops, replace_all, track


def set_stop(state: State, command: c.SetStop) -> str:
    """A dragged stop loosens no further than the protective stop's distance; a typed one goes where it was told."""
    held = position(state, command.position)
    level = command.price
    if not command.typed:
        level = _within_reach(held, level)
    return move_stop(state, held, level, command.reason or "human")


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
        raise Refused(f"a stop at {level:g} would fire at once; close the position instead")
    replace_all(held, level)
    track(state, held, "human" if reason == "human" else f"human: {reason}")
    touch(state, held)
    return f"stop of {label_of(held.instrument)} at {level:g}"


def stop_to_break_even(state: State, command: c.StopToBreakEven) -> str:
    """To the entry of the gain basis."""
    held = position(state, command.position)
    if held.pos.level_entry != held.pos.level_entry:
        raise Refused("the entry level is not known yet")
    return move_stop(state, held, held.pos.level_entry, "break-even")


def stop_by_ticks(state: State, command: c.StopByTicks) -> str:
    """Ticks of the instrument towards the price, or away from it but never beyond the protective stop's distance."""
    held = position(state, command.position)
    pos = held.pos
    if pos.held_stop != pos.held_stop:
        raise Refused("there is no stop to move yet")
    level = pos.held_stop + pos.level_side * command.ticks * pos.tick
    return set_stop(state, c.SetStop(position=held.id, price=level, typed=False, author=command.author))
