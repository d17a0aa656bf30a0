"""Which stretch of time a chart shows, in whole pixels, and where time and value are on the screen."""

import math
from typing import NamedTuple

from PySide6.QtCore import QRectF

LEAD_S = 180.0  # shown before the entry
LEAST_LEAD_S = 10.0  # before it, although nothing is known of that time
SHORTEST_S, LONGEST_S = 20.0, 90_000.0
LEAST_S = 240.0  # shown at first, however young the position is
AHEAD = 60  # pixels kept free on the right: what comes next happens there
STALE = 40  # pixels ahead of the newest row at which a window that shows all is widened
COLUMNS = 700  # until a chart has said how wide it is


class Scale(NamedTuple):
    """A window of time and value on a place of the screen."""

    area: QRectF
    start: float
    end: float
    low: float
    high: float

    def x(self, time: float) -> float:
        """The pixel of a time."""
        return self.area.left() + (time - self.start) / (self.end - self.start) * self.area.width()

    def y(self, value: float) -> float:
        """The pixel of a value."""
        return self.area.bottom() - (value - self.low) / (self.high - self.low) * self.area.height()

    def time(self, x: float) -> float:
        """The time at a pixel."""
        return self.start + (x - self.area.left()) / max(self.area.width(), 1.0) * (self.end - self.start)


class Span:
    """The window in seconds since the chart's origin: all since shortly before the entry, until a human pans or zooms.

    It follows the newest row, by whole pixels, until it is moved back in time.
    """

    def __init__(self) -> None:
        self._shown: tuple[float, float] = (0.0, LEAST_S)
        self._newest = 0.0
        self._columns = COLUMNS
        self._width_s: float | None = None
        self._end_s = 0.0
        self._fitted = False
        self.following = True

    def reset(self) -> None:
        """Another position: choose the window again."""
        self.following, self._width_s, self._fitted = True, None, False

    def follow(self) -> None:
        """The newest row at the right again."""
        self.following = True

    def window(self, oldest: float, newest: float, opened_s: float, columns: int) -> tuple[float, float]:
        """Start and end for rows from `oldest` to `newest` of a position opened at `opened_s`."""
        if columns != self._columns:
            self._columns, self._fitted = columns, False
        self._newest = newest
        if self._width_s is None:
            self._fit(min(max(oldest, opened_s - LEAD_S), opened_s - LEAST_LEAD_S))
        else:
            width = self._width_s
            end = max(self._latest_end(width), oldest + width) if self.following else self._end_s
            self._shown = (end - width, end)
        return self._shown

    def _fit(self, start: float) -> None:
        """Everything from `start`; a window that still has room ahead stays as it is."""
        was, end = self._shown
        stale = end - (end - was) * STALE / self._columns
        if self._fitted and was == start and self._newest <= stale:
            return
        width = max(self._newest - start, LEAST_S) / (1.0 - self._ahead())
        self._shown, self._fitted = (start, start + width), True

    def pan(self, share: float) -> None:
        """Move by that share of the width; positive is towards the newest, and reaching it follows again."""
        start, end = self._shown
        width = end - start
        latest = self._latest_end(width)
        self._width_s = width
        self._end_s = min(end + share * width, latest)
        self.following = end + share * width >= latest
        self._shown = (self._end_s - width, self._end_s)

    def zoom(self, factor: float, anchor: float) -> None:
        """Make the window `factor` as wide around the place at that share of it; following, the right end stays."""
        start, end = self._shown
        width = min(max((end - start) * factor, SHORTEST_S), LONGEST_S)
        held = start + anchor * (end - start)
        self._width_s = width
        self._end_s = self._latest_end(width) if self.following else held + (1.0 - anchor) * width
        self._shown = (self._end_s - width, self._end_s)

    def _ahead(self) -> float:
        return min(AHEAD / self._columns, 0.25)

    def _latest_end(self, width: float) -> float:
        """Some pixels ahead of the newest row, on a grid of pixels: curves do not shimmer while they scroll."""
        pixel = width / self._columns
        return (math.ceil(self._newest / pixel - 1e-9) + round(self._ahead() * self._columns)) * pixel
