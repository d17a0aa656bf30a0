"""`cockpit record`: from the demo's kind of feed, and live from a TWS over TCP, until it is told to stop."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cockpit.cli import recording_live, until_stopped
from cockpit.cli.application import main
from cockpit.events import Batch
from cockpit.feeds.recorder import Recorder
from cockpit.feeds.recording import Recording, load
from tests.cli.sessions import an_hour
from tests.tws.scene import CALL, LISTINGS, SPY
from tests.tws.server import LoopbackTws
from tests.tws.ticks import Greeks

COMPUTED = Greeks(iv=0.2, delta=0.5, price=9.9, gamma=0.02, vega=0.6, theta=-0.1, underlying=500.0)
SYMBOL = "SPY 301220C00500000"


@pytest.fixture
def tws() -> Iterator[LoopbackTws]:
    with LoopbackTws() as server:
        server.control.list_contracts(LISTINGS)
        server.control.quote(SPY, 499.99, 500.01, 500.0)
        yield server


def words(server: LoopbackTws, folder: Path, *more: str) -> list[str]:
    return ["record", str(folder), "--feed", f"ib:127.0.0.1:{server.port}:7", "--underlying", "spy", *more]


class Interrupted(Recorder):
    """As if Ctrl+C were pressed at the third row."""

    def see(self, event: Batch) -> None:
        before = self.rows
        super().see(event)
        if before < 3 <= self.rows:
            os.kill(os.getpid(), signal.SIGINT)


def read(folder: Path) -> Recording:
    return load(folder, now_ns=time.time_ns())


def recorded(server: LoopbackTws, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Recording:
    monkeypatch.setattr(recording_live, "Recorder", Interrupted)
    server.control.quote(CALL, 9.8, 10.0)
    server.control.stream([CALL, SPY], 100)
    assert main(words(server, folder)) == 0
    server.control.stream([], 0)
    return read(folder)


def test_ctrl_c_ends_it_in_order_and_what_was_recorded_plays(
    tws: LoopbackTws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tws.control.greeks(CALL, COMPUTED)
    folder = tmp_path / "live"
    made = recorded(tws, folder, monkeypatch)
    told = capsys.readouterr()
    assert told.out == f"{made.rows} rows in {folder}; play them with cockpit run --feed replay:{folder}\n"
    assert told.err == ""
    assert sorted(path.name for path in folder.iterdir()) == ["SPY.parquet", "SPY.toml", "SPY_underlying.csv"]
    contract = made.instruments[SYMBOL]
    assert (contract.multiplier, contract.lot, contract.tick, contract.currency) == (100.0, 1, 0.01, "USD")
    assert (made.market, made.guessed, made.refused) == ("us", (), {})
    assert {"iv", "delta", "gamma", "theta", "vega"} <= made.columns
    assert {row.delta for batch in made.batches for row in batch.quotes} == {0.5}
    assert [row.price for batch in made.batches for row in batch.underlyings]
    assert main(["replay", str(folder), "--entries", str(entries(tmp_path, made)), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ticks"] == made.rows


def entries(folder: Path, made: Recording) -> Path:
    path = folder / "entries.csv"
    path.write_text(f"ts,symbol,side,contracts\n{made.first_ns},{SYMBOL},buy,1\n", encoding="utf-8")
    return path


def test_greeks_that_never_came_are_left_to_the_engine(
    tws: LoopbackTws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = recorded(tws, tmp_path / "live", monkeypatch)
    assert made.columns.isdisjoint({"iv", "delta", "gamma", "theta", "vega"})
    assert "bid" in made.columns


def test_it_stops_after_its_minutes(tws: LoopbackTws, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tws.control.quote(CALL, 9.8, 10.0)
    assert main(words(tws, tmp_path / "live", "--minutes", "0.02")) == 0
    assert " rows in " in capsys.readouterr().out
    assert read(tmp_path / "live").rows >= 1


def test_nothing_recorded_leaves_nothing(tws: LoopbackTws, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(tws, tmp_path / "live", "--minutes", "0.001")) == 3
    assert f"Nothing was recorded, and {tmp_path / 'live'} was not made: " in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--underlying", "NONE"], 3, "knows no share or index 'NONE'"),
        (["--expiries", "40"], 3, "40 expiries of SPY do not fit into 100 market-data lines; ask for less"),
        (["--market", "moon"], 2, "'moon' is not one of nse, us, crypto"),
        (["--expiries", "0"], 2, "--expiries"),
    ],
)
def test_what_cannot_be_recorded_is_one_sentence(
    tws: LoopbackTws, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], code: int, said: str
) -> None:
    assert main(words(tws, tmp_path / "live", *more)) == code
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_gateway_that_is_not_there_is_exit_code_4(
    tws: LoopbackTws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tws.control.go_down()
    assert main(words(tws, tmp_path / "live")) == 4
    assert capsys.readouterr().err.startswith(f"cockpit: Nobody listens at 127.0.0.1:{tws.port}: start TWS or Gateway")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_not_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["record", str(tmp_path), "--feed", "ib:127.0.0.1:1:7", "--underlying", "SPY"]
    assert main(asked) == 3
    assert f"{tmp_path} exists already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (["--feed", "ib:127.0.0.1:7497:7"], 2, "name whose options to record, such as --underlying SPY"),
        (["--feed", "ib:127.0.0.1:7497:7", "--underlying", " , "], 2, "such as --underlying SPY"),
        (["--feed", "ib:127.0.0.1", "--underlying", "SPY"], 3, "--feed ib: '127.0.0.1' is not HOST:PORT:CLIENT"),
        (["--feed", "tws", "--underlying", "SPY"], 2, "it goes with --feed ib:HOST:PORT:CLIENT only"),
        (["--feed", "tws"], 2, "'tws' is neither demo nor replay:PATH, nor ib:HOST:PORT:CLIENT"),
    ],
)
def test_what_was_asked_for_must_make_sense(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: list[str], code: int, said: str
) -> None:
    assert main(["record", str(tmp_path / "live"), *asked]) == code
    assert said in capsys.readouterr().err


def test_a_disk_that_refuses_ends_it_with_a_sentence(
    tws: LoopbackTws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Full(Recorder):
        def see(self, event: Batch) -> None:
            super().see(event)
            self.trouble = "the disk is full" if event.quotes else ""

    monkeypatch.setattr(recording_live, "Recorder", Full)
    monkeypatch.setattr(recording_live, "BEAT_S", 0.01)
    tws.control.quote(CALL, 9.8, 10.0)
    assert main(words(tws, tmp_path / "live")) == 3
    assert "Recording stopped: the disk is full." in capsys.readouterr().err


class Terminal:
    """Stderr that is one."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None: ...


def test_a_terminal_is_told_how_it_goes(tws: LoopbackTws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal: Any = Terminal()
    monkeypatch.setattr(until_stopped.sys, "stderr", terminal)
    monkeypatch.setattr(recording_live, "BEAT_S", 0.01)
    recorded(tws, tmp_path / "live", monkeypatch)
    assert "\r\x1b[K0 rows · 8 contracts · no tick yet · " in terminal.text
    assert "1 rows · 8 contracts · last tick 0." in terminal.text
    assert " s ago · live" in terminal.text
    assert terminal.text.endswith("\r\x1b[K")


def test_a_recording_is_recorded_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", str(tmp_path / "again"), "--feed", f"replay:{an_hour(tmp_path)}"]) == 0
    assert capsys.readouterr().out.startswith("484 rows in ")
    assert read(tmp_path / "again").rows == 484
