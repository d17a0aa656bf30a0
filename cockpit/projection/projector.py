"""Projects the state onto frames: parts are made anew only when what they show has changed."""

from collections.abc import Callable, Iterator
from math import inf
from typing import Any

from cockpit.frame import ConnectionPart, Frame, MarginPart
from cockpit.projection.board import Board
from cockpit.projection.chain import Chain
from cockpit.projection.expiry_contracts import ExpiryContracts
from cockpit.projection.grid import Grid
from cockpit.projection.interest import Interest
from cockpit.projection.kept import kept
from cockpit.projection.lists import Alerts, Closed, Orders, Tail
from cockpit.projection.profiles import Profiles
from cockpit.projection.reconciliation import Account, Reconciliation, margin_part
from cockpit.projection.regimes import Regimes
from cockpit.projection.status import Status
from cockpit.projection.totals import Totals
from cockpit.projection.waiting import Waiting
from cockpit.projection.words import rule_words
from cockpit.state.model import NS, State

ASKED_NS = NS // 4
"""Of session time, between two questions to the connection."""


class Projector:
    """Makes frames of one state, which has no other projector; `feed` and `badge` name what is played.

    Set `refused_rows`, `trouble` and `ended` as they change; a `connection` that can be asked is asked now and then,
    and so is `chain.volatility`.
    """

    def __init__(self, state: State, feed: str, badge: str) -> None:
        self.state = state
        self.refused_rows = 0
        self.trouble = ""
        self.ended = False
        self.connection: Callable[[], ConnectionPart | None] | None = None
        self._connection: ConnectionPart | None = None
        self._margin: MarginPart | None = None
        self._asked: tuple[int, object] = -ASKED_NS, None  # when, and of which link
        self._stirred = set(state.held.values())  # positions that have changed since the last frame
        totals, contracts = Totals(), ExpiryContracts(state)
        self._grid = Grid(state, totals)
        self._status = Status(state, feed, badge)
        self._interest = Interest(state, totals, contracts)
        self._regimes = Regimes()
        self._board = Board(state, self._grid, self._interest, self._regimes)
        self.chain = Chain(state, contracts)
        self._waiting, self._profiles = Waiting(state), Profiles(state)
        self._orders, self._alerts, self._closed, self._tail = Orders(state), Alerts(state), Closed(state), Tail(state)
        self._account, self._reconciliation = Account(state), Reconciliation(state)
        self._idle = None, ""
        self._second = -1
        self._told = self._told_now()

    def frame(self) -> Frame:
        """The state as it is now, at once."""
        for _ in self._steps(inf):
            pass
        return self._frame()

    def slices(self, since_s: float) -> Iterator[Frame | None]:
        """A frame, in slices of some ten microseconds, between which the session may go on: None until it is there.

        `since_s` is the time since the last one. What is due, or has changed otherwise than by a price, is in it as of
        its end; rows may be up to 0.1 s old. A frame that is begun and left is nothing lost.
        """
        for _ in self._steps(since_s):
            yield None
        yield self._frame()

    @property
    def lags(self) -> bool:
        """Whether the newest frame is older than what happened last: a further one will show more."""
        return self._grid.lags or self._told != self._told_now()

    def _steps(self, since_s: float) -> Iterator[None]:
        """Most of the work of a frame."""
        state = self.state
        t = state.t(state.now_ns)
        if int(t) != self._second:
            self._sample(t)
            yield
        self._note_stirred()
        yield from self._grid.steps(self._stirred, since_s)
        yield
        yield from self._board.steps()
        yield from self.chain.steps()

    def _told_now(self) -> tuple[Any, ...]:
        return self.refused_rows, self.trouble, self.ended

    def _note_stirred(self) -> None:
        self._stirred |= self.state.stirred
        self.state.stirred.clear()

    def _frame(self) -> Frame:
        """What the steps have made, and all that is cheap or must be of now."""
        self._note_stirred()
        stirred = [*self._stirred]
        self._stirred.clear()
        positions = self._grid.look(stirred)
        self._told = self._told_now()
        tally = self._grid.tally
        return Frame(
            status=self._status.part(tally, self.refused_rows, self.trouble),
            positions=positions,
            pending=self._waiting.look(),
            idle=self._idle_words(),
            detail=self._board.part(),
            ledger=self._tail.look(),
            ended=self.ended,
            orders=self._orders.look(stirred),
            alerts=self._alerts.look(),
            closed=self._closed.look(),
            closed_count=self._closed.count,
            closed_net=self._closed.net,
            chain=self.chain.part(),
            profiles=self._profiles.look(tally.by_profile),
            connection=self._connection_part(),
            account=self._account.look(),
            reconciliation=self._reconciliation.look(),
            margin=self._margin_part(),
        )

    def _margin_part(self) -> MarginPart | None:
        if self.state.margin is not None:
            self._margin = kept(self._margin, margin_part(self.state))
        return self._margin

    def _connection_part(self) -> ConnectionPart | None:
        """As it said last; asked again when the link is another, and four times a second of the session."""
        now_ns, link = self.state.now_ns, self.state.link
        if self.connection is not None and (now_ns - self._asked[0] >= ASKED_NS or link is not self._asked[1]):
            self._asked = now_ns, link
            self._connection = kept(self._connection, self.connection())
        return self._connection

    def _sample(self, t: float) -> None:
        """Once a second of the session: what is drawn over time, and what changes are measured from."""
        self._second = int(t)
        self._interest.sample(t)

    def _idle_words(self) -> str:
        """What will happen next when nothing is pending: the nearest rule of all positions."""
        if not self.state.held:
            return "" if self.ended else "No positions. Waiting for entries."
        close = self._grid.tally.nearest(self._grid.parts)
        if close is None:
            return "No rule can see."
        if close is not self._idle[0]:
            self._idle = close, f"Nearest: {close.label}, {rule_words(close.nearest_rule)}, {close.nearest_text}"
        return self._idle[1]
