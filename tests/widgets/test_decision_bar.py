"""What happens next, in one place, in every state."""

from dataclasses import replace

import pytest

from cockpit.commands import GoNow, TakeOver, Unveto, Veto
from tests.widgets import frames
from tests.widgets.conftest import Table
from widgets.decision_bar import NOTICE_S, SAID_S, UNREADY_S, DecisionBar
from widgets.paint.theme import Look


def shown_buttons(bar: DecisionBar) -> set[str]:
    names = ("veto", "take_over", "go", "undo", "previous", "next")
    return {name for name in names if getattr(bar, name).isVisibleTo(bar)}


def test_before_the_first_frame_it_says_what_it_waits_for(table: Table) -> None:
    table.window.bar.set_waiting("Reading 17 Nov")
    table.window.tick()
    assert table.window.bar.sentence() == ("Reading 17 Nov", "")


def test_nothing_pending_names_what_is_next(table: Table) -> None:
    table.show(frames.quiet())
    head, second = table.window.bar.sentence()
    assert head == "GOOG 310 C: sells 4, 1 filled"
    assert second.startswith("next by clock: theta decay")
    table.show(frames.vetoed(), after_s=0)
    table.show(frames.empty())
    assert table.window.bar.sentence() == ("Nothing pending", "first entry at 09:20")
    assert shown_buttons(table.window.bar) == set()


def test_a_pending_exit_says_what_why_and_what_silence_means(full: Table) -> None:
    bar = full.window.bar
    head, second = bar.sentence()
    assert head == "Open interest reversal sells all 195 of NIFTY 26150 C"
    assert second.endswith("limit 5.0 % · confidence 0.85 · silence means go")
    assert shown_buttons(bar) == {"veto", "take_over", "go"}
    assert head in bar.accessibleDescription()


def test_silence_may_mean_hold(table: Table) -> None:
    table.show(frames.frame(pending=(frames.pending(on_timeout="hold", waits="confirm"),)))
    assert table.window.bar.sentence()[1].endswith("silence means hold")


def test_a_mandatory_exit_has_no_veto(table: Table) -> None:
    table.show(frames.frame(pending=(frames.pending(binding="mandatory"),)))
    assert shown_buttons(table.window.bar) == {"take_over", "go"}
    table.window.controls.run("veto")
    assert table.commands == []
    assert "cannot be vetoed" in table.window.bar.sentence()[1]


def test_a_blind_one_can_only_be_taken_over(table: Table) -> None:
    table.show(frames.blind())
    assert shown_buttons(table.window.bar) == {"take_over"}
    table.now_s += 1
    table.window.controls.run("go")
    assert table.commands == []


def test_several_are_shown_soonest_first_and_the_human_may_look_at_another(table: Table) -> None:
    made = frames.several()
    table.show(made)
    bar = table.window.bar
    assert shown_buttons(bar) == {"veto", "take_over", "go", "previous", "next"}
    assert bar.shown is made.pending[0]
    bar.move_shown(-1)
    assert bar.shown is made.pending[0]
    table.window.controls.run("next_decision")
    table.window.controls.run("next_decision")
    table.window.controls.run("next_decision")
    assert bar.shown is made.pending[2]
    table.show(frames.frame(pending=made.pending[1:]))
    assert bar.shown is made.pending[2]
    table.show(frames.frame(pending=made.pending[1:2]))
    assert bar.shown is made.pending[1]
    table.show(made)
    assert bar.shown is made.pending[0]


def test_a_decision_is_not_ready_for_enter_at_once(table: Table) -> None:
    made = frames.several()
    table.show(made)
    bar = table.window.bar
    assert not bar.ready(table.now_s)
    assert not bar.ready(table.now_s + UNREADY_S - 0.001)
    assert bar.ready(table.now_s + UNREADY_S + 0.001)
    table.show(frames.frame(pending=made.pending[1:]), after_s=1.0)
    assert not bar.ready(table.now_s + 0.1)


@pytest.mark.parametrize(
    ("button", "command"),
    [
        ("veto", Veto(position="P0001", rule="open_interest_reversal")),
        ("go", GoNow(position="P0001", rule="open_interest_reversal")),
        ("take_over", TakeOver(position="P0001")),
    ],
)
def test_its_buttons_answer_the_decision_and_are_sending_meanwhile(full: Table, button: str, command: object) -> None:
    pressed = getattr(full.window.bar, button)
    pressed.click()
    assert full.commands == [command]
    assert pressed.sending
    full.recorder.answer("done")
    assert not pressed.sending


