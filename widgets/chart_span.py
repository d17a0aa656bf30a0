"""Which stretch of time a chart shows: all since shortly before the entry, until a human pans or zooms."""

import numpy as np
from numpy.typing import NDArray

LEAD_S = 180.0  # shown before the entry
SHORTEST_S, LONGEST_S = 20.0, 90_000.0
LEAST_S = 240.0  # shown at first, however young the position is
AHEAD = 0.05  # of the width kept free on the right: what comes next happens there


class Span:
    """The window in seconds since the chart's origin; it follows the newest row until it is moved back in time."""

    def __init__(self) -> None:
        self.reset()
        self._shown = (0.0, LEAST_S)

    def reset(self) -> None:
        """Another position: choose the window again."""
        self.following = True
        self._width_s: float | None = None
        self._end_s = 0.0

    def follow(self) -> None:
        """The newest row at the right again."""
        self.following = True

    def window(self, times: NDArray[np.float64], opened_s: float) -> tuple[float, float]:
        """Start and end for rows at these times of a position opened at `opened_s`."""
        newest = float(times[-1]) if len(times) else opened_s
        oldest = float(times[0]) if len(times) else opened_s
        width = self._width_s
        if width is None:
            shown = newest - max(oldest, min(opened_s - LEAD_S, newest - LEAST_S))
            width = max(shown, LEAST_S if newest - oldest >= LEAST_S else SHORTEST_S) / (1.0 - AHEAD)
        end = newest + width * AHEAD if self.following else self._end_s
        self._shown = (end - width, end)
        return self._shown

    def pan(self, share: float) -> None:
        """Move by that share of the width; positive is towards the newest."""
        start, end = self._shown
        newest_end = self._end_s if not self.following else end
        self._width_s = end - start
        self._end_s = end + share * self._width_s
        if share < 0.0:
            self.following = False
        elif not self.following and self._end_s >= self._latest_end(newest_end):
            self._end_s = min(self._end_s, newest_end + self._width_s)
        self._shown = (self._end_s - self._width_s, self._end_s)

    def zoom(self, factor: float, anchor: float) -> None:
        """Make the window `factor` as wide around the place at that share of it; following, the right end stays."""
        start, end = self._shown
        width = min(max((end - start) * factor, SHORTEST_S), LONGEST_S)
        held = start + anchor * (end - start)
        self._width_s = width
        if not self.following:
            self._end_s = held + (1.0 - anchor) * width
        self._shown = (self._end_s - width, self._end_s)

    def _latest_end(self, end: float) -> float:
        return end
