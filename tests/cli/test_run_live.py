"""`cockpit run --feed ib:` as a program: it supervises, is ended, is killed and goes on; and what it refuses."""

import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cockpit.cli.application import main
from cockpit.feeds.inbox import socket_path
from cockpit.journal.history import open_history
from tests.living import BEGAN_NS, MORNING_NS, SYMBOL, open_market, quote
from tests.tws.scene import CALL, LISTINGS, PUT, SPY
from tests.tws.server import LoopbackTws

WITHIN_S = 20.0
AHEAD_NS = MORNING_NS - BEGAN_NS


@pytest.fixture
def tws() -> Iterator[LoopbackTws]:
    with LoopbackTws() as server:
        server.control.list_contracts(LISTINGS)
        server.control.quote(SPY, 499.99, 500.01, 500.0)
        yield server


def words(server: LoopbackTws, folder: Path, *more: str) -> list[str]:
    """A headless session, with a journal of this test's own."""
    feed = f"ib:127.0.0.1:{server.port}:7"
    return ["run", "--feed", feed, "--underlying", "spy", "--headless", "--journal", str(folder / "j.sqlite"), *more]


class Program:
    """One that runs, in the morning of a trading day."""

    def __init__(self, arguments: list[str]) -> None:
        command = [sys.executable, "-m", "tests.cli.shifted", str(AHEAD_NS), *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def line(self) -> str:
        """The next line that it says."""
        out = self._process.stdout
        assert out is not None
        ready, _, _ = select.select([out], [], [], WITHIN_S)
        assert ready, "it says nothing"
        said = out.readline().decode()
        assert said, self.end(None)
        return said

    def end(self, number: signal.Signals | None) -> tuple[int, str, str]:
        """Ends it so; exit code, and what it said since on both outputs."""
        if number is not None:
            self._process.send_signal(number)
        out, err = self._process.communicate(timeout=WITHIN_S)
        return self._process.returncode, out.decode(), err.decode()

    def is_running(self) -> bool:
        return self._process.poll() is None


@contextmanager
def program(arguments: list[str]) -> Iterator[Program]:
    """Started, and killed where the test has not ended it."""
    made = Program(arguments)
    try:
        yield made
    finally:
        if made.is_running():
            made.end(signal.SIGKILL)


def sent(folder: Path, *command: str) -> int:
    """Over its socket; the exit code. It is quoted a moment after it has begun."""
    ends_s = time.monotonic() + WITHIN_S
    while (code := main(["signal", *command, "--journal", str(folder / "j.sqlite")])) and time.monotonic() < ends_s:
        pass
    return code


def held(folder: Path) -> list[tuple[str, int, bool]]:
    """Id, contracts and whether it is closed, of every position that the journal knows."""
    with closing(open_history(folder / "j.sqlite")) as history:
        return [(trip["id"], trip["contracts"], trip["closed_at"] is not None) for trip in history.round_trips()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_stopped_in_order_and_says_what_nobody_watches(
    tws: LoopbackTws, tmp_path: Path, number: signal.Signals
) -> None:
    open_market(tws)
    with program(words(tws, tmp_path)) as running:
        assert running.line().startswith(f"Connected with 127.0.0.1:{tws.port}, journal ")
        assert running.line() == "Supervising 0 positions in practice.\n"
        assert sent(tmp_path, "enter", f"symbol={SYMBOL}", "side=buy", "contracts=2") == 0
        ends_s = time.monotonic() + WITHIN_S
        while not held(tmp_path) and time.monotonic() < ends_s:
            pass
        code, out, _ = running.end(number)
    assert code == 0
    assert out.splitlines()[0].endswith("SPY 500 C 20 Dec: bought 2 @ 9.90")
    assert out.splitlines()[-1] == (
        "Stopped, and nobody watches any more: held: +2 SPY 500 C 20 Dec. The next start goes on with it."
    )


def test_killed_it_goes_on_with_the_same_positions_and_sends_nothing_twice(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    given = words(tws, tmp_path, "--broker", "ib")
    with program(given) as running:
        assert running.line().startswith("Connected with")
        assert running.line() == "Supervising 0 positions of DU1234567.\n"
        assert sent(tmp_path, "enter", f"symbol={SYMBOL}", "side=buy", "contracts=2") == 0
        ends_s = time.monotonic() + WITHIN_S
        while (len(tws.control.working()) != 1 or not held(tmp_path)) and time.monotonic() < ends_s:
            pass
        assert running.end(signal.SIGKILL)[0] == -signal.SIGKILL
    assert tws.control.positions() == {CALL: 2}
    before = [order.reference for order in tws.control.orders()]
    with program(given) as again:
        assert again.line().startswith("Connected with")
        assert again.line() == "Supervising 1 position of DU1234567 (+2 SPY 500 C 20 Dec).\n"
        assert sent(tmp_path, "reconcile") == 0
        assert [order.reference for order in tws.control.orders()] == before
        quote(tws, 10.2)
        assert sent(tmp_path, "close", "position=P0001") == 0
        ends_s = time.monotonic() + WITHIN_S
        while tws.control.positions() and time.monotonic() < ends_s:
            pass
        again.end(signal.SIGINT)
    assert tws.control.positions() == {}
    assert held(tmp_path) == [("P0001", 2, True)]


def alerts(folder: Path) -> dict[str, str]:
    """Of the journal: id and how it stands."""
    with closing(sqlite3.connect(folder / "j.sqlite")) as journal:
        return dict(journal.execute("SELECT id, state FROM alerts ORDER BY seq"))


def test_what_is_adopted_is_counted_told_and_left_in_so_many_words(tws: LoopbackTws, tmp_path: Path) -> None:
    """It said that it supervised nothing, was silent while it acted, and that nothing was held while orders worked."""
    open_market(tws)
    tws.control.set_position(CALL, 3, 9.5)
    tws.control.set_position(PUT, -7, 4.0)
    with program(words(tws, tmp_path, "--broker", "ib")) as running:
        assert running.line().startswith("Connected with")
        while not (supervising := running.line()).startswith("Supervising"):
            assert "SPY" in supervising, "what was found comes before"
        assert supervising.startswith("Supervising 2 positions of DU1234567 (")
        assert "+3 SPY 500 C 20 Dec" in supervising
        while "SPY 500 C 20 Dec: a stop of 3 rests at " not in running.line():
            pass
        entry = ("enter", f"symbol={SYMBOL}", "side=buy", "contracts=1", "price=9.5", "rests=gtc")
        assert sent(tmp_path, *entry) == 0
        assert sent(tmp_path, "reduce", "position=P0001", "contracts=1") == 0
        while ": sold 1 @ " not in running.line():
            pass
        code, out, _ = running.end(signal.SIGINT)
    last = out.splitlines()[-1]
    assert code == 0
    assert last.startswith("Stopped, and nobody watches any more: held: ")
    assert "+2 SPY 500 C 20 Dec (a stop of " in last
    assert "; entries that still work at the broker: buys 1 SPY 500 C 20 Dec at 9.50 (GTC)" in last
    assert "A-link" not in alerts(tmp_path), "it was ended on purpose"


def test_a_picture_of_an_account_says_what_it_leaves_at_the_broker(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    tws.control.set_position(CALL, 3, 9.5)
    picture = tmp_path / "window.png"
    given = [word for word in words(tws, tmp_path, "--broker", "ib") if word != "--headless"]
    with program([*given, "--screenshot", str(picture)]) as running:
        code, out, err = running.end(None)
    assert (code, picture.exists()) == (0, True), err
    assert out.startswith("Stopped, and nobody watches any more: held: +3 SPY 500 C 20 Dec (a stop of 3 rests at ")
    assert len(tws.control.working()) == 1


def test_it_stops_after_its_minutes_and_paints_what_it_saw(
    tws: LoopbackTws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "window.png"
    assert main(words(tws, tmp_path, "--minutes", "0.01", "--screenshot", str(picture))) == 0
    assert "Stopped; nothing is held, and no entry works." in capsys.readouterr().out
    assert picture.stat().st_size > 10_000


def test_without_its_socket_it_does_not_start(
    tws: LoopbackTws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tws.control.set_position(CALL, 2, 9.9)
    place = socket_path(tmp_path / "j.sqlite")
    place.mkdir(parents=True)
    try:
        assert main(words(tws, tmp_path, "--broker", "ib")) == 3
    finally:
        place.rmdir()
    assert f"cockpit: The socket {place} cannot be made (" in capsys.readouterr().err.splitlines()[-1]
    assert tws.control.orders() == []


def test_where_no_socket_can_be_made_nobody_is_connected_with(
    tws: LoopbackTws, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cockpit").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert main(words(tws, tmp_path, "--broker", "ib")) == 3
    assert "for the socket cannot be made" in capsys.readouterr().err
    assert tws.control.received() == []


def test_nobody_there_is_exit_code_4_and_leaves_nothing(
    tws: LoopbackTws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tws.control.go_down()
    assert main(words(tws, tmp_path)) == 4
    assert capsys.readouterr().err.startswith(f"cockpit: Nobody listens at 127.0.0.1:{tws.port}: start TWS or Gateway")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--broker", "ib", "--account", "DU9"], "--account: 'DU9' is not an account of this login"),
        (["--broker", "ib", "--arm", "U1"], "--arm: U1 is not the account DU1234567"),
        (["--underlying", "NONE"], "knows no share or index 'NONE'"),
    ],
)
def test_what_cannot_be_had_is_one_sentence(
    tws: LoopbackTws, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], said: str
) -> None:
    assert main(words(tws, tmp_path, *more)) == 3
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--broker", "ib"], "ib goes with --feed ib:HOST:PORT:CLIENT only"),
        (["--lead-found"], "it goes with --feed ib:HOST:PORT:CLIENT only"),
        (["--broker", "moon"], "'moon' is no broker; there are paper and ib"),
        (["--feed", "tws"], "'tws' is neither demo nor replay:PATH, nor ib:HOST:PORT:CLIENT"),
        (["--feed", "ib:127.0.0.1:7497:7"], "name whose options to watch, such as --underlying SPY"),
        (
            ["--feed", "ib:127.0.0.1:7497:7", "--underlying", "SPY", "--speed", "2"],
            "it goes with a recording or the demo only",
        ),
        (["--account", "U1"], "it goes with --feed ib:HOST:PORT:CLIENT only"),
        (["--underlying", "SPY"], "it goes with --feed ib:HOST:PORT:CLIENT only"),
        (["--feed", "ib:127.0.0.1:7497:7", "--underlying", "SPY", "--account", "U1"], "it goes with --broker ib only"),
    ],
)
def test_what_was_asked_for_must_make_sense(capsys: pytest.CaptureFixture[str], given: list[str], said: str) -> None:
    assert main(["run", "--headless", *given]) == 2
    assert said in capsys.readouterr().err