def test_a_veto_can_be_taken_back(full: Table) -> None:
    bar = full.window.bar
    bar.veto.click()
    full.recorder.answer("open interest reversal is vetoed until 10:17")
    full.show(frames.empty(), after_s=0.1)
    assert bar.sentence()[0] == "open interest reversal is vetoed until 10:17"
    assert shown_buttons(bar) == {"undo"}
    bar.undo.click()
    assert full.commands[-1] == Unveto(position="P0001", rule="open_interest_reversal")
    full.recorder.answer("taken back")
    full.window.controls.run("undo_veto")
    assert len(full.commands) == 2


def test_a_refusal_is_a_sentence_that_goes_away(full: Table) -> None:
    bar = full.window.bar
    bar.go.click()
    full.recorder.answer("the quote is 6 s old", accepted=False)
    assert bar.sentence()[1] == "the quote is 6 s old"
    full.now_s += NOTICE_S
    full.window.tick()
    assert bar.sentence()[1].startswith("OI unwinding")


def test_a_fault_stays(table: Table) -> None:
    bar = table.window.bar
    table.window.show_fault(RuntimeError("the feed broke"), engine=True)
    bar.say("something else", "said", table.now_s)
    bar.hush()
    table.now_s += 1_000
    table.window.tick()
    assert bar.sentence()[0] == "Something stopped"
    assert "the engine has stopped (RuntimeError: the feed broke)" in bar.sentence()[1]


def test_what_was_said_goes_sooner_than_what_was_refused(table: Table) -> None:
    table.show(frames.empty())
    table.window.bar.say("done", "said", table.now_s)
    table.now_s += SAID_S
    table.window.tick()
    assert table.window.bar.notice is None
    assert SAID_S < NOTICE_S


def test_trouble_is_said_in_words(table: Table) -> None:
    table.show(frames.trouble())
    assert table.window.bar.sentence()[0] == "The journal needs you"
    made = frames.trouble()
    table.show(frames.frame(pending=(), status=frames.status(critical=made.status.critical)))
    assert table.window.bar.sentence() == ("Alert", made.status.critical)


def test_the_end_of_a_recording_is_said(table: Table) -> None:
    table.show(frames.frame(pending=(), positions=(), detail=None, ended=True))
    assert table.window.bar.sentence()[0] == "The recording has been played to its end"
    assert table.left == []


def test_it_never_changes_its_height(table: Table) -> None:
    heights: set[int] = set()
    for make in frames.ALL.values():
        table.show(make())
        heights.add(table.window.bar.height())
    assert heights == {46}


def test_it_repaints_at_most_ten_times_a_second_of_countdown(look: Look, table: Table) -> None:
    bar = table.window.bar
    made = frames.frame()
    table.show(made)
    stamp = bar._stamp
    nearly = frames.frame(pending=made.pending, status=frames.status(at_ns=frames.AT_NS + 30_000_000))
    bar.show_frame(nearly, table.now_s)
    assert bar._stamp == stamp or bar._stamp[1] == 31
    bar.show_frame(frames.frame(pending=made.pending, status=frames.status(at_ns=frames.AT_NS + 2 * 10**9)), 0.0)
    assert bar._stamp[1] == 12


def test_what_works_can_be_cancelled_and_no_said_to_what_asks(table: Table) -> None:
    bar = table.window.bar
    table.show(frames.quiet())
    assert bar.cancels == "P0006"
    assert bar.cancel.isVisibleTo(bar)
    table.show(frames.frame())
    assert bar.cancels is None, "a countdown is vetoed, not cancelled"
    assert not bar.cancel.isVisibleTo(bar)
    table.show(frames.frame(pending=frames.several().pending[1:2]))
    assert bar.cancels == "P0003"


def test_of_several_that_work_it_is_the_watched_one(table: Table) -> None:
    rows = tuple(replace(row, state="leaving", working="sells 1") for row in frames.positions())
    made = frames.quiet()
    assert made.detail is not None
    table.show(replace(made, positions=rows, detail=replace(made.detail, position=rows[3])))
    assert table.window.bar.cancels == "P0004"
    assert table.window.bar.sentence()[0].startswith("NIFTY 26300 C")
