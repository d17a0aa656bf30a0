"""One evaluation after the other: what is asked when, what acts, and what is waited for."""

from math import isnan
from typing import Any

import msgspec
import pytest

from cockpit.brokers.paper import PaperOptions
from cockpit.commands import Acknowledge, Reduce, SetMode, SetSession, SetStop, TakeOver, Veto
from cockpit.exits import panel
from cockpit.exits.registry import RULES
from cockpit.records import AlertRecord, VerdictRecord
from cockpit.state.alarms import acknowledge_alert, raise_alert, resolve_alert
from cockpit.state.remembering import session_checkpoint
from tests.market_of import Line, Playing, ns, play, playing, profile, shipped_profile

QUOTED = "10:00:00 49.9 50.1"
BUY = [QUOTED, "10:00:00 buy 100"]


def every(step_s: int, first: int, last: int, row: str, *, minute: int = 0) -> list[Line]:
    """The same row every so many seconds after ten."""
    return [f"10:{minute + t // 60:02d}:{t % 60:02d} {row}" for t in range(first, last + 1, step_s)]


# ---------------------------------------------------------------- the stop and its mark


def test_the_stop_is_hit_inclusively_on_the_mark() -> None:
    stop = profile("protective_stop stop_pct=20")
    lines = ["10:00:00 50 50", "10:00:00 buy 100"]
    assert play([*lines, "10:00:01 40 40.02"], stop).exits == []
    assert play([*lines, "10:00:01 39.9 40.1"], stop).exits == ["10:00:01 100 @ 39.90 protective_stop STOP_HIT"]


def test_a_shorts_stop_is_above() -> None:
    lines = ["10:00:00 50 50", "10:00:00 sell 100", "10:00:01 59.9 60.1"]
    assert play(lines, profile("protective_stop stop_pct=20")).exits == [
        "10:00:01 100 @ 60.10 protective_stop STOP_HIT"
    ]


def test_every_rule_is_asked_at_rows_of_the_contract_or_its_underlying_and_at_heartbeats() -> None:
    lines = [
        *BUY,
        "10:00:00.3 49.9 50.1",
        "10:00:00.4 P 30 30.1",
        "10:00:00.6 under 20000",
        "10:00:00.7 S 7 8",
    ]
    played = play(lines)
    assert played.state.evaluations == 1 + 1 + 1 + 1 + 1 + 1, (
        "row, beat, beat, row, beat, underlying; not the put's row"
    )


def test_one_sided_the_exit_side_stands_in_for_ten_seconds_and_two_rows() -> None:
    beyond = [*BUY, *every(1, 1, 11, "37 -")]
    assert play(beyond[:-1]).exits == []
    assert play(beyond).exits == ["10:00:11 100 @ 37.00 protective_stop STOP_HIT"]


def test_at_the_stop_the_exit_side_holds() -> None:
    assert play(["10:00:00 50 50", "10:00:00 buy 100", *every(1, 1, 20, "37.5 -")]).exits == []


def test_in_one_row_only_it_is_no_hit() -> None:
    lines = [*BUY, "10:00:10 37 -", "10:00:50 P 30 30.1"]
    assert play(lines, interval_s=60.0).exits == []
    second = [*lines, "10:00:55 37 -"]
    assert play(second, interval_s=60.0).exits == ["10:00:55 100 @ 37.00 protective_stop STOP_HIT"]


def test_an_interruption_starts_the_ten_seconds_anew() -> None:
    lines = [*BUY, *every(1, 1, 9, "37 -"), "10:00:10 37.6 -", *every(1, 11, 20, "37 -")]
    assert play(lines).exits == []
    assert play([*lines, "10:00:21 37 -"]).exits == ["10:00:21 100 @ 37.00 protective_stop STOP_HIT"]


def test_an_unquoted_exit_side_is_an_interruption_too() -> None:
    lines = [*BUY, *every(1, 1, 9, "37 -"), "10:00:10 - -", *every(1, 11, 20, "37 -")]
    assert play(lines).exits == []


def test_a_market_exit_whose_side_is_not_quoted_waits() -> None:
    lines = [*BUY, "10:00:09 0 50.1", "10:00:11 0 50.1", "10:00:12.5 48 48.2"]
    played = play(lines, profile("holding_limit max_held_s=10"))
    assert played.exits == ["10:00:12.5 100 @ 48.00 holding_limit EXTREME_HOLD"]
    assert played.trip.exits[0].decided_ns < played.trip.exits[0].at_ns
    assert len(played.sent) == 2, "one entry, one exit"


