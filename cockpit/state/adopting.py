"""Executions that no order of ours made: what they leave, what they add to, and what is supervised from then on."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from cockpit.domain.money import cents, plain
from cockpit.domain.order import Fill, Order
from cockpit.records import DecisionRecord, ExecutionRecord
from cockpit.state.alarms import raise_alert, resolve_alert
from cockpit.state.deciding import stop_entering
from cockpit.state.greeting import welcome
from cockpit.state.making_room import cut
from cockpit.state.model import Cause, Held, State, Working, label_of
from cockpit.state.naming import span_words
from cockpit.state.ordering import cancel, is_linked, order_record
from cockpit.state.positions import join, open_position, round_trip, take_off
from cockpit.state.protecting import abandon, protect, room
from cockpit.state.telling import quote_of

OUTSIDE = "outside"
"""The rule of all that happened without us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Contracts that changed hands without an order of ours: told by the broker, or concluded from what it holds.

    `trigger` is how we know, `words` what is said of it after the price: "by hand in TWS".
    """

    id: str
    symbol: str
    side: Literal["buy", "sell"]
    contracts: int
    price: Decimal
    fees: Decimal
    trigger: str
    words: str


def meet(state: State, made: Made) -> None:
    """What it stands against is taken off, what is left of it is joined or adopted; ours gives way to it."""
    side = 1 if made.side == "buy" else -1
    stop_entering(state, lambda w: w.order.symbol == made.symbol and w.order.side != made.side)
    held = state.by_symbol.get(made.symbol)
    if held is None or held.side == side:
        _bring(state, held, made)
    else:
        _stand_against(state, held, made)
    make_room(state)


def _stand_against(state: State, held: Held, made: Made) -> None:
    gone = min(made.contracts, held.contracts)
    fees = made.fees * gone / made.contracts
    _take(state, held, replace(made, contracts=gone, fees=fees))
    if gone < made.contracts:
        left = made.contracts - gone
        _bring(state, None, replace(made, id=f"{made.id}/rest", contracts=left, fees=made.fees - fees))


def make_room(state: State) -> None:
    """Whatever of ours could take off more than is held is cut: what was unknown may work again, or be sent again."""
    if is_linked(state):
        for held in (*state.held.values(), *state.closed):
            if any(w.leaves and w.order.purpose != "entry" for w in held.orders.values()):
                _give_way(state, held)


def _give_way(state: State, held: Held) -> None:
    """Cuts what our exits would take off beyond what is held, and what rests there as well."""
    for working in held.orders.values():
        if working.leaves and working.order.purpose != "entry" and (working.order.side == "buy") == (held.side > 0):
            cancel(state, working)  # it came with an entry, and somebody has gone the other way meanwhile
    cut(state, held)
    if held.closed_ns is not None:
        abandon(state, held)
        return
    protect(state, held)
    stop = held.resting
    if stop is not None and stop.asked > room(state, held):
        cancel(state, stop)  # an exit of its group works: the broker cuts the two together, but not by what others do


def _take(state: State, held: Held, made: Made) -> None:
    """Part of a position, or all of it, has left."""
    decision = DecisionRecord(
        id=f"D{state.next_decision:05d}", at_ns=state.now_ns, position_id=held.id, rule=OUTSIDE, trigger=made.trigger,
        kind="exit", confidence=None, fraction=made.contracts / held.contracts, contracts=made.contracts,
        because=made.words, readings={}, suppressed=(), quote=quote_of(state, held),
        parameters_sha256=held.profile.sha256,
    )  # fmt: skip
    state.next_decision += 1
    state.effects.records.append(decision)
    cause = Cause(
        rule=OUTSIDE, trigger=made.trigger, because=made.words, fraction=decision.fraction, decision_id=decision.id
    )
    working, fill = _invented(state, held.id, made, cause)
    held.orders[fill.ref] = working
    take_off(state, held, working, fill)
    _tell(state, held, working, fill, made.words)
    held.refusals = held.retry_ns = 0
    resolve_alert(state, f"A-{held.id}-exit")


def _bring(state: State, held: Held | None, made: Made) -> None:
    """More of a position, or one that is supervised from now on."""
    cause = Cause(rule=OUTSIDE, trigger=made.trigger, because=made.words)
    working, fill = _invented(state, held.id if held else _new_id(state, made.symbol), made, cause)
    words = made.words
    if held is None:
        held = open_position(state, working, fill, state.profiles[state.default_profile])
        led = welcome(state, held)
        left_s = state.cooldown.left_s(state.now_ns)
        held.in_cooldown = left_s > 0.0
        words = f"{words}; {led}"
        if held.in_cooldown:
            text = f"opened elsewhere with {span_words(left_s)} of the cooldown left"
            raise_alert(state, f"A-{held.id}-cooldown", held, "warning", "order", text)
    else:
        join(state, held, fill)
    held.orders[fill.ref] = working
    _tell(state, held, working, fill, words)
    protect(state, held)


def _new_id(state: State, symbol: str) -> str:
    """That of an entry of ours in the contract, so that its fills find the position; else the next one."""
    for working in state.entering.values():
        order = working.order
        if order.symbol == symbol and all(past.id != order.position_id for past in state.closed):
            return order.position_id
    state.next_position += 1
    return f"P{state.next_position - 1:04d}"


def _invented(state: State, position_id: str, made: Made, cause: Cause) -> tuple[Working, Fill]:
    """The order that the execution would have been of, so that the journal tells one story; it is filled already.

    It counts from now: samples have been taken of what we believed until we were told.
    """
    held = state.by_symbol.get(made.symbol)
    order = Order(
        ref=f"{position_id}-{state.next_order:04d}",
        position_id=position_id,
        symbol=made.symbol,
        side=made.side,
        contracts=made.contracts,
        limit=None,
        purpose="exit" if held is not None and (held.side > 0) != (made.side == "buy") else "entry",
        fills_suspect=False,
    )
    state.next_order += 1
    working = Working(
        order, cause, state.now_ns, "filled", made.contracts, made.words, filled_ns=state.now_ns, seen=[made.id],
        total=made.contracts * made.price,
    )  # fmt: skip
    fill = Fill(
        id=made.id, ref=order.ref, contracts=made.contracts, price=made.price, fees=made.fees, at_ns=state.now_ns
    )
    return working, fill


def _tell(state: State, held: Held, working: Working, fill: Fill, words: str) -> None:
    """Its rows in the journal, and its line in the ledger's tail."""
    order, effects = working.order, state.effects
    effects.records.append(order_record(state, working))
    effects.records.append(
        ExecutionRecord(
            id=fill.id, order_ref=order.ref, position_id=held.id, symbol=order.symbol, side=order.side,
            contracts=fill.contracts, price=plain(fill.price), fees=plain(fill.fees), at_ns=fill.at_ns,
        )
    )  # fmt: skip
    effects.records.append(round_trip(held))
    effects.durable = effects.session_touched = True
    verb = "bought" if order.side == "buy" else "sold"
    state.say(label_of(held.instrument), OUTSIDE, "fill", f"{verb} {fill.contracts} @ {cents(fill.price)} {words}")
