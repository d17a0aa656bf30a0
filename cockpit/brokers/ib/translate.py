"""Our orders as the library's, and the library's as numbers of ours: nothing here is sent, asked or remembered."""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from cockpit.domain.money import exact, plain
from cockpit.domain.order import Order, Tif
from cockpit.ib.library import library

UNSET = 1e300  # the protocol writes the largest double for "not set"
_TIFS: dict[Tif, str] = {"day": "DAY", "gtc": "GTC", "ioc": "IOC", "opg": "OPG"}
_LIMITED = frozenset(("LMT", "STP LMT", "LIT", "LOC", "REL", "TRAIL LIMIT"))
_STOPPED = frozenset(("STP", "STP LMT", "MIT", "LIT"))
REDUCE_WITH_BLOCK = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What an order needs to travel; `watched` is the underlying's contract where its trigger is on that."""

    account: str
    wire_ref: str
    wire_group: str
    order_id: int
    parent_id: int = 0
    transmit: bool = True
    watched: Any = None


class Seen(NamedTuple):
    """An order as the broker tells it, of whoever and of whatever type."""

    wire: str
    client_id: int
    order_id: int
    parent_id: int
    perm_id: int
    account: str
    status: str
    is_opinion: bool  # the library concluded the status from an error; the broker has not said it
    filled: int
    contracts: int
    limit: Decimal | None
    trigger: Decimal | None
    contract: Any
    side: str
    words: str  # "LMT 4.55 DAY"


def wire_order(order: Order, limit: Decimal | None, envelope: Envelope) -> Any:
    """The library's order, priced at `limit` (None: market); a trigger on the underlying becomes a condition."""
    terms: dict[str, Any] = {"orderType": "MKT" if limit is None else "LMT"}
    trigger = order.trigger
    if limit is not None:
        terms["lmtPrice"] = float(limit)
    if order.trail is not None:
        terms |= {"orderType": "TRAIL", "auxPrice": float(order.trail)}
        terms.pop("lmtPrice", None)
        if trigger is not None and trigger.on == "premium":
            terms["trailStopPrice"] = float(trigger.price)
    elif trigger is not None and trigger.on == "premium":
        terms |= {"orderType": "STP" if limit is None else "STP LMT", "auxPrice": float(trigger.price)}
    if trigger is not None and trigger.on == "underlying":
        watched = envelope.watched
        terms["conditions"] = [
            library().PriceCondition(
                isMore=trigger.above, price=float(trigger.price), conId=watched.conId, exch=watched.exchange
            )
        ]
    if envelope.wire_group:
        terms |= {"ocaGroup": envelope.wire_group, "ocaType": REDUCE_WITH_BLOCK}
    return library().Order(
        orderId=envelope.order_id,
        action="BUY" if order.side == "buy" else "SELL",
        totalQuantity=order.contracts,
        tif="IOC" if order.at_once else _TIFS[order.tif],
        orderRef=envelope.wire_ref,
        account=envelope.account,
        parentId=envelope.parent_id,
        transmit=envelope.transmit,
        outsideRth=False,
        **terms,
    )


def seen(trade: Any) -> Seen:
    """What a trade of the library says now."""
    order, told = trade.order, trade.orderStatus
    limit = number(order.lmtPrice) if order.orderType in _LIMITED else None
    trigger = _trigger(order)
    prices = [plain(price) for price in (limit, trigger) if price is not None]
    return Seen(
        wire=order.orderRef or "",
        client_id=order.clientId,
        order_id=order.orderId,
        parent_id=whole(order.parentId),
        perm_id=order.permId or told.permId,
        account=order.account,
        status=told.status,
        is_opinion=_is_opinion(trade),
        filled=whole(told.filled),
        contracts=whole(order.totalQuantity),
        limit=limit,
        trigger=trigger,
        contract=trade.contract,
        side="buy" if order.action == "BUY" else "sell",
        words=" ".join([order.orderType, *prices, order.tif or "DAY"]),
    )


def _is_opinion(trade: Any) -> bool:
    """Until the broker tells the status: a fill, which the library notes under the one it has guessed, does not."""
    told = next((each for each in reversed(trade.log) if not each.message.startswith("Fill ")), None)
    return told is not None and bool(told.errorCode)


def _trigger(order: Any) -> Decimal | None:
    if order.orderType in _STOPPED:
        return number(order.auxPrice)
    if order.orderType.startswith("TRAIL"):
        return number(order.trailStopPrice)
    watched = [condition for condition in order.conditions or () if type(condition).__name__ == "PriceCondition"]
    return number(watched[0].price) if watched else None


def number(value: Any) -> Decimal | None:
    """A price, or None for what is not set or is no number; the library gives texts, floats and decimals."""
    try:
        told = float(value)
    except (TypeError, ValueError):
        return None
    return exact(told) if math.isfinite(told) and abs(told) < UNSET else None


def whole(value: Any) -> int:
    """Contracts; what is not set is 0."""
    told = number(value)
    return 0 if told is None else round(told)


def label(contract: Any) -> str:
    """A contract of the library in words, of whatever kind."""
    name = " ".join((contract.localSymbol or contract.symbol or str(contract.conId)).split())
    return name if contract.secType in ("OPT", "STK") else f"{name} {contract.secType}".strip()
