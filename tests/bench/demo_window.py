"""The demo in the window as `cockpit run` starts it, offscreen and with files of its own, while somebody watches."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from cockpit.app import Cockpit, Plays, application, collecting_here, gui_loop
from cockpit.cli.running import Asked, assemble
from cockpit.preferences import PreferenceFile
from cockpit.turns import yielding
from cockpit.wiring import DEFAULT_PROFILE

Watch = Callable[[Cockpit], Awaitable[None]]
FILES = ("XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME")


def keep_apart(folder: str) -> None:
    """No display, and no file of the user's: before the first application."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.update(dict.fromkeys(FILES, folder))


def demo_session(speed: float, journal: Path) -> Callable[[], Plays]:
    """What makes the session, on the engine's thread."""
    asked = Asked(
        feed="demo", profile=DEFAULT_PROFILE, entries=None, commands=None, journal=journal, speed=speed
    )  # fmt: skip
    return partial(assemble, asked)


def play(make: Callable[[], Plays], watch: Watch) -> int:
    """Shows the window until `watch` has returned or the session has failed; the exit code."""
    wanted = PreferenceFile()
    wanted.change(seen_first_run=True)
    app = application()

    async def main() -> int:
        cockpit = Cockpit(make, None, wanted, None, None)

        async def watched() -> None:
            await watch(cockpit)
            cockpit.leave("seen")

        watching = asyncio.create_task(watched())
        code = await cockpit.main()
        watching.cancel()
        await asyncio.wait([watching])
        if not watching.cancelled() and (error := watching.exception()) is not None:
            raise error
        return code

    with yielding(), collecting_here(), asyncio.Runner(loop_factory=lambda: gui_loop(app)) as runner:
        return runner.run(main())
