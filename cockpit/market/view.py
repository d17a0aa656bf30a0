"""What every rule may see of one contract's market at one instant: one flat record, unknown is NaN.

The record is reused from tick to tick and read by kernels, so it holds numbers only. Field order is not meaning;
`label` is the word used in sentences ("cannot see theta"), `unit` is the unit of the number.
"""

import math
from dataclasses import dataclass, field, fields

NAN = math.nan

UNKNOWN, TREND_UP, TREND_DOWN, RANGE, PANIC, TREND = range(6)
REGIME_NAMES = ("unknown", "trend up", "trend down", "range", "panic", "trend without a direction")


def known(x: float) -> float | None:
    """Outside a kernel unknown is None."""
    return x if x == x else None


def known_as(label: str, unit: str = "") -> float:
    """A number that may be unknown, with the word and the unit sentences use for it."""
    return field(default=NAN, metadata={"label": label, "unit": unit})


@dataclass(slots=True)
class Market:
    """One contract at one instant. Times `_t` are seconds since the session's local midnight."""

    t: float = 0.0
    close_t: float = NAN  # close of this product today; NaN: never closes
    lunch_t: float = NAN  # start of lunch; NaN: none
    expiry_t: float = NAN  # last trading instant of the contract; NaN: never expires
    rows: float = 0.0  # accepted rows of the contract so far
    # --- quote, and what follows from it
    mark: float = known_as("mark", "points")
    underlying: float = known_as("underlying price", "points")
    iv: float = known_as("implied volatility", "fraction")
    delta: float = known_as("delta")
    gamma: float = known_as("gamma")
    theta: float = known_as("theta", "points a day")
    # --- lookback values, each with the time of its observation
    mark_ago: float = known_as("mark a lookback ago", "points")
    mark_ago_t: float = NAN
    delta_ago: float = known_as("delta a lookback ago")
    delta_ago_t: float = NAN
    theta_ago: float = known_as("theta a lookback ago", "points a day")
    theta_span_s: float = known_as("time between theta observations", "s")
    theta_mark_ago: float = known_as("mark beside theta a lookback ago", "points")
    gamma_high: float = known_as("highest gamma of five lookbacks")
    volume_ratio: float = known_as("volume ratio", "x")
    volume_ratio_before: float = known_as("volume ratio one window earlier", "x")
    # --- completed one-minute bars of the premium: the last one, and the one before it
    bar_open: float = known_as("last bar", "points")
    bar_close: float = known_as("last bar", "points")
    bar_t: float = NAN  # its begin
    last_open: float = known_as("bar before the last", "points")
    last_close: float = known_as("bar before the last", "points")
    last_t: float = NAN
    noise: float = (
        0.0  # mean of the last 20 absolute changes of bar closes, points; 0 when unknown (exits.md, adaptive)
    )
    # --- features of the underlying
    momentum: float = known_as("momentum")
    volatility_bps: float = known_as("volatility", "bps a day")
    rsi: float = known_as("RSI")
    rsi_ago: float = known_as("RSI 14 bars ago")
    close: float = known_as("underlying's last bar", "points")
    close_ago: float = known_as("underlying's bar 14 bars ago", "points")
    underlying_volume_ratio: float = known_as("underlying's volume ratio", "x")
    regime: int = UNKNOWN


LABELS: dict[str, str] = {f.name: f.metadata["label"] for f in fields(Market) if "label" in f.metadata}
INPUTS: tuple[str, ...] = tuple(LABELS)
