"""Executions become positions, and what the broker says becomes the state of orders; nonsense changes nothing."""

from decimal import Decimal

from cockpit.brokers.paper import PaperOptions
from cockpit.commands import Close, Reduce
from cockpit.domain.order import Fill, Said
from cockpit.records import ExecutionRecord, OrderRecord, RoundTripRecord
from tests.market_of import Line, Playing, clock, ns, play, playing, profile

OPEN: list[Line] = ["10:00:00 49.9 50.1", "10:00:00 buy 100"]


def fill(played: Playing, ref: str, contracts: int, price: str = "50") -> None:
    """A report out of the blue."""
    now = played.state.now_ns
    made = Fill(id=f"{ref}/x", ref=ref, contracts=contracts, price=Decimal(price), fees=Decimal(0), at_ns=now)
    played.session.take(made)


def alerts(played: Playing) -> list[str]:
    """Texts of what is wrong."""
    return [f"{a.severity}: {a.text}" for a in played.state.alerts.values()]


def test_a_report_for_an_order_nobody_knows_changes_nothing_and_is_told() -> None:
    played = play(OPEN)
    fill(played, "P0009-0009", 5)
    assert played.held.contracts == 100
    assert alerts(played) == ["warning: a report for an unknown order P0009-0009"]


def test_an_execution_beyond_its_order_changes_nothing_and_alarms() -> None:
    played = play([*OPEN, "10:00:01 - 50.1"])
    played.command(Reduce(position="C", contracts=40))
    fill(played, played.sent[-1].ref, 41)
    assert played.held.contracts == 100
    assert alerts(played) == [f"critical: an execution of 41 for order {played.sent[-1].ref}, which is working"]


def test_an_execution_after_the_last_one_alarms() -> None:
    played = play(OPEN)
    played.command(Close(position="C"))
    fill(played, played.sent[-1].ref, 1)
    assert not played.state.held
    assert played.trip.contracts == 0
    assert alerts(played) == [f"critical: an execution of 1 for order {played.sent[-1].ref}, which is filled"]


def test_what_the_state_of_an_order_does_not_allow_is_told_and_changes_nothing() -> None:
    played = play(OPEN)
    ref = played.sent[0].ref
    played.session.take(Said(ref=ref, told="cancelled", words="too late", at_ns=played.state.now_ns))
    assert played.held.orders[ref].state == "filled"
    assert alerts(played) == [f"warning: order {ref} is filled; the broker says cancelled"]


def test_partial_fills_open_one_position_and_close_it() -> None:
    lines = ["10:00:00 50 50 ask_size=40", "10:00:00 buy 100"]
    lines += [f"10:00:{s:02d} {50 + s} {50 + s} ask_size=40 bid_size=60" for s in range(1, 4)]
    begun, events = playing([*lines, "10:00:10 60 60 bid_size=60", "10:00:11 61 61 bid_size=60"],
                            options=PaperOptions(participation=1.0))  # fmt: skip
    for event in events:
        begun.take(event)
        if event.at_ns == events[-1].at_ns - 2_000_000_000:
            begun.command(Close(position="C"))
    assert begun.trip.most == 100
    assert begun.trip.average == (40 * 50 + 40 * 51 + 20 * 52) / Decimal(100)
    assert begun.exits == ["10:00:11 100 @ 60.40 human close"]
    executions = [r for r in begun.journal.records if isinstance(r, ExecutionRecord)]
    assert [(e.side, e.contracts, e.price) for e in executions] == [
        ("buy", 40, "50"),
        ("buy", 40, "51"),
        ("buy", 20, "52"),
        ("sell", 60, "60"),
        ("sell", 40, "61"),
    ]


def test_an_order_that_is_rejected_is_alarmed_and_the_exit_sent_again() -> None:
    rules = profile("holding_limit max_held_s=10")
    lines = [*OPEN, *[f"10:00:{s:02d} 49.9 50.1" for s in range(1, 20)]]
    seeds = (play(lines, rules, options=PaperOptions(reject_rate=0.5, seed=n)) for n in range(1, 50))
    told = next(p for p in seeds if p.state.closed and any("exit order rejected" in text for text in alerts(p)))
    assert told.trip.contracts == 0
    states = {r.ref: r.state for r in told.journal.records if isinstance(r, OrderRecord) and r.purpose == "exit"}
    assert list(states.values())[-1] == "filled"
    assert set(list(states.values())[:-1]) == {"rejected"}


def test_a_rejected_entry_is_a_refused_entry() -> None:
    played = play(OPEN, options=PaperOptions(reject_rate=1.0))
    assert played.refused == ["10:00:00 rejected by the paper broker's reject_rate"]
    assert not played.state.held


# ---------------------------------------------------------------- money and excursions


def test_fees_and_the_multiplier_make_the_money() -> None:
    lines = ["10:00:00 50 50", "10:00:00 buy 10", "10:00:01 52 52"]
    played = play(lines, multiplier=100.0, options=PaperOptions(commission=Decimal("0.65")))
    played.command(Reduce(position="C", contracts=4))
    played.command(Close(position="C"))
    trip = played.trip
    assert (trip.gross, trip.fees) == (Decimal(2_000), Decimal(13))
    record = [r for r in played.journal.records if isinstance(r, RoundTripRecord)][-1]
    assert (record.gross, record.fees, record.net, record.entry_price, record.exit_price) == (
        "2000",
        "13",
        "1987",
        "50",
        "52",
    )


