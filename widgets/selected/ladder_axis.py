"""The price axis of the exit ladder with its pills, and the spine: what is locked, at stake, lost or still to win."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.ticks import price_ticks
from widgets.selected.ladder_places import break_even, price_of, rungs_of, spread
from widgets.selected.ladder_shown import SPINE_WIDTH, Shown, leader

PILL_LEFT, PILL_WIDTH, PILL = 3.0, 51.0, 17.0
PILLS = {"mark": "t1", "entry": "bg3", "floor": "bg3"}
MANY = 1e4  # prices from here on have fewer decimals: the axis has one width


def paint_axis(ink: Ink, shown: Shown) -> None:
    """Round prices, and the pills of what counts over them."""
    scale, area = shown.scale, shown.scale.area
    base = round(area.bottom()) + 0.5
    ink.hairline(QPointF(0, base), QPointF(shown.columns.handle, base))
    lit = [(rung.price, rung.kind) for rung in rungs_of(shown.detail) if rung.kind in PILLS]
    held = price_of(shown.detail, "stop")
    if held is not None:
        lit.append((held, "stop"))
    if shown.stop is not None:
        lit = [each for each in lit if each[1] != "floor" or abs(scale.y(each[0]) - scale.y(shown.stop)) > PILL / 3]
        if shown.ghost is not None:
            lit.append((shown.stop, "ghost"))
    lit = sorted((each for each in lit if scale.low <= each[0] <= scale.high), reverse=True)
    places = spread([scale.y(price) for price, _ in lit], [PILL + 1] * len(lit), area.top(), area.bottom())
    values, digits = price_ticks(scale.low, scale.high, area.height())
    for value in values:
        y = scale.y(value)
        if all(abs(y - place) > PILL - 3 for place in places) and area.top() + 6 < y < area.bottom() - 6:
            box = QRectF(PILL_LEFT, round(y) - 8, PILL_WIDTH - 4, 16)
            words = fmt.number(value, digits) if abs(value) < MANY else fmt.price(value)
            ink.text(box, words, px=10, weight=500, token="t2", align=RIGHT)
    for (price, kind), place in zip(lit, places, strict=True):
        start = QPointF(PILL_LEFT + PILL_WIDTH, round(place) + 0.5)
        ink.hairline(start, QPointF(shown.columns.spine, round(scale.y(price)) + 0.5), leader(kind, shown))
        fill = PILLS.get(kind) or leader(kind, shown)
        _pill(ink, place, price, fill, "t1" if fill == "bg3" else "bg1")


def _pill(ink: Ink, place: float, price: float, fill: str, token: str) -> None:
    box = QRectF(PILL_LEFT, round(place) - PILL // 2, PILL_WIDTH, PILL)
    ink.rounded(box, 3, fill=fill)
    whole, room = fmt.number(price), box.width() - 8
    words = whole if ink.look.width(whole, 11, 600) <= room else fmt.price(price)
    size = 11 if ink.look.width(words, 11, 600) <= room else 9
    ink.text(box.adjusted(0, 0, -4, 0), words, px=size, weight=600, token=token, align=RIGHT)


def paint_spine(ink: Ink, shown: Shown) -> None:
    """Solid what is locked, pale what is at stake, outlined in loss what could be lost, empty what could be won."""
    detail, side = shown.detail, shown.detail.position.level_side
    entry, stop, mark = break_even(detail), shown.stop, price_of(detail, "mark")
    best, floor = price_of(detail, "best"), price_of(detail, "floor")
    peak = best if best is not None else mark
    ahead = [rung.price for rung in rungs_of(detail) if rung.kind == "stage" and not rung.reached]
    if ahead and peak is not None:
        _part(ink, shown, peak, min(ahead) if side > 0 else max(ahead), line="line2")
    if mark is not None and best is not None:
        _part(ink, shown, mark, best, fill="bg3")
    deepest = floor if floor is not None else stop
    if deepest is not None and (entry - deepest) * side > 0.0:
        _part(ink, shown, entry, deepest, fill="lossbg", line="loss")
    if stop is not None and mark is not None:
        _at_stake(ink, shown, stop, mark)
    if stop is not None and shown.outcome == "profit":
        _part(ink, shown, entry, stop, fill="profit")


def _at_stake(ink: Ink, shown: Shown, stop: float, mark: float) -> None:
    """From the mark to the stop, cut at the entry: what is given back, and what is lost beyond that."""
    side, entry = shown.detail.position.level_side, break_even(shown.detail)
    worse = max if side > 0 else min
    better = min if side > 0 else max
    if (mark - entry) * side > 0.0:
        _part(ink, shown, mark, worse(stop, entry), fill=ink.look.tint("bg1", "profit", 0.35))
    if (entry - stop) * side > 0.0:
        _part(ink, shown, better(mark, entry), stop, fill=ink.look.tint("bg1", "loss", 0.4), line="loss")


def _part(
    ink: Ink, shown: Shown, a: float, b: float, *, fill: str | QColor | None = None, line: str | QColor | None = None
) -> None:
    """The spine between two prices, as far as it is on the axis."""
    area = shown.scale.area
    ends = [min(max(shown.scale.y(price), area.top()), area.bottom() - 1) for price in (a, b)]
    top, bottom = round(min(ends)), round(max(ends))
    if bottom - top >= 1:
        box = QRectF(shown.columns.spine, top, SPINE_WIDTH, bottom - top)
        if fill is not None:
            ink.fill(box, fill)
        if line is not None:
            ink.pen(line)
            ink.painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
