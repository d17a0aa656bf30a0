"""A restart from any commit has the future the session would have had."""

from decimal import Decimal
from math import isnan

import pytest

from cockpit.brokers.paper import PaperOptions
from cockpit.commands import Close, HoldUntil, Reduce, ResetCooldown, SetMode, SetSession, SetStop, TakeOver, Veto
from cockpit.domain.order import Order
from cockpit.exits.profile import Profile
from cockpit.outcome import outcome
from cockpit.state.model import Cause, Working
from cockpit.state.remembering import kept_working, restored_working
from tests.market_of import Line, Playing, play, profile, shipped_profile

SCALP, LADDER = shipped_profile("scalp"), shipped_profile("ladder")


def rows(first: int, last: int, row: str) -> list[Line]:
    """The same row every second after ten."""
    return [f"10:00:{s:02d} {row}" for s in range(first, last + 1)]


STORIES: dict[str, tuple[list[Line], Profile, PaperOptions]] = {
    "countdown": (
        [
            "10:00:00 49.9 50 gamma=.020 delta=.5",
            "10:00:00 buy 100",
            "10:00:02 50.9 51 gamma=.004 delta=.5",
            *rows(3, 9, "50.9 51 gamma=.004"),
        ],
        SCALP,
        PaperOptions(),
    ),
    "tranche, trail and stop": (
        [
            "10:00:00 49.9 50 gamma=.012 delta=.65 theta=-5 iv=.2",
            "10:00:00 buy 100",
            "10:00:02 50.75 50.85 gamma=.004 delta=.65",
            *rows(8, 20, "51.75 51.85 gamma=.006 delta=.65"),
            *rows(21, 24, "51.3 51.4"),
            *rows(25, 30, "50 50.1"),
        ],
        SCALP,
        PaperOptions(),
    ),
    "partial fills on their way": (
        [
            "10:00:00 49.9 50 bid_size=40 ask_size=30",
            "10:00:00 buy 100",
            *[f"10:00:{s:02d} {49 + s / 10} {49.1 + s / 10} bid_size=20 ask_size=30" for s in range(1, 20)],
            ("10:00:06", Reduce(position="C", contracts=40)),
            ("10:00:08", Close(position="C")),
        ],
        profile(),
        PaperOptions(participation=1.0, latency_ms=300),
    ),
    "overrides": (
        [
            "10:00:00 49.9 50 gamma=.020",
            "10:00:00 P 30 30.1",
            "10:00:00 buy 100",
            "10:00:00 buy 100 P",
            ("10:00:01", Veto(position="C", rule="exhaustion", for_s=4, reason="news")),
            ("10:00:01", TakeOver(position="P")),
            ("10:00:02", SetMode(position="C", mode="confirm")),
            ("10:00:03", SetStop(position="C", price=45.0)),
            ("10:00:04", HoldUntil(position="P", for_s=3)),
            *rows(2, 30, "50.9 51 gamma=.004"),
            *rows(5, 10, "P 30 30.1"),
            *rows(11, 12, "P 20 20.1"),
            ("10:00:14", SetSession(state="reducing")),
        ],
        SCALP,
        PaperOptions(),
    ),
    "cooldown and a second entry": (
        [
            "10:00:00 50 50",
            "10:00:00 buy 10",
            ("10:00:02", Close(position="C")),
            *rows(1, 30, "51 51"),
            "10:00:10 buy 10",
            "10:00:20 buy 10",
            ("10:00:12", ResetCooldown(reason="the plan")),
            "10:00:13 buy 10",
        ],
        profile(),
        PaperOptions(commission=Decimal("0.5")),
    ),
    "ladder": (
        [
            "10:00:00 under 20000",
            "10:00:00 features regime=trend trend_direction=up volatility_bps=150",
            *rows(0, 30, "49.9 50.1"),
            "10:00:00 buy 100",
            "10:00:05 under 20100",
            "10:00:06 features regime=range",
            "10:00:07 under 20150",
            "10:00:15 features regime=panic",
            "10:00:20 under 20100",
            "10:00:22 under 19900",
        ],
        LADDER,
        PaperOptions(),
    ),
    "blind, alarmed, and open interest": (
        [
            "10:00:00 49.9 50 open_interest=1000",
            "10:00:00 P 30 30.1 open_interest=1000",
            "10:00:00 buy 100",
            *rows(1, 59, "49.9 -"),
            "10:00:20 P 30 30.1 open_interest=1001",
            "10:01:03 49.9 - open_interest=900",
            "10:01:10 49.9 50.1",
        ],
        SCALP,
        PaperOptions(),
    ),
}


