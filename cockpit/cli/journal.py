"""`cockpit journal`: round trips listed, shown with every reason, exported, and the whole journal verified."""

from typing import Annotated

import typer

from cockpit.cli import journal_review
from cockpit.cli.journal_words import (
    JournalOption,
    JsonOption,
    RuleOption,
    SessionOption,
    SinceOption,
    UntilOption,
    add_row,
    instant,
    money,
    points,
    print_json,
    print_table,
    table_of,
)
from cockpit.journal.history import Filter, Row, open_history
from cockpit.journal.location import usual_journal
from cockpit.journal.verify import verify

app = typer.Typer(
    name="journal", help="Round trips and why they ended, as the journal keeps them.", no_args_is_help=True
)
app.command("stats")(journal_review.stats)
app.command("report")(journal_review.report)
app.command("export")(journal_review.export_table)

EXIT_FINDINGS = 3


@app.command("list")
def list_round_trips(
    *,
    journal: JournalOption = None,
    session: SessionOption = None,
    symbol: Annotated[str | None, typer.Option(help="Only this contract.")] = None,
    rule: RuleOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    closed: Annotated[bool | None, typer.Option("--closed/--open", help="Only closed ones, or only open ones.")] = None,
    newest: Annotated[int, typer.Option(min=0, help="At most so many, the latest; 0 for all.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List round trips in order of opening."""
    wanted = Filter(
        session_id=session,
        symbol=symbol,
        rule=rule,
        since_ns=instant(since, "--since"),
        until_ns=instant(until, "--until"),
        closed=closed,
        newest=newest or None,
    )
    with open_history(journal or usual_journal()) as history:
        trips, there = history.round_trips(wanted), history.count(wanted)
    if as_json:
        print_json(trips)
        return
    table = table_of(
        "id", "symbol", "side", "opened", "closed", right=("contracts", "entry", "exit", "net"), last="left by"
    )
    for trip in trips:
        add_row(
            table,
            f"{trip['session_id']}/{trip['id']}",
            trip["symbol"],
            trip["side"],
            trip["opened_at"],
            trip["closed_at"] or "open",
            str(trip["contracts"]),
            trip["entry_price"],
            trip["exit_price"] or "",
            money(trip["net"], trip["currency"]),
            ", ".join(rule or "unknown" for rule in trip["rules"]),
        )
    print_table(table)
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
        print_json(trip)
        return
    held = f"{trip['side']} {trip['contracts']} {trip['symbol']} at {trip['entry_price']}"
    left = f"left at {trip['exit_price']}" if trip["exit_price"] else "open"
    typer.echo(f"{trip['session_id']}/{trip['id']}: {held}, {left}, profile {trip['profile']}")
    typer.echo(f"net {money(trip['net'], trip['currency'])} after {trip['fees']} of fees, gross {trip['gross']}")
    typer.echo(f"worst {points(trip['mae'])}, best {points(trip['mfe'])} points")
    for exit_ in trip["exits"]:
        why = f"{exit_['rule']} {exit_['trigger']}: {exit_['because']}" if exit_["rule"] else "no decision recorded"
        typer.echo(f"exit {exit_['contracts']} at {exit_['price']}, {exit_['at']}, {why}")
    table = table_of("at", "what", last="says")
    for at, what, says in sorted(_story(trip), key=lambda line: line[0].rstrip("Z")):
        add_row(table, at, what, says)
    print_table(table)


@app.command("verify")
def verify_journal(*, journal: JournalOption = None, as_json: JsonOption = False) -> None:
    """Check that the journal is whole and adds up; exit code 3 when it does not."""
    path = journal or usual_journal()
    with open_history(path) as history:
        findings = verify(history)
    if as_json:
        print_json({"journal": str(path), "findings": findings})
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
        (row["at"], "stop", f"{points(row['level'])} on the {row['basis']}, {row['rule']}: {row['why']}")
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
