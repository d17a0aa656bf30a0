"""A session that does nothing but count, for what drives it: the engine's thread and the window."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace

from cockpit.commands import Acknowledged, Base
from cockpit.frame import Frame
from tests.widgets import frames
from tests.widgets.conftest import FakePlayback

Push = Callable[[object], None]


class Counting:
    """Takes everything; "break" breaks it. `script` is what its feed does; it waits for ever when there is none."""

    def __init__(self, script: "Callable[[Counting, Push], Awaitable[None]] | None" = None) -> None:
        self.script = script
        self.player = FakePlayback()
        self.journal = None
        self.events: list[object] = []
        self.commands: list[Base] = []
        self.frames = 0
        self.shown = frames.quiet()
        self.made_on, self.closed_on = threading.current_thread().name, ""
        self.loop: asyncio.AbstractEventLoop | None = None
        self.push: Push | None = None
        self.running = threading.Event()

    def take(self, event: object) -> Acknowledged | None:
        """One event or command."""
        assert not self.closed_on, "taken after it was closed"
        if event == "break":
            raise ValueError("the event broke the session")
        if isinstance(event, Base):
            self.commands.append(event)
            if event.author == "breaker":
                raise ValueError("the command broke the session")
            return Acknowledged(accepted=True, said=f"{len(self.events)} events before")
        self.events.append(event)
        return None

    def frame(self) -> Frame:
        """A frame whose session has seen so many events."""
        self.frames += 1
        return replace(self.shown, status=replace(self.shown.status, refused=len(self.events) + len(self.commands)))

    async def run(self, push: Push) -> None:
        """The feed."""
        self.loop, self.push = asyncio.get_running_loop(), push
        self.running.set()
        if self.script is not None:
            await self.script(self, push)
        else:
            await asyncio.Event().wait()

    def close(self) -> None:
        """The end."""
        self.closed_on = threading.current_thread().name