def test_a_stop_on_a_stale_quote_is_not_sent_and_the_position_is_blind() -> None:
    lines = ["10:00:00 50 50", "10:00:00 buy 100", "10:00:01 40 40", "10:00:20 P 1 2"]
    played = play(lines)
    assert played.verdicts("protective_stop") == ["10:00:06.25 blind"]
    assert isnan(played.held.pos.level)
    assert played.exits == []


def test_after_sixty_seconds_without_a_mark_the_alarm_sounds_and_is_resolved_by_one() -> None:
    dark = [*BUY, *every(1, 1, 61, "49.9 -")]
    assert play(dark[:-1]).alerts == []
    alarmed = play(dark)
    assert alarmed.alerts == ["blind active"]
    (alert,) = alarmed.state.alerts.values()
    assert (alert.severity, alert.text) == ("critical", "the mark has been unknown for 60 s: no ask")
    again = play([*dark, "10:01:02 49.9 50.1"])
    assert again.alerts == ["blind resolved"]


# ---------------------------------------------------------------- baselines


def test_baselines_not_known_at_entry_are_the_first_value_known_after_it() -> None:
    lines = [
        "10:00:00 - 50",
        "10:00:00 buy 100",
        "10:00:01 49.9 50.1 theta=-10",
        "10:00:02 59.9 60.1 iv=.20",
        "10:00:03 59.9 60.1 iv=.30 theta=-30",
        "10:00:04 under 20000",
        "10:00:05 under 21000",
    ]
    pos = play(lines).held.pos
    assert (pos.entry_mark, pos.iv_at_entry, pos.entry_underlying) == (50.0, 0.20, 20_000.0)
    assert pos.theta_cost_at_entry == pytest.approx(10 * 10 / 1440 / 50 * 100)


def test_the_stop_on_the_underlying_is_placed_when_the_underlying_is_first_known() -> None:
    rules = profile('protective_stop stop_pct="off" stop_bps=100', head='gain_basis = "underlying"\nscale = "none"')
    lines = [
        "10:00:00 49.9 50.1 iv=.2 theta=-10",
        "10:00:00 buy 100",
        "10:00:02 under 20000",
        "10:00:03 under 19801",
        "10:00:03 49.9 50.1",
        "10:00:04 under 19800",
        "10:00:05 49.9 50.1",
    ]
    played = play(lines, rules)
    assert played.stops == ["10:00:02 19800.00 entry"]
    assert played.exits == ["10:00:04 100 @ 49.90 protective_stop STOP_HIT"]


# ---------------------------------------------------------------- suspect marks


def test_on_a_suspect_mark_the_clock_leaves_and_others_wait() -> None:
    jump: list[Line] = [*BUY, "10:00:09.5 49.9 50.1", "10:00:10 24.9 25.1", "10:00:11.5 49 49.2"]
    assert play(jump, profile("holding_limit max_held_s=10")).exits == [
        "10:00:10.25 100 @ 24.90 holding_limit EXTREME_HOLD"
    ]
    waits = play(jump, profile("theta_decay max_held_s=10"))
    assert waits.exits == ["10:00:11.5 100 @ 49.00 theta_decay TIME_WINDOW_EXCEEDED"]
    assert [o.placed_ns for o in waits.sent][1:] == [waits.trip.exits[0].at_ns], "nothing was sent on it"


def test_a_stop_on_the_underlying_waits_for_the_premium_to_be_believed() -> None:
    rules = profile('protective_stop stop_pct="off" stop_bps=100', head='gain_basis = "underlying"\nscale = "none"')
    lines = [
        "10:00:00 under 20000",
        *BUY,
        "10:00:01 24.9 25.1",
        "10:00:01 under 19000",
        "10:00:01.75 under 19000",
        "10:00:02.75 under 19000",
        "10:00:03 under 19000",
    ]
    assert play(lines, rules).exits == ["10:00:03 100 @ 24.90 protective_stop STOP_HIT"]


# ---------------------------------------------------------------- hits at a session's own evaluations


def test_hits_count_rows_not_heartbeats() -> None:
    rules = profile("momentum_reversal hits=3 must_turn=false")
    lines = [
        *BUY,
        "10:00:01 features momentum=-0.5",
        "10:00:01 under 20000",
        "10:00:02 under 20000",
        "10:00:02.9 49.9 50.1",
        "10:00:03 under 20000",
        "10:00:04 under 20000",
    ]
    assert play(lines, rules).exits == ["10:00:03 100 @ 49.90 momentum_reversal MOMENTUM_REVERSAL"]


def test_a_stop_may_be_asked_for_hits_too() -> None:
    rules = profile("protective_stop hits=2")
    lines = [*BUY, "10:00:01 37 37", "10:00:02 50 50", "10:00:03 37 37", "10:00:04 36.9 36.9"]
    assert play(lines, rules).exits == ["10:00:04 100 @ 36.90 protective_stop STOP_HIT"]


