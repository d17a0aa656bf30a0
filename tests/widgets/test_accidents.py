"""Nothing happens by accident: what is out of sight, has just changed, or was meant for something else is not done."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDockWidget, QWidget

from cockpit.commands import CancelExit, Close, Flatten, GoNow, Reduce, SetStop, StopByTicks, TakeOver, Veto, Watch
from tests.widgets import frames
from tests.widgets.conftest import Table
from tests.widgets.ways_cockpit import busy, everything
from widgets.acting import keymap
from widgets.grid.position_row import take_boxes
from widgets.parts.button import HOLD_S

K = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def other_decision() -> frames.Frame:
    """Another position's exit is pending instead of the one that was."""
    row = frames.positions()[2]
    return frames.frame(pending=(replace(frames.pending(), position_id=row.id, label=row.label, rule="theta_decay"),))


def test_f12_let_go_with_shift_does_not_flatten(full: Table) -> None:
    full.qtbot.keyPress(full.window, K.Key_F12)
    full.window.tick()
    full.qtbot.keyPress(full.window, K.Key_Shift, SHIFT)
    full.qtbot.keyRelease(full.window, K.Key_F12, SHIFT)
    full.pass_time(2 * HOLD_S)
    assert full.commands == []


def test_flatten_on_another_key_is_let_go_with_it_whatever_goes_first(full: Table) -> None:
    assert keymap.active.remap({"flatten": ("Ctrl+F",), "search": ("Ctrl+Alt+F",)}) == []
    try:
        full.qtbot.keyPress(full.window, K.Key_F, CTRL)
        full.window.tick()
        full.qtbot.keyRelease(full.window, K.Key_Control)
        full.qtbot.keyRelease(full.window, K.Key_F)
        full.pass_time(2 * HOLD_S)
        assert full.commands == []
    finally:
        keymap.active.remap({})


def test_another_key_ends_the_holding(full: Table) -> None:
    full.qtbot.keyPress(full.window, K.Key_F12)
    full.pass_time(0.3)
    full.press(K.Key_Down)
    full.pass_time(2 * HOLD_S)
    assert Flatten() not in full.commands


def test_a_ticket_that_nobody_sees_sends_nothing(full: Table) -> None:
    busy(full)
    full.window.show_page("chain")
    full.show(everything())
    chain = full.window.pages.chain
    assert chain is not None
    full.qtbot.keyClick(chain.chain.grid, K.Key_Return)
    chain.ticket.submit()
    assert chain.ticket.reviewing
    full.window.show_page("cockpit")
    full.now_s += 300.0
    full.show(everything())
    full.press(K.Key_Return, CTRL)
    assert full.commands == []
    full.window.show_page("chain")
    assert not chain.ticket.reviewing


def focusable(full: Table) -> list[QWidget]:
    found = (each for each in full.window.findChildren(QWidget) if each.isVisible() and each.isEnabled())
    return [each for each in found if each.focusPolicy() & Qt.FocusPolicy.TabFocus]


def test_enter_on_whatever_has_the_ring_is_never_go_now(full: Table) -> None:
    bar, grid = full.window.bar, full.window.cockpit.grid
    seen = 0
    for widget in focusable(full):
        if widget is bar.go or widget is grid or not widget.isVisible() or not widget.isEnabled():
            continue  # Enter on one before may have put it away
        seen += 1
        full.recorder.answer("")
        full.recorder.commands.clear()
        full.now_s += 1.0
        widget.setFocus()
        full.qtbot.keyClick(widget, K.Key_Return)
        assert not any(isinstance(c, GoNow) for c in full.commands), widget.accessibleName()
        full.window.show_page("cockpit")
        full.window.overlay.hide()
        full.window.ask.leave()
    assert seen > 20


def test_a_second_enter_after_a_question_is_not_go_now(full: Table) -> None:
    full.press(K.Key_N)
    full.qtbot.keyClicks(full.window.ask.line, "65")
    full.qtbot.keyClick(full.window.ask.line, K.Key_Return)
    full.press(K.Key_Return)
    assert full.commands == [Reduce(position="P0001", contracts=65)]
    full.now_s += 0.6
    full.press(K.Key_Return)
    assert isinstance(full.commands[-1], GoNow)


