"""`cockpit journal`: the tables a trader reads, the JSON a script reads, and one sentence when it cannot."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from cockpit.cli import main
from cockpit.cli.journal import app
from cockpit.domain.errors import BadInput
from cockpit.journal.location import journal_path
from cockpit.journal.store import open_journal
from tests.journal.examples import NS, START, STORY, round_trip, session, stop, tell


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal of one closed round trip, S0001/P0001, and one open one, S0002/P0002."""
    path = tmp_path / "journal.sqlite"
    with open_journal(path) as store:
        tell(store, (*STORY, stop(1, 49.5, why="[bold]trailed[/bold]")))
        store.begin(session("S0002"))
        store.write([replace(round_trip(closed=False), id="P0002", opened_ns=START + 86_400 * NS)], durable=True)
    return path


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_list_shows_a_line_for_each_round_trip(journal: Path) -> None:
    lines = run("list", "--journal", journal).splitlines()
    assert len(lines) == 3
    assert lines[0].split() == [
        "id",
        "symbol",
        "side",
        "opened",
        "closed",
        "contracts",
        "entry",
        "exit",
        "net",
        "left",
        "by",
    ]
    assert lines[1].startswith("S0001/P0001  NIFTY 20000 C  long  2023-11-14T22:13:20Z  2023-11-14T22:15:20Z")
    assert lines[1].rstrip().endswith("100     50  51.05  +105.00 INR  scale_out, protective_stop")
    assert "open" in lines[2]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], ["P0001", "P0002"]),
        (["--closed"], ["P0001"]),
        (["--open"], ["P0002"]),
        (["--session", "S0002"], ["P0002"]),
        (["--rule", "scale_out"], ["P0001"]),
        (["--symbol", "none"], []),
        (["--since", "2023-11-15"], ["P0002"]),
        (["--since", "2023-11-14T22:13:20", "--until", "2023-11-15T22:13:20Z"], ["P0001"]),
        (["--until", "2023-11-15T03:43:20+05:30"], []),
        (["--newest", "1"], ["P0002"]),
        (["--newest", "0"], ["P0001", "P0002"]),
    ],
)
def test_list_filters(journal: Path, options: list[str], found: list[str]) -> None:
    trips = json.loads(run("list", "--journal", journal, "--json", *options))
    assert [trip["id"] for trip in trips] == found


def test_list_says_when_there_is_more(journal: Path) -> None:
    result = CliRunner().invoke(app, ["list", "--journal", str(journal), "--newest", "1", "--json"])
    assert json.loads(result.stdout)[0]["id"] == "P0002"
    result = CliRunner().invoke(app, ["list", "--journal", str(journal), "--newest", "1"])
    assert "The newest 1 of 2; --newest 0 lists all." in result.stderr


@pytest.mark.parametrize("text", ["yesterday", "2023-13-01", ""])
def test_a_time_that_is_none_is_said(journal: Path, text: str) -> None:
    with pytest.raises(BadInput, match=r"--since .* is not a date or time"):
        run("list", "--journal", journal, "--since", text)


def test_show_tells_the_story_in_order(journal: Path) -> None:
    lines = [" ".join(line.split()) for line in run("show", "P0001", "--journal", journal).splitlines()]
    assert lines[:5] == [
        "S0001/P0001: long 100 NIFTY 20000 C at 50, left at 51.05, profile scalp",
        "net +105.00 INR after 0 of fees, gross 105",
        "worst -0.5, best n/a points",
        "exit 50 at 52.3, 2023-11-14T22:14:20Z, scale_out FIRST_IMPULSE: scale_out says so",
        "exit 50 at 49.8, 2023-11-14T22:15:20Z, protective_stop STOP_HIT: protective_stop says so",
    ]
    story = lines[6:]
    assert story == sorted(story, key=lambda line: line.split()[0])
    expected = "2023-11-14T22:14:20Z stop 49.5 on the premium, protective_stop: [bold]trailed[/bold]"
    assert expected in story
    assert sum(" fill " in line for line in story) == 3
    assert any("command by human veto: done" in line for line in story)
    assert any("alert, critical the mark has been unknown" in line for line in story)
    assert any(", before exhaustion VOLUME_CLIMAX" in line for line in story)
    assert not any("sample" in line for line in story)


def test_show_as_json_has_everything(journal: Path) -> None:
    trip = json.loads(run("show", "S0001/P0001", "--journal", journal, "--json"))
    assert [fill["rule"] for fill in trip["exits"]] == ["scale_out", "protective_stop"]
    assert len(trip["verdicts"]) == 2


def test_an_open_one_is_shown_as_open(journal: Path) -> None:
    assert "at 50, open, profile scalp" in run("show", "P0002", "--journal", journal)


