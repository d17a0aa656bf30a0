"""What can be found out about a TWS or Gateway without sending an order."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from cockpit.domain.errors import BadInput
from cockpit.feeds.ib.contracts import find_underlying
from cockpit.feeds.ib.first_price import first_price
from cockpit.ib.budget import Budget
from cockpit.ib.connection import CONNECT_S, Address, connect, hang_up
from cockpit.ib.notices import READ_ONLY

PROBE, PROBE_MARKET = "SPY", "us"
QUESTION_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found; None is what could not be told."""

    server_version: int
    accounts: tuple[str, ...]
    is_read_only: bool | None
    ahead_s: float | None  # the broker's clock before ours; it tells whole seconds, so this is exact to half of one
    quotes: str  # why there are none of `PROBE`, as a sentence; empty when they come


async def examine(address: Address, *, connect_s: float = CONNECT_S, question_s: float = QUESTION_S) -> Examined:
    """Connects, asks and hangs up; raises NoBroker when there is no connection."""
    ib = await connect(address, timeout_s=connect_s)
    try:
        return Examined(
            server_version=ib.client.serverVersion(),
            accounts=tuple(ib.client.getAccounts()),
            is_read_only=await _is_read_only(ib, question_s),
            ahead_s=await _ahead_s(ib, question_s),
            quotes=await _quotes(ib, question_s),
        )
    finally:
        await hang_up(ib)


async def _is_read_only(ib: Any, within_s: float) -> bool | None:
    """Whether a question about orders is refused; this one changes nothing, not even as client 0."""
    refused: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def hear(_request: int, code: int, *_: Any) -> None:
        if code == READ_ONLY and not refused.done():
            refused.set_result(True)

    ib.errorEvent += hear
    listed = asyncio.ensure_future(ib.reqAllOpenOrdersAsync())
    try:
        await asyncio.wait((refused, listed), timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        return True if refused.done() else False if listed.done() else None
    finally:
        listed.cancel()
        ib.errorEvent -= hear


async def _ahead_s(ib: Any, within_s: float) -> float | None:
    before_s = time.time()
    try:
        async with asyncio.timeout(within_s):
            told = await ib.reqCurrentTimeAsync()
    except (TimeoutError, ConnectionError):
        return None
    return float(told.timestamp()) + 0.5 - (before_s + time.time()) / 2.0


async def _quotes(ib: Any, within_s: float) -> str:
    budget = Budget()
    try:
        found = await find_underlying(ib, budget, PROBE, PROBE_MARKET)
        await first_price(ib, budget, found.contract, PROBE, within_s=within_s)
    except BadInput as error:
        return str(error)
    except ConnectionError:
        return "The connection ended before any quote came: try again."
    return ""
