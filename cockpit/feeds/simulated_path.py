"""The weather of a simulated day: the underlying's path, implied volatility, and how busy its options are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from math import log1p
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from cockpit.domain.errors import BadInput
from cockpit.domain.trading_hours import hours
from cockpit.events import NS
from cockpit.settings import market

Floats: TypeAlias = NDArray[np.float64]

MARKET = "nse"
UNDERLYING = "NIFTY"
STEPS_PER_S = 4
STEP_NS = NS // STEPS_PER_S
STEPS_PER_MIN = 60 * STEPS_PER_S

TICK = 0.05
SPOT = 24_200.0  # at the tour's start: NIFTY, 2026-08-18
# One-minute returns of NIFTY's parity forward on 2026-08-18, an expiry day: 36 bps a session (29 by the spot), kurtosis
# 5, its half hours between 19 and 43 bps; SPX on 2021-01-04, a sell-off: 98 bps, kurtosis 4.3.
DAILY_VOLATILITY = 0.0032
WILDNESS, WILDNESS_MIN = 0.30, 20.0  # log volatility: standard deviation, and minutes after which it is forgotten
BELL = 0.7  # of a drift: it sets out and ends at so much less than its mean speed
JUMPS_PER_MIN, JUMP_BPS = 1 / 95, 5.0  # NIFTY's spot: 3 in 287 minutes, of 3.9 to 6.9 bps; SPX 7 in 404
IMPLIED = 0.0060  # volatility of a later session in the options of 2026-08-25, seen on 2026-08-18
LEVERAGE = 4.0  # a fall by 1 % makes options dearer by so many percent
MOOD, MOOD_MIN = 0.015, 45.0  # of what options are priced for, as of log volatility
BUSTLE = 0.12  # how much the volume of all differs from minute to minute
# NIFTY's options on 2026-08-18: volume is 1.7 times that of the early afternoon in the hour before the close, and 2.7
# times at the end; before it 0.85.
HASTE_LEFT, HASTE_POWER, HASTE = 0.24, 0.6, (0.85, 2.7)  # of the session; the multiple is 1 where so much is left


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A stretch of the live session with a character of its own.

    `begin_s` and `length_s` in seconds, the former from the live start (negative: history). `move_bps` is the drift of
    the underlying over the stretch, gathering speed and losing it, beside chance. What chance does is pulled back with
    `pull_s`, the time in which most of a move is undone, at least a hundredth of the stretch; without drift that makes
    a range. `volatility`, `volume` and `spread` are multiples of the usual.
    `implied_pct`, `calls_pct` and `puts_pct` change implied volatility and the open interest of calls and puts, in
    percent over the stretch, and stay.
    """

    begin_s: float
    length_s: float
    move_bps: float = 0.0
    pull_s: float | None = None
    volatility: float = 1.0
    volume: float = 1.0
    spread: float = 1.0
    implied_pct: float = 0.0
    calls_pct: float = 0.0
    puts_pct: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What is simulated: a trading day of the market, from `history_min` minutes before `begin` for `minutes` after.

    `begin` is a local time. BadInput when the day is no trading day or its session does not contain all of it, or the
    seed is out of range.
    """

    seed: int = 7
    on: date = date(2026, 7, 14)  # a Tuesday, on which weekly options of the index expire
    begin: time = time(13, 19)
    minutes: int = 131
    history_min: int = 120
    spells: tuple[Spell, ...] = ()

    def __post_init__(self) -> None:
        session = hours(market(MARKET), UNDERLYING, None, None, self.on)
        inside = session is not None and (
            _ns(session.open_at) <= self.first_ns <= self.live_ns < self.end_ns <= _ns(session.close_at)
        )
        if not inside:
            raise BadInput(
                f"The simulated minutes, {self.history_min} before and {self.minutes} after {self.begin} of {self.on}, "
                f"are not all inside a session of the market; choose another day or fewer minutes."
            )
        if not 0 <= self.seed < 1 << 32:
            raise BadInput(f"The seed {self.seed} must be a whole number from 0 to 4294967295.")

    @property
    def live_ns(self) -> int:
        """The first instant of the live part."""
        return _ns(datetime.combine(self.on, self.begin, ZoneInfo(market(MARKET).zone)))

    @property
    def first_ns(self) -> int:
        """The begin of the history."""
        return self.live_ns - self.history_min * 60 * NS

    @property
    def end_ns(self) -> int:
        """The end of the live part."""
        return self.live_ns + self.minutes * 60 * NS

    @property
    def open_ns(self) -> int:
        """The open of the day's session."""
        return _ns(self._hours()[0])

    @property
    def close_ns(self) -> int:
        """The close of the day's session."""
        return _ns(self._hours()[1])

    def _hours(self) -> tuple[datetime, datetime]:
        session = hours(market(MARKET), UNDERLYING, None, None, self.on)
        assert session is not None
        return session.open_at, session.close_at


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Path:
    """The day in quarter seconds from the begin of the history on; all arrays have one value a step.

    `spot` in points, `implied` the volatility of a later session that options are priced for (a fraction), `volume` and
    `spread` as multiples of the usual, `calls` and `puts` the open interest as a multiple of what it would be.
    """

    day: Day
    spot: Floats
    implied: Floats
    volume: Floats
    spread: Floats
    calls: Floats
    puts: Floats

    def step(self, at_ns: int) -> int:
        """The step at or before an instant; BadInput outside the simulated time."""
        if not self.day.first_ns <= at_ns <= self.day.end_ns:
            raise BadInput(f"{at_ns} is outside the simulated time; choose an instant inside it.")
        return (at_ns - self.day.first_ns) // STEP_NS

    def spot_at(self, at_ns: int) -> float:
        """The underlying at an instant, points."""
        return float(self.spot[self.step(at_ns)])


