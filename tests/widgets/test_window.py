"""The window: frames in, commands out, and nothing that a trader could do by accident."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from cockpit.commands import (
    Close,
    Flatten,
    GoNow,
    Reduce,
    SetMode,
    SetSession,
    StopByTicks,
    StopToBreakEven,
    TakeOver,
    Veto,
    Watch,
)
from tests.widgets import frames
from tests.widgets.conftest import Table
from widgets.parts.button import HOLD_S, ActionButton

K, CTRL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
P = "P0001"


@pytest.mark.parametrize(
    ("key", "modifier", "command"),
    [
        (K.Key_F1, None, Reduce(position=P, fraction=0.25)),
        (K.Key_F2, None, Reduce(position=P, fraction=0.5)),
        (K.Key_F3, None, Reduce(position=P, fraction=0.6)),
        (K.Key_F4, None, Close(position=P)),
        (K.Key_B, None, StopToBreakEven(position=P)),
        (K.Key_M, None, SetMode(position=P, mode="confirm")),
        (K.Key_Up, CTRL, StopByTicks(position=P, ticks=1)),
        (K.Key_Down, CTRL, StopByTicks(position=P, ticks=-1)),
        (K.Key_V, None, Veto(position=P, rule="open_interest_reversal")),
        (K.Key_Return, None, GoNow(position=P, rule="open_interest_reversal")),
        (K.Key_Enter, None, GoNow(position=P, rule="open_interest_reversal")),
        (K.Key_T, None, TakeOver(position=P)),
        (K.Key_H, None, SetSession(state="halted")),
    ],
)
def test_every_key_sends_its_command(full: Table, key: Qt.Key, modifier: object, command: object) -> None:
    full.press(key, modifier)
    assert full.commands == [command]


def test_a_key_is_sent_once_until_it_is_answered(full: Table) -> None:
    full.press(K.Key_F1)
    full.press(K.Key_F1)
    assert len(full.commands) == 1
    full.recorder.answer("sells 65 of 195")
    full.press(K.Key_F1)
    assert len(full.commands) == 2


def test_a_refusal_is_a_sentence_in_the_bar_and_no_dialog(full: Table) -> None:
    full.press(K.Key_F2)
    full.recorder.answer("an exit is working: 195 sold at 78.25", accepted=False)
    assert full.window.bar.sentence()[1] == "an exit is working: 195 sold at 78.25"
    assert QApplication.activeModalWidget() is None


def test_enter_waits_until_the_decision_can_have_been_read(table: Table) -> None:
    table.show(frames.frame())
    table.now_s += 0.2
    table.press(K.Key_Return)
    assert table.commands == []
    table.now_s += 0.11
    table.press(K.Key_Return)
    assert table.commands == [GoNow(position=P, rule="open_interest_reversal")]


def test_enter_belongs_to_the_focused_button(full: Table) -> None:
    button = full.window.cockpit.header.buttons["half"]
    full.qtbot.keyClick(button, K.Key_Return)
    assert full.commands == [Reduce(position=P, fraction=0.5)]


def test_space_belongs_to_the_focused_button(full: Table) -> None:
    full.qtbot.keyClick(full.window.cockpit.header.buttons["all"], K.Key_Space)
    assert full.commands == [Close(position=P)]
    assert full.playback.playing


@pytest.mark.parametrize("down", [K.Key_Down, K.Key_J])
@pytest.mark.parametrize("up", [K.Key_Up, K.Key_K])
def test_rows_are_selected_by_keys(full: Table, down: Qt.Key, up: Qt.Key) -> None:
    full.press(down)
    assert full.window.cockpit.grid.selected_id == "P0002"
    assert full.recorder.commands[-1] == Watch(position="P0002")
    full.press(K.Key_F4)
    assert full.commands == [Close(position="P0002")]
    full.press(up)
    full.press(up)
    assert full.window.cockpit.grid.selected_id == P


def test_arrows_act_while_the_grid_has_the_keyboard(full: Table) -> None:
    full.qtbot.keyClick(full.window.cockpit.grid, K.Key_Down)
    assert full.window.cockpit.grid.selected_id == "P0002"


def test_a_row_that_came_up_by_itself_is_not_left_by_the_key_meant_for_the_one_before(full: Table) -> None:
    full.press(K.Key_F4)
    full.recorder.answer("sold all 195")
    full.show(frames.frame(positions=frames.positions()[1:], pending=()), after_s=0.1)
    assert full.window.cockpit.grid.selected_id == "P0002"
    full.press(K.Key_F4)
    assert full.commands == [Close(position=P)]
    assert "has just moved" in full.window.bar.sentence()[1]
    full.now_s += 1.0
    full.press(K.Key_F4)
    assert full.commands[-1] == Close(position="P0002")


def test_a_row_that_a_human_chose_is_acted_on_at_once(full: Table) -> None:
    full.press(K.Key_Down)
    full.press(K.Key_F4)
    assert full.commands == [Close(position="P0002")]


def test_without_a_position_keys_say_so(table: Table) -> None:
    table.show(frames.empty())
    table.press(K.Key_F1)
    assert table.commands == []
    assert table.window.bar.sentence() == ("Refused", "No position is selected.")


def test_flatten_wants_its_key_held(full: Table) -> None:
    full.qtbot.keyPress(full.window, K.Key_F12)
    full.pass_time(HOLD_S - 0.06)
    full.qtbot.keyRelease(full.window, K.Key_F12)
    full.now_s += 10
    full.window.tick()
    assert full.commands == []
    full.qtbot.keyPress(full.window, K.Key_F12)
    full.pass_time(HOLD_S + 0.04)
    assert full.commands == [Flatten()]
    assert full.window.strip.flatten.sending
    full.recorder.answer("flattening 6")
    assert full.window.bar.sentence()[1] == "flattening 6"


def test_a_hold_that_ends_early_says_so(full: Table) -> None:
    full.show(frames.quiet())
    flatten = full.window.strip.flatten
    full.qtbot.keyPress(full.window, K.Key_F12)
    full.pass_time(0.6)
    full.qtbot.keyRelease(full.window, K.Key_F12)
    assert full.window.bar.sentence()[1] == "Let go after 0.6 s: nothing was sent. Hold 0.8 s."
    full.qtbot.mousePress(flatten, Qt.MouseButton.LeftButton)
    full.pass_time(0.4)
    full.qtbot.mouseRelease(flatten, Qt.MouseButton.LeftButton)
    assert full.window.bar.sentence()[1] == "Let go after 0.4 s: nothing was sent. Hold 0.8 s."
    full.press(K.Key_F12)
    assert full.window.bar.sentence()[1] == "Let go after 0.0 s: nothing was sent. Hold 0.8 s."
    full.qtbot.keyPress(full.window, K.Key_F12)
    full.pass_time(0.2)
    full.press(K.Key_Down)
    assert full.window.bar.sentence()[1] == "Another key ended it after 0.2 s: nothing was sent. Hold 0.8 s."
    assert full.commands == []


def test_a_hold_while_the_window_stood_still_says_so(full: Table) -> None:
    full.show(frames.quiet())
    full.qtbot.keyPress(full.window, K.Key_F12)
    full.pass_time(0.1)
    full.now_s += 3.0  # no tick meanwhile
    full.qtbot.keyRelease(full.window, K.Key_F12)
    said = full.window.bar.sentence()[1]
    assert said == "The window stood still and saw only 0.1 s of the hold: nothing was sent. Hold 0.8 s again."
    assert full.commands == []


def test_a_hold_that_fires_is_not_said_to_have_ended_early(full: Table) -> None:
    full.show(frames.quiet())
    full.qtbot.keyPress(full.window, K.Key_F12)
    full.pass_time(HOLD_S + 0.04)
    full.qtbot.keyRelease(full.window, K.Key_F12)
    assert full.commands == [Flatten()]
    assert full.window.bar.notice is None


def test_flatten_with_nothing_open_says_so(table: Table) -> None:
    table.show(frames.empty())
    table.qtbot.keyPress(table.window, K.Key_F12)
    said = "Nothing to flatten: there is no open position, and no entry works."
    assert table.window.bar.sentence()[1] == said


def test_playback_keys(full: Table) -> None:
    full.show(frames.quiet())
    full.press(K.Key_Space)
    assert not full.playback.playing
    full.press(K.Key_Space)
    assert full.playback.playing
    full.press(K.Key_Period)
    assert full.playback.steps == 1
    full.press(K.Key_Plus, SHIFT)
    assert full.playback.speed == 120.0
    full.press(K.Key_Minus)
    full.press(K.Key_Minus)
    assert full.playback.speed == 30.0


def test_the_playback_slows_down_while_a_decision_asks_and_s_switches_that_off(table: Table) -> None:
    table.show(frames.frame())
    assert table.playback.slows
    table.press(K.Key_S)
    assert not table.playback.slows
    table.press(K.Key_S)
    assert table.playback.slows


def test_playback_buttons_and_their_ends(full: Table) -> None:
    controls = full.window.strip.playback
    full.show(frames.quiet())
    controls.play.click()
    assert not full.playback.playing
    full.window.tick()
    assert controls.play.accessibleName().startswith("play")
    full.playback.set_speed(1000.0)
    full.window.tick()
    assert not controls.faster.isEnabled()
    controls.slower.click()
    assert full.playback.speed == 600.0
    controls.step.click()
    assert full.playback.steps == 1


def test_keys_of_playing_do_nothing_for_a_live_feed(full: Table) -> None:
    full.window.set_playback(None)
    full.press(K.Key_Space)
    full.press(K.Key_Plus)
    assert full.playback.playing
    full.show(frames.quiet())


def test_question_mark_shows_every_key_and_a_key_that_is_read_about_is_not_meant_yet(full: Table) -> None:
    overlay = full.window.overlay
    assert not overlay.isVisible()
    full.press(K.Key_Question, SHIFT)
    assert overlay.isVisible()
    assert "take over, or hand back" in overlay.accessibleDescription()
    full.press(K.Key_F1)
    assert full.commands == []
    assert not overlay.isVisible()
    full.press(K.Key_F1)
    assert full.commands == [Reduce(position=P, fraction=0.25)]
    full.press(K.Key_Question, SHIFT)
    full.press(K.Key_Escape)
    assert not overlay.isVisible()
    full.press(K.Key_Question, SHIFT)
    full.qtbot.mouseClick(overlay, Qt.MouseButton.LeftButton)
    assert not overlay.isVisible()


def test_the_theme_can_be_changed_at_once(full: Table) -> None:
    dark = full.window.grab().toImage()
    full.press(K.Key_D, CTRL)
    assert full.window.look.theme == "light"
    light = full.window.grab().toImage()
    assert light.pixelColor(700, 800).lightness() > dark.pixelColor(700, 800).lightness() + 100
    full.press(K.Key_D, CTRL)
    assert full.window.look.theme == "dark"


def test_every_button_has_a_name_a_tooltip_and_can_be_reached_by_tab(full: Table) -> None:
    buttons = full.window.findChildren(ActionButton)
    assert len(buttons) >= 20
    for button in buttons:
        assert button.accessibleName(), button
        assert button.toolTip(), button
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_the_same_frame_is_not_shown_twice(full: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[object] = []
    monkeypatch.setitem(full.window._panes, "lists", shown.append)
    full.window.tick()
    assert shown == []
    made = frames.quiet()
    full.show(made)
    full.window.tick()
    assert shown == [made]


def test_a_pane_that_fails_is_left_out_and_the_others_go_on(full: Table) -> None:
    def broken(frame: object) -> None:
        raise ValueError("row 88 213: strike is empty")

    full.window._panes["rule board"] = broken
    with full.qtbot.captureExceptions() as seen:
        full.show(frames.empty())
        full.show(frames.quiet())
    assert [str(error) for _, error, _ in seen] == ["row 88 213: strike is empty"]
    assert "rule board" not in full.window._panes
    assert full.window.bar.sentence()[1].endswith("rules and exits go on")
    assert full.window.cockpit.grid.position("P0002") is not None


def test_the_first_frame_and_the_end_of_the_session_are_told_once(table: Table) -> None:
    told: list[str] = []
    table.window.first_shown.connect(lambda: told.append("first"))
    table.window.session_ended.connect(lambda: told.append("ended"))
    table.window.tick()
    assert told == []
    table.show(frames.quiet())
    table.show(frames.frame())
    ended = replace(frames.quiet(), ended=True)
    table.show(ended)
    table.show(replace(ended))
    assert told == ["first", "ended"]


def test_closing_asks_to_leave_and_leaves_the_closing_to_others(full: Table) -> None:
    full.window.close()
    assert full.left == ["closed"]
    assert full.window.isVisible()


def test_a_frozen_window_takes_nothing_any_more(full: Table) -> None:
    full.window.start()
    full.window.freeze()
    assert not full.window._timer.isActive()
    assert not full.window.isEnabled()
    assert full.window.dispatch.idle


@pytest.mark.parametrize("size", [(1280, 720), (1600, 1000)])
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", list(frames.ALL))
def test_every_state_can_be_painted(
    make_table: Callable[..., Table], name: str, theme: str, size: tuple[int, int]
) -> None:
    table = make_table(theme=theme, size=size)
    table.window.load_charts()
    table.show(frames.ALL[name]())
    picture = table.window.grab().toImage()
    assert (picture.width(), picture.height()) == size
    assert len({picture.pixel(x, y) for x in range(0, size[0], 9) for y in range(0, size[1], 9)}) > 12


@pytest.mark.parametrize(("size", "rows"), [((1280, 720), 6), ((1600, 1000), 8)])
def test_panes_have_their_designed_heights(make_table: Callable[..., Table], size: tuple[int, int], rows: int) -> None:
    table = make_table(size=size)
    table.show(frames.frame())
    window = table.window
    assert window.cockpit.grid.height() == window.cockpit.grid.height_for(rows)
    assert window.cockpit.board.width() == window.look.measures.rule_column
    assert window.cockpit.board.height() >= window.cockpit.board.height_for(8)
    assert window.cockpit.lists.height() >= window.cockpit.lists.height_for(3)
    heights = window.cockpit.grid.height()
    table.show(frames.thirty())
    table.show(frames.empty())
    assert window.cockpit.grid.height() == heights
