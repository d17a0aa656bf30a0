"""What the exit ladder is painted from: a part on its axis, what is being done to the stop, and the columns."""

from typing import NamedTuple

from PySide6.QtCore import QRectF

from cockpit.frame import DetailPart
from widgets.charts.chart_span import Scale
from widgets.selected.ladder_places import Outcome, placed, price_of, secures

SPINE_WIDTH = 13.0
LIT = ("mark", "stop", "entry")  # rungs that are written in the first ink


class Columns(NamedTuple):
    """Where the spine, the stop's handle, the names and the words begin."""

    spine: float
    handle: float
    name: float
    text: float


WIDE, COMPACT = Columns(62, 84, 91, 138), Columns(56, 75, 81, 127)


class Shown(NamedTuple):
    """What is painted: the part and its axis, and what is being done to the stop."""

    detail: DetailPart
    scale: Scale
    currency: str
    ghost: Outcome | None
    refused: str
    sending: bool
    hovered: bool

    @property
    def columns(self) -> Columns:
        """The columns for that width."""
        return columns_of(self.scale)

    @property
    def stop(self) -> float | None:
        """Where the stop is, or where it is being moved to."""
        return price_of(self.detail, "stop") if self.ghost is None else self.ghost.price

    @property
    def outcome(self) -> str:
        """The token of what the stop guarantees there."""
        return "profit" if (secures(self.detail) if self.ghost is None else self.ghost.secures) else "loss"


def columns_of(scale: Scale) -> Columns:
    """The columns for that width."""
    return WIDE if scale.area.width() > 270 else COMPACT


def handle_of(detail: DetailPart, scale: Scale, ghost: float | None = None) -> QRectF:
    """The box around the rung of the stop that is held; empty without one."""
    line = next((each for each in placed(detail, scale, ghost) if each.rung.kind == "stop"), None)
    return QRectF() if line is None else box_of(line.place, scale)


def box_of(place: float, scale: Scale, height: float = 18.0) -> QRectF:
    """The box of the stop's rung around that pixel."""
    left = columns_of(scale).handle
    return QRectF(left, round(place - height / 2), scale.area.width() - left - 6, height)


def leader(kind: str, shown: Shown) -> str:
    """The token of a rung's lines."""
    if kind == "stop":
        return "profit" if secures(shown.detail) else "loss"
    return shown.outcome if kind == "ghost" else "t2" if kind in LIT else "line2"
