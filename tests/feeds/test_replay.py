"""What a recording is played as: its rows, a heartbeat every quarter second, entries and commands in between."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.commands import Close
from cockpit.events import Batch, Entry, Heartbeat, Quoted
from cockpit.feeds.replay import instants
from cockpit.feeds.scripts import ScriptedCommand

NS = 1_000_000_000
QUARTER = NS // 4
START = 1_700_000_000 * NS


def at(t: float) -> int:
    """Nanoseconds of `t` seconds after a whole second."""
    return START + round(t * NS)


def rows(*times: float) -> list[Batch]:
    """One row at each time."""
    return [Batch(at(t), (Quoted("C", at(t), 50.0, 50.1),)) for t in times]


def entries(*times: float) -> list[Entry]:
    """An entry at each time."""
    return [Entry(at(t), "C", "buy", 1) for t in times]


def commands(*times: float) -> list[ScriptedCommand[Any]]:
    """A command at each time."""
    return [ScriptedCommand(at(t), Close(position="C")) for t in times]


def told(events: Any) -> list[str]:
    """Events as `0.25 beat`, `0 row`, with what travels in them."""
    words: list[str] = []
    for event in events:
        t = f"{(event.at_ns - START) / NS:g}"
        if isinstance(event, Heartbeat):
            words.append(f"{t} beat")
        else:
            parts = [("row", event.quotes), ("entry", event.entries), ("command", event.commands)]
            words.append(" ".join([t, *(name for name, found in parts for _ in found)]))
    return words


def test_heartbeats_come_at_whole_quarter_seconds_and_after_the_rows_of_their_instant() -> None:
    assert told(instants(rows(0, 0.6))) == ["0 row", "0 beat", "0.25 beat", "0.5 beat", "0.6 row"]
    assert told(instants(rows(0.1, 0.5))) == ["0.1 row", "0.25 beat", "0.5 row", "0.5 beat"]


def test_a_single_row_is_a_session() -> None:
    assert told(instants(rows(0.1))) == ["0.1 row"]
    assert told(instants(rows(0))) == ["0 row", "0 beat"]


def test_entries_and_commands_of_an_instant_travel_with_its_rows() -> None:
    got = told(instants(rows(0, 0.25), entries(0, 0.25, 0.25), commands(0.25)))
    assert got == ["0 row entry", "0 beat", "0.25 row entry entry command", "0.25 beat"]


def test_between_rows_they_have_an_instant_of_their_own() -> None:
    got = told(instants(rows(0, 0.5), entries(0.1), commands(0.1, 0.3)))
    assert got == ["0 row", "0 beat", "0.1 entry command", "0.25 beat", "0.3 command", "0.5 row", "0.5 beat"]


def test_before_the_first_row_they_come_first_and_no_heart_beats_yet() -> None:
    assert told(instants(rows(0), entries(-1.0)))[:2] == ["-1 entry", "0 row"]


def test_the_session_ends_with_the_last_row() -> None:
    got = told(instants(rows(0, 0.25), entries(0.3), commands(99)))
    assert got == ["0 row", "0 beat", "0.25 row", "0.25 beat"]


@pytest.mark.parametrize(
    ("after", "beaten", "rest"),
    [
        (0.25, True, ["0.3 row", "0.5 beat", "0.6 row"]),
        (0.25, False, ["0.25 beat", "0.3 row", "0.5 beat", "0.6 row"]),
        (0.3, True, ["0.5 beat", "0.6 row"]),
        (0.3, False, ["0.5 beat", "0.6 row"]),
        (0.6, True, []),
        (-5.0, True, ["0 row", "0 beat", "0.25 beat", "0.3 row", "0.5 beat", "0.6 row"]),
    ],
)
def test_it_goes_on_where_it_was_left(after: float, beaten: bool, rest: list[str]) -> None:
    assert told(instants(rows(0, 0.3, 0.6), after_ns=at(after), beaten=beaten)) == rest


times = st.lists(st.integers(0, 40).map(lambda n: n / 10.0), min_size=1, max_size=8, unique=True).map(sorted)


@given(given_rows=times, given_entries=times, given_commands=times)
def test_time_never_runs_backwards_and_nothing_is_lost_or_doubled(
    given_rows: list[float], given_entries: list[float], given_commands: list[float]
) -> None:
    events = list(instants(rows(*given_rows), entries(*given_entries), commands(*given_commands)))
    last = given_rows[-1]
    assert [e.at_ns for e in events] == sorted(e.at_ns for e in events)
    batches = [e for e in events if isinstance(e, Batch)]
    assert len({b.at_ns for b in batches}) == len(batches), "one batch an instant"
    assert [b.at_ns for b in batches if b.quotes] == [at(t) for t in given_rows]
    assert [e.at_ns for b in batches for e in b.entries] == [at(t) for t in given_entries if t <= last]
    assert sum(len(b.commands) for b in batches) == sum(t <= last for t in given_commands)
    beats = [e.at_ns for e in events if isinstance(e, Heartbeat)]
    first, end = at(given_rows[0]), at(last)
    assert beats == [ns for ns in range(first - first % QUARTER, end + 1, QUARTER) if ns >= first]
    for i, event in enumerate(events):
        if isinstance(event, Heartbeat):
            assert all(later.at_ns > event.at_ns for later in events[i + 1 :] if isinstance(later, Batch))
