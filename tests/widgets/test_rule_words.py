"""What a rule says against its limit, in as many words as there is room for."""

from dataclasses import replace

import pytest

from cockpit.exits.registry import RULES
from tests.widgets import frames, frames_lists
from widgets.paint.theme import Look
from widgets.rules.rule_board import COMPACT, WIDE
from widgets.rules.rule_words import described, is_held_back, margin, readings, shown, state_of, told

ZONE = "Asia/Kolkata"
BOARD = {rule.rule: rule for rule in frames_lists.board()}


@pytest.mark.parametrize(
    ("name", "state", "words", "at_right"),
    [
        ("session_cutoff", "hold", "lunch exit 5 min before", "1:12:18"),
        ("holding_limit", "hold", "held 492 of 1\u202f200 s", "11:48"),
        ("theta_decay", "hold", "ten minutes cost 1.92 of 2 %", "0.08"),
        ("open_interest_reversal", "exit", "open interest fell 5.31 of 5 %", "over by 0.31"),
        ("exhaustion", "vetoed", "leaves at 76.90", "to 10:15"),
        ("protective_stop", "hold", "premium 78.35 over 65.87", "12.48"),
        ("greeks_trailing_stop", "exit", "suppressed by a tighter stop", "over by 0.18"),
        ("scale_out", "blind", "cannot see theta, theta a lookback ago, mark: quote too old", "blind"),
        ("profit_extreme", "advisory", "gain 943.0 of 2\u202f000 bps", "1\u202f057.0"),
        ("regime_change", "idle", "nothing left to look at", ""),
        ("volume_climax", "closed", "opens 20:00", ""),
        ("candle", "not offered", "not available in this market", ""),
    ],
)
def test_what_a_rule_says(name: str, state: str, words: str, at_right: str) -> None:
    rule = BOARD[name]
    assert (state_of(rule), readings(rule)[0], margin(rule, ZONE)) == (state, words, at_right)


@pytest.mark.parametrize(("width", "gauges"), [(528, WIDE), (424, COMPACT)])
def test_nothing_is_cut_at_the_designed_widths(look: Look, width: int, gauges: tuple[float, ...]) -> None:
    for rule in frames_lists.board():
        left = gauges[2] if state_of(rule) not in ("idle", "closed", "not offered") else gauges[0]
        room = width - 12 - left
        said = margin(rule, ZONE)
        beside = room - (look.width(said, 12, 600) + 8 if said else 0)
        gives_way = state_of(rule) == "blind" or is_held_back(rule)
        assert look.width(readings(rule)[-1], 11) <= (room if gives_way else beside), rule.rule


def test_the_first_words_that_fit_are_shown() -> None:
    words = readings(BOARD["theta_decay"])
    assert words == ("ten minutes cost 1.92 of 2 %", "1.92 of 2 %", "1.92 / 2 %", "1.92 / 2")
    assert [shown(words, lambda text, room=room: len(text) <= room) for room in (40, 12, 10, 3)] == list(words)


def test_a_value_that_has_fallen_to_its_limit_is_under_it() -> None:
    fallen = replace(BOARD["greeks_trailing_stop"], status="")
    assert readings(fallen)[0] == "premium 76.35 under 76.53"
    assert readings(replace(fallen, value="premium 76.53"))[0] == "premium 76.53 of 76.53"


def test_words_that_are_no_numbers_stay_as_they_are() -> None:
    assert readings(frames.rule("session_cutoff", value="10:07", limit="11:25"))[0] == "10:07 of 11:25"
    assert readings(frames.rule("theta_decay", value="", limit="600 s"))[0] == "600 s"
    assert margin(frames.rule("theta_decay", margin="over by 0.3"), ZONE) == "over by 0.3"
    assert margin(frames.rule("theta_decay", margin="-0.28"), ZONE) == "−0.28"


def test_what_keeps_a_rule_from_acting_is_said_in_fewer_words() -> None:
    assert readings(BOARD["divergence"])[1:] == ("loses to open interest reversal", "loses to OI reversal")
    assert readings(BOARD["time_limit"])[1] == "last exit order was refused"
    assert is_held_back(BOARD["time_limit"])
    assert not is_held_back(BOARD["open_interest_reversal"])
    assert not is_held_back(replace(BOARD["time_limit"], status="leaving"))
    assert readings(replace(BOARD["time_limit"], status="leaving"))[0] == "leaving"


def test_a_veto_without_a_word_shows_the_reading() -> None:
    assert readings(replace(BOARD["exhaustion"], kind="hold"))[0] == "gamma 0.0031 of 0.0050"
    assert margin(replace(BOARD["exhaustion"], until_ns=None), ZONE) == "vetoed"


def test_a_screen_reader_hears_the_whole_line() -> None:
    said = described(BOARD["open_interest_reversal"], ZONE)
    assert said == "Open interest reversal: due, open interest fell 5.31 of 5 %, over by 0.31, vetoable"


def test_a_tip_says_what_a_rule_is_for_and_who_may_stop_it() -> None:
    said = told(BOARD["exhaustion"], ZONE).splitlines()
    assert said[0] == "Exhaustion"
    assert said[1] == RULES["exhaustion"].help
    assert "leaves at 76.90" in said
    assert said[-2:] == ["vetoable: counts down before it acts", "vetoed to 10:15"]
    assert told(BOARD["candle"], ZONE).startswith("Candle")