def test_a_short_earns_what_it_falls() -> None:
    played = play(["10:00:00 50 50", "10:00:00 sell 10", "10:00:01 45 45"])
    played.command(Close(position="C"))
    assert played.trip.gross == 50


def test_excursions_are_on_the_mark_from_the_open_to_the_last_fill() -> None:
    lines: list[Line] = [
        "10:00:00 49.9 50.1",
        "10:00:00 buy 100",
        "10:00:01 47.9 48.1",
        "10:00:02 53.9 54.1",
        ("10:00:03", Close(position="C")),
        "10:00:03 55.9 56.1",
    ]
    trip = play(lines).trip
    assert (trip.worst, trip.best) == (48.0 - 50.1, 56.0 - 50.1), "the mark of the last fill's own instant counts"


def test_also_of_a_fill_between_two_judgements() -> None:
    lines: list[Line] = [
        "10:00:00 50 50",
        "10:00:00 buy 100",
        "10:00:02 51 51",
        ("10:00:02", Close(position="C")),
        "10:00:02.7 45 45",
        "10:00:05 40 40",
    ]
    played = play(lines, options=PaperOptions(latency_ms=700))
    assert played.exits == ["10:00:02.7 100 @ 45.00 human close"]
    assert (played.trip.worst, played.trip.best) == (-5.0, 1.0)


def test_an_excursion_is_never_on_the_wrong_side_of_nothing() -> None:
    up = play(["10:00:00 50 50", "10:00:00 buy 100", "10:00:01 51 51"])
    assert (up.held.worst, up.held.best) == (0.0, 1.0)
    down = play(["10:00:00 50 50", "10:00:00 sell 100", "10:00:01 51 51"])
    assert (down.held.worst, down.held.best) == (-1.0, 0.0)


# ---------------------------------------------------------------- what a venue may do


def test_an_exit_that_is_refused_again_and_again_is_sent_ever_less_often() -> None:
    lines = [*OPEN, *[f"10:00:{s:02d} 49.9 50.1" for s in range(1, 60)], "10:01:00 49.9 50.1"]
    begun, events = playing(lines, profile("holding_limit max_held_s=10"))
    begun.take(events[0])
    begun.broker.options = PaperOptions(reject_rate=1.0)
    begun.play(events[1:])
    at = [clock(r.placed_ns) for r in begun.sent[1:]]
    assert at == ["10:00:10.25", "10:00:11.25", "10:00:13.25", "10:00:17.25", "10:00:25.25", "10:00:40.25",
                  "10:00:55.25"]  # fmt: skip
    (alert,) = begun.state.alerts.values()
    assert (alert.id, alert.count, alert.severity) == ("A-P0001-exit", 7, "critical")
    assert begun.command(Close(position="C")).accepted
    assert begun.sent[-1].placed_ns == begun.state.now_ns, "a human does not wait"
    begun.broker.options = PaperOptions()
    begun.command(Close(position="C"))
    assert begun.trip.contracts == 0
    assert begun.alerts == ["order resolved"]


def test_a_restart_does_not_forget_the_back_off() -> None:
    lines = [*OPEN, *[f"10:00:{s:02d} 49.9 50.1" for s in range(1, 20)]]
    begun, events = playing(lines, profile("holding_limit max_held_s=10"))
    begun.take(events[0])
    begun.broker.options = PaperOptions(reject_rate=1.0)
    begun.play([e for e in events[1:] if e.at_ns <= ns("10:00:14")])
    again = begun.killed()
    again.play()
    assert [clock(r.placed_ns) for r in again.sent[4:]] == ["10:00:17.25"]


def test_an_execution_told_twice_counts_once() -> None:
    played = play([*OPEN, "10:00:01 - 50.1"])
    played.command(Reduce(position="C", contracts=80))
    for _ in range(2):
        fill(played, played.sent[-1].ref, 40)
    assert played.held.contracts == 60
    assert alerts(played) == []
    again = played.killed()
    fill(again, again.sent[-1].ref, 40)
    assert again.held.contracts == 60, "a broker tells them again after a restart"


def test_a_fill_that_crossed_its_cancel_is_never_sold_twice_without_a_word() -> None:
    played = play([*OPEN, "10:00:01 - 50.1"])
    played.command(Reduce(position="C", contracts=60))
    first = played.sent[-1].ref
    played.session.take(Said(ref=first, told="cancelled", words="by the venue", at_ns=played.state.now_ns))
    played.command(Close(position="C"))
    fill(played, played.sent[-1].ref, 100)
    fill(played, first, 60)
    assert played.trip.contracts == 0
    assert played.trip.gross == Decimal("-10"), "the surplus is not in it"
    assert alerts(played)[-1] == (
        "critical: order P0001-0002 sold 60 more than was held: 60 NIFTY 20000 C 25 Aug are open at the broker and "
        "nobody supervises them"
    )


def test_and_orders_for_more_than_is_left_are_cut() -> None:
    played = play([*OPEN, "10:00:01 - 50.1"])
    played.command(Reduce(position="C", contracts=60))
    first = played.sent[-1].ref
    played.session.take(Said(ref=first, told="cancelled", words="by the venue", at_ns=played.state.now_ns))
    played.command(Close(position="C"))
    fill(played, first, 60)
    assert (played.held.contracts, played.held.leaving) == (40, 40)
    assert played.held.orders[played.sent[-1].ref].order.contracts == 40
    fill(played, played.sent[-1].ref, 40)
    assert played.trip.contracts == 0
