"""Rules in their order; a line is chosen with the keyboard, and its menu asks for what can be done about it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from cockpit.frame import RulePart
from tests.widgets import frames_lists
from widgets.paint.theme import Look
from widgets.rules.rule_board import VETOES, RuleBoard

ZONE = "Asia/Kolkata"
EXHAUSTION, CUTOFF = 4, 0


@pytest.fixture
def board(qtbot: QtBot, look: Look) -> Iterator[RuleBoard]:
    made = RuleBoard(look)
    made.resize(528, made.height_for(9))
    made.show_rules(frames_lists.board(), ZONE)
    made.show()
    yield made
    Shiboken.delete(made)


class Heard(QWidget):
    """A window that remembers the keys that come through to it."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keys.append(event.key())


def entries(board: RuleBoard) -> dict[str, bool]:
    return {action.text(): action.isEnabled() for action in board.menu.actions() if not action.isSeparator()}


def press_menu(board: RuleBoard) -> None:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(board, event)


def test_the_order_is_the_profiles(board: RuleBoard) -> None:
    said = [board.tip(board.row_rect(i).center()).splitlines()[0] for i in range(5)]
    assert said == ["Session cutoff", "Holding limit", "Theta decay", "Open interest reversal", "Exhaustion"]
    assert board.tip(QPoint(20, 4)) == ""


def test_only_a_rule_that_changed_is_painted_again(board: RuleBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    QApplication.processEvents()
    rules, painted = board._rules, list[RulePart]()
    monkeypatch.setattr(board, "_paint_rule", lambda ink, box, rule: painted.append(rule))
    board.show_rules(rules, ZONE)
    QApplication.processEvents()
    assert painted == []
    changed = (*rules[:6], replace(rules[6], because="still none"), *rules[7:])
    board.show_rules(changed, ZONE)
    QApplication.processEvents()
    assert changed[6] in painted
    assert changed[0] not in painted


def test_the_arrow_keys_choose_a_line_and_bring_it_into_sight(board: RuleBoard, qtbot: QtBot) -> None:
    seen = list[str | None]()
    keys = (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Up, Qt.Key.Key_Home)
    for key in keys:
        qtbot.keyClick(board, key)
        seen.append(board.current_rule)
    assert seen == ["session_cutoff", "holding_limit", "candle", "volume_climax", "session_cutoff"]
    assert board.accessibleDescription().startswith("rule 1 of 16: Session cutoff: holds, lunch exit 5 min before")
    board.set_current(15)
    assert board.row_rect(15).bottom() <= board.viewport().height()


def test_keys_that_decide_stay_the_windows(board: RuleBoard, qtbot: QtBot) -> None:
    window = Heard()
    board.setParent(window)
    board.set_current(3)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_V, Qt.Key.Key_Space):
        qtbot.keyClick(board, key)
    board.setParent(None)
    assert window.keys == [Qt.Key.Key_Return, Qt.Key.Key_V, Qt.Key.Key_Space]
    assert not board.menu.isVisible()
    Shiboken.delete(window)


def test_a_line_can_be_vetoed_and_explained(board: RuleBoard, qtbot: QtBot) -> None:
    vetoes, explained = list[tuple[str, str]](), list[str]()
    board.veto_wanted.connect(lambda rule, how: vetoes.append((rule, how)))
    board.explain_wanted.connect(explained.append)
    board.set_current(2)
    qtbot.keyClick(board, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    assert board.menu.isVisible()
    assert "Take the veto back" not in entries(board)
    for action in board.menu.actions():
        if action.text() in (*VETOES.values(), "Explain this rule"):
            action.trigger()
    board.menu.close()
    assert vetoes == [("theta_decay", how) for how in VETOES]
    assert explained == ["theta_decay"]


def test_a_veto_can_be_taken_back(board: RuleBoard) -> None:
    back = list[str]()
    board.unveto_wanted.connect(back.append)
    board.set_current(EXHAUSTION)
    press_menu(board)
    next(action for action in board.menu.actions() if action.text() == "Take the veto back").trigger()
    board.menu.close()
    assert back == ["exhaustion"]


def test_what_a_hold_vetoes_is_let_go_with_the_hold(board: RuleBoard) -> None:
    back = list[str]()
    board.unveto_wanted.connect(back.append)
    rules = tuple(replace(rule, by_hold=rule.status == "vetoed") for rule in frames_lists.board())
    board.show_rules(rules, ZONE)
    board.set_current(EXHAUSTION)
    press_menu(board)
    assert "Take the veto back" not in entries(board)
    next(action for action in board.menu.actions() if action.text() == "End the hold").trigger()
    board.menu.close()
    assert back == [""]
    assert "held with all that may be vetoed" in board.tip(board.row_rect(EXHAUSTION).center())


def test_a_mandatory_rule_says_that_it_cannot_be_vetoed(board: RuleBoard) -> None:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, board.row_rect(CUTOFF).center(), QPoint(5, 5))
    board.contextMenuEvent(event)
    assert board.current_rule == "session_cutoff"
    offered = entries(board)
    board.menu.close()
    assert not any(offered[words] for words in VETOES.values())
    assert offered["Mandatory: cannot be vetoed"] is False
    assert offered["Explain this rule"]


def test_another_position_has_no_chosen_line(board: RuleBoard) -> None:
    board.set_current(3)
    board.show_rules(board._rules[:4], ZONE)
    assert board.current is None
    assert board.accessibleDescription() == "3 hold, 1 exit"
    board.show_rules((), ZONE)
    assert board.accessibleDescription() == "no position is selected"
    press_menu(board)
    assert not board.menu.isVisible()


def test_what_is_heard_follows_the_chosen_line(board: RuleBoard) -> None:
    board.setFocus()
    board.set_current(1)
    rules = board._rules
    board.show_rules((rules[0], replace(rules[1], value="held 600"), *rules[2:]), ZONE)
    assert "held 600 of 1\u202f200 s" in board.accessibleDescription()
