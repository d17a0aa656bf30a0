"""The rules of one position, asked together."""

from math import inf
from typing import TYPE_CHECKING

from cockpit.exits.chain import Ask, flat
from cockpit.exits.rule import NAN, tighter
from cockpit.exits.view import Position
from cockpit.market.view import Market

if TYPE_CHECKING:
    from cockpit.exits.arbitrate import Asked


class Panel:
    """`ask` tells what each rule answers to a market and a position, and the tightest stop that they hold."""

    __slots__ = ("ask", "asked", "rests_until", "underlying_version")

    def __init__(self, asked: "list[Asked]") -> None:
        self.asked = asked
        self.ask: Ask = self.first
        self.rests_until = -inf  # until then a heartbeat finds what the last one found (cockpit.state.resting), …
        self.underlying_version = -1  # … unless the underlying has changed since
        for a in asked:
            a.panel = self

    def first(self, now: Market, pos: Position) -> tuple[list[int], float]:
        """The first time that these kernels are asked with these memories: in a row, unless one is not its rule's."""
        if all(a.kernel is a.rule.kernel for a in self.asked):
            self.ask = flat(tuple((a.kernel, a.p, a.has_stop) for a in self.asked))(*(a.m for a in self.asked))
        else:
            self.ask = self.one_by_one
        return self.ask(now, pos)

    def one_by_one(self, now: Market, pos: Position) -> tuple[list[int], float]:
        """The same as in a row, of whatever kernels the rules have."""
        return [a.kernel(a.p, now, pos, a.m) for a in self.asked], self.tightest(pos)

    def tightest(self, pos: Position) -> float:
        """The tightest stop that the rules hold; NaN when none does."""
        stop = NAN
        for a in self.asked:
            if a.has_stop:
                stop = tighter(stop, a.m.stop, pos.level_side)
        return stop
