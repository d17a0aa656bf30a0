"""Several rules that want something at once: who acts, who does not, and why."""

from typing import Any

import pytest

from cockpit.brokers.paper import PaperOptions
from cockpit.commands import SetMode, Veto
from cockpit.frame import ConflictPart, Frame
from tests.market_of import Line, ns, profile
from tests.projection.looking import detail, looked

BUY: list[Line] = ["10:00:00 49.9 50.1", "10:00:00 buy 100"]
FADES: list[Line] = [
    "10:00:00 49.9 50 gamma=.020 delta=.5",
    "10:00:00 buy 100",
    "10:00:02 50.75 50.85 gamma=.004 delta=.5",
]
BOTH = profile("exhaustion grace_s=5", "scale_out grace_s=0")


def told(parts: tuple[ConflictPart, ...]) -> list[tuple[str, str, str]]:
    return [(part.rule, part.outcome, part.why) for part in parts]


def conflict(frames: list[Frame]) -> list[tuple[str, str, str]]:
    return told(detail(frames[-1]).conflict)


def test_one_rule_alone_is_no_conflict() -> None:
    frames = looked(FADES, profile("exhaustion"))[2]
    assert (detail(frames[-1]).conflict, detail(frames[-1]).conflict_ns) == ((), None)


def test_a_full_exit_that_waits_keeps_a_partial_one_back() -> None:
    frames = looked([*FADES, "10:00:03 50.75 50.85 gamma=.004"], BOTH)[2]
    part = detail(frames[-1])
    assert told(part.conflict) == [
        ("exhaustion", "waits", "until its time is up, or somebody says yes"),
        ("scale_out", "lost", "suppressed by exhaustion, a full exit"),
    ]
    assert [(c.trigger, c.confidence) for c in part.conflict] == [("GAMMA_COLLAPSE", 0.9), ("FIRST_IMPULSE", 0.8)]
    assert part.conflict_ns == ns("10:00:02")


def test_it_stays_the_same_object_while_it_lasts_and_is_remembered_afterwards() -> None:
    lines = [*FADES, "10:00:02.5 50.76 50.86 gamma=.004", "10:00:03 50.75 50.85 gamma=.006", "10:00:04 50.7 50.8"]
    frames = looked(lines, BOTH)[2]
    parts = [frame.detail.conflict for frame in frames if frame.detail is not None and frame.detail.conflict]
    assert len(parts) > 5
    assert len({id(part) for part in parts}) == 1


def test_a_decision_names_those_it_passed_over() -> None:
    rules = profile("theta_decay max_held_s=10", "holding_limit max_held_s=10")
    rows = [f"10:00:{second:02d} 49.9 50.1" for second in range(1, 14)]
    played, _, frames = looked([*BUY, *rows], rules, options=PaperOptions(latency_ms=2000))
    part = detail(frames[-1])
    winner, loser = part.conflict
    assert (winner.rule, winner.outcome, winner.why) == ("theta_decay", "acts", played.decisions[0].because)
    assert told((loser,)) == [("holding_limit", "lost", "suppressed by theta decay, the earlier exit")]
    assert part.conflict_ns == played.decisions[0].at_ns


@pytest.mark.parametrize(
    ("rules", "command", "expected"),
    [
        (BOTH, Veto(position="C", for_s=60, reason="news"), ("scale_out", "vetoed", "vetoed by human: news")),
        (BOTH, SetMode(position="C", mode="observe"), ("scale_out", "lost", "the position is only observed")),
        (
            profile("exhaustion grace_s=5", 'scale_out binding="advisory"'), None,
            ("scale_out", "advisory", "the profile only lets it advise"),
        ),
        (
            profile("exhaustion grace_s=5", "scale_out min_confidence=0.95"), None,
            ("scale_out", "lost", "it is less confident than the profile asks for"),
        ),
        (profile("exhaustion grace_s=5", "scale_out hits=9"), None, ("scale_out", "waits", "hits 2 of 9")),
    ],
    ids=["vetoed", "observed", "advisory", "not confident", "hits"],
)  # fmt: skip
def test_why_a_rule_does_not_act(rules: Any, command: Any, expected: tuple[str, str, str]) -> None:
    given: list[Line] = [] if command is None else [("10:00:01", command)]
    frames = looked([*FADES[:2], *given, FADES[2], "10:00:03 50.75 50.85 gamma=.004"], rules)[2]
    assert conflict(frames)[1] == expected


def test_another_position_has_its_own() -> None:
    lines: list[Line] = [*FADES, "10:00:02 P 50 50", "10:00:02 buy 1 P", "10:00:03 50.75 50.85 gamma=.004"]
    played, window, frames = looked(lines, BOTH)
    assert conflict(frames)
    played.state.watched = "P0002"
    assert detail(window.frame()).conflict == ()
    played.state.watched = "P0001"
    assert [part.rule for part in detail(window.frame()).conflict] == ["exhaustion", "scale_out"]
