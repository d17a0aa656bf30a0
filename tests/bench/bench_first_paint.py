"""From the start of the process to the first paint of the window, beside an empty Qt window on the same machine.

Run it from the root of the repository: python -m tests.bench.bench_first_paint. Everything is compiled to bytecode
first, the platform is offscreen, and every run is a process of its own, ours and the empty window in turn.
"""

import argparse
import compileall
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

RUNS = 5
ROOT = Path(__file__).resolve().parents[2]
LONGEST_S = 0.8
GIVEN_UP_S = 60.0


def say_when_painted(app: Any) -> None:
    """Prints the monotonic time once the first paint of a top-level window is through, and ends the process."""
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QWidget

    class Watch(QObject):
        """Sees every event of the application."""

        painted = False

        def eventFilter(self, seen: QObject, event: QEvent) -> bool:
            is_first = not self.painted and event.type() == QEvent.Type.Paint
            if is_first and isinstance(seen, QWidget) and seen.isWindow():
                Watch.painted = True
                QTimer.singleShot(0, end)  # behind the paint that is being delivered
            return False

    def end() -> None:
        print(time.monotonic(), flush=True)
        os._exit(0)  # nothing has begun yet that would have to end in order

    app.watch = Watch()
    app.installEventFilter(app.watch)


def cockpit() -> None:
    """The cockpit as `cockpit run --feed demo` starts it, with its application watched."""
    import cockpit.app
    from cockpit.cli import main as begin

    plain = cockpit.app.application

    def watched() -> Any:
        app = plain()
        if getattr(app, "watch", None) is None:
            say_when_painted(app)
        return app

    cockpit.app.application = watched
    sys.argv = ["cockpit", "run", "--feed", "demo", "--journal", os.environ["BENCH_JOURNAL"]]
    begin()


def empty() -> None:
    """A window with nothing in it."""
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication(["empty"])
    say_when_painted(app)
    window = QWidget()
    window.resize(1600, 1000)
    window.show()
    app.exec()


def first_paint_s(what: str) -> float:
    """Seconds from the start of a process to its first paint."""
    with tempfile.TemporaryDirectory() as folder:
        places = dict.fromkeys(("XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"), folder)
        journal = str(Path(folder) / "journal.sqlite")
        environment = {**os.environ, **places, "QT_QPA_PLATFORM": "offscreen", "BENCH_JOURNAL": journal}
        began = time.monotonic()
        said = subprocess.run(
            [sys.executable, "-m", "tests.bench.bench_first_paint", "--once", what],
            check=False, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=GIVEN_UP_S,
        )  # fmt: skip
    if not said.stdout.strip():
        raise SystemExit(f"{what} ended without a paint:\n{said.stderr}")
    return float(said.stdout.split()[-1]) - began


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--once", choices=("cockpit", "empty"), help="one window; prints when it was painted")
    chosen = options.parse_args()
    if chosen.once:
        (cockpit if chosen.once == "cockpit" else empty)()
        return
    if importlib.util.find_spec("PySide6") is None:
        print("first paint: not measured: PySide6 is not installed here")
        return
    for folder in ("cockpit", "widgets", "resources", "tests/bench"):
        compileall.compile_dir(str(ROOT / folder), quiet=1)
    first_paint_s("cockpit")  # files into the system's cache
    runs = [(first_paint_s("cockpit"), first_paint_s("empty")) for _ in range(RUNS)]
    ours, bare = median(r[0] for r in runs), median(r[1] for r in runs)
    ratio = median(r[0] / r[1] for r in runs)
    print(f"process start to first paint, offscreen, bytecode compiled; median of {RUNS} interleaved runs")
    met = "met" if ours <= LONGEST_S else "NOT MET"
    print(
        f"cockpit {ours:5.2f} s   an empty Qt window {bare:5.2f} s   ratio {ratio:4.1f}   at most {LONGEST_S} s: {met}"
    )


if __name__ == "__main__":
    main()
