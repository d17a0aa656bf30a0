"""The read-out of the instant that is pointed at: a cross-hair, and a plate with time, price, stop and Greeks."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF

from widgets.charts.chart_span import Scale
from widgets.charts.timeline import GREEKS, LEVEL, STOP, Timeline
from widgets.paint import format as fmt
from widgets.paint.amounts import amount
from widgets.paint.ink import Ink

SIGNS = {"delta": "Δ", "gamma": "Γ", "theta": "Θ", "vega": "V", "iv": "IV", "oi": "OI"}
NAMES = {
    "delta": "Delta",
    "gamma": "Gamma",
    "theta": "Theta /day",
    "vega": "Vega",
    "iv": "IV %",
    "oi": "OI C+P",
}
LINE, INSET, BETWEEN = 16.0, 8.0, 12.0


class Said(NamedTuple):
    """A name and its value."""

    name: str
    value: str


def greek_words(name: str, value: float | None) -> str:
    """A value of the strips as the window writes it."""
    if name == "iv":
        return fmt.volatility(value)
    return amount(value) if name == "oi" else fmt.greek(value)


def said_at(timeline: Timeline, time: float) -> list[Said]:
    """What was known at that time, its clock first; empty before the first row."""
    if timeline.path is None or timeline.greeks is None or timeline.detail is None:
        return []
    row = timeline.path.at(time)
    if row is None:
        return []
    said = [Said("", fmt.clock(timeline.instant(row[0]), timeline.zone))]
    said.append(Said(timeline.detail.chart.basis, fmt.price(row[1 + LEVEL])))
    said.append(Said("stop", fmt.price(row[1 + STOP])))
    greeks = timeline.greeks.at(time)
    if greeks is not None:
        said += [Said(SIGNS[name], greek_words(name, greeks[1 + i])) for i, name in enumerate(GREEKS)]
    return said


def paint_cross(ink: Ink, scale: Scale, timeline: Timeline) -> None:
    """The hairline at the instant that is pointed at."""
    if timeline.pointed_s is not None:
        x = round(scale.x(timeline.pointed_s)) + 0.5
        ink.hairline(QPointF(x, scale.area.top()), QPointF(x, scale.area.bottom()), "t3")


def paint_plate(ink: Ink, room: QRectF, said: list[Said]) -> None:
    """The plate at the top left of `room`, on as many lines as it needs."""
    lines: list[list[tuple[float, Said]]] = [[]]
    left, widest = 0.0, 0.0
    for each in said:
        width = _width(ink, each)
        if lines[-1] and left + width > room.width() - 2 * INSET:
            lines.append([])
            left = 0.0
        lines[-1].append((left, each))
        widest = max(widest, left + width)
        left += width + BETWEEN
    box = QRectF(room.left(), room.top(), widest + 2 * INSET, len(lines) * LINE + 6)
    ink.rounded(box, 4, fill="bg2", line="line2")
    for number, line in enumerate(lines):
        for begin, each in line:
            place = QRectF(box.left() + INSET + begin, box.top() + 3 + number * LINE, 200, LINE)
            if each.name:
                place.setLeft(ink.run(place, each.name, px=10, weight=500, token="t2") + 4)
            ink.text(place, each.value, px=11, weight=600)


def _width(ink: Ink, said: Said) -> float:
    name = ink.look.width(said.name, 10, 500) + 4 if said.name else 0.0
    return name + ink.look.width(said.value, 11, 600)
