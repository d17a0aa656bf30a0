"""The columns of the position grid: head, words, and a width that holds the widest plausible value."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from cockpit.frame import PositionPart
from widgets.paint import format as fmt
from widgets.paint.signs import outcome
from widgets.paint.theme import Look
from widgets.parts.guard import is_bare, lost, protection_short

NS = 1_000_000_000
CELL = 4  # inset on both sides
LIVE_WIDEST = {"protection": "≤ 9999.95"}  # where a price stands instead of a word
LIVE_ONLY = ("dies",)  # columns of what a live broker holds orders for
DROPPED_IN_TURN = ("vega", "gamma", "iv_change", "pcr", "oi", "age", "entry")  # where the window is too narrow
DROPPED_LIVE = ("pcr", "age", "iv_change", "oi", "vega", "gamma", "entry", "iv")  # money lost is dearer than these
OPTIONAL = (
    "entry", "bps", "stage", "delta", "gamma", "theta", "vega", "iv", "iv_change", "oi", "pcr", "mode", "age"
)  # fmt: skip
GIVES = 12.0  # so many pixels the nearest rule, whose name is cut anyway, leaves to what else a live grid has
STRETCH = {"nearest": 40}  # takes up to so many spare pixels; the first column takes the rest


class Column(NamedTuple):
    """One column; its width holds `widest` at its weight, or is `fixed` where it is painted by hand."""

    key: str
    head: str
    hint: str
    widest: str = ""
    fixed: int = 0
    weight: int = 400
    px: int = 12
    opens_group: bool = False
    left: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("position", "Position", "What is held; the sign in front is its state", fixed=182, left=True),
    Column("qty", "Qty", "Contracts, short ones negative", "+99 999"),
    Column("entry", "Avg", "Average entry price", "9 999.95"),
    Column("mark", "Mark", "What the position is valued at; it is tinted when it moves", "9 999.95", weight=600),
    Column("pnl", "P&L", "Open part on the mark, before fees", "−99 999.99", weight=600, opens_group=True),
    Column("bps", "bps", "Gain in basis points of the gain basis", "−99 999"),
    Column("stop", "Stop", "The held stop", "9 999.95", opens_group=True),
    Column("to_stop", "To stop", "Points to the stop", "−9 999.9", weight=500),
    Column("stage", "Stage", "Stages of the trail that were reached", fixed=40, left=True),
    Column("delta", "Δ", "Delta", "−1.00", opens_group=True),
    Column("gamma", "Γ", "Gamma", "−0.0050"),
    Column("theta", "Θ /day", "Theta, points a day", "−999.9"),
    Column("vega", "V", "Vega, points per 1 % of volatility", "−999.9"),
    Column("iv", "IV %", "Implied volatility", "99.9"),
    Column("iv_change", "ΔIV", "Change of implied volatility since entry, in points", "−99.9"),
    Column("oi", "OI Δ", "Change of open interest since the baseline", "−99.9 %", opens_group=True),
    Column("pcr", "PCR", "Put/call ratio", "9.99"),
    Column("nearest", "Nearest rule and its margin", "The rule that is nearest to firing", fixed=184, left=True),
    Column(
        "mode", "Mode", "auto, confirm, observe or taken over (M)", "taken over", px=11, opens_group=True, left=True
    ),
    Column("age", "Age", "Time since the position was opened", "23:59 h", px=11),
    Column("protection", "If we die", "What protects the position when this program stops", "practice", px=11),
    Column("dies", "Then lost", "Money lost until what rests acts, if this program stops now", "−99 999", px=11),
    Column("take", "Take off", "A quarter, half, 60 %, all of it; take it over", fixed=128, opens_group=True),
)


WORDS: dict[str, Callable[[PositionPart, int], str]] = {
    "qty": lambda row, at_ns: fmt.contracts(row.contracts, row.side),
    "entry": lambda row, at_ns: fmt.price(row.entry),
    "mark": lambda row, at_ns: fmt.price(row.mark),
    "pnl": lambda row, at_ns: fmt.money(row.pnl),
    "bps": lambda row, at_ns: fmt.bps(row.gain_bps),
    "stop": lambda row, at_ns: fmt.price(row.stop),
    "to_stop": lambda row, at_ns: fmt.points(row.to_stop),
    "delta": lambda row, at_ns: fmt.number(row.delta),
    "gamma": lambda row, at_ns: fmt.greek(row.gamma),
    "theta": lambda row, at_ns: fmt.greek(row.theta),
    "vega": lambda row, at_ns: fmt.greek(row.vega),
    "iv": lambda row, at_ns: fmt.volatility(row.iv),
    "iv_change": lambda row, at_ns: fmt.volatility(row.iv_change, signed=True),
    "oi": lambda row, at_ns: fmt.percent(row.oi_change_pct),
    "pcr": lambda row, at_ns: fmt.ratio(row.put_call_ratio),
    "mode": lambda row, at_ns: row.mode,
    "age": lambda row, at_ns: fmt.duration((at_ns - row.opened_ns) / NS),
    "protection": lambda row, at_ns: protection_short(row),
    "dies": lambda row, at_ns: lost(row.dies_now),
}
TOKENS: dict[str, Callable[[PositionPart], str]] = {
    "entry": lambda row: "t2",
    "pnl": lambda row: outcome(row.pnl),
    "bps": lambda row: outcome(row.gain_bps),
    "stop": lambda row: "t2",
    "mode": lambda row: "t2" if row.mode == "auto" else "t1",
    "age": lambda row: "t2",
    "protection": lambda row: "loss" if is_bare(row) else "t2",
    "dies": lambda row: "loss" if is_bare(row) else "t1",
}


class Place(NamedTuple):
    """A column and where it is, before scrolling."""

    column: Column
    left: float
    width: float


def places(look: Look, available: int, hidden: Collection[str] = (), *, live: bool = False) -> tuple[Place, ...]:
    """The columns of a grid that wide, from left to right; they depend on the look, the width and the choice alone.

    `hidden` are those of `OPTIONAL` that are not wanted. A compact window leaves some more out, a wider one as many
    as it must; what then remains scrolls. A `live` grid has what is lost if we die.
    """
    left_out = hidden if live else (*hidden, *LIVE_ONLY)
    shown = [column for column in COLUMNS if column.key not in left_out]
    widths = {column.key: _width(look, column, live) for column in shown}
    for key in (key for key in (DROPPED_LIVE if live else DROPPED_IN_TURN) if key in widths):
        if (look.compact and key in DROPPED_IN_TURN) or sum(widths.values()) > available:
            del widths[key]
    shown = [column for column in shown if column.key in widths]
    if live:
        widths["nearest"] -= min(max(0.0, sum(widths.values()) - available), GIVES)
    spare = max(0.0, available - sum(widths.values()))
    for key, most in STRETCH.items():
        widths[key] += min(spare, most)
        spare -= min(spare, most)
    widths[shown[0].key] += spare
    made: list[Place] = []
    left = 0.0
    for column in shown:
        made.append(Place(column, left, widths[column.key]))
        left += widths[column.key]
    return tuple(made)


def value(row: PositionPart, key: str, at_ns: int) -> tuple[str, str]:
    """The words of a cell and the token that they are painted in."""
    words = WORDS[key](row, at_ns)
    if words == fmt.UNKNOWN:
        return words, "t3"
    return words, TOKENS[key](row) if key in TOKENS else "t1"


def _width(look: Look, column: Column, live: bool) -> float:
    if column.fixed:
        return float(column.fixed)
    head = look.width(column.head, 10, 500)
    sign = {"pnl": 12, "dies": 12, "protection": 18}.get(column.key, 0)
    widest = LIVE_WIDEST.get(column.key, column.widest) if live else column.widest
    return float(round(max(head, look.width(widest, column.px, column.weight) + sign) + 2 * CELL))
