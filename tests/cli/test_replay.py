"""`cockpit replay`: which profile supervises, what is refused and said, and what a journal is resumed with."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cockpit.cli import application
from cockpit.cli.application import main
from cockpit.domain.errors import BadInput
from cockpit.feeds.recording import load
from cockpit.journal.store import open_journal
from cockpit.profiles import profile
from cockpit.wiring import Plan, profiles_by_name, read_script, replay_of
from tests.cli.sessions import an_hour, symbol

NOW_NS = 1_800_000_000_000_000_000
PATIENT = 'name = "patient"\nextends = "adaptive"\n'
CHANGED = PATIENT + '[[rules]]\nrule = "exhaustion"\ngrace_s = 15\n'


def entries(folder: Path, *rows: str) -> Path:
    """An entries file with a profile's column."""
    path = folder / "entries.csv"
    path.write_text("\n".join(["ts,symbol,side,contracts,profile", *rows, ""]), encoding="utf-8")
    return path


def row(time: str = "15:05:00", named: str = "") -> str:
    """Buys ten of the call at 700."""
    return f"2015-12-24T{time}Z,{symbol(700)},buy,10,{named}"


def killed(folder: Path, entries_file: Path, default: str = "adaptive") -> Path:
    """The journal of a session that played until it held a position, and no further."""
    recording = load(an_hour(folder), now_ns=NOW_NS)
    script, named = read_script(recording, entries_file, None)
    first = profile(default)
    table = profiles_by_name((first, *named.values()))
    store = open_journal(folder / "journal.sqlite")
    try:
        made = replay_of(recording, Plan(profiles=table, default_profile=first.name, script=script), store=store)
        for event in made.events():
            made.session.take(event)
            if made.state.held:
                break
        assert made.state.held
    finally:
        store.close()
    return folder / "journal.sqlite"


def test_a_file_may_not_be_named_as_a_shipped_profile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.toml").write_text('name = "scalp"\nextends = "scalp"\n', encoding="utf-8")
    given = ["replay", str(an_hour(tmp_path)), "--entries", str(entries(tmp_path, row()))]
    assert main([*given, "--profile", str(tmp_path / "mine.toml")]) == 3
    said = capsys.readouterr().err
    assert "name it otherwise" in said
    assert "mine.toml" in said
    assert said.count("\n") == 1


def test_two_files_of_one_name_that_differ_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(PATIENT, encoding="utf-8")
    (tmp_path / "b.toml").write_text(CHANGED, encoding="utf-8")
    one, other = profile(str(tmp_path / "a.toml")), profile(str(tmp_path / "b.toml"))
    assert profiles_by_name((one, one)) == {"patient": one}
    with pytest.raises(BadInput, match="both named 'patient'"):
        profiles_by_name((one, other))


def test_an_entrys_profile_is_known_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(PATIENT, encoding="utf-8")
    rows = entries(tmp_path, row(named=str(tmp_path / "mine.toml")))
    script, named = read_script(load(an_hour(tmp_path), now_ns=NOW_NS), rows, None)
    assert list(named) == ["patient"]
    assert [entry.profile for entry in script.entries] == ["patient"]


def test_a_session_with_a_profile_from_a_file_resumes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.toml").write_text(PATIENT, encoding="utf-8")
    rows = entries(tmp_path, row(named=str(tmp_path / "mine.toml")))
    journal = killed(tmp_path, rows)
    given = ["replay", str(tmp_path / "hour.csv"), "--entries", str(rows), "--json"]
    assert main([*given, "--journal", str(journal)]) == 0
    resumed = json.loads(capsys.readouterr().out)
    assert main(given) == 0
    whole = json.loads(capsys.readouterr().out)
    assert resumed["round_trips"]
    assert resumed["ledger_sha256"] == whole["ledger_sha256"]


def test_a_profile_that_has_changed_since_is_refused_and_nothing_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(PATIENT, encoding="utf-8")
    rows = entries(tmp_path, row())
    journal = killed(tmp_path, rows, str(mine))
    given = ["replay", str(tmp_path / "hour.csv"), "--entries", str(rows), "--profile", str(mine)]
    given += ["--journal", str(journal)]
    mine.write_text(CHANGED, encoding="utf-8")
    assert main(given) == 3
    said = capsys.readouterr().err
    for part in (str(journal), "position P0001", "'patient'", "has changed since", "--journal"):
        assert part in said
    mine.write_text(PATIENT, encoding="utf-8")
    assert main(given) == 0


