"""What is held and gets no quotes: told critically and once, asked for again at leisure, and told when it is over."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cockpit.events import Noticed
from cockpit.feeds.ib.contracts import Wanted
from cockpit.feeds.ib.feed import Feed
from cockpit.ib.instruments import Option
from tests.feeds.ib.feeding import FAST, LINES, SPY_ONLY, Taken, address, feeding, subscribed
from tests.feeds.ib.test_changing import NARROW, con_ids, details, listed
from tests.feeds.ib.test_translate import option
from tests.feeds.ib.test_uplink import BROKEN, Links
from tests.tws.driving import in_loop
from tests.tws.scene import PUT
from tests.tws.server import LoopbackTws

SELDOM = replace(FAST, competing_s=60.0)


class Told:
    """What a session that holds some contracts hears of them."""

    def __init__(self, feed: Feed, taken: Taken, *symbols: str) -> None:
        self.notices: list[Noticed] = []
        self._taken = taken
        feed.hold(lambda: symbols, self._tell)

    def _tell(self, notice: Noticed) -> None:
        self.notices.append(notice)
        self._taken.say(notice.text)

    async def of(self, severity: str, count: int) -> list[Noticed]:
        """All of them, as soon as there are so many."""
        return await self._taken.until(lambda: (own := self.all(severity)) and len(own) >= count and own)

    def all(self, severity: str) -> list[Noticed]:
        return [each for each in self.notices if each.severity == severity]


@in_loop
async def test_a_held_contract_without_permission_is_told_once_and_when_it_is_quoted(tws: LoopbackTws) -> None:
    tws.control.permission(PUT, "none")
    put = option("P").symbol
    async with feeding(tws) as (feed, taken):
        told = Told(feed, taken, put)
        (notice,) = await told.of("critical", 1)
        assert notice.id == f"A-quotes-{put}"
        assert notice.text.startswith(f"{put} is held and has no quotes (354), so no rule can act on it: the account")
        await subscribed(tws)
        tws.control.forget_received()
        tws.control.drop()
        await taken.sentence("again.")
        await subscribed(tws, LINES)
        tws.control.permission(PUT, "live")
        tws.control.quote(PUT, 5.0, 5.2)
        tws.control.drop()
        (over,) = await told.of("info", 1)
        assert (over.id, over.text) == (notice.id, f"{put} has quotes again")
        assert len(told.notices) == 2


@in_loop
async def test_where_nothing_can_make_room_it_is_asked_again_at_leisure(tws: LoopbackTws) -> None:
    every = await details(tws, *(con_id for pair in listed(tws).values() for con_id in pair))
    async with feeding(tws, NARROW, timing=SELDOM) as (feed, taken):
        await subscribed(tws, 7)
        await taken.until(lambda: feed.gauges.lines == len(feed.lines) == 6)
        told = Told(feed, taken, *(each.instrument.symbol for each in every))
        tws.control.lines(6)
        tws.control.forget_received()
        feed.list(every)
        assert len({each.id for each in await told.of("critical", 8)}) == 8
        assert sorted(con_ids(tws)) == sorted(set(con_ids(tws))), "each was asked for once"
        assert len(taken.said) == len(set(taken.said)), "and that is said once"


@in_loop
async def test_a_line_that_tws_has_again_is_taken_by_what_is_held(tws: LoopbackTws) -> None:
    every = await details(tws, *(con_id for pair in listed(tws).values() for con_id in pair))
    async with feeding(tws, NARROW) as (feed, taken):
        await subscribed(tws, 7)
        await taken.until(lambda: feed.gauges.lines == len(feed.lines) == 6)
        told = Told(feed, taken, *(each.instrument.symbol for each in every))
        tws.control.lines(6)
        for each in every:
            tws.control.quote(each.contract.conId, 5.0, 5.2)
        feed.list(every)
        await told.of("critical", 8)
        tws.control.lines(100)  # its windows were closed
        await told.of("info", 8)
        assert feed.gauges.lines == len(feed.lines) == 14


@in_loop
async def test_lines_that_tws_has_are_the_limit_that_is_shown(tws: LoopbackTws) -> None:
    at_strike = listed(tws)
    (far,) = await details(tws, at_strike[515.0][1])
    async with feeding(tws, NARROW, timing=SELDOM) as (feed, taken):
        await subscribed(tws, 7)
        await taken.until(lambda: feed.gauges.lines == len(feed.lines) == 6)
        assert feed.gauges.lines_limit == 100
        tws.control.lines(6)
        tws.control.quote(at_strike[515.0][1], 14.0, 14.2)
        feed.list([far])
        await taken.row(lambda row: row.symbol == far.instrument.symbol and row.bid == 14.0)
        assert (feed.gauges.lines, feed.gauges.lines_limit) == (6, 6)


@in_loop
async def test_a_farm_that_was_broken_before_anybody_streamed_is_said(tws: LoopbackTws) -> None:
    taken = Taken()
    feed = Feed(address(tws), SPY_ONLY, say=taken.say, timing=FAST)
    await feed.open()
    tws.control.say(2103, f"{BROKEN}usopt")
    await feed.history()
    running = asyncio.ensure_future(feed.run(taken.push))
    await taken.sentence("The market-data farm usopt is broken")
    running.cancel()
    await asyncio.wait((running,))
    await feed.close()


class Adopting(Links):
    """Finds, when it begins, that it holds the last of the chain."""

    def __init__(self, taken: Taken) -> None:
        super().__init__(taken)
        self.feed: Feed | None = None
        self.waited: list[bool] = []

    async def begin(self, ib: Any, budget: Any) -> None:
        assert self.feed is not None
        (*_, last) = [line for line in self.feed.lines if line.instrument is not None]
        stream = self.feed._changing.stream  # pyright: ignore[reportPrivateUsage] - what is held so far is quoted
        assert stream is not None
        await stream.supervises.wait()
        self.waited.append(last.is_wanting)
        assert last.instrument is not None
        held: Sequence[Option] = [Option(last.contract, last.instrument)]
        self.feed.list(held)

    def link(self, state: str, words: str) -> None:
        super().link(state, words)
        if state == "up" and self.feed is not None:
            self.waited += [line.is_wanting for line in self.feed.lines if line.is_held]


@in_loop
async def test_up_waits_for_a_line_of_the_chain_that_comes_to_be_held(tws: LoopbackTws) -> None:
    taken = Taken()
    links = Adopting(taken)
    feed = links.feed = Feed(address(tws), Wanted(underlyings=("SPY",)), say=taken.say, timing=FAST, trading=links)
    await feed.open()
    running = asyncio.ensure_future(feed.run(taken.push))
    await taken.sentence("link up")
    running.cancel()
    await asyncio.wait((running,))
    await feed.close()
    assert links.waited == [True, False]
