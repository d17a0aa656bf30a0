"""Counts refused rows by reason and remembers where the first of them are."""

from collections.abc import Iterable
from pathlib import Path

from cockpit.domain.errors import BadInput

ROWS_SHOWN = 20


class Refusals:
    """Reason -> how many rows, and the first row numbers, of one recording."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.rows: dict[str, list[int]] = {}

    @property
    def total(self) -> int:
        """All refused rows."""
        return sum(self.counts.values())

    def add(self, reason: str, rows: Iterable[int], count: int = 1) -> None:
        """Counts `count` rows for `reason`; `rows` are their numbers, ascending, of which the first are kept."""
        if count <= 0:
            return
        self.counts[reason] = self.counts.get(reason, 0) + count
        kept = self.rows.setdefault(reason, [])
        for row in rows:
            if len(kept) >= ROWS_SHOWN:
                break
            kept.append(row)

    def refuse_mostly_bad(self, path: Path, rows: int) -> None:
        """Raises BadInput when the file has no rows, or when more than half of them were refused."""
        if rows == 0:
            raise BadInput(f"{path} has no rows; record or export it again.")
        if 2 * self.total <= rows:
            return
        reasons = sorted(self.counts.items(), key=lambda item: -item[1])
        listed = ", ".join(f"{reason} {count}, first in row {self.rows[reason][0]}" for reason, count in reasons)
        raise BadInput(
            f"{path}: {self.total} of {rows} rows are refused ({listed}), more than half; "
            "correct them, or check that this is the file you mean."
        )

    def take_over(self, prefix: str, other: "Refusals") -> None:
        """Adds what a side file refused, its reasons prefixed."""
        for reason, count in other.counts.items():
            self.add(prefix + reason, other.rows[reason], count)
