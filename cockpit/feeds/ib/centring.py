"""Chains that follow the price of their underlying, within the market-data lines, without what is held ever leaving."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from cockpit.feeds.ib.contracts import Chain
from cockpit.feeds.ib.lines import Line
from cockpit.ib.instruments import Option

MIDDLE = 1.0 / 3.0


class Moved(NamedTuple):
    """How a chain follows: options that come, and lines that go."""

    come: list[Option]
    go: list[Line]


def follow(chain: Chain, lines: Iterable[Line], price: float, held: Collection[str]) -> Moved | None:
    """What changes when the price has left the middle third of the chain's strikes; None while it has not."""
    known = {each.contract.conId for each in chain.options}
    quoted = {line.contract.conId: line for line in lines if line.contract.conId in known}
    free = [line for line in quoted.values() if not _stays(line, held)]
    if not free or _is_central(price, [line.contract.strike for line in free]):
        return None
    near = {each.contract.conId: each for each in chain.near(price)}
    come = [each for con_id, each in near.items() if con_id not in quoted]
    go = [line for line in free if line.contract.conId not in near]
    return Moved(come, go) if come else None


def make_room(
    lines: Collection[Line], price_of: Callable[[str], float | None], limit: int, held: Collection[str] = ()
) -> list[Line]:
    """The lines that have to go so that no more than `limit` are left: of strikes farthest from the price first.

    Fewer where the rest is held or no option.
    """
    free = [line for line in lines if line.instrument is not None and not _stays(line, held)]
    free.sort(key=lambda line: -_distance(line, price_of(line.underlying)))
    return free[: max(len(lines) - limit, 0)]


def _is_central(price: float, strikes: Sequence[float]) -> bool:
    low, high = min(strikes), max(strikes)
    margin = (high - low) * MIDDLE
    return low + margin <= price <= high - margin


def _distance(line: Line, price: float | None) -> float:
    """Of the strike from the price, as a share of it; where that is unknown the last come go first."""
    return abs(line.contract.strike / price - 1.0) if price else 0.0


def _stays(line: Line, held: Collection[str]) -> bool:
    return line.is_held or (line.instrument is not None and line.instrument.symbol in held)
