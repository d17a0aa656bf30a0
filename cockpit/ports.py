"""What the session needs from outside: a broker, and somewhere to keep its records."""

from collections.abc import Callable, Sequence
from typing import Protocol

from cockpit.domain.order import Order, Report
from cockpit.domain.quote import Touch
from cockpit.records import Record


class Broker(Protocol):
    """Takes orders with our references; says what became of them through the session's inbox."""

    is_busy: bool
    """Whether an order is working."""

    def place(self, order: Order, now_ns: int) -> list[Report]:
        """Sends an order; a reference it knows already is never sent again. Reports at once what it can."""
        ...

    def cancel(self, ref: str, now_ns: int) -> list[Report]:
        """Asks for a cancel; the answer may be that it has filled."""
        ...

    def change(self, order: Order, now_ns: int) -> list[Report]:
        """Makes a working order of this reference into this one: more urgent, smaller, at another price.

        One that has ended stays so. A broker at a distance reports `Stands` once it has taken the change.
        """
        ...

    def advance(self, now_ns: int) -> list[Report]:
        """What has happened to working orders up to now."""
        ...

    def kill(self) -> None:
        """Cancels every order at the broker, also those of others; only asked of one at a distance."""
        ...

    def ask_margin(self, order: Order) -> None:
        """Asks what that order would cost the account, without sending it; only asked of one at a distance."""
        ...

    def reconcile(self) -> None:
        """Asks for everything that is held and works; only asked of one at a distance."""
        ...


class Ledger(Protocol):
    """The running hash over everything that was decided, in order."""

    def add(self, record: Record) -> None:
        """Takes a ledger record in; others are passed over."""
        ...

    def hexdigest(self) -> str:
        """The hash so far."""
        ...


class Journal(Protocol):
    """Commits records; what it cannot commit now it keeps beside itself and says so in `trouble`."""

    trouble: str | None

    def write(self, records: Sequence[Record], *, durable: bool) -> None:
        """One transaction, all or nothing; `durable` waits for the disk."""
        ...


Quote = Callable[[str, int], Touch]  # symbol, side of the order (+1 buys) -> what it could trade against
