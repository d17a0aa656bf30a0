"""The order of things: rows, fills, entries, commands, judgement; and journalled before it is sent."""

from collections.abc import Sequence
from typing import Any

import pytest

from cockpit.brokers.paper import PaperOptions
from cockpit.commands import Close, SetStop, Veto
from cockpit.domain.order import Order, Report, Said
from cockpit.events import Batch, Heartbeat
from cockpit.records import DecisionRecord, OrderRecord, PositionSampleRecord, Record, VerdictRecord
from tests.market_of import Kept, Line, Playing, ns, play, playing, profile

BUY: list[Line] = ["10:00:00 49.9 50.1", "10:00:00 buy 100"]
CLOCK = profile("holding_limit max_held_s=10")


# ---------------------------------------------------------------- the order of one instant


def test_all_rows_of_an_instant_come_before_anything_is_judged_and_the_last_of_a_contract_wins() -> None:
    lines = [*BUY, "10:00:01 37 37", "10:00:01 49.9 50.1"]
    assert play(lines).exits == []
    fatal = [*BUY, "10:00:01 49.9 50.1", "10:00:01 37 37"]
    assert play(fatal).exits == ["10:00:01 100 @ 37.00 protective_stop STOP_HIT"]


def test_of_several_rows_volumes_add() -> None:
    lines = [*BUY, *[f"10:{m:02d}:30 49.9 50.1 volume=10" for m in range(8)]]
    lines += ["10:08:30 49.9 50.1 volume=10", "10:08:30 49.9 50.1 volume=15"]
    played = play(lines, interval_s=60.0)
    assert played.held.contract.view.volume_ratio == 2.5


def test_entries_see_the_rows_and_commands_see_the_entries() -> None:
    lines: list[Line] = [*BUY, ("10:00:00", SetStop(position="C", price=45.0))]
    assert play(lines).stops == ["10:00:00 37.58 entry", "10:00:00 45.00 human"]


def test_commands_come_before_the_judgement_of_their_instant() -> None:
    rules = profile("theta_decay max_held_s=10")
    late = [*BUY, "10:00:10.25 49.9 50.1"]
    assert play(late, rules).exits == ["10:00:10.25 100 @ 49.90 theta_decay TIME_WINDOW_EXCEEDED"]
    vetoed: list[Line] = [*late, ("10:00:10.25", Veto(position="C", for_s=60))]
    assert play(vetoed, rules).exits == []


def test_rows_come_before_the_heartbeat_of_their_instant_and_both_judge() -> None:
    played, events = playing(["10:00:00 49.9 50.1", "10:00:00 buy 100"])
    assert [type(e) for e in events] == [Batch, Heartbeat]
    played.play(events)
    assert played.state.evaluations == 2


def test_working_orders_fill_on_the_rows_before_entries_are_taken() -> None:
    lines: list[Line] = [
        *BUY,
        "10:00:01 - 50.1",
        ("10:00:01", Close(position="C")),
        "10:00:02 49 49.2",
        "10:00:02 buy 5",
    ]
    played = play(lines)
    assert played.exits == ["10:00:02 100 @ 49.00 human close"]
    assert played.refused == ["10:00:02 cooldown"], "the position had closed"


def test_positions_are_judged_in_order_of_opening() -> None:
    lines: list[Line] = [
        "10:00:00 P 30 30",
        "10:00:00 49.9 50.1",
        "10:00:00 buy 10 P",
        "10:00:01 buy 10",
        "10:00:02 49.9 50.1",
        "10:00:02 P 30 30",
        "10:00:11.25 P 30 30",
        "10:00:11.25 49.9 50.1",
    ]
    played = play(lines, profile("holding_limit max_held_s=11"), interval_s=10.0)
    assert [d.position_id for d in played.decisions] == ["P0001"]
    both = play(lines, profile("session_cutoff lunch_lead_min=89.98"), interval_s=10.0)
    assert [d.position_id for d in both.decisions] == ["P0001", "P0002"]
    assert both.decisions[0].at_ns == both.decisions[1].at_ns


def test_time_never_runs_backwards() -> None:
    played, events = playing(BUY)
    played.play(events)
    with pytest.raises(ValueError, match="time runs backwards"):
        played.take(Heartbeat(events[0].at_ns - 1))


def test_what_is_still_open_at_the_end_is_never_closed_by_force() -> None:
    played = play([*BUY, "15:14:59.5 49.9 50.1"], interval_s=10.0)
    assert played.exits == []
    assert played.held.contracts == 100


# ---------------------------------------------------------------- written, then sent


class Strict(Kept):
    """Fails the test when something reaches the broker that is not in it."""

    def __init__(self, played: Playing) -> None:
        super().__init__()
        self.placed: list[str] = []
        real = played.broker.place

        def place(order: Order, now_ns: int) -> list[Report]:
            written = [r for r in self.durable if isinstance(r, OrderRecord) and r.ref == order.ref]
            assert [w.state for w in written] == ["pending_new"], "written before it is sent"
            decided = [r.id for r in self.durable if isinstance(r, DecisionRecord)]
            assert order.purpose == "entry" or written[0].decision_id in decided
            self.placed.append(order.ref)
            return real(order, now_ns)

        played.broker.place = place


def test_an_order_is_durable_in_the_journal_with_its_decision_before_it_is_sent() -> None:
    played, events = playing([*BUY, "10:00:10.5 49.9 50.1"], CLOCK)
    strict = Strict(played)
    played.session.journal = strict
    played.play(events)
    assert strict.placed == ["P0001-0001", "P0001-0002"]
    assert played.exits == ["10:00:10.5 100 @ 49.90 holding_limit EXTREME_HOLD"]


