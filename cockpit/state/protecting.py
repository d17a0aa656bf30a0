"""The stop that rests at the broker for each position, in case this program dies: what is wanted, and what is done.

Such a stop is an order like any other. It has a group of its own from the beginning, which a full exit joins; a part
is only sent once the broker has said that the stop has made room for it.
"""

from dataclasses import dataclass, replace

from cockpit.domain.money import cents, to_tick
from cockpit.domain.order import LIVE, Order, Trigger
from cockpit.domain.price_grid import Grid
from cockpit.exits.view import UNDERLYING
from cockpit.state.alarms import raise_alert, resolve_alert
from cockpit.state.making_room import drop_waiting, exits_of, insist, is_spent, joins, release, room, waiting
from cockpit.state.model import NS, Cause, Held, State, Working, label_of
from cockpit.state.ordering import cancel, change, is_linked, queue, record
from cockpit.state.stops import acting_stop, may_act, smallest_step

RESTING_STOP = "RESTING_STOP"
LONGEST_WAIT_S = 15
CONFIRM_NS = 2 * NS
"""How long a broker may take over a change, or to fill an entry whole, before the stop is cancelled and rested anew."""
SETTLE_NS = NS
"""How long after a fill a broker may take to cut the others of the group."""
UNDERLYING_TICK = 0.01
TOO_OFTEN = 3
"""Refusals in a row after which a stop on the underlying is tried as a price of the premium."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What should rest: for how many contracts, at what, and whose stop that is."""

    contracts: int
    trigger: Trigger
    rule: str


def rests(state: State) -> bool:
    """Whether stops rest at a broker in this session."""
    return state.setup.protection == "broker"


def wanted(state: State, held: Held) -> Wanted | None:
    """None where nothing may be placed or moved now, where no rule has a level, and where all leaves beside it."""
    if not rests(state) or state.session == "halted" or not state.is_armed or held.is_unmet:
        return None
    level, rule = acting_stop(held, state.now_ns)
    trigger, contracts = trigger_of(held, level), room(state, held)
    if trigger is None or contracts <= 0:
        return None
    return Wanted(contracts=contracts, trigger=trigger, rule=rule)


def is_modelled(held: Held, order: Order) -> bool:
    """Whether the order's trigger stands in for a level of the underlying that the broker would not take."""
    return held.pos.basis == UNDERLYING and order.trigger is not None and order.trigger.on == "premium"


def trigger_of(held: Held, level: float) -> Trigger | None:
    """At that level of the gain basis, rounded away from the price; None when it or its premium is unknown."""
    side = held.pos.level_side
    if level != level:
        return None
    if held.pos.basis == UNDERLYING:
        if held.rest_refusals < TOO_OFTEN:
            return Trigger(price=to_tick(level, UNDERLYING_TICK, -int(side)), on="underlying", above=side < 0.0)
        now = held.contract.view
        level, side = now.mark + now.delta * (level - now.underlying), held.pos.side
        if level != level:
            return None
    return _on_premium(held.instrument.grid, level, int(side))


def _on_premium(grid: Grid, level: float, side: int) -> Trigger:
    price = max(grid.to(level, -side), grid.to(grid.tick, 1))
    return Trigger(price=price, on="premium", above=side < 0)


# ------------------------------------------------------------------ comparing


def protect(state: State, held: Held) -> None:
    """Brings what rests to what is wanted, and sends what has waited for room; nothing while orders cannot be sent."""
    if held.closed_ns is not None or not is_linked(state):
        return
    release(state, held)
    if not rests(state):
        return
    _see_to_cuts(state, held)
    stop = held.resting
    if stop is None:
        _rest(state, held)
    elif stop.state not in ("pending_cancel", "unknown"):
        _follow(state, held, stop)


def _see_to_cuts(state: State, held: Held) -> None:
    """Exits that the broker has not made smaller by itself, or as asked, within the time that it may take."""
    filled_ns = max(w.filled_ns or 0 for w in held.orders.values())
    for w in exits_of(held):
        late_ns = filled_ns + SETTLE_NS if w.cut_ns is None else w.cut_ns + CONFIRM_NS
        if w.state in ("working", "partially_filled") and w.leaves > w.asked and state.now_ns > late_ns:
            insist(state, held, w)


