"""What the strip counts down to, and when a contract closes: each position by its own rules and hours."""

from collections.abc import Sequence
from dataclasses import replace
from math import nan
from typing import Any

import pytest

from cockpit.commands import ApplyProfile, Close, HandBack, SetMode, SetSession, TakeOver, WatchChain
from cockpit.domain.instrument import Instrument
from cockpit.exits.profile import Profile
from cockpit.frame import Frame
from tests.market_of import DAY, How, Line, Playing, clock, option, play, profile, script, shipped_profile
from tests.projection.looking import projector

BUY: list[Line] = ["10:00:00 49.9 50.1 underlying_price=20000", "10:00:00 buy 100"]
TODAY = {"C": option("C", "C", days=0), "P": option("P", "P", days=7)}
PUT: list[Line] = ["10:00:00 P 30 30.1 underlying_price=20000", "10:00:00 buy 10 P"]


def played_of(lines: Sequence[Line], rules: Profile, instruments: dict[str, Instrument], **given: Any) -> Playing:
    """A session on contracts of one's own."""
    zone = given.pop("zone", "Asia/Kolkata")
    begun = Playing(How(profile=rules, instruments=instruments, **given), script(lines, zone))
    return begun.play(begun.events())


def counts(played: Playing) -> tuple[str, str]:
    """What the strip counts down to, and until when."""
    strip = projector(played).frame().status
    return strip.next_cutoff, "" if strip.next_cutoff_ns is None else clock(strip.next_cutoff_ns)


def test_only_a_close_that_takes_something_off_is_counted_down_to() -> None:
    ladder = shipped_profile("ladder")
    assert counts(play(BUY, ladder)) == ("", "")  # expires in a week
    assert counts(played_of(BUY, ladder, TODAY)) == ("close exits", "15:15:00")
    assert counts(play(BUY, profile('session_cutoff close_on="never" lunch=false'))) == ("", "")
    assert counts(play(BUY, profile("session_cutoff lunch=false"))) == ("close exits", "15:15:00")
    assert counts(play(BUY, profile("holding_limit"))) == ("", "")


def test_lunch_comes_before_the_close() -> None:
    rules = profile("session_cutoff")
    assert counts(play(BUY, rules)) == ("lunch exits", "11:25:00")
    late: list[Line] = ["11:30:00 49.9 50.1", "11:30:00 buy 100"]
    assert counts(play(late, rules)) == ("close exits", "15:15:00")


def test_nothing_that_is_held_is_nothing_to_count_down_to() -> None:
    played = play([*BUY, "10:00:01 49.9 50.1"], profile("session_cutoff"))
    played.command(Close(position="C"))
    assert played.state.held == {}
    assert counts(played) == ("", "")


def test_of_several_positions_the_soonest_counts_whichever_was_opened_first() -> None:
    """The call may stay over night, the put may not; and the other way round."""
    ladder = shipped_profile("ladder")
    soonest = "close exits", "15:15:00"
    assert counts(played_of([*BUY, *PUT], ladder, TODAY)) == soonest
    assert counts(played_of([*PUT, *BUY], ladder, TODAY)) == soonest
    played = play([*BUY, *PUT, "10:00:01 49.9 50.1"], profile("session_cutoff lunch=false"))
    early = profile("session_cutoff lunch=false close_lead_min=60").toml.replace('"test"', '"early"', 1)
    window = projector(played)
    assert played.command(ApplyProfile(toml=early, positions=("P",))).accepted
    strip = window.frame().status
    assert clock(strip.next_cutoff_ns or 0) == "14:30:00"
    played.command(Close(position="P"))
    strip = window.frame().status
    assert clock(strip.next_cutoff_ns or 0) == "15:15:00"


def test_who_does_not_act_takes_nothing_off() -> None:
    played = play([*BUY, "10:00:01 49.9 50.1"], profile("session_cutoff"))
    window = projector(played)

    def shown(*commands: Any) -> str:
        for command in commands:
            assert played.command(command).accepted
        return window.frame().status.next_cutoff

    assert shown() == "lunch exits"
    assert shown(SetMode(position="C", mode="observe")) == ""
    assert shown(SetMode(position="C", mode="automatic")) == "lunch exits"
    assert shown(TakeOver(position="C")) == ""
    assert shown(HandBack(position="C")) == "lunch exits"
    assert shown(SetSession(state="halted")) == ""


# ---------------------------------------------------------------- the close of a contract

NEW_YORK = "America/New_York"


def american(symbol: str, underlying: str) -> Instrument:
    """An option that expires today."""
    return replace(option(symbol, "C", days=0), underlying=underlying, currency="USD", market="us")


def closes(*bought: str) -> tuple[Frame, dict[str, str]]:
    """The frame with positions on X (SPX, closes with the cash market) and Y (SPY), and each one's close."""
    lines: list[Line] = []
    for symbol in bought:
        lines += [f"10:00:00 {symbol} 5 5.1 underlying_price=500", f"10:00:00 buy 1 {symbol}"]
    instruments = {"X": american("X", "SPX"), "Y": american("Y", "SPY")}
    played = played_of(lines, profile("session_cutoff"), instruments, market="us", zone=NEW_YORK)
    assert played.command(WatchChain(underlying="SPY", expiry=DAY.isoformat())).accepted
    frame = projector(played).frame()
    return frame, {row.symbol: clock(row.closes_ns or 0, NEW_YORK) for row in frame.positions}


@pytest.mark.parametrize("bought", ["XY", "YX"])
def test_every_position_and_every_chain_closes_with_its_own_product(bought: str) -> None:
    frame, rows = closes(*bought)
    assert rows == {"X": "16:00:00", "Y": "16:15:00"}
    assert frame.chain is not None
    assert clock(frame.chain.closes_ns or 0, NEW_YORK) == rows["Y"]
    assert clock(frame.status.next_cutoff_ns or 0, NEW_YORK) == "15:45:00"


def test_what_does_not_close_today_has_no_close() -> None:
    played = play(BUY, profile("session_cutoff lunch=false"))
    played.held.contract.view.close_t = nan
    frame = projector(played).frame()
    assert [row.closes_ns for row in frame.positions] == [None]
    assert (frame.status.next_cutoff, frame.status.next_cutoff_ns) == ("", None)
