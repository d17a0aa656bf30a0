"""`cockpit import`: public formats into recordings."""

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from cockpit.cli.application import say_error
from cockpit.domain.errors import BadInput
from cockpit.feeds import import_lean, import_nse
from cockpit.feeds.import_lean import find_lean
from cockpit.feeds.import_nse import NseDumps
from cockpit.feeds.import_target import Row, Stated, Target, making
from cockpit.feeds.import_tidy import TidyFile
from cockpit.feeds.recording import Recording, load
from cockpit.settings import MARKETS

app = typer.Typer(name="import", help="Make a recording of data in another format.", no_args_is_help=True)
Source = Annotated[Path, typer.Argument(help="What to read.", metavar="SRC")]
Made = Annotated[Path, typer.Argument(help="The recording to make: a folder that does not exist yet.", metavar="DST")]
Lot = Annotated[int | None, typer.Option("--lot", min=1, help="Contracts a lot, where you know them.")]
Pairs = Annotated[list[str], typer.Option(metavar="TIDY=VALUE")]
Rows = Callable[[Callable[[float], None]], Iterator[Row]]


@app.command()
def lean(
    source: Source,
    target: Made,
    day: Annotated[str | None, typer.Option("--date", help="YYYYMMDD, where the folder has several days.")] = None,
) -> None:
    """Lean's minute zips of one underlying: the folder …/option/usa/minute/goog, or one of its zips."""
    found = find_lean(source, day)
    with making(target) as folder:
        made = Target(folder, found.ticker, import_lean.COLUMNS)
        _fill(made, found.rows, source)
        bars = list(found.underlying())
        if bars:
            made.add_bars(bars)
        made.state(Stated(market="us"))
        _checked(folder)
    _said(target, made, found.skipped, "" if bars else "no bars of the share beside it")


@app.command()
def nse(source: Source, target: Made, lot: Lot = None) -> None:
    """Dumps of the NSE's option-chain page: a .json file, or a folder of them, one a snapshot."""
    dumps = NseDumps(source)
    with making(target) as folder:
        made = Target(folder, target.name, import_nse.COLUMNS)
        _fill(made, dumps.rows, source)
        made.state(Stated(market="nse", lot=lot, oi_unit="lots"))
        _checked(folder)
    _said(target, made, dumps.skipped, "" if lot else "lot unknown: set it with --lot, or in the .toml")


@app.command()
def tidy(
    source: Source,
    target: Made,
    columns: Annotated[
        list[str], typer.Option("--map", metavar="TIDY=NAME", help="bid=BidPx: their name of a tidy column.")
    ] = [],  # noqa: B006 - typer copies it
    fixed: Annotated[
        list[str], typer.Option("--set", metavar="TIDY=VALUE", help="underlying=NIFTY: the same in every row.")
    ] = [],  # noqa: B006 - typer copies it
    zone: Annotated[str | None, typer.Option("--zone", help="Of times without an offset; UTC unless said.")] = None,
    percent: Annotated[bool, typer.Option("--iv-in-percent", help="Volatilities are 14.2, not 0.142.")] = False,
    market: Annotated[str | None, typer.Option("--market", help="nse, us or crypto.")] = None,
    lot: Lot = None,
) -> None:
    """Any CSV with one row a quote and contract; --map names its columns."""
    if market is not None and market not in MARKETS:
        raise typer.BadParameter(f"'{market}' is none of {', '.join(MARKETS)}", param_hint="--market")
    file = TidyFile(
        source, _pairs(columns, "--map"), _pairs(fixed, "--set"), zone=_zone(zone), in_percent=percent
    )  # fmt: skip
    with making(target) as folder:
        made = Target(folder, target.name, file.columns)
        _fill(made, file.rows, source)
        _checked(folder, most=made.rows + file.skipped)
        if market is not None:
            made.state(Stated(market=market, lot=lot))
    _said(target, made, file.skipped, "" if market else "market guessed: say it with --market")


def _pairs(given: Iterable[str], option: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise typer.BadParameter(f"'{pair}' is not NAME=VALUE", param_hint=option)
        if name.strip() in found:
            raise typer.BadParameter(f"{name.strip()} is there twice", param_hint=option)
        found[name.strip()] = value.strip()
    return found


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return None if name is None else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise typer.BadParameter(f"'{name}' is no zone such as Asia/Kolkata", param_hint="--zone") from None


def _fill(made: Target, rows: Rows, source: Path) -> None:
    """All rows, with progress and the time left; Ctrl-C leaves nothing behind. BadInput when there is none."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task(source.name, total=1.0)
        for row in rows(lambda share: shown.update(task, completed=share)):
            made.add(row)
    made.close()
    if not made.rows:
        raise BadInput(f"{source} has no row that can be read; export or download it again.")


def _checked(folder: Path, most: int = 0) -> Recording:
    """The recording, read as a replay would read it: what cannot be played is not kept."""
    found = load(folder, now_ns=time.time_ns())
    if most > 2 * found.rows:
        raise BadInput(f"More than half of the {most:,} rows cannot be read; correct the --map and --zone options.")
    return found


def _said(target: Path, made: Target, skipped: int, note: str) -> None:
    left_out = f", {skipped:,} that are none left out" if skipped else ""
    typer.echo(f"{made.rows:,} rows{left_out} in {target}; play them with cockpit run --feed replay:{target}")
    if note:
        say_error(f"note: {note}.")
