"""Made-up parts of a market: open interest by strike, a regime, a chain with its tickets' terms."""

import math
import random
from dataclasses import replace
from statistics import NormalDist

from cockpit.frame import ChainCell, ChainPart, ChainRow, OpenInterestPart, PositionPart, RegimePart, StrikePart
from tests.widgets import frames
from widgets.paint.amounts import Unit

MILLIONS = Unit(1e6, "M")
CALLS = (57, 30, 64, 130, 210, 280, 300, 390, 375, 250, 420)
PUTS = (300, 250, 390, 350, 480, 400, 230, 150, 110, 70, 50)


def open_interest(**changed: object) -> OpenInterestPart:
    """Eleven strikes around 26 162: some added to, some left, one never seen."""
    chance = random.Random(3)
    rows = tuple(
        StrikePart(
            strike=25_900.0 + 50 * i,
            calls=calls * 1_000.0,
            puts=puts * 1_000.0,
            calls_change=chance.choice((-0.12, 0.1, 0.04)) * calls * 1_000,
            puts_change=chance.choice((-0.15, 0.08, 0.02)) * puts * 1_000,
        )
        for i, (calls, puts) in enumerate(zip(CALLS, PUTS, strict=True))
    )
    series = tuple(
        (60.0 * i, 1.7e6 + 2e3 * i + 8e3 * math.sin(i / 5), 2.1e6 - 1e3 * i + 6e3 * math.cos(i / 7)) for i in range(70)
    )
    made = OpenInterestPart(
        underlying="NIFTY",
        expiry="18 Aug",
        unit="contracts",
        strikes=rows,
        calls=1.84e6,
        puts=2.02e6,
        put_call_ratio=1.10,
        max_pain=26_100.0,
        spot=26_162.4,
        observed_ns=frames.AT_NS,
        is_live=True,
        series=series,
    )
    return replace(made, **changed)


def many_strikes() -> OpenInterestPart:
    """Fifty strikes, as an engine gives them."""
    chance = random.Random(5)
    rows = tuple(
        StrikePart(
            strike=24_950.0 + 50 * i,
            calls=chance.uniform(1e4, 5e5),
            puts=chance.uniform(1e4, 5e5),
            calls_change=chance.uniform(-5e4, 5e4),
            puts_change=chance.uniform(-5e4, 5e4),
        )
        for i in range(50)
    )
    return open_interest(strikes=rows)


def unseen_strikes() -> OpenInterestPart:
    """Two strikes without a value, and yesterday's figures in the others."""
    made = open_interest(is_live=False, put_call_ratio=None, calls=None, max_pain=None)
    rows = list(made.strikes)
    rows[3] = replace(rows[3], calls=None, calls_change=None)
    rows[7] = replace(rows[7], puts=None, puts_change=None)
    return replace(made, strikes=tuple(rows))


def regime(**changed: object) -> RegimePart:
    """A rising trend after an hour of range."""
    history = tuple(
        (
            60.0 * i,
            min(max(0.2 + 0.006 * i + 0.08 * math.sin(i / 4), 0.0), 1.0),
            min(max(0.8 - 0.006 * i + 0.06 * math.sin(i / 6), 0.0), 1.0),
            min(max(0.1 + 0.1 * math.sin(i / 9), 0.0), 1.0),
        )
        for i in range(90)
    )
    made = RegimePart(
        underlying="NIFTY",
        label="trend up",
        trend=history[-1][1],
        range=history[-1][2],
        panic=history[-1][3],
        bars=164,
        history=history,
    )
    return replace(made, **changed)


def warming() -> RegimePart:
    """A regime half an hour after the open."""
    return regime(label="unknown", trend=None, range=None, panic=None, bars=37, history=())


def _cell(strike: float, right: str, spot: float, chance: random.Random) -> ChainCell:
    """A contract seven days from its expiry, priced by hand."""
    years, iv = 7 / 365, 0.118 + 0.00000002 * (strike - spot - 300) ** 2 - 0.00001 * (strike - spot)
    deviation = iv * math.sqrt(years)
    d1 = math.log(spot / strike) / deviation + deviation / 2
    normal = NormalDist()
    call = spot * normal.cdf(d1) - strike * normal.cdf(d1 - deviation)
    price = call if right == "C" else call - spot + strike
    bid = max(0.05, round(price * 0.998 / 0.05) * 0.05)
    interest = 40_000 + 1.2e6 * math.exp(-((strike - spot) ** 2) / 4e5) * chance.uniform(0.3, 1.6)
    return ChainCell(
        symbol=f"NIFTY26AUG{strike:.0f}{right}E",
        bid=bid,
        ask=bid + max(0.05, round(bid * 0.004 / 0.05) * 0.05),
        iv=iv,
        delta=normal.cdf(d1) - (0.0 if right == "C" else 1.0),
        volume=interest * chance.uniform(0.4, 2.0),
        open_interest=interest,
        oi_change=interest * chance.uniform(-0.3, 0.3),
    )


def chain_rows(spot: float = 26_162.4, *, strikes: int = 81, first: float = 24_200.0) -> tuple[ChainRow, ...]:
    """Strikes fifty apart."""
    chance = random.Random(11)
    return tuple(
        ChainRow(strike=strike, call=_cell(strike, "C", spot, chance), put=_cell(strike, "P", spot, chance))
        for strike in (first + 50.0 * i for i in range(strikes))
    )


def chain(**changed: object) -> ChainPart:
    """NIFTY a week from its expiry; one call without quotes, one strike without a put."""
    rows = list(chain_rows())
    nearest = 39  # 26 150
    rows[nearest - 6] = replace(rows[nearest - 6], put=None)
    quiet = rows[nearest + 4].call
    assert quiet is not None
    rows[nearest + 4] = replace(
        rows[nearest + 4], call=replace(quiet, bid=None, ask=None, iv=None, delta=None, volume=None)
    )
    made = ChainPart(
        underlying="NIFTY",
        underlyings=("NIFTY", "BANKNIFTY", "SPXW"),
        expiries=(
            ("2026-08-18", "18 Aug · today"),
            ("2026-08-25", "25 Aug"),
            ("2026-09-01", "1 Sep"),
            ("2026-09-08", "8 Sep"),
            ("2026-09-29", "29 Sep"),
            ("2026-10-27", "27 Oct"),
            ("2026-12-29", "29 Dec"),
        ),
        expiry="2026-08-18",
        spot=26_162.4,
        spot_change=81.15,
        lot=65,
        tick=0.05,
        multiplier=1.0,
        profiles=("adaptive", "ladder", "scalp"),
        rows=tuple(rows),
    )
    return replace(made, **changed)


def held() -> tuple[PositionPart, ...]:
    """Two positions that are strikes of the chain, and one that is not."""
    return (
        frames.position(symbol="NIFTY26AUG26150CE", contracts=195, lots=3),
        frames.position(
            id="P0002", symbol="NIFTY26AUG26000PE", label="NIFTY 26000 P  18 Aug", side=-1, contracts=65, lots=1
        ),
        frames.position(id="P0003", symbol="GOOG", label="GOOG", underlying="GOOG"),
    )
