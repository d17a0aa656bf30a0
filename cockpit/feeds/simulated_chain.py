"""The option chain of a simulated day: its contracts, and what each is worth, how wide, how large and how busy."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from cockpit.domain.instrument import Instrument, Right
from cockpit.domain.trading_hours import last_trading_at
from cockpit.events import NS
from cockpit.feeds.simulated_path import MARKET, SPOT, STEP_NS, TICK, UNDERLYING, Day, Floats, Path
from cockpit.pricing.black76 import greeks, price
from cockpit.settings import market

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

STRIKES = 21
STRIKE_STEP = 50.0
LOT = 65
YEAR_NS = 31_536_000 * NS
NEXT_EXPIRY = timedelta(days=7)

SKEW, SMILE, SMILE_REACH = -0.05, 0.025, 3.0  # by standard deviations from the money, as far as it reaches
LOTS_PER_S = (1500.0, 15.0)  # traded at the money, by expiry
OPEN_LOTS = (600_000.0, 100_000.0)
DISPLAYED_LOTS = (14.0, 9.0)  # at the best price
BUSTLE = 0.25  # how much a contract's volume differs from minute to minute
DRIFT_OF_OPEN_INTEREST = 0.001  # a contract's own, a minute
WIDEST = 0.12  # of the premium
DIGITS = (5, 7, 4, 5, 6)  # of delta, gamma, theta, vega and rho, as a feed sends them


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chain:
    """The contracts of two expiries, one element each; what differs by minute has a row per minute from the history on.

    `expiry_ns` is the last trading instant, `later_days` the trading days after today up to the expiry, `near` is 0 for
    the first expiry and 1 for the second. `busy` is a multiple of the usual volume, `held` of the first open interest;
    `open_lots` is that of the first minute.
    """

    instruments: tuple[Instrument, ...]
    strike: Floats
    is_call: Flags
    expiry_ns: Ints
    later_days: Floats
    near: Ints
    open_lots: Floats
    busy: Floats
    held: Floats


class Worth(NamedTuple):
    """Premium in points and Greeks in the units of `cockpit.pricing.black76`, one element a row."""

    premium: Floats
    iv: Floats
    delta: Floats
    gamma: Floats
    theta: Floats
    vega: Floats
    rho: Floats


class Book(NamedTuple):
    """Best prices in points and sizes in contracts, one element a row."""

    bid: Floats
    ask: Floats
    bid_size: Floats
    ask_size: Floats


def symbol_of(expiry: date, strike: float, right: Right) -> str:
    """The exchange's own spelling."""
    return f"{UNDERLYING}{expiry:%y%m%d}{strike:.0f}{right}E"


def nearest_strike(spot: float) -> float:
    """The strike at the money, points."""
    return round(spot / STRIKE_STEP) * STRIKE_STEP


def chain_of(day: Day) -> Chain:
    """The chain around the spot of the live start."""
    profile = market(MARKET)
    lowest = nearest_strike(SPOT) - STRIKES // 2 * STRIKE_STEP
    rights: tuple[Right, Right] = ("C", "P")
    instruments = tuple(
        Instrument(
            symbol=symbol_of(expiry, lowest + i * STRIKE_STEP, right), underlying=UNDERLYING, expiry=expiry,
            strike=lowest + i * STRIKE_STEP, right=right, multiplier=profile.multiplier, lot=LOT, tick=TICK,
            currency=profile.currency, market=MARKET,
        )
        for expiry in (day.on, day.on + NEXT_EXPIRY)
        for i in range(STRIKES)
        for right in rights
    )  # fmt: skip
    strike = np.array([i.strike for i in instruments])
    is_call = np.array([i.right == "C" for i in instruments])
    near = np.array([int(i.expiry != day.on) for i in instruments])
    random = RandomState([day.seed, 1])
    minutes, count = day.history_min + day.minutes + 1, len(instruments)
    return Chain(
        instruments=instruments,
        strike=strike,
        is_call=is_call,
        expiry_ns=np.array([_expires_ns(i) for i in instruments]),
        later_days=np.array([float(np.busday_count(day.on, i.expiry or day.on)) for i in instruments]),
        near=near,
        open_lots=_open_lots(random, strike, is_call, near),
        busy=np.exp(BUSTLE * random.standard_normal((minutes, count)) - 0.5 * BUSTLE**2),
        held=np.exp(np.cumsum(DRIFT_OF_OPEN_INTEREST * random.standard_normal((minutes, count)), axis=0)),
    )


