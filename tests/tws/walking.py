"""A market at the loopback server that lives: SPY walks, and a chain of options is priced on it with a smile."""

import asyncio
import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cockpit.pricing.black76 import greeks, price
from tests.tws import ticks
from tests.tws.contracts import index, options, stock
from tests.tws.control import Control
from tests.tws.market import Bar
from tests.tws.scene import SPY, VIX
from tests.tws.ticks import Greeks

FIRST = 20_001
SPOT, STEP_PTS, IV = 500.0, 0.03, 0.17  # a quarter of a second of a calm day
YEAR_S = 365.0 * 86_400.0
STEP_S = 0.25
MINUTE_S, DAY_S = 60, 86_400
OPENED_S, SESSION = 30 * MINUTE_S, 390  # how long the market has been open at first, and the minutes of a whole session


@dataclass(frozen=True, slots=True)
class Quoted:
    """One option of the chain."""

    con_id: int
    expiry: str
    strike: float
    is_call: bool


class Walking:
    """Each `step` moves the underlying and quotes everything anew, as of the server's own time `now_s`."""

    def __init__(
        self, control: Control, expiries: Iterable[str], *, now_s: float, strikes: int = 12, seed: int = 1
    ) -> None:
        self._control, self._chance, self.now_s = control, random.Random(seed), now_s
        self.spot, self._volume, self._drift = SPOT, 0, 0.0
        spy, expiries = stock(SPY, "SPY"), tuple(expiries)
        ladder = [SPOT + 2.0 * n for n in range(-strikes, strikes + 1)]
        listed = options(FIRST, spy, expiries=list(expiries), strikes=ladder, market_rule=26)
        control.list_contracts([spy, index(VIX, "VIX"), *listed])
        control.lines(200)
        self.chain = [
            Quoted(each.contract.con_id, each.contract.expiry, each.contract.strike, each.contract.right == "C")
            for each in listed
        ]
        self._remember()
        for each in self.chain:
            interest = round(4_000 * math.exp(-(((each.strike - SPOT) / 12.0) ** 2)) + self._chance.random() * 400)
            control.tick(each.con_id, 27 if each.is_call else 28, str(interest))
        self.step(0.0)

    def of(self, strike: float, *, is_call: bool, expiry: int = 0) -> Quoted:
        """The option of that strike, of the so-many-th expiry."""
        dates = sorted({each.expiry for each in self.chain})
        return next(c for c in self.chain if (c.strike, c.is_call, c.expiry) == (strike, is_call, dates[expiry]))

    async def walk(self) -> None:
        """Steps as a market does, until it is cancelled; on the server's loop."""
        while True:
            await asyncio.sleep(STEP_S)
            self.step(STEP_S)

    def _remember(self) -> None:
        """Minutes of yesterday's session and of today's until now, and a year of implied volatility."""
        chance, control = random.Random(2), self._control
        opened_s = int(self.now_s) - OPENED_S
        begins = [opened_s - DAY_S + MINUTE_S * n for n in range(SESSION)]
        begins += [opened_s + MINUTE_S * n for n in range(OPENED_S // MINUTE_S)]
        minutes, close = list[Bar](), SPOT
        for at_s in reversed(begins):  # from now backwards, so that it ends where the walk begins
            open_ = round(close + chance.gauss(0.0, 0.12), 2)
            high, low = max(open_, close) + 0.06, min(open_, close) - 0.06
            minutes.append(Bar(at_s=at_s, open=open_, high=high, low=low, close=close, volume=40_000.0))
            close = open_
        control.set_bars(SPY, "TRADES", minutes[::-1])
        days, level = list[Bar](), IV
        for n in range(252):
            days.append(Bar(at_s=opened_s - DAY_S * n, open=level, high=level + 0.01, low=level - 0.01, close=level))
            level = min(max(level + chance.gauss(0.0, 0.007), 0.11), 0.34)
        control.set_bars(SPY, "OPTION_IMPLIED_VOLATILITY", days[::-1])

    def step(self, elapsed_s: float) -> None:
        """So much later."""
        self.now_s += elapsed_s
        chance = self._chance
        self._drift = 0.97 * self._drift + chance.gauss(0.0, 0.002)
        self.spot = round(self.spot + chance.gauss(0.0, STEP_PTS) + self._drift, 2)
        self._volume += chance.randrange(100, 900)
        spot, control = self.spot, self._control
        control.quote(SPY, round(spot - 0.01, 2), round(spot + 0.01, 2), spot, sizes=(300, 400, 100))
        control.tick(SPY, ticks.VOLUME, str(self._volume))
        control.quote(VIX, None, None, round(15.0 + (SPOT - spot) * 0.1, 2))
        for each in self.chain:
            self._quote(each)

    def _quote(self, each: Quoted) -> None:
        expires = datetime.strptime(each.expiry, "%Y%m%d").replace(hour=21, tzinfo=UTC)
        years = max(expires.timestamp() - self.now_s, 60.0) / YEAR_S
        iv = IV + 0.25 * ((each.strike - self.spot) / self.spot) ** 2 - 0.08 * (each.strike - self.spot) / self.spot
        worth = price(self.spot, each.strike, years, iv, each.is_call)
        half = max(0.01, round(0.004 * worth, 2))
        bid, ask = round(worth - half, 2), round(max(worth, 0.01) + half, 2)
        sizes = (self._chance.randrange(5, 80), self._chance.randrange(5, 80), 1)
        self._control.quote(each.con_id, bid if bid > 0.0 else None, ask, None, sizes=sizes)
        g = greeks(self.spot, each.strike, years, iv, each.is_call)
        model = Greeks(
            iv=round(iv, 5), delta=round(g.delta, 5), price=round(worth, 4), gamma=round(g.gamma, 6),
            vega=round(g.vega, 5), theta=round(g.theta, 5), underlying=self.spot,
        )  # fmt: skip
        self._control.greeks(each.con_id, model)
