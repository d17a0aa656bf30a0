"""Where the time of a tick goes: every stage is wrapped in a stopwatch that keeps its own time and not its callees'."""

import gc
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from cockpit.market.contract import Contract
from cockpit.state import reduce as reducing
from tests.bench.scene import made

FRAMES = 200
STAGES = (
    ("row taken apart and checked", "apply"),
    ("instant settled", "settle"),
    ("view refreshed", "refresh"),
)


@dataclass(frozen=True, slots=True)
class Shares:
    """Share of a tick by stage, in the order of their happening, summing to 1; and the cost of a frame."""

    of_take: list[tuple[str, float]]
    frame_us: float


class Stopwatch:
    """Own time of what it has wrapped, by name; what the wrapping itself costs is measured and taken off."""

    def __init__(self) -> None:
        self.spent_s: dict[str, float] = defaultdict(float)
        self._callees_s = 0.0
        self._inside_s = self._around_s = 0.0
        self._calibrate()

    def wrap(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same, timed."""
        spent_s = self.spent_s

        def timed(*given: Any) -> Any:
            before, self._callees_s = self._callees_s, 0.0
            began = perf_counter()
            said = work(*given)
            took = perf_counter() - began
            spent_s[name] += took - self._callees_s - self._inside_s
            self._callees_s = before + took + self._around_s
            return said

        return timed

    def _calibrate(self) -> None:
        """What a wrapped call of nothing costs: on its own account, and on that of its caller."""

        def nothing(*given: Any) -> None:
            pass

        timed, turns = self.wrap("", nothing), 200_000
        began = perf_counter()
        for _ in range(turns):
            nothing(1, 2, 3, 4)
        plain = (perf_counter() - began) / turns
        began = perf_counter()
        for _ in range(turns):
            timed(1, 2, 3, 4)
        whole = (perf_counter() - began) / turns
        inside = self.spent_s.pop("") / turns
        self._inside_s, self._around_s = max(inside - plain, 0.0), max(whole - inside, 0.0)
        self._callees_s = 0.0


def shares(ticks: int) -> Shares:
    """One instrumented pass over `ticks`, and some frames of the session it leaves."""
    watch, scene = Stopwatch(), made(ticks)
    plain = {name: getattr(Contract, name) for _, name in STAGES}
    judged = reducing.evaluate
    held = next(iter(scene.session.state.held.values()))
    for words, name in STAGES:
        setattr(Contract, name, watch.wrap(words, plain[name]))
    panel = held.asked[0].panel
    panel.ask = watch.wrap("the rules' kernels", panel.ask)  # the scene has bound them in its first events
    reducing.evaluate = watch.wrap("the rest of the judgement", judged)
    try:
        take = watch.wrap("session, market, underlying", scene.session.take)
        gc.collect()
        gc.freeze()
        for event in scene.events:
            take(event)
    finally:
        reducing.evaluate = judged
        for name, work in plain.items():
            setattr(Contract, name, work)
    total = sum(watch.spent_s.values())
    order = ["session, market, underlying", *(w for w, _ in STAGES), "the rules' kernels", "the rest of the judgement"]
    return Shares([(name, watch.spent_s[name] / total) for name in order], _frame_us(scene.projector.frame))


def _frame_us(frame: Callable[[], object]) -> float:
    frame()
    began = perf_counter()
    for _ in range(FRAMES):
        frame()
    return (perf_counter() - began) / FRAMES * 1e6
