"""Folds the broker's reports: executions into positions, words into order states."""

from dataclasses import replace

from cockpit.domain.money import cents, plain
from cockpit.domain.order import LIVE, Fill, Order, Report, Said, Stands, step
from cockpit.records import ExecutionRecord
from cockpit.state.adopting import Made, make_room, meet
from cockpit.state.alarms import raise_alert, resolve_alert
from cockpit.state.bracketing import attach, child_ended, entry_ended
from cockpit.state.deciding import decide_at_broker
from cockpit.state.entering import entry_over
from cockpit.state.late_fees import owe, pay
from cockpit.state.making_room import cut, insist
from cockpit.state.model import NS, Held, State, Working, label_of
from cockpit.state.ordering import cancel, holders, is_linked, order_record, record
from cockpit.state.positions import join, open_position, round_trip, take_off
from cockpit.state.protecting import abandon, order_filled, protect, rests, stop_ended, stop_stands
from cockpit.state.unanswered import heard

LONGEST_WAIT_S = 15


def fold(state: State, report: Report) -> None:
    """One report; a report about an order nobody knows, or one that its state does not allow, changes nothing."""
    working, held = find(state, report.ref)
    if working is None:
        raise_alert(state, f"A-{report.ref}", None, "warning", "order", f"a report for an unknown order {report.ref}")
        return
    was_unknown = working.state == "unknown"
    if isinstance(report, Fill):
        if _is_early(state, working, held, report):
            state.early.append(report)
        else:
            _fold_fill(state, working, held, report)
    elif isinstance(report, Stands):
        _fold_standing(state, working, held, report)
    else:
        _fold_words(state, working, held, report)
    if was_unknown and working.is_unwanted and working.state != "unknown":
        cancel(state, working)  # that it was to end has been lost with the connection
    heard(state, working)
    state.effects.touched += holders(state, working)  # an entry may be of a position that has closed
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
    return next((w for w in state.entries if w.order.ref == ref), None), None


def _fold_fill(state: State, working: Working, held: Held | None, fill: Fill) -> None:
    order = working.order
    if fill.id in working.seen:
        pay(state, working, held, fill)
        return
    if order.purpose == "entry":
        held = state.by_symbol.get(order.symbol)  # the position it went into may have closed before its last fill
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
    if rests(state):
        owe(working, fill)
    crossed = _crossed(order, held, fill) if rests(state) else 0
    if crossed and held is not None:
        _fold_crossed(state, working, held, fill, crossed)
        return
    if order.purpose == "entry":
        held = _fold_entry(state, working, held, fill)
    else:
        assert held is not None
        _has_acted(state, held, working, fill.contracts)
        _fold_exit(state, working, held, fill)
    _keep(state, working, held, fill)
    if order.purpose == "entry":
        attach(state, held, working)
        _recall(state)
    protect(state, held)


def _has_acted(state: State, held: Held, working: Working, contracts: int) -> None:
    """The broker has decided, if it was the stop; and cuts what is of the same group."""
    if working.order.purpose == "protect" and working.cause.decision_id is None:
        decide_at_broker(state, held, working)
    order_filled(state, held, working, contracts)


def _crossed(order: Order, held: Held | None, fill: Fill) -> int:
    """Contracts that are not what the order was for: somebody has closed or turned the position meanwhile."""
    if held is None:
        return 0
    enlarges = (held.side > 0) == (order.side == "buy")
    if order.purpose == "entry":
        return 0 if enlarges else fill.contracts
    return fill.contracts if enlarges else max(fill.contracts - held.contracts, 0)


def _fold_crossed(state: State, working: Working, held: Held, fill: Fill, crossed: int) -> None:
    """What is left of its position leaves; the rest meets what is held, as an execution of somebody else would."""
    order, fees = working.order, fill.fees * crossed / fill.contracts
    if order.purpose == "entry":
        _end_filled(state, working)
    else:
        _has_acted(state, held, working, fill.contracts)
        mine = replace(fill, contracts=fill.contracts - crossed, fees=fill.fees - fees)
        if mine.contracts:
            _fold_exit(state, working, held, mine)
            _keep(state, working, held, mine)
    record(state, working)
    state.effects.touched.append(held)
    words = f"by our order {order.ref}, which somebody else has crossed"
    verb = "bought" if order.side == "buy" else "sold"
    text = f"{verb} {crossed} {label_of(state.contracts[order.symbol].instrument)} {words}"
    raise_alert(state, f"A-{fill.id}-crossed", None, "critical", "order", text)
    made = Made(
        id=f"{fill.id}/crossed", symbol=order.symbol, side=order.side, contracts=crossed, price=fill.price, fees=fees,
        trigger="CROSSED", words=words,
    )  # fmt: skip
    meet(state, made)
    if order.purpose == "entry":
        attach(state, state.by_symbol.get(order.symbol, held), working)
        make_room(state)  # its stop ends, unless the entry has turned the position back
        _recall(state)


def _keep(state: State, working: Working, held: Held, fill: Fill) -> None:
    """The rows of an execution, and its line in the ledger's tail."""
    order, effects = working.order, state.effects
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
    state.say(label_of(held.instrument), "", "fill", f"{verb} {fill.contracts} @ {cents(fill.price)}")


def _fold_entry(state: State, working: Working, held: Held | None, fill: Fill) -> Held:
    if held is None:
        profile = state.entry_profile.get(working.order.ref, state.default_profile)
        held = open_position(state, working, fill, state.profiles[profile])
        entry_over(state, working.order.symbol)
    else:
        join(state, held, fill)
    held.orders[working.order.ref] = working
    _end_filled(state, working)
    return held


def _end_filled(state: State, working: Working) -> None:
    if working.state not in LIVE:
        state.entering.pop(working.order.ref, None)
        state.entry_profile.pop(working.order.ref, None)


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
    if held.closed_ns is not None:
        abandon(state, held)
    elif is_linked(state):
        cut(state, held)  # a fill that crossed its cancel leaves less for those sent since


def _fold_standing(state: State, working: Working, held: Held | None, said: Stands) -> None:
    """A broker that has it has acknowledged it; one that has it although it has ended is asked to end it."""
    before, at, working.trigger = working.standing, working.trigger, said.trigger
    if before is None or not said.contracts < working.order.contracts < before:  # else it answers an older change
        working.standing = said.contracts
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
        if working.order.purpose == "exit" and (working.cut_ns is None or working.leaves <= working.asked):
            insist(state, held, working)  # it was under way while its group filled
        protect(state, held)
        return
    if working.state not in LIVE:
        stop_ended(state, held, working, was_asked=True)
    else:
        stop_stands(state, held, working, before if said.trigger == at else None)


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
    was_asked = working.is_unwanted and after == "cancelled"
    working.state, working.said = after, said.words
    state.effects.records.append(order_record(state, working))
    state.effects.durable = True
    if held is not None:
        held.version += 1
        state.effects.touched.append(held)
    if after in LIVE:
        if held is not None and after == "working" and working is held.resting:
            stop_stands(state, held, working, None)
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
        stop_ended(state, held, working, was_asked=was_asked)
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
