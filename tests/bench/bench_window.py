"""What a frame of the whole window costs at different tick rates, beside a table in vnpy's way and plain curves.

Run it from the root of the repository: python -m tests.bench.bench_window. 400 contracts, ten positions, every pane in
sight, everything repainted at every frame, offscreen. The costs are times of the window's thread, without what the
engine does: of ours handing a frame over and painting; of the peer writing every tick into its cells, as vnpy's
TickMonitor does, giving plain pyqtgraph curves the same paths, and painting. All take turns in one process.
"""

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from cockpit.commands import Acknowledged, Command
from cockpit.events import NS, Batch, Quoted
from cockpit.frame import DetailPart, Frame
from cockpit.preferences import PreferenceFile
from tests.bench.chain_scene import ChainScene, made_chain
from widgets.paint.theme import dress
from widgets.window import Window

pg: Any = import_module("pyqtgraph")  # it carries no types

SLOW, MIDDLE, FAST = 1_000, 10_000, 60_000  # ticks a second
HERTZ = 60
ROUNDS, WARM, PEER_EVERY = 300, 20, 5
MOST_P99_MS, MOST_RISE, LEAST_CHEAPER = 16.0, 1.5, 5.0
SIZE = (1600, 1000)
COLUMNS = (
    "symbol", "exchange", "name", "last", "volume", "open", "high", "low", "bid", "bid size", "ask", "ask size", "time",
    "gateway",
)  # fmt: skip
WRITTEN = range(2, 13)  # symbol, exchange and gateway stay
STRIPS = 3


class Ours:
    """The window, and the newest frame for it."""

    def __init__(self, scene: ChainScene) -> None:
        self.scene, self.newest = scene, scene.frame()
        wanted = PreferenceFile()
        wanted.change(seen_first_run=True)
        self.window = Window(_answer, self._latest, _stay, preferences=wanted)
        dress(app(), self.window.look)
        self.window.resize(*SIZE)
        self.window.show()
        self.window.load_charts()
        self._all = self.window.findChildren(QWidget)

    def _latest(self) -> Frame:
        return self.newest

    def show(self) -> None:
        """Take the newest frame and paint everything."""
        self.window.tick()
        for widget in self._all:
            widget.update()  # of the window alone would leave out what scrolls
        QApplication.processEvents()


class Theirs:
    """A table that is written at every tick, and plain curves of whole paths."""

    def __init__(self, scene: ChainScene) -> None:
        self.window = QWidget()
        self._table = QTableWidget(len(scene.symbols), len(COLUMNS))
        self._table.setHorizontalHeaderLabels(COLUMNS)
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self._table.setAlternatingRowColors(True)
        self._cells: dict[str, list[QTableWidgetItem]] = {}
        for row, symbol in enumerate(scene.symbols):
            cells = [QTableWidgetItem(symbol if column == 0 else "") for column in range(len(COLUMNS))]
            for column, cell in enumerate(cells):
                cell.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self._table.setItem(row, column, cell)
            self._cells[symbol] = cells
        self._table.setSortingEnabled(True)  # as there, and off while a tick is written
        plots = QHBoxLayout()
        widgets: list[Any] = [pg.PlotWidget() for _ in range(1 + STRIPS)]
        self._curves: list[Any] = [widgets[0].plot(), *(plot.plot() for plot in widgets)]
        for plot in widgets:
            plots.addWidget(plot)
        stack = QVBoxLayout(self.window)
        stack.addWidget(self._table)
        stack.addLayout(plots)
        self.window.resize(*SIZE)
        self.window.show()
        self._all = self.window.findChildren(QWidget)

    def show(self, batch: Batch, detail: DetailPart) -> None:
        """Every tick into its cells, every path into its curve, and paint everything."""
        for row in batch.quotes:
            self._write(row)
        premium = np.array([point for chunk in detail.chart.chunks for point in chunk], dtype=float)
        greeks = np.array([point for chunk in detail.chart.greeks for point in chunk], dtype=float)
        paths = [premium[:, (0, 1)], premium[:, (0, 2)], *(greeks[:, (0, column)] for column in (1, 3, 6))]
        for curve, path in zip(self._curves, paths, strict=True):
            curve.setData(path[:, 0], path[:, 1])
        for widget in self._all:
            widget.update()
        QApplication.processEvents()

    def _write(self, row: Quoted) -> None:
        self._table.setSortingEnabled(False)
        cells = self._cells[row.symbol]
        last, bid, ask = row.last, row.bid, row.ask
        shown = (row.symbol, last, row.volume, last, last, last, bid, row.bid_size, ask, row.ask_size, row.at_ns)
        for column, content in zip(WRITTEN, shown, strict=True):
            cells[column].setText(str(content))
        self._table.setSortingEnabled(True)