def walk(day: Day) -> Path:
    """The weather of `day`; the same for the same day.

    Log returns have stochastic volatility (its logarithm reverts to its mean), jumps and the drift of the spells.
    """
    # numpy promises that RandomState's stream never changes, which the ledgers of the demo depend on; what is sent is
    # rounded as feeds round it, so that the last digit of another processor's exponential does not show
    random = RandomState(day.seed)
    steps = (day.history_min + day.minutes) * STEPS_PER_MIN + 1
    session_steps = (day.close_ns - day.open_ns) / STEP_NS
    wild = _reverting(random, steps, WILDNESS, WILDNESS_MIN)
    mood = _reverting(random, steps, MOOD, MOOD_MIN)
    volatility = DAILY_VOLATILITY * np.exp(wild - 0.5 * WILDNESS**2) * _multiple(day, steps, "volatility")
    moves = volatility / np.sqrt(session_steps) * random.standard_normal(steps)
    moves += _jumps(random, day, steps)
    moves[0] = 0.0
    _pull_back(moves, day)
    moves += _drift(day, steps)
    log_spot: Floats = np.cumsum(moves)
    log_spot -= log_spot[day.history_min * STEPS_PER_MIN]
    shift: Floats = np.cumsum(_spread_out(day, steps, [log1p(s.implied_pct / 100.0) for s in day.spells]))
    bustle = np.repeat(random.standard_normal(steps // STEPS_PER_MIN + 1), STEPS_PER_MIN)[:steps]
    return Path(
        day=day,
        spot=((SPOT * np.exp(log_spot) / TICK).round() * TICK).round(2),
        implied=IMPLIED * np.exp(mood + 0.03 * wild + shift - LEVERAGE * log_spot),
        volume=np.exp(0.3 * wild + BUSTLE * bustle) * _haste(day, steps) * _multiple(day, steps, "volume"),
        spread=_multiple(day, steps, "spread"),
        calls=_open_interest(day, steps, [s.calls_pct for s in day.spells]),
        puts=_open_interest(day, steps, [s.puts_pct for s in day.spells]),
    )


def _ns(when: datetime) -> int:
    return int(when.astimezone(UTC).timestamp()) * NS


def _reverting(random: RandomState, steps: int, deviation: float, minutes: float) -> Floats:
    """A value that wanders with the standard deviation given and forgets where it was after so many minutes.

    The solution of an Ornstein-Uhlenbeck equation, begun in its long-run distribution.
    """
    kicks = deviation * np.sqrt(2.0 / (minutes * STEPS_PER_MIN)) * random.standard_normal(steps)
    kicks[0] = deviation * random.standard_normal()
    return _forgetful_sum(kicks, minutes * STEPS_PER_MIN)


def _forgetful_sum(kicks: Floats, memory: float) -> Floats:
    """The running sum of kicks, each forgotten at the rate of one part in `memory` steps."""
    grown = np.exp(np.arange(len(kicks)) / memory)
    return np.cumsum(kicks * grown) / grown


def _drift(day: Day, steps: int) -> Floats:
    """Log returns of the spells' own course, whose speed is a bell over each of them."""
    moves = np.zeros(steps)
    for spell in day.spells:
        stretch = _stretch(day, steps, spell)
        count = int(stretch.stop - stretch.start)
        if spell.move_bps and count:
            turns = np.linspace(0.5 / count, 1.0 - 0.5 / count, count)
            moves[stretch] += spell.move_bps / 1e4 / count * (1.0 - BELL * np.cos(2.0 * np.pi * turns))
    return moves


def _pull_back(moves: Floats, day: Day) -> None:
    """Undoes what chance does in the stretches that are pulled back."""
    for spell in day.spells:
        if spell.pull_s is not None:
            stretch = _stretch(day, len(moves), spell)
            level = _forgetful_sum(moves[stretch], spell.pull_s * STEPS_PER_S)
            moves[stretch] = np.diff(level, prepend=0.0)


def _jumps(random: RandomState, day: Day, steps: int) -> Floats:
    """Log returns of jumps; none in the spells, which have a course of their own."""
    jumps = np.zeros(steps)
    count = random.poisson(JUMPS_PER_MIN * steps / STEPS_PER_MIN)
    where = random.randint(0, steps, count)
    jumps[where] = random.standard_normal(count) * JUMP_BPS / 1e4
    for spell in day.spells:
        jumps[_stretch(day, steps, spell)] = 0.0
    return jumps


def _stretch(day: Day, steps: int, spell: Spell) -> slice:
    begin = round((day.history_min * 60 + spell.begin_s) * STEPS_PER_S)
    end = begin + max(round(spell.length_s * STEPS_PER_S), 1)
    return slice(min(max(begin, 0), steps), min(max(end, 0), steps))


def _haste(day: Day, steps: int) -> Floats:
    """How much busier it is the nearer the close."""
    left = (day.close_ns - day.first_ns - np.arange(steps) * STEP_NS) / (day.close_ns - day.open_ns)
    return np.clip((HASTE_LEFT / np.maximum(left, 1e-6)) ** HASTE_POWER, *HASTE)


def _multiple(day: Day, steps: int, name: str) -> Floats:
    """The product of what the spells say of `name`."""
    values = np.ones(steps)
    for spell in day.spells:
        values[_stretch(day, steps, spell)] *= getattr(spell, name)
    return values


def _spread_out(day: Day, steps: int, totals: Sequence[float]) -> Floats:
    """Each spell's total, in equal parts over its steps."""
    values = np.zeros(steps)
    for spell, total in zip(day.spells, totals, strict=True):
        values[_stretch(day, steps, spell)] += total / max(round(spell.length_s * STEPS_PER_S), 1)
    return values


def _open_interest(day: Day, steps: int, changes_pct: Sequence[float]) -> Floats:
    return np.exp(np.cumsum(_spread_out(day, steps, [log1p(pct / 100.0) for pct in changes_pct])))
