"""Reviews: what a filter leaves, in which order, as new things happen, beside a writer, at a hundred thousand."""

import gc
import pickle
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from cockpit.domain.errors import BadInput
from cockpit.journal.history import Filter, open_history
from cockpit.journal.review import JournalReader
from cockpit.journal.store import Store, open_journal
from cockpit.records import CommandRecord
from cockpit.review import Review, SortKey, Stopped, TripFilter, TripRow
from tests.journal.examples import NS, START, STORY, command, round_trip, session, tell
from tests.journal.many import fill, net_of

MANY = 400


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of 400 round trips."""
    path = tmp_path_factory.mktemp("many") / "journal.sqlite"
    with open_journal(path) as store:
        store.begin(session())
        fill(store, MANY)
    return path


@pytest.fixture
def reader(many: Path) -> Iterator[JournalReader]:
    made = JournalReader(many)
    yield made
    made.close()


def all_of(reader: JournalReader) -> list[TripRow]:
    return list(reader.review(TripFilter()).rows)


@pytest.mark.parametrize(
    ("wanted", "keeps"),
    [
        (TripFilter(), lambda trip: True),
        (TripFilter(underlying="BANKNIFTY"), lambda trip: trip.underlying == "BANKNIFTY"),
        (TripFilter(rule="theta_decay"), lambda trip: "theta_decay" in trip.rules),
        (TripFilter(rule="human"), lambda trip: trip.overrides[-1:] == ("close",)),
        (TripFilter(result="winners"), lambda trip: trip.net > 0),
        (TripFilter(result="losers"), lambda trip: trip.net < 0),
        (TripFilter(result="flat"), lambda trip: trip.net == 0),
        (TripFilter(result="open"), lambda trip: False),
        (TripFilter(overridden=True), lambda trip: bool(trip.overrides)),
        (TripFilter(overridden=False), lambda trip: not trip.overrides),
        (TripFilter(profile="scalp"), lambda trip: trip.profile == "scalp"),
        (TripFilter(session="S0002"), lambda trip: False),
        (TripFilter(text="theta bank"), lambda trip: "theta_decay" in trip.rules and "BANK" in trip.symbol),
        (TripFilter(text="25150 c"), lambda trip: "25150 C" in trip.label or "25150CE" in trip.symbol),
        (TripFilter(text="p000007"), lambda trip: trip.id == "P000007"),
        (TripFilter(text="no such thing"), lambda trip: False),
    ],
)
def test_a_filter_keeps_what_agrees(
    reader: JournalReader, wanted: TripFilter, keeps: Callable[[TripRow], bool]
) -> None:
    everything = all_of(reader)
    found = reader.review(wanted)
    assert [trip.key for trip in found.rows] == [trip.key for trip in everything if keeps(trip)]
    assert found.there == MANY
    assert found.report.trades == len(found.rows)


def test_times_bound_the_opening_half_open(reader: JournalReader) -> None:
    everything = all_of(reader)
    since, until = everything[30].opened_ns, everything[10].opened_ns
    found = reader.review(TripFilter(since_ns=since, until_ns=until))
    assert [trip.id for trip in found.rows] == [trip.id for trip in everything[11:31]]


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("sort", get_args(SortKey))
def test_every_order_is_an_order_and_unknown_comes_last(reader: JournalReader, sort: SortKey, descending: bool) -> None:
    rows = reader.review(TripFilter(), sort, descending=descending).rows
    keys = {
        "opened": lambda t: t.opened_ns, "hold": lambda t: t.hold_s, "excursion": lambda t: t.mfe,
        "rules": lambda t: " ".join(t.rules) or None, "overrides": lambda t: " ".join(t.overrides) or None,
    }  # fmt: skip
    values = [keys.get(sort, lambda t: getattr(t, sort))(trip) for trip in rows]
    known = [value for value in values if value is not None]
    assert values[: len(known)] == known
    assert known == sorted(known, reverse=descending)
    assert len(rows) == MANY


def test_the_report_adds_up_to_the_rows(reader: JournalReader) -> None:
    found = reader.review(TripFilter())
    assert found.report.total == float(sum(net_of(i) for i in range(MANY)))
    assert found.equity[-1].equity == pytest.approx(found.report.total)
    assert min(point.drawdown for point in found.equity) == found.report.max_drawdown
    assert sum(line.count for line in found.report.rules) == MANY
    assert found.choices.underlyings == ("NIFTY", "BANKNIFTY")
    assert {bucket.name for bucket in found.report.hours} == {"09", "10", "11", "12", "13"}
    assert {bucket.name for bucket in found.report.weekdays} == {"Mon", "Tue", "Wed", "Thu", "Fri"}


def test_rows_are_seen_as_people_read_them(reader: JournalReader) -> None:
    trip = next(trip for trip in all_of(reader) if trip.id == "P000013")
    assert (trip.label, trip.side, trip.zone) == ("NIFTY 25050 C 5 Aug", 1, "Asia/Kolkata")
    assert trip.overrides == ("veto",)
    assert trip.hold_s == 40 + 13 * 37
    assert trip.quality is not None


def test_everything_pickles(reader: JournalReader) -> None:
    found = reader.review(TripFilter(text="P000013"))
    assert pickle.loads(pickle.dumps(tuple(found.rows))) == tuple(found.rows)
    for part in (found.report, found.equity, found.excursions, found.choices, reader.story("S0001/P000013")):
        assert pickle.loads(pickle.dumps(part)) == part


def test_what_happens_later_is_seen_and_what_was_open_closes(path: Path) -> None:
    reader = JournalReader(path)
    assert len(reader.review(TripFilter()).rows) == 0  # no journal yet
    with open_journal(path) as store:
        store.begin(session())
        store.write([round_trip(closed=False)], durable=True)
        first = reader.review(TripFilter())
        assert [trip.result for trip in first.rows] == ["open"]
        assert (first.report.trades, first.report.open_left_out) == (0, 1)
        store.write([round_trip(), replace(round_trip(), id="P0002", net="-5")], durable=True)
        second = reader.review(TripFilter())
        assert [(trip.id, trip.result) for trip in second.rows] == [("P0002", "losers"), ("P0001", "winners")]
        assert second.report.total == 100.0
        assert first.rows[0].result in ("open", "winners")  # rows looked at before stay readable
        store.write([command(1, {"position": "NIFTY 20000 C"})], durable=True)
        assert [bool(trip.overrides) for trip in reader.review(TripFilter()).rows] == [True, True]
    reader.close()


def test_only_accepted_commands_override(path: Path) -> None:
    made: list[CommandRecord] = [
        replace(command(1, {"position": "P0001"}, accepted=False), command="take_over"),
        replace(command(3, {"position": "P0009"}), command="set_stop"),
        replace(command(500, {"position": "NIFTY 20000 C"}), command="set_mode"),  # after the close
        replace(command(4, {"position": "P0001"}), command="unveto"),
    ]
    with open_journal(path) as store:
        tell(store, (*STORY, *made))
        store.begin(session("S0002"))
        store.write([command(9, {"position": "P0001"})], durable=True)
    assert JournalReader(path).review(TripFilter(session="S0001")).rows[0].overrides == ("veto",)  # of the story


def test_money_of_two_currencies_is_never_added(path: Path) -> None:
    with open_journal(path) as store:
        store.begin(session())
        trips = [replace(round_trip(), id=f"P{i}", currency="USD" if i == 0 else "INR") for i in range(4)]
        store.write(trips, durable=True)
    found = JournalReader(path).review(TripFilter())
    assert (found.report.currency, found.report.total, found.report.others_left_out) == ("INR", 315.0, 1)
    assert len(found.rows) == 4


def test_what_was_held_over_night_has_no_score(path: Path) -> None:
    with open_journal(path) as store:
        store.begin(session())
        store.write([replace(round_trip(), closed_ns=START + 86_400 * NS)], durable=True)
    reader = JournalReader(path)
    assert reader.review(TripFilter()).rows[0].quality is None
    assert reader.story("S0001/P0001").quality is None


def test_who_does_not_want_the_answer_stops_it(many: Path) -> None:
    reader = JournalReader(many)

    def enough(done: int, there: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        reader.review(TripFilter(), progress=enough)
    assert len(reader.review(TripFilter()).rows) == MANY


def test_progress_says_how_far_it_is(many: Path) -> None:
    seen: list[tuple[int, int]] = []
    JournalReader(many).review(TripFilter(), progress=lambda done, there: seen.append((done, there)))
    assert seen[-1] == (MANY, MANY)


def test_an_interrupt_while_reading_stops_it(many: Path) -> None:
    reader = JournalReader(many)
    with pytest.raises(Stopped):
        reader.review(TripFilter(), progress=lambda done, there: reader.interrupt())
    assert len(reader.review(TripFilter()).rows) == MANY


def test_a_damaged_journal_is_one_sentence(path: Path, kept: Store) -> None:
    with open_journal(path) as store:
        tell(store)
    whole = bytearray(path.read_bytes())
    whole[4096:] = b"\xff" * (len(whole) - 4096)
    path.write_bytes(whole)
    with pytest.raises(BadInput, match=r"restore"):
        JournalReader(path).review(TripFilter())


def test_a_story_that_is_not_there_is_said(reader: JournalReader) -> None:
    with pytest.raises(BadInput, match="no round trip 'S0001/P9'"):
        reader.story("S0001/P9")


def test_the_filtered_rows_are_written(reader: JournalReader, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    number = reader.export(TripFilter(rule="theta_decay"), target)
    assert number == len(reader.review(TripFilter(rule="theta_decay")).rows)
    assert len(target.read_text().splitlines()) == number + 1


def test_the_collector_has_next_to_nothing_to_look_at_in_a_journal(reader: JournalReader, many: Path) -> None:
    """What it looks at holds the engine up: 100 000 rows of it did for more than 50 ms."""
    reader.review(TripFilter())  # whatever is imported or made once is there
    reader = JournalReader(many)
    gc.disable()
    try:
        gc.collect()
        before = len(gc.get_objects())
        kept = reader.review(TripFilter())
        tracked = len(gc.get_objects()) - before
    finally:
        gc.enable()
    assert len(kept.rows) == MANY
    assert tracked - len(kept.equity) - len(kept.excursions) < MANY
    reader.close()


def test_a_hundred_thousand_are_filtered_faster_than_queried(tmp_path: Path) -> None:
    """The peer is the plain query that lists the same round trips with their rules, without adding anything up."""
    path = tmp_path / "journal.sqlite"
    with open_journal(path) as store:
        store.begin(session())
        fill(store, 100_000)
    reader = JournalReader(path)
    reader.review(TripFilter())

    def cost_s(work: Callable[[], object]) -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    def ours() -> Review:
        return reader.review(TripFilter(rule="theta_decay", text="nifty", result="winners"), "net")

    with open_history(path) as history:
        peer = cost_s(lambda: history.round_trips(Filter(rule="theta_decay")))
    assert ours().rows
    assert min(cost_s(ours) for _ in range(3)) < peer / 2
    reader.close()


def test_new_rows_are_found_by_their_place_in_the_file(many: Path) -> None:
    """A reload reads what was added, not the whole table."""
    from cockpit.journal.trips import _NEW  # pyright: ignore[reportPrivateUsage]

    with closing(sqlite3.connect(many)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {_NEW}", (0,))]
    assert any("SEARCH t USING INTEGER PRIMARY KEY (rowid>?)" in step for step in plan)
    assert not any(step.startswith("SCAN") and " t" in step for step in plan)


def test_a_day_that_was_played_twice_is_not_traded_twice_at_once(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    alone = tmp_path / "alone.sqlite"
    with open_journal(path) as store, open_journal(alone) as once:
        once.begin(session("S0001"))
        fill(once, MANY)
        for name in ("S0001", "S0002"):
            store.begin(session(name))
            fill(store, MANY)
    with closing(JournalReader(path)) as both, closing(JournalReader(alone)) as one:
        twice, single = both.review(TripFilter()), one.review(TripFilter())
        assert twice.report.trades == 2 * single.report.trades
        assert twice.equity[:MANY] == single.equity  # one session after the other
        assert twice.equity[-1].equity == 2 * single.equity[-1].equity
        assert twice.report.sessions == 2
        assert twice.choices.newest_session == "S0002"
        newest = both.review(TripFilter(session="S0002")).report
        assert (newest.trades, newest.max_drawdown) == (single.report.trades, single.report.max_drawdown)
    with closing(open_history(path)) as history:
        assert {row["session_id"] for row in history.round_trips(Filter(newest=5))} == {"S0002"}
