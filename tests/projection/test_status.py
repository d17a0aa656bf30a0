"""The strip's words: the account, and why a cooldown runs."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from cockpit.brokers.paper import PaperOptions
from cockpit.commands import Close, ResetCooldown
from cockpit.events import NS, Heartbeat
from cockpit.feeds.replay import instants
from cockpit.outcome import session_pnl as pnl
from cockpit.projection.words import SIGNS, whole_money
from tests.market_of import Line, Playing, play, script
from tests.projection.looking import projector
from widgets.paint import format as fmt

BUY: list[Line] = ["10:00:00 50 50", "10:00:00 buy 100"]


def test_the_account_is_written_as_the_window_writes_money() -> None:
    strip = projector(play(BUY)).frame().status
    assert strip.account == f"practice · {fmt.money_short(1_000_000.0, signed=False)} {fmt.currency('INR')}"


@pytest.mark.parametrize("currency", ["INR", "USD", "EUR", "GBP", "JPY"])
def test_currencies_have_the_windows_own_signs(currency: str) -> None:
    assert whole_money(Decimal(-5000), currency) == f"{fmt.number(-5000, 0)} {fmt.currency(currency)}"
    assert SIGNS == fmt.SIGNS


@pytest.mark.parametrize(
    ("last", "why"), [("52 52", "win of P0001"), ("50 50", "loss of P0001"), ("48 48", "loss of P0001")]
)
def test_a_cooldown_says_why_it_runs(last: str, why: str) -> None:
    played = play([*BUY, f"10:00:01 {last}"])
    window = projector(played)
    assert window.frame().status.cooldown_why == ""
    played.command(Close(position="C"))
    assert window.frame().status.cooldown_why == why
    assert projector(played.killed()).frame().status.cooldown_why == why
    played.take(Heartbeat(played.state.now_ns + 61 * NS))
    assert (window.frame().status.cooldown, window.frame().status.cooldown_why) == ("expired", "")


def test_one_that_a_human_has_ended_has_no_reason() -> None:
    played = play([*BUY, "10:00:01 48 48"])
    played.command(Close(position="C"))
    played.command(ResetCooldown(reason="by the test"))
    assert projector(played).frame().status.cooldown_why == ""


# ---------------------------------------------------------------- a session of several days

WON: list[Line] = [*BUY, "10:00:01 60 60", ("10:00:01", Close(position="C")), "10:00:02 60 60"]
LOST = ["+10:00:00 40 40", "+10:00:00 buy 10", "+10:00:01 39 39", "+10:00:02 39 39"]


def next_day(played: Playing, lines: Sequence[str] = LOST) -> Playing:
    """The lines without the night's heartbeats."""
    made = script(lines)
    days = list(instants(made.batches, made.entries))
    return played.play(days)


def test_the_days_figures_begin_anew_with_the_day_and_the_sessions_do_not() -> None:
    played = play(WON)
    window = projector(played)
    strip = window.frame().status
    assert (strip.day_pnl, strip.day_peak, pnl(played.state)) == (1000.0, 1000.0, (1000.0, 0))
    next_day(played, LOST[:1])
    strip = window.frame().status
    assert (strip.day_pnl, strip.day_peak, pnl(played.state)) == (0.0, 0.0, (1000.0, 0))
    next_day(played, LOST[1:])
    strip = window.frame().status
    assert (strip.day_pnl, strip.day_peak, pnl(played.state)) == (-10.0, 0.0, (990.0, 0))
    played.command(Close(position="C"))
    assert (window.frame().status.day_pnl, pnl(played.state)) == (-10.0, (990.0, 0))
    assert sum(held.gross for held in played.state.closed) == played.state.realised == 990


def test_fees_are_those_of_the_day() -> None:
    played = next_day(play(WON, options=PaperOptions(commission=Decimal(2))))
    assert projector(played).frame().status.day_pnl == -30.0
    assert played.state.fees == 2 * 210


def test_a_position_that_stays_over_night_counts_with_all_that_it_has_gained() -> None:
    played = next_day(play(BUY), ["+10:00:00 52 52"])
    assert projector(played).frame().status.day_pnl == 200.0


def test_a_restart_on_the_second_day_shows_the_second_days_figures() -> None:
    played = play([*WON, "10:00:02 60 60"])
    lines = script([*(line for line in WON if isinstance(line, str)), *LOST])
    played.script = lines
    next_day(played)
    played.command(Close(position="C"))
    again = projector(played.killed()).frame().status
    now = projector(played).frame().status
    assert (again.day_pnl, again.day_peak) == (now.day_pnl, now.day_peak) == (-10.0, 0.0)
