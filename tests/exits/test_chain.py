"""A profile's rules in a row answer and remember what they answer and remember one by one."""

import ast
import copy
import random
import time
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cockpit.cli.random_entries import draw
from cockpit.exits.arbitrate import Asked, asked_for
from cockpit.exits.chain import Ask, flat, written
from cockpit.exits.panel import Panel
from cockpit.exits.registry import RULES, Rule
from cockpit.exits.rule import NAN, Kernel, over, pack
from cockpit.exits.view import Position
from cockpit.feeds.recording import load
from cockpit.market.view import Market
from cockpit.wiring import SHIPPED_PROFILES, Plan, Script, profile, replay_of
from tests.laws.stories import RANGES, Moment, play, spots, told

DRAWS = 40
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def same(one: Any, two: Any) -> bool:
    """Whether two memories hold the same, to the bit and the kind."""
    return repr(one) == repr(two)


def in_a_row(*rules: tuple[Kernel, Any, Any]) -> Ask:
    """These kernels with their parameters and memories."""
    return flat(tuple((kernel, p, hasattr(m, "stop")) for kernel, p, m in rules))(*(m for _, _, m in rules))


def agrees(moment: Moment) -> None:
    """The moment's rule says and remembers the same at both ways of asking."""
    plain, row = copy.copy(moment.m), copy.copy(moment.m)
    try:
        said = moment.rule.kernel(moment.p, moment.now, moment.pos, plain)
    except ArithmeticError as error:
        with pytest.raises(type(error)):
            in_a_row((moment.rule.kernel, moment.p, row))(moment.now, moment.pos)
        return
    answers, stop = in_a_row((moment.rule.kernel, moment.p, row))(moment.now, moment.pos)
    assert answers == [said]
    assert type(answers[0]) is int or isinstance(said, bool)
    assert same(row, plain)
    assert repr(stop) == repr(getattr(plain, "stop", NAN))


@cache
def moments(rule: Rule) -> list[Moment]:
    """Every instant of every example under the parameters of all of them."""
    return [moment for story in told(rule) for moment in play(story)]


@every_rule
def test_every_instant_of_every_example_is_the_same_in_a_row(rule: Rule) -> None:
    for moment in moments(rule):
        agrees(moment)


def drawn(rng: random.Random, rule: Rule, record: Any) -> Any:
    """The record with about every fifth of its numbers drawn anew."""
    made = copy.copy(record)
    for f in fields(made):
        if f.name in RANGES and rng.random() < 0.2:
            near = rng.choice((NAN, *spots(rule, f.name), rng.uniform(*RANGES[f.name])))
            setattr(made, f.name, near)
    return made


@every_rule
def test_so_is_what_has_been_drawn_around_them(rule: Rule) -> None:
    rng = random.Random(rule.name)
    for moment in rng.sample(moments(rule), min(len(moments(rule)), 60)):
        for _ in range(DRAWS):
            now, pos = drawn(rng, rule, moment.now), drawn(rng, rule, moment.pos)
            agrees(Moment(rule=rule, p=moment.p, now=now, pos=pos, m=moment.m, kept={}))