# ---------------------------------------------------------------- countdowns at a session's own evaluations

COLLAPSE = profile("exhaustion", "theta_decay max_held_s=600")
FALLS = [
    "10:00:00 49.9 50.1 gamma=.020 delta=.5",
    "10:00:00 buy 100",
    "10:00:02 50.9 51.1 gamma=.004 delta=.5",
]


def test_a_vetoable_exit_acts_with_the_quote_at_its_end() -> None:
    lines = [*FALLS, "10:00:05 51.9 52.1", "10:00:06.9 52.9 53.1", "10:00:09 53.9 54.1"]
    played = play(lines, COLLAPSE)
    assert played.exits == ["10:00:07 100 @ 52.90 exhaustion GAMMA_COLLAPSE"]
    assert played.verdicts("exhaustion")[-1] == "10:00:02 exit GAMMA_COLLAPSE pending"
    (decision,) = played.decisions
    assert decision.at_ns == played.trip.exits[0].decided_ns
    assert (decision.quote["bid"], decision.confidence) == (52.9, 0.90)


def test_a_countdown_is_cancelled_when_the_verdict_lapses() -> None:
    lines = [*FALLS, "10:00:04 50.9 51.1 gamma=.006", "10:00:12 50.9 51.1"]
    played = play(lines, COLLAPSE)
    assert played.exits == []
    assert played.verdicts("exhaustion")[-1] == "10:00:04 blind", "of the climax, which never held in it"


def test_and_kept_while_what_held_in_it_cannot_be_seen() -> None:
    dark = [*FALLS, "10:00:34 50.9 51.1", "10:00:35 50.9 51.1 gamma=.004"]
    played = play(dark, profile("exhaustion grace_s=31"))
    assert played.exits == ["10:00:35 100 @ 50.90 exhaustion GAMMA_COLLAPSE"]
    assert played.verdicts("exhaustion")[-3:] == [
        "10:00:02 exit GAMMA_COLLAPSE pending",
        "10:00:32.25 blind pending, cannot see",
        "10:00:35 exit GAMMA_COLLAPSE pending",
    ]


def test_a_stop_does_not_wait_for_a_countdown_and_what_loses_is_recorded() -> None:
    rules = profile("exhaustion", "theta_decay max_held_s=10", "time_limit max_hold_min=1 grace_s=0 tier=9")
    lines = [*FALLS, "10:00:04 37 37.2"]
    assert play(lines, profile("exhaustion")).exits == ["10:00:04 100 @ 37.00 protective_stop STOP_HIT"]
    both = [*FALLS, *[f"10:00:{s:02d} 50 50" for s in range(5, 15, 4)]]
    assert play(both, rules).exits == ["10:00:07 100 @ 50.00 exhaustion GAMMA_COLLAPSE"]


def test_the_losers_are_told_with_the_winners_name() -> None:
    rules = profile("theta_decay max_held_s=10", "holding_limit max_held_s=10")
    played = play([*BUY, "10:00:10 49.9 50.1", "10:00:11 49.9 50.1"], rules)
    (exit,) = played.trip.exits
    assert (exit.cause.rule, exit.cause.suppressed) == ("theta_decay", (("holding_limit", "EXTREME_HOLD"),))
    assert played.verdicts("holding_limit")[-1] == "10:00:10.25 exit EXTREME_HOLD suppressed by theta_decay"


# ---------------------------------------------------------------- partial exits

TRANCHE = profile("theta_decay max_held_s=600", "scale_out grace_s=0")
GAIN = [
    "10:00:00 49.9 50 gamma=.012",
    "10:00:00 buy 100",
    "10:00:02 50.75 50.85 gamma=.004",
]


def test_the_tranche_leaves_and_the_rest_has_its_stop() -> None:
    played = play([*GAIN, "10:00:03 50.75 50.85", "10:00:04 50.2 50.3"], TRANCHE)
    assert played.exits == [
        "10:00:02 60 @ 50.75 scale_out FIRST_IMPULSE",
        "10:00:04 40 @ 50.20 protective_stop STOP_HIT",
    ]
    assert played.stops == ["10:00:00 37.50 entry", "10:00:02 50.30 remainder after FIRST_IMPULSE"]


def test_the_rests_stop_is_set_when_the_tranche_fills_from_the_mark_of_its_evaluation() -> None:
    lines = [*GAIN, "10:00:02.9 51.75 51.85", "10:00:03 51.75 51.85"]
    played = play(lines, TRANCHE, options=PaperOptions(latency_ms=800))
    assert played.stops[1:] == ["10:00:02.9 50.30 remainder after FIRST_IMPULSE"]