def told(played: Playing) -> dict[str, object]:
    """All that the session came to."""
    return outcome(played.state, {}, {}, played.ledger.hexdigest())


@pytest.mark.parametrize("name", STORIES)
def test_killed_at_any_commit_it_ends_the_same(name: str) -> None:
    lines, rules, options = STORIES[name]
    whole = play(lines, rules, options=options)
    assert len(whole.journal.commits) > 5
    for commit in range(len(whole.journal.commits)):
        again = whole.killed(commit).play()
        assert again.lines == whole.lines, f"commit {commit}"
        assert told(again) == told(whole), f"commit {commit}"


def test_killed_twice_it_ends_the_same() -> None:
    lines, rules, options = STORIES["tranche, trail and stop"]
    whole = play(lines, rules, options=options)
    first = whole.killed(len(whole.journal.commits) // 3).play()
    assert first.killed(len(first.journal.commits) // 2).play().lines == whole.lines


def test_what_is_remembered_of_a_position() -> None:
    lines, rules, options = STORIES["overrides"]
    whole = play(lines[:-2], rules, options=options)
    again = whole.killed()
    for one, two in zip(whole.state.held.values(), again.state.held.values(), strict=True):
        assert (one.id, one.contracts, one.average, one.worst, one.best) == (
            two.id,
            two.contracts,
            two.average,
            two.worst,
            two.best,
        )
        assert one.overrides == two.overrides
        assert one.stops == two.stops
        assert [a.countdown for a in one.asked] == [a.countdown for a in two.asked]
        assert [repr(a.m) for a in one.asked] == [repr(a.m) for a in two.asked]
        assert one.orders == two.orders


def test_what_an_old_journal_does_not_know_of_an_order_stays_unknown() -> None:
    order = Order(
        ref="P0001-0001", position_id="P0001", symbol="C", side="sell", contracts=10, limit=None, purpose="exit",
        fills_suspect=False,
    )  # fmt: skip
    body = kept_working(Working(order, Cause(rule="human", trigger="close"), 0, filled=4, total=Decimal(200)))
    assert restored_working(body).total == Decimal(200)
    del body["total"]
    assert restored_working(body).total is None
    assert restored_working(kept_working(restored_working(body))).total is None
    assert restored_working({**body, "filled": 0}).total == 0


def test_nothing_is_sent_twice_by_a_restart() -> None:
    lines, rules, options = STORIES["partial fills on their way"]
    whole = play(lines, rules, options=options)
    for commit in range(len(whole.journal.commits)):
        refs = [order.ref for order in whole.killed(commit).play().sent]
        assert len(refs) == len(set(refs))


def test_a_restart_between_a_hundred_identical_ticks_sends_no_second_order() -> None:
    same = [f"10:00:{2 + i // 10:02d}.{i % 10} 50.75 50.85 gamma=.004" for i in range(1, 101)]
    start: list[Line] = ["10:00:00 49.9 50 gamma=.012", "10:00:00 buy 100", "10:00:02 50.75 50.85 gamma=.004"]
    whole = play([*start, *same], profile("scale_out grace_s=0"))
    again = whole.killed(len(whole.journal.commits) - 1).play()
    assert [(o.contracts, o.purpose) for o in again.sent] == [(100, "entry"), (60, "exit")]
    assert not isnan(again.held.pos.held_stop)
