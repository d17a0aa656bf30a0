"""A live feed into a recording, until it is told to stop: what was recorded by then is a recording."""

import asyncio
import shutil
import time
from pathlib import Path

import typer

from cockpit.cli.until_stopped import Screen, until_stopped, while_stoppable
from cockpit.domain.errors import BadInput
from cockpit.domain.instrument import Instrument
from cockpit.events import Batch, Listed
from cockpit.feeds.ib.contracts import Wanted
from cockpit.feeds.ib.feed import Feed
from cockpit.feeds.recorder import Recorder, about_live, check_free, leave_out
from cockpit.ib.connection import Address, parse_address
from cockpit.market.terms import MODELLED

BEAT_S = 1.0
STATES = {
    "live": "live",
    "connecting": "connecting",
    "no server": "TWS has lost its server",
    "quiet": "nothing is heard",
}


class Taking:
    """What a feed gives, on its way into the recorder."""

    def __init__(self, feed: Feed, recorder: Recorder, instruments: dict[str, Instrument]) -> None:
        self.feed, self.recorder, self.instruments = feed, recorder, instruments
        self._last_s: float | None = None

    def take(self, event: Batch | Listed) -> None:
        """One batch, or contracts that are quoted from now on."""
        if isinstance(event, Listed):
            self.instruments.update({each.symbol: each for each in event.instruments})
            return
        self.recorder.see(event)
        self._last_s = time.monotonic()

    def status(self) -> str:
        """How it goes, on one line."""
        age = "no tick yet" if self._last_s is None else f"last tick {time.monotonic() - self._last_s:.1f} s ago"
        return f"{self.recorder.rows:,} rows · {len(self.instruments)} contracts · {age} · {STATES[self.feed.state]}"


def record_live(folder: Path, address: str, wanted: Wanted, minutes: float | None) -> None:
    """Records until the minutes are over, Ctrl+C or a kill; raises BadInput, and then leaves nothing half-made."""
    at = parse_address(address, "--feed ib")
    check_free(folder)
    asyncio.run(_record(folder, at, wanted, minutes))


async def _record(folder: Path, address: Address, wanted: Wanted, minutes: float | None) -> None:
    screen = Screen()
    feed = Feed(address, wanted, say=screen.say)
    try:
        await feed.open()
        names = frozenset(each.market for each in feed.instruments.values())
        instruments = dict(feed.instruments)
        recorder = Recorder(folder, about_live(min(names), instruments))
        try:
            await _take(Taking(feed, recorder, instruments), screen, minutes)
        finally:
            _finish(recorder, feed.given)
    finally:
        screen.show("")
        await feed.close()
    if recorder.trouble:
        raise BadInput(f"Recording stopped: {recorder.trouble}.")
    typer.echo(f"{recorder.rows:,} rows in {folder}; play them with cockpit run --feed replay:{folder}")


async def _take(taking: Taking, screen: Screen, minutes: float | None) -> None:
    """Until one of the reasons to stop."""
    with while_stoppable() as stopped:
        await until_stopped(stopped, (taking.feed.run(taking.take), _beat(taking, screen)), minutes)


async def _beat(taking: Taking, screen: Screen) -> None:
    """Writes to the disk and says how it goes, once a second, until there is trouble."""
    while not taking.recorder.trouble:
        screen.show(taking.status())
        await asyncio.sleep(BEAT_S)
        taking.recorder.flush()


def _finish(recorder: Recorder, given: frozenset[str]) -> None:
    """What there is becomes a recording; raises BadInput when there is nothing, and takes the folder away."""
    if not recorder.rows:
        shutil.rmtree(recorder.folder, ignore_errors=True)
        why = recorder.trouble or (
            "no quote of an option came; see that the market is open and that TWS itself shows these quotes"
        )
        raise BadInput(f"Nothing was recorded, and {recorder.folder} was not made: {why}.")
    recorder.close()
    leave_out(recorder.folder, frozenset(MODELLED) - given)
