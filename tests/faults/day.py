"""Writes a small made-up day on which something is always under way: orders, countdowns, vetoes, cooldowns."""

import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HEADER = (
    "ts,symbol,underlying,expiry,strike,right,bid,ask,bid_size,ask_size,last,volume,open_interest,underlying_price,"
    "iv,delta,gamma,theta"
)
FEATURES = "ts,underlying,momentum,volatility_bps,rsi,regime,trend_direction"
TERMS = 'market = "nse"\nmultiplier = 1\nlot = 25\ntick = 0.05\ncurrency = "INR"\noi_unit = "contracts"\n'
OPEN = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)  # 10:00 in Mumbai, two days before the expiry
EXPIRY = "2026-03-12"
SPOT = 20_000.0
STRIKES = ((19_900, "C"), (20_000, "C"), (20_000, "P"), (20_100, "P"))
HUMAN = (
    {"command": "veto", "rule": "scale_out", "for_s": 40},
    {"command": "reduce", "fraction": 0.5},
    {"command": "set_stop", "price": 90.0, "typed": False},
    {"command": "stop_to_break_even"},
    {"command": "take_over"},
    {"command": "stop_by_ticks", "ticks": 6},
    {"command": "go_now"},
    {"command": "hand_back"},
    {"command": "reset_cooldown", "reason": "the test goes on"},
    {"command": "veto", "for_s": 25},
    {"command": "set_mode", "mode": "confirm"},
    {"command": "set_stop", "price": 19_800.0, "typed": True},
    {"command": "reduce", "contracts": 25},
    {"command": "set_mode", "mode": "automatic"},
    {"command": "close"},
    {"command": "reset_cooldown", "reason": "the test still goes on"},
)


