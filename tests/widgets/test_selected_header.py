"""The buttons of the selected position."""

from collections.abc import Callable

import pytest

from cockpit.commands import Close, HandBack, Reduce, SetMode, StopByTicks, StopToBreakEven, TakeOver
from tests.widgets import frames
from tests.widgets.conftest import Table


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("quarter", Reduce(position="P0001", fraction=0.25)),
        ("half", Reduce(position="P0001", fraction=0.5)),
        ("sixty", Reduce(position="P0001", fraction=0.6)),
        ("all", Close(position="P0001")),
        ("break_even", StopToBreakEven(position="P0001")),
        ("stop_up", StopByTicks(position="P0001", ticks=1)),
        ("stop_down", StopByTicks(position="P0001", ticks=-1)),
        ("take_over", TakeOver(position="P0001")),
        ("mode", SetMode(position="P0001", mode="confirm")),
    ],
)
def test_a_button_sends_its_command_and_shows_sending(full: Table, name: str, command: object) -> None:
    button = full.window.cockpit.header.buttons[name]
    button.click()
    assert full.commands == [command]
    assert button.sending
    button.click()
    assert len(full.commands) == 1
    full.recorder.answer("done")
    assert not button.sending
    assert full.window.bar.sentence()[1] == "done"


def test_fractions_of_one_lot_are_off_with_the_reason(table: Table) -> None:
    table.show(frames.one_lot())
    buttons = table.window.cockpit.header.buttons
    for name in ("quarter", "half", "sixty"):
        assert not buttons[name].isEnabled()
        assert buttons[name].toolTip() == "one lot cannot be split"
    assert buttons["all"].isEnabled()


def test_without_a_position_everything_is_off(table: Table) -> None:
    table.show(frames.empty())
    buttons = table.window.cockpit.header.buttons
    assert {button.toolTip() for button in buttons.values()} == {"no position is selected"}
    assert not any(button.isEnabled() for button in buttons.values())


def test_what_is_led_by_hand_is_handed_back(table: Table) -> None:
    table.show(frames.quiet())
    table.window.cockpit.grid.select("P0006")
    table.now_s += 2
    button = table.window.cockpit.header.buttons["take_over"]
    assert button.text() == "Hand back"
    button.click()
    assert table.commands == [HandBack(position="P0006")]


def test_the_key_t_is_printed_only_where_it_acts(full: Table) -> None:
    header, bar = full.window.cockpit.header, full.window.bar
    assert "(T)" in header.buttons["take_over"].toolTip()
    full.window.cockpit.grid.select("P0003")
    full.show(frames.frame())
    assert bar.shown is not None
    assert bar.shown.position_id == "P0001"
    assert "(T)" not in header.buttons["take_over"].toolTip()
    header.buttons["take_over"].click()
    assert full.commands[-1] == TakeOver(position="P0003")


@pytest.mark.parametrize("size", [(1280, 720), (1600, 1000), (1920, 1080)])
def test_words_and_buttons_have_their_room(make_table: Callable[..., Table], size: tuple[int, int]) -> None:
    table = make_table(size=size)
    table.show(frames.quiet())
    header = table.window.cockpit.header
    shown = [button for button in header.buttons.values() if button.isVisibleTo(header)]
    boxes = [button.geometry() for button in shown]
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    assert {"quarter", "half", "sixty", "all", "mode"} <= {n for n, b in header.buttons.items() if b in shown}
    if size[0] == 1920:
        assert len(shown) == len(header.buttons)
