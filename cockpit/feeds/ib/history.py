"""Bars of the past that the broker has: one-minute bars that warm features, and a year of daily volatility."""

import asyncio
import copy
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from cockpit.events import NS, Batch, UnderlyingQuoted
from cockpit.feeds.ib.translate import at_least_zero
from cockpit.ib.budget import Budget

T = TypeVar("T")

SAME_S, MOST, MOST_S = 15.0, 60, 600.0  # the broker's own limits on questions about the past
MINUTE_NS = 60 * NS
LEAST_DAYS = 200


class Question(NamedTuple):
    """What is asked about one contract."""

    length: str
    bar: str
    what: str

    def __str__(self) -> str:
        return f"{self.length} of {self.bar} bars of {self.what}"


MINUTES = Question("2 D", "1 min", "TRADES")  # today's session and the one before it
MIDPOINTS = Question("2 D", "1 min", "MIDPOINT")
VOLATILITY = Question("1 Y", "1 day", "OPTION_IMPLIED_VOLATILITY")


class IvHistory(NamedTuple):
    """Where an underlying's implied volatility is in that of its past year; both in percent.

    Rank is (now − lowest) / (highest − lowest) of the year, percentile the share of the days before today on which it
    was lower; both as the platforms for option traders define them.
    """

    rank_pct: float
    percentile_pct: float
    now: float  # fraction a year
    days: int


class Pace:
    """Holds back questions about the past as the broker wants it: no two alike within 15 s, 60 in ten minutes."""

    def __init__(
        self, *, now: Callable[[], float] | None = None, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._now = now or asyncio.get_running_loop().time
        self._sleep = sleep
        self._asked: deque[float] = deque(maxlen=MOST)
        self._same: dict[tuple[int, Question], float] = {}

    async def turn(self, con_id: int, question: Question) -> None:
        """Returns when the question may be asked, and takes it for asked."""
        while (wait_s := self._wait_s(con_id, question)) > 0.0:
            await self._sleep(wait_s)
        self._same[con_id, question] = self._now()
        self._asked.append(self._now())

    def _wait_s(self, con_id: int, question: Question) -> float:
        wait_s = self._same.get((con_id, question), -SAME_S - 1e9) + SAME_S - self._now()
        return max(wait_s, self._asked[0] + MOST_S - self._now()) if len(self._asked) == MOST else wait_s


class Past:
    """Asks one connection about the past; what is refused or late is a sentence and no bars."""

    def __init__(self, ib: Any, budget: Budget, pace: Pace, *, within_s: float) -> None:
        self._ib, self._budget, self._pace, self._within_s = ib, budget, pace, within_s
        self._late = f"no answer within {within_s:g} s"

    async def minutes(self, contract: Any) -> tuple[Sequence[Any], str]:
        """One-minute bars of today's session and the one before, or why there are none."""
        bars, why = await self._asked(contract, MINUTES)
        if not bars and why != self._late and contract.secType != "IND":  # an index has no middle
            bars, _ = await self._asked(contract, MIDPOINTS)
        return bars, why

    async def volatility(self, contract: Any) -> Sequence[Any]:
        """A year of daily bars of implied volatility, as far as there are any."""
        bars, _ = await self._asked(contract, VOLATILITY)
        return bars

    async def _asked(self, contract: Any, question: Question) -> tuple[Sequence[Any], str]:
        heard: list[str] = []

        def hear(_request: int, code: int, text: str, about: Any) -> None:
            if about is own:
                heard.append(f"{text.strip().rstrip('.')} ({code})")

        own = copy.copy(contract)  # another object: what is said of it is about this question
        self._ib.errorEvent += hear
        try:
            await self._pace.turn(contract.conId, question)
            await self._budget.turn()
            answer = self._ib.reqHistoricalDataAsync(own, "", *question, True, 2, timeout=self._within_s)
            bars = await _by_itself(answer)
        except ConnectionError:
            return (), "the connection has ended"
        finally:
            self._ib.errorEvent -= hear
        return bars, "" if bars else heard[-1] if heard else self._late


async def _by_itself(answer: Coroutine[Any, Any, T]) -> T:
    """The answer, awaited in a task of its own: the library's own wait swallows a cancel that crosses an answer."""
    asking = asyncio.ensure_future(answer)
    try:
        await asyncio.wait((asking,))
        return asking.result()
    finally:
        asking.cancel()


def warming(bars: Mapping[str, Iterable[Any]], now_ns: int) -> list[Batch]:
    """The bars of each underlying as rows: open, the extremes, close inside each minute, so that its candle is that.

    The extreme nearer to the open comes first. A bar's volume is spread over them; the broker counts it without odd
    lots and trades away from the market, which it has in its stream. The minute that has begun ends now.
    """
    rows: dict[int, list[UnderlyingQuoted]] = {}
    for name, own in bars.items():
        for bar in own:
            for row in _rows(name, bar, now_ns):
                rows.setdefault(row.at_ns, []).append(row)
    return [Batch(at_ns, underlyings=tuple(rows[at_ns])) for at_ns in sorted(rows)]


def iv_history(bars: Iterable[Any]) -> IvHistory | None:
    """From daily bars, the last close being now; None with less than 200 days, or where all of them are alike."""
    values = [value for bar in bars if (value := at_least_zero(bar.close))]
    if len(values) < LEAST_DAYS or max(values) == min(values):
        return None
    now, before = values[-1], values[:-1]
    return IvHistory(
        rank_pct=100.0 * (now - min(values)) / (max(values) - min(values)),
        percentile_pct=100.0 * sum(value < now for value in before) / len(before),
        now=now,
        days=len(values),
    )


def _rows(name: str, bar: Any, now_ns: int) -> list[UnderlyingQuoted]:
    at_ns = _begin_ns(bar.date)
    known = [price for price in (bar.open, bar.high, bar.low, bar.close) if at_least_zero(price)]
    if len(known) < 4 or at_ns >= now_ns:
        return []
    extremes = sorted((bar.high, bar.low), key=lambda price: abs(price - bar.open))
    step_ns = min(MINUTE_NS, now_ns - at_ns) // 5
    volume = at_least_zero(bar.volume)
    share = None if volume is None else volume / 4.0
    prices = (bar.open, *extremes, bar.close)
    return [
        UnderlyingQuoted(name, at_ns + n * step_ns, price=float(price), volume=share)
        for n, price in enumerate(prices, start=1)
    ]


def _begin_ns(when: datetime) -> int:
    return round(when.timestamp()) * NS
