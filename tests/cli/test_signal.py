"""`cockpit signal`: words become commands, answers become sentences and exit codes."""

import asyncio
import io
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from cockpit.cli import signal as signal_file
from cockpit.cli.application import main
from cockpit.cli.signal import line_of
from cockpit.commands import Acknowledged, Close, Command, Enter, Reduce, SetStop, Veto
from cockpit.feeds.inbox import Who, is_listening, runtime_dir, serve, socket_path

DEMO = Who(kind="demo", journal="/demo.sqlite")


class Cockpit:
    """Listens in a thread of its own, as a running cockpit does; refuses what is about P9."""

    def __init__(self, who: Who) -> None:
        self.who = who
        self.taken: list[Command] = []

    async def submit(self, command: Command) -> Acknowledged:
        self.taken.append(command)
        accepted = getattr(command, "position", "") != "P9"
        return Acknowledged(accepted=accepted, said="taken" if accepted else "no open position 'P9'")

    @contextmanager
    def listening(self, path: Path) -> Iterator[None]:
        ready, ended = threading.Event(), threading.Event()
        loops: list[asyncio.AbstractEventLoop] = []
        stop: list[Callable[[], object]] = []

        async def run() -> None:
            serving = asyncio.create_task(serve(path, self.submit, self.who))
            while not is_listening(path):
                assert not serving.done(), serving.exception()
                await asyncio.sleep(0)
            loops.append(asyncio.get_running_loop())
            stop.append(serving.cancel)
            ready.set()
            with suppress(asyncio.CancelledError):
                await serving

        def whole() -> None:
            asyncio.run(run())
            ended.set()

        thread = threading.Thread(target=whole, name="cockpit of the test", daemon=True)
        thread.start()
        assert ready.wait(10.0)
        try:
            yield
        finally:
            loops[0].call_soon_threadsafe(stop[0])
            assert ended.wait(10.0)
            thread.join(10.0)


