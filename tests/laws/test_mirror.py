"""Law 7: kernels in points or bps of the entry are mirror images for long and short, call and put."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.exits.evaluate import first_trigger
from cockpit.exits.examples import CALM_MARKET, CALM_POSITION
from cockpit.exits.registry import RULES, Rule
from cockpit.exits.view import UNDERLYING
from cockpit.market.view import TREND_DOWN, TREND_UP
from tests.laws.stories import FOLLOWED, Story, play, stories

PREMIUMS = {"mark", "mark_ago", "theta_mark_ago", "bar_open", "bar_close", "last_open", "last_close", "exit_price"}
UNDERLYINGS = {"underlying", "close", "close_ago"}
DELTAS = {"delta", "delta_ago"}
OF_THE_MARK = {"base_pct", "divergence_pct", "basis"}  # percentages of the mark have no mirror image
MIRRORED_WHEN_SCALED = {"protective_stop"}
OTHER_TREND = {TREND_UP: TREND_DOWN, TREND_DOWN: TREND_UP}


def reflected(value: Any, centre: float) -> Any:
    """As far below the centre as it was above."""
    return None if value is None else 2.0 * centre - value


def mirror_market(name: str, value: Any, entry: float, underlying: float, *, other_right: bool) -> Any:
    """One field of the market on the other side."""
    if name in PREMIUMS and not other_right:
        return reflected(value, entry)
    if name in UNDERLYINGS:
        return reflected(value, underlying)
    if name in DELTAS and other_right:
        return None if value is None else -value
    if name == "momentum":
        return None if value is None else -value
    if name in ("rsi", "rsi_ago"):
        return reflected(value, 50.0)
    return OTHER_TREND.get(value, value) if name == "regime" else value


def plain(story: Story) -> Story:
    """The story with everything said at its first instant, entered at the mark, and nothing derived dictated."""
    given = {k: v for k, v in story.position.items() if k not in ("entry_mark", "level_entry")}
    position = {"exit_price": CALM_POSITION["exit_price"], "right": 1, "side": 1.0, **given}
    position.setdefault("exposure", position["side"] * (-1.0 if position["right"] < 0 else 1.0))
    (t, seen), *others = story.ticks or ((0.0, {}),)
    start = {**CALM_MARKET, "exit_price": position["exit_price"], **seen}
    return Story(rule=story.rule, params=story.params, position=position, ticks=((t, start), *others))


def mirror(story: Story, *, other_right: bool) -> Story:
    """The plain story of the other side (a long's becomes a short's) or of the other right (a call's, a put's)."""
    position: dict[str, Any] = dict(story.position)
    entry, underlying = position.get("entry", CALM_POSITION["entry"]), position.get("entry_underlying")
    centre = CALM_POSITION["entry_underlying"] if underlying is None else underlying
    position["exposure"] = -position["exposure"]
    if other_right:
        position["right"] = -position["right"]
    else:
        position["side"] = -position["side"]
        position["exit_price"] = reflected(position["exit_price"], entry)

    def turn(seen: Mapping[str, Any]) -> dict[str, Any]:
        return {k: mirror_market(k, v, entry, centre, other_right=other_right) for k, v in seen.items()}

    ticks = tuple((t, turn(seen)) for t, seen in story.ticks)
    return Story(rule=story.rule, params=story.params, position=position, ticks=ticks)


def has_mirror(story: Story) -> bool:
    """Whether every distance in it is in points or bps of the entry, and nothing followed is dictated."""
    relative = {k for k in OF_THE_MARK if story.params.get(k)}
    dictated = {k for _, seen in story.ticks for k in seen} & {*FOLLOWED, "best"}
    return not dictated and (not relative or story.rule.name in MIRRORED_WHEN_SCALED)


def compare(story: Story, *, other_right: bool) -> None:
    """Plays both and asserts mirror images at every instant: states, what is wanted, and the held stop."""
    rule = story.rule
    for one, two in zip(play(story), play(mirror(story, other_right=other_right)), strict=True):
        a, m = one.say()
        b, n = two.say()
        assert a == b
        on_underlying = one.pos.basis == UNDERLYING
        centre, other = (one.pos.level_entry, two.pos.level_entry)
        if rule.has_stop and m.stop == m.stop:
            same_price = other_right and not on_underlying
            wanted = m.stop - centre if same_price else centre - m.stop
            assert n.stop - other == pytest.approx(wanted, abs=1e-6)
        if code := first_trigger(a):
            one.m, two.m = m, n
            v, w = (rule.weigh(x.p, x.now, x.pos, x.m, code) for x in (one, two))
            assert (v.code, v.fraction) == (w.code, w.fraction)
            assert (w.confidence, w.shift_bps) == pytest.approx((v.confidence, v.shift_bps), abs=1e-9)
            if v.stop == v.stop:
                sign = 1.0 if other_right else -1.0
                assert w.stop - two.pos.entry == pytest.approx(sign * (v.stop - one.pos.entry), abs=1e-6)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("other_right", [False, True], ids=["long and short", "call and put"])
@given(data=st.data())
def test_the_other_side_is_the_mirror_image(rule: Rule, other_right: bool, data: st.DataObject) -> None:
    story = plain(data.draw(stories(rule).filter(has_mirror)))
    compare(story, other_right=other_right)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("other_right", [False, True], ids=["long and short", "call and put"])
def test_the_rules_own_examples_have_mirror_images(rule: Rule, other_right: bool) -> None:
    mirrored = [
        s
        for e in rule.examples
        if has_mirror(s := Story(rule=rule, params=e.params, position=e.position, ticks=e.ticks))
    ]
    assert mirrored
    for story in mirrored:
        compare(plain(story), other_right=other_right)
