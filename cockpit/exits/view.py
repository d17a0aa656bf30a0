"""What every rule may see of the position it judges: facts kept by the engine, numbers only, unknown is NaN."""

from dataclasses import dataclass

from cockpit.market.view import NAN, Market

ENTRY, OWN, UNDERLYING = range(3)  # gain bases: average entry premium, own price from the entry mark, the underlying
BASIS_NAMES = ("entry", "own", "underlying")


@dataclass(slots=True)
class Position:
    """One position as kernels see it. `level` is the price of the gain basis: the mark, or the underlying's price.

    `side` is +1 long, -1 short; `exposure` the sign of the position's delta; `level_side` the sign with which a rise
    of `level` is a gain (side on the premium bases, exposure on the underlying basis). Contracts are positive.
    """

    side: float = 1.0
    exposure: float = 1.0
    right: int = 1  # +1 call, -1 put, 0 the underlying itself
    basis: int = ENTRY
    tick: float = 0.05
    lot: float = 1.0
    contracts: float = 1.0
    scale: float = 1.0  # of every bps of the profile, fixed at entry (exits.md 5)
    opened_t: float = 0.0
    # --- baselines; the first value known at or after the entry
    entry: float = NAN  # average entry premium
    entry_mark: float = NAN
    entry_underlying: float = NAN
    iv_at_entry: float = NAN
    theta_cost_at_entry: float = NAN  # share of the premium that ten minutes cost, %
    noise_at_entry: float = 0.0  # points
    # --- followed at every evaluation
    age_s: float = 0.0
    gain: float = NAN  # points of premium from the average entry
    gain_pct: float = NAN  # of the average entry
    level: float = NAN
    level_entry: float = NAN
    level_side: float = 1.0
    gain_bps: float = NAN  # of the gain basis
    best: float = NAN  # most favourable level seen since the entry
    best_bps: float = NAN
    exit_price: float = NAN  # bid for a long, ask for a short; NaN when not quoted or stale
    held_stop: float = NAN  # tightest stop of all stop rules after the last evaluation, a price of the gain basis
    # --- open interest of the contracts of this expiry that were known at the baseline
    oi_own: float = NAN
    oi_other: float = NAN


LABELS: dict[str, str] = {
    "entry_mark": "entry mark",
    "entry_underlying": "underlying at entry",
    "iv_at_entry": "implied volatility at entry",
    "theta_cost_at_entry": "theta cost at entry",
    "gain": "gain",
    "gain_pct": "gain",
    "gain_bps": "gain",
    "level": "price",
    "best_bps": "best gain",
    "exit_price": "exit side",
    "oi_own": "open interest of the own side",
    "oi_other": "open interest of the other side",
}


def follow(pos: Position, now: Market) -> None:
    """The position at this instant: age, gain, level and best gain."""
    pos.age_s = now.t - pos.opened_t
    mark = now.mark
    gain = pos.side * (mark - pos.entry)
    pos.gain = gain
    pos.gain_pct = gain / pos.entry * 100.0
    level = now.underlying if pos.basis == UNDERLYING else mark
    pos.level = level
    side, entry = pos.level_side, pos.level_entry
    gain_bps = side * (level - entry) / entry * 1e4
    pos.gain_bps = gain_bps
    if not (pos.best - level) * side >= 0.0 and level == level:
        pos.best = level
    pos.best_bps = side * (pos.best - entry) / entry * 1e4
