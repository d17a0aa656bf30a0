"""Folds the broker's reports: executions into positions, words into order states."""

from dataclasses import replace

from cockpit.domain.money import plain
from cockpit.domain.order import LIVE, Fill, Report, Said, Stands, step
from cockpit.records import ExecutionRecord
from cockpit.state.alarms import raise_alert, resolve_alert
from cockpit.state.bracketing import attach, child_ended, entry_ended
from cockpit.state.deciding import decide_at_broker
from cockpit.state.entering import entry_over
from cockpit.state.model import NS, Held, State, Working, label_of
from cockpit.state.ordering import cancel, change, is_linked, order_record
from cockpit.state.positions import join, open_position, round_trip, take_off
from cockpit.state.protecting import abandon, has_changed, has_ended, has_filled, protect, rests

LONGEST_WAIT_S = 15


def fold(state: State, report: Report) -> None:
    """One report; a report about an order nobody knows, or one that its state does not allow, changes nothing."""
    working, held = find(state, report.ref)
    if working is None:
        raise_alert(state, f"A-{report.ref}", None, "warning", "order", f"a report for an unknown order {report.ref}")
        return
    if isinstance(report, Fill):
        if _is_early(state, working, held, report):
            state.early.append(report)
        else:
            _fold_fill(state, working, held, report)
    elif isinstance(report, Stands):
        _fold_standing(state, working, held, report)
    else:
        _fold_words(state, working, held, report)
    state.effects.session_touched = True


def _is_early(state: State, working: Working, held: Held | None, fill: Fill) -> bool:
    """Whether it takes off what an entry must have brought whose own execution is still to be told."""
    order = working.order
    if order.ref in state.attached:
        return True
    is_beyond = held is not None and fill.contracts > held.contracts and fill.id not in working.seen
    return is_beyond and order.parent in state.entering


def _recall(state: State) -> None:
    """What was told too early is folded now, unless it is too early still."""
    told, state.early = state.early, []
    for fill in told:
        fold(state, fill)


def find(state: State, ref: str) -> tuple[Working | None, Held | None]:
    """The order of that reference and the position it belongs to."""
    if ref in state.entering:
        return state.entering[ref], state.by_symbol.get(state.entering[ref].order.symbol)
    if ref in state.attached:
        return state.attached[ref], None
    held = state.held.get(ref.split("-")[0])
    if held is not None and ref in held.orders:
        return held.orders[ref], held
    for past in (*state.held.values(), *reversed(state.closed)):
        if ref in past.orders:
            return past.orders[ref], past
    return None, None


def _fold_fill(state: State, working: Working, held: Held | None, fill: Fill) -> None:
    order = working.order
    if fill.id in working.seen:
        return
    filled, most = working.filled + fill.contracts, max(order.contracts, working.standing or 0)
    told = "filled" if filled >= most else "part_filled"
    after = step(working.state, told)
    if after is None or filled > most:
        text = f"an execution of {fill.contracts} for order {order.ref}, which is {working.state}"
        raise_alert(state, f"A-{order.ref}-fill", held, "critical", "order", text)
        if not rests(state):
            return
        after = after or working.state  # what a broker at a distance has executed is so, whatever it should have done
    if filled > order.contracts:
        working.order = order = replace(order, contracts=filled)
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
    if order.purpose == "entry":
        attach(state, held, working)
        _recall(state)
    protect(state, held)


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
    if working.order.purpose == "protect" and working.cause.decision_id is None:
        decide_at_broker(state, held, working)
    has_filled(state, held, working, fill.contracts)
    if held.closed_ns is not None:
        state.effects.touched.append(held)
        return
    take_off(state, held, working, fill)
    if held.closed_ns is not None:
        abandon(state, held)
    held.refusals = held.retry_ns = 0
    resolve_alert(state, f"A-{held.id}-exit")
    excess = held.leaving - held.contracts  # a fill that crossed its cancel leaves less for those sent since
    for other in reversed(held.orders.values()):
        if excess > 0 and other.order.purpose == "exit" and other.leaves:
            excess -= other.leaves
            cancel(state, other)