def test_what_is_shown_catches_up_with_what_is_selected(full: Table) -> None:
    full.press(K.Key_Down)
    full.press(K.Key_Up)  # within one frame: the wish for P0001 is not needed yet, the one for P0002 is on its way
    assert full.window.cockpit.grid.selected_id == "P0001"
    full.recorder.answer("")
    rows, detail = frames.positions(), frames.frame().detail
    assert detail is not None
    full.show(frames.frame(detail=replace(detail, position=rows[1])), after_s=0.02)
    assert full.recorder.commands[-1] == Watch(position="P0001")


def test_the_ladder_moves_the_stop_of_the_position_it_shows(full: Table) -> None:
    full.window.cockpit.selected.stop_wanted.emit("P0002", 70.0, 69.5)
    assert full.commands == [SetStop(position="P0002", price=70.0, typed=False, was=69.5)]


def test_a_button_of_a_row_that_slid_under_the_mouse_waits(full: Table) -> None:
    grid = full.window.cockpit.grid
    take = next(place for place in grid.places if place.column.key == "take")
    box = (
        dict(take_boxes(grid._row_rect(0).toRectF(), take.left))["all"]
        if hasattr(grid._row_rect(0), "toRectF")
        else None
    )
    where = box.center().toPoint() if box is not None else QPoint(round(take.left) + 82, grid._row_rect(0).center().y())
    full.show(frames.frame(positions=frames.positions()[1:], pending=()), after_s=0.02)
    full.qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert full.commands == []
    full.now_s += 0.6
    full.qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert full.commands == [Close(position="P0002")]


@pytest.mark.parametrize("key", [K.Key_V, K.Key_T, K.Key_Return])
def test_a_decision_that_has_just_come_up_is_not_decided(full: Table, key: Qt.Key) -> None:
    full.show(other_decision(), after_s=0.02)
    full.press(key)
    assert full.commands == []
    full.now_s += 0.31
    full.press(key)
    assert isinstance(full.commands[0], Veto | TakeOver | GoNow)


ECHOES = {K.Key_V: Veto, K.Key_T: TakeOver, K.Key_Return: GoNow}


@pytest.mark.parametrize("key", list(ECHOES))
def test_a_key_pressed_twice_does_not_answer_the_next_decision(full: Table, key: Qt.Key) -> None:
    full.press(key)
    full.recorder.answer("")
    full.show(other_decision(), after_s=0.05)
    full.now_s += 0.4  # the next one could have been read meanwhile
    full.press(key)
    assert [type(command) for command in full.commands] == [ECHOES[key]]
    assert "press again if you mean it" in full.window.bar.sentence()[1]
    full.now_s += 0.6
    full.press(key)
    assert [command.position for command in full.commands] == ["P0001", "P0003"]  # type: ignore[union-attr]


def test_another_key_may_answer_the_next_decision(full: Table) -> None:
    full.press(K.Key_T)
    full.recorder.answer("")
    full.show(other_decision(), after_s=0.05)
    full.now_s += 0.4
    full.press(K.Key_V)
    assert isinstance(full.commands[-1], Veto)


def test_the_button_of_the_bar_pressed_twice_does_not_answer_the_next_decision(full: Table) -> None:
    take_over = full.window.bar.take_over
    full.qtbot.mouseClick(take_over, Qt.MouseButton.LeftButton)
    full.recorder.answer("")
    full.show(other_decision(), after_s=0.05)
    full.now_s += 0.4
    full.qtbot.mouseClick(take_over, Qt.MouseButton.LeftButton)
    assert full.commands == [TakeOver(position="P0001")]


def test_a_second_t_does_not_take_the_selected_position_over(full: Table) -> None:
    full.show(other_decision())
    full.now_s += 0.4
    full.press(K.Key_T)
    full.recorder.answer("")
    full.show(frames.frame(pending=()), after_s=0.5)
    full.press(K.Key_T)
    assert full.commands == [TakeOver(position="P0003")]
    assert "press again if you mean it" in full.window.bar.sentence()[1]
    full.now_s += 0.6
    full.press(K.Key_T)
    assert full.commands[-1] == TakeOver(position="P0001")