def _rest(state: State, held: Held) -> None:
    """Places the stop, unless the broker has just refused one."""
    if held.rest_refusals and state.now_ns < held.rested_ns + _wait_s(held) * NS:
        return
    want = wanted(state, held)
    if want is None:
        return
    working = made_stop(state, held, want)
    held.orders[working.order.ref] = working
    _settle(state, held, working)
    queue(state, working)
    state.say(
        label_of(held.instrument), want.rule, "stop", f"rests a stop of {want.contracts} at {cents(want.trigger.price)}"
    )


def made_stop(state: State, held: Held, want: Wanted, parent: str = "") -> Working:
    """The order that rests, not sent yet; it stays until it is cancelled, however many days that are."""
    ref = f"{held.id}-{state.next_order:04d}"
    state.next_order += 1
    order = Order(
        ref=ref, position_id=held.id, symbol=held.instrument.symbol, side="sell" if held.side > 0 else "buy",
        contracts=want.contracts, limit=None, purpose="protect", fills_suspect=True, trigger=want.trigger, tif="gtc",
        group=ref, parent=parent,
    )  # fmt: skip
    because = "the stop resting at the broker was reached"
    return Working(order, Cause(rule=want.rule, trigger=RESTING_STOP, because=because), state.now_ns)


def _settle(state: State, held: Held, working: Working) -> None:
    held.resting, held.rested_ns = working, state.now_ns
    held.version += 1
    state.effects.touched.append(held)


def _wait_s(held: Held) -> int:
    return min(2 ** (held.rest_refusals - 1), LONGEST_WAIT_S)


def _follow(state: State, held: Held, stop: Working) -> None:
    """Shrinks and enlarges at once, moves now and then; a stop that cannot be brought right is rested anew."""
    left = room(state, held)
    is_old = state.now_ns - stop.placed_ns > LONGEST_WAIT_S * NS
    if held.rest_refusals and is_old and not is_modelled(held, stop.order):  # or what was refused is tried again
        held.rest_refusals = 0
    if _is_hopeless(state, held, stop, left):
        cancel(state, stop)
        _settle(state, held, stop)
        return
    if any(joins(w, stop) and not w.waits_for for w in exits_of(held)):
        return  # the broker cuts them together; a change of ours could cross that
    if left <= 0:
        return  # it makes room for what waits once the broker has said how much has left otherwise
    order, want = stop.order, wanted(state, held)
    contracts = stop.filled + left
    if contracts < order.contracts or (contracts > order.contracts and want is not None):
        order = replace(order, contracts=contracts)
    rested_s = (state.now_ns - held.rested_ns) / NS
    is_due = want is not None and not stop.filled and rested_s >= state.setup.resting.min_interval_s
    if want is not None and is_due and _is_step(state, held, order, want.trigger):
        order = replace(order, trigger=want.trigger)
        stop.cause = replace(stop.cause, rule=want.rule)
    if order != stop.order or (_is_untaken(stop) and rested_s * NS > CONFIRM_NS):
        change(state, stop, order)
        _settle(state, held, stop)


def _is_untaken(stop: Working) -> bool:
    """Whether the broker has it smaller than asked, or elsewhere."""
    at = stop.order.trigger
    is_small = stop.standing is not None and stop.standing < stop.order.contracts
    return is_small or (at is not None and stop.trigger is not None and stop.trigger != at.price)


def is_held_back(state: State, stop: Working) -> bool:
    """Whether its entry still works: a broker need not let it act before that has filled whole, unless it has acted."""
    return stop.order.parent in state.entering and not stop.filled


def _is_hopeless(state: State, held: Held, stop: Working, left: int) -> bool:
    """Nothing is left for it, its group is spent, its entry does not fill whole, or the broker has it too large and
    does not take the change."""
    if (left <= 0 and not _is_ending(held)) or is_spent(held, stop):
        return True
    since_ns = max(held.rested_ns, *(w.filled_ns or 0 for w in held.orders.values()))
    grouped = any(joins(w, stop) and not (w.waits_for or w.is_ending) for w in exits_of(held))
    if is_held_back(state, stop) and state.now_ns - held.opened_ns > CONFIRM_NS and not grouped:
        return wanted(state, held) is not None  # only where another may be placed
    asked = stop.order.contracts - stop.filled <= left or grouped
    return stop.leaves > left and asked and state.now_ns - since_ns > (SETTLE_NS if grouped else CONFIRM_NS)


