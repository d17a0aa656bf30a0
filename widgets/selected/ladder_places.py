"""Where the rungs of the exit ladder are written, and what a stop that is moved would guarantee."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cockpit.domain.price_grid import Grid
from cockpit.frame import DetailPart, LadderPart, RungPart
from widgets.charts.chart_span import Scale
from widgets.paint import format as fmt

APART, GHOST = 17.0, 38.0  # pixels of a rung, and of a stop that is being moved
KEPT = ("ghost", "stop", "mark", "entry", "best", "floor", "stage", "lock", "trail", "tranche")  # first: last to go


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Centres of boxes that high, which do not overlap, within [low, high] and with the least squares of displacement.

    `wanted` ascends. Where there is no room for all, they start at `low` and go on beyond `high`. The least squares
    under an order are found by pooling neighbours that collide (Barlow et al., 1972).
    """
    before = [sum(sizes[:i]) + sizes[i] / 2.0 for i in range(len(sizes))]  # were they stacked from 0
    pools: list[tuple[float, int]] = []  # mean of the places less their stack, and how many
    for place, stacked in zip(wanted, before, strict=True):
        mean, count = place - stacked, 1
        while pools and pools[-1][0] > mean:
            earlier, many = pools.pop()
            mean, count = (earlier * many + mean * count) / (many + count), many + count
        pools.append((mean, count))
    most = max(low, high - sum(sizes))
    flat = [min(max(mean, low), most) for mean, count in pools for _ in range(count)]
    return [place + stacked for place, stacked in zip(flat, before, strict=True)]


def fitting(rungs: Sequence[RungPart], room: float) -> list[RungPart]:
    """As many rungs as there is room for, highest price first; the least important go, and of stages the far ones."""
    mark = next((rung.price for rung in rungs if rung.kind == "mark"), 0.0)

    def rank(rung: RungPart) -> tuple[int, bool, float]:
        kind = KEPT.index(rung.kind) if rung.kind in KEPT else len(KEPT)
        return kind, rung.reached, abs(rung.price - mark)

    kept = sorted(rungs, key=rank)[: max(int(room / APART), 1)]
    return sorted(kept, key=lambda rung: -rung.price)


def rungs_of(detail: DetailPart) -> tuple[RungPart, ...]:
    """The ladder's rungs; entry and stop alone where the engine has made none."""
    if detail.ladder is not None:
        return detail.ladder.rungs
    made = [RungPart(kind="entry", price=detail.chart.entry, name="Entry", text="")]
    if detail.chart.stop is not None:
        made.append(RungPart(kind="stop", price=detail.chart.stop, name="Stop", text=""))
    return tuple(made)


