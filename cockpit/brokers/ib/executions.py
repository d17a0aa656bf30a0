"""Executions told once each, however often, in whatever order and corrected as they may come."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from cockpit.brokers.ib.names import Names, whose
from cockpit.brokers.ib.translate import number, whole
from cockpit.domain.money import cents
from cockpit.domain.order import Fill
from cockpit.events import Noticed

ZERO = Decimal(0)
LATEST = "~"  # sorts after every number of a correction


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One trade as the broker tells it; `id` is that of all its corrections, `revision` tells them apart."""

    id: str
    revision: str
    ref: str | None  # of our order
    contract: Any
    side: Literal["buy", "sell"]
    contracts: int
    price: Decimal
    fees: Decimal | None  # None: not told yet
    whose: str
    perm_id: int


def execution_of(fill: Any, names: Names, own_client_id: int) -> Execution | None:
    """One of the library's fills; None for one of a whole combo, which its legs tell again, and for no trade."""
    told, charged = fill.execution, fill.commissionReport
    price = number(told.price)
    if fill.contract.secType == "BAG" or price is None or not whole(told.shares):
        return None
    id, dot, revision = told.execId.rpartition(".")
    wire = told.orderRef or ""
    return Execution(
        id=id if dot else told.execId,
        revision=revision,
        ref=names.ours(wire),
        contract=fill.contract,
        side="buy" if told.side == "BOT" else "sell",
        contracts=whole(told.shares),
        price=price,
        fees=number(charged.commission) if charged.execId else None,
        whose="by the broker, as a liquidation" if told.liquidation else whose(wire, told.clientId, own_client_id),
        perm_id=told.permId,
    )


class Taken(NamedTuple):
    """What an execution changes: whether it is new, and what is told of it."""

    is_new: bool
    tell: tuple[Fill | Noticed, ...] = ()


@dataclass(slots=True)
class Executions:
    """All that have come in the session's life.

    A fill waits a moment for its fees; without them it is told without, and again, with the same id, once they come.
    """

    known: dict[str, Execution] = field(default_factory=dict[str, Execution])
    waiting: dict[str, None] = field(default_factory=dict[str, None])
    """Ids of fills that wait for their fees, in their order."""

    def take(self, execution: Execution, now_ns: int, *, wait: bool) -> Taken:
        """One execution, new or not. Those of others are told by the caller."""
        before = self.known.get(execution.id)
        if before is None:
            self.known[execution.id] = execution
            if execution.ref is None:
                return Taken(True)
            if wait and execution.fees is None:
                self.waiting[execution.id] = None
                return Taken(True)
            return Taken(True, (_fill(execution, now_ns),))
        if execution.revision > before.revision:
            return self._correct(before, execution, now_ns)
        return Taken(False, self.charge(execution.id, execution.fees, now_ns))

    def remember(self, ids: Iterable[str], ref: str) -> None:
        """Executions of an order that an earlier run has told: whatever comes of them is no news."""
        for id in ids:
            self.known[id] = Execution(
                id=id, revision=LATEST, ref=ref, contract=None, side="buy", contracts=0, price=ZERO, fees=ZERO,
                whose="", perm_id=0,
            )  # fmt: skip

    def of(self, ref: str, now_ns: int) -> list[Fill]:
        """All fills of an order again, for who asks again."""
        return [_fill(each, now_ns) for each in self.known.values() if each.ref == ref and each.contracts]

    def charge(self, id: str, fees: Decimal | None, now_ns: int) -> tuple[Fill, ...]:
        """Fees have come: the fill that waited for them, or the one that was told without them."""
        execution = self.known.get(id)
        if execution is None or fees is None or execution.fees is not None:
            return ()
        self.known[id] = charged = replace(execution, fees=fees)
        self.waiting.pop(id, None)
        return (_fill(charged, now_ns),) if charged.ref is not None else ()

    def due(self, now_ns: int, *, ref: str | None = None, id: str | None = None) -> list[Fill]:
        """Fills that wait no longer and are told without fees: all, those of one order, or one of them."""
        over = [each for each in self.waiting if ref in (None, self.known[each].ref) and id in (None, each)]
        for each in over:
            del self.waiting[each]
        return [_fill(self.known[each], now_ns) for each in over]

    def _correct(self, before: Execution, after: Execution, now_ns: int) -> Taken:
        """The broker has corrected a trade: it is not another one, and positions are compared with the account."""
        self.known[after.id] = replace(after, fees=before.fees if after.fees is None else after.fees)
        if (before.contracts, before.price) == (after.contracts, after.price):
            return Taken(False)
        text = (
            f"the broker has corrected an execution of {before.contracts} @ {cents(before.price)} to "
            f"{after.contracts} @ {cents(after.price)}; the position is compared with the account, its price is kept"
        )
        return Taken(False, (Noticed(now_ns, f"A-correction-{after.id}", "critical", text),))


def newest(executions: list[Execution]) -> list[Execution]:
    """Of each trade its last correction, in the order in which the trades came."""
    last: dict[str, Execution] = {}
    for each in executions:
        if each.id not in last or each.revision >= last[each.id].revision:
            last[each.id] = each
    return list(last.values())


def _fill(execution: Execution, now_ns: int) -> Fill:
    assert execution.ref is not None
    return Fill(
        id=execution.id,
        ref=execution.ref,
        contracts=execution.contracts,
        price=execution.price,
        fees=ZERO if execution.fees is None else execution.fees,
        at_ns=now_ns,
    )