async def _answer(command: Command) -> Acknowledged:
    await asyncio.sleep(0)
    return Acknowledged(accepted=True, said="")


def _stay(why: str) -> None:
    """The window is closed by the end of the process."""


def app() -> QApplication:
    """The one application."""
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found


def timed_ms(work: Callable[[], None]) -> float:
    """Milliseconds of this thread."""
    began = thread_time()
    work()
    return (thread_time() - began) * 1e3


def measure(scene: ChainScene) -> tuple[dict[int, list[float]], list[tuple[float, float]]]:
    """Milliseconds of our frames by tick rate; and of the peer's at the middle rate, each after that of ours."""
    ours, theirs = Ours(scene), Theirs(scene)
    mine: dict[int, list[float]] = {SLOW: [], MIDDLE: [], FAST: []}
    compared: list[tuple[float, float]] = []
    at_ns = scene.begins_ns
    ours.show()
    gc.collect()
    gc.freeze()
    for turn in range(WARM + ROUNDS):
        for rate in (SLOW, FAST, MIDDLE):
            batch = scene.ticks.batch(at_ns, rate // HERTZ)
            scene.session.take(batch)
            ours.newest, at_ns = scene.frame(), at_ns + NS // HERTZ
            mine[rate].append(timed_ms(ours.show))
        if turn % PEER_EVERY == 0:
            compared.append((mine[MIDDLE][-1], timed_ms(partial(theirs.show, batch, _detail(ours.newest)))))
            ours.show()  # so that no frame of ours finds the caches as the peer has left them
    scene.holds()
    ours.window.freeze()
    return {rate: spent[WARM:] for rate, spent in mine.items()}, compared


def _detail(frame: Frame) -> DetailPart:
    assert frame.detail is not None
    return frame.detail


def main() -> None:
    """Measure and print."""
    kept = QApplication([])
    mine, compared = measure(made_chain())
    print(f"a frame of the whole window, everything repainted; {ROUNDS} frames of each, in turn; window's thread")
    p99 = {rate: sorted(spent)[int(len(spent) * 0.99)] for rate, spent in mine.items()}
    middle = {rate: median(spent) for rate, spent in mine.items()}
    for rate in mine:
        print(f"cockpit at {rate:6,} ticks a second   median {middle[rate]:6.2f} ms   p99 {p99[rate]:6.2f} ms")
    met = "met" if p99[MIDDLE] <= MOST_P99_MS else "NOT MET"
    print(f"p99 at {MIDDLE:,} ticks a second: at most {MOST_P99_MS:.0f} ms is asked: {met}")
    rise = median(fast / slow for fast, slow in zip(mine[FAST], mine[SLOW], strict=True))
    met = "met" if rise <= MOST_RISE else "NOT MET"
    print(f"{FAST:,} against {SLOW:,} ticks a second: ratio {rise:.2f}; at most {MOST_RISE} is asked: {met}")
    theirs, cheaper = median(peer for _, peer in compared), median(peer / own for own, peer in compared)
    met = "met" if cheaper >= LEAST_CHEAPER else "NOT MET"
    print(f"a table in vnpy's way and plain curves at {MIDDLE:,} ticks a second: median {theirs:6.2f} ms")
    print(f"  {cheaper:.1f} times ours; at least {LEAST_CHEAPER:.0f} times is asked: {met}")
    kept.exit()


if __name__ == "__main__":
    main()