def test_a_full_disk_or_a_locked_file_is_the_journals_own_business() -> None:
    """A journal that keeps nothing changes no decision."""

    class Deaf(Kept):
        def write(self, records: Sequence[Record], *, durable: bool) -> None:
            self.trouble = "disk full"

    played, events = playing([*BUY, "10:00:10.5 49.9 50.1"], CLOCK)
    played.session.journal = Deaf()
    played.play(events)
    assert played.exits == ["10:00:10.5 100 @ 49.90 holding_limit EXTREME_HOLD"]


def test_memory_is_committed_when_it_changes() -> None:
    rules = profile('protective_stop stop_pct="off" stop_bps=100', "staged_trailing_stop", head='gain_basis = "own"')
    begun, events = playing(["10:00:00 2000 2000", "10:00:00 buy 1", "10:00:01 2020 2020"], rules)
    for event in events:
        begun.take(event)
        if begun.state.held:
            assert f'"held_stop":{begun.held.pos.held_stop}'.encode() in begun.journal.bodies["position P0001"]
    assert begun.held.pos.held_stop == 2010.0


def test_samples_and_verdicts_are_not_waited_for() -> None:
    played = play([*BUY, "10:00:02 49.9 -", "10:00:03 49.9 50.1"])
    waited = {id(r) for r in played.journal.durable}
    spoken = [r for r in played.journal.records if isinstance(r, VerdictRecord)]
    assert spoken
    assert not any(id(r) in waited for r in spoken if r.at_ns > ns("10:00:00"))


def test_the_path_is_written_once_what_was_decided_has_been_sent() -> None:
    """At one heartbeat the clock closes a position, and another one has a sample."""
    lines = ["10:00:00 49.9 50.1", "10:00:00 P 30 30", "10:00:00.75 buy 100", "10:00:05 buy 10 P"]
    lines += ["10:00:10.9 P 31 31", "10:00:12 P 31 31"]
    played, events = playing(lines, CLOCK, interval_s=10.0)
    happened: list[str] = []
    write, place = played.journal.write, played.broker.place

    def written(records: Sequence[Record], *, durable: bool) -> None:
        for kind in (DecisionRecord, PositionSampleRecord):
            happened.extend(f"{kind.TABLE} of {r.position_id}" for r in records if isinstance(r, kind))
        write(records, durable=durable)

    def placed(order: Order, now_ns: int) -> list[Report]:
        happened.append(f"order of {order.position_id}")
        return place(order, now_ns)

    played.journal.write, played.broker.place = written, placed
    played.play([event for event in events if event.at_ns < ns("10:00:11")])
    happened.clear()
    played.play([event for event in events if event.at_ns == ns("10:00:11")])
    assert happened == ["decisions of P0001", "order of P0001", "position_samples of P0002"]
    assert not any(isinstance(r, PositionSampleRecord) for r in played.journal.durable)


def test_a_report_may_come_at_any_time() -> None:
    played = play([*BUY, "10:00:01 - 50.1"])
    played.command(Close(position="C"))
    ref = played.sent[-1].ref
    said = Said(ref=ref, told="cancelled", words="by the exchange", at_ns=played.state.now_ns)
    assert played.session.take(said) is None
    assert played.held.orders[ref].state == "cancelled"
    assert played.held.leaving == 0


def test_a_latent_order_is_sent_once() -> None:
    lines = [*BUY, *[f"10:00:{s:02d} 37 37.2" for s in range(2, 9)]]
    played = play(lines, options=PaperOptions(latency_ms=1_500))
    assert [(o.contracts, o.purpose) for o in played.sent] == [(100, "entry"), (100, "exit")]
    assert played.exits == ["10:00:03.5 100 @ 37.00 protective_stop STOP_HIT"]


def test_the_ledger_holds_verdicts_decisions_orders_fills_and_stops_and_no_commands() -> None:
    lines: list[Line] = [*BUY, ("10:00:01", Close(position="C")), "10:00:01 49.9 50.1"]
    played = play(lines)
    kinds: set[Any] = {type(r).__name__ for r in played.journal.records if r.LEDGER}
    assert kinds == {"VerdictRecord", "DecisionRecord", "OrderRecord", "ExecutionRecord", "StopRecord"}


def test_a_new_day_brings_its_own_hours_and_ends_the_streak_of_losses() -> None:
    rules = profile("session_cutoff", "holding_limit max_held_s=600")
    lines = [
        *[f"1{n}:00:00 50 50" for n in range(3)],
        *[f"1{n}:00:00 buy 10" for n in range(3)],
        *[f"1{n}:10:00.25 49 49" for n in range(3)],
        "+15:14:00 50 50",
        "+15:14:00 buy 10",
        "+15:14:59 50 50",
        "+15:15:00 49 49",
        "+15:20:00 50 50",
        "+15:20:00 buy 10",
        "+15:20:05 50 50",
    ]
    played = play(lines, rules, interval_s=10.0)
    assert played.exits == [
        "10:10:00.25 10 @ 49.00 holding_limit EXTREME_HOLD",
        "11:10:00.25 10 @ 49.00 holding_limit EXTREME_HOLD",
        "12:10:00.25 10 @ 49.00 holding_limit EXTREME_HOLD",
        "15:15:00 10 @ 49.00 session_cutoff MARKET_CLOSE",
        "15:20:00 10 @ 50.00 session_cutoff MARKET_CLOSE",
    ]
    assert (played.state.cooldown.losses, played.state.cooldown.total_s) == (2, 60.0)
