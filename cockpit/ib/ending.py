"""Tasks that belong together: when one of them ends or the caller is cancelled, all of them have ended."""

import asyncio
from collections.abc import Collection
from typing import Any


async def first_of(tasks: Collection[asyncio.Future[Any]], *, within_s: float | None = None) -> None:
    """Until one of them ends, or the time is over; then the others are cancelled and waited for, and a fault is raised.

    A task that swallows its cancel is waited for as long as it takes: what is awaited in one must pass cancels on,
    which `asyncio.wait_for` of Python 3.11 does not always.
    """
    try:
        done, _ = await asyncio.wait(tasks, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
