"""Who acts: every sentence of exits.md 3, on rules that say what the test tells them to."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cockpit.exits.arbitrate import Asked, Bench, Ruling, arbitrate, inputs_of
from cockpit.exits.override import ALL, Overrides, VetoOf
from cockpit.exits.profile import Profile, ProfileRule
from cockpit.exits.registry import RULES
from cockpit.exits.rule import NO, UNSEEN, YES, Verdict, memory, pack
from cockpit.market.contract import GREEKS, OPEN_INTEREST, QUOTE, UNDERLYING, VOLUME
from tests.market_of import profile

S = 1_000_000_000
PROFILE = profile()


@memory
class Nothing:
    """A stub remembers nothing."""


def stub(
    name: str,
    rank: int = 0,
    *,
    binding: Any = "immediate",
    inputs: int = QUOTE,
    timed: bool = False,
    warns: bool = False,
    **given: Any,
) -> Asked:
    """A rule of two triggers that has not spoken yet."""
    rule = SimpleNamespace(
        name=name,
        kernel=None,
        Memory=Nothing,
        has_stop=False,
        warns=warns,
        trigger_names={1: "ONE", 2: "TWO"},
        needs={1: () if timed else ("mark",), 2: ("delta",)},
    )
    return Asked(
        cast(ProfileRule, ProfileRule(rule=cast(Any, rule), p=None, binding=binding, rank=rank, **given)), inputs
    )


def leave(a: Asked, confidence: float = 0.9, fraction: float = 1.0, one: int = YES, two: int = NO) -> Asked:
    """It wants to leave."""
    code = 1 if one == YES else 2
    a.kind, a.code, a.packed, a.verdict = "exit", code, pack(one, two), Verdict(code, confidence, fraction)
    return a


def shift(a: Asked, shift_bps: float = 10.0, stop: float = float("nan"), confidence: float = 0.9) -> Asked:
    """It wants to move the stop."""
    a.kind, a.code, a.packed = "adjust", 1, pack(YES)
    a.verdict = Verdict(1, confidence, 0.0, stop, shift_bps)
    return a


def hold(a: Asked) -> Asked:
    """It holds."""
    a.kind, a.code, a.packed, a.verdict = "hold", 0, pack(NO), None
    return a


def blind(a: Asked, one: int = UNSEEN, two: int = NO) -> Asked:
    """It cannot see its first trigger."""
    a.kind, a.code, a.packed, a.verdict = "blind", 0, pack(one, two), None
    return a


def at(
    t: float,
    *asked: Asked,
    observed: int = QUOTE,
    overrides: Overrides | None = None,
    rules: Profile = PROFILE,
    leaving: int = 0,
    held: int = 100,
    halted: bool = False,
    suspect: bool = False,
) -> Ruling:
    """One evaluation at `t` seconds."""
    bench = Bench(
        now_ns=round(t * S),
        observed=observed,
        overrides=overrides or Overrides(),
        profile=rules,
        halted=halted,
        leaving=leaving,
        held=held,
        suspect=suspect,
    )
    return arbitrate(list(asked), bench)


def winner(ruling: Ruling) -> str | None:
    """Its name."""
    return None if ruling.winner is None else ruling.winner.name


def vetoed(*rules: str, until: float = 1e6) -> Overrides:
    """A human's veto of these rules."""
    made = {r: VetoOf(rule=r, until_ns=round(until * S), author="human", reason="") for r in rules}
    return Overrides(vetoes=made)


# ---------------------------------------------------------------- the order among those that may act now


def test_an_exit_of_the_whole_beats_a_partial_one_however_early_and_sure() -> None:
    part, whole = leave(stub("part", 0), 0.99, 0.6), leave(stub("whole", 1), 0.10)
    ruling = at(0, part, whole)
    assert winner(ruling) == "whole"
    assert ruling.suppressed == [("part", "ONE")]
    assert part.status == "suppressed by whole"


