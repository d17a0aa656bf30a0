"""From an action and a row to one command, or to a sentence."""

import pytest

from cockpit.commands import (
    CancelExit,
    Close,
    Command,
    HandBack,
    Reduce,
    SetMode,
    StopByTicks,
    StopToBreakEven,
    TakeOver,
)
from tests.widgets.frames import position
from widgets.acting.actions import ON_POSITION, position_command

P = "P0001"


@pytest.mark.parametrize(
    ("action", "command"),
    [
        ("quarter", Reduce(position=P, fraction=0.25)),
        ("half", Reduce(position=P, fraction=0.5)),
        ("sixty", Reduce(position=P, fraction=0.6)),
        ("all", Close(position=P)),
        ("cancel", CancelExit(position=P)),
        ("take_over", TakeOver(position=P)),
        ("mode", SetMode(position=P, mode="confirm")),
        ("break_even", StopToBreakEven(position=P)),
        ("stop_up", StopByTicks(position=P, ticks=1)),
        ("stop_down", StopByTicks(position=P, ticks=-1)),
    ],
)
def test_every_action_on_a_position_is_one_command(action: str, command: Command) -> None:
    assert position_command(action, position()) == command


def test_there_is_no_action_without_a_command() -> None:
    assert all(position_command(action, position()) for action in ON_POSITION)
    with pytest.raises(ValueError, match="'veto' is no action on a position"):
        position_command("veto", position())


@pytest.mark.parametrize(("mode", "wanted"), [("auto", "confirm"), ("confirm", "observe"), ("observe", "automatic")])
def test_the_mode_goes_round(mode: str, wanted: str) -> None:
    assert position_command("mode", position(mode=mode)) == SetMode(position=P, mode=wanted)  # type: ignore[arg-type]


def test_what_a_human_leads_is_handed_back_before_its_mode_changes() -> None:
    led = position(mode="taken over")
    assert position_command("take_over", led) == HandBack(position=P)
    assert isinstance(position_command("mode", led), str)


def test_one_lot_is_not_split_but_left_whole() -> None:
    one = position(split_refusal="one lot cannot be split")
    assert position_command("half", one) == "one lot cannot be split"
    assert position_command("all", one) == Close(position=P)


@pytest.mark.parametrize("level_side", [1, -1])
def test_up_is_towards_the_price_where_the_stop_lies_below_it(level_side: int) -> None:
    row = position(level_side=level_side)
    assert position_command("stop_up", row) == StopByTicks(position=P, ticks=level_side)
    assert position_command("stop_down", row) == StopByTicks(position=P, ticks=-level_side)
