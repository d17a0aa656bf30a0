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
from cockpit.feeds.simulated_worth import Flags, Worth, priced
from cockpit.settings import market

Ints: TypeAlias = NDArray[np.int64]

STRIKES = 21
STRIKE_STEP = 50.0
LOT = 65
YEAR_NS = 31_536_000 * NS
NEXT_EXPIRY = timedelta(days=7)

# What follows was measured on recordings, by expiry: today's and the next. NIFTY is that of 2026-08-18, an expiry day.
#
# NIFTY: the squared deviation that today's options are priced for is 1310 bps2 x the part of the session that is left
# + 370 bps2, which stays to the end; later sessions' is (60 bps)2 each.
TODAY, SETTLING = 0.364, 0.103  # of a later session's
# NIFTY: volatility by standard deviations from the money, a parabola near it and straight wings.
SKEW, WING, BEND = np.array((0.015, -0.034)), np.array((0.31, 0.10)), 1.8
# BANKNIFTY 2019-08-29, for NIFTY's has no quotes: spreads grow with the root of the premium, and with what is in the
# money. 0.15 at a premium of 15, 0.20 at 35, 0.40 at 75; a week later 0.65, 1.0 and 1.45 at 35, 150 and 300.
ROOT_SPREAD, INNER_SPREAD = np.array((0.034, 0.085)), 0.004
# NIFTY: lots a minute at the money 78 000 and 880, of which 88, 43, 18 and 9 % one to four strikes out of the money
# and 31, 12 and 2.5 % one to three in the money; a week later half of it ten strikes out. Where volume is thin the
# round hundreds have most of it.
LOTS_PER_S, PLATEAU = np.array((1450.0, 16.0)), 0.6
OUTER_VOLUME, INNER_VOLUME = np.array((1.5, 9.0)), np.array((0.85, 2.6))  # strikes in which it falls to a third
ODD_VOLUME = np.array((1.0, 0.35))  # of strikes between the hundreds
# NIFTY: lots open at the money 660 000 and 99 000, in calls 58 and 50 % of all.
OPEN_LOTS, CALLS_OPEN = np.array((700_000.0, 100_000.0)), (0.585, 0.508)
OUTER_OPEN, INNER_OPEN = np.array((4.5, 12.0)), np.array((1.0, 4.5))
ODD_OPEN = np.array((0.6, 0.25))
FLOW = np.array((0.007, 0.0025))  # of a contract's open interest, a minute
BUILD = np.array((0.0, 0.0005))  # of all, a minute
UNWINDING, UNWINDING_MIN = np.array((-0.010, 0.0)), 45  # instead, in the last minutes of the day
DISPLAYED_LOTS = (14.0, 9.0)  # at the best price
BUSTLE = 0.25  # how much a contract's volume differs from minute to minute
SHORTEST_NS, HIGHEST_IV = 60 * NS, 4.9  # to expiry, for volatility a year and Greeks; nothing above 5 is believed


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
        held=np.exp(np.cumsum(_flow(day, near, random.standard_normal((minutes, count))), axis=0)),
    )


def worth(path: Path, chain: Chain, steps: Ints, which: Ints) -> Worth:
    """What the contracts `which` are worth at `steps`.

    Volatility accrues with trading time, so that an expiry this afternoon is dear by the calendar, as in the market.
    The forward is the spot, the rate 0.
    """
    day, spot, strike, near = path.day, path.spot[steps], chain.strike[which], chain.near[which]
    at_ns = day.first_ns + steps * STEP_NS
    left = np.maximum(day.close_ns - at_ns, 0) / (day.close_ns - day.open_ns)
    years = np.maximum(chain.expiry_ns[which] - at_ns, SHORTEST_NS) / YEAR_NS
    usual = path.implied[steps] * np.sqrt(chain.later_days[which] + TODAY * left + SETTLING)
    away = np.log(strike / spot) / usual
    smile = 1.0 + SKEW[near] * away + WING[near] * (np.sqrt(away * away + BEND * BEND) - BEND)
    iv: Floats = np.minimum(usual / np.sqrt(years) * smile, HIGHEST_IV).round(6)
    return priced(spot, strike, years, iv, chain.is_call[which])


