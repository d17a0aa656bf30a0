"""`cockpit calibrate`: every entry a position of its own, counts that add up, and targets that are kept or missed."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cockpit.cli.application import main
from cockpit.cli.calibrate import FEW, Played, play, summary_of, targets
from cockpit.cli.random_entries import draw
from cockpit.events import NS, Entry
from cockpit.feeds.recording import Recording, load
from cockpit.profiles import profile
from cockpit.state.model import Held
from tests.cli.sessions import START, an_hour, symbol

NOW_NS = int(START.timestamp() + 86_400 * 1000) * NS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return an_hour(tmp_path)


@pytest.fixture
def hour(path: Path) -> Recording:
    return load(path, market="us", now_ns=NOW_NS)


def played(recording: Recording, entries: list[Entry], name: str = "adaptive") -> Played:
    return play(recording, profile(name), entries, lambda done: None)


def lives(trips: Sequence[Held]) -> set[tuple[Any, ...]]:
    """What became of positions, without their numbers."""
    return {
        (
            *(h.instrument.symbol, h.opened_ns, h.closed_ns, h.average, h.most),
            *((e.at_ns, e.contracts, e.total, e.cause.rule, e.cause.trigger) for e in h.exits),
        )
        for h in trips
    }


def test_positions_do_not_hinder_one_another(hour: Recording) -> None:
    entries = draw(hour, 40, 3)
    together = played(hour, entries)
    assert together.taken == 40
    alone = [played(hour, [entry]) for entry in entries]
    assert lives(together.closed) == lives([h for one in alone for h in one.closed])
    assert lives(together.open) == lives([h for one in alone for h in one.open])


def test_entries_of_one_contract_in_a_row_are_a_position_each_and_no_cooldown_refuses_them(hour: Recording) -> None:
    first_ns = int(START.timestamp() + 600) * NS
    entries = [Entry(first_ns + 60 * NS * i, symbol(700), "buy", 10) for i in range(12)]
    done: list[int] = []
    found = play(hour, profile("adaptive"), entries, done.append)
    trips = [*found.closed, *found.open]
    assert sorted(h.opened_ns for h in trips) == [e.at_ns for e in entries]
    assert {h.most for h in trips} == {10}
    assert not found.refused
    assert done == sorted(done)
    assert done[-1] == 12


def test_what_is_refused_is_counted_with_its_reason(hour: Recording) -> None:
    early = Entry(hour.first_ns, "GOOG 151224C00700000", "buy", 10, price=0.05)
    found = played(hour, [early])
    assert (found.taken, dict(found.refused)) == (0, {"limit not reached": 1})
    summary = summary_of(found)
    assert (summary["taken"], summary["exits"], summary["median_hold_s"]) == (0, 0, None)
    assert summary["refused"] == {"limit not reached": 1}


def test_the_counts_add_up(hour: Recording) -> None:
    found = played(hour, draw(hour, 60, 1), "scalp")
    summary = summary_of(found)
    rows = summary["triggers"]
    assert summary["taken"] == summary["closed"] + summary["open"] == 60
    assert sum(row["exits"] for row in rows) == summary["exits"] == sum(len(h.exits) for h in found.closed + found.open)
    assert sum(row["share"] for row in rows) == pytest.approx(1.0, abs=0.001)
    assert sum(summary["shares"].values()) == pytest.approx(1.0, abs=0.001)
    assert [row["exits"] for row in rows] == sorted((row["exits"] for row in rows), reverse=True)
    for kind, share in summary["shares"].items():
        assert share == pytest.approx(sum(r["share"] for r in rows if r["kind"] == kind), abs=0.001)


def row(trigger: str, share: float, kind: str) -> dict[str, Any]:
    return {"trigger": trigger, "share": share, "kind": kind}


@pytest.mark.parametrize(
    ("signal", "hold_s", "trail", "tranche", "kept"),
    [
        (1 / 3, 180.0, 0.20, 0.05, [True, True, True]),
        (0.3334, 180.0, 0.20, 0.05, [False, True, True]),
        (1 / 3, 179.9, 0.20, 0.05, [True, False, True]),
        (1 / 3, 180.0, 0.20, 0.0499, [True, True, False]),
        (0.0, None, 0.0, 0.0, [True, False, False]),
    ],
)
def test_targets_on_their_thresholds(
    signal: float, hold_s: float | None, trail: float, tranche: float, kept: list[bool]
) -> None:
    rows = [row("TIME_WINDOW_EXCEEDED", 0.4, "clock"), row("IV_CRUSH", signal, "signal"), row("STOP_HIT", 0.4, "stop")]
    shares = {"trail": trail, "tranche": tranche}
    assert [t["holds"] for t in targets(FEW, rows, shares, hold_s)] == kept
    assert [t["holds"] for t in targets(FEW - 1, rows, shares, hold_s)] == [None, None, None]


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = main(["calibrate", *(str(argument) for argument in arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_json_is_one_object_a_recording_and_the_same_for_one_seed(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = (path, path, "--market", "us", "--random-entries", "30", "--seed", "5", "--profile", "scalp", "--json")
    code, out, err = run(capsys, *asked)
    assert (code, err) == (0, "")
    first, second = map(json.loads, out.splitlines())
    assert first == second
    assert (first["seed"], first["drawn"], first["lots"], first["cooldown"], first["market"]) == (
        5,
        30,
        10,
        "off",
        "us",
    )
    assert [p["profile"] for p in first["profiles"]] == ["scalp"]
    assert run(capsys, *asked)[1] == out
    other = run(capsys, path, "--market", "us", "--random-entries", "30", "--seed", "6", "--profile", "scalp", "--json")
    assert json.loads(other[1])["profiles"] != first["profiles"]


def test_the_tables_say_what_fired_and_what_the_targets_are(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(
        capsys, path, "--market", "us", "--random-entries", "100", "--profile", "adaptive", "--profile", "scalp"
    )
    assert (code, err) == (0, "")
    assert "hour.csv · adaptive · seed 1" in out
    assert "hour.csv · scalp · seed 1" in out
    assert out.count("100 entries of 10 lots, cooldown off: 100 taken") == 2
    assert "no signal makes more than a third of the exits: " in out
    assert "the median hold is at least 3 minutes: " in out
    assert out.count("holds") + out.count("MISSED") == 6
    assert "greeks_trailing_stop" in out
    few = run(capsys, path, "--market", "us", "--random-entries", "99")[1]
    assert few.count("fewer than 100 entries say nothing") == 3


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--market", "moon"], 2, "Invalid value for --market: 'moon' is not nse, us, crypto"),
        (["--random-entries", "0"], 2, "Invalid value for '--random-entries'"),
        (["--profile", "nothing"], 3, "There is no profile 'nothing'"),
        (["--random-entries", "5000"], 3, "hour.csv has 183 pairs of a minute and a contract"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    found, out, err = run(capsys, path, *arguments)
    assert (found, out) == (code, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_recording_that_is_not_there_is_bad_input(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = run(capsys, tmp_path / "none.parquet")
    assert (code, out) == (3, "")
    assert "none.parquet" in err


@pytest.mark.parametrize("name", ["in_nifty_20260818_1m", "us_spxw_20210104_1m"])
def test_the_shipped_adaptive_profile_keeps_its_targets_on_recorded_days(recordings: Path, name: str) -> None:
    recording = load(recordings / f"{name}.parquet", now_ns=2_000_000_000 * NS)
    summary = summary_of(played(recording, draw(recording, 150, 1)))
    assert summary["taken"] >= FEW
    assert [t["holds"] for t in summary["targets"]] == [True, True, True], summary["targets"]
