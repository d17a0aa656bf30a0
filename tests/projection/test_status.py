"""The strip's words: the account, and why a cooldown runs."""

from decimal import Decimal

import pytest

from cockpit.commands import Close, ResetCooldown
from cockpit.events import NS, Heartbeat
from cockpit.projection.words import SIGNS, whole_money
from tests.market_of import Line, play
from tests.projection.looking import projector
from widgets import format as fmt

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
