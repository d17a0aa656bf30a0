"""`cockpit record`: a feed into a recording, without positions and without a window."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from cockpit.cli.application import app
from cockpit.cli.recording_live import record_live
from cockpit.cli.running import check_feed
from cockpit.domain.errors import BadInput
from cockpit.feeds.demo import tour
from cockpit.feeds.ib.contracts import Wanted
from cockpit.feeds.recorder import Recorder, about
from cockpit.feeds.recording import load
from cockpit.settings import MARKETS

FLUSH_EVERY = 256  # batches
LIVE = "ib:"


@app.command()
def record(
    folder: Annotated[Path, typer.Argument(help="The recording to make: a folder that does not exist yet.")],
    feed: Annotated[
        str, typer.Option("--feed", help="demo, replay:PATH of a recording, or ib:HOST:PORT:CLIENT of TWS or Gateway.")
    ] = "demo",
    underlyings: Annotated[
        list[str] | None,
        typer.Option(
            "--underlying", metavar="SYMBOL", help="With ib: whose options; again, or with commas, for several."
        ),
    ] = None,
    expiries: Annotated[int, typer.Option("--expiries", min=1, max=50, help="With ib: so many next expiries.")] = 2,
    strikes: Annotated[int, typer.Option("--strikes", min=1, max=500, help="With ib: so many strikes a side.")] = 10,
    lines: Annotated[
        int, typer.Option("--lines", min=5, max=10_000, help="With ib: the market-data lines you have.")
    ] = 100,
    market: Annotated[
        str | None, typer.Option("--market", help="With ib: nse, us or crypto, where the exchange does not say it.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option("--minutes", min=0.0, help="With ib: stop after so long; else Ctrl+C ends it.")
    ] = None,
) -> None:
    """Record a feed: what it gives, as a folder that cockpit replay plays. A live feed is only read."""
    if feed.startswith(LIVE):
        wanted = Wanted(
            underlyings=_names(underlyings), expiries=expiries, strikes=strikes, market=_known(market), lines=lines
        )
        record_live(folder, feed.removeprefix(LIVE), wanted, minutes)
        return
    if underlyings:
        raise typer.BadParameter("it goes with --feed ib:HOST:PORT:CLIENT only", param_hint="--underlying")
    check_feed(feed, "paper", more=", nor ib:HOST:PORT:CLIENT")
    _record_played(folder, feed)


def _names(options: list[str] | None) -> tuple[str, ...]:
    """The symbols of all `--underlying`, in capitals, each once."""
    words = (word.strip().upper() for option in options or () for word in option.split(","))
    names = tuple(dict.fromkeys(filter(None, words)))
    if not names:
        raise typer.BadParameter("name whose options to record, such as --underlying SPY", param_hint="--underlying")
    return names


def _known(market: str | None) -> str | None:
    if market not in (None, *MARKETS):
        raise typer.BadParameter(f"'{market}' is not one of {', '.join(MARKETS)}", param_hint="--market")
    return market


def _record_played(folder: Path, feed: str) -> None:
    source = tour().recording if feed == "demo" else load(Path(feed.removeprefix("replay:")), now_ns=time.time_ns())
    recorder = Recorder(folder, about(source))
    try:
        console = Console(stderr=True)
        bar = track(source.batches, "recording", console=console, transient=True, disable=not console.is_terminal)
        for number, batch in enumerate(bar):
            recorder.see(batch)
            if number % FLUSH_EVERY == 0:
                recorder.flush()
            if recorder.trouble:
                break
    finally:  # stopped by Ctrl-C, what was recorded so far is a recording
        recorder.close()
    if recorder.trouble:
        raise BadInput(f"Recording stopped: {recorder.trouble}.")
    typer.echo(f"{recorder.rows:,} rows in {folder}; play them with cockpit run --feed replay:{folder}")