def test_it_is_set_only_if_that_is_tighter() -> None:
    tight: list[Line] = [
        *GAIN[:2],
        "10:00:01 50.75 50.85",
        ("10:00:01", SetStop(position="C", price=50.5)),
        *GAIN[2:],
    ]
    played = play(tight, TRANCHE)
    assert played.exits == ["10:00:02 60 @ 50.75 scale_out FIRST_IMPULSE"]
    assert played.stops == ["10:00:00 37.50 entry", "10:00:01 50.50 human"]
    far = profile("scale_out grace_s=0 keep_points=5")
    assert play(GAIN, far).stops[1:] == ["10:00:02 50.00 remainder after FIRST_IMPULSE"], "never below the entry"


def test_a_position_of_one_lot_is_not_split_its_stop_moves() -> None:
    lines = ["10:00:00 49.9 50 gamma=.012", "10:00:00 buy 75", "10:00:02 50.75 50.85 gamma=.004", "10:00:03 51 51.1"]
    played = play(lines, TRANCHE, lot=75)
    assert played.exits == []
    assert played.stops == ["10:00:00 37.50 entry", "10:00:02 50.30 tighten by scale_out"]
    assert played.verdicts("scale_out") == ["10:00:02 adjust FIRST_IMPULSE", "10:00:02 idle"]


def test_fractions_round_down_to_whole_lots_and_odd_contracts_stay() -> None:
    lines = ["10:00:00 49.9 50 gamma=.012", "10:00:00 buy 160", "10:00:02 50.75 50.85 gamma=.004"]
    assert play(lines, TRANCHE, lot=25).exits == ["10:00:02 75 @ 50.75 scale_out FIRST_IMPULSE"]  # 3.6 of 6 lots


def test_a_full_exit_while_a_partial_one_is_unfilled_is_a_second_order_for_the_rest() -> None:
    lines = [*GAIN, "10:00:02.2 37 37.2", "10:00:03 36 36.2"]
    played = play(lines, TRANCHE, options=PaperOptions(latency_ms=600))
    assert [(o.contracts, o.purpose) for o in played.sent] == [(100, "entry"), (60, "exit"), (40, "exit")]
    assert played.exits == [
        "10:00:02.75 60 @ 37.00 scale_out FIRST_IMPULSE",
        "10:00:03 40 @ 36.00 protective_stop STOP_HIT",
    ]


def test_what_was_suppressed_keeps_its_turn() -> None:
    rules = profile("exhaustion grace_s=2", "scale_out grace_s=0")
    lines = [
        "10:00:00 49.9 50 gamma=.020 delta=.5",
        "10:00:00 buy 100",
        "10:00:02 50.75 50.85 gamma=.004 delta=.5",
        "10:00:03 50.75 50.85 gamma=.006",
        "10:00:04 50.75 50.85 gamma=.006",
    ]
    played = play(lines, rules)
    assert played.verdicts("scale_out")[0] == "10:00:02 exit FIRST_IMPULSE suppressed by exhaustion"
    assert played.exits == []
    assert not next(a for a in played.held.asked if a.name == "scale_out").m.done


def test_a_veto_uses_up_the_turn_of_what_fires_under_it() -> None:
    lines = [*GAIN[:2], ("10:00:01", Veto(position="C", rule="scale_out", for_s=5)), GAIN[2], "10:00:09 51 51.1"]
    played = play(lines, TRANCHE)
    assert played.exits == []
    assert played.verdicts("scale_out")[-1].endswith("idle")


def test_a_veto_that_expires_before_uses_nothing() -> None:
    early = [*GAIN[:2], ("10:00:00.5", Veto(position="C", rule="scale_out", for_s=1)), GAIN[2]]
    assert play(early, TRANCHE).exits == ["10:00:02 60 @ 50.75 scale_out FIRST_IMPULSE"]


def test_a_hundred_identical_ticks_after_it_send_no_second_order() -> None:
    same = [f"10:00:{2 + i // 10:02d}.{i % 10} 50.75 50.85 gamma=.004" for i in range(1, 101)]
    played = play([*GAIN, *same], TRANCHE)
    assert [(o.contracts, o.purpose) for o in played.sent] == [(100, "entry"), (60, "exit")]


# ---------------------------------------------------------------- modes and the session

TIMED = profile("holding_limit max_held_s=10", "theta_decay max_held_s=10")


