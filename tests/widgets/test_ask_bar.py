"""One question at a time: Enter answers, a refusal stays to be mended, Esc asks no more, exits go through."""

from dataclasses import replace

from PySide6.QtCore import Qt

from cockpit.commands import Close, HoldUntil, Reduce, SetStop, Veto
from tests.widgets import frames
from tests.widgets.conftest import Table

K, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier


def test_n_off_is_typed_and_sent_with_enter(full: Table) -> None:
    full.press(K.Key_N)
    ask = full.window.ask
    assert ask.isVisible()
    full.qtbot.keyClicks(ask.line, "1000")
    full.qtbot.keyClick(ask.line, K.Key_Return)
    assert ask.isVisible()
    assert ask.refusal == "Only 195 are held."
    assert full.commands == []
    ask.line.selectAll()
    full.qtbot.keyClicks(ask.line, "65")
    assert ask.refusal == ""
    full.qtbot.keyClick(ask.line, K.Key_Return)
    assert full.commands == [Reduce(position="P0001", contracts=65)]
    assert not ask.isVisible()


def test_letters_are_the_lines_and_not_the_windows(full: Table) -> None:
    full.press(K.Key_P)
    full.qtbot.keyClicks(full.window.ask.line, "vbth")
    assert full.commands == []
    full.qtbot.keyClick(full.window.ask.line, K.Key_Escape)
    assert not full.window.ask.isVisible()
    full.press(K.Key_B)
    assert len(full.commands) == 1


def test_taking_off_is_never_kept_waiting_by_a_question(full: Table) -> None:
    full.press(K.Key_P)
    full.qtbot.keyClick(full.window.ask.line, K.Key_F4)
    assert full.commands == [Close(position="P0001")]


def test_the_stop_begins_with_what_it_is(full: Table) -> None:
    full.press(K.Key_P)
    assert full.window.ask.line.text() == f"{frames.positions()[0].stop:.2f}"
    full.qtbot.keyClick(full.window.ask.line, K.Key_Return)
    stop = frames.positions()[0].stop
    assert full.commands == [SetStop(position="P0001", price=stop or 0.0, was=stop)]


def test_a_stop_is_moved_from_where_it_was_when_it_was_asked_for(full: Table) -> None:
    rows = frames.positions()
    full.press(K.Key_P)
    full.show(frames.frame(positions=(replace(rows[0], stop=77.53), *rows[1:])), after_s=0.02)
    full.qtbot.keyClick(full.window.ask.line, K.Key_Return)
    assert full.commands == [SetStop(position="P0001", price=76.53, was=76.53)]


def test_a_veto_with_span_and_reason_by_keys_alone(full: Table) -> None:
    full.press(K.Key_V, SHIFT)
    ask = full.window.ask
    full.qtbot.keyClicks(ask.line, "gap")
    full.qtbot.keyClick(ask.choice, K.Key_Down)
    full.qtbot.keyClick(ask.choice, K.Key_Return)
    assert full.commands == [Veto(position="P0001", rule="open_interest_reversal", for_s=1_800.0, reason="gap")]


def test_hold_until(full: Table) -> None:
    full.press(K.Key_U)
    full.qtbot.keyClick(full.window.ask.line, K.Key_Return)
    assert full.commands == [HoldUntil(position="P0001", for_s=600.0)]


def test_after_a_veto_its_reason_is_one_key(full: Table) -> None:
    full.press(K.Key_V)
    full.show(frames.frame(pending=()))
    full.recorder.answer("vetoed until 10:15")
    assert full.window.bar.reasons["veto_reason_2"].isVisibleTo(full.window.bar)
    full.press(K.Key_2)
    assert full.commands[-1] == Veto(position="P0001", rule="open_interest_reversal", reason="trend")


def test_without_a_veto_the_reason_keys_do_nothing(full: Table) -> None:
    full.press(K.Key_1)
    assert full.commands == []
