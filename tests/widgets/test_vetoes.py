"""Vetoes and holds are remembered until they are taken back, the newest first."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from cockpit.commands import Command, HoldUntil, Unveto, Veto
from cockpit.frame import Frame
from tests.widgets import frames
from tests.widgets.conftest import Recorder, Table
from widgets.acting.dispatch import Dispatch
from widgets.acting.vetoes import Vetoes

VETO, HOLD = Veto(position="P1", rule="theta_decay"), HoldUntil(position="P2", for_s=60.0)


@pytest.fixture
def desk(qapp: object) -> Iterator[tuple[Recorder, Vetoes]]:
    recorder = Recorder()
    yield recorder, Vetoes(Dispatch(recorder.submit))
    recorder.close()


def given(desk: tuple[Recorder, Vetoes], *commands: Command) -> None:
    """Sent and taken."""
    recorder, vetoes = desk
    for command in commands:
        vetoes.give(command)
        recorder.answer()
    recorder.commands.clear()


def taken_back(desk: tuple[Recorder, Vetoes], times: int) -> list[Command]:
    recorder, vetoes = desk
    for _ in range(times):
        vetoes.take_last_back()
        recorder.answer()
    return recorder.commands


def test_the_newest_is_taken_back_first_each_on_its_own_position(desk: tuple[Recorder, Vetoes]) -> None:
    given(desk, VETO, HOLD)
    assert taken_back(desk, 3) == [Unveto(position="P2"), Unveto(position="P1", rule="theta_decay")]


def test_one_that_is_given_again_is_the_newest_and_taken_back_once(desk: tuple[Recorder, Vetoes]) -> None:
    given(desk, HOLD, VETO, HoldUntil(position="P2", for_s=600.0))
    assert desk[1].newest == HoldUntil(position="P2", for_s=600.0)
    assert taken_back(desk, 3) == [Unveto(position="P2"), Unveto(position="P1", rule="theta_decay")]


def test_one_that_was_taken_back_elsewhere_is_not_taken_back_again(desk: tuple[Recorder, Vetoes]) -> None:
    given(desk, VETO, HOLD)
    recorder, vetoes = desk
    vetoes.take_back("P2", None, pressed_at="P2")
    recorder.answer()
    assert taken_back(desk, 2) == [Unveto(position="P2"), Unveto(position="P1", rule="theta_decay")]


def test_a_second_press_before_the_answer_takes_nothing_else_back(desk: tuple[Recorder, Vetoes]) -> None:
    given(desk, VETO, HOLD)
    recorder, vetoes = desk
    vetoes.take_last_back()
    assert vetoes.newest is None
    vetoes.take_last_back()
    assert recorder.commands == [Unveto(position="P2")]
    recorder.answer()
    assert vetoes.newest == VETO


# ---------------------------------------------------------------- in the window


def test_until_the_close_is_until_that_of_the_position(table: Table) -> None:
    """The strip's close is that of another one."""
    shown = frames.frame()
    row = replace(shown.positions[0], closes_ns=frames.AT_NS + 3_600 * frames.NS)
    show(table, replace(shown, positions=(row, *shown.positions[1:])))
    for action in ("hold_until", "veto_more"):
        table.window.controls.run(action)
        choice = table.window.ask.choice
        choice.setCurrentText("until the close")
        table.window.ask.send.click()
        table.recorder.answer()
    assert [command.for_s for command in table.commands if isinstance(command, Veto | HoldUntil)] == [3_600.0] * 2


def test_a_hold_can_have_a_reason_afterwards(table: Table) -> None:
    show(table, frames.frame())
    table.window.controls.run("hold_until")
    table.window.ask.send.click()
    table.recorder.answer("held")
    show(table, frames.empty())
    table.window.controls.run("veto_reason_3")
    assert table.commands[-1] == HoldUntil(position="P0001", for_s=600.0, reason="news")


def show(table: Table, frame: Frame) -> None:
    table.show(frame)
    table.recorder.answer("")
    table.now_s += 1.5