def test_export_writes_the_file_and_nothing_to_stdout(journal: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    assert run("export", target, "--journal", journal, "--what", "executions") == ""
    assert len(json.loads(target.read_text())) == 3
    with pytest.raises(BadInput, match="--force"):
        run("export", target, "--journal", journal)
    run("export", target, "--journal", journal, "--force")
    assert len(json.loads(target.read_text())) == 2


def test_verify_says_that_it_holds_or_what_does_not(journal: Path) -> None:
    with open_journal(journal) as store:
        store.connection.execute("UPDATE round_trips SET closed_ns = 1 WHERE id = 'P0002'")
    runner = CliRunner()
    result = runner.invoke(app, ["verify", "--journal", str(journal)])
    assert result.exit_code == 3
    assert result.stdout == "Round trip S0002/P0002 says 100 contracts at most, its executions add up to 0.\n"
    result = runner.invoke(app, ["verify", "--journal", str(journal), "--json"])
    assert result.exit_code == 3
    assert len(json.loads(result.stdout)["findings"]) == 1
    with open_journal(journal) as store:
        store.connection.execute("DELETE FROM round_trips WHERE id = 'P0002'")
    result = runner.invoke(app, ["verify", "--journal", str(journal)])
    assert (result.exit_code, result.stdout) == (0, f"The journal {journal} is whole and adds up.\n")


def test_stats_say_what_it_adds_up_to(journal: Path) -> None:
    lines = {line.split("  ")[0]: " ".join(line.split()) for line in run("stats", "--journal", journal).splitlines()}
    assert lines["trades"] == "trades 1 1 day, 1 session"
    assert lines["win rate"] == "win rate 100.0% 20.7% to 100.0%"
    assert lines["net"] == "net +105.00 INR after fees of 0.00"
    assert lines["expectancy"] == "expectancy +105.00 INR n/a"
    result = CliRunner().invoke(app, ["stats", "--journal", str(journal)])
    assert result.stderr == "1 open left out.\n"


def test_the_report_has_a_line_for_each_rule_hour_and_weekday(journal: Path) -> None:
    text = run("report", "--journal", journal)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "scale_out 1 100.0% 20.7% to 100.0% +105.00 INR +105.00 INR n/a n/a" in lines
    assert any(line.startswith("03 1 1 +105.00 INR") for line in lines)  # 22:13 UTC in Kolkata
    assert any(line.startswith("Wed 1 1 +105.00 INR") for line in lines)


@pytest.mark.parametrize("command", ["stats", "report"])
def test_stats_and_report_are_objects_for_scripts(journal: Path, command: str) -> None:
    told = json.loads(run(command, "--journal", journal, "--json"))
    assert (told["trades"], told["total"], told["open_left_out"], told["currency"]) == (1, 105.0, 1, "INR")
    assert [line["name"] for line in told["rules"]] == ["protective_stop", "scale_out"]
    assert told["win_rate"]["value"] == 1.0


@pytest.mark.parametrize(
    ("options", "trades"),
    [
        (["--rule", "scale_out"], 1),
        (["--rule", "theta_decay"], 0),
        (["--text", "nifty scale"], 1),
        (["--underlying", "SPX"], 0),
        (["--result", "losers"], 0),
        (["--overridden"], 1),
        (["--untouched"], 0),
        (["--profile", "scalp"], 1),
        (["--session", "S0002"], 0),
        (["--since", "2023-11-15"], 0),
        (["--until", "2023-11-15"], 1),
    ],
)
def test_the_report_of_what_is_filtered(journal: Path, options: list[str], trades: int) -> None:
    assert json.loads(run("report", "--journal", journal, "--json", *options))["trades"] == trades


def test_filtered_round_trips_are_exported(journal: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    assert run("export", target, "--journal", journal, "--what", "trips", "--result", "open") == ""
    assert pq.read_table(target).to_pylist()[0]["id"] == "P0002"
    named = tmp_path / "out.data"
    run("export", named, "--journal", journal, "--what", "trips", "--format", "json")
    assert [trip["id"] for trip in json.loads(named.read_text())] == ["P0001", "P0002"]


@pytest.mark.parametrize(
    "options",
    [["--what", "bogus"], ["--format", "xlsx"], ["--what", "trips", "--result", "good"], ["--rule", "theta_decay"]],
)
def test_an_option_that_cannot_be_is_wrong_usage(
    journal: Path, tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["journal", "export", str(tmp_path / "x.csv"), "--journal", str(journal), *options]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.endswith("See cockpit --help.\n")
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(
    "arguments", [["list"], ["show", "P0001"], ["export", "x.csv"], ["verify"], ["stats"], ["report"]]
)
def test_without_a_journal_the_default_one_is_named(arguments: list[str]) -> None:
    with pytest.raises(BadInput, match=f"There is no journal {journal_path()}"):
        run(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("show", "P0001"), ("export", "x.csv"), ("stats",), ("export", "x.csv", "--what", "trips")],
)
def test_a_journal_damaged_inside_is_one_sentence(
    journal: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(journal.parent)
    whole = bytearray(journal.read_bytes())
    whole[4096:] = b"\xff" * (len(whole) - 4096)
    journal.write_bytes(whole)
    assert main(["journal", *arguments, "--journal", str(journal)]) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(journal) in said
    assert "Traceback" not in said
