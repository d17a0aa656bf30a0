"""The sums over the grid's positions: net delta and theta of one underlying, and the open money without blind ones."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF

from cockpit.frame import PositionPart
from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.signs import outcome


class Sums(NamedTuple):
    """Over the positions whose value is known; delta in units of the underlying, theta in money a day."""

    underlying: str
    delta: float | None
    theta: float | None
    pnl: float | None
    blind: int


def sums(rows: Sequence[PositionPart]) -> Sums:
    """The sums of these positions; Greeks only where all are of one underlying, and only if every one is known."""
    known = [row.pnl for row in rows if row.pnl is not None]
    underlyings = {row.underlying for row in rows}
    one = underlyings.pop() if len(underlyings) == 1 else ""
    return Sums(
        underlying=one,
        delta=_net([row.delta for row in rows], rows) if one else None,
        theta=_net([row.theta for row in rows], rows) if one else None,
        pnl=sum(known) if known else None,
        blind=len(rows) - len(known),
    )


def _net(values: Sequence[float | None], rows: Sequence[PositionPart]) -> float | None:
    total = 0.0
    for value, row in zip(values, rows, strict=True):
        if value is None:
            return None
        total += value * row.side * row.contracts * row.multiplier
    return total


def paint_sums(ink: Ink, box: QRectF, rows: Sequence[PositionPart], currency: str) -> None:
    """From the right: money, what is left out, theta and delta; what has no room is left away whole."""
    found, sign = sums(rows), fmt.currency(currency)
    if not rows:
        return
    words: list[tuple[str, str, int]] = []
    if found.underlying and found.delta is not None and found.theta is not None:
        words += [(f"{found.underlying} Δ", "t2", 400), (fmt.number(found.delta, 0, signed=True), "t1", 600)]
        words += [("Θ", "t2", 400), (f"{fmt.money_short(found.theta)} {sign}", "t1", 600)]
    words.append((f"open, {found.blind} blind left out" if found.blind else "open", "t2", 400))
    money = fmt.UNKNOWN if found.pnl is None else f"{fmt.money_short(found.pnl)} {sign}"
    words.append((money, outcome(found.pnl), 600))
    for text, token, weight in reversed(words):
        width = ink.look.width(text, 11, weight)
        if width > box.width():
            return
        ink.text(box, text, px=11, weight=weight, token=token, align=RIGHT)
        box.setRight(box.right() - width - 8)