def modes(command: object) -> Playing:
    """A position past its time, under a command given before."""
    lines = [*BUY, ("10:00:01", command), *every(5, 5, 40, "49.9 50.1")]
    return play(lines, TIMED)  # type: ignore[arg-type]


def test_in_observe_nothing_acts_and_verdicts_are_still_recorded() -> None:
    played = modes(SetMode(position="C", mode="observe"))
    assert played.exits == []
    assert played.verdicts("holding_limit") == ["10:00:10.25 exit EXTREME_HOLD observing"]


def test_a_position_taken_over_keeps_its_protective_stop() -> None:
    lines: list[Line] = [*BUY, ("10:00:01", TakeOver(position="C")), "10:00:14 49.9 50.1", "10:00:15 37 37.1"]
    played = play(lines, TIMED)
    assert played.exits == ["10:00:15 100 @ 37.00 protective_stop STOP_HIT"]
    assert played.verdicts("holding_limit")[-1] == "10:00:10.25 exit EXTREME_HOLD taken over"


def test_halted_the_engine_sends_nothing_and_a_human_still_reduces() -> None:
    played = modes(SetSession(state="halted"))
    assert played.exits == []
    played.command(Reduce(position="C", contracts=40))
    assert played.exits == ["10:00:40 40 @ 49.90 human reduce"]


def test_reducing_supervises_as_before() -> None:
    assert modes(SetSession(state="reducing")).exits == ["10:00:10.25 100 @ 49.90 holding_limit EXTREME_HOLD"]


def test_in_confirm_the_mandatory_act_and_the_others_wait() -> None:
    assert modes(SetMode(position="C", mode="confirm")).exits == ["10:00:10.25 100 @ 49.90 holding_limit EXTREME_HOLD"]
    lines: list[Line] = [*BUY, ("10:00:01", SetMode(position="C", mode="confirm")), *every(5, 5, 40, "49.9 50.1")]
    waits = play(lines, profile("theta_decay max_held_s=10"))
    assert waits.exits == ["10:00:25.25 100 @ 49.90 theta_decay TIME_WINDOW_EXCEEDED"]
    holds = play(lines, profile("theta_decay max_held_s=10", head='on_timeout = "hold"'))
    assert holds.exits == []


def test_back_in_automatic_what_was_declined_acts() -> None:
    rules = profile("theta_decay max_held_s=10", head='on_timeout = "hold"\nconfirm_s = 5')
    lines: list[Line] = [*BUY, ("10:00:01", SetMode(position="C", mode="confirm")), *every(5, 5, 30, "49.9 50.1")]
    lines.append(("10:00:20", SetMode(position="C", mode="automatic")))
    assert play(lines, rules).exits == ["10:00:20 100 @ 49.90 theta_decay TIME_WINDOW_EXCEEDED"]


# ---------------------------------------------------------------- the ledger


def test_a_veto_changes_the_decision_and_never_the_verdict() -> None:
    lines: list[Line] = [*FALLS, *[f"10:00:{s:02d} 51 51.2" for s in range(4, 20, 2)]]
    plain = play(lines[:4], COLLAPSE)
    vetoed = play([*lines, ("10:00:03", Veto(position="C", rule="exhaustion", for_s=60))], COLLAPSE)
    assert vetoed.exits == []
    assert vetoed.verdicts("exhaustion")[: len(plain.verdicts("exhaustion"))] == plain.verdicts("exhaustion")
    sample = [r for r in vetoed.journal.records if getattr(r, "why", "") == "sample"]
    assert sample


def test_a_sample_a_position_and_minute() -> None:
    lines = [*BUY, *every(30, 30, 180, "49.9 50.1")]
    played = play(lines, shipped_profile("adaptive"), interval_s=30.0)
    samples = [r for r in played.journal.records if getattr(r, "why", "") == "sample"]
    assert [(s.at_ns - samples[0].at_ns) // 1_000_000_000 for s in samples] == [0, 60, 120, 180]  # type: ignore[attr-defined]


def test_the_same_recording_and_commands_give_the_same_ledger() -> None:
    lines: list[Line] = [*GAIN, ("10:00:03", Veto(position="C", for_s=3)), *every(2, 4, 60, "51 51.1 gamma=.003")]
    one, two = (play(lines, shipped_profile("scalp")) for _ in range(2))
    assert one.ledger.hexdigest() == two.ledger.hexdigest()
    assert one.lines == two.lines


def test_a_rule_whose_own_code_raises_is_blind_and_stops_nobody_else() -> None:
    begun, events = playing([*BUY, "10:00:01 49.9 50.1", "10:00:02 37 37.1"], TIMED)
    begun.take(events[0])

    def broken(*given: object) -> int:
        raise ZeroDivisionError("by the test")

    next(a for a in begun.held.asked if a.name == "holding_limit").kernel = broken
    begun.play(events[1:])
    assert begun.exits == ["10:00:02 100 @ 37.00 protective_stop STOP_HIT"]
    assert begun.alerts == ["fault active"]
    assert begun.verdicts("holding_limit") == ["10:00:00 blind"]


FALL: list[Line] = [*BUY, "10:00:01 49.9 50.1", "10:00:02 37 37.1"]


def test_rules_that_only_raise_together_are_asked_one_by_one_and_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "flat", broken)
    played = play(FALL, TIMED)
    assert played.exits == ["10:00:02 100 @ 37.00 protective_stop STOP_HIT"]
    (alert,) = played.state.alerts.values()
    assert (alert.kind, alert.severity, alert.count) == ("fault", "critical", 1)
    assert alert.text == "asked together the rules raise ZeroDivisionError by the test; they are asked one by one"
    assert not any(a.fault for a in played.trip.asked)
    assert played.trip.asked[0].panel.ask == played.trip.asked[0].panel.one_by_one