def test_then_the_earlier_rule_wins_however_sure_the_later() -> None:
    early, late = leave(stub("early", 0), 0.50), leave(stub("late", 1), 0.99)
    ruling = at(0, early, late)
    assert winner(ruling) == "early"
    assert ruling.suppressed == [("late", "ONE")]


def test_within_a_tier_the_higher_confidence_wins() -> None:
    low, high, between = leave(stub("low", 0), 0.5), leave(stub("high", 0), 0.7), leave(stub("between", 1), 0.99)
    ruling = at(0, low, between, high)
    assert winner(ruling) == "high"
    assert [name for name, _ in ruling.suppressed] == ["low", "between"]


def test_then_the_order_of_the_file() -> None:
    assert winner(at(0, leave(stub("a", 0), 0.7), leave(stub("b", 0), 0.7))) == "a"


def test_among_partial_exits_the_same_order_holds() -> None:
    ruling = at(0, leave(stub("early", 0), 0.1, 0.5), leave(stub("late", 1), 0.9, 0.6))
    assert winner(ruling) == "early"


def test_nobody_wins_where_nobody_wants() -> None:
    ruling = at(0, hold(stub("a")), blind(stub("b")))
    assert winner(ruling) is None
    assert ruling.suppressed == []


# ---------------------------------------------------------------- who does not compete


def test_an_advisory_rule_never_acts() -> None:
    a = leave(stub("a", binding="advisory"))
    assert winner(at(0, a)) is None
    assert a.status == "advisory"


def test_a_vetoed_rule_does_not_compete_and_does_not_hold_up_others() -> None:
    a, part = leave(stub("a")), leave(stub("part", 1), fraction=0.5)
    ruling = at(0, a, part, overrides=vetoed("a"))
    assert winner(ruling) == "part"
    assert (a.status, ruling.suppressed) == ("vetoed", [])


def test_a_veto_of_all_spares_the_mandatory() -> None:
    a, b = leave(stub("a")), leave(stub("b", 1, binding="mandatory"))
    assert winner(at(0, a, b, overrides=vetoed(ALL))) == "b"


def test_a_veto_ends_at_its_instant() -> None:
    a = leave(stub("a"))
    overrides = vetoed("a", until=10.0)
    assert winner(at(9.75, a, overrides=overrides)) is None
    assert winner(at(10.0, a, overrides=overrides)) == "a"


@pytest.mark.parametrize("binding", ["immediate", "vetoable", "mandatory"])
def test_an_exit_below_min_confidence_does_not_compete(binding: str) -> None:
    a = leave(stub("a", binding=binding, min_confidence=0.8, grace_s=0.0), 0.79)
    assert winner(at(0, a)) is None
    assert a.status == "below min_confidence"
    assert winner(at(1, leave(a, 0.80))) == "a"


def test_nothing_competes_in_a_halted_session() -> None:
    a = leave(stub("a", binding="mandatory"))
    assert winner(at(0, a, halted=True)) is None
    assert a.status == "session halted"


def test_observe_lets_nothing_act_and_taken_over_the_protective_stop_alone() -> None:
    rule, stop = leave(stub("rule")), leave(stub("protective_stop", 1, binding="mandatory"))
    assert winner(at(0, rule, stop, overrides=Overrides(mode="observe"))) is None
    assert (rule.status, stop.status) == ("observing", "observing")
    for mode in ("automatic", "confirm", "observe"):
        taken = Overrides(mode=cast(Any, mode), protective_only=True)
        assert winner(at(1, rule, stop, overrides=taken)) == "protective_stop"
        assert rule.status == "taken over"


def test_on_a_suspect_mark_only_the_clocks_mandatory_exits_act() -> None:
    stop = leave(stub("stop", 0, binding="mandatory"))
    clock = leave(stub("clock", 1, binding="mandatory", timed=True))
    ruling = at(0, stop, clock, suspect=True)
    assert winner(ruling) == "clock"
    assert stop.status == "waits: the mark is suspect"
    soft = leave(stub("soft", timed=True))
    assert winner(at(0, soft, suspect=True)) is None
    assert winner(at(1, soft)) == "soft"