@pytest.fixture
def cockpit(home: Path) -> Iterator[Cockpit]:
    """The one that was started without naming a journal."""
    there = Cockpit(DEMO)
    with there.listening(socket_path(None)):
        yield there


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = main(["signal", *(str(argument) for argument in arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_an_accepted_command_prints_the_answer(cockpit: Cockpit, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "veto", "position=P0001", "rule=theta_decay", "for_s=60") == (0, "demo: taken\n", "")
    assert cockpit.taken == [Veto(position="P0001", rule="theta_decay", for_s=60.0, author="signal")]


def test_a_refused_one_is_said_and_is_exit_code_3(cockpit: Cockpit, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "close", "position=P9") == (3, "", "cockpit: demo refused: no open position 'P9'\n")
    code, out, err = run(capsys, "close", "position=P9", "--json")
    assert (code, err) == (3, "")
    assert json.loads(out) == {"accepted": False, "said": "no open position 'P9'", "by": "demo"}


def test_texts_become_the_numbers_that_are_wanted(cockpit: Cockpit, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "enter", "symbol=1234", "side=buy", "contracts=650", "price=50.5", "reason=a = b, c", "author=bot 7")
    run(capsys, "reduce", "position=1", "fraction=0.5")
    assert cockpit.taken == [
        Enter(symbol="1234", side="buy", contracts=650, price=50.5, reason="a = b, c", author="bot 7"),
        Reduce(position="1", fraction=0.5, author="signal"),
    ]


def test_a_stop_may_say_which_one_it_was_moved_from(cockpit: Cockpit, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "set_stop", "position=P1", "price=51.1", "was=51.05")
    run(capsys, "set_stop", "position=P1", "price=51.1")
    assert cockpit.taken == [
        SetStop(position="P1", price=51.1, was=51.05, author="signal"),
        SetStop(position="P1", price=51.1, author="signal"),
    ]


def test_a_file_is_sent_line_by_line(cockpit: Cockpit, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "commands.jsonl"
    lines = ['{"command": "close", "position": "P9"}', "", '{"command": "close", "position": "P1", "author": "me"}']
    file.write_text("\n".join(lines))
    assert run(capsys, "--file", file) == (3, "demo: taken\n", "cockpit: demo refused: no open position 'P9'\n")
    assert cockpit.taken == [Close(position="P9", author="signal"), Close(position="P1", author="me")]


def test_a_bad_file_is_not_half_sent(cockpit: Cockpit, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "commands.jsonl"
    file.write_text('{"command": "close", "position": "P1"}\n{"command": "clothe", "position": "P1"}\n')
    code, out, err = run(capsys, "--file", file)
    assert (code, out) == (3, "")
    assert err.startswith(f"cockpit: {file}, line 2: unknown command 'clothe'; commands are")
    file.write_text('{"at": "2026-01-01T00:00:00Z", "command": "close", "position": "P1"}\n')
    assert "line 1: a running cockpit acts now" in run(capsys, "--file", file)[2]
    assert cockpit.taken == []


def test_standard_input_is_sent_as_it_comes(
    cockpit: Cockpit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = io.TextIOWrapper(io.BytesIO(b'{"command": "close", "position": "P1"}\n\nnonsense\n'))
    monkeypatch.setattr("sys.stdin", given)
    code, out, err = run(capsys, "-")
    assert (code, out) == (3, "demo: taken\n")
    assert err.startswith("cockpit: stdin, line 3: it is not JSON")
    assert cockpit.taken == [Close(position="P1", author="signal")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name a command (acknowledge, apply_profile,"),
        (["veto"], "veto: object missing required field `position`; it takes position, rule, for_s, reason"),
        (["sell"], "unknown command 'sell'; commands are acknowledge, apply_profile,"),
        (["close", "P1"], "'P1' is not written as key=value; it takes position"),
        (["close", "=P1"], "'=P1' is not written as key=value; it takes position"),
        (["close", "position="], "close: expected `str` of length >= 1 - at `$.position`; it takes position"),
        (["close", "position=P1", "position=P2"], "'position' is there twice; leave one"),
        (["close", "contract=P1"], "close has no argument 'contract'; it takes position"),
        (["veto", "position=P1", "for_s=long"], "veto: expected `float`, got `str` - at `$.for_s`; it takes position"),
        (["enter", "symbol=N", "side=buy", "contracts=0"], "enter: expected `int` >= 1 - at `$.contracts`"),
        (["enter", "symbol=N", "side=buy", "contracts=1", "price=nan"], "enter: expected `float` > 0.0 - at `$.price`"),
        (["set_stop", "position=P1", "price=5", "was=0"], "set_stop: expected `float` > 0.0 - at `$.was`"),
        (["reduce", "position=P1"], "reduce: wants either 'fraction' or 'contracts'; it takes position"),
        (["hold_until", "position=P1", "for_s=1", "reason=" + "x" * 70_000], "it is longer than 65536 bytes"),
    ],
)
def test_what_is_no_command_is_a_usage_error_without_a_cockpit(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert err.startswith(f"cockpit: Invalid value for COMMAND: {said}")
    assert err.count("\n") == 1


def test_a_command_beside_a_file_is_a_usage_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = run(capsys, "close", "position=P1", "--file", tmp_path / "x")
    assert code == 2
    assert "give either a command or a file" in err


def test_without_a_cockpit_the_remedy_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = run(capsys, "close", "position=P1")
    assert (code, out) == (3, "")
    assert err == "cockpit: No cockpit is running: start one with cockpit run.\n"
    journal = tmp_path / "j.sqlite"
    assert run(capsys, "close", "position=P1", "--journal", journal) == (
        3,
        "",
        f"cockpit: No cockpit is running that writes {journal}: start one with cockpit run --journal {journal}.\n",
    )
    assert run(capsys, "close", "position=P1", "--account", "DU1")[2] == (
        "cockpit: No cockpit that trades DU1 is running: start one.\n"
    )


def test_the_journal_says_which_cockpit_is_meant(
    cockpit: Cockpit, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = Cockpit(Who(kind="replay", journal=str(tmp_path / "other.sqlite")))
    with other.listening(socket_path(tmp_path / "other.sqlite")):
        assert run(capsys, "close", "position=P1", "--journal", tmp_path / "other.sqlite")[1] == "replay: taken\n"
    assert run(capsys, "close", "position=P2")[1] == "demo: taken\n"
    assert other.taken == [Close(position="P1", author="signal")]
    assert cockpit.taken == [Close(position="P2", author="signal")]


def test_a_kill_never_goes_to_the_demo_while_an_account_runs(
    cockpit: Cockpit, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The demo was started first, and took what was meant for the account."""
    live = Cockpit(Who(kind="live", account="U1", journal="/u1.sqlite"))
    paper = Cockpit(Who(kind="paper", account="DU1", journal="/du1.sqlite"))
    with live.listening(socket_path(tmp_path / "U1.sqlite")), paper.listening(socket_path(tmp_path / "DU1.sqlite")):
        assert run(capsys, "kill") == (
            3,
            "",
            "cockpit: 3 cockpits are running, LIVE account U1 (journal /u1.sqlite); paper account DU1 (journal"
            " /du1.sqlite); the demo (journal /demo.sqlite): choose one with --journal FILE or --account ACCOUNT.\n",
        )
        assert (cockpit.taken, live.taken, paper.taken) == ([], [], [])
        assert run(capsys, "kill", "--account", "U1") == (0, "LIVE U1: taken\n", "")
        assert run(capsys, "kill", "--account", "DU1") == (0, "DU1: taken\n", "")
        code, _, err = run(capsys, "kill", "--account", "U9")
        assert (code, err.split(",")[0]) == (3, "cockpit: No cockpit that trades U9 is running: of those that run")
        assert "LIVE account U1 (journal /u1.sqlite)" in err
    assert (len(live.taken), len(paper.taken), cockpit.taken) == (1, 1, [])


def test_one_account_in_two_journals_is_chosen_by_journal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    who = Who(kind="paper", account="DU1")
    one, other = Cockpit(who), Cockpit(who)
    with one.listening(socket_path(tmp_path / "1.sqlite")), other.listening(socket_path(tmp_path / "2.sqlite")):
        assert run(capsys, "kill", "--account", "DU1")[2] == (
            "cockpit: 2 cockpits trade DU1: name the journal of one with --journal FILE.\n"
        )
    assert run(capsys, "kill", "--account", "DU1", "--journal", "j")[0] == 2
    assert (one.taken, other.taken) == ([], [])


def test_the_only_cockpit_there_is_is_meant_whatever_dead_ones_have_left(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    one = Cockpit(Who(kind="paper", account="DU1"))
    with one.listening(socket_path(tmp_path / "one.sqlite")):
        dead = runtime_dir() / "dead.sock"
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(dead))
        assert run(capsys, "close", "position=P1") == (0, "DU1: taken\n", "")
        assert not dead.exists()
    assert len(one.taken) == 1


def test_one_that_does_not_say_what_it_is_is_named_by_its_socket(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    one = Cockpit(Who(kind="paper", account="DU1"))
    with one.listening(socket_path(tmp_path / "one.sqlite")), somebody_else(b"HTTP/1.1 400\n"):
        err = run(capsys, "kill")[2]
    assert f"; one that does not say what it is (at {socket_path(None)}): choose" in err
    assert one.taken == []


@contextmanager
def somebody_else(answer: bytes | None) -> Iterator[None]:
    """Something else at the socket: it hangs up after `answer`, or says nothing at all."""
    path = socket_path(None)
    runtime_dir().mkdir(mode=0o700, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def talk() -> None:
            with suppress(OSError):
                while answer is not None:
                    connection, _ = listening.accept()
                    with connection:
                        if connection.recv(4096):
                            connection.sendall(answer)

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        try:
            yield
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10.0)
            path.unlink()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"", "hung up without an answer: look in its journal whether it was done"),
        (b"HTTP/1.1 400\n", "is no cockpit of this version"),
        (None, "did not answer within 0.05 s: look there whether it was done"),
    ],
)
def test_what_does_not_answer_as_a_cockpit_is_said(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, answer: bytes | None, said: str
) -> None:
    monkeypatch.setattr(signal_file, "ANSWER_S", 0.05 if answer is None else 10.0)
    with somebody_else(answer):
        code, out, err = run(capsys, "close", "position=P1")
    assert (code, out) == (3, "")
    assert said in err
    assert err.count("\n") == 1


def test_the_examples_of_the_help_are_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--help")[0] == 0
    told = signal_file.signal.__doc__ or ""
    examples = [line.split("cockpit signal ")[1] for line in told.splitlines() if line.strip().startswith("cockpit")]
    assert len(examples) == 8
    for example in examples:
        assert line_of(example.replace('"', "").split()).endswith(b"\n")
