"""`cockpit run`, and `cockpit` alone: the demo or a recording into the engine, in the window or headless."""

import asyncio
import contextlib
import itertools
import logging
import os
import socket
import sys
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cockpit.brokers.paper import PaperOptions
from cockpit.cli.application import app
from cockpit.cli.live_options import (
    LIVE,
    AccountName,
    ArmedAccount,
    Chosen,
    Expiries,
    LeadFound,
    MarketDataLines,
    MarketName,
    Minutes,
    Strikes,
    Underlyings,
    refuse,
)
from cockpit.cli.replay import CommandsFile, EntriesFile, JournalFile, ProfileName, say_outside, summary, worth
from cockpit.commands import Acknowledged, Command
from cockpit.domain.errors import BadInput
from cockpit.events import Batch, Entry, Heartbeat
from cockpit.feeds.demo import DEMO_SPEED, demo_start_ns, demo_tour_ns, tour
from cockpit.feeds.inbox import Submit, Who, check_place, serve, socket_path
from cockpit.feeds.player import FASTEST
from cockpit.feeds.recorder import Recorder, about, free_folder
from cockpit.feeds.recording import Recording, load
from cockpit.feeds.scripts import ScriptedCommand
from cockpit.frame import Frame
from cockpit.journal.location import journal_path
from cockpit.journal.store import open_journal
from cockpit.profiles import SHIPPED_PROFILES, profile
from cockpit.wiring import (
    DEFAULT_PROFILE,
    Live,
    Plan,
    profiles_by_name,
    read_script,
    realistic,
    replay_of,
    to_resume,
)

if TYPE_CHECKING:
    from cockpit.app import Plays

SIZE = (1600, 1000)  # of the picture of a headless run
LOOK_NS = 2_000_000_000  # of session time between two looks while playing headless


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of `cockpit run`, checked."""

    feed: str
    profile: str
    entries: Path | None
    commands: Path | None
    journal: Path | None
    speed: float
    record: Path | None = None


def check_feed(feed: str) -> None:
    """A usage error for what is no feed that is played."""
    if feed != "demo" and not (feed.startswith("replay:") and len(feed) > len("replay:")):
        raise typer.BadParameter(
            f"'{feed}' is neither demo nor replay:PATH, nor ib:HOST:PORT:CLIENT", param_hint="--feed"
        )


def check_broker(broker: str, *, is_live: bool) -> None:
    """A usage error for a broker that there is not, or that has no quotes."""
    if broker not in ("paper", "ib"):
        raise typer.BadParameter(f"'{broker}' is no broker; there are paper and ib", param_hint="--broker")
    if broker == "ib" and not is_live:
        raise typer.BadParameter("ib goes with --feed ib:HOST:PORT:CLIENT only", param_hint="--broker")


def speed_of(text: str | None, default: float) -> float:
    """1 to 1000, or max."""
    if text is None:
        return default
    if text == "max":
        return FASTEST
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 1.0 <= speed <= 1000.0:
        raise typer.BadParameter(f"'{text}' is neither a number from 1 to 1000 nor max", param_hint="--speed")
    return speed


def has_display() -> bool:
    """Whether a window can be shown: a display that answers, or a platform chosen by hand."""
    if sys.platform != "linux" or any(os.environ.get(name) for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        return True
    display = os.environ.get("DISPLAY", "")
    return bool(display) and (not display.startswith(":") or _answers(display))


def _answers(display: str) -> bool:
    """Whether the X server of this machine that `:N` names takes connections: Qt aborts where it does not."""
    number = display[1:].partition(".")[0]
    for address in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):
        with socket.socket(socket.AF_UNIX) as server:
            try:
                server.connect(address)
            except OSError:
                continue
            return True
    return False


def assemble(asked: Asked, *, again: bool = False) -> Live:
    """A session ready to be driven; played `again` it is recorded beside the former recording."""
    default = profile(asked.profile)
    known = [default, *(profile(name) for name in SHIPPED_PROFILES)]
    entries: Sequence[Entry] = ()
    planned: Sequence[ScriptedCommand[Command]] = ()
    if asked.feed == "demo":
        recording, entries, planned = tour()
        options, live_ns = realistic(recording.market), demo_start_ns()
        journal = asked.journal or journal_path("demo")
    else:
        recording = load(Path(asked.feed.removeprefix("replay:")), now_ns=time.time_ns())
        options, journal, live_ns = PaperOptions(), asked.journal, None
    script, named = read_script(recording, asked.entries, asked.commands)
    if asked.entries is None:
        script = replace(script, entries=entries, commands=(*planned, *script.commands))
    table = profiles_by_name((*known, *named.values()))
    plan = Plan(profiles=table, default_profile=default.name, script=script, options=options, live_ns=live_ns)
    return _live(asked, recording, plan, journal, again=again)


def _live(asked: Asked, recording: Recording, plan: Plan, journal: Path | None, *, again: bool) -> Live:
    """Opens the journal and hands it over; it is closed again when nothing comes of it."""
    is_demo = asked.feed == "demo"
    feed = "demo" if is_demo else ""
    with contextlib.ExitStack() as undo:
        store = None if journal is None else open_journal(journal)
        if store is not None:
            undo.callback(store.close)
        goes_on = again or (store is not None and to_resume(store, recording, plan.default_profile, feed) is not None)
        recorder = _recorder(asked.record, recording, goes_on=goes_on)  # what it refuses begins no session
        if recorder is not None:
            undo.callback(_remove_empty, recorder.folder)
        made = replay_of(recording, plan, store=store, feed=feed)
        if is_demo:
            made.play_until(demo_tour_ns())  # the window opens on positions
        say_outside(made)
        live = Live(made, speed=asked.speed, name=recording.name, badge="PAPER" if is_demo else "REPLAY")
        if recorder is not None:
            live.record(recorder)
        undo.pop_all()
    return live


def _recorder(folder: Path | None, recording: Recording, *, goes_on: bool) -> Recorder | None:
    """Into that folder, which must not exist; one that plays again or `goes_on` after a kill takes the next name."""
    if folder is None:
        return None
    made = Recorder(free_folder(folder) if goes_on else folder, about(recording))
    if made.folder != folder:
        logging.getLogger(__name__).warning(
            "%s is kept as it is: this session is recorded into %s", folder, made.folder
        )
    return made


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):  # with something in it, it stays
        folder.rmdir()


class Album:
    """The frame that a headless run paints: the latest of those with the most to show."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._next_ns = 0
        self.best: Frame | None = None
        self._most = (-1, -1)

    def look(self, now_ns: int) -> None:
        """Looks at the session every two seconds of its time."""
        if now_ns < self._next_ns:
            return
        self._next_ns = now_ns + LOOK_NS
        frame = self._live.frame_of_pending()
        most = (min(len(frame.pending), 1), len(frame.positions))
        if most >= self._most:
            self.best, self._most = frame, most


