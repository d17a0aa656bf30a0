"""Entries and commands are read whole, or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cockpit.domain.errors import BadInput
from cockpit.events import NS, Entry
from cockpit.feeds.recording import Recording, load
from cockpit.feeds.scripts import ScriptedCommand, load_commands, load_entries
from tests.feeds.conftest import CALL, HEADER, PUT, at_ns, row

Write = Callable[..., Path]
T1 = "2015-12-24T14:01:00Z"
T1_NS = at_ns("2015-12-24T14:01:00")


@pytest.fixture
def recording(loaded: Callable[..., Recording]) -> Recording:
    return loaded(HEADER, row(1), row(2), row(1, PUT))


def no_profiles(name: str) -> None:
    raise BadInput(f"There is no profile {name!r}: choose one of scalp, swing.")


def any_profile(_: str) -> None:
    pass


def test_an_entry_needs_four_cells(write: Write, recording: Recording) -> None:
    path = write("ts,symbol,side,contracts", f"{T1},{CALL},buy,2", name="entries.csv")
    assert load_entries(path, recording, profiles=no_profiles) == [Entry(T1_NS, CALL, "buy", 2)]


def test_an_entry_may_have_three_more_in_any_order(write: Write, recording: Recording) -> None:
    path = write(
        "profile,symbol,strategy_id,side,contracts,ts,price",
        f"scalp,{CALL},s1,SELL,3,{T1},1.25",
        f",{PUT},,buy,1.0,{T1},",
        name="entries.csv",
    )
    assert load_entries(path, recording, profiles=any_profile) == [
        Entry(T1_NS, CALL, "sell", 3, 1.25, "scalp", "s1"),
        Entry(T1_NS, PUT, "buy", 1),
    ]


def test_entries_are_in_order_of_time_and_then_of_the_file(write: Write, recording: Recording) -> None:
    times = [f"2015-12-24T14:0{minute}:00Z,{CALL},buy,{size}" for minute, size in ((2, 1), (1, 2), (2, 3), (1, 4))]
    path = write("ts,symbol,side,contracts", *times, name="entries.csv")
    assert [entry.contracts for entry in load_entries(path, recording, profiles=any_profile)] == [2, 4, 1, 3]


def test_an_entry_outside_the_session_is_left_to_the_session(write: Write, recording: Recording) -> None:
    early, late = "2015-12-24T05:00:00Z", "2015-12-25T04:59:59Z"  # the last second of the expiry in New York
    path = write("ts,symbol,side,contracts", f"{early},{CALL},buy,1", f"{late},{CALL},buy,1", name="entries.csv")
    assert len(load_entries(path, recording, profiles=any_profile)) == 2


def test_a_header_alone_is_no_entries(write: Write, recording: Recording) -> None:
    path = write("ts,symbol,side,contracts", name="entries.csv")
    assert load_entries(path, recording, profiles=any_profile) == []


def test_a_profile_is_asked_for_once(write: Write, recording: Recording) -> None:
    asked: list[str] = []
    lines = [f"{T1},{CALL},buy,1,{name}" for name in ("scalp", "scalp", "swing")]
    load_entries(
        write("ts,symbol,side,contracts,profile", *lines, name="entries.csv"), recording, profiles=asked.append
    )
    assert asked == ["scalp", "swing"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"noon,{CALL},buy,1,,", "'noon' is not a time; write it as"),
        (f",{CALL},buy,1,,", "is not a time; write it as"),
        (f"{T1},GOOG,buy,1,,", "'GOOG' is never in the recording"),
        (f"{T1},,buy,1,,", "'' is never in the recording"),
        (f"2015-12-25T05:00:00Z,{CALL},buy,1,,", "expired on 2015-12-24"),
        (f"{T1},{CALL},long,1,,", "side 'long' is neither buy nor sell"),
        (f"{T1},{CALL},,1,,", "side '' is neither buy nor sell"),
        (f"{T1},{CALL},buy,0,,", "contracts '0' is no whole number above zero"),
        (f"{T1},{CALL},buy,-1,,", "contracts '-1' is no whole number"),
        (f"{T1},{CALL},buy,1.5,,", "contracts '1.5' is no whole number"),
        (f"{T1},{CALL},buy,,,", "contracts '' is no whole number"),
        (f"{T1},{CALL},buy,nan,,", "contracts 'nan' is no whole number"),
        (f"{T1},{CALL},buy,inf,,", "contracts 'inf' is no whole number"),
        (f"{T1},{CALL},buy,1e10,,", "contracts '1e10' is no whole number"),
        (f"{T1},{CALL},buy,two,,", "'two' is not a number"),
        (f"{T1},{CALL},buy,1,0,", "price '0' is not above zero"),
        (f"{T1},{CALL},buy,1,-1,", "price '-1' is not above zero"),
        (f"{T1},{CALL},buy,1,nan,", "price 'nan' is not above zero"),
        (f"{T1},{CALL},buy,1,inf,", "price 'inf' is not above zero"),
        (f"{T1},{CALL},buy,1,1,storm", "There is no profile 'storm': choose one of scalp, swing"),
        (f"{T1},{CALL},buy,1", "more or fewer cells than the header"),
        (f"{T1},{CALL},buy,1,,,", "more or fewer cells than the header"),
    ],
)
def test_a_row_that_cannot_be_an_entry_makes_the_file_bad(
    write: Write, recording: Recording, line: str, reason: str
) -> None:
    path = write(
        "ts,symbol,side,contracts,price,profile", f"{T1},{CALL},buy,1,,", "", line, f"{T1},{CALL},buy,1,,", name="e.csv"
    )
    with pytest.raises(BadInput, match=rf"e\.csv, row 2 \(line 4\): .*{reason}.*\.$"):
        load_entries(path, recording, profiles=no_profiles)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"ts,symbol,contracts\n", "has no column side"),
        (b"ts,symbol,side,contracts,prise\n", "has an unknown column 'prise'"),
        (b"ts,symbol,side,contracts,ts\n", "has the column ts twice"),
        (f"ts,symbol,side,contracts\n{T1},{CALL},buy,1\n{T1},{CALL}".encode(), "cells than the header"),
        (b"\xff\xfet\0s\0", "is UTF-16"),
        (b"ts,symbol,side,contracts\n\xe9\n", "line 2: not UTF-8"),
        (b'ts,symbol,side,contracts\n"' + b"x" * 200_000, "line 2 is no CSV row"),
        (b"ts,symbol,side,contracts\n" + b"x" * (1 << 21), "line 2 is longer than 1,048,576"),
    ],
)
def test_a_file_that_holds_no_entries_is_bad(tmp_path: Path, recording: Recording, content: bytes, reason: str) -> None:
    path = tmp_path / "entries.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=rf"entries\.csv.*{reason}"):
        load_entries(path, recording, profiles=any_profile)


def test_real_entries_fit_a_real_recording(recordings: Path, write: Write) -> None:
    nifty = load(recordings / "in_nifty_20260818_1m.parquet", now_ns=at_ns("2027-01-01T00:00:00"))
    line = "2026-08-18T10:43:00+05:30,NIFTY26081822000CE,buy,100"
    path = write("ts,symbol,side,contracts", line, name="entries.csv")
    assert load_entries(path, nifty, profiles=any_profile) == [Entry(nifty.first_ns, "NIFTY26081822000CE", "buy", 100)]
    expired = write("ts,symbol,side,contracts", line.replace("-18T", "-19T"), name="late.csv")
    with pytest.raises(BadInput, match="expired on 2026-08-18"):
        load_entries(expired, nifty, profiles=any_profile)


def as_it_is(fields: dict[str, Any]) -> dict[str, Any]:
    if fields["command"] == "dance":
        raise ValueError("there is no command 'dance'; see cockpit signal --help.")
    return fields


def test_commands_are_json_lines_in_order_of_time(write: Write) -> None:
    path = write(
        '{"at": "1970-01-01T00:00:02Z", "command": "veto", "rule": "theta_decay"}',
        "",
        '{"command": "flatten", "at": "1970-01-01T05:30:01+05:30"}',
        '{"at": "1970-01-01T00:00:02", "command": "reduce", "fraction": 0.5}',
        name="commands.jsonl",
    )
    assert load_commands(path, parse=as_it_is) == [
        ScriptedCommand(NS, {"command": "flatten"}),
        ScriptedCommand(2 * NS, {"command": "veto", "rule": "theta_decay"}),
        ScriptedCommand(2 * NS, {"command": "reduce", "fraction": 0.5}),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("flatten", "it is not JSON"),
        ("[1]", "it is not an object"),
        ('{"command": "flatten"}', "it has no time"),
        ('{"at": 1, "command": "flatten"}', "it has no time"),
        ('{"at": "noon", "command": "flatten"}', "'noon' is not a time; write it as"),
        ('{"at": "1970-01-01"}', "it names no command"),
        ('{"at": "1970-01-01", "command": 5}', "it names no command"),
        ('{"at": "1970-01-01", "command": "x", "command": "y"}', "a key is there twice"),
        ('{"at": "1970-01-01", "command": "x", "price": NaN}', "NaN is no number in JSON"),
        ('{"at": "1970-01-01", "command": "dance"}', "there is no command 'dance'"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_line_that_is_no_command_makes_the_file_bad(write: Write, line: str, reason: str) -> None:
    path = write('{"at": "1970-01-01", "command": "flatten"}', line, name="commands.jsonl")
    with pytest.raises(BadInput, match=rf"commands\.jsonl, line 2: .*{reason}.*\.$"):
        load_commands(path, parse=as_it_is)


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_are_bad_input_or_nothing(tmp_path: Path, recording: Recording, content: bytes) -> None:
    path = tmp_path / "script"
    path.write_bytes(content)
    for read in (
        lambda: load_commands(path, parse=as_it_is),
        lambda: load_entries(path, recording, profiles=any_profile),
    ):
        try:
            found = str(read())
        except BadInput as error:
            found = str(error)
        assert found == "[]" or str(path) in found
