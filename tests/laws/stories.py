"""Made-up stories for any rule: its examples with a few fields drawn anew, played up to the instant that is tested."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from cockpit.exits.examples import CALM_MARKET, CALM_POSITION, MARKET_FIELDS, OPENED_T, POSITION_FIELDS, opened
from cockpit.exits.registry import Rule
from cockpit.exits.view import LABELS as POSITION_LABELS
from cockpit.exits.view import Position, follow
from cockpit.market.view import LABELS as MARKET_LABELS
from cockpit.market.view import NAN, Market

INPUTS = {**MARKET_LABELS, **POSITION_LABELS}
FOLLOWED = {"gain", "gain_pct", "gain_bps", "level", "best_bps"}  # made by `follow` from mark and underlying
RANGES: Mapping[str, tuple[float, float]] = {
    "mark": (20, 90), "underlying": (19_000, 21_000), "iv": (0.05, 0.6), "delta": (-1, 1), "gamma": (0, 0.03),
    "theta": (-250, 0), "mark_ago": (20, 90), "delta_ago": (-1, 1), "theta_ago": (-250, 0), "theta_span_s": (60, 180),
    "theta_mark_ago": (20, 90), "gamma_high": (0, 0.03), "volume_ratio": (0, 8), "volume_ratio_before": (0, 3),
    "bar_open": (45, 55), "bar_close": (45, 55), "last_open": (45, 55), "last_close": (45, 55), "momentum": (-1, 1),
    "volatility_bps": (10, 400), "rsi": (0, 100), "rsi_ago": (0, 100), "close": (19_000, 21_000),
    "close_ago": (19_000, 21_000), "underlying_volume_ratio": (0, 8), "entry_mark": (40, 60),
    "entry_underlying": (19_000, 21_000), "iv_at_entry": (0.05, 0.6), "theta_cost_at_entry": (0.1, 5),
    "gain": (-30, 30), "gain_pct": (-60, 60), "gain_bps": (-600, 600), "level": (20, 90), "best_bps": (-600, 600),
    "exit_price": (20, 90), "oi_own": (0, 200_000), "oi_other": (0, 200_000), "noise": (0, 3), "rows": (0, 9),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A rule, its parameters, a position, and what was seen when; None is unknown."""

    rule: Rule
    params: Mapping[str, Any]
    position: Mapping[str, Any]
    ticks: tuple[tuple[float, Mapping[str, Any]], ...]


@dataclass(slots=True, kw_only=True)
class Moment:
    """Everything the kernel is about to be asked with. `kept` are fields of the position that the story dictates."""

    rule: Rule
    p: Any
    now: Market
    pos: Position
    m: Any
    kept: dict[str, Any]

    def seen(self, **changed: Any) -> tuple[Market, Position]:
        """Market and position if these inputs were different; the moment itself stays."""
        now, pos = copy.copy(self.now), copy.copy(self.pos)
        for name, value in changed.items():
            if name in MARKET_FIELDS:
                setattr(now, name, value)
        follow(pos, now)
        for name, value in {**self.kept, **changed}.items():
            if name in POSITION_FIELDS:
                setattr(pos, name, value)
        return now, pos

    def say(self, **changed: Any) -> tuple[int, Any]:
        """The packed answer and the memory after it, if these inputs were different; the moment itself stays."""
        now, pos = self.seen(**changed)
        m = copy.copy(self.m)
        return self.rule.kernel(self.p, now, pos, m), m

    def of(self, name: str) -> float:
        """The input of that name."""
        return getattr(self.now if name in MARKET_LABELS else self.pos, name)


def number(value: Any) -> Any:
    """None is NaN inside."""
    return NAN if value is None else value


def play(story: Story) -> Iterator[Moment]:
    """The story instant by instant; the rule is asked after each of them has been looked at."""
    rule, now = story.rule, Market()
    for name, value in CALM_MARKET.items():
        setattr(now, name, value)
    pos = opened(story.position, now)
    m, p = rule.Memory(), rule.Parameters(**{k: number(v) for k, v in story.params.items()})
    for i, (t, seen) in enumerate(story.ticks or ((0.0, {}),)):
        now.t = OPENED_T + t if pos.opened_t == OPENED_T else t
        kept = {k: number(v) for k, v in seen.items() if k in POSITION_FIELDS}
        for name, value in seen.items():
            if name in MARKET_FIELDS:
                setattr(now, name, number(value))
        follow(pos, now)
        for name, value in kept.items():
            setattr(pos, name, value)
        if i == 0 and rule.opened:
            rule.opened(p, now, pos, m)
        yield Moment(rule=rule, p=p, now=copy.copy(now), pos=copy.copy(pos), m=copy.copy(m), kept=kept)
        rule.kernel(p, now, pos, m)


def last(story: Story) -> Moment:
    """The last instant of the story."""
    return list(play(story))[-1]


def told(rule: Rule) -> list[Story]:
    """The rule's own examples as stories, each with the parameters of every other one too."""
    params = [dict(x) for x in {tuple(sorted(e.params.items(), key=str)) for e in rule.examples}]
    return [
        Story(rule=rule, params=given, position=e.position, ticks=e.ticks)
        for given in sorted(params, key=str)
        for e in rule.examples
    ]


def reads(rule: Rule) -> list[str]:
    """Every input that some trigger of the rule needs, raw: what is followed from mark and underlying becomes them."""
    needs = {name for names in rule.needs.values() for name in names}
    raw = needs - FOLLOWED
    if needs & FOLLOWED:
        raw |= {"mark", "underlying"}
    return sorted(raw)


def spots(rule: Rule, name: str) -> list[float]:
    """Values of an input at which the rule's examples stand."""
    seen = {tick[name] for e in rule.examples for _, tick in e.ticks if name in tick}
    seen |= {e.position[name] for e in rule.examples if name in e.position}
    calm = {**CALM_MARKET, **CALM_POSITION}.get(name, 50.0)
    return sorted({float(x) for x in seen if x is not None and x == x} | {float(calm)})


def values(rule: Rule, name: str) -> st.SearchStrategy[float]:
    """Known values of an input: those of the examples, and any in its range."""
    low, high = RANGES.get(name, (0.0, 100.0))
    return st.one_of(st.sampled_from(spots(rule, name)), st.floats(low, high, allow_nan=False))


@st.composite
def stories(draw: st.DrawFn, rule: Rule) -> Story:
    """An example's story with another example's position and parameters, and a few inputs drawn anew."""
    example, sized, tuned = (draw(st.sampled_from(rule.examples)) for _ in range(3))
    names = [*reads(rule), "noise", "rows"]
    ticks: list[tuple[float, Mapping[str, Any]]] = []
    for t, seen in example.ticks or ((0.0, {}),):
        drawn = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
        ticks.append((t, {**seen, **{n: draw(st.none() | values(rule, n)) for n in drawn}}))
    at_end = ticks[-1][0]
    for _ in range(draw(st.integers(0, 2))):
        at_end += draw(st.sampled_from((0.25, 1.0, 10.0, 60.0)))
        drawn = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
        ticks.append((at_end, {n: draw(values(rule, n)) for n in drawn}))
    position = {**sized.position, "opened_t": example.position.get("opened_t", OPENED_T)}
    return Story(rule=rule, params=tuned.params, position=position, ticks=tuple(ticks))
