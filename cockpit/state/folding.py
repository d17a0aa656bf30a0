"""Folds the broker's reports: executions into positions, words into order states."""

from cockpit.domain.money import plain
from cockpit.domain.order import LIVE, Fill, Report, Said, Stands, step
from cockpit.records import ExecutionRecord
from cockpit.state.alarms import raise_alert, resolve_alert
from cockpit.state.deciding import cancel, order_record
from cockpit.state.entering import entry_over
from cockpit.state.model import NS, Held, State, Working, label_of
from cockpit.state.positions import join, open_position, round_trip, take_off

LONGEST_WAIT_S = 15


def fold(state: State, report: Report) -> None:
    """One report; a report about an order nobody knows, or one that its state does not allow, changes nothing."""
    working, held = find(state, report.ref)
    if working is None:
        raise_alert(state, f"A-{report.ref}", None, "warning", "order", f"a report for an unknown order {report.ref}")
        return
    if isinstance(report, Fill):
        _fold_fill(state, working, held, report)
    elif isinstance(report, Stands):
        working.standing = report.contracts
    else:
        _fold_words(state, working, held, report)
    state.effects.session_touched = True


def find(state: State, ref: str) -> tuple[Working | None, Held | None]:
    """The order of that reference and the position it belongs to."""
    if ref in state.entering:
        return state.entering[ref], state.by_symbol.get(state.entering[ref].order.symbol)
    held = state.held.get(ref.split("-")[0])
    if held is not None and ref in held.orders:
        return held.orders[ref], held
    for past in reversed(state.closed):
        if ref in past.orders:
            return past.orders[ref], past
    return None, None


def _fold_fill(state: State, working: Working, held: Held | None, fill: Fill) -> None:
    order = working.order
    if fill.id in working.seen:
        return
    filled = working.filled + fill.contracts
    told = "filled" if filled >= order.contracts else "part_filled"
    after = step(working.state, told)
    if after is None or filled > order.contracts:
        text = f"an execution of {fill.contracts} for order {order.ref}, which is {working.state}"
        raise_alert(state, f"A-{order.ref}-fill", held, "critical", "order", text)
        return
    working.state, working.filled, working.filled_ns = after, filled, fill.at_ns
    if working.total is not None:
        working.total += fill.contracts * fill.price
    working.seen.append(fill.id)
    if order.purpose == "entry":
        held = _fold_entry(state, working, held, fill)
    else:
        assert held is not None
        _fold_exit(state, working, held, fill)
    effects = state.effects
    effects.records.append(
        ExecutionRecord(
            id=fill.id, order_ref=order.ref, position_id=held.id, symbol=order.symbol, side=order.side,
            contracts=fill.contracts, price=plain(fill.price), fees=plain(fill.fees), at_ns=fill.at_ns,
        )
    )  # fmt: skip
    effects.records.append(order_record(state, working))
    effects.records.append(round_trip(held))
    effects.durable = True
    verb = "bought" if order.side == "buy" else "sold"
    state.say(label_of(held.instrument), "", "fill", f"{verb} {fill.contracts} @ {plain(fill.price)}")


def _fold_entry(state: State, working: Working, held: Held | None, fill: Fill) -> Held:
    if held is None:
        profile = state.setup.profiles[state.entry_profile[working.order.ref]]
        held = open_position(state, working, fill, profile)
        entry_over(state, working.order.symbol)
    else:
        join(state, held, fill)
    held.orders[working.order.ref] = working
    if working.state not in LIVE:
        del state.entering[working.order.ref]
        del state.entry_profile[working.order.ref]
    return held


def _fold_exit(state: State, working: Working, held: Held, fill: Fill) -> None:
    """What is held leaves; more than that is an opposite position at the broker, which only a human can judge."""
    surplus = fill.contracts - held.contracts
    if surplus > 0:
        text = (
            f"order {fill.ref} {'sold' if working.order.side == 'sell' else 'bought'} {surplus} more than was held: "
            f"{surplus} {label_of(held.instrument)} are open at the broker and nobody supervises them"
        )
        raise_alert(state, f"A-{fill.id}-surplus", held, "critical", "order", text)
    if held.closed_ns is not None:
        state.effects.touched.append(held)
        return
    take_off(state, held, working, fill)
    held.refusals = held.retry_ns = 0
    resolve_alert(state, f"A-{held.id}-exit")
    excess = held.leaving - held.contracts  # a fill that crossed its cancel leaves less for those sent since
    for other in reversed(held.orders.values()):
        if excess > 0 and other.order.purpose == "exit" and other.leaves:
            excess -= other.leaves
            cancel(state, other)


def _fold_words(state: State, working: Working, held: Held | None, said: Said) -> None:
    after = step(working.state, said.told)
    if after is None:
        text = f"order {working.order.ref} is {working.state}; the broker says {said.told}"
        raise_alert(state, f"A-{working.order.ref}-{said.told}", held, "warning", "order", text)
        return
    if after == working.state and said.words == working.said:
        return
    was_asked = working.state == "pending_cancel" and after == "cancelled"
    working.state, working.said = after, said.words
    state.effects.records.append(order_record(state, working))
    state.effects.durable = True
    if held is not None:
        held.version += 1
        state.effects.touched.append(held)
    if after in LIVE:
        return
    if working.order.purpose == "entry":
        entry_over(state, working.order.symbol)
        state.entering.pop(working.order.ref, None)
        state.entry_profile.pop(working.order.ref, None)
        reason = said.words or after
        if not working.filled:
            state.refused_entries.append(
                {"at_ns": state.now_ns, "symbol": working.order.symbol, "reason": reason, "seconds_left": None}
            )
        state.say(working.order.symbol, "", "refused", f"entry {after}: {reason}")
    elif working.filled < working.order.contracts and held is not None and not was_asked:
        text = f"exit order {after}: {said.words or 'no reason given'}{_back_off(state, working, held)}"
        raise_alert(state, f"A-{held.id}-exit", held, "critical", "order", text)


def _back_off(state: State, working: Working, held: Held) -> str:
    """The engine waits longer after each refusal in a row, so that a venue does not ban it; a human never waits."""
    if working.cause.rule == "human":
        return ""
    wait_s = min(2**held.refusals, LONGEST_WAIT_S)
    held.refusals += 1
    held.retry_ns = state.now_ns + wait_s * NS
    return f"; the engine's next not before {wait_s} s"
