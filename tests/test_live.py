"""A live session with practice orders: quotes in, orders filled, a drop, a restart, a new day, and a clock set back."""

import asyncio
import os
from decimal import Decimal
from pathlib import Path

import pytest

from cockpit.commands import Close
from cockpit.domain.errors import BadInput, NoBroker
from cockpit.events import NS, Heartbeat
from cockpit.feeds.ib.contracts import Wanted
from cockpit.feeds.recorder import FULL
from cockpit.feeds.recording import load
from cockpit.feeds.wall_clock import WallClock
from cockpit.ib.connection import Address
from cockpit.journal.history import open_history
from cockpit.journal.store import open_journal
from cockpit.wiring_live import live_session
from tests.living import DAY_NS, FAST, MORNING_NS, SYMBOL, asked, clock, living, open_market, quote
from tests.tws.conftest import tws
from tests.tws.driving import in_loop
from tests.tws.scene import SPY
from tests.tws.server import HOST, LoopbackTws

__all__ = ["tws"]
FAR_NS = MORNING_NS + 100 * DAY_NS


def sessions(journal: Path) -> list[tuple[str, int, bool]]:
    """Id, how often it went on, and whether it has ended."""
    with open_history(journal) as history:
        return [(each.id, each.resumed, each.ended_ns is not None) for each in history.sessions()]


