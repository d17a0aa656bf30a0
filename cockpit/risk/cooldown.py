"""The pause after a closed position: longer after a loss, longest after the third in a row (exits.md 9)."""

from dataclasses import dataclass
from datetime import date

WIN_S, LOSS_S, STREAK_S = 15.0, 60.0, 180.0
STREAK = 3
HIGH_VOLATILITY = 1.5
HIGH_INDEX = 20.0
HIGH_BPS = 200.0
NS = 1_000_000_000


def is_high(volatility_index: float | None, volatility_bps: float) -> bool:
    """Volatility index at or above 20; without an index, realised volatility above 200 bps a day."""
    if volatility_index is not None:
        return volatility_index >= HIGH_INDEX
    return volatility_bps > HIGH_BPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooldown:
    """An instant, not a counter, so that it survives a restart."""

    until_ns: int | None = None  # None: never started
    total_s: float = 0.0  # of the one that runs or ran last
    losses: int = 0  # consecutive; a scratch counts
    day: date | None = None  # trading day of the streak

    def after(self, *, won: bool, high_volatility: bool, now_ns: int, day: date) -> "Cooldown":
        """The cooldown once the last contract of a position has left; never ends earlier than the one running."""
        losses = 0 if won else (self.losses if self.day == day else 0) + 1
        pause_s = WIN_S if won else (STREAK_S if losses >= STREAK else LOSS_S)
        if high_volatility:
            pause_s *= HIGH_VOLATILITY
        until = now_ns + round(pause_s * NS)
        if self.until_ns is not None and self.until_ns > until:
            return Cooldown(until_ns=self.until_ns, total_s=self.total_s, losses=losses, day=day)
        return Cooldown(until_ns=until, total_s=pause_s, losses=losses, day=day)

    def ended(self, now_ns: int) -> "Cooldown":
        """Reset by a human; the streak stays."""
        until = None if self.until_ns is None else min(self.until_ns, now_ns)
        return Cooldown(until_ns=until, total_s=self.total_s, losses=self.losses, day=self.day)

    def left_s(self, now_ns: int) -> float:
        """Seconds left, 0 when none runs."""
        return 0.0 if self.until_ns is None or self.until_ns <= now_ns else (self.until_ns - now_ns) / NS

    def state(self, now_ns: int) -> str:
        """never started, active or expired."""
        if self.until_ns is None:
            return "never started"
        return "active" if self.until_ns > now_ns else "expired"
