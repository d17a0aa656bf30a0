"""What the commands of `cockpit journal` share: their options, times and money as text, tables, and progress bars."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from cockpit.domain.errors import BadInput
from cockpit.review import Progress as Reported

JournalOption = Annotated[
    Path | None, typer.Option("--journal", metavar="PATH", help="The journal to read; the default one if left out.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
SessionOption = Annotated[str | None, typer.Option("--session", help="Only this session, such as S0003.")]
RuleOption = Annotated[str | None, typer.Option("--rule", help="Only what this rule, or `human`, left.")]
SinceOption = Annotated[str | None, typer.Option("--since", help="Opened at or after this UTC date or time.")]
UntilOption = Annotated[str | None, typer.Option("--until", help="Opened before this UTC date or time.")]


def instant(text: str | None, option: str) -> int | None:
    """ISO date or time, UTC unless it has an offset, in ns."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(
            f"{option} {text!r} is not a date or time: write one such as 2026-01-31 or 2026-01-31T09:30."
        ) from error
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return int(at.timestamp()) * 1_000_000_000 + at.microsecond * 1_000


def money(amount: str | float | None, currency: str) -> str:
    """+1,316.25 INR."""
    return "n/a" if amount is None else f"{Decimal(str(amount)):+,.2f} {currency}".rstrip()


def points(value: float | None) -> str:
    """A price or a distance with as many digits as it has."""
    return "n/a" if value is None else f"{value:.10g}"


def table_of(*columns: str, right: tuple[str, ...] = (), last: str) -> Table:
    """A table without lines; only its last column folds."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, no_wrap=True)
    for name in right:
        table.add_column(name, no_wrap=True, justify="right")
    table.add_column(last, overflow="fold")
    return table


def add_row(table: Table, *cells: str) -> None:
    """Texts as they are: square brackets in them are no markup."""
    table.add_row(*(Text(cell) for cell in cells))


def print_table(table: Table) -> None:
    """As wide as it needs to be where nobody sees it, so that no column is cut in a pipe."""
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 400, highlight=False).print(table)


def print_json(value: Any) -> None:
    """Indented, on stdout."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


@contextmanager
def progress_bar(words: str) -> Generator[Reported | None]:
    """A bar on stderr for as long as it lasts; None where nobody sees it."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, there: bar.update(task, completed=done, total=there)