# ---------------------------------------------------------------- hits


def test_hits_are_consecutive_exits_on_something_observed_anew() -> None:
    a = stub("a", hits=3)
    assert winner(at(0, leave(a))) is None
    assert a.status == "hits 1 of 3"
    assert winner(at(0.25, leave(a), observed=0)) is None, "a heartbeat on what is known already"
    assert winner(at(0.5, leave(a), observed=GREEKS)) is None, "not an input of this rule"
    assert a.status == "hits 1 of 3"
    assert winner(at(1, leave(a))) is None
    assert winner(at(2, leave(a))) == "a"


def test_the_first_hit_needs_an_observation_too() -> None:
    a = stub("a", hits=2)
    at(0, leave(a), observed=0)
    assert winner(at(1, leave(a))) is None
    assert winner(at(2, leave(a))) == "a"


@pytest.mark.parametrize("between", [hold, blind])
def test_what_is_no_exit_starts_them_anew(between: Any) -> None:
    a = stub("a", hits=2)
    at(0, leave(a))
    at(1, between(a))
    assert winner(at(2, leave(a))) is None
    assert winner(at(3, leave(a))) == "a"


def test_one_hit_acts_at_once_at_a_heartbeat_too() -> None:
    assert winner(at(0, leave(stub("a")), observed=0)) == "a"


def test_a_rule_of_the_clock_observes_it_at_every_evaluation() -> None:
    a = stub("a", hits=2, inputs=0, binding="mandatory")
    assert winner(at(0, leave(a), observed=0)) is None
    assert winner(at(0.25, leave(a), observed=0)) == "a"


def test_hits_gate_the_start_of_a_countdown_and_nothing_after_it() -> None:
    a = stub("a", binding="vetoable", hits=2)
    at(0, leave(a))
    assert a.countdown is None
    at(1, leave(a))
    assert a.countdown is not None
    at(2, blind(a))
    at(3, leave(a))
    assert a.countdown is not None, "it has had its hits"
    assert winner(at(6, leave(a))) == "a"


def test_min_confidence_gates_the_start_of_a_countdown() -> None:
    a = stub("a", binding="vetoable", min_confidence=0.8)
    at(0, leave(a, 0.7))
    assert a.countdown is None
    at(1, leave(a, 0.8))
    at(2, leave(a, 0.7))
    assert winner(at(6, leave(a, 0.7))) is None, "it cannot act on a confidence that would not have begun it"
    assert winner(at(6.25, leave(a, 0.9))) == "a"


# ---------------------------------------------------------------- countdown


def test_a_vetoable_exit_acts_after_its_grace() -> None:
    a = stub("a", binding="vetoable")
    assert winner(at(10, leave(a))) is None
    assert a.status == "pending"
    assert winner(at(14.75, leave(a))) is None
    assert winner(at(15, leave(a))) == "a"


def test_a_grace_of_nothing_acts_at_once() -> None:
    assert winner(at(0, leave(stub("a", binding="vetoable", grace_s=0.0)))) == "a"


def test_it_acts_at_the_first_evaluation_after_its_end_with_what_that_one_says() -> None:
    a = stub("a", binding="vetoable")
    at(0, leave(a, 0.7))
    ruling = at(7, leave(a, 0.95, one=NO, two=YES))
    assert ruling.winner is a
    assert a.verdict is not None
    assert (a.code, a.verdict.confidence) == (2, 0.95)


def test_it_is_cancelled_when_nothing_that_held_holds() -> None:
    a = stub("a", binding="vetoable")
    at(0, leave(a))
    assert at(3, hold(a)).changed
    assert (a.countdown, a.status) == (None, "")
    at(4, leave(a))
    assert winner(at(5, leave(a))) is None, "it began anew"
    assert winner(at(9, leave(a))) == "a"


