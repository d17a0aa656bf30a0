"""What the frames say of positions, and when a row is made anew."""

from collections.abc import Sequence
from typing import Any

import pytest

from cockpit.commands import Close, SetMode, SetSession, SetStop, TakeOver, Veto
from cockpit.events import Batch
from cockpit.exits.registry import RULES
from cockpit.exits.rule import Reading
from cockpit.frame import Frame
from cockpit.projection.projector import Projector
from cockpit.state.stops import acting_stop
from tests.market_of import Playing, play, playing, profile

BUY = ["10:00:00 49.9 50.1", "10:00:00 buy 100"]
BPS = profile('protective_stop stop_pct="off" stop_bps=100', head='gain_basis = "underlying"\nscale = "none"')


def projector(played: Playing) -> Projector:
    return Projector(played.state, "a feed", "DEMO")


def row(frame: Frame) -> Any:
    (only,) = frame.positions
    return only


def test_a_halted_session_shows_at_once() -> None:
    played = play(BUY)
    window = projector(played)
    assert row(window.frame()).state == "hold"
    played.command(SetSession(state="halted"))
    assert row(window.frame()).state == "observe"
    assert row(window.frame()).nearest_text == "no engine stop acts"


@pytest.mark.parametrize("vetoed", ["holding_limit", None], ids=["itself", "all that may be"])
def test_a_vetoed_rule_is_not_what_happens_next(vetoed: str | None) -> None:
    played = play([*BUY, "10:00:09 49.9 50.1"], profile("holding_limit max_held_s=10 binding='vetoable'"))
    window = projector(played)
    before = window.frame()
    assert row(before).nearest_rule == "holding_limit"
    assert "holding limit" in before.idle
    played.command(Veto(position=played.held.id, rule=vetoed))
    after = window.frame()
    assert row(after).nearest_rule == "protective_stop"
    assert "holding limit" not in after.idle


def test_so_does_a_mode_that_no_version_tells_of() -> None:
    played = play(BUY)
    window = projector(played)
    window.frame()
    played.held.overrides.mode = "confirm"
    assert row(window.frame()).mode == "confirm"


def test_the_distance_to_a_stop_on_the_underlying_follows_the_underlying() -> None:
    lines = ["10:00:00 under 20000", *BUY, "10:00:00.1 under 20000", "10:00:01.5 under 20020"]
    begun, events = playing(lines, BPS)
    window = projector(begun)
    seen: dict[float, tuple[float | None, float | None]] = {}
    for event in events:
        begun.take(event)
        if begun.state.held:
            shown = row(window.frame())
            seen[begun.held.pos.level] = shown.to_stop, shown.gain_bps
    assert seen[20000.0] == pytest.approx((200.0, 0.0))
    assert seen[20020.0] == pytest.approx((220.0, 10.0))


def test_a_row_that_shows_nothing_new_stays_the_same_object() -> None:
    begun, events = playing([*BUY, "10:00:01 49.9 50.1"])
    window = projector(begun)
    begun.take(events[0])
    begun.take(events[1])
    first = row(window.frame())
    assert row(window.frame()) is first
    begun.held.version += 1
    assert row(window.frame()) is first


# ---------------------------------------------------------------- the stop that acts


TRAIL, OWN = (45.0, "greeks_trailing_stop"), (37.5, "protective_stop")


@pytest.mark.parametrize(
    ("command", "acts"),
    [
        (None, TRAIL),
        (Veto(position="C", rule="theta_decay", for_s=600), TRAIL),
        (Veto(position="C", rule="greeks_trailing_stop", for_s=600), OWN),
        (Veto(position="C", for_s=600), OWN),
        (TakeOver(position="C"), OWN),
    ],
    ids=["nothing laid over", "another vetoed", "vetoed", "all vetoed", "taken over"],
)
def test_the_stop_shown_is_the_tightest_of_those_that_may_act(command: Any, acts: tuple[float, str]) -> None:
    rules = profile("greeks_trailing_stop", "theta_decay")
    played = play([*BUY, "10:00:01 49.9 50.1"], rules)
    played.held.stop_memory("greeks_trailing_stop").stop = 45.0
    played.held.stop_memory("protective_stop").stop = 37.5
    if command is not None:
        assert played.command(command).accepted
    assert acting_stop(played.held, played.state.now_ns) == acts


def test_a_veto_that_has_expired_gives_the_stop_back() -> None:
    played = play([*BUY, "10:00:01 49.9 50.1"], profile("greeks_trailing_stop"))
    played.held.stop_memory("greeks_trailing_stop").stop = 45.0
    played.command(Veto(position="C", rule="greeks_trailing_stop", for_s=600))
    window = projector(played)
    assert row(window.frame()).stop_rule == "protective_stop"
    played.state.now_ns += 600 * 1_000_000_000
    assert row(window.frame()).stop_rule == "greeks_trailing_stop"


def test_in_observe_no_stop_acts() -> None:
    played = play(BUY)
    played.command(SetMode(position="C", mode="observe"))
    shown = row(projector(played).frame())
    assert (shown.stop, shown.stop_rule, shown.to_stop) == (None, "", None)


