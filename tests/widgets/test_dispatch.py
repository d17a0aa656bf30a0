"""One press, one command, one answer."""

import pytest
from pytestqt.qtbot import QtBot

from cockpit.commands import Close, Command
from tests.widgets.conftest import Recorder
from widgets.acting.dispatch import Dispatch

Answers = list[tuple[object, bool, str]]


@pytest.fixture
def desk(qapp: object) -> tuple[Recorder, Dispatch, Answers]:
    recorder, said = Recorder(), []
    dispatch = Dispatch(recorder.submit)
    dispatch.answered.connect(lambda where, accepted, words: said.append((where, accepted, words)))
    return recorder, dispatch, said


def test_a_press_is_sending_until_it_is_answered(desk: tuple[Recorder, Dispatch, Answers], qtbot: QtBot) -> None:
    recorder, dispatch, said = desk
    with qtbot.waitSignal(dispatch.changed):
        dispatch.send(Close(position="P1"), "all", "P1")
    assert dispatch.sending("all", "P1")
    assert not dispatch.sending("all", "P2")
    assert not dispatch.idle
    recorder.answer("sells all 195")
    assert not dispatch.sending("all", "P1")
    assert dispatch.idle
    assert said == [(("all", "P1"), True, "sells all 195")]
    recorder.close()


def test_the_same_press_is_not_sent_twice(desk: tuple[Recorder, Dispatch, Answers]) -> None:
    recorder, dispatch, _ = desk
    dispatch.send(Close(position="P1"), "all", "P1")
    dispatch.send(Close(position="P1"), "all", "P1")
    dispatch.send(Close(position="P2"), "all", "P2")
    assert recorder.commands == [Close(position="P1"), Close(position="P2")]
    recorder.answer()
    dispatch.send(Close(position="P1"), "all", "P1")
    assert len(recorder.commands) == 3
    recorder.answer()
    recorder.close()


def test_a_refusal_and_an_error_are_sentences(desk: tuple[Recorder, Dispatch, Answers]) -> None:
    recorder, dispatch, said = desk
    dispatch.send(Close(position="P1"), "all", "P1")
    recorder.answer("an exit is working", accepted=False)
    dispatch.send(Close(position="P1"), "all", "P1")
    recorder.fail(ConnectionError("the engine has stopped"))
    assert said == [
        (("all", "P1"), False, "an exit is working"),
        (("all", "P1"), False, "No answer: the engine has stopped."),
    ]
    recorder.close()


def test_an_engine_that_is_gone_refuses_at_once(qapp: object) -> None:
    said: Answers = []

    def submit(command: Command) -> object:
        raise ConnectionError("the engine has stopped")

    dispatch = Dispatch(submit)  # type: ignore[arg-type]
    dispatch.answered.connect(lambda where, accepted, words: said.append((where, accepted, words)))
    dispatch.send(Close(position="P1"), "all", "P1")
    assert said == [(("all", "P1"), False, "Not sent: the engine has stopped.")]
    assert dispatch.idle


def test_a_closing_window_forgets_what_is_open(desk: tuple[Recorder, Dispatch, Answers]) -> None:
    recorder, dispatch, said = desk
    dispatch.send(Close(position="P1"), "all", "P1")
    dispatch.forget()
    recorder.close()
    assert dispatch.idle
    assert said == []