def _fold_standing(state: State, working: Working, held: Held | None, said: Stands) -> None:
    """A broker that has it has acknowledged it; one that has it although it has ended is asked to end it."""
    before, working.standing, working.trigger = working.standing, said.contracts, said.trigger
    if working.state not in LIVE:
        text = f"order {working.order.ref} is {working.state}, and works at the broker: it is cancelled there"
        raise_alert(state, f"A-{working.order.ref}-works", held, "critical", "order", text)
        state.effects.cancels.append(working.order.ref)
        return
    if working.state in ("pending_new", "unknown"):
        working.state = "partially_filled" if working.filled else "working"
    if working.filled >= max(said.contracts, working.order.contracts):
        working.state = "filled"
    state.effects.records.append(order_record(state, working))
    is_orphan = working.order.parent not in ("", *state.entering) if held is None else held.closed_ns is not None
    if is_orphan:
        cancel(state, working)
    if held is None:
        return
    held.version += 1
    state.effects.touched.append(held)
    if working is not held.resting:
        _trim(state, held, working)
        protect(state, held)
        return
    if working.state not in LIVE:
        has_ended(state, held, working, was_asked=True)
    else:
        has_changed(state, held, working, before)


def _trim(state: State, held: Held, working: Working) -> None:
    """An exit that was under way while the stop filled is cut to what is still held."""
    excess = held.leaving - held.contracts
    if working.order.purpose == "exit" and excess > 0 and is_linked(state):
        contracts = max(working.leaves - excess, 0) + working.filled
        if contracts > working.filled:
            change(state, working, replace(working.order, contracts=contracts))
        else:
            cancel(state, working)


def _fold_words(state: State, working: Working, held: Held | None, said: Said) -> None:
    if said.told == "filled" and rests(state):
        _fold_end(state, working, held)
        return
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
        if held is not None and after == "working" and working is held.resting:
            has_changed(state, held, working, None)
    elif working.order.purpose == "entry":
        _end_entry(state, working, said.words or after)
    elif working.order.ref in state.attached:
        child_ended(state, working)
    elif held is not None:
        _end_exit(state, working, held, was_asked=was_asked)


def _fold_end(state: State, working: Working, held: Held | None) -> None:
    """All executions have been told, and they are fewer than we believe: a change of ours came too late for it."""
    if working.state not in LIVE or not working.filled:
        return
    working.state = "filled"
    state.effects.records.append(order_record(state, working))
    state.effects.durable = True
    if working.order.purpose == "entry":
        _end_entry(state, working, "filled")
    elif held is not None:
        state.effects.touched.append(held)
        _end_exit(state, working, held, was_asked=True)


def _end_entry(state: State, working: Working, reason: str) -> None:
    entry_over(state, working.order.symbol)
    state.entering.pop(working.order.ref, None)
    state.entry_profile.pop(working.order.ref, None)
    entry_ended(state, working)
    if not working.filled:
        state.refused_entries.append(
            {"at_ns": state.now_ns, "symbol": working.order.symbol, "reason": reason, "seconds_left": None}
        )
    if working.state != "filled":
        state.say(working.order.symbol, "", "refused", f"entry {working.state}: {reason}")
    _recall(state)


def _end_exit(state: State, working: Working, held: Held, *, was_asked: bool) -> None:
    """A stop at the broker, or an exit: what it still lacks is open."""
    if working.order.purpose == "protect":
        has_ended(state, held, working, was_asked=was_asked)
        return
    if working.filled < working.order.contracts and not was_asked:
        text = f"exit order {working.state}: {working.said or 'no reason given'}{_back_off(state, working, held)}"
        raise_alert(state, f"A-{held.id}-exit", held, "critical", "order", text)
    protect(state, held)


def _back_off(state: State, working: Working, held: Held) -> str:
    """The engine waits longer after each refusal in a row, so that a venue does not ban it; a human never waits."""
    if working.cause.rule == "human":
        return ""
    wait_s = min(2**held.refusals, LONGEST_WAIT_S)
    held.refusals += 1
    held.retry_ns = state.now_ns + wait_s * NS
    return f"; the engine's next not before {wait_s} s"
