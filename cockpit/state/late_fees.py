"""Fees that a broker tells after the execution: booked once, where the execution was."""

from cockpit.domain.money import plain
from cockpit.domain.order import Fill
from cockpit.records import ExecutionRecord
from cockpit.state.model import Held, State, Working
from cockpit.state.positions import round_trip


def owe(working: Working, fill: Fill) -> None:
    """The execution was told without fees: they may still come, under the same id."""
    if not fill.fees:
        working.unpaid[fill.id] = fill.at_ns


def pay(state: State, working: Working, held: Held | None, fill: Fill) -> None:
    """The same execution again; with fees that were not told the first time they are booked, else it says nothing."""
    at_ns = working.unpaid.get(fill.id)
    if at_ns is None or not fill.fees or held is None:
        return
    del working.unpaid[fill.id]
    held.fees += fill.fees
    state.fees += fill.fees
    order, effects = working.order, state.effects
    effects.records.append(
        ExecutionRecord(
            id=fill.id, order_ref=order.ref, position_id=held.id, symbol=order.symbol, side=order.side,
            contracts=fill.contracts, price=plain(fill.price), fees=plain(fill.fees), at_ns=at_ns,
        )
    )  # fmt: skip
    effects.records.append(round_trip(held))
    effects.touched.append(held)
    effects.durable = True
    held.version += 1
