"""The chain that is looked at: every strike of an expiry; a row of which nothing has changed stays the same object."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from cockpit.frame import ChainCell, ChainPart, ChainRow, VolatilityPart
from cockpit.market.contract import Contract
from cockpit.market.view import known
from cockpit.projection.cutoff import closes_ns
from cockpit.projection.expiry_contracts import ExpiryContracts, Pair
from cockpit.projection.kept import kept
from cockpit.projection.words import day_words
from cockpit.state.model import State
from cockpit.state.watching import expiries

SLACK_S = 1e-6
Key = tuple[Any, ...]


class Chain:
    """The watched chain, made at most four times a second of the session.

    Set `volatility` where the feed knows that of an underlying's past year.
    """

    def __init__(self, state: State, contracts: ExpiryContracts) -> None:
        self.state, self.contracts = state, contracts
        self.volatility: Callable[[str], VolatilityPart] | None = None
        self._rows: dict[float, tuple[Key, ChainRow]] = {}
        self._made: Key = ()
        self._part: ChainPart | None = None
        self._menu: Key = ()
        self._underlyings: tuple[str, ...] = ()
        self._expiries: tuple[tuple[str, str], ...] = ()

    def part(self) -> ChainPart | None:
        """As the last `steps` have made it; None while nobody looks at one."""
        if self._made[:2] != (self.state.watched_chain or ()):
            for _ in self.steps():
                pass
        return self._part

    def steps(self) -> Iterator[None]:
        """Makes it as of now, a row a step."""
        state = self.state
        watched = state.watched_chain
        if watched is None:
            self._part, self._rows, self._made = None, {}, ()
            return
        t = state.t(state.now_ns)
        made = *watched, int(t * 4.0), state.default_profile, len(state.profiles)
        if made != self._made:
            if made[:2] != self._made[:2]:
                self._rows = {}
            rows = list[ChainRow]()
            for strike, pair in self.contracts.of(*watched).items():
                rows.append(self._row(t, strike, pair))
                yield
            self._made, self._part = made, kept(self._part, self._chain(t, tuple(rows), *watched))

    def _chain(self, t: float, rows: tuple[ChainRow, ...], underlying: str, expiry: date) -> ChainPart:
        state = self.state
        self._list(underlying)
        pairs, under = self.contracts.of(underlying, expiry), state.underlyings[underlying]
        is_fresh = t - under.price_t <= state.terms.underlying_limit_s + SLACK_S
        any_contract = next(c for pair in pairs.values() for c in pair if c is not None)
        before = self._part.rows if self._part is not None else ()
        instrument, default = any_contract.instrument, state.default_profile
        return ChainPart(
            underlying=underlying, underlyings=self._underlyings, expiries=self._expiries, expiry=expiry.isoformat(),
            spot=known(under.price) if is_fresh else None,
            spot_change=known(under.price - under.first_price) if is_fresh else None, lot=instrument.lot,
            tick=instrument.tick, multiplier=instrument.multiplier,
            profiles=(default, *(name for name in state.profiles if name != default)), rows=kept(before, rows),
            closes_ns=closes_ns(state, any_contract), steps=instrument.steps,
            volatility=self.volatility(underlying) if self.volatility is not None else None,
        )  # fmt: skip

    def _list(self, underlying: str) -> None:
        """What else could be looked at."""
        state = self.state
        menu = underlying, len(state.chains), state.day
        if menu != self._menu:
            self._menu = menu
            self._underlyings = tuple(sorted({name for name, day in state.chains if day is not None}))
            dates = expiries(state, underlying)
            self._expiries = tuple((day.isoformat(), expiry_words(day, state.day)) for day in dates)

    def _row(self, t: float, strike: float, pair: Pair) -> ChainRow:
        call, put = pair
        key = self._key(call, t), self._key(put, t)
        found = self._rows.get(strike)
        if found is not None and found[0] == key:
            return found[1]
        row = ChainRow(strike=strike, call=self._cell(call, t), put=self._cell(put, t))
        if found is not None:
            row = kept(found[1], row)
        self._rows[strike] = key, row
        return row

    def _key(self, contract: Contract | None, t: float) -> Key:
        """Whatever a cell depends on."""
        if contract is None:
            return ()
        chain, terms = contract.chain, self.state.terms
        return (
            contract.settled_t, t - contract.quote_t <= terms.quote_limit_s + SLACK_S,
            t - contract.last_t <= terms.quote_limit_s + SLACK_S,
            t - min(contract.iv_t, contract.delta_t) <= terms.greeks_limit_s + SLACK_S,
            chain.values.get(contract.instrument.symbol) if chain is not None else None,
            chain is not None and chain.is_published(),
        )  # fmt: skip

    def _cell(self, contract: Contract | None, t: float) -> ChainCell | None:
        if contract is None:
            return None
        symbol, chain, terms = contract.instrument.symbol, contract.chain, self.state.terms
        fresh = t - contract.quote_t <= terms.quote_limit_s + SLACK_S
        oldest = t - terms.greeks_limit_s - SLACK_S
        return ChainCell(
            symbol=symbol, bid=contract.bid if fresh else None, ask=contract.ask if fresh else None,
            iv=known(contract.iv) if contract.iv_t >= oldest else None,
            delta=known(contract.delta) if contract.delta_t >= oldest else None, volume=known(contract.volume.traded),
            open_interest=chain.values.get(symbol) if chain is not None else None,
            oi_change=chain.change(symbol) if chain is not None else None,
            last=contract.last if t - contract.last_t <= terms.quote_limit_s + SLACK_S else None,
        )  # fmt: skip


def expiry_words(expiry: date, today: date) -> str:
    """18 Aug · today; 25 Aug · 7 d."""
    days = (expiry - today).days
    return f"{day_words(expiry)} · {'expired' if days < 0 else 'today' if days == 0 else f'{days} d'}"