def worth(path: Path, chain: Chain, steps: Ints, which: Ints) -> Worth:
    """What the contracts `which` are worth at `steps`.

    Volatility accrues with trading time, so that an expiry this afternoon is dear by the calendar, as in the market;
    the smile is a parabola in standard deviations from the money. The forward is the spot, the rate 0.
    """
    day, spot = path.day, path.spot[steps]
    at_ns = day.first_ns + steps * STEP_NS
    today = np.maximum(day.close_ns - at_ns, NS) / (day.close_ns - day.open_ns)
    years = np.maximum(chain.expiry_ns[which] - at_ns, NS) / YEAR_NS
    deviation = path.implied[steps] * np.sqrt(chain.later_days[which] + today)
    away = np.clip(np.log(chain.strike[which] / spot) / deviation, -SMILE_REACH, SMILE_REACH)
    iv: Floats = (deviation / np.sqrt(years) * (1.0 + SKEW * away + SMILE * away**2)).round(6)
    rows = list(zip(spot.tolist(), chain.strike[which].tolist(), years.tolist(), iv.tolist(),
                    chain.is_call[which].tolist(), strict=True))  # fmt: skip
    premium: Floats = np.array([price(*row) for row in rows])
    made: Floats = np.array([greeks(*row) for row in rows]).reshape(-1, len(DIGITS))
    return Worth(premium, iv, *(column.round(digits) for column, digits in zip(made.T, DIGITS, strict=True)))


def book(path: Path, chain: Chain, steps: Ints, which: Ints, premium: Floats) -> Book:
    """Quotes around the premium: wider away from the money and for dear options; never a bid below one tick."""
    random = RandomState([path.day.seed, 2, int(steps[0])])
    away = np.abs(chain.strike[which] - path.spot[steps]) / STRIKE_STEP
    usual = 1.0 + 0.002 * premium / TICK + 0.3 * away + chain.near[which]
    ticks = np.minimum(usual, np.maximum(WIDEST * premium / TICK, 1.0)) * path.spread[steps]
    ticks = np.maximum(ticks.round(), 1.0)
    lean = random.uniform(-0.4, 0.4, len(which))
    bid = np.maximum(np.floor(premium / TICK - 0.5 * ticks + 0.5 + lean), 1.0)
    lots = np.array(DISPLAYED_LOTS)[chain.near[which]] / np.sqrt(1.0 + 0.3 * away)
    sizes = LOT * (1.0 + random.poisson(lots * random.gamma(4.0, 0.25, (2, len(which)))))
    return Book(_on_tick(bid), _on_tick(bid + ticks), sizes[0], sizes[1])


def traded(path: Path, chain: Chain, steps: Ints, which: Ints, seconds: Floats) -> Floats:
    """Contracts traded in the `seconds` before each step, in whole lots."""
    random = RandomState([path.day.seed, 3, int(steps[0])])
    away = np.abs(chain.strike[which] - path.spot[steps]) / STRIKE_STEP
    usual = np.array(LOTS_PER_S)[chain.near[which]] * np.exp(-away / 2.5)
    minute = steps * STEP_NS // (60 * NS)
    return LOT * random.poisson(usual * path.volume[steps] * chain.busy[minute, which] * seconds).astype(np.float64)


def open_interest(path: Path, chain: Chain, steps: Ints, which: Ints) -> Floats:
    """Contracts open as last published: each contract once a minute, one after the other."""
    per_min = 60 * NS // STEP_NS
    offset = which * 5 % per_min
    published = np.maximum((steps - offset) // per_min * per_min + offset, 0)
    level = np.where(chain.is_call[which], path.calls[published], path.puts[published])
    return LOT * (chain.open_lots[which] * level * chain.held[published // per_min, which]).round()


def _on_tick(ticks: Floats) -> Floats:
    """Prices with the digits a feed would send."""
    return (ticks * TICK).round(2)


def _expires_ns(instrument: Instrument) -> int:
    last = last_trading_at(market(MARKET), instrument)
    assert last is not None
    return int(last.timestamp()) * NS


def _open_lots(random: RandomState, strike: Floats, is_call: Flags, near: Ints) -> Floats:
    """Calls are written above the money and puts below it, most at round strikes; both sides are near to even."""
    side = np.where(is_call, 1.0, -1.0)
    away = side * (strike - SPOT) / STRIKE_STEP
    lots = np.exp(-(((away - 1.5) / 5.0) ** 2)) * np.where(strike % 100.0 == 0.0, 1.0, 0.5)
    lots *= np.exp(0.2 * random.standard_normal(len(strike))) * np.array(OPEN_LOTS)[near]
    for expiry in (0, 1):
        calls, puts = (near == expiry) & is_call, (near == expiry) & ~is_call
        lots[puts] *= 0.995 * lots[calls].sum() / lots[puts].sum()
    return lots.round()