def test_a_rule_that_raises_now_and_then_costs_each_rule_one_more_question(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, events = playing(FALL, TIMED)
    begun.take(events[0])
    limit = next(a for a in begun.held.asked if a.name == "holding_limit")
    plain, asked = limit.kernel, list[bool]()

    def now_and_then(*given: Any) -> int:
        asked.append(len(asked) % 2 == 0)
        if asked[-1]:
            raise ZeroDivisionError("by the test")
        return plain(*given)

    limit.kernel = now_and_then
    before = begun.state.evaluations
    begun.play(events[1:])
    assert begun.exits == ["10:00:02 100 @ 37.00 protective_stop STOP_HIT"]
    assert limit.fault == ""
    assert len(asked) == 2 * (begun.state.evaluations - before)
    assert [(alert.kind, alert.count) for alert in begun.state.alerts.values()] == [("fault", 1)]


def test_a_stop_on_the_underlying_is_not_sent_on_a_stale_quote_of_the_option() -> None:
    rules = profile('protective_stop stop_pct="off" stop_bps=100', head='gain_basis = "underlying"\nscale = "none"')
    lines = ["10:00:00 under 20000", *BUY, "10:00:07 under 19000", "10:00:09 under 19000", "10:00:10 48 48.2"]
    played = play(lines, rules)
    assert played.exits == ["10:00:10 100 @ 48.00 protective_stop STOP_HIT"]
    assert played.trip.exits[0].decided_ns == played.trip.exits[0].at_ns
    assert played.verdicts("protective_stop")[-2:] == [
        "10:00:05.25 blind",
        "10:00:07 exit STOP_HIT waits: the quote is too old",
    ]


def test_a_stop_that_cannot_see_the_underlying_for_a_minute_alarms_too() -> None:
    rules = profile('protective_stop stop_pct="off" stop_bps=100', head='gain_basis = "underlying"\nscale = "none"')
    played = play([*BUY, *every(1, 1, 61, "49.9 50.1")], rules)
    (alert,) = played.state.alerts.values()
    assert alert.text == "the underlying's price has been unknown for 60 s, and the stop is a level of it"


# ---------------------------------------------------------------- the clock of the exchange


@pytest.mark.parametrize(
    ("opened", "row", "leaves"),
    [
        ("11:24:58", "11:24:59", ""),
        ("11:24:58", "11:25:00", "LUNCH"),
        ("11:27:00", "11:27:00", "LUNCH"),
        ("11:30:00", "11:30:01", ""),
        ("15:14:58", "15:14:59", ""),
        ("15:14:58", "15:15:00", "MARKET_CLOSE"),
        ("15:29:59", "15:29:59", "MARKET_CLOSE"),
    ],
)
def test_the_edges_of_lunch_and_close(opened: str, row: str, leaves: str) -> None:
    lines = [f"{opened} 49.9 50.1", f"{opened} buy 100", f"{row} 49.9 50.1"]
    played = play(lines, profile("session_cutoff"))
    want = [f"{row} 100 @ 49.90 session_cutoff {leaves}"] if leaves else []
    assert played.exits == want


def test_after_the_close_it_still_leaves() -> None:
    lines: list[Line] = [
        "15:14:00 49.9 50.1",
        "15:14:00 buy 100",
        ("15:14:00", SetMode(position="C", mode="observe")),
        "15:31:00 49.9 50.1",
        ("15:31:00", SetMode(position="C", mode="automatic")),
    ]
    assert play(lines, profile("session_cutoff")).exits == ["15:31:00 100 @ 49.90 session_cutoff MARKET_CLOSE"]


def test_a_market_without_lunch() -> None:
    lines = ["11:27:00 49.9 50.1", "11:27:00 buy 100", "11:28:00 49.9 50.1"]
    assert play(lines, profile("session_cutoff"), market="us").exits == []


# ---------------------------------------------------------------- what is written down


def test_at_a_decision_every_rule_is_heard() -> None:
    played = play([*BUY, "10:00:10.5 49.9 50.1"], TIMED)
    heard = [r for r in played.journal.records if isinstance(r, VerdictRecord) and r.why == "decision"]
    assert [(r.rule, r.kind, r.status) for r in heard] == [
        ("holding_limit", "exit", "acted"),
        ("theta_decay", "exit", "suppressed by holding_limit"),
        ("protective_stop", "blind", ""),
    ]


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ("theta_decay max_held_s=10 min_confidence=1.0", "below min_confidence"),
        ("theta_decay max_held_s=10 binding='advisory'", "advisory"),
        ("theta_decay max_held_s=10 hits=2", "hits 0 of 2"),
    ],
)
def test_why_an_exit_does_not_act_is_written_beside_it(rule: str, status: str) -> None:
    played = play([*BUY, "10:00:10.3 49.9 50.1"], profile(rule))
    assert played.exits == []
    assert played.verdicts("theta_decay")[-1] == f"10:00:10.25 exit TIME_WINDOW_EXCEEDED {status}"