def _listening(asked: Asked, live: "Plays", submit: Submit) -> Coroutine[Any, Any, None]:
    """Its own socket, by its journal."""
    journal = None if live.journal is None else str(live.journal)
    who = Who(kind="demo" if asked.feed == "demo" else "replay", journal=journal)
    return serve(socket_path(live.journal), submit, who)


async def _play_headless(live: Live, asked: Asked, album: Album | None) -> None:
    """Plays to the end, answering the socket meanwhile; a socket that fails ends it too."""
    take = live.take

    def push(event: Batch | Heartbeat) -> None:
        take(event)
        if album is not None:
            album.look(event.at_ns)

    async def submit(command: Command) -> Acknowledged:
        said = take(command)
        assert said is not None
        return said

    tasks = [asyncio.create_task(each) for each in (_listening(asked, live, submit), live.player.run(push))]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def play_headless(live: Live, asked: Asked, screenshot: Path | None, size: tuple[int, int], theme: str) -> None:
    """The session without a window; says what it did, and paints the busiest moment when asked to."""
    started = time.perf_counter()
    album = Album(live) if screenshot is not None else None
    asyncio.run(_play_headless(live, asked, album))
    found = {**live.replay.outcome(), "elapsed_s": time.perf_counter() - started}
    summary(found, worth(live.replay.state))
    if screenshot is not None and album is not None:
        from cockpit.app import paint_frame

        paint_frame(album.best or live.frame(), screenshot, size=size, theme=theme)
        typer.echo(f"screenshot: {screenshot}")


def parse_size(text: str) -> tuple[int, int]:
    """1600x1000 -> (1600, 1000)."""
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit() and 640 <= int(width) <= 7680 and 480 <= int(height) <= 4320):
        raise typer.BadParameter(f"'{text}' is no size from 640x480 to 7680x4320", param_hint="--size")
    return int(width), int(height)