def test_a_profile_that_is_not_given_any_more_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.toml").write_text(PATIENT, encoding="utf-8")
    journal = killed(tmp_path, entries(tmp_path, row(named=str(tmp_path / "mine.toml"))))
    rows = entries(tmp_path, row())
    given = ["replay", str(tmp_path / "hour.csv"), "--entries", str(rows), "--journal", str(journal)]
    assert main(given) == 3
    assert "'patient', which is not given now" in capsys.readouterr().err


def test_a_journal_of_another_version_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = entries(tmp_path, row())
    journal = killed(tmp_path, rows)
    with closing(sqlite3.connect(journal)) as connection, connection:
        (body,) = connection.execute("SELECT body FROM checkpoints WHERE key = 'position P0001'").fetchone()
        older = {name: value for name, value in json.loads(body).items() if name != "asked"}
        changed = (json.dumps(older).encode(),)
        connection.execute("UPDATE checkpoints SET body = ? WHERE key = 'position P0001'", changed)
    given = ["replay", str(tmp_path / "hour.csv"), "--entries", str(rows), "--journal", str(journal)]
    assert main(given) == 3
    said = capsys.readouterr().err
    assert "written by another version" in said
    assert str(journal) in said


def test_a_fault_of_ours_is_one_sentence_and_its_traceback_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("cockpit.cli.replay.replay_of", broken)
    given = ["replay", str(an_hour(tmp_path)), "--entries", str(entries(tmp_path, row()))]
    assert main(given) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError: a bug" in said
    assert said.count("\n") == 1
    monkeypatch.setattr(application, "verbose_asked", False)
    assert main(["--verbose", *given]) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(("option", "text"), [("--commission", "1e30"), ("--cash", "1e30"), ("--commission", "-1")])
def test_money_that_cannot_be_meant_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, text: str
) -> None:
    given = ["replay", str(an_hour(tmp_path)), "--entries", str(entries(tmp_path, row()))]
    assert main([*given, option, text]) == 2
    assert f"{text} must be a number from 0 to" in capsys.readouterr().err


def test_net_liquidation_begins_with_the_cash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["replay", str(an_hour(tmp_path)), "--entries", str(entries(tmp_path, row()))]
    assert main([*given, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert not found["open"]
    (trip,) = found["round_trips"]
    assert main([*given, "--cash", "5000000"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    amount = f"{5_000_000 + float(trip['net']):,.10f}".rstrip("0").rstrip(".").replace(",", " ")
    assert f"net liquidation {amount} USD" in told


def test_entries_and_commands_outside_the_recording_are_refused_aloud(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = entries(tmp_path, row("14:30:00"), row(), row("17:00:00"))
    lines = tmp_path / "commands.jsonl"
    lines.write_text(
        '{"at": "2015-12-24T14:00:00Z", "command": "set_session", "state": "halted"}\n'
        '{"at": "2015-12-24T18:00:00Z", "command": "set_session", "state": "halted"}\n',
        encoding="utf-8",
    )
    given = ["replay", str(an_hour(tmp_path)), "--entries", str(rows), "--commands", str(lines)]
    journal = tmp_path / "journal.sqlite"
    assert main([*given, "--journal", str(journal)]) == 0
    told = capsys.readouterr()
    assert "2015-12-24T14:30:00Z" in told.out
    assert "after the last row" in told.out
    assert "set_session at 2015-12-24T14:00:00Z, set_session at 2015-12-24T18:00:00Z" in told.err
    assert told.err.count("\n") == 1
    store = open_journal(journal)
    try:
        query = "SELECT accepted, answer FROM commands WHERE command = 'set_session'"
        assert store.connection.execute(query).fetchall() == [(0, "it is dated outside the recording")] * 2
    finally:
        store.close()
    assert main([*given, "--json"]) == 0
    told = capsys.readouterr()
    assert not told.err
    found = json.loads(told.out)
    assert len(found["round_trips"]) == 1
    assert [e["at"] for e in found["refused_entries"]] == ["2015-12-24T14:30:00Z", "2015-12-24T17:00:00Z"]
