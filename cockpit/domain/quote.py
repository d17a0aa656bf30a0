"""The side of a market an order would trade against."""

from dataclasses import dataclass

from cockpit.domain.price_grid import Grid, Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """What a broker may trade against now: the fresh quote of one side of one contract."""

    price: float | None  # None: not quoted, or too old
    size: float | None  # displayed on that side; None: unknown
    mid: float | None
    quote_t: float  # when the quote was made, to tell updates apart
    is_suspect: bool
    tick: float
    lot: int
    steps: Steps = ()  # as an instrument's

    @property
    def grid(self) -> Grid:
        """The prices at which an order may stand."""
        return Grid(self.tick, self.steps)