def _is_ending(held: Held) -> bool:
    """Whether an exit of it still ends: that may leave room again."""
    return any(w.is_ending for w in exits_of(held))


def _is_step(state: State, held: Held, order: Order, to: Trigger) -> bool:
    """Whether the move is far enough; and it never goes against the position but for a relax or a human."""
    at = order.trigger
    if at is None or (at.on, at.above) != (to.on, to.above):
        return True
    grid = held.instrument.grid
    if to.on == "premium" and not grid.holds(float(at.price)):
        return True  # the broker cannot have it there
    looser = to.price < at.price if not to.above else to.price > at.price
    if looser and not _may_loosen(state, held, at):
        return False
    step = grid.at(float(min(to.price, at.price))) if to.on == "premium" else smallest_step(held)
    least = state.setup.resting.min_step_ticks * step
    return not abs(float(to.price - at.price)) < least - 1e-9  # an unknown price of the underlying has no step


def _may_loosen(state: State, held: Held, at: Trigger) -> bool:
    """The held stop itself has been loosened, or a human holds the rule back whose stop it was."""
    pos = held.pos
    limit = trigger_of(held, pos.held_stop)
    relaxed = limit is not None and (limit.price < at.price if not at.above else limit.price > at.price)
    return relaxed or any(not a.fault and not may_act(held, a, state.now_ns) for a in held.stop_rules)


def order_filled(state: State, held: Held, working: Working, contracts: int) -> None:
    """The broker cuts the others of the group by what has filled, unless they have joined since; what waits for a stop
    that acts is not sent."""
    for other in held.orders.values():
        is_there = other is not working and other.leaves and not other.waits_for
        if is_there and working.order.group and joins(other, working):
            before = other.order.contracts
            other.order = replace(other.order, contracts=max(before - contracts, other.filled))
            other.standing = other.standing or before  # it may be so large until the broker has said otherwise
            if other.state == "pending_new" and not other.asked:
                _end_unanswered(state, other)
    if working is held.resting:
        drop_waiting(state, held)
        if working.state not in LIVE:
            held.resting = None


def _end_unanswered(state: State, working: Working) -> None:
    """Nothing is left for it. While nobody is there what had been sent is unknown: so this has not been."""
    if is_linked(state):
        cancel(state, working)
    else:
        working.state, working.said = "cancelled", "never sent"
        record(state, working)


def stop_ended(state: State, held: Held, stop: Working, *, was_asked: bool) -> None:
    """The stop rests no more: by our wish, by its group, or because the broker would not have it."""
    joined = any(joins(w, stop) and (w.leaves or w.state == "filled") for w in held.orders.values() if w is not stop)
    if held.resting is stop:
        held.resting = None
        if not was_asked and not joined and held.closed_ns is None and stop.filled < stop.order.contracts:
            held.rest_refusals += 1
            held.rested_ns = state.now_ns
            text = f"the stop at the broker is {stop.state}: {stop.said or 'no reason given'}"
            again = f"placed again in {_wait_s(held)} s"
            raise_alert(state, _alert(held), held, "critical", "protection", f"{text}; {again}")
    protect(state, held)


def stop_stands(state: State, held: Held, stop: Working, before: int | None) -> None:
    """The broker has said what it holds of the stop; as many as `before` after it was to shrink are a refusal, unless
    that answers an older change: then None."""
    resolve_alert(state, _alert(held))
    if stop.standing == before and stop.leaves > room(state, held) and waiting(held) and is_linked(state):
        cancel(state, stop)
    held.version += 1
    state.effects.touched.append(held)
    protect(state, held)


def abandon(state: State, held: Held) -> None:
    """The position has closed: its stop must not fill any more, nor what the broker may not have cut with it."""
    for w in held.orders.values():
        if w.leaves and w.order.purpose != "entry":
            cancel(state, w)
    resolve_alert(state, _alert(held))


def _alert(held: Held) -> str:
    return f"A-{held.id}-rests"
