"""The limits of trust of one session: how old a value may be, how wide a spread, how far a mark may jump."""

from dataclasses import dataclass

MODELLED = ("iv", "delta", "gamma", "theta", "vega")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Freshness limits and constants of a session (exits.md 1 and 8); durations in seconds."""

    interval_s: float = 0.0  # of the recording; 0 live
    lookback_s: float = 60.0
    quote_limit_s: float = 5.0
    greeks_limit_s: float = 30.0
    oi_limit_s: float = 900.0
    underlying_limit_s: float = 5.0
    max_spread_pct: float = 25.0
    jump_pct: float = 40.0  # a mark that jumps further within `jump_s` is suspect …
    jump_ticks: float = 10.0
    jump_s: float = 2.0
    agree_pct: float = 10.0  # … until a second quote agrees within this
    has_quotes: bool = True  # the recording has a bid or an ask somewhere
    modelled: frozenset[str] = frozenset(MODELLED)  # Greeks and IV the recording lacks as a column
    models_lacking: bool = False
    """Live, and in a replay of that: also those of a contract that the feed has given none of for their limit."""

    @property
    def lookback_limit_s(self) -> float:
        """Older lookback values are unknown."""
        return 3.0 * max(self.lookback_s, self.interval_s)


LIVE = Terms(modelled=frozenset(), models_lacking=True)
"""A live feed's: the broker gives Greeks, and where it does not for the whole of their limit, ours stand in."""


def terms_for_replay(
    interval_s: float, *, has_quotes: bool, columns: frozenset[str], models_lacking: bool = False
) -> Terms:
    """A replay's limits: each the larger of the live one and 2.5 recording intervals; of a live session as it was."""
    least = 2.5 * interval_s
    live = Terms()
    return Terms(
        interval_s=interval_s,
        quote_limit_s=max(live.quote_limit_s, least),
        greeks_limit_s=max(live.greeks_limit_s, least),
        oi_limit_s=max(live.oi_limit_s, least),
        underlying_limit_s=max(live.underlying_limit_s, least),
        has_quotes=has_quotes,
        modelled=frozenset(MODELLED) - columns,
        models_lacking=models_lacking,
    )
