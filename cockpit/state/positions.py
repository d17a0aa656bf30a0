"""Opens, joins, reduces and closes positions as executions say so."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from cockpit.domain.money import average, cents, exact, plain, rounded
from cockpit.domain.order import Fill, Order
from cockpit.domain.trading_hours import product
from cockpit.exits.arbitrate import asked_for
from cockpit.exits.profile import Profile
from cockpit.exits.view import ENTRY, OWN, UNDERLYING, Position
from cockpit.market.view import NAN, known
from cockpit.records import RoundTripRecord
from cockpit.risk.cooldown import is_high
from cockpit.state.alarms import call, resolve_alerts_of
from cockpit.state.deciding import stop_entering
from cockpit.state.judging import see_baselines, see_open_interest
from cockpit.state.model import ExitFill, Held, State, Working, label_of
from cockpit.state.naming import span_words
from cockpit.state.stops import tighten_to, track
from cockpit.state.telling import quote_of

CALM_BPS = 200.0


def not_offered(state: State) -> frozenset[str]:
    """Rules this market cannot serve: open interest that is published once a day turns nothing intraday."""
    return frozenset(("open_interest_reversal",)) if state.setup.market.oi == "daily" else frozenset()


def open_position(state: State, working: Working, fill: Fill, profile: Profile) -> Held:
    """The first execution of a new position: facts, baselines and the stop it has from now on."""
    order = working.order
    held = drafted(state, replace(order, position_id=_id_of(state, order)), fill, profile)
    held.enrol(state)
    state.opened += 1
    state.fees += fill.fees
    if held.open_interest is not None:
        see_open_interest(state, held, state.t(fill.at_ns))
    state.held[held.id] = held
    state.by_symbol[order.symbol] = held
    state.by_underlying.setdefault(held.instrument.underlying, []).append(held)
    for a in held.asked:
        call(state, held, a, a.rule.opened)
    track(state, held, "entry")
    see_excursion(held)
    held.entry_context = context(state, held)
    state.effects.touched.append(held)
    state.version += 1
    return held


def drafted(state: State, order: Order, fill: Fill, profile: Profile) -> Held:
    """The position that this execution of an entry opens, with facts and baselines; the session does not know it."""
    contract = state.contracts[order.symbol]
    instrument = contract.instrument
    side = 1 if order.side == "buy" else -1
    t = state.t(fill.at_ns)
    contract.refresh(t)
    asked = asked_for(profile, not_offered(state))
    held = Held(order.position_id, state.opened, contract, profile, asked, side)
    held.opened_ns = fill.at_ns
    held.sample_ns = fill.at_ns
    held.contracts = held.most = fill.contracts
    held.average = fill.price
    held.fees = fill.fees
    held.open_interest = state.chains.get((instrument.underlying, instrument.expiry)) if instrument.right else None
    held.pos = pos = Position(
        side=float(side),
        exposure=float(side * instrument.exposure_sign),
        right={"C": 1, "P": -1, None: 0}[instrument.right],
        basis=basis_of(profile, instrument.right),
        tick=instrument.tick,
        lot=float(instrument.lot),
        contracts=float(held.contracts),
        opened_t=t,
        entry=float(held.average),
        noise_at_entry=contract.view.noise,
    )
    pos.level_side = pos.exposure if pos.basis == UNDERLYING else pos.side
    pos.level_entry = pos.entry if pos.basis == ENTRY else NAN
    pos.scale = scale_of(state, held)
    see_baselines(held)
    return held


def _id_of(state: State, order: Order) -> str:
    """The entry's own, unless that position has closed before the entry's last fill: then a new one."""
    if all(past.id != order.position_id for past in state.closed):
        return order.position_id
    state.next_position += 1
    return f"P{state.next_position - 1:04d}"


def basis_of(profile: Profile, right: str | None) -> int:
    """The gain basis of a position: `auto` is the underlying for options, the own price for everything else."""
    if profile.gain_basis == "auto":
        return OWN if right is None else UNDERLYING
    return {"entry": ENTRY, "own": OWN, "underlying": UNDERLYING}[profile.gain_basis]


def see_excursion(held: Held) -> None:
    """The gain on the mark at the instant of a fill, which need not be one of an evaluation."""
    gain = held.side * (held.contract.view.mark - held.pos.entry)
    if gain == gain:
        held.worst, held.best = min(held.worst, gain), max(held.best, gain)


def scale_of(state: State, held: Held) -> float:
    """Factor of every bps of the profile, fixed at entry: the underlying's volatility over 200 bps, 0.1 to 2."""
    if held.profile.scale != "auto" or held.pos.basis != UNDERLYING:
        return 1.0
    volatility = held.contract.view.volatility_bps
    if volatility != volatility:
        volatility = product(state.setup.market, held.instrument.underlying, None).typical_volatility_bps
    return min(max(volatility / CALM_BPS, 0.1), 2.0)


def join(state: State, held: Held, fill: Fill) -> None:
    """A further entry in the same direction: a new average; clock and baselines stay."""
    before = held.average * held.contracts
    held.contracts += fill.contracts
    held.most = max(held.most, held.contracts)
    held.average = (before + fill.price * fill.contracts) / held.contracts
    held.fees += fill.fees
    state.fees += fill.fees
    pos = held.pos
    pos.contracts = float(held.contracts)
    pos.entry = float(held.average)
    if pos.basis == ENTRY:
        pos.level_entry = pos.entry
    for a in held.asked:
        call(state, held, a, a.rule.joined)
    track(state, held, "joined")
    held.version += 1
    state.effects.touched.append(held)


