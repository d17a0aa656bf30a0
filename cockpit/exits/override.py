"""What a human has laid over the engine's judgement of one position: data with author, reason and expiry."""

from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["automatic", "confirm", "observe"]
ALL = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoOf:
    """A rule (or ALL that may be vetoed) that must not act until an instant."""

    rule: str
    until_ns: int
    author: str
    reason: str


@dataclass(slots=True)
class Overrides:
    """Changes decisions, never verdicts. `protective_only` is a position taken over by a human."""

    mode: Mode = "automatic"
    protective_only: bool = False
    vetoes: dict[str, VetoOf] = field(default_factory=dict[str, VetoOf])

    def veto_of(self, rule: str, now_ns: int) -> VetoOf | None:
        """The veto in force against a rule."""
        if not self.vetoes:
            return None
        for name in (rule, ALL):
            veto = self.vetoes.get(name)
            if veto is not None and veto.until_ns > now_ns:
                return veto
        return None

    def may_act(self, rule: str) -> bool:
        """Whether the position's mode lets the rule act at all."""
        if self.protective_only:
            return rule == "protective_stop"
        return self.mode != "observe"

    @property
    def words(self) -> str:
        """As the grid shows it."""
        if self.protective_only:
            return "taken over"
        return "auto" if self.mode == "automatic" else self.mode
