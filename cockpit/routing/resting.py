"""The stop that rests at the broker in case this program dies: where it belongs, and how often it may be moved."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """How a resting stop follows: at most every `min_interval_s`, and by at least so many ticks (exits.md 7)."""

    min_interval_s: float = 2.0
    min_step_ticks: int = 1
