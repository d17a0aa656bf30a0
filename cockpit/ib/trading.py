"""What trades on a feed's connection: one client of the broker, one budget, and both know when it is lost."""

from collections.abc import Sequence
from typing import Any, Protocol

from cockpit.events import LinkState
from cockpit.ib.budget import Budget
from cockpit.ib.instruments import Option


class Trading(Protocol):
    """Orders and positions on the connections that a feed makes; all of it on the engine's thread."""

    async def held(self, ib: Any, budget: Budget) -> Sequence[Option]:
        """What the account holds and has orders in, so that it is quoted; asked once, before the session stands."""
        ...

    async def begin(self, ib: Any, budget: Budget) -> None:
        """On a new connection, and after an `end` on the same one, when TWS has its own server again.

        When it returns, all that happened meanwhile has been told and orders may be sent; it may be cancelled.

        Raises NoBroker, or ConnectionError when the connection ends first.
        """
        ...

    def end(self, why: str) -> None:
        """The connection has gone, or TWS's own: orders that worked are unknown from now on; more than once is fine."""
        ...

    def link(self, state: LinkState, words: str) -> None:
        """The connection is another than before, as the feed sees it; `up` is only said after `begin`."""
        ...
