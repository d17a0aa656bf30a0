"""Tasks that belong together have all ended afterwards, whichever way it went."""

import asyncio

import pytest

from cockpit.ib.ending import first_of
from tests.tws.driving import in_loop


def for_ever() -> asyncio.Future[None]:
    async def wait() -> None:
        await asyncio.Event().wait()

    return asyncio.ensure_future(wait())


async def fails() -> None:
    raise OSError("a fault")


@in_loop
async def test_the_first_that_ends_ends_the_others() -> None:
    other, first = for_ever(), asyncio.ensure_future(asyncio.sleep(0, "done"))
    await first_of((other, first))
    assert other.cancelled()
    assert first.result() == "done"


@in_loop
async def test_a_fault_is_raised_when_the_others_have_ended() -> None:
    other = for_ever()
    with pytest.raises(OSError, match="a fault"):
        await first_of((other, asyncio.ensure_future(fails())))
    assert other.cancelled()


@in_loop
async def test_cancelled_or_out_of_time_nothing_runs_on() -> None:
    others = [for_ever(), for_ever()]
    both = asyncio.ensure_future(first_of(others))
    await asyncio.sleep(0)
    both.cancel()
    await asyncio.wait((both,))
    assert both.cancelled()
    assert all(each.cancelled() for each in others)
    late = for_ever()
    await first_of((late,), within_s=0.001)
    assert late.cancelled()