def test_it_is_kept_while_what_held_is_blind_but_cannot_act() -> None:
    a = stub("a", binding="vetoable")
    at(0, leave(a))
    at(3, blind(a))
    assert a.status == "pending, cannot see"
    assert winner(at(6, blind(a))) is None
    assert winner(at(6.25, leave(a))) == "a"


def test_a_blind_trigger_that_never_held_does_not_keep_it() -> None:
    a = stub("a", binding="vetoable")
    at(0, leave(a))
    at(3, blind(a, one=NO, two=UNSEEN))
    assert a.countdown is None


def test_another_trigger_that_has_held_meanwhile_keeps_it() -> None:
    a = stub("a", binding="vetoable")
    at(0, leave(a))
    at(2, leave(a, one=YES, two=YES))
    at(3, leave(a, one=NO, two=YES))
    at(4, blind(a, one=NO, two=UNSEEN))
    assert a.countdown is not None
    assert winner(at(5, leave(a, one=NO, two=YES))) == "a"


def test_a_veto_ends_it_and_a_new_one_begins_when_the_veto_has_expired() -> None:
    a = stub("a", binding="vetoable")
    at(0, leave(a))
    overrides = vetoed("a", until=10.0)
    at(2, leave(a), overrides=overrides)
    assert a.countdown is None
    assert winner(at(10, leave(a), overrides=overrides)) is None
    assert winner(at(15, leave(a), overrides=overrides)) == "a"


def test_yes_ends_it_at_once() -> None:
    a = stub("a", binding="vetoable")
    at(0, leave(a))
    assert a.countdown is not None
    a.countdown.go = True
    at(0.5, blind(a))
    assert a.countdown.go, "but not while it cannot see"
    assert winner(at(1, leave(a))) == "a"


def test_a_countdown_never_holds_up_a_stop() -> None:
    a, stop = stub("a", binding="vetoable"), stub("stop", 1, binding="mandatory")
    at(0, leave(a), hold(stop))
    assert winner(at(1, leave(a), leave(stop))) == "stop"


# ---------------------------------------------------------------- a full exit that waits, and partial ones


def waiting(kind: str) -> tuple[Asked, dict[str, Any]]:
    """A full exit that waits in one of the laws' ways."""
    if kind == "countdown":
        return leave(stub("whole", 1, binding="vetoable")), {}
    if kind == "hits":
        return leave(stub("whole", 1, hits=2)), {}
    return leave(stub("whole", 1)), {"overrides": Overrides(mode="confirm")}


@pytest.mark.parametrize("kind", ["countdown", "hits", "confirm"])
def test_it_suppresses_partial_exits(kind: str) -> None:
    whole, how = waiting(kind)
    part = leave(stub("part", 0, binding="mandatory"), fraction=0.6)
    ruling = at(0, part, whole, **how)
    assert winner(ruling) is None
    assert ruling.suppressed == [("part", "ONE")]
    assert part.status == "suppressed by whole"


def test_also_while_what_held_in_it_is_blind() -> None:
    whole, part = stub("whole", 1, binding="vetoable"), stub("part", 0)
    at(0, hold(part), leave(whole))
    assert winner(at(1, leave(part, fraction=0.6), blind(whole))) is None
    assert winner(at(2, leave(part, fraction=0.6), hold(whole))) == "part"


@pytest.mark.parametrize(
    ("given", "overrides"),
    [
        ({"binding": "advisory"}, None),
        ({"min_confidence": 0.95}, None),
        ({"binding": "vetoable"}, vetoed("whole")),
    ],
    ids=["advisory", "gated", "vetoed"],
)
def test_one_that_does_not_compete_suppresses_nothing(given: dict[str, Any], overrides: Overrides | None) -> None:
    whole, part = leave(stub("whole", 1, **given)), leave(stub("part", 0), fraction=0.6)
    assert winner(at(0, part, whole, overrides=overrides)) == "part"


def test_a_partial_exit_that_waits_suppresses_nothing() -> None:
    slow, quick = leave(stub("slow", 0, binding="vetoable"), fraction=0.5), leave(stub("quick", 1), fraction=0.6)
    assert winner(at(0, slow, quick)) == "quick"


