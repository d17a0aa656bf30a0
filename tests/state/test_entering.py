"""Entries: the few checks they pass, joins, and refusals that are never silent."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

import pytest

from cockpit.brokers.paper import PaperOptions
from cockpit.commands import Close, Enter, Reduce, SetSession, parse
from cockpit.domain.money import plain
from cockpit.domain.order import Said
from cockpit.records import AlertRecord, CommandRecord
from cockpit.risk.limits import LIVE, Limits
from tests.market_of import Line, clock, play, playing, profile
from tests.state.at_broker import Live

QUOTED = "10:00:00 49.9 50.1"


def entered(*lines: Line, **how: object) -> tuple[list[str], list[str]]:
    """Open positions as `long 10 @ 50.1`, and what was refused."""
    played = play(lines, **how)  # type: ignore[arg-type]
    held = [
        f"{'long' if h.side > 0 else 'short'} {h.contracts} @ {plain(h.average)}" for h in played.state.held.values()
    ]
    return held, played.refused


def test_an_entry_is_a_market_order_at_the_far_side() -> None:
    assert entered(QUOTED, "10:00:00 buy 10") == (["long 10 @ 50.1"], [])
    assert entered(QUOTED, "10:00:00 sell 10") == (["short 10 @ 49.9"], [])


def test_it_sees_the_rows_of_its_own_instant() -> None:
    assert entered(QUOTED, "10:00:01 50.9 51.1", "10:00:01 buy 10") == (["long 10 @ 51.1"], [])


def test_a_limit_fills_at_once_at_the_quoted_price_or_is_refused() -> None:
    assert entered(QUOTED, "10:00:00 buy 10 at 50.5") == (["long 10 @ 50.1"], [])
    assert entered(QUOTED, "10:00:00 buy 10 at 50.1") == (["long 10 @ 50.1"], [])
    assert entered(QUOTED, "10:00:00 buy 10 at 50.0") == ([], ["10:00:00 limit not reached"])
    assert entered(QUOTED, "10:00:00 sell 10 at 49.95") == ([], ["10:00:00 limit not reached"])


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["10:00:00 49.9 -", "10:00:00 buy 10"], "not quoted"),
        (["10:00:00 0 50.1", "10:00:00 sell 10"], "not quoted"),
        (["10:00:00 50.2 50.1", "10:00:00 buy 10"], "not quoted"),
        (["10:00:00 - - last=50", "10:00:00 buy 10"], "not quoted"),
        ([QUOTED, "10:00:05.25 buy 10", "10:00:06 P 1 2"], "stale quote"),
        ([QUOTED, "10:00:00 buy 10 P"], "stale quote"),
        (["09:59:59 buy 10", QUOTED], "stale quote"),
        (["09:14:59.75 49.9 50.1", "09:14:59.75 buy 10"], "market closed"),
        (["15:30:00 49.9 50.1", "15:30:00 buy 10"], "market closed"),
        ([QUOTED, "10:00:01 74.9 75.1", "10:00:01 buy 10"], "suspect quote"),
        ([QUOTED, ("10:00:00", SetSession(state="reducing")), "10:00:01 buy 10", "10:00:02 1 2"], "session reducing"),
        ([QUOTED, ("10:00:00", SetSession(state="halted")), "10:00:01 buy 10", "10:00:02 1 2"], "session halted"),
    ],
)
def test_an_entry_is_refused(lines: list[Line], why: str) -> None:
    held, refused = entered(*lines)
    assert held == []
    assert [text.split(" ", 1)[1] for text in refused] == [why]


@pytest.mark.parametrize("line", ["09:15:00 49.9 50.1", "15:29:59.75 49.9 50.1"])
def test_the_edges_of_the_session_are_open_and_closed(line: str) -> None:
    assert entered(line, f"{line.split()[0]} buy 10")[1] == []


def test_a_side_that_is_quoted_is_enough() -> None:
    assert entered("10:00:00 - 50.1", "10:00:00 buy 10") == (["long 10 @ 50.1"], [])


def test_a_quote_is_fresh_at_its_limit() -> None:
    assert entered(QUOTED, "10:00:05 buy 10", "10:00:06 P 1 2") == (["long 10 @ 50.1"], [])


def test_a_second_entry_joins_at_the_average_price() -> None:
    held, refused = entered(QUOTED, "10:00:00 buy 10", "10:00:01 52.9 53.1", "10:00:01 buy 20")
    assert (held, refused) == (["long 30 @ 52.1"], [])


def test_joining_restarts_neither_clock_nor_baselines() -> None:
    lines = [
        "10:00:00 49.9 50.1 iv=.20 theta=-10",
        "10:00:00 under 20000",
        "10:00:00 buy 10",
        "10:00:30 52.9 53.1 iv=.30 theta=-20",
        "10:00:30 under 20100",
        "10:00:30 buy 20",
        "10:00:31 52.9 53.1",
    ]
    pos = play(lines, interval_s=15.0).held.pos
    assert (pos.age_s, pos.iv_at_entry, pos.entry_mark, pos.entry_underlying) == (31.0, 0.20, 50.0, 20_000.0)
    assert pos.theta_cost_at_entry == pytest.approx(10 * 10 / 1440 / 50 * 100)


def test_a_joined_entry_moves_the_stop_only_when_that_is_tighter() -> None:
    up = play([QUOTED, "10:00:00 buy 10", "10:00:01 59.9 60.1", "10:00:01 buy 10"])
    assert up.stops == ["10:00:00 37.58 entry", "10:00:01 41.33 joined"]
    down = play([QUOTED, "10:00:00 buy 10", "10:00:01 39.9 40.1", "10:00:01 buy 10"])
    assert down.stops == ["10:00:00 37.58 entry"]


def test_on_the_own_basis_the_entry_mark_stays_and_so_does_the_stop() -> None:
    lines = [QUOTED, "10:00:00 buy 10", "10:00:01 59.9 60.1", "10:00:01 buy 10"]
    assert play(lines, profile(head='gain_basis = "own"')).stops == ["10:00:00 37.50 entry"]


def test_an_opposite_entry_is_refused() -> None:
    assert entered(QUOTED, "10:00:00 buy 10", "10:00:00 sell 5") == (
        ["long 10 @ 50.1"],
        ["10:00:00 opposite to the open position"],
    )


def test_an_entry_while_an_exit_is_working_is_refused() -> None:
    lines = [
        QUOTED,
        "10:00:00 buy 10",
        "10:00:01 - 50.1",
        ("10:00:01", Close(position="C")),
        "10:00:01 buy 5",
        "10:00:02 - 50.1",
        "10:00:02 buy 5",
        "10:00:03 49 49.2",
    ]
    played = play(lines)
    assert played.refused == ["10:00:02 an exit is working"]
    assert played.exits == ["10:00:03 15 @ 49.00 human close"]


def test_a_second_entry_while_the_first_is_on_its_way_is_refused() -> None:
    lines = [QUOTED, "10:00:00 buy 10", "10:00:00 buy 5", "10:00:01 49.9 50.1"]
    played = play(lines, options=PaperOptions(latency_ms=500))
    assert played.refused == ["10:00:00 an entry is working"]
    assert played.held.contracts == 10


def test_a_limit_that_is_gone_when_the_order_arrives_is_refused() -> None:
    lines = [QUOTED, "10:00:00 buy 10 at 50.1", "10:00:00.5 49.9 50.2", "10:00:01 49.9 50.2"]
    played = play(lines, options=PaperOptions(latency_ms=500))
    assert played.refused == ["10:00:00.5 limit not reached"]
    assert not played.state.held


def test_two_entries_of_one_instant_are_one_position() -> None:
    assert entered(QUOTED, "10:00:00 buy 10", "10:00:00 buy 10") == (["long 20 @ 50.1"], [])


def test_a_new_position_is_judged_at_its_own_instant_when_its_contract_or_underlying_had_a_row() -> None:
    rule = profile("time_limit max_hold_min=0", "holding_limit binding='advisory'", "session_cutoff lunch_lead_min=240")
    lines = [QUOTED, "10:00:00 buy 10", "10:00:01 49.9 50.1"]
    assert play(lines, rule).exits == ["10:00:00 10 @ 49.90 session_cutoff LUNCH"]
    between = [QUOTED, "10:00:00.1 buy 10", "10:00:01 49.9 50.1"]
    assert play(between, rule).exits == ["10:00:00.25 10 @ 49.90 session_cutoff LUNCH"]
    under = [QUOTED, "10:00:00.1 under 20000", "10:00:00.1 buy 10", "10:00:01 49.9 50.1"]
    assert play(under, rule).exits == ["10:00:00.1 10 @ 49.90 session_cutoff LUNCH"]


def test_opened_by_hand_it_is_judged_at_its_instant_too() -> None:
    rule = profile("session_cutoff lunch_lead_min=240")
    lines: list[Line] = [QUOTED, ("10:00:00", Enter(symbol="C", side="buy", contracts=10)), "10:00:01 49.9 50.1"]
    assert play(lines, rule).exits == ["10:00:00 10 @ 49.90 session_cutoff LUNCH"]


def test_refusals_and_entries_are_journalled_as_commands() -> None:
    played = play([QUOTED, "10:00:00 buy 10", "10:00:00 sell 5"])
    said = [r for r in played.journal.durable if isinstance(r, CommandRecord)]
    assert [(r.author, r.command, r.accepted, r.answer) for r in said] == [
        ("script", "enter", True, "sent"),
        ("script", "enter", False, "opposite to the open position"),
    ]


def test_by_hand_the_same_checks_answer_in_a_sentence() -> None:
    played, events = playing([QUOTED, "10:00:01 49.9 50.1"])
    played.play(events)
    said = played.command(Enter(symbol="X", side="buy", contracts=1))
    assert (said.accepted, said.said) == (False, "there is no contract 'X' in this session")
    said = played.command(Enter(symbol="C", side="buy", contracts=1, profile="none"))
    assert not said.accepted
    said = played.command(Enter(symbol="C", side="buy", contracts=1, price=49.0))
    assert said.said == "entry refused: limit not reached"
    assert played.command(Enter(symbol="C", side="buy", contracts=2)).said == "buys 2 of NIFTY 20000 C 25 Aug"
    assert played.held.average == Decimal("50.1")


def test_a_join_that_is_still_on_its_way_when_the_position_leaves_whole_is_cancelled() -> None:
    lines: list[Line] = [
        QUOTED,
        "10:00:00 buy 10",
        "10:00:02 49.9 50.1",
        "10:00:02 buy 5",
        ("10:00:02", Close(position="C")),
        "10:00:02.25 49.9 -",
        "10:00:03 49.9 -",
        "10:00:04 49.9 50.1",
    ]
    played = play(lines, options=PaperOptions(latency_ms=400))
    assert played.exits == ["10:00:02.5 10 @ 49.90 human close"]
    assert not played.state.held
    assert played.trip.most == 10


@pytest.mark.parametrize(
    ("bid", "ask", "warned"), [("49.8", "50.2", False), ("49.75", "50.25", True), ("30", "70", True)]
)
def test_a_spread_beyond_the_first_impulse_is_warned_of_before_the_entry(bid: str, ask: str, warned: bool) -> None:
    scaled = profile("scale_out basis='scaled'")
    played = play([f"10:00:00 {bid} {ask}", "10:00:00 buy 1"], scaled)
    told = [(r.kind, r.state) for r in played.journal.records if isinstance(r, AlertRecord)]
    assert told == [("spread", "active"), ("spread", "resolved")] * warned
    assert play([f"10:00:00 {bid} {ask}", "10:00:00 buy 1"], profile("scale_out")).alerts == []


@pytest.mark.parametrize(
    ("options", "during"),
    [(PaperOptions(latency_ms=400), "spread active"), (PaperOptions(reject_rate=1.0), "spread resolved")],
    ids=["filled later", "rejected"],
)
def test_the_warning_of_a_spread_ends_with_the_entry(options: PaperOptions, during: str) -> None:
    lines = ["10:00:00 30 70", "10:00:00 buy 1", "10:00:01 30 70"]
    begun, events = playing(lines, profile("scale_out basis='scaled'"), options=options)
    begun.take(events[0])
    assert begun.alerts == [during]
    assert begun.play(events[1:]).alerts == ["spread resolved"]


# ------------------------------------------------------------------ at a live broker


def at_live(enter: Enter, *, lines: Sequence[str] = (), **setup: Any) -> str:
    """What is answered to an entry on a call that is quoted 49.95 to 50.05; "" when it is sent."""
    live = Live(*(lines or ["10:00:00 49.95 50.05"]), **setup)
    said = live.command(enter)
    assert said.accepted == bool(live.book.placed)
    return "" if said.accepted else said.said.removeprefix("entry refused: ")


def a_call(contracts: int = 1, side: Literal["buy", "sell"] = "buy", **terms: Any) -> Enter:
    """An entry by hand."""
    return Enter(symbol="C", side=side, contracts=contracts, **terms)


def test_a_slipped_size_is_refused() -> None:
    assert at_live(a_call(50), limits=LIVE) == ""
    assert at_live(a_call(51), limits=LIVE) == "limit of 50 contracts an order"
    assert at_live(a_call(51), limits=Limits()) == ""


@pytest.mark.parametrize(
    ("side", "price", "why"),
    [
        ("buy", 50.05, ""),
        ("buy", 55.05, ""),
        ("buy", 55.10, "limit of 55.1 is more than 10 % beyond the quote of 50.05"),
        ("buy", 500.5, "limit of 500.5 is more than 10 % beyond the quote of 50.05"),
        ("sell", 44.95, ""),
        ("sell", 44.90, "limit of 44.9 is more than 10 % beyond the quote of 49.95"),
        ("sell", 4.95, "limit of 4.95 is more than 10 % beyond the quote of 49.95"),
    ],
)
def test_a_slipped_point_is_refused(side: Literal["buy", "sell"], price: float, why: str) -> None:
    assert at_live(a_call(side=side, price=price), limits=LIVE) == why
    assert at_live(a_call(side=side, price=price, rests="day"), limits=LIVE) == why
    assert at_live(a_call(side=side, price=price), limits=Limits()) == ""


def test_with_one_side_quoted_the_collar_is_of_that() -> None:
    lines = ["10:00:00 - 50"]
    assert at_live(a_call(price=55.0), lines=lines, limits=LIVE) == ""
    assert "more than 10 % beyond" in at_live(a_call(price=55.05), lines=lines, limits=LIVE)


def entering_often(live: Live, times: int, every_s: float) -> list[str]:
    """Answers to entries that are cancelled at once."""
    said: list[str] = []
    for _ in range(times):
        said.append(live.command(a_call(price=49.0, rests="day")).said.removeprefix("entry refused: "))
        for w in live.working("entry"):
            live.book.orders.pop(w.order.ref)
            live.tell(Said(ref=w.order.ref, told="cancelled", words="", at_ns=live.state.now_ns))
        for _ in range(round(every_s * 4)):
            live.beat()
            live.rows(f"{clock(live.state.now_ns)} 49.95 50.05")
    return said


def test_entries_of_a_second_and_of_a_minute_are_counted() -> None:
    assert entering_often(Live(limits=LIVE), 3, 0)[1:] == [
        "buys 1 of NIFTY 20000 C 25 Aug, resting at 49 (day)", "limit of 2 entries a second",
    ]  # fmt: skip
    assert entering_often(Live(limits=Limits(orders_per_min=4)), 6, 0.5)[3:] == [
        "buys 1 of NIFTY 20000 C 25 Aug, resting at 49 (day)", "limit of 4 entries a minute",
        "limit of 4 entries a minute",
    ]  # fmt: skip
    assert len(set(entering_often(Live(limits=LIVE), 12, 1))) == 1


def test_no_limit_holds_up_a_reduction() -> None:
    live = Live(limits=Limits(contracts_per_order=1, collar_pct=0.0, orders_per_s=0, orders_per_min=0))
    live.snapshot(("C", 20, "50"))
    assert live.command(Reduce(position="C", contracts=5)).accepted
    assert live.command(Close(position="C")).accepted


def test_a_limit_rests_only_at_a_live_broker() -> None:
    why = "no limit rests in practice: it fills at once or not at all"
    assert at_live(a_call(price=49.0, rests="day"), protection="practice") == why
    live = Live()
    assert live.command(a_call(price=49.0, rests="gtc")).said == "buys 1 of NIFTY 20000 C 25 Aug, resting at 49 (gtc)"
    (order,) = (o for o in live.book.placed if o.purpose == "entry")
    assert (order.limit, order.tif, order.at_once) == (49, "gtc", False)
    (record,) = live.records(CommandRecord)
    assert record.arguments["rests"] == "gtc"


def test_one_that_does_not_rest_still_fills_at_once_or_is_refused() -> None:
    assert at_live(a_call(price=49.0)) == "limit not reached"
    live = Live()
    live.command(a_call(price=50.05))
    (order,) = (o for o in live.book.placed if o.purpose == "entry")
    assert (order.tif, order.at_once) == ("day", True)


def test_at_market_nothing_rests() -> None:
    with pytest.raises(ValueError, match="price"):
        a_call(rests="day")
    with pytest.raises(ValueError, match="wants a 'price' to rest at"):
        parse({"command": "enter", "symbol": "C", "side": "buy", "contracts": 1, "rests": "gtc"})
