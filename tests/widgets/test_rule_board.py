"""Rules in their order, each with its state's sign, its reading, and who may stop it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from cockpit.frame import RulePart
from tests.widgets import frames
from tests.widgets.conftest import Table
from widgets.rule_board import fitting, reading, state_of

ZONE = "Asia/Kolkata"
RULES = {rule.rule: rule for rule in frames.rules()}


@pytest.mark.parametrize(
    ("name", "state", "words", "margin"),
    [
        ("holding_limit", "hold", "492 s / 1 200 s", "11:48"),
        ("open_interest_reversal", "exit", "−5.3 % / −5.0 %", "over by 0.3"),
        ("exhaustion", "vetoed", "leaves at 76.90", "to 10:15"),
        ("scale_out", "blind", "volume silent for 94 s", "blind"),
        ("profit_extreme", "advisory", "943 / 2 000 bps", "0.039"),
        ("momentum_reversal", "idle", "nothing left to look at", ""),
        ("volume_climax", "not offered", "no volume here", ""),
    ],
)
def test_what_a_rule_says(name: str, state: str, words: str, margin: str) -> None:
    assert state_of(RULES[name]) == state
    assert reading(RULES[name], ZONE) == (words, margin)


def test_an_exit_that_is_held_back_says_by_what() -> None:
    weak = frames.rule("scale_out", kind="exit", status="below min_confidence", margin="over by 1")
    assert reading(weak, ZONE) == ("below min_confidence", "over by 1")


def test_what_is_past_its_limit_is_over_by_so_much() -> None:
    assert reading(frames.rule("theta_decay", kind="exit", margin="-0.28"), ZONE)[1] == "over by 0.28"
    assert reading(frames.rule("theta_decay", margin="-0.28"), ZONE)[1] == "-0.28"


def test_words_that_do_not_fit_become_a_bare_number_against_its_limit() -> None:
    rule = frames.rule("theta_decay", value="ten minutes cost 1.02", limit="2.00 %")
    words, _ = reading(rule, ZONE)
    assert fitting(rule, words, lambda _: True) == "ten minutes cost 1.02 / 2.00 %"
    assert fitting(rule, words, lambda _: False) == "1.02 / 2.00 %"
    assert fitting(rule, "volume silent", lambda _: False) == "volume silent"


def test_the_order_is_the_profiles(table: Table) -> None:
    table.show(frames.frame())
    board = table.window.board
    said = [board.tip(board._row_rect(i).center()).splitlines()[0] for i in range(5)]
    assert said == ["Session cutoff", "Holding limit", "Theta decay", "Open interest reversal", "Exhaustion"]
    assert "mandatory: cannot be vetoed" in board.tip(board._row_rect(0).center())
    assert board.tip(QPoint(20, 4)) == ""


def test_only_a_rule_that_changed_is_painted_again(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    made = frames.frame()
    table.show(made)
    QApplication.processEvents()
    board, painted = table.window.board, list[RulePart]()
    monkeypatch.setattr(board, "_paint_rule", lambda ink, box, rule: painted.append(rule))
    board.show_rules(made.detail.rules, ZONE)  # type: ignore[union-attr]
    QApplication.processEvents()
    assert painted == []
    changed = (*made.detail.rules[:10], replace(made.detail.rules[10], because="still none"))  # type: ignore[union-attr]
    board.show_rules(changed, ZONE)
    QApplication.processEvents()
    assert changed[10] in painted


def test_a_board_without_a_position_is_empty(table: Table) -> None:
    table.show(frames.frame())
    table.show(frames.empty())
    assert table.window.board._rules == ()
