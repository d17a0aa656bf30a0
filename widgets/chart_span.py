"""Which stretch of time a chart shows: all since shortly before the entry, until a human pans or zooms."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # numpy is not on the way to the first paint
    from widgets.curves import Floats

LEAD_S = 180.0  # shown before the entry
SHORTEST_S, LONGEST_S = 20.0, 90_000.0
LEAST_S = 240.0  # shown at first, however young the position is
AHEAD = 0.05  # of the width kept free on the right: what comes next happens there


class Span:
    """The window in seconds since the chart's origin; it follows the newest row until it is moved back in time."""

    def __init__(self) -> None:
        self._shown: tuple[float, float] = (0.0, LEAST_S)
        self._newest = 0.0
        self._width_s: float | None = None
        self._end_s = 0.0
        self.following = True

    def reset(self) -> None:
        """Another position: choose the window again."""
        self.following, self._width_s = True, None

    def follow(self) -> None:
        """The newest row at the right again."""
        self.following = True

    def window(self, times: "Floats", opened_s: float) -> tuple[float, float]:
        """Start and end for rows at these times of a position opened at `opened_s`."""
        self._newest = float(times[-1]) if len(times) else opened_s
        oldest = float(times[0]) if len(times) else opened_s
        width = self._width_s
        if width is None:
            start = max(oldest, min(opened_s - LEAD_S, self._newest - LEAST_S))
            width = max(self._newest - start, LEAST_S) / (1.0 - AHEAD)
        end = max(self._latest_end(width), oldest + width) if self.following else self._end_s
        self._shown = (end - width, end)
        return self._shown

    def pan(self, share: float) -> None:
        """Move by that share of the width; positive is towards the newest, and reaching it follows again."""
        start, end = self._shown
        width = end - start
        self._width_s = width
        self.following = end + share * width >= self._latest_end(width)
        self._end_s = min(end + share * width, self._latest_end(width))
        self._shown = (self._end_s - width, self._end_s)

    def zoom(self, factor: float, anchor: float) -> None:
        """Make the window `factor` as wide around the place at that share of it; following, the right end stays."""
        start, end = self._shown
        width = min(max((end - start) * factor, SHORTEST_S), LONGEST_S)
        held = start + anchor * (end - start)
        self._width_s = width
        self._end_s = self._latest_end(width) if self.following else held + (1.0 - anchor) * width
        self._shown = (self._end_s - width, self._end_s)

    def _latest_end(self, width: float) -> float:
        return self._newest + width * AHEAD
