"""`cockpit signal`: hands commands to the running cockpit over its local socket, and says what it answered."""

import os
import socket
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from cockpit.cli.application import app, say_error
from cockpit.cli.listening import there, words_of
from cockpit.commands import NAMES, Base, parse
from cockpit.domain.errors import BadInput
from cockpit.feeds.inbox import MAX_LINE_BYTES, Answer, is_listening, listeners, object_of, socket_path
from cockpit.feeds.outside_files import read_text

ANSWER_S = 10.0  # the engine answers within milliseconds; a cockpit that was stopped in a debugger never does
MAX_FILE_BYTES = 64 << 20
AUTHOR = "signal"
EXIT_REFUSED = 3
NONE = "No cockpit is running"
CHOOSE = "choose one with --journal FILE or --account ACCOUNT"

WordsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="COMMAND key=value…", help="A command and its arguments; - reads JSON lines from stdin."),
]
FileOption = Annotated[Path | None, typer.Option("--file", metavar="FILE", help="JSON lines, a command on each.")]
JournalOption = Annotated[
    Path | None, typer.Option("--journal", metavar="FILE", help="The journal of the cockpit that is meant.")
]
AccountOption = Annotated[
    str | None, typer.Option("--account", metavar="ACCOUNT", help="The account of the cockpit that is meant.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="The answers as JSON, one a line.")]


@app.command()
def signal(
    words: WordsArgument = None,
    file: FileOption = None,
    journal: JournalOption = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a command or an execution signal to the running cockpit.

    \b
    cockpit signal enter symbol=NIFTY26081824200CE side=buy contracts=650 reason="breakout"
    cockpit signal reduce position=P0001 fraction=0.5
    cockpit signal veto position=P0001 rule=theta_decay for_s=60
    cockpit signal set_stop position=P0001 price=50.4
    cockpit signal flatten scope=losers
    cockpit signal kill scope=expiring reason="halt"
    cockpit signal reconcile
    cockpit signal arm account=U1234567
    echo '{"command": "close", "position": "P0001"}' | cockpit signal -

    It goes to the cockpit that runs; of several --journal or --account chooses one. A position is named by its id, or
    by its symbol. Exit code 0: accepted; 3: refused, or no cockpit is running.
    """
    lines = asked_for(words or [], file)
    to = address(journal, account)
    refused = False
    for answer in conversation(to, lines):
        refused = refused or not answer.accepted
        if as_json:
            typer.echo(msgspec.json.encode(answer).decode())
        elif answer.accepted:
            typer.echo(f"{answer.by}: {answer.said}")
        else:
            say_error(f"{answer.by} refused: {answer.said}")
    if refused:
        raise typer.Exit(EXIT_REFUSED)


def asked_for(words: list[str], file: Path | None) -> Iterable[bytes]:
    """The lines to send. A file is checked whole before any of it is sent; stdin line by line, as it comes."""
    if file is not None:
        if words:
            raise typer.BadParameter("give either a command or a file", param_hint="--file")
        return list(checked(enumerate(read_text(file, MAX_FILE_BYTES).split("\n"), start=1), str(file)))
    if not words:
        names = ", ".join(sorted(NAMES))
        raise typer.BadParameter(f"name a command ({names}), a file with --file, or -", param_hint="COMMAND")
    if words == ["-"]:
        return checked(enumerate(_standard_input(), start=1), "stdin")
    try:
        return [line_of(words)]
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="COMMAND") from error


def _standard_input() -> Iterator[str | bytes]:
    while line := sys.stdin.buffer.readline(MAX_LINE_BYTES + 2):
        yield line


def checked(numbered: Iterable[tuple[int, str | bytes]], source: str) -> Iterator[bytes]:
    """JSON lines as they go over the socket; BadInput names the source and the line of one that is no command."""
    for number, line in numbered:
        if not line.strip():
            continue
        try:
            yield encoded(object_of(line))
        except ValueError as error:
            raise BadInput(f"{source}, line {number}: {str(error).rstrip('.')}.") from error


def line_of(words: list[str]) -> bytes:
    """`veto position=P0001 for_s=60` as a line; ValueError with one sentence."""
    name, *rest = words
    cls = NAMES.get(name)
    if cls is None:
        raise ValueError(f"unknown command '{name}'; commands are {', '.join(sorted(NAMES))}")
    given: dict[str, str] = {}
    for word in rest:
        key, equals, text = word.partition("=")
        if not equals or not key:
            raise ValueError(f"'{word}' is not written as key=value; {_takes(cls)}")
        if key not in cls.__struct_fields__:
            raise ValueError(f"{name} has no argument '{key}'; {_takes(cls)}")
        if key in given:
            raise ValueError(f"'{key}' is there twice; leave one")
        given[key] = text
    try:
        made = msgspec.convert({"command": name, **given}, cls, strict=False)  # texts become numbers where they should
    except msgspec.ValidationError as error:
        raise ValueError(f"{name}: {str(error)[:1].lower()}{str(error)[1:]}; {_takes(cls)}") from None
    fields = msgspec.to_builtins(made)
    return encoded(fields if "author" in given else {k: v for k, v in fields.items() if k != "author"})


def _takes(cls: type[Base]) -> str:
    names = [name for name in cls.__struct_fields__ if name != "author"]
    return f"it takes {', '.join(names)}" if names else "it takes no arguments"


def encoded(given: dict[str, Any]) -> bytes:
    """A checked command on a line of its own, by us unless it says by whom; ValueError with one sentence."""
    line = msgspec.json.encode(parse({"author": AUTHOR, **given})) + b"\n"
    if len(line) > MAX_LINE_BYTES:
        raise ValueError(f"it is longer than {MAX_LINE_BYTES} bytes; shorten its texts")
    return line


def address(journal: Path | None, account: str | None) -> Path:
    """The socket of the cockpit that is meant, or of the only one there is; BadInput when that is not exactly one."""
    if journal is not None:
        if account is not None:
            raise typer.BadParameter("give either a journal or an account", param_hint="--account")
        return _of_journal(journal)
    if account is None:
        running = listeners()
        if len(running) == 1:
            return running[0]
        if not running:
            raise BadInput(f"{NONE}: start one with cockpit run.")
        told = there()
        raise BadInput(f"{len(told)} cockpits are running, {words_of(told)}: {CHOOSE}.")
    told = there()
    of_account = [path for path, who in told if who is not None and who.account == account]
    if len(of_account) == 1:
        return of_account[0]
    if of_account:
        raise BadInput(f"{len(of_account)} cockpits trade {account}: name the journal of one with --journal FILE.")
    running_ones = f"of those that run, {words_of(told)}, name one with --journal FILE" if told else "start one"
    raise BadInput(f"No cockpit that trades {account} is running: {running_ones}.")


def _of_journal(journal: Path) -> Path:
    meant = socket_path(journal)
    if not is_listening(meant):
        raise BadInput(f"{NONE} that writes {journal}: start one with cockpit run --journal {journal}.")
    return meant


def conversation(to: Path, lines: Iterable[bytes]) -> Iterator[Answer]:
    """Sends each line and waits for its answer; BadInput when the cockpit goes away or does not answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_S)
        try:
            connection.connect(os.fspath(to))
            with connection.makefile("rb") as answers:
                for line in lines:
                    _send(connection, line)
                    yield _answer(answers.readline(), to)
        except TimeoutError as error:
            raise BadInput(
                f"The cockpit at {to} did not answer within {ANSWER_S:g} s: look there whether it was done."
            ) from error
        except OSError as error:
            raise BadInput(
                f"The cockpit at {to} went away ({error.strerror}): look in its journal whether it was done."
            ) from error


def _send(connection: socket.socket, line: bytes) -> None:
    """Sends; where the cockpit has hung up, its last words are still to be read."""
    try:
        connection.sendall(line)
    except (BrokenPipeError, ConnectionResetError):
        return


def _answer(line: bytes, to: Path) -> Answer:
    if not line:
        raise BadInput(f"The cockpit at {to} hung up without an answer: look in its journal whether it was done.")
    try:
        return msgspec.json.decode(line, type=Answer)
    except msgspec.MsgspecError as error:
        raise BadInput(f"What listens at {to} is no cockpit of this version ({error}): restart it.") from error
