"""What the strip says of all positions together, kept as rows are exchanged: no frame adds up a thousand of them."""

from collections import Counter
from collections.abc import Mapping
from heapq import heapify, heappop, heappush

from cockpit.frame import PositionPart

EXACT = 1e8  # money is summed in whole hundred-millionths, so that what is added and taken back leaves nothing


class Tally:
    """Sums over the rows of the grid, and the row whose rule is nearest to firing."""

    def __init__(self) -> None:
        self._pnl = 0
        self.blind = 0  # rows without a P&L
        self.observed = 0
        self.unprotected = 0  # rows of which not all that should rests at the broker
        self._dies = 0
        self._dies_unknown = 0
        self.by_profile: Counter[str] = Counter()
        self._cutoffs: Counter[tuple[int, str]] = Counter()
        self._near: list[tuple[float, int, int, PositionPart]] = []
        self._entered = 0

    @property
    def pnl(self) -> float:
        """Money gained on all open positions that have a mark."""
        return self._pnl / EXACT

    @property
    def dies_now(self) -> float | None:
        """Money lost until all that rests has acted; None when that of a row is unknown."""
        return None if self._dies_unknown else self._dies / EXACT

    def exchange(self, before: PositionPart | None, now: PositionPart | None, seq: int) -> None:
        """One row instead of another; `seq` is the position's place in the order of opening."""
        for part, sign in ((before, -1), (now, 1)):
            if part is None:
                continue
            if part.pnl is None:
                self.blind += sign
            else:
                self._pnl += sign * round(part.pnl * EXACT)
            self.observed += sign * (part.mode == "observe")
            self.unprotected += sign * (part.protection in ("none", "partly"))
            if part.dies_now is None:
                self._dies_unknown += sign
            else:
                self._dies += sign * round(part.dies_now * EXACT)
            if before is None or now is None or before.profile != now.profile:
                self.by_profile[part.profile] += sign
            if part.cutoff_ns is not None:
                self._cutoffs[part.cutoff_ns, part.cutoff] += sign
        if now is not None and now.nearness is not None:
            self._entered += 1
            heappush(self._near, (-now.nearness, seq, self._entered, now))

    def next_cutoff(self, now_ns: int) -> tuple[int, str] | None:
        """When the clock will next take positions off, and what that is called; None when it will not."""
        return min((cutoff for cutoff, rows in self._cutoffs.items() if rows and cutoff[0] > now_ns), default=None)

    def nearest(self, rows: Mapping[str, PositionPart]) -> PositionPart | None:
        """The row nearest to firing among those shown now; None when no rule can see."""
        near = self._near
        while near and rows.get(near[0][3].id) is not near[0][3]:
            heappop(near)
        if len(near) > 2 * len(rows) + 64:
            self._near = near = [item for item in near if rows.get(item[3].id) is item[3]]
            heapify(near)
        return near[0][3] if near else None
