"""How fast something that is counted grows: over the last second or more, so that a gauge of it stands still."""

OVER_S = 1.0


class Rate:
    """Of a count that may begin anew, as that of the messages does on each connection."""

    def __init__(self) -> None:
        self._at_s: float | None = None
        self._count = 0
        self._per_s = 0.0

    def per_s(self, count: int, now_s: float) -> float:
        """A second; asked sooner than a second later it says the same again."""
        if self._at_s is None or count < self._count:
            self._at_s, self._count, self._per_s = now_s, count, 0.0
        elif now_s - self._at_s >= OVER_S:
            self._per_s = (count - self._count) / (now_s - self._at_s)
            self._at_s, self._count = now_s, count
        return self._per_s