@in_loop
async def test_an_entry_and_an_exit_from_end_to_end(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    async with living(asked(tws, tmp_path)) as session:
        held = await session.enters(2)
        assert held.average == Decimal("9.9")
        status = session.live.frame().status
        assert (status.badge, status.feed) == ("PAPER", f"ib 127.0.0.1:{tws.port}")
        quote(tws, 10.4)
        await session.quoted(10.4)
        assert session.ask(Close(position=held.id)).accepted
        closed = await session.flat()
        assert closed.exit_total == Decimal("20.8")
    assert tws.control.orders() == []


@in_loop
async def test_its_stop_leaves_by_itself(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    async with living(asked(tws, tmp_path)) as session:
        await session.enters(2)
        for bid in (8.5, 7.5, 7.0, 7.0):
            quote(tws, bid)
            await session.quoted(bid)
        closed = await session.flat()
        assert closed.exits[0].cause.rule == "protective_stop"


@in_loop
async def test_a_drop_is_shown_and_survived(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    async with living(asked(tws, tmp_path)) as session:
        held = await session.enters(2)
        tws.control.go_down()
        panel = session.live.projector.connection
        assert panel is not None
        down = await session.until(lambda: (part := panel()) and part.state == "connecting" and part)
        assert "closed the connection" in down.words
        await session.until(lambda: any(row.state == "blind" for row in session.live.frame().positions))
        tws.control.come_back()
        await session.until(lambda: (part := panel()) and part.state == "up" and part.reconnects == 1)
        quote(tws, 9.9)
        await session.quoted(9.9)
        assert session.live.state.held == {held.id: held}
    assert any("again" in sentence for sentence in session.said)


@in_loop
async def test_the_next_start_goes_on_where_the_last_stopped(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    given = asked(tws, tmp_path)
    async with living(given) as session:
        await session.enters(3)
        await session.quoted(9.8)
    async with living(given) as again:
        held = await again.holds(3)
        assert held.id == "P0001"
        quote(tws, 9.7)
        await again.quoted(9.7)
        assert again.ask(Close(position=held.id)).accepted
        await again.flat()
    assert sessions(tmp_path / "journal.sqlite") == [("S0001", 1, False)]
    parts = sorted(name for name in os.listdir(tmp_path) if name.startswith("journal-"))
    assert parts == ["journal-S0001", "journal-S0001-2"]
    for part in parts:
        assert SYMBOL in load(tmp_path / part, now_ns=FAR_NS).instruments


@in_loop
async def test_the_market_is_warm_after_a_restart(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    given = asked(tws, tmp_path)
    async with living(given) as session:
        await session.until(lambda: sum(isinstance(event, Heartbeat) for event in session.events) > 6)
        await session.enters(1)
    tws.control.hold("reqMktData")
    tws.control.go_down()
    tws.control.come_back()
    tws.control.release("reqMktData")
    live = await live_session(given, say=lambda _: None, timing=FAST, clock=clock())
    try:
        assert live.state.contracts[SYMBOL].bid == 9.8
        assert live.state.underlyings["SPY"].price == 500.0
    finally:
        await live.feed.close()
        live.close()


@in_loop
async def test_what_is_held_is_quoted_although_it_is_not_chosen_any_more(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    async with living(asked(tws, tmp_path)) as session:
        await session.enters(1)
    tws.control.quote(SPY, 509.99, 510.01, 510.0)  # the strikes are 500 and 505
    quote(tws, 14.0)
    narrow = asked(tws, tmp_path, wanted=Wanted(underlyings=("SPY",), strikes=1))
    async with living(narrow) as again:
        await again.quoted(14.0)
        await again.holds(1)


@in_loop
async def test_a_new_day_begins_a_new_session_unless_something_is_open(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    given, journal = asked(tws, tmp_path), tmp_path / "journal.sqlite"
    async with living(given) as session:
        held = await session.enters(1)
    async with living(given, later_ns=DAY_NS) as second:
        assert held.id in {*second.live.state.held, *(each.id for each in second.live.state.closed)}
        second.ask(Close(position=held.id))  # unless a rule has been quicker: it has been held for a day
        await second.flat()
    assert sessions(journal) == [("S0001", 1, False)]
    async with living(given, later_ns=2 * DAY_NS) as third:
        assert not third.live.state.closed
    assert sessions(journal) == [("S0001", 1, True), ("S0002", 0, False)]


@in_loop
async def test_an_option_that_has_expired_in_practice_is_settled_at_what_it_was_worth(
    tws: LoopbackTws, tmp_path: Path
) -> None:
    open_market(tws)
    tws.control.quote(SPY, 511.99, 512.01, 512.0)
    given = asked(tws, tmp_path)
    async with living(given) as session:
        held = await session.enters(2)
        await session.until(lambda: session.live.state.underlyings["SPY"].price == 512.0)
    async with living(given, later_ns=4 * DAY_NS, quoted=False) as again:  # a Saturday
        closed = await again.flat()
        assert (closed.id, closed.exit_total) == (held.id, Decimal(24))
        assert closed.exits[0].cause.because == "as it expired: settled at intrinsic value"
    async with living(given, later_ns=5 * DAY_NS, quoted=False) as later:
        assert later.live.state.held == {}


@in_loop
async def test_a_cooldown_outlives_a_window_that_is_closed(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    given = asked(tws, tmp_path)
    async with living(given) as session:
        held = await session.enters(1)
        assert session.ask(Close(position=held.id)).accepted
        await session.flat()
        until_ns = session.live.state.cooldown.until_ns
    async with living(given) as again:
        assert again.live.state.cooldown.until_ns == until_ns
        assert again.live.state.day_net == session.live.state.day_net


@in_loop
async def test_a_second_supervisor_is_refused(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    other = asked(tws, tmp_path, address=Address(host=HOST, port=tws.port, client_id=8))
    async with living(asked(tws, tmp_path)):
        with pytest.raises(BadInput, match="is already being written by process"):
            await live_session(other, say=lambda _: None, timing=FAST)


@in_loop
async def test_a_port_where_nobody_listens_leaves_nothing(tws: LoopbackTws, tmp_path: Path) -> None:
    tws.control.go_down()
    with pytest.raises(NoBroker, match="Nobody listens"):
        await live_session(asked(tws, tmp_path), say=lambda _: None, timing=FAST)
    assert os.listdir(tmp_path) == []


@in_loop
async def test_a_folder_that_cannot_be_made_frees_the_journal(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be made"):
        await live_session(asked(tws, tmp_path, record=tmp_path / "file" / "x"), say=lambda _: None, timing=FAST)
    open_journal(tmp_path / "journal.sqlite").close()


@in_loop
async def test_a_recording_that_is_full_goes_on_in_another(
    tws: LoopbackTws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.feeds.recorder.MAX_ROWS", 1)
    open_market(tws)
    async with living(asked(tws, tmp_path)) as session:
        await session.until(lambda: (tmp_path / "journal-S0001-2").exists())
        assert session.live.frame().status.trouble in ("", FULL)
        quote(tws, 9.7)
        await session.quoted(9.7)


@in_loop
async def test_a_clock_that_is_set_back_is_told_and_time_goes_on(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    back_ns, now = [0], clock()
    moved = WallClock(lambda: now() - back_ns[0])
    live = await live_session(asked(tws, tmp_path), say=lambda _: None, timing=FAST, clock=moved)
    events: list[int] = []
    told = asyncio.Event()

    def push(event: object) -> None:
        live.take(event)
        events.append(live.state.now_ns)
        if any("set back" in alert.text for alert in live.state.alerts.values()):
            told.set()

    running = asyncio.create_task(live.run(push))
    back_ns[0] = 3_600 * NS
    await told.wait()
    running.cancel()
    await asyncio.wait((running,))
    live.close()
    assert events == sorted(events)
    assert running.cancelled()
