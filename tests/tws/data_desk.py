"""Answers what clients ask about contracts and prices, and streams the ticks that the test sets."""

from dataclasses import dataclass
from time import monotonic

from tests.tws import ticks
from tests.tws.contracts import Contract, Listings, read_contract, read_legs
from tests.tws.gateway import ZONE, Gateway
from tests.tws.market import Bar, Market
from tests.tws.session import Session
from tests.tws.wire import Field, Reader

UNKNOWN = (200, "No security definition has been found for the request")
_REFUSED = "Historical Market Data Service error message:"
_SAME_S = 15.0
_LIVE, _FROZEN, _DELAYED, _DELAYED_FROZEN = 1, 2, 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One streaming request for market data."""

    session: Session
    request: int
    contract: Contract
    generics: frozenset[int]
    is_delayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BarLine:
    session: Session
    request: int
    con_id: int
    what: str
    daily: bool
    epoch: bool


class DataDesk:
    def __init__(self, gateway: Gateway, listings: Listings, market: Market) -> None:
        self.rules: dict[int, list[tuple[float, float]]] = {26: [(0.0, 0.01)], 110: [(0.0, 0.05), (3.0, 0.10)]}
        """Market rules: from which price on which increment holds."""
        self._gateway = gateway
        self._listings = listings
        self._market = market
        self._lines: dict[tuple[int, int], Line] = {}
        self._watching: dict[int, dict[tuple[int, int], Line]] = {}
        self._bar_lines: dict[tuple[int, int], BarLine] = {}
        self._data_types: dict[int, int] = {}
        self.paces_history = False
        """Whether the same question about the past is refused within 15 s."""
        self._asked_s: dict[tuple[str, ...], float] = {}
        gateway.on_end.append(self._forget)
        gateway.handle(
            {
                "reqContractDetails": self._details,
                "reqSecDefOptParams": self._chains,
                "reqMarketRule": self._market_rule,
                "reqMarketDataType": self._data_type,
                "reqMktData": self._subscribe,
                "cancelMktData": self._unsubscribe,
                "reqHistoricalData": self._history,
                "cancelHistoricalData": self._end_history,
            }
        )

    @property
    def lines(self) -> list[Line]:
        return list(self._lines.values())

    def stream(self, con_id: int, changed: dict[int, tuple[str, ...]]) -> None:
        """Send the changed ticks to every line on the contract, and the new quote to lines on combos with it."""
        if self._gateway.faults.is_uplink_down:
            return
        for line in list(self._watching.get(con_id, {}).values()):
            self._send(line, self._market.ticks_of(line.contract) if line.contract.legs else changed)

    def stream_bar(self, con_id: int, what: str, bar: Bar) -> None:
        for line in list(self._bar_lines.values()):
            if (line.con_id, line.what) == (con_id, what):
                date = bar.date(daily=line.daily, epoch=line.epoch, zone=ZONE)
                prices = (bar.open, bar.close, bar.high, bar.low, bar.average, bar.volume)
                line.session.send(90, line.request, bar.count, date, *prices)

    def lose_lines(self) -> None:
        """The server has forgotten every subscription."""
        self._lines.clear()
        self._watching.clear()
        self._bar_lines.clear()

    def off_tick(self, contract: Contract, price: float) -> bool:
        """Whether the price is not a multiple of its increment."""
        listing = self._listings.get(contract.con_id)
        if listing is None or contract.legs:
            return False
        steps = self.rules.get(listing.market_rule, [(0.0, listing.min_tick)])
        step = next(step for low, step in reversed(steps) if price >= low or low == steps[0][0])
        return abs(price / step - round(price / step)) > 1e-6

    # contracts

    def _details(self, session: Session, reader: Reader) -> None:
        reader.word()
        request = reader.whole()
        found = self._listings.matching(read_contract(reader))
        if not found:
            session.error(request, *UNKNOWN)
            return
        for listing in found:
            underlying = self._listings.get(listing.underlying)
            session.send(10, request, *listing.details(underlying.contract if underlying else None))
        session.send(52, 1, request)

    def _chains(self, session: Session, reader: Reader) -> None:
        request = reader.whole()
        _symbol, _exchange, _kind = reader.word(), reader.word(), reader.word()
        underlying = reader.whole()
        for exchange, trading_class, multiplier, expiries, strikes in self._listings.chains(underlying):
            named = (exchange, underlying, trading_class, multiplier)
            session.send(75, request, *named, len(expiries), *expiries, len(strikes), *strikes)
        session.send(76, request)

    def _market_rule(self, session: Session, reader: Reader) -> None:
        rule = reader.whole()
        steps = self.rules.get(rule)
        if steps is None:
            session.error(-1, 321, f"Error validating request.-'bN' : cause - Invalid market rule id {rule}")
        else:
            session.send(93, rule, len(steps), *(number for step in steps for number in step))

    # streaming

    def _data_type(self, session: Session, reader: Reader) -> None:
        reader.word()
        self._data_types[session.number] = reader.whole()

    def _subscribe(self, session: Session, reader: Reader) -> None:
        reader.word()
        request = reader.whole()
        asked = read_legs(reader, read_contract(reader), whole=False)
        if reader.flag():
            reader.words(["conId", "delta", "price"])
        generics = frozenset(int(generic) for generic in reader.word().split(",") if generic.strip().isdecimal())
        is_snapshot = reader.flag()
        contract = self._listings.resolved(asked)
        if contract is None:
            session.error(request, *UNKNOWN)
            return
        refusal, is_delayed = self._permitted(session, contract)
        if refusal:
            session.error(request, *refusal)
        if refusal and not is_delayed:
            return
        if (session.number, request) in self._lines:
            session.error(request, 322, "Error processing request.-'cD' : cause - Duplicate ticker id")
            return
        if not is_snapshot and len(self._lines) >= self._gateway.faults.lines:
            session.error(request, 101, "Max number of tickers has been reached")
            return
        line = Line(session=session, request=request, contract=contract, generics=generics, is_delayed=is_delayed)
        self._open(line, is_snapshot=is_snapshot)

    def _open(self, line: Line, *, is_snapshot: bool) -> None:
        listing = self._listings.get(line.contract.con_id)
        kind = _DELAYED if line.is_delayed else _LIVE
        line.session.send(81, line.request, listing.min_tick if listing else 0.01, "9c0001", 3)
        line.session.send(58, 1, line.request, kind)
        self._send(line, self._market.ticks_of(line.contract))
        if is_snapshot:
            line.session.send(57, 1, line.request)
            return
        key = (line.session.number, line.request)
        self._lines[key] = line
        for con_id in _watched(line.contract):
            self._watching.setdefault(con_id, {})[key] = line

    def _unsubscribe(self, session: Session, reader: Reader) -> None:
        reader.word()
        request = reader.whole()
        if (session.number, request) not in self._lines:
            session.error(request, 300, f"Can't find EId with tickerId:{request}")
            return
        self._close((session.number, request))

    def _close(self, key: tuple[int, int]) -> None:
        line = self._lines.pop(key)
        for con_id in _watched(line.contract):
            self._watching[con_id].pop(key, None)

    def _permitted(self, session: Session, contract: Contract) -> tuple[tuple[int, str] | None, bool]:
        """The error to say, and whether delayed data follow; a client gets them when it asked for that kind."""
        permissions = {self._market.of(con_id).permission for con_id in _watched(contract)}
        if "competing" in permissions:
            return (10197, "No market data during competing live session"), False
        if "none" not in permissions:
            return None, False
        if self._data_types.get(session.number, _LIVE) in (_DELAYED, _DELAYED_FROZEN):
            return (10167, "Requested market data is not subscribed. Displaying delayed market data."), True
        return (354, "Requested market data is not subscribed. Delayed market data is available."), False

    def _send(self, line: Line, changed: dict[int, tuple[str, ...]]) -> None:
        for tick, words in changed.items():
            if ticks.is_wanted(tick, set(line.generics)):
                fields = ticks.tick_fields(line.request, tick, words, delayed=line.is_delayed)
                if fields is not None:
                    line.session.send(*fields)

    def _forget(self, session: Session) -> None:
        for key in [key for key in self._lines if key[0] == session.number]:
            self._close(key)
        self._bar_lines = {key: line for key, line in self._bar_lines.items() if key[0] != session.number}
        self._data_types.pop(session.number, None)

    # history

    def _history(self, session: Session, reader: Reader) -> None:
        request = reader.whole()
        asked = read_contract(reader)
        reader.word()
        end, size, length, _hours = reader.word(), reader.word(), reader.word(), reader.word()
        what, date_format = reader.word(), reader.whole()
        contract = self._listings.resolved(read_legs(reader, asked, whole=False))
        keeps_up = reader.flag()
        if contract is None:
            session.error(request, *UNKNOWN)
            return
        traded = self._market.of(contract.con_id)
        question = (str(contract.con_id), end, size, length, what)
        asked_s, self._asked_s[question] = self._asked_s.get(question, -_SAME_S), monotonic()
        if self.paces_history and self._asked_s[question] - asked_s < _SAME_S:
            session.error(request, 162, f"{_REFUSED}Historical data request pacing violation")
            return
        if traded.permission == "none":
            session.error(request, 162, f"{_REFUSED}No market data permissions for {contract.exchange}")
            return
        bars = traded.bars.get(what, [])
        if not bars:
            session.error(request, 162, f"{_REFUSED}HMDS query returned no data")
            return
        daily = size.split()[-1].rstrip("s") in ("day", "week", "month", "W", "M")
        line = BarLine(
            session=session,
            request=request,
            con_id=contract.con_id,
            what=what,
            daily=daily,
            epoch=date_format == 2,
        )
        self._send_bars(line, bars)
        if keeps_up:
            self._bar_lines[session.number, request] = line

    def _send_bars(self, line: BarLine, bars: list[Bar]) -> None:
        fields: list[Field] = []
        for bar in bars:
            fields.append(bar.date(daily=line.daily, epoch=line.epoch, zone=ZONE))
            fields += [bar.open, bar.high, bar.low, bar.close, bar.volume, bar.average, bar.count]
        first, last = (bar.date(daily=False, epoch=False, zone=ZONE) for bar in (bars[0], bars[-1]))
        line.session.send(17, line.request, first, last, len(bars), *fields)

    def _end_history(self, session: Session, reader: Reader) -> None:
        reader.word()
        self._bar_lines.pop((session.number, reader.whole()), None)


def _watched(contract: Contract) -> list[int]:
    return [leg.con_id for leg in contract.legs] or [contract.con_id]
