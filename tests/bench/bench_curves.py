"""Cost of a repaint of 12 growing curves of 500 000 points against 12 of 5 000, and against plain pyqtgraph curves.

Run it from the root of the repository: python -m tests.bench.bench_curves. The platform is offscreen; a repaint takes
the newest row of every curve, cuts all of them down to the screen and paints them.
"""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication

from widgets.charts.plot import Plot
from widgets.charts.tracks import Rows, Track

pg: Any = import_module("pyqtgraph")  # it carries no types

CURVES, FEW, MANY = 12, 5_000, 500_000
FRAMES, PLAIN_FRAMES = 120, 3
SIZE = (1_012, 420)
CHUNK, STEP_S = 256, 0.25
LOW, HIGH = -1_500.0, 1_500.0


def walks(points: int) -> list[list[tuple[float, ...]]]:
    """Random walks as rows of a time and a value."""
    chance = np.random.default_rng(1)
    times = np.arange(points) * STEP_S
    return [
        list(map(tuple, np.column_stack((times, chance.normal(size=points).cumsum())).tolist())) for _ in range(CURVES)
    ]


def chunks_of(rows: list[tuple[float, ...]]) -> tuple[Rows, ...]:
    return tuple(tuple(rows[i : i + CHUNK]) for i in range(0, len(rows), CHUNK))


def nothing(painter: QPainter, area: QRectF) -> None:
    """The axes are not what is measured."""


def timed(frames: int, *each: Callable[[], None]) -> list[float]:
    """The median of so many frames of each in milliseconds of this thread, in turn, after one that is not counted."""
    spent: list[list[float]] = [[] for _ in each]
    for turn in range(frames + 1):
        for frame, times in zip(each, spent, strict=True):
            begun = thread_time()
            frame()
            if turn:
                times.append((thread_time() - begun) * 1e3)
    return [median(times) for times in spent]


def ours(points: int) -> Callable[[], None]:
    """A repaint of our curves, which grow by a row at each."""
    plot = Plot(nothing, nothing, right=0, bottom=0)
    plot.resize(*SIZE)
    plot.show()
    kept = [chunks_of(rows) for rows in walks(points)]
    tracks = [Track(1) for _ in kept]
    for i in range(CURVES):
        plot.add_curve(str(i))
        plot.set_pen(str(i), QColor("white"))

    def frame() -> None:
        for i, track in enumerate(tracks):
            whole, growing = kept[i][:-1], kept[i][-1]
            newest = (growing[-1][0] or 0.0) + STEP_S
            kept[i] = (*whole, (*growing, (newest, 0.0)))
            track.update(kept[i])
            end = float(track.times[-1])
            plot.set_curve(str(i), *track.drawn(0, track.sight(0.0, end, SIZE[0])))
            plot.set_window(0.0, end, LOW, HIGH)
        repaint(plot)

    return frame


def plain(points: int) -> Callable[[], None]:
    """A repaint of plain pyqtgraph curves, which are given all of their points."""
    widget: Any = pg.PlotWidget()
    widget.resize(*SIZE)
    widget.setYRange(LOW, HIGH)
    widget.show()
    data = [np.array(rows) for rows in walks(points)]
    curves = [widget.plot() for _ in data]

    def frame() -> None:
        for curve, rows in zip(curves, data, strict=True):
            curve.setData(rows[:, 0], rows[:, 1])
        repaint(widget)

    return frame


def repaint(widget: Any) -> None:
    """Let the views paint what was changed."""
    for view in (widget, *widget.findChildren(pg.GraphicsView)):
        if isinstance(view, pg.GraphicsView):
            view.viewport().update()
    QApplication.processEvents()


def main() -> None:
    """Print both costs, their ratio, and how much cheaper it is than plain curves."""
    app = QApplication([])
    few, many = timed(FRAMES, ours(FEW), ours(MANY))
    print(f"{CURVES} x {FEW:>7,}: {few:8.2f} ms a repaint")
    print(f"{CURVES} x {MANY:>7,}: {many:8.2f} ms a repaint, ratio {many / few:.2f} (wanted: 1.6 at most)")
    for points, mine in ((FEW, few), (MANY, many)):
        theirs = timed(PLAIN_FRAMES, plain(points))[0]
        print(f"plain curves, {CURVES} x {points:>7,}: {theirs:10.2f} ms a repaint, {theirs / mine:.1f} times ours")
    app.quit()


if __name__ == "__main__":
    main()
