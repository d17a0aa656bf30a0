"""Asks a rule of `scalp` at a made-up instant, with a memory that lives on between the instants."""

from typing import Any

from cockpit.exits.evaluate import Answer, answer
from cockpit.exits.examples import CALM_MARKET, MARKET_FIELDS, OPENED_T, opened
from cockpit.exits.registry import RULES
from cockpit.exits.view import follow
from cockpit.market.view import Market


class Asking:
    """One rule on one position, opened at 10:00 in the calm market of the examples."""

    def __init__(self, name: str, position: dict[str, Any] | None = None, **params: Any) -> None:
        self.rule = RULES[name]
        self.p = self.rule.Parameters(**params)
        self.now = Market()
        for field, value in CALM_MARKET.items():
            setattr(self.now, field, value)
        self.now.t = OPENED_T
        self.pos = opened(position or {}, self.now)
        self.m = self.rule.Memory()
        self.look()
        if self.rule.opened:
            self.rule.opened(self.p, self.now, self.pos, self.m)

    def look(self, age_s: float = 0.0, **seen: float) -> None:
        """The instant `age_s` seconds after the opening."""
        self.now.t = self.pos.opened_t + age_s
        for field, value in seen.items():
            setattr(self.now if field in MARKET_FIELDS else self.pos, field, value)
        follow(self.pos, self.now)

    def at(self, age_s: float, **seen: float) -> Answer:
        """What the rule answers then."""
        self.look(age_s, **seen)
        return answer(self.rule, self.p, self.now, self.pos, self.m)

    def call(self, hook: str) -> None:
        """The engine calls `joined`, `acted` or `warned`."""
        getattr(self.rule, hook)(self.p, self.now, self.pos, self.m)
