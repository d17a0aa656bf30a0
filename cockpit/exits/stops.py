"""How stops trail, and how every stop is watched: inclusively on the mark, or by the exit side while it is unknown."""

from typing import Any

from cockpit.exits.rule import EPS, NAN, NO, UNSEEN, YES, tighter
from cockpit.exits.view import Position
from cockpit.market.view import Market

PATIENCE_S = 10.0


def ratchet(m: Any, candidate: float, side: float) -> None:
    """Moves `m.stop` to the candidate if that is tighter.

    After a human has replaced the stop, `m.ground` is the level the ratchet itself has reached: it goes on once it has
    something better than that, so that a loosened stop stays loosened meanwhile, and than the human's, so that a
    tightened one is not taken for its own.
    """
    if m.ground == m.ground:
        if not (candidate - m.ground) * side > EPS:
            return
        m.ground = NAN if (candidate - m.stop) * side > EPS else candidate
    m.stop = tighter(m.stop, candidate, side)


def struck(now: Market, pos: Position, m: Any, stop: float) -> int:
    """Whether the level has reached the stop.

    While the mark is unknown but the exit side is quoted, at or above the stop holds; beyond it for 10 s without
    interruption and in at least two rows of the contract is a hit. `m` keeps `beyond_t` and `beyond_rows`.
    """
    x = (pos.level - stop) * pos.level_side
    if x == x:
        m.beyond_t = NAN
        return YES if x <= EPS else NO
    if pos.basis == 2 or stop != stop:  # the exit side says nothing about a level of the underlying
        return UNSEEN
    x = (pos.exit_price - stop) * pos.side
    if x != x:
        m.beyond_t = NAN
        return UNSEEN
    if x >= -EPS:
        m.beyond_t = NAN
        return NO
    if m.beyond_t != m.beyond_t:
        m.beyond_t = now.t
        m.beyond_rows = now.rows
    if now.t - m.beyond_t >= PATIENCE_S - EPS and now.rows - m.beyond_rows >= 1.0:
        return YES
    return NO
