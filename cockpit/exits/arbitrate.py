"""Who acts: a full exit before a partial one, then the earlier rule, then confidence; countdowns, hits and vetoes.

`Asked` is one rule of a profile asked for one position, with what it said last. `arbitrate` decides among the verdicts
of one evaluation and changes only the countdowns and counts kept in `Asked`.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from cockpit.exits.evaluate import Kind, first_trigger
from cockpit.exits.override import Overrides
from cockpit.exits.panel import Panel
from cockpit.exits.profile import Profile, ProfileRule
from cockpit.exits.rule import BLIND_MASK, HOLDS_MASK, IDLE, Kernel, Verdict
from cockpit.exits.view import Position
from cockpit.market.contract import GREEKS, OPEN_INTEREST, QUOTE, UNDERLYING, VOLUME
from cockpit.market.view import Market

NS = 1_000_000_000
NEVER_ASKED = IDLE - 1


@dataclass(slots=True)
class Countdown:
    """An exit that will act unless somebody objects: grace of a vetoable rule, or a wait for a yes."""

    waits: Literal["countdown", "confirm"]
    started_ns: int
    ends_ns: int
    full: bool
    held: int = 0  # two-bit mask of triggers that have held during it
    go: bool = False  # a human said yes


class Asked:
    """One rule of a profile, for one position."""

    __slots__ = (
        "_kernel",
        "binding",
        "blind_ns",
        "blind_since_ns",
        "code",
        "countdown",
        "declined",
        "fault",
        "grace_s",
        "has_stop",
        "hits",
        "inputs",
        "kind",
        "m",
        "mandatory",
        "min_confidence",
        "name",
        "p",
        "packed",
        "panel",
        "rank",
        "rule",
        "status",
        "streak",
        "used_vetoed",
        "verdict",
        "warned",
    )  # fmt: skip

    def __init__(self, given: ProfileRule, inputs: int) -> None:
        rule = given.rule
        self.rule = rule
        self.name = rule.name
        self._kernel: Kernel = rule.kernel
        self.p = given.p
        self.m: Any = rule.Memory()  # the same one from the first evaluation on
        self.has_stop = rule.has_stop
        self.binding = given.binding
        self.mandatory = given.binding == "mandatory"
        self.grace_s = given.grace_s
        self.min_confidence = given.min_confidence
        self.hits = given.hits
        self.rank = given.rank
        self.inputs = inputs  # which kinds of observation the rule reads (market.contract QUOTE, GREEKS, …)
        self.packed = NEVER_ASKED
        self.kind: Kind = "hold"
        self.code = 0
        self.verdict: Verdict | None = None
        self.streak = 0
        self.countdown: Countdown | None = None
        self.declined = False  # a wait for a yes ended in no; until the verdict lapses
        self.warned = False  # this spell of exit has already been told to rules that listen
        self.used_vetoed = False
        self.status = ""
        self.fault = ""  # what the rule's code raised; from then on it is blind
        self.blind_since_ns: int | None = None
        self.blind_ns = 0
        self.panel = Panel([self])  # of its position, once that has all its rules

    @property
    def kernel(self) -> Kernel:
        """What answers: the rule's own, or of a rule that has raised what cannot see."""
        return self._kernel

    @kernel.setter
    def kernel(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self.panel.ask = self.panel.first


def inputs_of(rule: Any) -> int:
    """Which kinds of observation the rule's inputs come from."""
    kinds = {
        "mark": QUOTE, "mark_ago": QUOTE, "bar_open": QUOTE, "bar_close": QUOTE, "last_open": QUOTE,
        "last_close": QUOTE, "gain": QUOTE, "gain_pct": QUOTE, "exit_price": QUOTE, "level": QUOTE | UNDERLYING,
        "gain_bps": QUOTE | UNDERLYING, "best_bps": QUOTE | UNDERLYING, "volume_ratio": VOLUME,
        "volume_ratio_before": VOLUME, "iv": GREEKS, "delta": GREEKS, "gamma": GREEKS, "theta": GREEKS,
        "delta_ago": GREEKS, "theta_ago": GREEKS, "gamma_high": GREEKS, "oi_own": OPEN_INTEREST,
        "oi_other": OPEN_INTEREST, "momentum": UNDERLYING, "volatility_bps": UNDERLYING, "rsi": UNDERLYING,
        "rsi_ago": UNDERLYING, "close": UNDERLYING, "close_ago": UNDERLYING, "underlying_volume_ratio": UNDERLYING,
        "underlying": UNDERLYING, "regime": UNDERLYING,
    }  # fmt: skip
    read = {name for needs in rule.needs.values() for name in needs}
    mask = 0
    for name in read:
        mask |= kinds.get(name, 0)
    return mask


def asked_for(profile: Profile, not_offered: frozenset[str]) -> list[Asked]:
    """The profile's rules for a new position, in order; rules the market does not offer are left out."""
    asked = [Asked(r, inputs_of(r.rule)) for r in profile.rules if r.rule.name not in not_offered]
    Panel(asked)
    return asked


@dataclass(slots=True)
class Ruling:
    """What one evaluation leads to."""

    winner: Asked | None = None
    suppressed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    adjustments: list[Asked] = field(default_factory=list[Asked])
    used_up: list[Asked] = field(default_factory=list[Asked])  # reached exit while vetoed: their turn is gone
    warnings: list[Asked] = field(default_factory=list[Asked])  # exits of rules that warn, vetoed or gated anew
    declined: list[Asked] = field(default_factory=list[Asked])
    hurries: Asked | None = None  # would leave at once, but all is leaving already: what walks must cross
    changed: bool = False  # a countdown began, ended or was cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Everything beside the verdicts that arbitration depends on at one evaluation."""

    now_ns: int
    observed: int  # kinds of observation made anew at this evaluation
    overrides: Overrides
    profile: Profile
    halted: bool
    leaving: int  # contracts in orders already sent
    held: int
    suspect: bool = False  # the mark has jumped and waits for a second quote
    stale: bool = False  # the contract's quote is too old


def weigh(a: Asked, now: Market, pos: Position) -> None:
    """Fills in the verdict of a rule whose packed answer has changed or holds."""
    a.code = first_trigger(a.packed)
    if a.code:
        a.verdict = a.rule.weigh(a.p, now, pos, a.m, a.code)
        a.kind = "exit" if a.verdict.fraction > 0.0 else "adjust"
    else:
        a.verdict = None
        a.kind = "idle" if a.packed < 0 else ("blind" if a.packed & BLIND_MASK else "hold")


def arbitrate(asked: list[Asked], bench: Bench) -> Ruling:
    """One evaluation's ruling; every `Asked` has been weighed at this same instant."""
    ruling = Ruling()
    ready: list[Asked] = []
    full_waits: Asked | None = None
    for a in asked:
        before = a.status, a.countdown is None
        if a.kind == "adjust":
            _adjustment(a, bench, ruling)
        elif _stands(a, bench, ruling) and _acts_now(a, bench, ruling):
            ready.append(a)
        if full_waits is None and _waits_whole(a):
            full_waits = a
        ruling.changed |= before != (a.status, a.countdown is None)
    ready.sort(key=_precedence)
    for a in ready:
        partial = a.verdict is not None and a.verdict.fraction < 1.0
        if ruling.winner is None and not (partial and full_waits is not None):
            ruling.winner = a
        else:
            ruling.suppressed.append((a.name, a.rule.trigger_names[a.code]))
            a.status = f"suppressed by {(ruling.winner or full_waits or a).name}"
    return ruling


def _precedence(a: Asked) -> tuple[bool, int, float]:
    assert a.verdict is not None
    return a.verdict.fraction < 1.0, a.rank, -a.verdict.confidence  # the sort is stable: then file order


def _stands(a: Asked, bench: Bench, ruling: Ruling) -> bool:
    """Whether the rule's exit may compete now or later; keeps hits and countdown."""
    if a.countdown is not None:
        a.countdown.held |= a.packed & HOLDS_MASK if a.packed > 0 else 0
    if a.kind != "exit":
        a.streak, a.warned, a.declined, a.used_vetoed = 0, False, False, False
        if a.countdown is not None and not _still_blind(a):
            a.countdown = None
        a.status = "pending, cannot see" if a.countdown is not None else ""
        return False
    assert a.verdict is not None
    if a.hits > 1 and (bench.observed & a.inputs or not a.inputs):  # a rule of the clock observes it every time
        a.streak += 1
    why = _overruled(a, bench)
    if why:
        gated = why.startswith(("vetoed", "below", "hits"))
        if gated and a.rule.warns and not a.warned:
            a.warned = True
            ruling.warnings.append(a)
        if why.startswith("vetoed") and not a.used_vetoed:
            a.used_vetoed = True
            ruling.used_up.append(a)
        if not why.startswith("below") or a.countdown is None:
            a.countdown = None
        a.status = why
        return False
    return True


def _overruled(a: Asked, bench: Bench) -> str:
    """Why a rule's verdict does not count at all; "" when it does. Hits gate only exits, and only their start."""
    assert a.verdict is not None
    if bench.halted:
        return "session halted"
    if not bench.overrides.may_act(a.name):
        return "observing" if not bench.overrides.protective_only else "taken over"
    if a.binding == "advisory":
        return "advisory"
    if not a.mandatory and bench.overrides.veto_of(a.name, bench.now_ns) is not None:
        return "vetoed"
    if a.verdict.confidence < a.min_confidence - 1e-9:
        return "below min_confidence"
    if a.hits > 1 and a.streak < a.hits and a.kind == "exit" and a.countdown is None:
        return f"hits {a.streak} of {a.hits}"
    return "declined" if a.declined else ""


def _still_blind(a: Asked) -> bool:
    """No trigger that held in the countdown holds now; keep it while one of them cannot see."""
    assert a.countdown is not None
    blind = (a.packed & BLIND_MASK) >> 1 if a.packed > 0 else 0
    return bool(blind & a.countdown.held)


def _acts_now(a: Asked, bench: Bench, ruling: Ruling) -> bool:
    """Whether an exit that stands may act at this evaluation, beginning its countdown if it has one."""
    assert a.verdict is not None
    full = a.verdict.fraction >= 1.0
    if bench.leaving >= bench.held:
        if ruling.hurries is None and full and _is_urgent(a, bench) and _may_fill(a, bench):
            ruling.hurries = a
        a.countdown, a.status = None, "leaving"
        return False
    if not full and bench.leaving:
        a.countdown, a.status = None, "an exit is working"
        return False
    return _has_waited(a, bench, ruling, full=full) and _may_fill(a, bench)


def _is_urgent(a: Asked, bench: Bench) -> bool:
    """Whether nothing is asked before it acts."""
    return a.mandatory or (a.binding == "immediate" and a.grace_s <= 0.0 and bench.overrides.mode != "confirm")


def _may_fill(a: Asked, bench: Bench) -> bool:
    """On a suspect mark only the clock's mandatory exits leave; a stop on a stale quote is not sent at all."""
    if bench.suspect and not is_timed(a):
        a.status = "waits: the mark is suspect"
        return False
    if bench.stale and a.has_stop:  # a level of the underlying may be reached while nobody quotes the option
        a.status = "waits: the quote is too old"
        return False
    return True


def is_timed(a: Asked) -> bool:
    """Whether what it wants to do now is a mandatory exit by the clock alone."""
    return a.mandatory and not a.rule.needs[a.code]


def _has_waited(a: Asked, bench: Bench, ruling: Ruling, *, full: bool) -> bool:
    """Whether grace and confirmation are over, beginning the countdown where there is one."""
    confirm = bench.overrides.mode == "confirm" and not a.mandatory and not bench.overrides.protective_only
    wait_s = bench.profile.confirm_s if confirm else (a.grace_s if a.binding == "vetoable" else 0.0)
    if a.mandatory or wait_s <= 0.0:
        a.countdown = None
        return True
    if a.countdown is None:
        a.countdown = Countdown(
            "confirm" if confirm else "countdown", bench.now_ns, bench.now_ns + round(wait_s * NS), full,
            a.packed & HOLDS_MASK,
        )  # fmt: skip
    pending = a.countdown
    pending.full = full
    a.status = "pending"
    if pending.go:
        return True
    if bench.now_ns < pending.ends_ns:
        return False
    if pending.waits == "confirm" and bench.profile.on_timeout == "hold":
        a.countdown, a.declined, a.status = None, True, "declined"
        ruling.declined.append(a)
        return False
    return True


def _waits_whole(a: Asked) -> bool:
    """A full exit in its countdown, waiting for a yes or short of its hits: no partial exit meanwhile."""
    if a.countdown is not None:
        return a.countdown.full
    return a.status.startswith("hits") and a.verdict is not None and a.verdict.fraction >= 1.0


def _adjustment(a: Asked, bench: Bench, ruling: Ruling) -> None:
    """Adjustments do not compete and know no countdown."""
    a.countdown, a.streak = None, 0
    why = _overruled(a, bench)
    a.status = why
    if why == "vetoed" and not a.used_vetoed:
        a.used_vetoed = True
        ruling.used_up.append(a)
    if not why:
        ruling.adjustments.append(a)