def asked(*, position: int) -> frames.Frame:
    """That position's exit waits for a yes."""
    row = frames.positions()[position]
    waits = replace(frames.pending(), position_id=row.id, label=row.label, waits="confirm")
    return frames.frame(pending=(waits,))


@pytest.mark.parametrize("then", ["another", "none"])
def test_a_second_x_does_not_say_no_to_anything_else(full: Table, then: str) -> None:
    full.show(asked(position=2))
    full.now_s += 1.0
    full.window.tick()
    full.press(K.Key_X)
    assert full.commands == [CancelExit(position="P0003")]
    full.recorder.answer("")
    full.show(asked(position=1) if then == "another" else frames.frame(pending=()), after_s=0.05)
    full.now_s += 0.4
    full.press(K.Key_X)
    assert full.commands == [CancelExit(position="P0003")]
    assert "press again if you mean it" in full.window.bar.sentence()[1]
    full.now_s += 0.6
    full.press(K.Key_X)
    assert full.commands[-1] == CancelExit(position="P0002" if then == "another" else "P0001")


def test_undo_is_never_where_go_now_comes_up(full: Table) -> None:
    bar = full.window.bar
    assert not bar.undo.geometry().intersects(bar.go.geometry())
    full.show(other_decision(), after_s=0.02)
    full.qtbot.mouseClick(bar.go, Qt.MouseButton.LeftButton)
    assert full.commands == []


def test_x_means_the_selected_position(full: Table) -> None:
    rows = list(frames.positions())
    rows[2] = replace(rows[2], state="leaving", working="working 60")
    full.show(frames.frame(positions=tuple(rows), pending=()))
    full.press(K.Key_X)
    assert full.commands == [CancelExit(position="P0001")]
    full.now_s += 1.0
    full.window.tick()
    full.qtbot.mouseClick(full.window.bar.cancel, Qt.MouseButton.LeftButton)
    assert full.commands[-1] == CancelExit(position="P0003")


def test_keys_on_another_page_ask_first_and_their_repeats_do_nothing(full: Table) -> None:
    full.window.show_page("settings")
    full.window.setFocus()
    full.press(K.Key_Up, CTRL)
    assert full.commands == []
    assert full.window.pages.current == "cockpit"
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent

    for _ in range(3):
        full.window.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, K.Key_Up, CTRL, "", True))
    assert full.commands == []
    full.press(K.Key_Up, CTRL)
    assert full.commands == [StopByTicks(position="P0001", ticks=1)]


def test_a_pane_that_floats_hands_its_keys_on(full: Table) -> None:
    dock: QDockWidget = full.window.cockpit.page.docks["rules"]
    full.window.cockpit.page.set_arranging(True)
    dock.setFloating(True)
    try:
        full.qtbot.keyClick(dock, K.Key_F4)
        assert full.commands == [Close(position="P0001")]
    finally:
        dock.setFloating(False)


def test_a_position_that_no_pane_shows_is_not_acted_on(full: Table) -> None:
    docks = full.window.cockpit.page.docks
    docks["grid"].hide()
    docks["selected"].hide()
    full.press(K.Key_F4)
    assert full.commands == []


def test_a_pane_that_failed_does_not_silence_the_bar(full: Table) -> None:
    full.show(frames.frame(pending=()))
    full.window.show_fault(RuntimeError("of a pane"))
    assert full.window.bar.sentence()[0] == "Something stopped"
    full.press(K.Key_Escape)
    full.press(K.Key_F1)
    full.recorder.answer("sells 65 of 195")
    assert full.window.bar.sentence()[0] == "sells 65 of 195"
    full.window.show_fault(RuntimeError("of the engine"), engine=True)
    full.press(K.Key_Escape)
    assert "engine has stopped" in full.window.bar.sentence()[1]
