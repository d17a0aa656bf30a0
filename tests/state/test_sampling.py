"""A row a second of what has changed, of every position that was judged, and never of the ledger."""

from math import nan

from cockpit.records import PositionSampleRecord
from cockpit.state.sampling import Values, changes, is_due, sampled, values_of
from tests.market_of import Line, Playing, clock, ns, play, playing, profile, share

BUY: list[Line] = [
    "10:00:00 under 20010",
    "10:00:00 49.9 50.1 delta=.5 gamma=.002 theta=-3 iv=.12 vega=4 open_interest=900",
    "10:00:00 buy 100",
]


def rows_of(played: Playing) -> list[PositionSampleRecord]:
    return [record for record in played.journal.records if isinstance(record, PositionSampleRecord)]


def paths_of(played: Playing) -> list[tuple[str, float | None]]:
    return [(clock(row.at_ns), row.mark) for row in rows_of(played)]


def test_a_position_is_sampled_at_whole_seconds_when_something_has_changed() -> None:
    lines = [*BUY, "10:00:01.5 50.9 51.1", "10:00:04.1 51.9 52.1", "10:00:04.9 52.9 53.1", "10:00:05 53.9 54.1"]
    assert paths_of(play([*lines, "10:00:08 53.9 54.1"])) == [
        ("10:00:00", 50.0), ("10:00:02", 51.0), ("10:00:05", 54.0),
    ]  # fmt: skip


def test_a_sample_has_everything_that_is_known() -> None:
    row = rows_of(play([*BUY, "10:00:01 - -"]))[0]
    assert (row.position_id, row.level, row.mark, row.stop) == ("P0001", 50.0, 50.0, 37.575)
    assert (row.delta, row.gamma, row.theta, row.iv, row.vega) == (0.5, 0.002, -3.0, 0.12, 4.0)
    assert row.oi is None, "not published yet"


def test_on_the_underlying_the_level_is_its_price() -> None:
    rules = profile('protective_stop stop_pct="off" stop_bps=100', head='gain_basis = "underlying"')
    played = play([*BUY, "10:00:01 under 20020"], rules)
    first, last = rows_of(played)
    assert (first.level, first.mark, first.stop) == (20_010.0, 50.0, played.held.pos.held_stop)
    assert (last.level, last.mark) == (20_020.0, 50.0)


def test_open_interest_is_that_of_both_sides() -> None:
    told = [*BUY, "10:00:00 P 30 30.1 open_interest=500", "10:00:01 P 30 30.1 open_interest=600", "10:00:03 50 50.2"]
    assert {row.oi for row in rows_of(play(told)) if row.at_ns >= ns("10:00:01")} == {1_500.0}


def test_what_has_grown_too_old_is_unknown_from_then_on() -> None:
    lines = [*BUY, "10:00:01 49.9 50.1 delta=.5 gamma=.002 theta=-3 iv=.12 vega=4", "10:01:30 N 60 60.1"]
    last = rows_of(play(lines))[-1]
    assert (last.level, last.mark, last.delta, last.iv, last.vega) == (None,) * 5
    assert last.stop == 37.575


def test_a_share_has_no_greeks() -> None:
    row = rows_of(play(["10:00:00 S 99.9 100.1", "10:00:00 buy 10 S", "10:00:01 S 99.9 100.1"]))[0]
    assert row.level == row.mark == 100.0
    assert (row.delta, row.gamma, row.theta, row.vega, row.iv, row.oi) == (None,) * 6
    assert share().symbol == "S"


def test_samples_end_with_the_position() -> None:
    lines = [*BUY, "10:00:02 37 37.2", *[f"10:00:{s:02d} {30 + s} {30.2 + s}" for s in range(3, 9)]]
    played = play(lines)
    assert played.exits == ["10:00:02 100 @ 37.00 protective_stop STOP_HIT"]
    assert [clock(row.at_ns) for row in rows_of(played)] == ["10:00:00"]


def test_every_open_position_is_sampled_in_one_write() -> None:
    lines = [*BUY, "10:00:00 P 30 30.1", "10:00:00 buy 10 P", "10:00:01 50 50.2", "10:00:01 P 31 31.1"]
    played, events = playing(lines)
    written: list[list[str]] = []
    real = played.journal.write

    def write(records: list[PositionSampleRecord], *, durable: bool) -> None:
        if any(isinstance(record, PositionSampleRecord) for record in records):
            assert not durable
            written.append([f"{type(r).__name__} {r.position_id}" for r in records])
        real(records, durable=durable)

    played.journal.write = write  # pyright: ignore[reportAttributeAccessIssue]
    played.play(events)
    assert written == [["PositionSampleRecord P0001", "PositionSampleRecord P0002"]] * 2


def test_the_ledger_knows_nothing_of_samples() -> None:
    lines = [*BUY, "10:00:01 50.9 51.1", "10:00:03 37 37.2", "10:00:05 49.9 50.1"]
    played, (bare, events) = play(lines), playing(lines)
    bare.session.journal = None
    bare.play(events)
    assert rows_of(played)
    assert bare.ledger.hexdigest() == played.ledger.hexdigest()
    assert not any(row.LEDGER for row in rows_of(played))


def test_only_the_heartbeat_of_a_whole_second_is_one() -> None:
    played, events = playing([*BUY, "10:00:01.1 50 50.2"])
    due: list[str] = []
    for event in events:
        played.take(event)
        if is_due(played.state):
            due.append(clock(event.at_ns))
    assert due == ["10:00:00", "10:00:01"]


def test_a_position_that_was_not_judged_at_this_instant_keeps_what_was_told() -> None:
    played = play([*BUY, "10:00:01 50 50.2"])
    held, before = played.held, {"P0001": (1.0,) * 9}
    held.judged_t -= 1.0
    assert sampled(played.state, before) == before
    assert sampled(played.state, {}) == {}
    held.judged_t = played.state.now_t
    assert sampled(played.state, before) == {"P0001": values_of(held)}


def test_unknown_again_is_no_change() -> None:
    played = play([*BUY, "10:00:01 50 50.2"])
    played.held.pos.level = nan
    before: dict[str, Values] = {"P0001": values_of(played.held)}
    assert changes(0, before, {"P0001": values_of(played.held)}) == []
    assert [row.level for row in changes(0, {}, before)] == [None]