# ---------------------------------------------------------------- what is leaving already


def test_nothing_acts_twice_on_what_is_leaving() -> None:
    a = leave(stub("a", binding="mandatory"))
    assert winner(at(0, a, leaving=100)) is None
    assert a.status == "leaving"


def test_a_full_exit_takes_the_rest_of_a_partial_one_and_a_partial_one_waits() -> None:
    whole, part = leave(stub("whole", 0)), leave(stub("part", 1), fraction=0.5)
    ruling = at(0, whole, part, leaving=60)
    assert winner(ruling) == "whole"
    assert part.status == "an exit is working"
    assert winner(at(1, leave(stub("part"), fraction=0.5), leaving=60)) is None


def test_a_countdown_ends_when_everything_is_leaving() -> None:
    a = stub("a", binding="vetoable")
    at(0, leave(a))
    at(1, leave(a), leaving=100)
    assert a.countdown is None


# ---------------------------------------------------------------- confirm


@pytest.mark.parametrize("binding", ["immediate", "vetoable"])
def test_in_confirm_every_exit_but_the_mandatory_waits_for_a_yes_without_a_further_grace(binding: str) -> None:
    a, confirm = stub("a", binding=binding), Overrides(mode="confirm")
    assert winner(at(0, leave(a), overrides=confirm)) is None
    assert a.countdown is not None
    assert (a.countdown.waits, a.countdown.ends_ns) == ("confirm", 15 * S)
    assert winner(at(14.75, leave(a), overrides=confirm)) is None
    assert winner(at(15, leave(a), overrides=confirm)) == "a", "no answer is the profile's on_timeout: act"


def test_a_mandatory_exit_waits_for_nobody() -> None:
    a = leave(stub("a", binding="mandatory"))
    assert winner(at(0, a, overrides=Overrides(mode="confirm"))) == "a"


def test_on_timeout_hold_declines_until_the_verdict_lapses() -> None:
    rules, confirm = profile(head='on_timeout = "hold"\nconfirm_s = 10'), Overrides(mode="confirm")
    a = stub("a")
    at(0, leave(a), overrides=confirm, rules=rules)
    ruling = at(10, leave(a), overrides=confirm, rules=rules)
    assert ruling.declined == [a]
    assert winner(ruling) is None
    assert winner(at(60, leave(a), overrides=confirm, rules=rules)) is None
    assert a.status == "declined"
    at(61, hold(a), overrides=confirm, rules=rules)
    at(62, leave(a), overrides=confirm, rules=rules)
    assert a.countdown is not None, "a new verdict asks anew"


def test_a_yes_in_confirm_acts_at_once() -> None:
    a, confirm = stub("a"), Overrides(mode="confirm")
    at(0, leave(a), overrides=confirm)
    assert a.countdown is not None
    a.countdown.go = True
    assert winner(at(1, leave(a), overrides=confirm)) == "a"


# ---------------------------------------------------------------- adjustments


def test_adjustments_do_not_compete() -> None:
    whole, a, b = leave(stub("whole", 2)), shift(stub("a", 0)), shift(stub("b", 1), -5.0)
    ruling = at(0, a, b, whole)
    assert winner(ruling) == "whole"
    assert ruling.adjustments == [a, b]
    assert ruling.suppressed == []


@pytest.mark.parametrize("hits", [1, 3])
def test_an_adjustment_knows_no_hits_and_no_countdown(hits: int) -> None:
    a = shift(stub("a", binding="vetoable", hits=hits))
    assert at(0, a, observed=0).adjustments == [a]
    assert a.countdown is None


