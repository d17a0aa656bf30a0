"""What TWS says of its own connection counts from the handshake on; a farm that serves others breaks nothing here."""

import asyncio
from typing import Any

import pytest

from cockpit.feeds.ib.feed import Feed
from cockpit.ib.uplink import farm_of
from tests.feeds.ib.feeding import FAST, LINES, SPY_ONLY, Taken, address, feeding, subscribed
from tests.tws.control import Control
from tests.tws.driving import in_loop
from tests.tws.scene import CALL
from tests.tws.server import LoopbackTws

BROKEN = "Market data farm connection is broken:"


class Links:
    """What trades, as far as a feed knows it: only whether there is a connection."""

    def __init__(self, taken: Taken) -> None:
        self.told: list[str] = []
        self._taken = taken

    async def held(self, ib: Any, budget: Any) -> tuple[()]:
        return ()

    async def begin(self, ib: Any, budget: Any) -> None:
        """At once."""

    def end(self, why: str) -> None:
        """Nothing works."""

    def link(self, state: str, words: str) -> None:
        self.told.append(state)
        self._taken.say(f"link {state}")


@in_loop
async def test_an_uplink_that_goes_while_the_feed_opens_is_not_up(tws: LoopbackTws) -> None:
    taken = Taken()
    links = Links(taken)
    feed = Feed(address(tws), SPY_ONLY, say=taken.say, timing=FAST, trading=links)
    await feed.open()
    tws.control.lose_uplink()
    await feed.history()
    running = asyncio.create_task(feed.run(taken.push))
    await taken.sentence("link no server")
    assert any("lost its server" in said for said in taken.said)
    assert (feed.state, links.told) == ("no server", ["no server"])
    tws.control.restore_uplink()
    await taken.sentence("link up")
    running.cancel()
    await asyncio.wait((running,))
    await feed.close()


@in_loop
async def test_a_server_that_is_gone_is_told_with_the_handshake(tws: LoopbackTws) -> None:
    taken = Taken()
    links = Links(taken)
    async with feeding(tws, taken=taken, trading=links) as (feed, _):
        await taken.sentence("link up")
        tws.control.lose_uplink()
        await taken.sentence("link no server")
        links.told.clear()
        tws.control.drop()
        await taken.sentence("again.")
        await taken.until(lambda: "no server" in links.told)
        assert "up" not in links.told
        assert feed.state == "no server"


@in_loop
async def test_a_farm_of_another_region_blinds_nobody(tws: LoopbackTws) -> None:
    async with feeding(tws) as (_, taken):
        await subscribed(tws)
        for code, text in ((2103, f"{BROKEN}eufarm"), (2103, f"{BROKEN}usopt")):
            tws.control.say(code, text)
        await taken.sentence("usopt is broken")
        assert not any("eufarm" in said for said in taken.said)
        tws.control.say(2108, "Market data farm connection is inactive but should be available upon demand.usopt")
        await taken.sentence("usopt is back")


@in_loop
async def test_quotes_that_another_session_had_do_not_take_a_second_line(tws: LoopbackTws) -> None:
    async with feeding(tws):
        await subscribed(tws)
        for count in range(1, 4):
            await tws.soon(_take_quotes)
            await tws.soon(lambda control, count=count: control.await_received("cancelMktData", count))
            await subscribed(tws, LINES + 1 + count)
        assert await tws.soon(_lines) == LINES


async def _take_quotes(control: Control) -> None:
    """TWS says so of a subscription that stays, and goes on by itself afterwards."""
    request = max(line.request for line in _streaming(control) if line.contract.con_id == CALL)
    control.say(10197, "No market data during competing live session", request=request)


async def _lines(control: Control) -> int:
    return len(_streaming(control))


def _streaming(control: Control) -> Any:
    return control._floor.data.lines  # pyright: ignore[reportPrivateUsage] - nothing else tells them


@pytest.mark.parametrize(
    ("text", "farm"),
    [
        (f"{BROKEN}usfarm.nj", "usfarm.nj"),
        ("Market data farm connection is OK:usopt", "usopt"),
        ("Market data farm connection is inactive but should be available upon demand.eufarm", "eufarm"),
    ],
)
def test_the_farms_name_ends_the_message(text: str, farm: str) -> None:
    assert farm_of(text) == farm
