"""What the charts of the watched position share: its rows, the window of time, and the instant that is pointed at."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cockpit.frame import DetailPart
from widgets.charts.chart_span import COLUMNS, Span

if TYPE_CHECKING:  # numpy is not on the way to the first paint
    from widgets.charts.tracks import Track

NS = 1_000_000_000
ZOOM_STEP, PAN_STEP = 0.8, 0.2
LEVEL, STOP = 0, 1  # the values of a row of the path
GREEKS = ("delta", "gamma", "theta", "vega", "iv", "oi")  # the values of a row of the strips


class Timeline(QObject):
    """Rows and window; `changed` when either is another one in sight, `pointed` when only the cross has moved, `grown`
    when rows have come, in sight or not.

    The rows become arrays in `load`, which imports numpy.
    """

    changed = Signal()
    grown = Signal()
    pointed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.span = Span()
        self.detail: DetailPart | None = None
        self.zone, self.currency = "UTC", ""
        self.due_ns: int | None = None
        self.due_words = ""
        self.columns = COLUMNS
        self.path: Track | None = None
        self.greeks: Track | None = None
        self.window: tuple[float, float] = (0.0, 1.0)
        self.pointed_share: float | None = None
        self._key: object = None

    def load(self) -> None:
        """Make arrays of what has been shown so far."""
        from widgets.charts.tracks import Track

        if self.path is None:
            self.path, self.greeks = Track(2), Track(len(GREEKS))
            self._take()
            self._say()

    @property
    def opened_s(self) -> float:
        """When the watched position was opened."""
        return 0.0 if self.detail is None else self.seconds(self.detail.position.opened_ns)

    @property
    def newest_s(self) -> float:
        """The time of the newest row; of the entry while there is none."""
        has_rows = self.path is not None and self.path.size > 0
        return float(self.path.times[-1]) if has_rows and self.path is not None else self.opened_s

    @property
    def pointed_s(self) -> float | None:
        """The instant that is pointed at."""
        start, end = self.window
        return None if self.pointed_share is None else start + self.pointed_share * (end - start)

    def seconds(self, at_ns: int) -> float:
        """An instant as seconds since the chart's origin."""
        return 0.0 if self.detail is None else (at_ns - self.detail.chart.origin_ns) / NS

    def instant(self, time_s: float) -> int:
        """Seconds since the chart's origin as an instant."""
        return round(time_s * NS) + (0 if self.detail is None else self.detail.chart.origin_ns)

    def show(self, detail: DetailPart | None, zone: str, currency: str) -> None:
        """Watch that position."""
        if detail is self.detail and (zone, currency) == (self.zone, self.currency):
            return
        before, self.detail = self.detail, detail
        self.zone, self.currency = zone, currency
        other = (before is None) != (detail is None)
        if before is not None and detail is not None:
            other = before.position.id != detail.position.id
        if other:
            self.span.reset()
            self.pointed_share = None
        if other or before is None or detail is None or before.chart is not detail.chart:
            self._take()
        self._say()

    def set_due(self, due_ns: int | None, words: str) -> None:
        """When a decision acts on the position, and what it does: `sells all`."""
        if (due_ns, words) != (self.due_ns, self.due_words):
            self.due_ns, self.due_words = due_ns, words
            self._say()

    def set_columns(self, columns: int) -> None:
        """How many pixels a chart has for the window."""
        if columns != self.columns and columns > 0:
            self.columns = columns
            self._say()

    def _take(self) -> None:
        if self.path is not None and self.greeks is not None:
            chart = None if self.detail is None else self.detail.chart
            self.greeks.update(() if chart is None else chart.greeks)
            if self.path.update(() if chart is None else chart.chunks):
                self.grown.emit()

    def _say(self) -> None:
        """Choose the window, and tell the charts when they would look different."""
        oldest = float(self.path.times[0]) if self.path is not None and self.path.size else self.opened_s
        self.window = self.span.window(oldest, self.newest_s, self.opened_s, self.columns)
        key = self._sight_key()
        if key != self._key:
            self._key = key
            self.changed.emit()

    def _sight_key(self) -> object:
        """What the charts in the window look like, short of painting them: newer rows beyond its end do not matter."""
        detail = self.detail
        if detail is None:
            return None
        chart = detail.chart
        sights: list[tuple[object, ...]] = []
        for track in (self.path, self.greeks):
            if track is not None and track.size:
                last = track.sight(*self.window, self.columns).last
                sights.append((last, *(repr(value) for value in track.row(last - 1)[1:])))
        due = None if self.due_ns is None else (self.due_ns, self.due_words, round(self.newest_s * 10.0))
        rungs = () if detail.ladder is None else tuple(rung.price for rung in detail.ladder.rungs)
        fixed = (chart.position_id, chart.entry, chart.stop, chart.marks, chart.basis, rungs)
        return (*self.window, self.columns, self.zone, due, fixed, *sights)

    # ------------------------------------------------------------------ looking around

    def pan(self, share: float) -> None:
        """Move by that share of the window; towards the past it no longer follows."""
        self.span.pan(share)
        self._say()

    def zoom(self, factor: float, anchor: float = 0.5) -> None:
        """Make the window `factor` as wide around that share of it."""
        self.span.zoom(factor, anchor)
        self._say()

    def follow(self) -> None:
        """The newest row at the right again; where it is there already, all since the entry."""
        if self.span.following:
            self.span.reset()
        self.span.follow()
        self._say()

    def point(self, share: float | None) -> None:
        """Point at that share of the window, or at nothing."""
        if share != self.pointed_share:
            self.pointed_share = share
            self.pointed.emit()

    def step_cross(self, pixels: int) -> None:
        """Move the cross by so many pixels; from the newest row when nothing is pointed at."""
        start, end = self.window
        share = self.pointed_share
        if share is None:
            share = (self.newest_s - start) / (end - start)
        self.point(min(max(share + pixels / self.columns, 0.0), 1.0))