@pytest.mark.parametrize("hits", [1, 3])
@pytest.mark.parametrize(
    ("given", "how"),
    [
        ({"binding": "advisory"}, {}),
        ({}, {"overrides": vetoed("a")}),
        ({}, {"overrides": Overrides(mode="observe")}),
        ({}, {"overrides": Overrides(protective_only=True)}),
        ({}, {"halted": True}),
    ],
    ids=["advisory", "vetoed", "observe", "taken over", "halted"],
)
def test_what_must_not_act_adjusts_nothing(hits: int, given: dict[str, Any], how: dict[str, Any]) -> None:
    a = shift(stub("a", hits=hits, **given))
    assert at(0, a, **how).adjustments == []
    assert a.status


# ---------------------------------------------------------------- once per position


def test_a_veto_uses_up_the_turn_of_what_reached_exit_under_it_once() -> None:
    a, overrides = stub("a"), vetoed("a")
    assert at(0, leave(a), overrides=overrides).used_up == [a]
    assert at(1, leave(a), overrides=overrides).used_up == []


def test_of_an_adjustment_too() -> None:
    a = stub("a")
    assert at(0, shift(a), overrides=vetoed("a")).used_up == [a]
    assert at(1, shift(a), overrides=vetoed("a")).used_up == []


def test_a_veto_that_expires_before_uses_nothing() -> None:
    a, overrides = stub("a"), vetoed("a", until=5.0)
    assert at(0, hold(a), overrides=overrides).used_up == []
    assert at(5, leave(a), overrides=overrides).used_up == []


@pytest.mark.parametrize(
    ("given", "how"),
    [
        ({"binding": "advisory"}, {}),
        ({"min_confidence": 0.95}, {}),
        ({"hits": 2}, {}),
        ({}, {"overrides": Overrides(mode="observe")}),
        ({}, {"halted": True}),
    ],
    ids=["advisory", "gated", "hits", "observe", "halted"],
)
def test_nothing_else_that_keeps_it_from_acting_uses_its_turn(given: dict[str, Any], how: dict[str, Any]) -> None:
    assert at(0, leave(stub("a", **given)), **how).used_up == []


def test_a_suppressed_verdict_uses_nothing() -> None:
    assert at(0, leave(stub("a", 0)), leave(stub("b", 1))).used_up == []


# ---------------------------------------------------------------- warnings


@pytest.mark.parametrize(
    ("given", "overrides", "warned"),
    [
        ({}, vetoed("a"), True),
        ({"min_confidence": 0.95}, None, True),
        ({"binding": "advisory"}, None, False),
        ({}, Overrides(mode="observe"), False),
        ({}, None, False),
    ],
    ids=["vetoed", "gated", "advisory", "observe", "acted"],
)
def test_an_exit_that_is_vetoed_or_gated_warns_once_a_spell(
    given: dict[str, Any], overrides: Overrides | None, warned: bool
) -> None:
    a = stub("a", warns=True, **given)
    assert bool(at(0, leave(a), overrides=overrides).warnings) is warned
    assert at(1, leave(a), overrides=overrides).warnings == []
    at(2, hold(a), overrides=overrides)
    assert bool(at(3, leave(a), overrides=overrides).warnings) is warned


def test_only_rules_that_say_so_warn() -> None:
    assert at(0, leave(stub("a")), overrides=vetoed("a")).warnings == []


# ---------------------------------------------------------------- inputs


@pytest.mark.parametrize(
    ("rule", "kinds"),
    [
        ("session_cutoff", 0),
        ("holding_limit", 0),
        ("theta_decay", GREEKS | QUOTE),
        ("open_interest_reversal", OPEN_INTEREST),
        ("exhaustion", GREEKS | QUOTE | VOLUME | UNDERLYING),
        ("momentum_reversal", UNDERLYING),
    ],
)
def test_the_kinds_of_observation_a_rule_reads(rule: str, kinds: int) -> None:
    assert inputs_of(RULES[rule]) == kinds


def test_a_profile_rule_becomes_what_is_asked() -> None:
    given = replace(PROFILE.rules[0], grace_s=7.0, hits=3, min_confidence=0.4)
    a = Asked(given, QUOTE)
    assert (a.name, a.mandatory, a.has_stop, a.grace_s, a.hits) == ("protective_stop", True, True, 7.0, 3)
