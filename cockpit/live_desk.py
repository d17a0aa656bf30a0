"""The trading side of a live feed's connections: which account, its broker or the practice one, and how the link is."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cockpit.brokers.ib.broker import IbBroker
from cockpit.events import LinkState, Listed
from cockpit.feeds.ib.feed import Feed
from cockpit.feeds.ib.feed import Gauges as FeedGauges
from cockpit.feeds.ib.held import KeptContract
from cockpit.frame import ConnectionPart
from cockpit.ib.budget import Budget
from cockpit.ib.connection import Address
from cockpit.ib.instruments import Option
from cockpit.session import Session
from cockpit.state.remembering import working

Found = Callable[[list[str]], tuple[IbBroker | None, Iterable[KeptContract]]]
"""Accounts of the connection -> the broker of one of them, or None for practice; and what is known to be held."""


class Desk:
    """What trades on the connections that a feed makes (`cockpit.ib.trading.Trading`).

    Who trades is only known once there is a connection, which says what accounts there are: `found` is asked then,
    before the session stands.
    """

    def __init__(self, address: Address, found: Found, now_ns: Callable[[], int]) -> None:
        self.broker: IbBroker | None = None
        self.say: Callable[[str], None] = lambda _: None
        self._address, self._found, self._now_ns = address, found, now_ns
        self._session: Session | None = None
        self._state: LinkState = "connecting"
        self._words = ""
        self._since: tuple[str, int] = ("", 0)
        self._synchronised_ns: int | None = None

    async def held(self, ib: Any, budget: Budget) -> Sequence[Option]:
        """What the account holds, or in practice what the session of before does."""
        self.broker, held = self._found(list(ib.client.getAccounts()))
        options = [each.option() for each in held]
        if self.broker is None:
            return options
        self.broker.know(options, {})
        return await self.broker.held(ib, budget)

    def begun(self, push: Callable[[Any], None], session: Session, feed: Feed) -> None:
        """The session stands: it is told what happens, and goes on with what it had sent once that is known."""
        self._session = session
        broker = self.broker
        if broker is not None:
            self.know(feed)
            for w in working(session.state):
                if w.state == "pending_new":
                    broker.expect(w.order)
                else:
                    broker.adopt(w.order, w.placed_ns, w.order.contracts - w.filled, w.seen)

            def tell(event: Any) -> None:
                push(event)
                if isinstance(event, Listed):  # found at the broker: it is quoted, too
                    feed.list([broker.contracts.by_symbol[each.symbol] for each in event.instruments])

            broker.attach(tell)

    def know(self, feed: Feed) -> dict[str, Option]:
        """Every contract that is quoted or held, by symbol; the broker knows them from now on."""
        lines = feed.lines
        options = [Option(line.contract, line.instrument) for line in lines if line.instrument is not None]
        broker = self.broker
        if broker is None:
            return {each.instrument.symbol: each for each in options}
        broker.know(options, {line.underlying: line.contract for line in lines if line.instrument is None})
        return dict(broker.contracts.by_symbol)

    async def begin(self, ib: Any, budget: Budget) -> None:
        """The broker tells what happened meanwhile; on the first connection the session then sends what it had not."""
        if self.broker is not None:
            await self.broker.begin(ib, budget)
        session, self._session = self._session, None
        if session is not None:
            session.resume(None)
        self._synchronised_ns = self._now_ns()

    def end(self, why: str) -> None:
        """The connection has gone."""
        if self.broker is not None:
            self.broker.end(why)

    @property
    def is_up(self) -> bool:
        """Whether the connection stands, and what happened before it did has been told."""
        return self._state == "up"

    def link(self, state: LinkState, words: str) -> None:
        """How the connection is."""
        self._state, self._words = state, words
        if self.broker is not None:
            self.broker.link(state, words)

    def connection(self, feed: FeedGauges, now_ns: int) -> ConnectionPart:
        """The connection as its panel shows it; latency and the broker's clock are measured by the broker only."""
        state: LinkState = "quiet" if self._state == "up" and feed.state == "quiet" else self._state
        if state != self._since[0]:
            self._since = state, now_ns
        broker = self.broker
        gauges = None if broker is None else broker.gauges()
        return ConnectionPart(
            address=str(self._address),
            state=state,
            words=self._words,
            since_ns=self._since[1],
            account="" if broker is None else broker.account,
            is_live_account=broker is not None and broker.is_live,
            latency_ms=None if gauges is None else gauges.latency_ms,
            clock_off_s=None if gauges is None else gauges.clock_off_s,
            messages_per_s=feed.messages_per_s,
            messages_limit=feed.messages_limit,
            lines=feed.lines,
            lines_limit=feed.lines_limit,
            synchronised_ns=self._synchronised_ns if gauges is None else gauges.synchronised_ns,
            reconnects=feed.reconnects,
            only_reads=broker is None,
        )
