"""`cockpit run` with a live feed: in the window, or headless until it is told to stop."""

import asyncio
import contextlib
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cockpit.cli.telling import Telling, ends
from cockpit.cli.until_stopped import Screen, until_stopped, while_stoppable
from cockpit.commands import Acknowledged, Command
from cockpit.feeds.inbox import Submit, Who, serve, socket_path
from cockpit.frame import Frame
from cockpit.live import LiveSession
from cockpit.wiring_live import LiveAsked, live_session

if TYPE_CHECKING:
    from cockpit.app import Plays

SIZE = (1600, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """How the window is painted, and into which file, if any."""

    path: Path | None
    size: tuple[int, int] | None
    theme: str | None


def run_live(asked: LiveAsked, picture: Picture, *, minutes: float | None, headless: bool) -> None:
    """Supervises until the window is closed, or headless until Ctrl+C, a kill or the end of the minutes.

    Raises NoBroker, or BadInput for what cannot be had.
    """
    if headless:
        frame = asyncio.run(_headless(asked, minutes))
        if picture.path is not None and frame is not None:
            from cockpit.app import paint_frame

            paint_frame(frame, picture.path, size=picture.size or SIZE, theme=picture.theme or "dark")
            typer.echo(f"screenshot: {picture.path}")
        return
    from cockpit.app import run_window

    made: list[LiveSession] = []

    async def make() -> LiveSession:
        made.append(await live_session(asked, say=_to_nobody))
        return made[0]

    try:
        code = run_window(
            make, listen=_listening, theme=picture.theme, size=picture.size, screenshot=picture.path,
            waiting=f"Connecting with {asked.address} …",
        )  # fmt: skip
    finally:
        for live in made:
            typer.echo(ends(live.state))
    raise typer.Exit(code)


def _to_nobody(_: str) -> None:
    """The window shows what is said as alerts."""


async def _headless(asked: LiveAsked, minutes: float | None) -> Frame | None:
    """The last frame; None when it was stopped before the session stood."""
    with while_stoppable() as stopped:
        live = await _unless(stopped, live_session(asked, say=Screen().say))
        if live is None:
            return None
        try:
            typer.echo(f"Connected with {asked.address}, journal {live.journal}; Ctrl+C stops it.")
            await _supervise(live, stopped, minutes)
            typer.echo(ends(live.state))
            return live.frame()
        finally:
            live.close()


async def _unless(stopped: asyncio.Future[None], making: Awaitable[LiveSession]) -> LiveSession | None:
    """What is made, unless it is to stop first."""
    task = asyncio.ensure_future(making)
    await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            return await task
        return None
    return task.result()


def _listening(live: "Plays", submit: Submit) -> Coroutine[Any, Any, None]:
    """Its own socket, by its journal."""
    assert isinstance(live, LiveSession)
    setup, kind = live.state.setup, "practice"
    if setup.account:
        kind = "live" if setup.is_live_account else "paper"
    return serve(socket_path(live.journal), submit, Who(kind=kind, account=setup.account, journal=str(live.journal)))


async def _supervise(live: LiveSession, stopped: asyncio.Future[None], minutes: float | None) -> None:
    """Until it is to stop, or the session or the socket fails: the socket comes first, without it nothing begins."""

    async def submit(command: Command) -> Acknowledged:
        said = live.take(command)
        telling.look(command)
        assert said is not None, "a command is answered"
        return said

    telling = Telling(live.state, lambda: live.desk.is_up, typer.echo)

    def take(event: Any) -> None:
        live.take(event)
        telling.look(event)

    await until_stopped(stopped, (_listening(live, submit), live.run(take)), minutes)
