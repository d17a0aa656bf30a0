"""Asks one rule about made-up instants: the worked examples of a rule file, in an otherwise calm market."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from cockpit.exits.evaluate import Answer, answer
from cockpit.exits.registry import Rule
from cockpit.exits.rule import Example
from cockpit.exits.view import OWN, UNDERLYING, Position, follow
from cockpit.market.view import NAN, Market

MARKET_FIELDS = {f.name for f in fields(Market)}
POSITION_FIELDS = {f.name for f in fields(Position)}

# a calm market in which every input is known and nothing fires, so that an example differs only in what it says
CALM_MARKET: Mapping[str, float] = {
    "close_t": 55_800.0, "expiry_t": 55_800.0, "mark": 50.0, "underlying": 20_000.0, "iv": 0.20, "delta": 0.55,
    "gamma": 0.012, "theta": -0.05, "mark_ago": 50.0, "mark_ago_t": 1e9, "delta_ago": 0.55, "delta_ago_t": 1e9,
    "theta_ago": -0.05, "theta_span_s": 60.0, "theta_mark_ago": 50.0, "gamma_high": 0.012, "volume_ratio": 1.0,
    "volume_ratio_before": 1.0, "bar_open": 50.0, "bar_close": 50.0, "bar_t": 1e9 + 60.0, "last_open": 50.0,
    "last_close": 50.0, "last_t": 1e9, "momentum": 0.0, "volatility_bps": 150.0, "rsi": 50.0, "rsi_ago": 50.0,
    "close": 20_000.0, "close_ago": 20_000.0, "underlying_volume_ratio": 1.0,
}  # fmt: skip
CALM_POSITION: Mapping[str, float] = {
    "entry": 50.0, "entry_mark": 50.0, "entry_underlying": 20_000.0, "iv_at_entry": 0.20,
    "theta_cost_at_entry": 0.5, "contracts": 100.0, "oi_own": 100_000.0, "oi_other": 100_000.0, "exit_price": 50.0,
}  # fmt: skip
OPENED_T = 36_000.0  # 10:00, so that the clock rules are quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was answered, and what the answer was made from."""

    answer: Answer
    now: Market
    position: Position
    memory: Any


def number(value: Any) -> Any:
    """None is unknown, which inside a kernel is NaN."""
    return NAN if value is None else value


def opened(given: Mapping[str, Any], now: Market) -> Position:
    """The example's position, with the gain basis filled in from its entry."""
    pos = Position(opened_t=OPENED_T)
    for name, value in {**CALM_POSITION, **given}.items():
        if name not in POSITION_FIELDS:
            raise ValueError(f"a position has no field '{name}'")
        setattr(pos, name, number(value))
    if "entry_mark" not in given:
        pos.entry_mark = pos.entry
    if "exposure" not in given:
        pos.exposure = pos.side * (-1.0 if pos.right < 0 else 1.0)
    pos.level_side = pos.exposure if pos.basis == UNDERLYING else pos.side
    if "level_entry" not in given:
        own = pos.entry_mark if pos.basis == OWN else pos.entry
        pos.level_entry = pos.entry_underlying if pos.basis == UNDERLYING else own
    return pos


def ask(rule: Rule, case: Example) -> Asked:
    """Runs the example's instants one after the other; the last answer counts.

    A field of the market goes there, any other to the position; None is unknown. Raises ValueError for a field or
    parameter that does not exist.
    """
    now = Market()
    for name, value in CALM_MARKET.items():
        setattr(now, name, value)
    pos, m = opened(case.position, now), rule.Memory()
    try:
        p = rule.Parameters(**{k: number(v) for k, v in case.params.items()})
    except TypeError as error:
        raise ValueError(f"{rule.name}: {error}") from None
    now.t, said = pos.opened_t, None
    ticks = case.ticks or ((0.0, {}),)
    for i, (t, seen) in enumerate(ticks):
        kept: dict[str, Any] = {}
        now.t = OPENED_T + t if pos.opened_t == OPENED_T else t
        for name, value in seen.items():
            if name in MARKET_FIELDS:
                setattr(now, name, number(value))
            elif name in POSITION_FIELDS:
                kept[name] = number(value)
            else:
                raise ValueError(f"neither the market nor a position has a field '{name}'")
        follow(pos, now)
        for name, value in kept.items():
            setattr(pos, name, value)
        if i == 0 and rule.opened:
            rule.opened(p, now, pos, m)
        said = answer(rule, p, now, pos, m)
    assert said is not None
    return Asked(answer=said, now=now, position=pos, memory=m)