SPXW = tuple(f"SPXW 2101{day}{right}0{strike}000" for day in ("06", "08") for right in "CP" for strike in (3700, 3800))


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Files of one session."""

    recording: Path
    entries: Path
    commands: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """How busy the script is: an entry every so many seconds, and a command; sizes in lots."""

    symbols: tuple[str, ...]
    begins: datetime
    seconds: int
    entry_s: int
    command_s: int
    lot: int
    profiles: tuple[str, ...] = ("", "", "scalp", "ladder")


def symbol(strike: int, right: str) -> str:
    """ACME 20000 C."""
    return f"ACME {strike} {right}"


def write_day(folder: Path, *, seed: int, seconds: int) -> Day:
    """A row of each contract every second, an entry every 7 s and a command every 3 s; the same for the same seed."""
    chance = random.Random(seed)
    recording = folder / "day.csv"
    recording.write_text("\n".join((HEADER, *_rows(chance, seconds))) + "\n", encoding="utf-8")
    recording.with_suffix(".toml").write_text(TERMS, encoding="utf-8")
    features = "\n".join((FEATURES, *_features(random.Random(-seed), seconds)))
    (folder / "day_features.csv").write_text(f"{features}\n", encoding="utf-8")
    symbols = tuple(symbol(*key) for key in STRIKES)
    script = Script(symbols=symbols, begins=OPEN, seconds=seconds - 5, entry_s=7, command_s=3, lot=25)
    return write_script(folder, recording, script, chance)


def write_spxw(folder: Path, recordings: Path, *, seed: int) -> Day:
    """The recorded SPXW day, from a quarter of an hour after its open, with entries every 8 minutes."""
    begins = datetime(2021, 1, 4, 14, 45, tzinfo=UTC)
    script = Script(symbols=SPXW, begins=begins, seconds=5 * 3600, entry_s=480, command_s=200, lot=1)
    return write_script(folder, recordings / "us_spxw_20210104_1m.parquet", script, random.Random(seed))


def write_script(folder: Path, recording: Path, script: Script, chance: random.Random) -> Day:
    """Entries and commands for a recording."""
    entries, commands = folder / "entries.csv", folder / "commands.jsonl"
    lines = "\n".join(("ts,symbol,side,contracts,price,profile", *_entries(chance, script)))
    entries.write_text(f"{lines}\n", encoding="utf-8")
    commands.write_text("".join(f"{json.dumps(line)}\n" for line in _commands(chance, script)), encoding="utf-8")
    return Day(recording=recording, entries=entries, commands=commands)


def at(begins: datetime, seconds: float) -> str:
    """ISO 8601 of so many seconds later."""
    return (begins + timedelta(seconds=seconds)).isoformat()


def _rows(chance: random.Random, seconds: int) -> Iterator[str]:
    spot, drift, interest = SPOT, 0.0, dict.fromkeys(STRIKES, 50_000)
    silent = dict.fromkeys(STRIKES, 0)
    for second in range(seconds):
        if second % 40 == 0:
            drift = chance.choice((-1.0, -0.3, 0.3, 1.0))
        spot += drift + chance.gauss(0.0, 1.5)
        for key in STRIKES:
            if silent[key] or chance.random() < 0.002:
                silent[key] = (silent[key] or 9) - 1  # longer than a quote counts
                continue
            interest[key] += chance.choice((-400, 0, 0, 500))
            yield _row(chance, second, key, spot, interest[key])


def _row(chance: random.Random, second: int, key: tuple[int, str], spot: float, interest: int) -> str:
    strike, right = key
    way = 1.0 if right == "C" else -1.0
    moneyness = way * (spot - strike) / 150.0
    delta = 1.0 / (1.0 + math.exp(-1.7 * moneyness))
    mid = max(105.0 * math.exp(-0.5 * moneyness * moneyness) * 0.6 + max(way * (spot - strike), 0.0), 2.0)
    if chance.random() < 0.003:
        mid *= 1.5  # a jump that nobody confirms
    half = chance.choice((0.05, 0.1, 0.2))
    bid, ask = round(mid - half, 2), round(mid + half, 2)
    if chance.random() < 0.004:
        bid, ask = ask, bid
    size = [str(25 * chance.randint(1, 8)) for _ in range(2)]
    gamma = 0.0012 * math.exp(-moneyness * moneyness)
    iv = 0.14 + 0.02 * math.sin(second / 60.0)
    theta = -(8.0 + 3.0 * math.sin(second / 60.0))
    greeks = "" if chance.random() < 0.02 else f"{iv:.5f},{way * delta:.5f},{gamma:.6f},{theta:.4f}"
    volume = chance.choice((0, 25, 50, 400)) if second % 90 > 8 else 3000
    return (
        f"{at(OPEN, second)},{symbol(strike, right)},ACME,{EXPIRY},{strike},{right},{bid},{ask},{size[0]},{size[1]},"
        f"{mid:.2f},{volume},{interest},{spot:.2f},{greeks or ',,,'}"
    )


def _features(chance: random.Random, seconds: int) -> Iterator[str]:
    """Given, because a regime of its own would take an hour to become known."""
    for second in range(10, seconds, 17):
        regime = chance.choice(("trend", "trend", "range", "range", "panic", "unknown", ""))
        direction = chance.choice(("up", "down", "", "")) if regime == "trend" else ""
        momentum, rsi = chance.uniform(-0.25, 0.25), chance.uniform(15.0, 85.0)
        yield f"{at(OPEN, second)},ACME,{momentum:.3f},{chance.uniform(60, 260):.1f},{rsi:.1f},{regime},{direction}"


def _entries(chance: random.Random, script: Script) -> Iterator[str]:
    for number, second in enumerate(range(3, script.seconds, script.entry_s)):
        side = "sell" if number % 5 == 4 else "buy"
        profile = chance.choice(script.profiles)
        for again in range(1 + (number % 3 == 0)):  # two of one instant now and then
            named = script.symbols[(number + again) % len(script.symbols)]
            when = at(script.begins, second + chance.choice((0.0, 0.0, 0.4)))
            yield f"{when},{named},{side},{script.lot * chance.randint(1, 12)},,{profile}"


def _commands(chance: random.Random, script: Script) -> Iterator[dict[str, Any]]:
    for number, second in enumerate(range(8, script.seconds, script.command_s)):
        given = HUMAN[number % len(HUMAN)]
        when = at(script.begins, second + chance.choice((0.0, 0.0, 0.25, 0.6)))
        for again in range(1 + (number % 4 == 0)):
            line: dict[str, Any] = {"at": when, **given}
            if given["command"] != "reset_cooldown":
                line["position"] = script.symbols[(number + again + chance.randrange(2)) % len(script.symbols)]
            yield line
