"""A position that was found beyond its stop: seen in its row, said in the bar, and decided there or by keys."""

from dataclasses import replace

import pytest

from cockpit.commands import Close, SetMode, SetStop
from tests.widgets import frames_live
from tests.widgets.conftest import Table
from tests.widgets.hands import K, click, keys, press


@pytest.fixture
def shown(table: Table) -> Table:
    """The frame, with another position selected."""
    table.window.set_playback(None)
    table.show(frames_live.found())
    table.window.cockpit.grid.select(frames_live.found().positions[0].id)
    table.recorder.answer("")
    table.now_s += 2.0
    table.show(frames_live.found())
    return table


FOUND = frames_live.found().positions[-1]


def visible(table: Table) -> set[str]:
    return {name for name, button in table.window.bar.found.items() if button.isVisible()}


def test_the_bar_says_it_and_offers_the_ways(shown: Table) -> None:
    head, second = shown.window.bar.sentence()
    assert head.startswith(f"{FOUND.label}: it is only observed and nothing rests; take it off, or move its stop")
    assert second.endswith("at once (stop reached: premium 1.61 against 2.38 points)")
    assert visible(shown) == {"stop_price", "mode", "all"}


@pytest.mark.parametrize("width", [1280, 1600])
def test_what_to_do_about_it_is_whole(shown: Table, width: int) -> None:
    """It was cut at the decisive words, behind how it was found and how to arm."""
    window, bar = shown.window, shown.window.bar
    window.resize(width, 800)
    look = window.look
    assert look.width(bar.sentence()[0], 13, 600) <= bar.found["stop_price"].x() - 10 - 54
    made = frames_live.found()
    shown.show(replace(made, status=replace(made.status, is_live_money=True, is_armed=False)))
    head, second = bar.sentence()
    assert head.startswith("Not armed: nothing is opened, no rule acts and nothing rests; your own exits are sent")
    assert f" · {FOUND.label}: it is only observed" in second
    assert second.endswith("put it on automatic")
    assert look.width(head, 13, 600) <= bar.width() - 54 - 12
    assert look.width(second, 11) <= bar.width() - 54 - 12


@pytest.mark.parametrize(
    ("action", "command"),
    [("mode", SetMode(position=FOUND.id, mode="automatic")), ("all", Close(position=FOUND.id))],
)
def test_its_buttons_mean_it_whatever_is_selected(shown: Table, action: str, command: object) -> None:
    assert shown.window.cockpit.grid.selected_id != FOUND.id
    click(shown, shown.window.bar.found[action])
    assert shown.commands == [command]


def test_a_button_that_has_just_come_up_is_not_meant(shown: Table) -> None:
    made = frames_live.found()
    shown.show(replace(made, status=replace(made.status, critical="the broker has gone")))
    shown.show(made, after_s=0.1)
    shown.now_s += 0.5
    click(shown, shown.window.bar.found["all"])
    assert shown.commands == []
    assert "press again" in shown.window.bar.sentence()[1]


def test_its_stop_is_typed(shown: Table) -> None:
    click(shown, shown.window.bar.found["stop_price"])
    assert FOUND.label in shown.window.ask.accessibleName()
    keys(shown, "1.2", K.Key_Return)
    assert shown.commands == [SetStop(position=FOUND.id, price=1.2)]


def test_keys_are_on_its_buttons_only_while_they_mean_it(shown: Table) -> None:
    made = frames_live.found()
    assert made.detail is not None
    narrow = shown.window.bar.found["all"].sizeHint().width()
    shown.show(replace(made, detail=replace(made.detail, position=FOUND)))
    assert shown.window.bar.found["all"].sizeHint().width() > narrow


def test_what_happened_since_comes_first(shown: Table) -> None:
    made = frames_live.found()
    shown.show(replace(made, status=replace(made.status, critical="the broker has gone")))
    assert shown.window.bar.sentence() == ("Alert", "the broker has gone")
    assert visible(shown) == set()


def test_a_new_alert_does_not_wait_for_an_answer_to_be_read(table: Table) -> None:
    calm = frames_live.frame(status=replace(frames_live.frame().status, critical=""))
    table.show(calm)
    table.window.bar.say("compared", "said", table.now_s)
    table.show(replace(calm, status=replace(calm.status, critical="the broker has gone")), after_s=0.1)
    assert table.window.bar.sentence()[1] == "the broker has gone"


def test_its_row_is_marked_until_somebody_decides(shown: Table) -> None:
    grid = shown.window.cockpit.grid
    grid.select(FOUND.id)
    assert "found beyond its stop" in grid.accessibleDescription()
    made = frames_live.found()
    seen = tuple(replace(each, state="acknowledged") for each in made.alerts)
    shown.show(replace(made, alerts=seen))
    assert visible(shown) == set()
    assert "found beyond its stop" in grid.accessibleDescription()
    decided = tuple(replace(each, state="resolved") for each in made.alerts)
    shown.show(replace(made, alerts=decided))
    assert "found beyond its stop" not in grid.accessibleDescription()


def test_a_kill_needs_no_reason_and_its_scope_has_the_keyboard(shown: Table) -> None:
    press(shown, "kill")
    ask = shown.window.ask
    assert ask.choice.hasFocus()
    assert ask.line.isVisible()
    keys(shown, K.Key_Escape)
    press(shown, "kill")
    assert ask.line.text() == ""