def test_a_vetoed_rule_keeps_speaking_with_what_it_would_have_done() -> None:
    lines: list[Line] = [*FALLS, ("10:00:01", Veto(position="C", for_s=1e6)), "10:01:05 60 60 gamma=.004"]
    played = play(lines, COLLAPSE, interval_s=60.0)
    assert played.exits == []
    assert "10:00:02 exit GAMMA_COLLAPSE vetoed" in played.verdicts("exhaustion")
    samples = [r for r in played.journal.records if isinstance(r, VerdictRecord) and r.why == "sample"]
    assert samples[-1].readings["exhaustion"]["trigger"] == "GAMMA_COLLAPSE"


# ---------------------------------------------------------------- what a rule's own code may do to the others


def broken(*given: object) -> Any:
    raise ZeroDivisionError("by the test")


OVERRULED: list[Line] = [
    "10:00:00 features regime=trending",
    *FALLS[:2],
    ("10:00:01", Veto(position="C", rule="exhaustion", for_s=600)),
    FALLS[2],
    "10:00:03 features regime=panic",
    "10:00:03 50.9 51.1 gamma=.004 delta=.5",
    "10:00:03 buy 100",
    "10:00:03.6 50.9 51.1 gamma=.004 delta=.5",
    "10:00:04 37 37.2",
]


@pytest.mark.parametrize(
    ("hook", "rule"),
    [
        ("opened", "theta_decay"),
        ("joined", "theta_decay"),
        ("acted", "exhaustion"),
        ("warned", "theta_decay"),
        ("alert", "theta_decay"),
    ],
)
def test_a_rule_whose_hook_raises_is_blind_and_stops_nobody_else(
    monkeypatch: pytest.MonkeyPatch, hook: str, rule: str
) -> None:
    monkeypatch.setattr(RULES[rule], hook, broken)
    played = play(OVERRULED, COLLAPSE)
    assert [e.rpartition(" @ ")[2] for e in played.exits] == ["37.00 protective_stop STOP_HIT"]
    asked = next(a for a in played.trip.asked if a.name == rule)
    assert (asked.kind, asked.fault) == ("blind", "error in rule: ZeroDivisionError by the test")
    (alert,) = (a for a in played.state.alerts.values() if a.kind == "fault")
    assert (alert.severity, alert.count) == ("critical", 1)


def test_so_is_one_that_raises_after_its_tranche_or_adjustment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RULES["scale_out"], "acted", broken)
    lines = [*GAIN, "10:00:03 50.75 50.85", "10:00:04 50.2 50.3"]
    tranche = play(lines, TRANCHE)
    assert tranche.exits[0] == "10:00:02 60 @ 50.75 scale_out FIRST_IMPULSE"
    assert tranche.exits[1:] == ["10:00:04 40 @ 50.20 protective_stop STOP_HIT"]
    assert tranche.alerts == ["fault active"]
    adjustment = play([lines[0], "10:00:00 buy 75", *lines[2:]], TRANCHE, lot=75)
    assert adjustment.exits == ["10:00:04 75 @ 50.20 protective_stop STOP_HIT"]
    assert adjustment.alerts == ["fault active"]