def price_of(detail: DetailPart, kind: str) -> float | None:
    """The price of the rung of that kind."""
    return next((rung.price for rung in rungs_of(detail) if rung.kind == kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a stop at `price` would come to: `distance` in points from the mark, positive while it does not fire."""

    price: float
    distance: float | None
    bps: float
    money: float | None

    @property
    def secures(self) -> bool:
        """Whether it guarantees no loss: of money, where it is known, for bps may be of another entry."""
        return (self.bps if self.money is None else self.money) >= 0.0

    def words(self, side: int, currency: str) -> tuple[str, str]:
        """Two short lines: how far from the mark, and what it locks or risks; `side` is that of the level."""
        where = "below" if side > 0 else "above"
        first = f"{fmt.points(self.distance)} {where} mark" if self.distance is not None else "mark unknown"
        money = "" if self.money is None else f"{fmt.money_short(self.money)} {currency}".rstrip()
        bps = f"{fmt.bps(self.bps)} bps" if self.secures == (self.bps >= 0.0) else ""  # else they would contradict it
        said = " · ".join(each for each in (bps, money) if each)
        return first, f"{'locks' if self.secures else 'risks'} {said}"


def break_even(detail: DetailPart) -> float:
    """Where the stop begins to secure: the average entry, or the underlying at the entry."""
    return detail.position.entry if detail.chart.basis == "premium" else detail.chart.entry


def outcome_of(detail: DetailPart, price: float) -> Outcome:
    """Of a stop at that price of the chart's basis; money is known where the basis is the premium, before fees.

    Money is counted from the average entry, bps from the entry of the gain basis, which may be the mark of then.
    """
    chart, position = detail.chart, detail.position
    mark, side = price_of(detail, "mark"), position.level_side
    gain = (price - chart.entry) * side
    worth = position.contracts * position.multiplier
    return Outcome(
        price=price,
        distance=None if mark is None else (mark - price) * side,
        bps=gain / chart.entry * 1e4 if chart.entry else 0.0,
        money=(price - position.entry) * side * worth if chart.basis == "premium" else None,
    )


def secures(detail: DetailPart) -> bool:
    """Whether the stop that is held guarantees no loss: of the engine's money, where it is known."""
    if detail.ladder is not None and detail.ladder.locked is not None:
        return detail.ladder.locked >= 0.0
    stop = price_of(detail, "stop")
    return stop is not None and outcome_of(detail, stop).secures


def locked_words(detail: DetailPart, currency: str) -> str:
    """What the stop that is held guarantees, in few words; empty where it is unknown."""
    ladder = detail.ladder
    if ladder is None or ladder.locked_bps is None:
        return ""
    agree = secures(detail) == (ladder.locked_bps >= 0.0)  # bps may be of another entry than the money
    figure = f"{fmt.bps(ladder.locked_bps)} bps" if agree else f"{fmt.money_short(ladder.locked)} {currency}".rstrip()
    return f"{'locked' if secures(detail) else 'at risk'} {figure}"


def is_passed(detail: DetailPart) -> bool:
    """Whether the mark is at or beyond the stop: what the stop would have kept is not secured any more."""
    mark, stop = price_of(detail, "mark"), price_of(detail, "stop")
    return mark is not None and stop is not None and (mark - stop) * detail.position.level_side <= 0.0


def is_past_the_mark(detail: DetailPart, price: float) -> bool:
    """Whether a stop there would fire at once."""
    mark = price_of(detail, "mark")
    return mark is not None and (price - mark) * detail.position.level_side > 0.0


def allowed(detail: DetailPart, ladder: LadderPart, price: float) -> float:
    """The nearest price that a stop may be dragged to: on its step, not past the mark, not beyond the floor."""
    side, mark, floor = detail.position.level_side, price_of(detail, "mark"), price_of(detail, "floor")
    grid = Grid(ladder.tick, ladder.steps)
    made = round(price / grid.at(price)) * grid.at(price)
    if floor is not None:
        stop = price_of(detail, "stop")
        if stop is not None and (stop - floor) * side < 0.0:
            floor = stop  # typed looser by a human: from there it only tightens
        if (made - floor) * side < 0.0:
            made = floor
    if mark is not None and (mark - made) * side < min(grid.at(mark), grid.at(made)) * (1 - 1e-6):
        step = grid.at(mark - side * 1e-6)  # on the stop's side of it
        steps = math.ceil(mark / step - 1e-6) - 1 if side > 0 else math.floor(mark / step + 1e-6) + 1
        made = steps * step
    return round(max(made, grid.at(0.0)), 10)


class Placed(NamedTuple):
    """A rung with the pixel of its price, and the one around which it is written."""

    rung: RungPart
    at: float
    place: float
    beyond: int  # +1 above the axis, -1 below it, 0 on it


def placed(detail: DetailPart, scale: Scale, ghost: float | None = None) -> list[Placed]:
    """Every rung that has room, from the top down.

    While the stop is moved it stays where it is, and `ghost`, where it would be, is a rung two lines high.
    """
    top, bottom = scale.area.top(), scale.area.bottom()
    rungs, room = list(rungs_of(detail)), bottom - top
    if ghost is not None:
        rungs.append(RungPart(kind="ghost", price=ghost, name="Stop", text=""))
        room -= GHOST - APART
    rungs = fitting(rungs, room)
    at = [min(max(scale.y(rung.price), top + 1), bottom - 1) for rung in rungs]
    sizes = [GHOST if rung.kind == "ghost" else APART for rung in rungs]
    places = spread(at, sizes, top, bottom)
    beyond = [(rung.price > scale.high) - (rung.price < scale.low) for rung in rungs]
    return [Placed(*each) for each in zip(rungs, at, places, beyond, strict=True)]
