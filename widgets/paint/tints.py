"""The tint of a mark that has moved: it fades, comes at most four times a second, and not when everything moves."""

from cockpit.frame import PositionPart

FADES_S = 0.4
PAUSE_S = 0.25
MANY_ROWS, MANY_MOVED = 4, 0.6  # in more rows than this, and when a larger share of them moves, tints would only glare


class Tints:
    """Which marks are tinted, by position; times are monotonic seconds of the window."""

    def __init__(self) -> None:
        self._began: dict[str, tuple[float, float]] = {}
        self._now_s = 0.0

    @property
    def any(self) -> bool:
        """Whether anything has been tinted within the last second."""
        return bool(self._began)

    def moved(self, before: tuple[PositionPart, ...], rows: tuple[PositionPart, ...], now_s: float) -> None:
        """Tint what differs between the same rows before and now."""
        moved = [
            (new.id, (new.mark - old.mark) * new.side)
            for old, new in zip(before, rows, strict=True)
            if old.mark is not None and new.mark is not None and new.mark != old.mark
        ]
        if len(rows) > MANY_ROWS and len(moved) > MANY_MOVED * len(rows):
            return
        self._now_s = now_s
        for position_id, favour in moved:
            at_s, _ = self._began.get(position_id, (-1.0, 0.0))
            if now_s - at_s >= PAUSE_S:
                self._began[position_id] = (now_s, favour)

    def advance(self, now_s: float) -> None:
        """Let them fade."""
        self._now_s = now_s
        self._began = {key: (at_s, favour) for key, (at_s, favour) in self._began.items() if now_s - at_s < 1.0}

    def of(self, position_id: str) -> tuple[float, float]:
        """How strong the tint of a mark is, 0 … 1, and in whose favour the mark moved: positive is the position's."""
        at_s, favour = self._began.get(position_id, (-1.0, 0.0))
        return max(0.0, 1.0 - (self._now_s - at_s) / FADES_S), favour
