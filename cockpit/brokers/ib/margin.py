"""What the account would have to hold with an order, as the broker tells it without taking the order."""

import asyncio
from dataclasses import dataclass
from typing import Any

from cockpit.brokers.ib.account import figure
from cockpit.brokers.ib.words import is_notice, sentence
from cockpit.domain.errors import NoBroker, Refused
from cockpit.domain.order import Order
from cockpit.events import MarginTold


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """In the account's currency; None is not told."""

    initial: float | None
    initial_change: float | None
    maintenance: float | None
    maintenance_change: float | None
    equity: float | None  # with loan value, afterwards
    commission: float | None
    currency: str
    warning: str

    @property
    def excess(self) -> float | None:
        """What would be left above the initial margin."""
        return None if self.equity is None or self.initial is None else self.equity - self.initial


def margin_told(order: Order, told: Margin, now_ns: int) -> MarginTold:
    """The answer, for the session."""
    return MarginTold(
        now_ns, order.symbol, order.side, order.contracts, told.currency, told.initial_change, told.maintenance_change,
        told.excess, told.commission, told.warning,
    )  # fmt: skip


def margin_untold(order: Order, why: str, now_ns: int) -> MarginTold:
    """There is none, in the broker's words."""
    return MarginTold(now_ns, order.symbol, order.side, order.contracts, words=why, is_refused=True)


async def ask_margin(ib: Any, contract: Any, order: Any, answer_s: float) -> Margin:
    """Raises Refused with the broker's reason, NoBroker when it gives no answer, ConnectionError without connection.

    Not by the library's own what-if, which answers a refusal with nothing, and in its fork not at all.
    """
    order.whatIf = True
    request = ib.client.getReqId()
    refused: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(about: int, code: int, text: str, _contract: Any) -> None:
        if about == request and not is_notice(code) and not refused.done():
            refused.set_result(sentence(code, text))

    ib.errorEvent += hear
    answer = ib.wrapper.startReq(request, contract)
    try:
        ib.client.placeOrder(request, contract, order)
        await asyncio.wait((answer, refused), timeout=answer_s, return_when=asyncio.FIRST_COMPLETED)
        if refused.done():
            raise Refused(refused.result())
        if not answer.done():
            raise NoBroker("TWS or Gateway gave no answer about the margin: see that it is logged in, try again.")
        return _margin(answer.result())
    finally:
        ib.errorEvent -= hear
        answer.cancel()


def _margin(state: Any) -> Margin:
    return Margin(
        initial=figure(state.initMarginAfter),
        initial_change=figure(state.initMarginChange),
        maintenance=figure(state.maintMarginAfter),
        maintenance_change=figure(state.maintMarginChange),
        equity=figure(state.equityWithLoanAfter),
        commission=figure(state.commission),
        currency=state.commissionCurrency,
        warning=state.warningText or "",
    )
