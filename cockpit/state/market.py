"""Folds market rows into the state, and says which positions they concern."""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from math import inf
from zoneinfo import ZoneInfo

from cockpit.domain.instrument import Instrument
from cockpit.domain.trading_hours import hours_of, last_trading_at, lunch_at, product, trading_day
from cockpit.events import Batch, Quoted, UnderlyingQuoted
from cockpit.market.contract import Contract
from cockpit.market.open_interest import OpenInterest
from cockpit.market.trust import amount, price
from cockpit.market.underlying import Underlying
from cockpit.market.view import NAN
from cockpit.state.arming import disarm
from cockpit.state.model import NS, Held, Setup, State

Touched = tuple[dict[str, Contract], list[Contract], dict[str, float], list[OpenInterest]]
"""What the rows of one instant were about: contracts, which of them are shares, underlyings' prices, and expiries whose
open interest changed."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at(ns: int) -> datetime:
    """The aware UTC time of an instant, to the microsecond."""
    return EPOCH + timedelta(microseconds=ns // 1000)


def ns_of(when: datetime) -> int:
    """Nanoseconds since the epoch of an aware time."""
    since = when - EPOCH
    return (since.days * 86_400 + since.seconds) * NS + since.microseconds * 1000


def opened(setup: Setup) -> State:
    """A fresh state on the trading day of the feed's first instant."""
    day = trading_day(setup.market, at(setup.first_ns))
    midnight = datetime.combine(day, time(), ZoneInfo(setup.market.zone))
    state = State(setup, ns_of(midnight.astimezone(UTC)), day)
    for instrument in setup.instruments.values():
        add_contract(state, instrument)
    return state


def add_contract(state: State, instrument: Instrument) -> Contract:
    """A contract seen for the first time."""
    under = underlying_of(state, instrument.underlying)
    contract = Contract(instrument, state.terms, under)
    state.contracts[instrument.symbol] = contract
    state.on_underlying.setdefault(under.name, []).append(contract)
    if instrument.right is not None:
        contract.chain = state.chains.setdefault((instrument.underlying, instrument.expiry), OpenInterest())
    last = last_trading_at(state.setup.market, instrument)
    contract.view.expiry_t = NAN if last is None else state.t(ns_of(last))
    set_hours(state, contract)
    return contract


def underlying_of(state: State, name: str) -> Underlying:
    """The underlying of that name, made when it is new."""
    under = state.underlyings.get(name)
    if under is None:
        setup = state.setup
        under = Underlying(
            name,
            bars_per_session=product(setup.market, name, None).bars_per_session,
            interval_s=setup.terms.interval_s,
            ohlc=name in setup.underlying_is_bars,
            price_limit_s=setup.terms.underlying_limit_s,
        )
        state.underlyings[name] = under
    return under


def set_hours(state: State, contract: Contract) -> None:
    """Close and lunch of the contract's product on the state's day."""
    market = state.setup.market
    hours = hours_of(market, contract.instrument, state.day)
    lunch = lunch_at(market, state.day)
    contract.view.close_t = NAN if hours is None else state.t(ns_of(hours.close_at))
    contract.view.lunch_t = NAN if lunch is None else state.t(ns_of(lunch))


def advance(state: State, at_ns: int) -> float:
    """Moves the session's clock; a new local day brings its own hours. Returns the session time in seconds."""
    if not state.now_ns <= at_ns < state.day_ends_ns:
        _turn_day(state, at_ns)
    state.now_ns = at_ns
    state.now_t = t = (at_ns - state.anchor_ns) / NS
    return t


def _turn_day(state: State, at_ns: int) -> None:
    """A new local day; raises ValueError where time runs backwards instead."""
    if at_ns < state.now_ns:
        raise ValueError(f"time runs backwards: {at_ns} after {state.now_ns}")
    before, state.day = state.day, trading_day(state.setup.market, at(at_ns))
    if state.day != before:
        disarm(state)
    tomorrow = datetime.combine(state.day + timedelta(days=1), time(), ZoneInfo(state.setup.market.zone))
    state.day_ends_ns = ns_of(tomorrow.astimezone(UTC))
    state.earlier, state.peak = state.realised - state.fees, 0.0
    for contract in state.contracts.values():
        set_hours(state, contract)
    for chain in state.chains.values():
        chain.begin_day()
    for under in state.underlyings.values():
        under.first_price = NAN


