"""Vetoes and holds are remembered until they are taken back, the newest first."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from cockpit.commands import Command, HoldUntil, Unveto, Veto
from cockpit.frame import Frame, PositionPart
from tests.widgets import frames
from tests.widgets.conftest import Recorder, Table
from widgets.acting.dispatch import Dispatch
from widgets.acting.vetoes import NOTHING, Vetoes, standing
from widgets.paint import format as fmt

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


def test_it_says_whether_there_was_anything_to_take_back(desk: tuple[Recorder, Vetoes]) -> None:
    given(desk, HOLD)
    recorder, vetoes = desk
    assert vetoes.take_last_back()
    assert vetoes.take_last_back(), "it is on its way"
    recorder.answer()
    assert not vetoes.take_last_back()


HELD_NS = frames.AT_NS + 600 * frames.NS
MENU_OF_RULE = "“Take the veto back” in the menu of the rule ends it."


def board(*, hold: bool, vetoed: bool) -> tuple[Frame, PositionPart]:
    """The selected position, with what stands on it."""
    shown = frames.frame()
    assert shown.detail is not None
    row = replace(shown.positions[0], hold_until_ns=HELD_NS if hold else None)
    rules = tuple(rule for rule in frames.rules() if vetoed or rule.status != "vetoed")
    detail = replace(shown.detail, position=row, rules=rules)
    return replace(shown, detail=detail, positions=(row, *shown.positions[1:])), row


def test_what_stands_is_said_with_the_way_to_end_it() -> None:
    shown, row = board(hold=True, vetoed=False)
    until = fmt.clock(HELD_NS, shown.status.zone)
    held = f"{row.label} is held until {until}: “End the hold” in the menu of its row ends it"
    assert standing(shown, row) == f"{held}."
    shown, row = board(hold=False, vetoed=True)
    vetoed = f"exhaustion until {fmt.clock(frames.AT_NS + 438 * frames.NS, shown.status.zone)}; {MENU_OF_RULE}"
    assert standing(shown, row) == f"Vetoed on {row.label}: {vetoed}"
    shown, row = board(hold=True, vetoed=True)
    assert standing(shown, row) == f"{held}; vetoed there: {vetoed}"


def test_where_nothing_stands_that_is_said() -> None:
    shown, row = board(hold=False, vetoed=False)
    assert standing(shown, row) == NOTHING
    assert standing(shown, None) == NOTHING
    assert standing(board(hold=False, vetoed=True)[0], shown.positions[1]) == NOTHING, "they are another position's"


# ---------------------------------------------------------------- in the window


@pytest.mark.parametrize("hold", [True, False])
def test_z_with_nothing_remembered_says_what_stands(table: Table, hold: bool) -> None:
    shown, row = board(hold=hold, vetoed=False)
    show(table, replace(shown, pending=()))
    table.press(Qt.Key.Key_Z)
    assert table.window.bar.sentence()[1] == standing(shown, row)
    assert table.commands == []


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
