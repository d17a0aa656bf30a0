"""`cockpit record`: a feed into a recording, without positions and without a window."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from cockpit.cli.application import app
from cockpit.cli.live_options import (
    LIVE,
    Chosen,
    Expiries,
    MarketDataLines,
    MarketName,
    Minutes,
    Strikes,
    Underlyings,
    refuse,
)
from cockpit.cli.running import check_feed
from cockpit.domain.errors import BadInput
from cockpit.feeds.demo import tour
from cockpit.feeds.recorder import Recorder, about
from cockpit.feeds.recording import load

FLUSH_EVERY = 256  # batches


@app.command()
def record(
    folder: Annotated[Path, typer.Argument(help="The recording to make: a folder that does not exist yet.")],
    feed: Annotated[
        str, typer.Option("--feed", help="demo, replay:PATH of a recording, or ib:HOST:PORT:CLIENT of TWS or Gateway.")
    ] = "demo",
    underlyings: Underlyings = None,
    expiries: Expiries = 2,
    strikes: Strikes = 10,
    lines: MarketDataLines = 100,
    market: MarketName = None,
    minutes: Minutes = None,
) -> None:
    """Record a feed: what it gives, as a folder that cockpit replay plays. A live feed is only read."""
    chosen = Chosen(underlyings=underlyings, expiries=expiries, strikes=strikes, lines=lines, market=market)
    if feed.startswith(LIVE):
        from cockpit.cli.recording_live import record_live

        record_live(folder, feed.removeprefix(LIVE), chosen.wanted("record"), minutes)
        return
    refuse({"--underlying": underlyings}, "--feed ib:HOST:PORT:CLIENT")
    check_feed(feed)
    _record_played(folder, feed)


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
