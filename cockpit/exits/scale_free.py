"""Measures that mean the same for every underlying and premium, used by rules whose `basis` is scaled."""

DOCUMENTED, SCALED = 0, 1
BASES = ("documented", "scaled")


def gamma_per_pct(gamma: float, underlying: float) -> float:
    """Change of delta when the underlying moves by 1 %; gamma is per point of the underlying."""
    return gamma * underlying / 100.0


def premium_base(mark: float, noise: float, pct: float, noises: float) -> float:
    """The greater of `pct` % of the mark and `noises` times the premium's noise, in points; unknown without a mark."""
    share = pct * mark / 100.0
    noisy = noises * noise
    return noisy if noisy > share else share
