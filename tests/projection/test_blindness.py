"""A position is blind when its mark is unknown, and when the price that its stop is a level of is."""

import pytest

from cockpit.commands import Close, HoldUntil, Unveto, Veto
from cockpit.frame import Frame, PositionPart
from cockpit.projection.projector import Projector
from tests.market_of import Line, Playing, play, profile, shipped_profile
from tests.projection.looking import detail, looked, projector

LADDER = shipped_profile("ladder")
CAUSE = "the underlying's price is unknown"
SEEN: list[Line] = ["10:00:00 49.9 50.1 underlying_price=20000", "10:00:00 buy 100"]
DARK: list[Line] = [*SEEN, *(f"10:00:{at:02} 49.9 50.1" for at in range(1, 9))]  # quotes go on, the underlying does not


def row(frame: Frame) -> PositionPart:
    (part,) = frame.positions
    return part


def test_a_stop_that_cannot_see_the_underlying_makes_the_position_blind() -> None:
    played, _, frames = looked(DARK, LADDER)
    seen, dark = row(frames[0]), row(frames[-1])
    assert (seen.state, seen.blind_cause) == ("hold", "")
    assert seen.nearest_rule
    assert dark.mark == seen.mark
    assert {a.kind for a in played.held.stop_rules} == {"blind"}
    assert (dark.state, dark.blind_cause) == ("blind", CAUSE)
    assert (dark.nearest_rule, dark.nearness, dark.nearest_text) == ("", None, "blind")
    assert frames[-1].idle == "No rule can see."
    assert frames[-1].status.blind_left_out == 0  # its money is known
    assert frames[-1].status.day_pnl == pytest.approx(dark.pnl)


def test_it_sees_again_with_the_next_price() -> None:
    _, _, frames = looked([*DARK, "10:00:09 49.9 50.1 underlying_price=20001"], LADDER)
    assert [row(frame).state for frame in frames[-3:]][::2] == ["blind", "hold"]
    assert row(frames[-1]).blind_cause == ""


def test_a_stop_that_has_never_seen_the_underlying_is_blind_too() -> None:
    played = play(["10:00:00 49.9 50.1", "10:00:00 buy 100", "10:00:01 49.9 50.1"], LADDER)
    assert row(projector(played).frame()).blind_cause == CAUSE


def test_stops_on_the_premium_do_not_mind() -> None:
    _, _, frames = looked(DARK, profile("holding_limit"))
    assert {row(frame).state for frame in frames} == {"hold"}


def test_one_that_waits_for_its_first_evaluation_is_not_blind() -> None:
    """The first frame after a restart comes before anything has been judged."""
    again = play([*SEEN, "10:00:01 49.9 50.1 underlying_price=20000"], LADDER).killed()
    assert again.held.judged_t < 0.0
    again.held.pos.level = float("nan")
    assert row(projector(again).frame()).state == "hold"


def test_an_unknown_mark_keeps_its_own_cause_and_a_leaving_one_its_state() -> None:
    _, _, frames = looked([*DARK, "10:00:09 - 50.1"], LADDER)
    assert (row(frames[-1]).state, row(frames[-1]).blind_cause) == ("blind", "no bid")
    played = play([*DARK, "10:00:09 - 50.1"], LADDER)
    assert played.command(Close(position="C")).accepted
    assert row(projector(played).frame()).state == "leaving"


# ---------------------------------------------------------------- a hold


def board(played: Playing) -> tuple[Projector, dict[str, tuple[str, bool]]]:
    window = projector(played)
    return window, {rule.rule: (rule.status, rule.by_hold) for rule in detail(window.frame()).rules}


def test_the_board_tells_a_hold_from_a_veto() -> None:
    played = play(SEEN, profile("theta_decay", "holding_limit"))
    played.command(HoldUntil(position="C", for_s=60.0))
    window, rules = board(played)
    assert rules == {"theta_decay": ("vetoed", True), "holding_limit": ("", False), "protective_stop": ("", False)}
    assert row(window.frame()).hold_until_ns == played.state.now_ns + 60_000_000_000
    played.command(Veto(position="C", rule="theta_decay"))
    assert board(played)[1]["theta_decay"] == ("vetoed", False)


def test_a_hold_that_is_over_or_ended_is_gone_from_the_row() -> None:
    lines: list[Line] = [*SEEN, ("10:00:01", HoldUntil(position="C", for_s=3.0)), "10:00:02 49.9 50.1"]
    played, window, frames = looked([*lines, "10:00:05 49.9 50.1"], profile("theta_decay"))
    assert [row(frame).hold_until_ns is not None for frame in (frames[0], frames[-1])] == [False, False]
    assert any(row(frame).hold_until_ns is not None for frame in frames)
    played.command(HoldUntil(position="C", for_s=60.0))
    assert row(window.frame()).hold_until_ns is not None
    assert played.command(Unveto(position="C")).accepted
    assert row(window.frame()).hold_until_ns is None