def take_off(state: State, held: Held, working: Working, fill: Fill) -> None:
    """An execution of an exit; the last contract closes the round trip."""
    contracts = min(fill.contracts, held.contracts)
    held.contract.refresh(state.t(fill.at_ns))
    see_excursion(held)
    gained = (fill.price - held.average) * contracts * held.side * exact(held.instrument.multiplier)
    held.gross += gained
    held.fees += fill.fees
    state.fees += fill.fees
    held.exit_total += fill.price * contracts
    held.exit_contracts += contracts
    held.contracts -= contracts
    held.pos.contracts = float(held.contracts)
    _add_exit(held, working, fill, contracts)
    state.realised += gained
    if held.contracts == 0:
        close(state, held, fill)
    else:
        for a in held.asked:
            if a.name == working.cause.rule:
                call(state, held, a, a.rule.acted)
        if working.stop_after == working.stop_after:
            tighten_to(held, working.stop_after)
            working.stop_after = NAN
            track(state, held, f"remainder after {working.cause.trigger}")
    held.version += 1
    state.effects.touched.append(held)


def _add_exit(held: Held, working: Working, fill: Fill, contracts: int) -> None:
    last = held.exits[-1] if held.exits else None
    if last is not None and last.ref == fill.ref:
        last.at_ns = fill.at_ns
        last.contracts += contracts
        last.total += fill.price * contracts
        return
    total = fill.price * contracts
    held.exits.append(ExitFill(fill.ref, fill.at_ns, working.placed_ns, contracts, total, working.cause))


def close(state: State, held: Held, fill: Fill) -> None:
    """The last contract has left: the round trip ends and the cooldown begins."""
    held.closed_ns = fill.at_ns
    held.exit_context = context(state, held)
    for a in held.asked:
        if a.blind_since_ns is not None:
            a.blind_ns += fill.at_ns - a.blind_since_ns
            a.blind_since_ns = None
    del state.held[held.id]
    del state.by_symbol[held.instrument.symbol]
    state.by_underlying[held.instrument.underlying].remove(held)
    state.closed.append(held)
    state.lively.discard(held)
    resolve_alerts_of(state, held)
    stop_entering(state, lambda w: w.order.symbol == held.instrument.symbol)  # it would come back without its stop
    net = held.gross - held.fees
    pause = _cool_down(state, held, net > 0, fill.at_ns) if state.setup.cooldown else "cooldown off"
    state.effects.session_touched = True
    label = label_of(held.instrument)
    state.say(label, "", "fill", f"round trip closed, net {cents(rounded(net))} {held.instrument.currency}; {pause}")


def _cool_down(state: State, held: Held, won: bool, now_ns: int) -> str:
    """Begins the pause after a round trip; returns it in words."""
    under = held.contract.underlying
    is_wild = is_high(known(under.volatility_index), under.volatility_bps)
    state.cooldown = state.cooldown.after(won=won, high_volatility=is_wild, now_ns=now_ns, day=state.day)
    return f"cooldown {span_words(state.cooldown.left_s(now_ns))}"


def context(state: State, held: Held) -> dict[str, Any]:
    """What the market looked like at entry or exit: price, Greeks, open interest, sizes, the bar before."""
    view, chain = held.contract.view, held.open_interest
    calls, puts = chain.totals() if chain is not None and chain.values else (None, None)
    return {
        **quote_of(state, held), "calls_open_interest": calls, "puts_open_interest": puts,
        "bar_close": known(view.bar_close), "volatility_bps": known(view.volatility_bps),
    }  # fmt: skip


def entry_price(held: Held) -> Decimal:
    """Contract-weighted price of all entries, 8 decimals; a join after a part has left does not change what that cost.

    What has left cost what it fetched, less what it gained.
    """
    gone = held.exit_total - held.side * held.gross / exact(held.instrument.multiplier)
    return average(gone + held.average * held.contracts, held.exit_contracts + held.contracts)


def round_trip(held: Held) -> RoundTripRecord:
    """The position as the journal keeps it."""
    exit_price = None if not held.exit_contracts else average(held.exit_total, held.exit_contracts)
    return RoundTripRecord(
        id=held.id, symbol=held.instrument.symbol, underlying=held.instrument.underlying,
        side="long" if held.side > 0 else "short", contracts=held.most, opened_ns=held.opened_ns,
        closed_ns=held.closed_ns, entry_price=plain(entry_price(held)),
        exit_price=None if exit_price is None else plain(exit_price), gross=plain(rounded(held.gross)),
        fees=plain(held.fees), net=plain(rounded(held.gross - held.fees)),
        mae=round(held.worst, 8), mfe=round(held.best, 8),
        profile=held.profile.name, parameters_sha256=held.profile.sha256, currency=held.instrument.currency,
        multiplier=held.instrument.multiplier, in_cooldown=held.in_cooldown, entry_context=held.entry_context,
        exit_context=held.exit_context,
    )  # fmt: skip


def open_pnl(held: Held) -> float | None:
    """Money gained on the open contracts at the mark, before fees; None when the mark is unknown."""
    mark = held.contract.view.mark
    if mark != mark:
        return None
    return held.side * (mark - float(held.average)) * held.contracts * held.instrument.multiplier
