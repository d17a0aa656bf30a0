"""Until when an answer stands while only time passes."""

import copy
import random
from math import inf, nan
from typing import Any

import pytest

from cockpit.exits.clock import Running, stands_until
from cockpit.exits.registry import RULES, Rule
from cockpit.exits.rule import Kernel
from cockpit.exits.view import Position
from cockpit.market.view import Market
from tests.laws.stories import Moment, play, told

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
LATER_S = (0.25, 1.0, 10.0, 59.75, 60.0, 600.0, 3600.0, 20_000.0)


def until(moment: Moment) -> float:
    """Until when the moment's rule stands, once it has been asked."""
    moment.rule.kernel(moment.p, moment.now, moment.pos, moment.m)
    return stands_until([(moment.rule.kernel, moment.p, moment.m)], moment.now, moment.pos)


def later(moment: Moment, s: float) -> tuple[int, Any]:
    """What the rule answers so many seconds on, and remembers then."""
    now, pos, m = copy.copy(moment.now), copy.copy(moment.pos), copy.copy(moment.m)
    now.t += s
    pos.age_s += s
    return moment.rule.kernel(moment.p, now, pos, m), m


@every_rule
def test_nothing_changes_before_it(rule: Rule) -> None:
    rng, stood = random.Random(rule.name), 0
    for moment in [m for story in told(rule) for m in play(story)]:
        end = until(moment)
        packed, _ = later(moment, 0.0)
        for s in (*LATER_S, max(end - moment.now.t, 0.0), rng.uniform(0.0, 30_000.0)):
            if moment.now.t + s <= end:
                assert (later(moment, s)[0], repr(later(moment, s)[1])) == (packed, repr(moment.m)), s
                stood += s > 0.0
    assert stood


def test_the_instant_is_that_at_which_it_changes() -> None:
    rule = RULES["theta_decay"]
    moment = next(play(told(rule)[0]))
    moment.p = rule.Parameters(max_held_s=600.0)
    end = until(moment)
    left_s = 600.0 - moment.pos.age_s
    assert end == pytest.approx(moment.now.t + left_s, abs=0.01)
    assert later(moment, left_s)[0] == later(moment, 0.0)[0]
    assert later(moment, left_s + 0.01)[0] != later(moment, 0.0)[0]


def ask(kernel: Kernel, m: Any = None) -> float:
    """Until when a kernel stands that is asked at 100 about a position of 40 s."""
    held: Any = m if m is not None else RULES["holding_limit"].Memory()
    return stands_until([(kernel, None, held)], Market(t=100.0, mark=51.0), Position(age_s=40.0))


FOLLOWED: dict[float, tuple[Kernel, ...]] = {
    160.0: (
        lambda p, now, pos, m: int(now.t > 160.0),
        lambda p, now, pos, m: int(160.0 - now.t <= 0.0),
    ),
    120.0: (lambda p, now, pos, m: int(pos.age_s / 60.0 >= 1.0),),
    140.0: (lambda p, now, pos, m: int(2.0 * pos.age_s + now.t < 300.0),),
    130.0: (lambda p, now, pos, m: int(90.0 <= now.t < 130.0),),
    inf: (
        lambda p, now, pos, m: int(now.t - pos.age_s > 50.0),  # which is the same at all times
        lambda p, now, pos, m: int(now.t > now.lunch_t),  # an unknown time never comes
        lambda p, now, pos, m: int(now.mark > 50.0),
        lambda p, now, pos, m: int(now.t >= 99.0),  # which it has been for a second
    ),
}
NOW: tuple[Kernel, ...] = (
    lambda p, now, pos, m: int(now.t > 100.0),
    lambda p, now, pos, m: int(now.t > 100.0005),
    lambda p, now, pos, m: int(now.t >= 99.9999),
)
NOT_FOLLOWED: dict[str, Kernel] = {
    "floor": lambda p, now, pos, m: int(now.t // 60.0 > 1.0),
    "abs": lambda p, now, pos, m: int(abs(now.t) > 1.0),
    "square": lambda p, now, pos, m: int(now.t * now.t > 1.0),
    "equal": lambda p, now, pos, m: int(now.t == 100.0),
    "truth": lambda p, now, pos, m: 1 if now.t else 0,
    "int": lambda p, now, pos, m: int(now.t),
}


@pytest.mark.parametrize("until_t", FOLLOWED)
def test_lines_of_time_are_followed(until_t: float) -> None:
    for kernel in FOLLOWED[until_t]:
        assert ask(kernel) == pytest.approx(until_t, abs=0.01)


@pytest.mark.parametrize("kernel", NOW)
def test_what_turns_now_stands_for_no_time_at_all(kernel: Kernel) -> None:
    assert ask(kernel) < 100.0


@pytest.mark.parametrize("kernel", NOT_FOLLOWED.values(), ids=NOT_FOLLOWED)
def test_what_cannot_be_followed_never_stands(kernel: Kernel) -> None:
    assert ask(kernel) == -inf


def test_a_memory_that_time_changes_never_stands_and_is_left_alone() -> None:
    def counts(p: Any, now: Any, pos: Any, m: Any) -> int:
        m.beyond_rows += 1.0
        return 0

    def dates(p: Any, now: Any, pos: Any, m: Any) -> int:
        m.beyond_t = now.t
        return 0

    def learns(p: Any, now: Any, pos: Any, m: Any) -> int:
        m.stop = 40.0  # what was unknown
        return 0

    memory = RULES["protective_stop"].Memory()
    for kernel in (counts, dates, learns):
        assert ask(kernel, memory) == -inf
    assert repr(memory) == repr(RULES["protective_stop"].Memory())


def test_an_unknown_clock_is_no_number_either() -> None:
    running = Running(nan, 1.0, [])
    assert running != running
    assert not running < 1.0
