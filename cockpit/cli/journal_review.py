"""`cockpit journal stats`, `report` and `export`: what round trips add up to, and files for other programs."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.table import Table

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
    print_json,
    print_table,
    progress_bar,
    table_of,
)
from cockpit.domain.errors import BadInput
from cockpit.journal.export import FORMATS, WHAT, export, export_rows
from cockpit.journal.history import iso, open_history
from cockpit.journal.location import usual_journal
from cockpit.journal.review import JournalReader
from cockpit.review import Bucket, Interval, Result, Review, RuleLine, SessionReport, TripFilter

RESULTS = get_args(Result)
TRIPS = "trips"
Words = Callable[[float], str]
TextOption = Annotated[str, typer.Option("--text", help="Only where all these words are found.")]
UnderlyingOption = Annotated[str | None, typer.Option("--underlying", help="Only this underlying.")]
ResultOption = Annotated[str | None, typer.Option("--result", help=f"One of {', '.join(RESULTS)}.")]
OverriddenOption = Annotated[
    bool | None, typer.Option("--overridden/--untouched", help="Only those that a human overrode, or did not.")
]
ProfileOption = Annotated[str | None, typer.Option("--profile", help="Only those supervised by this profile.")]


def _telling(tell: Callable[[SessionReport], None], about: str) -> Callable[..., None]:
    """A command that tells what the closed round trips which its filters leave add up to."""

    def command(
        *,
        text: TextOption = "",
        session: SessionOption = None,
        underlying: UnderlyingOption = None,
        rule: RuleOption = None,
        result: ResultOption = None,
        overridden: OverriddenOption = None,
        profile: ProfileOption = None,
        since: SinceOption = None,
        until: UntilOption = None,
        journal: JournalOption = None,
        as_json: JsonOption = False,
    ) -> None:
        wanted = _wanted(text, session, underlying, rule, result, overridden, profile, since, until)
        told = _reviewed(journal, wanted).report
        if as_json:
            print_json(told)
        else:
            tell(told)

    command.__doc__ = about
    return command


def export_table(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; its ending is the format.")],
    *,
    what: Annotated[str, typer.Option(help=f"One of {', '.join(WHAT)}, or {TRIPS}: as the tab has them.")] = WHAT[0],
    kind: Annotated[str | None, typer.Option("--format", help=f"One of {', '.join(FORMATS)}; else the ending.")] = None,
    text: TextOption = "",
    session: SessionOption = None,
    underlying: UnderlyingOption = None,
    rule: RuleOption = None,
    result: ResultOption = None,
    overridden: OverriddenOption = None,
    profile: ProfileOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    journal: JournalOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Export one table whole, or with `--what trips` filtered round trips with their rules, overrides and quality."""
    _check_choice("--what", what, (*WHAT, TRIPS))
    _check_choice("--format", kind, FORMATS)
    wanted = _wanted(text, session, underlying, rule, result, overridden, profile, since, until)
    if what != TRIPS and wanted != TripFilter():
        raise typer.BadParameter(f"A table is exported whole: filters go with --what {TRIPS}")
    path = journal or usual_journal()
    with progress_bar(f"exporting {what}") as progress:
        if what == TRIPS:
            rows = _reviewed(path, wanted, ascending=True).rows
            number = export_rows(rows, target, journal=path, kind=kind, force=force, progress=progress)
        else:
            with open_history(path) as history:
                number = export(history, target, what=what, kind=kind, force=force, progress=progress)
    typer.echo(f"{number} rows of {what} in {target}", err=True)


def _wanted(
    text: str,
    session: str | None,
    underlying: str | None,
    rule: str | None,
    result: str | None,
    overridden: bool | None,
    profile: str | None,
    since: str | None,
    until: str | None,
) -> TripFilter:
    _check_choice("--result", result, RESULTS)
    return TripFilter(
        text=text,
        session=session,
        underlying=underlying,
        rule=rule,
        result=next((word for word in RESULTS if word == result), None),
        overridden=overridden,
        profile=profile,
        since_ns=instant(since, "--since"),
        until_ns=instant(until, "--until"),
    )


