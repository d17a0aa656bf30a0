"""Made-up parts of the selected position: a premium with its Greeks, marks of every kind, and an exit ladder."""

import itertools
import math
import random
from dataclasses import replace
from typing import TypeVar

from cockpit.frame import ChartPart, DetailPart, LadderPart, MarkPart, RungPart, StripPoint
from tests.widgets import frames
from tests.widgets.frames import AT_NS, NS

ENTRY, FLOOR, STOP, MARK, BEST = 71.60, 65.87, 76.53, 78.35, 79.40
HELD_S = 492.0
LEAD_S = 333.0  # of rows before the entry
STAGES = ((163.0, 72.9), (302.0, 74.7), (420.0, 76.5))
SHAPE = (
    (0.0, 65.2), (100.0, 66.2), (180.0, 66.9), (215.0, 69.0), (300.0, 70.9), (333.0, 71.6), (370.0, 70.6),
    (390.0, 69.9), (440.0, 71.0), (480.0, 73.2), (500.0, 73.6), (540.0, 75.2), (580.0, 74.6), (640.0, 76.6),
    (670.0, 75.7), (700.0, 77.6), (740.0, 79.2), (770.0, 79.4), (800.0, 77.7), (825.0, 78.35),
)  # fmt: skip

Row = TypeVar("Row")


def _way(t: float) -> float:
    for (a, low), (b, high) in itertools.pairwise(SHAPE):
        if t <= b:
            return low + (high - low) * (t - a) / (b - a)
    return MARK


def _stop(t: float) -> float | None:
    held = t - LEAD_S
    if held < 0.0:
        return None
    return max([FLOOR, *(level for at, level in STAGES if held >= at)])


def chart(
    *, every_s: float = 0.5, side: int = 1, history_s: float = 0.0, until_s: float = LEAD_S + HELD_S
) -> ChartPart:
    """The premium of the design's picture; `history_s` makes the rows before the entry as rare as that."""
    chance = random.Random(3)
    rows: list[tuple[float, float | None, float | None]] = []
    greeks: list[StripPoint] = []
    t, noise, steps = 0.0, 0.0, int(until_s / every_s)
    for i in range(steps + 1):
        t = i * every_s
        noise = noise * 0.9 + chance.gauss(0, 0.10)
        rare = history_s and t < LEAD_S and t % history_s
        if rare:
            continue
        unseen = 165.0 <= t < 190.0
        level, stop = _way(t) + (noise if i < steps else 0.0), _stop(t)
        if side < 0:
            level, stop = 2 * ENTRY - level, None if stop is None else 2 * ENTRY - stop
        rows.append((t, None if unseen else level, stop))
        if t >= 30.0:
            oi = 3.99e6 + 6e4 * math.sin(t / 260) - (2.3e5 * ((t - 560) / 265) ** 2 if t > 560 else 0.0)
            flick = chance.gauss(0, 0.004)
            theta, iv = -28.4 - t / 590 + chance.gauss(0, 0.05), 0.118 + flick / 9
            known = (t, 0.40 + t / 6000 + flick, 0.0022, theta, 6.1, iv, oi)
            greeks.append((t, None, None, None, None, None, None) if unseen else known)
    origin_ns = AT_NS - round(until_s * NS)
    sign = 1 if side > 0 else -1
    return ChartPart(
        position_id="P0001",
        origin_ns=origin_ns,
        chunks=_chunks(rows),
        entry=ENTRY,
        basis="premium",
        stop=rows[-1][2],
        marks=_marks(origin_ns, sign),
        greeks=_chunks(greeks),
    )


def _chunks(rows: list[Row]) -> tuple[tuple[Row, ...], ...]:
    return tuple(tuple(rows[i : i + 256]) for i in range(0, len(rows), 256))


def _marks(origin_ns: int, side: int) -> tuple[MarkPart, ...]:
    opened = origin_ns + round(LEAD_S * NS)
    stages = [
        MarkPart(at_ns=opened + round(at * NS), price=level, kind="stage", text=str(i))
        for i, (at, level) in enumerate(STAGES, 1)
    ]
    verb = "buy" if side > 0 else "sell"
    return (
        MarkPart(at_ns=opened, price=ENTRY, kind="entry", text=f"{verb} 195 @ {ENTRY:.2f}"),
        *stages,
        MarkPart(at_ns=opened + 307 * NS, price=None, kind="veto", text="divergence vetoed"),
    )


def ladder(*, side: int = 1, **changed: object) -> LadderPart:
    """Nine rungs, some of them closer than their words are high."""
    prices = (
        ("stage", ENTRY * 1.15, "Stage 4", "+1 500 → lock +1 000", False),
        ("best", BEST, "Best", "+1 089", True),
        ("mark", MARK, "Mark", "+943 · exit at 78.25", True),
        ("stop", STOP, "Stop", "+689 · rests at 76.45", True),
        ("lock", 75.90, "Lock 3", "+600 minimum", True),
        ("stage", 73.75, "Stage 1", "+300", True),
        ("entry", ENTRY, "Entry", "0 · break-even 71.78", True),
        ("floor", FLOOR, "Floor", "-800 · first stop", False),
    )
    rungs = [
        RungPart(kind=kind, price=price if side > 0 else 2 * ENTRY - price, name=name, text=text, reached=reached)
        for kind, price, name, text, reached in prices
    ]
    made = LadderPart(
        rungs=tuple(sorted(rungs, key=lambda rung: -rung.price)),
        locked=961.0,
        locked_bps=689.0,
        at_stake=-355.0,
        give_back=-205.0,
        give_back_bps=146.0,
        tick=0.05,
        can_drag=True,
        drag_refusal="",
    )
    return replace(made, **changed)


def detail(*, side: int = 1, **changed: object) -> DetailPart:
    """The watched position, long or short."""
    row = replace(frames.positions()[0], side=side, level_side=side, multiplier=1.0)
    made = DetailPart(position=row, rules=frames.rules(), chart=chart(side=side), ladder=ladder(side=side))
    return replace(made, **changed)


def young() -> DetailPart:
    """Just entered: the stop is still the floor, below the entry, and nothing is locked."""
    until_s = LEAD_S + 60.0
    part = chart(until_s=until_s)
    rungs = (
        RungPart(kind="stage", price=ENTRY * 1.03, name="Stage 1", text="+300 → lock 0"),
        RungPart(kind="best", price=71.9, name="Best", text="+42", reached=True),
        RungPart(kind="entry", price=ENTRY, name="Entry", text="0 · break-even 71.78", reached=True),
        RungPart(kind="mark", price=70.1, name="Mark", text="-209 · exit at 70.05", reached=True),
        RungPart(kind="stop", price=FLOOR, name="Stop", text="-800 · rests at 65.85", reached=True),
    )
    money = ladder(rungs=rungs, locked=-1_117.0, locked_bps=-800.0, at_stake=-825.0, give_back=-1_175.0)
    row = replace(frames.positions()[0], mark=70.1, opened_ns=AT_NS - 60 * NS, multiplier=1.0)
    return DetailPart(position=row, rules=frames.rules(), chart=replace(part, stop=FLOOR), ladder=money)
