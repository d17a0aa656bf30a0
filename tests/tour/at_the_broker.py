"""The real window over a live session and TCP, on a market that walks; a hand at its keys, and an album of pictures."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from cockpit.app import Cockpit, collecting_here, gui_loop
from cockpit.feeds.ib.contracts import Wanted
from cockpit.frame import Frame
from cockpit.preferences import PreferenceFile
from cockpit.wiring_live import live_session
from tests.living import BEGAN_NS, FAST, MORNING_NS, NS, asked, clock
from tests.tws.control import Control
from tests.tws.server import LoopbackTws
from tests.tws.walking import Walking
from widgets.acting.keymap import active

WITHIN_S, LOOK_MS, ROUNDS = 10.0, 10, 4
AHEAD_S = (MORNING_NS - BEGAN_NS) / NS
EXPIRIES = ("20301217", "20301220")
PATIENT = """
name = "patient"
description = "Waits: a far stop, a trail that begins late, the clock, and theta when it costs much."

[[rules]]
rule = "session_cutoff"

[[rules]]
rule = "theta_decay"
basis = "scaled"

[[rules]]
rule = "protective_stop"
stop_pct = 30.0

[[rules]]
rule = "staged_trailing_stop"

[[rules.stages]]
reached_bps = 3000
trail_bps = 1500
lock_bps = 1000
"""


class Trader:
    """Somebody at the window of a session that runs; every wait is bounded."""

    def __init__(self, tws: LoopbackTws, market: Walking, cockpit: Cockpit) -> None:
        self.tws, self.market, self.window = tws, market, cockpit.window

    @property
    def frame(self) -> Frame:
        """What is shown."""
        frame = self.window.frame
        assert frame is not None
        return frame

    def holds(self, label: str, contracts: int) -> bool:
        """Whether so many contracts of that are shown."""
        return any(row.label.startswith(label) and row.contracts == contracts for row in self.frame.positions)

    async def until(self, seen: Callable[[], object]) -> None:
        """The window shows that; looked at as often as it ticks."""
        ended, seeing = asyncio.get_running_loop().create_future(), QTimer()

        def look() -> None:
            if not ended.done() and self.window.frame is not None and seen():
                ended.set_result(None)

        seeing.timeout.connect(look)
        seeing.start(LOOK_MS)
        try:
            async with asyncio.timeout(WITHIN_S):
                await ended
        finally:
            seeing.stop()

    async def later(self, seconds: float) -> None:
        """What the session shows so long after this."""
        at_ns = self.frame.status.at_ns
        await self.until(lambda: self.frame.status.at_ns - at_ns >= seconds * NS)

    async def painted(self) -> None:
        """All that waits for the loop has its turn: layouts, frames, paints."""
        for _ in range(ROUNDS):
            await asyncio.sleep(0)
        self.window.tick()

    def press(self, action: str) -> None:
        """The key of an action, wherever the keyboard is."""
        QTest.keySequence(self._focused, QKeySequence(active.bindings[action].keys[0]))

    def click(self, widget: QWidget) -> None:
        """The left button, on what is there to be clicked."""
        assert widget.isVisible()
        assert widget.isEnabled()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def type(self, words: str) -> None:
        """Words, and Enter."""
        QTest.keyClicks(self._focused, words)
        QTest.keyClick(self._focused, Qt.Key.Key_Return)

    @property
    def _focused(self) -> QWidget:
        return self.window.focusWidget() or self.window

    async def at_the_broker(self, work: Callable[[Control], object]) -> None:
        """Something that others do there."""

        async def done(control: Control) -> None:
            work(control)

        await self.tws.soon(done)


Play = Callable[[Trader], Awaitable[None]]


def at_the_window(
    app: QApplication, folder: Path, account: str, play: Play, *, before: Callable[[Control, Walking], object]
) -> None:
    """Shows a session with that account's broker, and plays; `before` is done at the broker before it connects."""
    with LoopbackTws(account) as tws, collecting_here(), asyncio.Runner(loop_factory=lambda: gui_loop(app)) as runner:
        runner.run(_scene(tws, folder, play, before))


async def _scene(tws: LoopbackTws, folder: Path, play: Play, before: Callable[[Control, Walking], object]) -> None:
    async def opened(control: Control) -> Walking:
        control.clock_skew(AHEAD_S)
        market = Walking(control, EXPIRIES, now_s=time.time() + AHEAD_S)
        before(control, market)
        return market

    market = await tws.soon(opened)
    walking = asyncio.create_task(tws.soon(lambda _: market.walk()))
    profile = folder / "patient.toml"
    profile.write_text(PATIENT)
    given = asked(
        tws, folder, broker="ib", profile=str(profile), wanted=Wanted(underlyings=("SPY",), strikes=8, lines=200)
    )
    wanted = PreferenceFile()
    wanted.change(seen_first_run=True)
    cockpit = Cockpit(lambda: live_session(given, say=_to_nobody, timing=FAST, clock=clock()), None, wanted, None, None)
    shown = asyncio.create_task(cockpit.main())
    try:
        await play(Trader(tws, market, cockpit))
    finally:
        cockpit.leave("closed")
        code = await shown
        walking.cancel()
        await asyncio.wait((walking,))
    assert code == 0


def _to_nobody(_: str) -> None:
    """The window shows what is said as alerts."""
