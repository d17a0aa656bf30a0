"""`cockpit journal`: round trips listed, shown with every reason, exported, and the whole journal verified."""

import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cockpit.domain.errors import BadInput
from cockpit.journal.export import WHAT, export
from cockpit.journal.history import Filter, Row, open_history
from cockpit.journal.location import usual_journal
from cockpit.journal.verify import verify

app = typer.Typer(
    name="journal", help="Round trips and why they ended, as the journal keeps them.", no_args_is_help=True
)

JournalOption = Annotated[
    Path | None, typer.Option("--journal", metavar="PATH", help="The journal to read; the default one if left out.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
EXIT_FINDINGS = 3


@app.command("list")
def list_round_trips(
    *,
    journal: JournalOption = None,
    session: Annotated[str | None, typer.Option(help="Only this session, such as S0003.")] = None,
    symbol: Annotated[str | None, typer.Option(help="Only this contract.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only what this rule, or `human`, left.")] = None,
    since: Annotated[str | None, typer.Option(help="Opened at or after this UTC date or time.")] = None,
    until: Annotated[str | None, typer.Option(help="Opened before this UTC date or time.")] = None,
    closed: Annotated[bool | None, typer.Option("--closed/--open", help="Only closed ones, or only open ones.")] = None,
    newest: Annotated[int, typer.Option(min=0, help="At most so many, the latest; 0 for all.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List round trips in order of opening."""
    wanted = Filter(
        session_id=session,
        symbol=symbol,
        rule=rule,
        since_ns=_instant(since, "--since"),
        until_ns=_instant(until, "--until"),
        closed=closed,
        newest=newest or None,
    )
    with open_history(journal or usual_journal()) as history:
        trips, there = history.round_trips(wanted), history.count(wanted)
    if as_json:
        _print_json(trips)
        return
    table = _table(
        "id", "symbol", "side", "opened", "closed", right=("contracts", "entry", "exit", "net"), last="left by"
    )
    for trip in trips:
        _add_row(
            table,
            f"{trip['session_id']}/{trip['id']}",
            trip["symbol"],
            trip["side"],
            trip["opened_at"],
            trip["closed_at"] or "open",
            str(trip["contracts"]),
            trip["entry_price"],
            trip["exit_price"] or "",
            _money(trip["net"], trip["currency"]),
            ", ".join(rule or "unknown" for rule in trip["rules"]),
        )
    _print_table(table)
    if there > len(trips):
        typer.echo(f"The newest {len(trips)} of {there}; --newest 0 lists all.", err=True)


@app.command("show")
def show_round_trip(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="A round trip such as P0001 or S0003/P0001.")],
    *,
    journal: JournalOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one round trip: what it did, why it left, and everything that was said and done on the way."""
    with open_history(journal or usual_journal()) as history:
        trip = history.round_trip(wanted)
    if as_json:
        _print_json(trip)
        return
    held = f"{trip['side']} {trip['contracts']} {trip['symbol']} at {trip['entry_price']}"
    left = f"left at {trip['exit_price']}" if trip["exit_price"] else "open"
    typer.echo(f"{trip['session_id']}/{trip['id']}: {held}, {left}, profile {trip['profile']}")
    typer.echo(f"net {_money(trip['net'], trip['currency'])} after {trip['fees']} of fees, gross {trip['gross']}")
    typer.echo(f"worst {_points(trip['mae'])}, best {_points(trip['mfe'])} points")
    for exit_ in trip["exits"]:
        why = f"{exit_['rule']} {exit_['trigger']}: {exit_['because']}" if exit_["rule"] else "no decision recorded"
        typer.echo(f"exit {exit_['contracts']} at {exit_['price']}, {exit_['at']}, {why}")
    table = _table("at", "what", last="says")
    for at, what, says in sorted(_story(trip), key=lambda line: line[0].rstrip("Z")):
        _add_row(table, at, what, says)
    _print_table(table)


@app.command("export")
def export_table(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; its ending .json or .csv is the format.")],
    *,
    journal: JournalOption = None,
    what: Annotated[str, typer.Option(help=f"One of {', '.join(WHAT)}.")] = "round_trips",
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Export one table to a JSON or CSV file."""
    with open_history(journal or usual_journal()) as history:
        number = export(history, target, what=what, force=force)
    typer.echo(f"{number} rows of {what} in {target}", err=True)


@app.command("verify")
def verify_journal(*, journal: JournalOption = None, as_json: JsonOption = False) -> None:
    """Check that the journal is whole and adds up; exit code 3 when it does not."""
    path = journal or usual_journal()
    with open_history(path) as history:
        findings = verify(history)
    if as_json:
        _print_json({"journal": str(path), "findings": findings})
    else:
        typer.echo("\n".join(findings) if findings else f"The journal {path} is whole and adds up.")
    if findings:
        raise typer.Exit(EXIT_FINDINGS)


def _story(trip: Row) -> list[tuple[str, str, str]]:
    """(time, what, words) of all that happened to one round trip."""
    story = [(row["at"], "decision", _decision(row)) for row in trip["decisions"]]
    story += [
        (row["at"], "fill", f"{row['side']} {row['contracts']} at {row['price']} ({row['order_ref']})")
        for row in trip["executions"]
    ]
    story += [
        (row["at"], "stop", f"{_points(row['level'])} on the {row['basis']}, {row['rule']}: {row['why']}")
        for row in trip["stops"]
    ]
    story += [(row["at"], f"alert, {row['severity']}", row["text"]) for row in trip["alerts"]]
    story += [
        (row["at"], f"command by {row['author']}", f"{row['command']}: {row['answer']}") for row in trip["commands"]
    ]
    story += [
        (row["at"], "verdict", f"{row['rule']} {row['kind']} {row['trigger'] or ''} {row['because']} {row['status']}")
        for row in trip["verdicts"]
        if row["why"] != "sample"
    ]
    return story


def _decision(row: Row) -> str:
    losers = ", ".join(f"{rule} {trigger}" for rule, trigger in row["suppressed"])
    beaten = f", before {losers}" if losers else ""
    return f"{row['rule']} {row['trigger']}, {row['contracts']} contracts: {row['because']}{beaten}"


def _instant(text: str | None, option: str) -> int | None:
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


def _money(amount: str, currency: str) -> str:
    return f"{Decimal(amount):+,.2f} {currency}"


def _points(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.10g}"


def _table(*columns: str, right: tuple[str, ...] = (), last: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, no_wrap=True)
    for name in right:
        table.add_column(name, no_wrap=True, justify="right")
    table.add_column(last, overflow="fold")
    return table


def _add_row(table: Table, *cells: str) -> None:
    """Texts as they are: square brackets in them are no markup."""
    table.add_row(*(Text(cell) for cell in cells))


def _print_table(table: Table) -> None:
    """As wide as it needs to be where nobody sees it, so that no column is cut in a pipe."""
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 400, highlight=False).print(table)


def _print_json(value: Any) -> None:
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