@app.command()
def run(
    feed: Annotated[
        str, typer.Option("--feed", help="demo, replay:PATH of a recording, or ib:HOST:PORT:CLIENT of TWS or Gateway.")
    ] = "demo",
    broker: Annotated[str, typer.Option("--broker", help="paper; with ib: also ib, which sends orders.")] = "paper",
    profile_name: ProfileName = DEFAULT_PROFILE,
    entries: EntriesFile = None,
    commands: CommandsFile = None,
    journal: JournalFile = None,
    speed: Annotated[str | None, typer.Option("--speed", help="1 to 1000 times, or max.")] = None,
    record: Annotated[
        Path | None, typer.Option("--record", help="Record what the engine sees, into a new folder.")
    ] = None,
    underlyings: Underlyings = None,
    expiries: Expiries = 2,
    strikes: Strikes = 10,
    lines: MarketDataLines = 100,
    market: MarketName = None,
    account: AccountName = None,
    arm: ArmedAccount = None,
    lead_found: LeadFound = False,
    minutes: Minutes = None,
    headless: Annotated[
        bool, typer.Option("--headless", help="No window: play to the end, say what happened.")
    ] = False,
    screenshot: Annotated[Path | None, typer.Option("--screenshot", help="Paint the window into this .png.")] = None,
    size: Annotated[str | None, typer.Option("--size", help="Of the window or the screenshot: 1600x1000.")] = None,
    theme: Annotated[str | None, typer.Option("--theme", help="dark or light; else as you left it.")] = None,
) -> None:
    """Supervise a session: the demo by default, in the window or headless."""
    is_live = feed.startswith(LIVE)
    if not is_live:
        check_feed(feed)
    check_broker(broker, is_live=is_live)
    if theme not in (None, "dark", "light"):
        raise typer.BadParameter(f"'{theme}' is neither dark nor light", param_hint="--theme")
    if screenshot is not None and not screenshot.resolve().parent.is_dir():
        raise BadInput(f"There is no folder for the screenshot {screenshot}; name one that exists with --screenshot.")
    measures = None if size is None else parse_size(size)
    if not headless and not has_display():
        raise BadInput(
            "There is no display to open a window on: set DISPLAY to one that answers, or play without one with "
            "--headless."
        )
    check_place()
    chosen = Chosen(underlyings=underlyings, expiries=expiries, strikes=strikes, lines=lines, market=market)
    if is_live:
        refuse({"--entries": entries, "--commands": commands, "--speed": speed}, "a recording or the demo")
        if broker != "ib":
            refuse({"--account": account, "--arm": arm, "--lead-found": lead_found}, "--broker ib")
        from cockpit.cli.running_live import Picture, run_live
        from cockpit.ib.connection import parse_address
        from cockpit.wiring_live import LiveAsked

        live_asked = LiveAsked(
            address=parse_address(feed.removeprefix(LIVE), "--feed ib"), wanted=chosen.wanted("watch"),
            broker="ib" if broker == "ib" else "paper", profile=profile_name, journal=journal, record=record,
            account=account, arm=arm, leads_found=lead_found,
        )  # fmt: skip
        picture = Picture(path=screenshot, size=measures, theme=theme)
        run_live(live_asked, picture, minutes=minutes, headless=headless)
        return
    only_live = {"--underlying": underlyings, "--account": account, "--arm": arm, "--lead-found": lead_found}
    refuse(only_live, "--feed ib:HOST:PORT:CLIENT")
    default_speed = FASTEST if headless else (DEMO_SPEED if feed == "demo" else 1.0)
    asked = Asked(feed=feed, profile=profile_name, entries=entries, commands=commands, journal=journal,
                  speed=speed_of(speed, default_speed), record=record)  # fmt: skip
    if headless:
        live = assemble(asked)
        try:
            play_headless(live, asked, screenshot, measures or SIZE, theme or "dark")
        finally:
            live.close()
        return
    from cockpit.app import run_window

    plays = itertools.count()

    def make() -> Live:
        return assemble(asked, again=next(plays) > 0)

    listen = partial(_listening, asked)
    raise typer.Exit(run_window(make, listen=listen, theme=theme, size=measures, screenshot=screenshot))