def apply(state: State, batch: Batch) -> None:
    """All rows of one instant; `concerned` then tells the positions they concern."""
    at_ns, rows, underlyings, given, _, _ = batch
    t = advance(state, at_ns)
    if rows or underlyings:
        state.newest_row_ns = at_ns
    if len(rows) == 1 and not underlyings and not given:
        contract = state.contracts[rows[0][0]]
        if contract.chain is not None:
            _apply_one(state, contract, contract.chain, rows[0], t)
            return
    moved: dict[str, Underlying] = {}
    if given or underlyings:
        _apply_underlyings(state, batch, t, moved)
    touched, shares, prices, chains = _apply_quotes(state, rows, t)
    for name, value in prices.items():
        under = state.underlyings[name]
        if t > under.until:
            under.advance(t)
        under.observe(t, value)
        moved[name] = under
    for contract in shares:
        contract.settle(t)
        if contract.view.mark == contract.view.mark:
            contract.underlying.observe(t, contract.view.mark)
            moved[contract.underlying.name] = contract.underlying
    for contract in touched.values():
        if contract.is_option:  # last: they are modelled on what their underlying has come to
            contract.settle(t)
    if state.terms.modelled or state.terms.models_lacking:
        for name in moved:
            _settle_forwards(state, name, touched, t)
    state.ticks += len(rows)
    news = state.news
    news.symbols, news.underlyings, news.chains = touched, moved, chains


def _apply_one(state: State, contract: Contract, chain: OpenInterest, row: Quoted, t: float) -> None:
    """A single row of an option, as a live feed sends them; what many of them come to, on a shorter way."""
    news, symbol, quotes = state.news, row[0], state.refused_quotes
    published = contract.apply(row, t, quotes, state.refused_greeks)
    news.chains = ()
    if published is not None and chain.observe(symbol, contract.instrument.right or "C", published, t):
        news.chains = (chain,)
    value, under = row[10], contract.underlying
    if value is not None and (0.0 < value < inf or price(value, quotes, "underlying") is not None):
        if t > under.until:
            under.advance(t)
        under.observe(t, value)
        news.symbols, news.underlyings = (), (under.name,)
    else:
        news.symbols, news.underlyings = (symbol,), ()
    contract.settle(t)
    if contract.modelled:
        for name in news.underlyings:
            _settle_forwards(state, name, (symbol,), t)
    state.ticks += 1


def _settle_forwards(state: State, name: str, touched: Collection[str], t: float) -> None:
    """The options of an underlying that has moved are modelled anew, unless a row has settled them."""
    for contract in state.on_underlying.get(name, ()):
        if contract.is_option and contract.instrument.symbol not in touched:
            contract.settle_forward(t)


def _apply_underlyings(state: State, batch: Batch, t: float, moved: dict[str, Underlying]) -> None:
    """Features and rows of the underlyings' own files."""
    for given in batch.given:
        under = underlying_of(state, given.underlying)
        under.given(t, given)
        moved[under.name] = under
    for bar in batch.underlyings:
        under = underlying_of(state, bar.underlying)
        under.advance(t)
        if _apply_underlying(state, under, bar, t):
            moved[under.name] = under


def _apply_underlying(state: State, under: Underlying, row: UnderlyingQuoted, t: float) -> bool:
    """One row of the underlying's own file; false when its price was refused."""
    value = price(row.price, state.refused_quotes, "underlying")
    volume = amount(row.volume, state.refused_quotes, "underlying_volume")
    under.observe_volume(t, volume)
    if value is None:
        return False
    if under.ohlc:
        o, h, low = (price(x, state.refused_quotes, "underlying") for x in (row.open, row.high, row.low))
        under.observe_bar(t, o, h, low, value)
    else:
        under.observe(t, value)
    return True


def _apply_quotes(state: State, rows: tuple[Quoted, ...], t: float) -> Touched:
    """The contracts' rows."""
    touched: dict[str, Contract] = {}
    shares: dict[str, Contract] = {}
    prices: dict[str, float] = {}
    chains: list[OpenInterest] = []
    quotes, greeks, contracts = state.refused_quotes, state.refused_greeks, state.contracts
    for row in rows:
        symbol = row[0]
        contract = contracts[symbol]
        published = contract.apply(row, t, quotes, greeks)
        touched[symbol] = contract
        right, chain = contract.instrument.right, contract.chain
        if right is None or chain is None:
            shares[symbol] = contract
            continue
        if published is not None and chain.observe(symbol, right, published, t):
            chains.append(chain)
        value = row.underlying_price
        if value is not None and (0.0 < value < inf or price(value, quotes, "underlying") is not None):
            prices[contract.underlying.name] = value
    return touched, list(shares.values()) if shares else [], prices, chains


def concerned(state: State) -> list[Held]:
    """The open positions to be judged at the newest batch, in order of opening.

    A position on a contract of which there is news is one on its underlying, so of that alone no symbol is named.
    """
    if not state.held:
        return []
    news = state.news
    if len(news.underlyings) == 1 and not news.symbols and not news.chains:
        (name,) = news.underlyings
        return state.by_underlying.get(name, [])
    found: list[Held] = []
    for name in news.underlyings:
        found += state.by_underlying.get(name, ())
    for symbol in news.symbols:
        held = state.by_symbol.get(symbol)
        if held is not None and held not in found:
            found.append(held)
    if news.chains:
        found += [h for h in state.held.values() if h.open_interest in news.chains and h not in found]
    if len(found) > 1:
        found.sort(key=_seq)
    return found


def _seq(held: Held) -> int:
    return held.seq