def book(path: Path, chain: Chain, steps: Ints, which: Ints, premium: Floats) -> Book:
    """Quotes around the premium: wider for dear options and in the money; never a bid below one tick."""
    random = RandomState([path.day.seed, 2, int(steps[0])])
    away, near = _away(path, chain, steps, which), chain.near[which]
    usual = ROOT_SPREAD[near] * np.sqrt(premium) + INNER_SPREAD * STRIKE_STEP * np.maximum(-away, 0.0)
    ticks = np.maximum((usual / TICK * path.spread[steps] * random.uniform(0.7, 1.3, len(which))).round(), 1.0)
    lean = random.uniform(-0.4, 0.4, len(which))
    bid = np.maximum(np.floor(premium / TICK - 0.5 * ticks + 0.5 + lean), 1.0)
    lots = np.array(DISPLAYED_LOTS)[near] / np.sqrt(1.0 + 0.3 * np.abs(away))
    sizes = LOT * (1.0 + random.poisson(lots * random.gamma(4.0, 0.25, (2, len(which)))))
    return Book(_on_tick(bid), _on_tick(bid + ticks), sizes[0], sizes[1])


def traded(path: Path, chain: Chain, steps: Ints, which: Ints, seconds: Floats) -> Floats:
    """Contracts traded in the `seconds` before each step, in whole lots."""
    random = RandomState([path.day.seed, 3, int(steps[0])])
    away, near = _away(path, chain, steps, which), chain.near[which]
    usual = LOTS_PER_S[near] * _by_strike(away, OUTER_VOLUME[near], INNER_VOLUME[near], PLATEAU)
    usual *= np.where(_is_round(chain.strike[which]), 1.0, ODD_VOLUME[near])
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


def _away(path: Path, chain: Chain, steps: Ints, which: Ints) -> Floats:
    """Strikes out of the money; below 0 in the money."""
    side = np.where(chain.is_call[which], 1.0, -1.0)
    return side * (chain.strike[which] - path.spot[steps]) / STRIKE_STEP


def _by_strike(away: Floats, outer: Floats, inner: Floats, plateau: float) -> Floats:
    """1 at the money, falling on both sides; `outer` and `inner` are strikes in which it falls to a third."""
    return np.exp(np.where(away > 0.0, -np.maximum(away - plateau, 0.0) / outer, away / inner))


def _is_round(strike: Floats) -> Flags:
    return strike % 100.0 == 0.0


def _flow(day: Day, near: Ints, chance: Floats) -> Floats:
    """Log changes of open interest, minutes by contracts."""
    left_min = (day.close_ns - day.first_ns) / (60 * NS) - np.arange(len(chance))[:, None]
    return FLOW[near] * chance + np.where(left_min <= UNWINDING_MIN, UNWINDING[near], BUILD[near])


def _open_lots(random: RandomState, strike: Floats, is_call: Flags, near: Ints) -> Floats:
    """Calls are written above the money and puts below it, most at round strikes."""
    side = np.where(is_call, 1.0, -1.0)
    lots = OPEN_LOTS[near] * _by_strike(side * (strike - SPOT) / STRIKE_STEP, OUTER_OPEN[near], INNER_OPEN[near], 1.0)
    lots *= np.where(_is_round(strike), 1.0, ODD_OPEN[near]) * np.exp(0.2 * random.standard_normal(len(strike)))
    for expiry, share in enumerate(CALLS_OPEN):
        calls, puts = (near == expiry) & is_call, (near == expiry) & ~is_call
        lots[puts] *= (1.0 / share - 1.0) * lots[calls].sum() / lots[puts].sum()
    return lots.round()