class Twice:
    """Asks a panel's rules in a row and, with copies of their memories, one by one."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, panel: Panel, now: Market, pos: Position) -> tuple[list[int], float]:
        memories = [a.m for a in panel.asked]
        for a in panel.asked:
            a.m = copy.copy(a.m)
        plain, copies = panel.one_by_one(now, pos), [a.m for a in panel.asked]
        for a, m in zip(panel.asked, memories, strict=True):
            a.m = m
        row = flat(tuple((a.kernel, a.p, a.has_stop) for a in panel.asked))(*memories)(now, pos)
        assert repr(row) == repr(plain)
        assert same(memories, copies)
        self.asked += 1
        return row


@pytest.mark.parametrize("name", ["in_nifty_20260818_1m", "us_spxw_20210104_1m"])
@pytest.mark.parametrize("used", SHIPPED_PROFILES)
def test_so_is_a_recorded_day(recordings: Path, monkeypatch: pytest.MonkeyPatch, name: str, used: str) -> None:
    twice = Twice()

    def first(panel: Panel, now: Market, pos: Position) -> tuple[list[int], float]:
        return twice(panel, now, pos)

    monkeypatch.setattr(Panel, "first", first)
    recording, chosen = load(recordings / f"{name}.parquet", now_ns=time.time_ns()), profile(used)
    script = Script(entries=draw(recording, 25, 1))
    made = replay_of(recording, Plan(profiles={chosen.name: chosen}, default_profile=chosen.name, script=script))
    made.play()
    assert twice.asked > 100


@pytest.mark.parametrize(
    ("side", "protective", "trail", "tightest"),
    [(1.0, 40.0, 45.0, 45.0), (1.0, 46.0, 45.0, 46.0), (-1.0, 60.0, 55.0, 55.0), (1.0, 40.0, NAN, 40.0)],
)
def test_the_stop_is_the_tightest_of_those_that_hold_one(
    side: float, protective: float, trail: float, tightest: float
) -> None:
    asked = {a.name: a for a in asked_for(profile("scalp"), frozenset())}
    first: Any = asked["protective_stop"].m
    first.stop = first.initial = protective
    asked["greeks_trailing_stop"].m.stop = trail
    panel = asked["scale_out"].panel
    pos = Position(side=side, level_side=side, entry=50.0, level_entry=50.0, level=50.0)
    assert panel.ask(Market(mark=50.0), pos)[1] == panel.one_by_one(Market(mark=50.0), pos)[1] == tightest


# --- what is copied, and what is called


def source(*rules: tuple[Kernel, Any]) -> str:
    """The function that is made of them."""
    return ast.unparse(written(tuple((kernel, p, False) for kernel, p in rules))[0])


def test_parameters_are_numbers_and_what_they_decide_is_gone() -> None:
    rule = RULES["exhaustion"]
    documented, scaled = (source((rule.kernel, rule.Parameters(basis=basis))) for basis in (0, 1))
    assert "p0." not in documented + scaled
    assert "exhaustion_collapse" in documented
    assert "now.gamma_high <= 0.015" in documented
    assert "now.gamma_high <= 0.015" not in scaled


def returns_from_a_loop(p: Any, now: Market, pos: Position, m: Any) -> int:
    """Nothing of this can leave the block that a copy would stand in."""
    for code in (1, 2):
        if now.mark > 50.0 * code:
            return code
    return 0


def keeps_a_list(p: Any, now: Market, pos: Position, m: Any) -> int:
    """A comprehension has names of its own."""
    return pack(*[over(x, 50.0) for x in (now.mark, now.underlying)])


def closing_over(limit: float) -> Kernel:
    """Made at run time, as the kernel of a rule that has raised."""

    def kernel(p: Any, now: Market, pos: Position, m: Any) -> int:
        return 1 if now.mark > limit else 0

    return kernel


@pytest.mark.parametrize(
    "kernel", [returns_from_a_loop, keeps_a_list, closing_over(50.0)], ids=["loop", "list", "closure"]
)
@pytest.mark.parametrize("mark", [NAN, 50.0, 51.0, 101.0])
def test_what_cannot_be_copied_is_called(kernel: Kernel, mark: float) -> None:
    now, pos = Market(mark=mark, underlying=NAN), Position()
    assert "kernel0(p0, now, pos, m0)" in source((kernel, None))
    assert in_a_row((kernel, None, None))(now, pos)[0] == [kernel(None, now, pos, None)]


def has_arguments_that_cannot_be_read_twice(p: Any, now: Market, pos: Position, m: Any) -> int:
    """What is given for `x` is reckoned once."""
    if now.mark != now.mark:
        return pack(over(now.mark - pos.entry, 1.0), over(now.underlying, 1.0))
    return pack(over(now.mark - pos.entry, 1.0))


@pytest.mark.parametrize("mark", [NAN, 50.0, 51.0, 51.1])
def test_functions_are_given_what_they_are_given(mark: float) -> None:
    kernel: Kernel = has_arguments_that_cannot_be_read_twice
    now, pos = Market(mark=mark, underlying=2.0), Position(entry=50.0)
    assert in_a_row((kernel, None, None))(now, pos)[0] == [kernel(None, now, pos, None)]
    assert "_over(now.mark - pos.entry, 1.0)" in source((kernel, None))


def blind(p: Any, now: Market, pos: Position, m: Any) -> int:
    """As of a rule that has raised."""
    return 2


def test_a_rule_with_another_kernel_is_asked_one_by_one() -> None:
    asked: list[Asked] = asked_for(profile("scalp"), frozenset())
    panel, now, pos = asked[0].panel, Market(mark=50.0), Position(entry=50.0, level_entry=50.0, level=50.0)
    assert all(a.panel is panel for a in asked)
    before, _ = panel.ask(now, pos)
    asked[1].kernel = blind
    after, _ = panel.ask(now, pos)
    assert after == [before[0], 2, *before[2:]]
    assert panel.ask == panel.one_by_one


@every_rule
def test_every_kernel_is_copied_where_its_file_is_the_one_that_was_imported(rule: Rule) -> None:
    assert "kernel0(" not in source((rule.kernel, rule.Parameters()))


BEFORE = '''\
from cockpit.exits.rule import NO, YES


def below(x, limit):
    """Whether it is."""
    return YES if x < limit else NO


def kernel(p, now, pos, m):
    """At 50 it still holds."""
    return below(now.mark, 50.0)
'''


def changed(tmp_path: Path, after: str) -> tuple[Any, str]:
    """A module that was imported as above and is another file now, and the flat function of its kernel."""
    path = tmp_path / "rule_of_a_test.py"
    path.write_text(BEFORE)
    module = ModuleType(path.stem)
    exec(compile(BEFORE, str(path), "exec"), vars(module))
    path.write_text(after)
    return module, source((module.kernel, None))


def test_what_is_still_the_same_file_is_copied(tmp_path: Path) -> None:
    assert "a0 = 1 if now.mark < 50.0 else 0" in changed(tmp_path, BEFORE)[1]


@pytest.mark.parametrize(
    "after",
    [
        BEFORE.replace("50.0", "60.0"),
        BEFORE.replace("50.0", "50"),
        BEFORE.replace("now.mark", "now.underlying"),
        BEFORE.replace("return below(now.mark, 50.0)", "return not below(now.mark, 50.0)"),
        BEFORE.replace("(p, now, pos, m)", "(p, pos, now, m)"),
        f'"""A line more\nabove."""\n\n{BEFORE}',
        BEFORE[: BEFORE.index("def kernel")],
        BEFORE.replace('holds."""', "holds."),
        BEFORE.replace("return below(now.mark, 50.0)", "return below(now.mark, (50.0,"),
        "\n" * 40,
        "\0",
        "",
    ],
    ids=["number", "kind", "name", "code", "order", "moved", "gone", "text", "bracket", "blank", "null", "empty"],
)
def test_a_kernel_whose_file_has_changed_since_its_import_is_called(tmp_path: Path, after: str) -> None:
    module, flat_function = changed(tmp_path, after)
    assert "kernel0(p0, now, pos, m0)" in flat_function
    for mark, says in ((49.0, 1), (50.0, 0), (55.0, 0), (NAN, 0)):
        assert in_a_row((module.kernel, None, None))(Market(mark=mark), Position())[0] == [says]


def test_so_is_a_function_that_a_kernel_calls(tmp_path: Path) -> None:
    module, flat_function = changed(tmp_path, BEFORE.replace("x < limit", "x > limit"))
    assert "below(now.mark, 50.0)" in flat_function
    assert in_a_row((module.kernel, None, None))(Market(mark=49.0), Position())[0] == [1]
