"""The pause after a closed position: the whole table, and where it counts."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.brokers.paper import PaperOptions
from cockpit.commands import Enter, Reduce, ResetCooldown
from cockpit.risk.cooldown import Cooldown, is_high
from tests.market_of import play, playing, profile

S = 1_000_000_000
DAY = date(2026, 8, 18)


def after(*trips: str, high: bool = False, day: date = DAY) -> Cooldown:
    """Trips ten minutes apart, each `win` or `loss`."""
    cooldown = Cooldown()
    for i, trip in enumerate(trips):
        cooldown = cooldown.after(won=trip == "win", high_volatility=high, now_ns=i * 600 * S, day=day)
    return cooldown


def left(cooldown: Cooldown, trips: int) -> float:
    """Seconds left at the instant of the last trip."""
    return cooldown.left_s((trips - 1) * 600 * S)


@pytest.mark.parametrize(
    ("trips", "high", "seconds"),
    [
        (["win"], False, 15.0),
        (["win"], True, 22.5),
        (["loss"], False, 60.0),
        (["loss"], True, 90.0),
        (["loss", "loss"], False, 60.0),
        (["loss", "loss", "loss"], False, 180.0),
        (["loss", "loss", "loss"], True, 270.0),
        (["loss"] * 7, False, 180.0),
        (["loss", "loss", "win", "loss"], False, 60.0),
        (["loss", "loss", "loss", "win"], False, 15.0),
    ],
)
def test_the_table(trips: list[str], high: bool, seconds: float) -> None:
    assert left(after(*trips, high=high), len(trips)) == seconds


def test_a_new_trading_day_ends_the_streak() -> None:
    yesterday = after("loss", "loss")
    today = yesterday.after(won=False, high_volatility=False, now_ns=86_400 * S, day=DAY + timedelta(days=1))
    assert (today.losses, today.left_s(86_400 * S)) == (1, 60.0)


@pytest.mark.parametrize(
    ("index", "bps", "high"),
    [
        (20.0, 0.0, True),
        (19.99, 500.0, False),  # the index wins
        (None, 200.0, False),
        (None, 200.01, True),
        (None, float("nan"), False),
    ],
)
def test_high_volatility(index: float | None, bps: float, high: bool) -> None:
    assert is_high(index, bps) is high


def test_it_never_ends_earlier_than_the_one_running() -> None:
    long = after("loss", "loss", "loss")
    now = 1_200 * S
    soon = long.after(won=True, high_volatility=False, now_ns=now + 10 * S, day=DAY)
    assert soon.left_s(now + 10 * S) == 170.0
    assert soon.total_s == 180.0
    assert soon.losses == 0, "but the win ends the streak"
    late = long.after(won=True, high_volatility=False, now_ns=now + 170 * S, day=DAY)
    assert late.left_s(now + 170 * S) == 15.0


def test_its_states() -> None:
    assert Cooldown().state(0) == "never started"
    cooldown = after("win")
    assert cooldown.state(15 * S - 1) == "active"
    assert cooldown.state(15 * S) == "expired"
    assert cooldown.left_s(15 * S) == 0.0


def test_a_reset_ends_it_and_keeps_the_streak() -> None:
    cooldown = after("loss", "loss", "loss").ended(1_230 * S)
    assert (cooldown.left_s(1_230 * S), cooldown.state(1_230 * S), cooldown.losses) == (0.0, "expired", 3)
    assert Cooldown().ended(5).state(5) == "never started"


@given(
    story=st.lists(
        st.tuples(st.booleans(), st.booleans(), st.integers(0, 400), st.sampled_from((DAY, DAY + timedelta(1)))),
        max_size=12,
    )
)
def test_no_story_shortens_it(story: list[tuple[bool, bool, int, date]]) -> None:
    cooldown, now, day = Cooldown(), 0, DAY
    for won, high, wait_s, wanted in story:
        now, day = now + wait_s * S, max(day, wanted)
        before = cooldown.until_ns or 0
        cooldown = cooldown.after(won=won, high_volatility=high, now_ns=now, day=day)
        assert cooldown.until_ns is not None
        assert cooldown.until_ns >= before
        assert 15.0 <= cooldown.left_s(now) <= 270.0


# ---------------------------------------------------------------- in a session

ROUND = ["10:00:00 50 50", "10:00:00 buy 10", "10:00:01 51 51"]


def test_it_begins_when_the_last_contract_has_left() -> None:
    played, events = playing([*ROUND, "10:00:02 51 51"])
    played.play(events[:-1])
    played.command(Reduce(position="C", contracts=4))
    assert played.state.cooldown.state(played.state.now_ns) == "never started"
    played.command(Reduce(position="C", contracts=6))
    assert played.state.cooldown.left_s(played.state.now_ns) == 15.0


@pytest.mark.parametrize(("price", "seconds"), [("51 51", 15.0), ("50 50", 60.0), ("49 49", 60.0)])
def test_a_scratch_is_a_loss(price: str, seconds: float) -> None:
    played = play(["10:00:00 50 50", "10:00:00 buy 10", f"10:00:11 {price}"], profile("holding_limit max_held_s=10"))
    assert played.state.cooldown.total_s == seconds


def test_fees_make_a_scratch_of_a_small_win() -> None:
    lines = ["10:00:00 50 50", "10:00:00 buy 10", "10:00:11 51 51"]
    options = PaperOptions(commission=Decimal("0.5"))
    assert play(lines, profile("holding_limit max_held_s=10"), options=options).state.cooldown.total_s == 60.0


def test_entries_are_refused_with_the_seconds_left_and_then_taken() -> None:
    lines = [
        *ROUND,
        "10:00:11 51 51",
        "10:00:20 51 51",
        "10:00:20 buy 10",
        "10:00:25.75 51 51",
        "10:00:25.75 buy 10 P",
        "10:00:25.75 P 30 30",
        "10:00:26 51 51",
        "10:00:26 buy 10",
    ]
    played = play(lines, profile("holding_limit max_held_s=11"), interval_s=10.0)
    assert played.exits == ["10:00:11.25 10 @ 51.00 holding_limit EXTREME_HOLD"]
    assert played.refused == ["10:00:20 cooldown", "10:00:25.75 cooldown", "10:00:26 cooldown"]
    assert [e["seconds_left"] for e in played.state.refused_entries] == [6.25, 0.5, 0.25]


def test_volatility_given_with_the_recording_makes_it_longer() -> None:
    lines = ["10:00:00 50 50", "10:00:00 buy 10", "10:00:05 features volatility_index=20", "10:00:11 51 51"]
    assert play(lines, profile("holding_limit max_held_s=10")).state.cooldown.total_s == 22.5


def test_by_hand_too_and_a_reset_needs_a_reason_and_is_journalled() -> None:
    played, events = playing([*ROUND, "10:00:12 51 51"], profile("holding_limit max_held_s=10"))
    played.play(events)
    refused = played.command(Enter(symbol="C", side="buy", contracts=1))
    assert not refused.accepted
    assert refused.said == "entry refused: cooldown, 15 s left"
    assert played.command(ResetCooldown(reason="the plan stands")).accepted
    assert not played.command(ResetCooldown(reason="again")).accepted, "none is running"
    assert played.command(Enter(symbol="C", side="buy", contracts=1)).accepted
    recorded = [r for r in played.journal.durable if getattr(r, "command", "") == "reset_cooldown"]
    assert [(r.arguments, r.accepted) for r in recorded] == [  # type: ignore[attr-defined]
        ({"reason": "the plan stands"}, True),
        ({"reason": "again"}, False),
    ]