def _check_choice(option: str, given: str | None, known: tuple[str, ...]) -> None:
    if given is not None and given not in known:
        raise typer.BadParameter(f"There is no {option} {given!r}: choose one of {', '.join(known)}")


def _reviewed(journal: Path | None, wanted: TripFilter, *, ascending: bool = False) -> Review:
    path = journal or usual_journal()
    if not path.exists():
        raise BadInput(f"There is no journal {path}: run a session first, or name another file with --journal.")
    reader = JournalReader(path)
    try:
        with progress_bar("reading") as progress:
            return reader.review(wanted, descending=not ascending, progress=progress)
    finally:
        reader.close()


def _print_stats(told: SessionReport) -> None:
    table = table_of("figure", right=("value",), last="95 % interval, or more")
    code = told.currency
    lines = [
        ("trades", str(told.trades), f"{_many(told.days, 'day')}, {_many(told.sessions, 'session')}"),
        ("winners", str(told.winners), f"{told.losers} losers, {told.trades - told.winners - told.losers} flat"),
        ("win rate", _share(told.win_rate), _bounds(told.win_rate, lambda x: f"{x:.1%}")),
        ("net", money(told.total, code), f"after fees of {told.fees:,.2f}"),
        ("expectancy", money(_value(told.average), code), _bounds(told.average, lambda x: f"{x:+,.2f}")),
        ("largest win", money(told.largest_win, code), ""),
        ("largest loss", money(told.largest_loss, code), ""),
        ("profit factor", _ratio(told.profit_factor), f"payoff {_ratio(told.payoff)}"),
        ("max drawdown", money(told.max_drawdown, code), _deepest(told)),
        ("average hold", _clock(told.average_hold_s), f"median {_clock(told.median_hold_s)}"),
    ]
    for line in lines:
        add_row(table, *line)
    print_table(table)
    left_out = [(told.open_left_out, "open"), (told.others_left_out, "in other currencies")]
    for number, what in left_out:
        if number:
            typer.echo(f"{number} {what} left out.", err=True)


def _print_report(told: SessionReport) -> None:
    _print_stats(told)
    if told.trades:
        typer.echo("")
        print_table(_rules(told.rules, told.currency))
        for name, buckets in (("hour", told.hours), ("weekday", told.weekdays)):
            typer.echo("")
            print_table(_buckets(name, buckets, told.currency))


def _rules(lines: tuple[RuleLine, ...], currency: str) -> Table:
    right = ("count", "win rate", "95 %", "total", "average", "95 % of the average")
    table = table_of("exit rule", right=right, last="more trades needed")
    for line in lines:
        needed = "n/a" if line.more_needed is None else f"about {line.more_needed}" if line.more_needed else "none"
        add_row(
            table,
            line.name,
            str(line.count),
            _share(line.win_rate),
            _bounds(line.win_rate, lambda x: f"{x:.1%}"),
            money(line.total, currency),
            money(line.average.value, currency),
            _bounds(line.average, lambda x: f"{x:+,.2f}"),
            needed,
        )
    return table


def _buckets(name: str, buckets: tuple[Bucket, ...], currency: str) -> Table:
    table = table_of(name, right=("count", "winners", "total"), last="average")
    for each in buckets:
        total, average = money(each.total, currency), money(each.average, currency)
        add_row(table, each.name, str(each.count), str(each.winners), total, average)
    return table


def _deepest(told: SessionReport) -> str:
    return "" if told.drawdown_at_ns is None else f"{iso(told.drawdown_at_ns)}, {_many(told.drawdown_days, 'day')}"


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _value(found: Interval | None) -> float | None:
    return None if found is None else found.value


def _share(found: Interval | None) -> str:
    return "n/a" if found is None else f"{found.value:.1%}"


def _bounds(found: Interval | None, words: Words) -> str:
    if found is None or found.low is None or found.high is None:
        return "n/a"
    return f"{words(found.low)} to {words(found.high)}"


def _ratio(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.2f}"


def _clock(seconds: float | None) -> str:
    return "n/a" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


stats = _telling(_print_stats, "What closed round trips add up to, in a dozen figures.")
report = _telling(_print_report, "The same with a line for each exit rule, hour of opening and weekday.")
