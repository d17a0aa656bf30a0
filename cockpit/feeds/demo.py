"""The demo: a simulated expiry afternoon; its rows, what is bought and sold into it, and what its trader asks for."""

import math
from dataclasses import replace
from typing import NamedTuple

import msgspec

from cockpit.commands import Command, ResetCooldown, SetStop
from cockpit.events import NS, Entry
from cockpit.feeds.demo_scenes import SCENES, Trade
from cockpit.feeds.recording import Recording
from cockpit.feeds.scripts import ScriptedCommand
from cockpit.feeds.simulated_chain import LOT, NEXT_EXPIRY, STRIKE_STEP, symbol_of
from cockpit.feeds.simulated_path import Day, Path, walk
from cockpit.feeds.simulator import Attention, simulate
from cockpit.state.demo_bounds import DEMO

DEMO_SPEED = 10.0  # session seconds a second, unless asked otherwise
TOUR_S = 7200.0  # two minutes at x60; after it the day goes on quietly to its close
PROLOGUE_S = 60.0  # in it the first positions are opened; to be played at once, so that the window opens on them
WATCHED_BEFORE_S, WATCHED_AFTER_S = 30.0, 720.0  # of an entry its contract is quoted twice a second
TYPED_AFTER_S = 2.0  # of an entry, its own stop
SEED = 7
PLANNED: Command = ResetCooldown(author=DEMO, reason="planned before the session")


class Tour(NamedTuple):
    """The simulated session, its scripted entries and its trader's commands, both in order of time."""

    recording: Recording
    entries: list[Entry]
    commands: list[ScriptedCommand[Command]]


def demo_day(seed: int = SEED) -> Day:
    """The demo's day, with the spells of all scenes."""
    spells = tuple(
        replace(s, begin_s=s.begin_s + 60.0 * scene.begin_min + PROLOGUE_S) for scene in SCENES for s in scene.spells
    )
    return Day(seed=seed, spells=spells)


def demo_start_ns() -> int:
    """The first instant to be played: what comes before it only warms the features."""
    return Day().live_ns


def demo_tour_ns() -> int:
    """The first instant to be shown; what comes before it is to be played at once."""
    return Day().live_ns + round(PROLOGUE_S * NS)


def tour(seed: int = SEED) -> Tour:
    """The same for the same seed, so that it can be started again; another seed is another day with the same scenes."""
    path = walk(demo_day(seed))
    entries: list[Entry] = []
    commands: list[ScriptedCommand[Command]] = []
    attention: list[Attention] = []
    for scene in SCENES:
        for trade in scene.trades:
            entry = _entry(path, scene.begin_min, trade)
            entries.append(entry)
            commands += _commands(path, scene.begin_min, trade, entry)
            attention += _attention(scene.begin_min, trade, entry)
        commands += [ScriptedCommand(_at_ns(scene.begin_min, at_s), PLANNED) for at_s in scene.planned_s]
    entries.sort(key=lambda entry: entry.at_ns)
    commands.sort(key=lambda asked: asked.at_ns)
    return Tour(simulate(path, attention, name="demo"), entries, commands)


def _at_ns(begin_min: float, seconds: float) -> int:
    return demo_tour_ns() + round((60.0 * begin_min + seconds) * NS)


def _entry(path: Path, begin_min: float, trade: Trade) -> Entry:
    """The trade in the contract that the underlying's price makes it at that instant."""
    at_ns = _at_ns(begin_min, trade.at_s)
    steps = path.spot_at(at_ns) / STRIKE_STEP
    strike = STRIKE_STEP * (math.ceil(steps) + trade.away if trade.right == "C" else math.floor(steps) - trade.away)
    expiry = path.day.on if trade.expiry == "today" else path.day.on + NEXT_EXPIRY
    symbol = symbol_of(expiry, strike, trade.right)
    return Entry(at_ns, symbol, trade.side, trade.lots * LOT, profile=trade.profile)


def _commands(path: Path, begin_min: float, trade: Trade, entry: Entry) -> list[ScriptedCommand[Command]]:
    made = [
        ScriptedCommand(_at_ns(begin_min, at_s), msgspec.structs.replace(command, position=entry.symbol, author=DEMO))
        for at_s, command in trade.asks
    ]
    if trade.stop_bps is not None:
        rises = (trade.side == "buy") == (trade.right == "C")
        level = path.spot_at(entry.at_ns) * (1.0 + (-1.0 if rises else 1.0) * trade.stop_bps / 1e4)
        stop = SetStop(
            author=DEMO, position=entry.symbol, price=round(level, 2), reason="a stop of its own, on the index"
        )
        made.append(ScriptedCommand(entry.at_ns + round(TYPED_AFTER_S * NS), stop))
    return made


def _attention(begin_min: float, trade: Trade, entry: Entry) -> list[Attention]:
    begin_ns, end_ns = entry.at_ns - round(WATCHED_BEFORE_S * NS), entry.at_ns + round(WATCHED_AFTER_S * NS)
    watched = [Attention(entry.symbol, begin_ns, end_ns)]
    if trade.silent_to_s > trade.silent_from_s:
        span = (_at_ns(begin_min, trade.silent_from_s), _at_ns(begin_min, trade.silent_to_s))
        watched.append(Attention(entry.symbol, *span, silent=True))
    return watched