def test_a_shorts_acting_stop_is_the_lowest() -> None:
    played = play(["10:00:00 49.9 50.1", "10:00:00 sell 100"], profile("greeks_trailing_stop"))
    played.command(SetStop(position="C", price=60.0))
    played.held.stop_memory("greeks_trailing_stop").stop = 55.0
    assert acting_stop(played.held, played.state.now_ns) == (55.0, "greeks_trailing_stop")


# ---------------------------------------------------------------- what a rule cannot say


def broken(*given: object) -> Any:
    raise ZeroDivisionError("by the test")


@pytest.mark.parametrize(
    "readings",
    [broken, lambda *given: None, lambda *given: {"held": Reading("held", 5.0, None, "s", trigger=1)}],  # type: ignore[arg-type]
    ids=["raises", "no table", "no limit"],
)
def test_a_rule_whose_readings_raise_leaves_the_frame_whole(monkeypatch: pytest.MonkeyPatch, readings: Any) -> None:
    played = play([*BUY, "10:00:01 49.9 50.1"], profile("theta_decay max_held_s=10"))
    monkeypatch.setattr(RULES["theta_decay"], "readings", readings)
    frame = projector(played).frame()
    assert row(frame).nearest_rule == "protective_stop"
    assert frame.detail is not None
    (theta,) = (r for r in frame.detail.rules if r.rule == "theta_decay")
    assert (theta.value, theta.gauge, theta.because) == ("", None, "cannot say why")


# ---------------------------------------------------------------- long sessions


def test_rows_of_closed_positions_are_forgotten() -> None:
    begun, events = playing([*BUY, "10:00:01 37 37.1", "10:00:02 37 37.1"])
    window = projector(begun)
    shown: list[Sequence[object]] = []
    for event in events:
        begun.take(event)
        shown.append(window.frame().positions)
    assert any(shown)
    assert window._grid.parts == {}  # pyright: ignore[reportPrivateUsage]


def test_the_peak_is_the_sessions_whether_or_not_anybody_looks() -> None:
    lines = ["10:00:00 50 50", "10:00:00 buy 100", "10:00:01 60 60", "10:00:02 55 55"]
    unseen = play(lines)
    assert unseen.state.peak == pytest.approx(1000.0)
    unseen.state.peak = 0.0
    assert projector(unseen).frame().status.day_peak == 0.0
    assert unseen.state.peak == 0.0


def test_of_many_positions_each_frame_looks_at_a_few_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.projection.grid.ROWS", 1)
    lines = [
        "10:00:00 50 50",
        "10:00:00 P 30 30",
        "10:00:00 N 70 70",
        "10:00:00 buy 10",
        "10:00:00 buy 10 P at 30",
        "10:00:00 buy 10 N at 70",
    ]
    played, rest = playing(
        [*lines, "10:00:01 51 51", "10:00:01 P 31 31", "10:00:01 N 71 71"], profile("protective_stop")
    )
    batches = [event for event in rest if isinstance(event, Batch)]
    made = projector(played)
    for event in batches[:-1]:
        played.session.take(event)
    assert [part.mark for part in made.frame().positions] == [50.0, 30.0, 70.0]  # new ones are looked at at once
    played.session.take(batches[-1])
    seen = [[part.mark for part in made.frame().positions] for _ in range(3)]
    assert seen[-1] == [51.0, 31.0, 71.0]
    assert seen[0] != seen[-1]
    played.session.take(SetMode(position="P", mode="observe"))
    assert [part.mode for part in made.frame().positions] == ["auto", "observe", "auto"]


def test_of_many_positions_the_halt_shows_at_once_and_who_has_closed_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.projection.grid.ROWS", 1)
    lines = [f"10:00:00 {row}" for row in ("50 50", "P 30 30", "N 70 70", "buy 10", "buy 10 P", "buy 10 N")]
    played = play([*lines, "10:00:01 51 51"])
    made = projector(played)
    assert made.frame().status.day_pnl == 10.0
    played.command(SetSession(state="halted"))
    halted = made.frame()
    assert [part.state for part in halted.positions] == ["observe"] * 3
    assert halted.status.unprotected_by_us == 3
    played.command(Close(position="C"))
    left = made.frame()
    assert [part.symbol for part in left.positions] == ["P", "N"]
    assert (left.status.open_positions, left.status.day_pnl) == (2, 10.0)
    played.command(SetMode(position="N", mode="observe"))
    played.command(SetSession(state="active"))
    assert made.frame().status.unprotected_by_us == 1


def test_positions_that_open_and_close_between_two_frames_leave_their_orders() -> None:
    played = play(["10:00:00 50 50"])
    made = projector(played)
    made.frame()
    played.play(playing(["10:00:01 50 50", "10:00:01 buy 10", ("10:00:02", Close(position="C")), "10:00:02 50 50"])[1])
    frame = made.frame()
    assert (frame.positions, len(frame.orders), len(frame.closed)) == ((), 2, 1)
