"""One order of ours at the broker, and the reports that its changes make: acknowledged, standing so, ended."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cockpit.brokers.ib.translate import Seen
from cockpit.domain.order import Order, Report, Said, Stands, Told
from cockpit.events import OffStep

PAUSE_NS = 1_000_000_000
TYPE_IS_FIXED = 329
MISSING = "the broker does not know this order: it never arrived, or ended while nobody listened"


@dataclass(slots=True, kw_only=True)
class Standing:
    """An order of our session. `order` is as it was last sent, `taken` as the broker last confirmed it.

    Both are None of an order that only the broker knows: of an earlier run whose journal has lost it.
    """

    ref: str
    order: Order | None = None
    taken: Order | None = None
    contract: Any = None
    order_id: int = 0  # by which this connection may change it; 0: it cannot
    parent_id: int = 0
    perm_id: int = 0
    placed_ns: int = 0
    changed_ns: int = 0
    news_count: int = 0  # of all that was sent and heard about orders: which came before a question
    limit: Decimal | None = None  # as last sent
    size: int = 0  # as the broker told it last
    executed: int = 0
    is_live: bool = True
    is_held: bool = False  # not sent yet: the orders that belong to it are on their way
    is_acknowledged: bool = False
    is_lost: bool = False
    is_cancelling: bool = False
    is_cancel_refused: bool = False
    is_refused: bool = False
    is_changed: bool = False  # since it was first sent
    is_owed: bool = False  # a change may not have arrived: what stands is told again
    is_kept: bool = False  # the session may believe that more is to come: its change was refused, or lost
    is_given_up: bool = False  # its end was concluded: the broker has not told it
    is_limit_only: bool = False  # the broker does not let it become a market order
    trouble: str = ""
    """What the broker said of it last, as a sentence."""
    stands: Stands | None = None
    ended: Said | None = None

    @property
    def most(self) -> int:
        """The whole order: as it was asked, or larger as the broker still holds it."""
        return max(self.order.contracts if self.order is not None else 0, self.size)

    def acknowledge(self, now_ns: int) -> list[Report]:
        """It works; told once, and again after it was lost or its cancel was refused."""
        reports: list[Report] = []
        if self.is_cancelling and self.is_cancel_refused:
            self.is_cancelling = self.is_cancel_refused = False
            reports.append(Said(ref=self.ref, told="lost", words=self.trouble, at_ns=now_ns))
            self.is_lost = True
        if self.is_cancelling or (self.is_acknowledged and not self.is_lost):
            return reports
        told: Told = "part_filled" if self.executed and self.is_lost else "acknowledged"
        self.is_acknowledged, self.is_lost = True, False
        return [*reports, Said(ref=self.ref, told=told, words="", at_ns=now_ns)]

    def confirm(self, seen: Seen, now_ns: int) -> list[Report]:
        """The broker holds it so; told when it is otherwise than told before."""
        self.taken, self.size = self.order, seen.contracts
        trigger = seen.trigger
        if self.order is not None and self.order.trigger is not None and self.order.trigger.on == "underlying":
            trigger = self.order.trigger.price  # the library keeps the condition with which it saw the order first
        stands = Stands(ref=self.ref, contracts=seen.contracts, limit=seen.limit, trigger=trigger, at_ns=now_ns)
        before, self.stands = self.stands, stands
        is_same = before is not None and _terms(before) == _terms(stands) and not self.is_owed
        self.is_owed = False
        return [] if is_same or not seen.contracts else [stands]

    def end(self, told: Told, words: str, now_ns: int) -> list[Report]:
        """It works no longer."""
        self.is_live = self.is_held = self.is_lost = self.is_cancelling = False
        self.ended = Said(ref=self.ref, told=told, words=words, at_ns=now_ns)
        return [self.ended]

    def keep(self, code: int, now_ns: int) -> None:
        """A change of it was refused: it stands as before, and is left alone for a while."""
        self.order, self.is_kept, self.is_owed = self.taken or self.order, True, True
        self.changed_ns = now_ns + PAUSE_NS
        self.is_limit_only = self.is_limit_only or code == TYPE_IS_FIXED
        if self.stands is not None:
            self.limit = self.stands.limit

    def off_step(self, now_ns: int) -> list[OffStep]:
        """The price that was sent last is not on its step, as the broker says; call it before `keep`."""
        order = self.order
        if order is None:
            return []
        on_premium = order.trigger.price if order.trigger is not None and order.trigger.on == "premium" else None
        price = on_premium if self.limit is None else self.limit
        return [] if price is None else [OffStep(now_ns, self.ref, order.symbol, price)]

    def fill_up(self, now_ns: int) -> list[Report]:
        """It has filled whole, which its executions have told, unless it had been reduced or they are not told."""
        if self.executed >= self.most and not self.is_kept:
            self.is_live = self.is_lost = False
            return []
        if self.executed >= self.most:
            return self.end("filled", f"filled {self.executed}, which is all that the broker had of it", now_ns)
        return self.end("filled", f"filled whole, though executions tell only {self.executed} of {self.most}", now_ns)

    def lose(self, why: str, now_ns: int) -> list[Report]:
        """Nobody hears of it any more."""
        self.is_acknowledged, self.is_lost, self.order_id, self.is_owed = False, True, 0, True
        return [Said(ref=self.ref, told="lost", words=why, at_ns=now_ns)]

    def known(self, now_ns: int) -> list[Report]:
        """What is known of it, for who asks again."""
        if self.ended is not None:
            return [self.ended]
        if not self.is_live or not self.is_acknowledged:
            return []
        acknowledged = Said(ref=self.ref, told="acknowledged", words="", at_ns=now_ns)
        return [acknowledged] if self.stands is None else [acknowledged, self.stands]


def _terms(stands: Stands) -> tuple[int, Decimal | None, Decimal | None]:
    return stands.contracts, stands.limit, stands.trigger