@pytest.mark.parametrize("part", ["readings", "weigh", "because"])
def test_a_rule_that_cannot_explain_itself_lets_the_decision_pass(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setattr(RULES["theta_decay"], part, {} if part == "because" else broken)
    played = play([*FALLS[:2], "10:00:04 49.9 50.1", "10:00:20 37 37.2"], profile("theta_decay max_held_s=3600"))
    assert played.exits == ["10:00:20 100 @ 37.00 protective_stop STOP_HIT"]
    late = play([*BUY, *every(5, 5, 40, "49.9 50.1")], profile("theta_decay max_held_s=10"))
    if part == "weigh":
        assert (late.exits, late.alerts) == ([], ["fault active"])
    else:
        assert late.exits == ["10:00:10.25 100 @ 49.90 theta_decay TIME_WINDOW_EXCEEDED"]
        assert late.decisions[0].because == "TIME_WINDOW_EXCEEDED"


# ---------------------------------------------------------------- alarms, peak and vetoes


def test_an_acknowledged_alarm_does_not_come_back_while_its_condition_lasts() -> None:
    begun, events = playing([*BUY, *every(1, 1, 90, "49.9 -"), "10:01:31 49.9 50.1", "10:01:32 49.9 50.1"])
    key = ""
    for event in events:
        begun.take(event)
        if begun.alerts == ["blind active"]:
            (key,) = begun.state.alerts
            assert begun.command(Acknowledge(alert=key)).accepted
    told = [(r.state, r.count) for r in begun.journal.records if isinstance(r, AlertRecord)]
    assert told == [("active", 1), ("acknowledged", 1), ("resolved", 1)]


def test_what_is_over_once_it_is_seen_is_resolved() -> None:
    begun = play(BUY)
    raise_alert(begun.state, "A", None, "critical", "order", "by the test")
    acknowledge_alert(begun.state, "A")
    assert begun.alerts == ["order resolved"]
    acknowledge_alert(begun.state, "A")
    assert begun.state.alerts["A"].state == "resolved"


def test_the_peak_counts_what_is_realised_and_waits_while_a_mark_is_unknown() -> None:
    rise = ["10:00:00 50 50", "10:00:00 buy 100", "10:00:01 60 60"]
    assert play([*rise, "10:00:02 30 30", "10:00:03 30 30"]).state.peak == pytest.approx(1000.0)
    sold: list[Line] = [*rise, ("10:00:01", Reduce(position="C", contracts=50)), "10:00:02 62 62"]
    assert play(sold).state.peak == pytest.approx(500.0 + 600.0)
    dark = play(["10:00:00 50 50", "10:00:00 P 50 50", "10:00:00 buy 1", "10:00:00 buy 1 P", "10:00:30 60 60"])
    assert dark.state.peak == 0.0, "a put that nobody quotes may have lost as much"


def test_expired_vetoes_are_forgotten() -> None:
    lines: list[Line] = [*BUY, ("10:00:01", Veto(position="C", for_s=5)), *every(10, 10, 130, "49.9 50.1")]
    assert play(lines[:5]).held.overrides.vetoes.keys() == {"*"}
    assert play(lines).held.overrides.vetoes == {}


def test_the_feed_is_as_old_as_its_newest_row() -> None:
    begun, events = playing([*BUY, "10:00:01 49.9 50.1", "10:00:30 buy 1", "10:00:40 49.9 50.1"])
    begun.play([event for event in events if event.at_ns <= ns("10:00:30")])
    assert begun.refused == ["10:00:30 stale quote"]
    assert begun.state.newest_row_ns == ns("10:00:01")
    assert play([*BUY, "10:00:02 under 20000"]).state.newest_row_ns == ns("10:00:02")


def test_a_restart_remembers_the_alerts_that_last_and_no_others() -> None:
    played = play(BUY)
    for key, kind in (("A-lasts", "blind"), ("A-seen", "blind"), ("A-over", "order")):
        raise_alert(played.state, key, None, "critical", kind, "by the test")
    acknowledge_alert(played.state, "A-seen")
    acknowledge_alert(played.state, "A-over")
    body = msgspec.json.decode(session_checkpoint(played.state).body or b"")
    assert [(a[0], a[-1]) for a in body["alerts"]] == [("A-lasts", "active"), ("A-seen", "acknowledged")]


def test_an_alert_counts_anew_once_its_condition_has_been_over() -> None:
    state = play(BUY).state
    for _ in range(2):
        raise_alert(state, "A", None, "warning", "blind", "by the test")
    assert state.alerts["A"].count == 2
    resolve_alert(state, "A")
    raise_alert(state, "A", None, "warning", "blind", "by the test")
    assert (state.alerts["A"].count, state.alerts["A"].state) == (1, "active")
