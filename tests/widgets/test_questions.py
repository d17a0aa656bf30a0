"""What a question makes of an answer: a command, or the sentence that says why there is none."""

from dataclasses import replace

import pytest

from cockpit.commands import Command, Flatten, HoldUntil, Reduce, ResetCooldown, SetStop, Veto
from tests.widgets import frames
from widgets import questions
from widgets.paint import format as fmt

FRAME = frames.frame()
ROW = FRAME.positions[0]


@pytest.fixture
def sent() -> list[Command]:
    return []


def test_contracts_are_whole_and_not_more_than_are_held(sent: list[Command]) -> None:
    ask = questions.how_many(ROW, sent.append)
    assert ask.answer("", 0) == ask.answer("2.5", 0) == ask.answer("0", 0) == ask.answer("nan", 0)
    assert ask.answer(str(ROW.contracts + 1), 0) == f"Only {ROW.contracts} are held."
    assert sent == []
    assert ask.answer("65", 0) == ""
    assert sent == [Reduce(position=ROW.id, contracts=65)]


@pytest.mark.parametrize(
    ("typed", "price"),
    [("76.5", 76.5), ("76,5", 76.5), ("1,076.5", 1076.5), ("1 076", 1076.0), ("76,50", 76.5), ("1,234,567", 1234567.0)],
)
def test_a_price_is_read_as_people_type_it(sent: list[Command], typed: str, price: float) -> None:
    assert questions.stop_price(ROW, sent.append).answer(typed, 0) == ""
    assert sent == [SetStop(position=ROW.id, price=price, was=ROW.stop)]


@pytest.mark.parametrize("typed", ["", "-3", "0", "inf", "1e999", "abc"])
def test_what_is_no_price_is_refused(sent: list[Command], typed: str) -> None:
    assert questions.stop_price(ROW, sent.append).answer(typed, 0) == "Type a price above 0."
    assert sent == []


def test_a_veto_has_its_span_and_its_reason(sent: list[Command]) -> None:
    decision = FRAME.pending[0]
    ask = questions.veto(decision.position_id, decision.rule, decision.label, 3_600.0, sent.append)
    assert ask.choices == ("1 min", "5 min", "10 min", "30 min", "until the close")
    ask.answer("news at ten", 1)
    ask.answer("", 4)
    assert sent == [
        Veto(position=decision.position_id, rule=decision.rule, for_s=300.0, reason="news at ten"),
        Veto(position=decision.position_id, rule=decision.rule, for_s=3_600.0),
    ]


def test_after_the_close_there_is_no_until_the_close(sent: list[Command]) -> None:
    assert questions.until_close_s(replace(ROW, closes_ns=frames.AT_NS + 90 * questions.NS), frames.AT_NS) == 90.0
    assert questions.until_close_s(replace(ROW, closes_ns=None), frames.AT_NS) == 0.0
    after = replace(ROW, closes_ns=frames.AT_NS - 1)
    ask = questions.hold_until(after, questions.until_close_s(after, frames.AT_NS), sent.append)
    assert "until the close" not in ask.choices
    ask.answer("lunch", 3)
    assert sent == [HoldUntil(position=ROW.id, for_s=1_800.0, reason="lunch")]


def test_a_cooldown_ends_with_a_reason_only(sent: list[Command]) -> None:
    ask = questions.reset_cooldown(sent.append)
    assert "reason" in ask.answer("", 0)
    assert ask.answer("planned entry", 0) == ""
    assert sent == [ResetCooldown(reason="planned entry")]


def test_scopes_say_how_many_they_leave(sent: list[Command]) -> None:
    rows = (ROW, replace(ROW, id="P2", underlying="SPX", pnl=-5.0), replace(ROW, id="P3", pnl=None))
    ask = questions.scopes(rows, sent.append)
    assert ask.choices == ("winners: 1", "losers: 1", f"{ROW.underlying}: 2", "SPX: 1", "all: 3")
    for choice in range(5):
        ask.answer("", choice)
    assert sent == [
        Flatten(scope="winners"), Flatten(scope="losers"), Flatten(scope="underlying", underlying=ROW.underlying),
        Flatten(scope="underlying", underlying="SPX"), Flatten(),
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["24,200", "1,076"])
def test_what_can_be_read_two_ways_is_not_guessed(sent: list[Command], typed: str) -> None:
    plain = typed.replace(",", "")
    said = f"{typed} can be read two ways: write {plain} or {typed.replace(',', '.')}."
    assert questions.stop_price(ROW, sent.append).answer(typed, 0) == said
    assert questions.how_many(ROW, sent.append).answer(typed, 0) == said
    assert sent == []


def test_a_stop_on_the_underlying_is_asked_for_beside_its_prices() -> None:
    row = replace(
        ROW, mark=50.0, entry=48.0, stop=19_940.0, stop_basis="underlying", level=20_010.0, level_entry=20_000.0
    )
    gap = fmt.GROUP
    assert questions.stop_price(row, lambda _: None).hint == (
        f"{ROW.underlying} 20{gap}010.0, entry 20{gap}000.0, stop now 19{gap}940.0."
    )
    assert questions.stop_price(replace(row, level=None), lambda _: None).hint.startswith(f"{ROW.underlying} n/a")


def test_a_stop_on_the_premium_is_asked_for_beside_the_mark() -> None:
    assert questions.stop_price(ROW, lambda _: None).hint == "Mark 78.35, entry 71.60, stop now 76.53."
    assert questions.stop_price(replace(ROW, stop=None), lambda _: None).hint.endswith(", no stop is held now.")


def test_the_untouched_line_is_the_very_stop_it_was_asked_from(sent: list[Command]) -> None:
    """Its six decimals may be a hair looser than the stop they stand for, and nobody meant to loosen it."""
    stop = 76.53 + 1e-9
    ask = questions.stop_price(replace(ROW, stop=stop), sent.append)
    assert ask.answer(ask.line, 0) == ""
    assert sent == [SetStop(position=ROW.id, price=stop, was=stop)]


def test_without_a_stop_there_is_none_it_was_moved_from(sent: list[Command]) -> None:
    assert questions.stop_price(replace(ROW, stop=None), sent.append).answer("60", 0) == ""
    assert sent == [SetStop(position=ROW.id, price=60.0, was=None)]


def test_the_line_begins_with_the_whole_stop() -> None:
    assert questions.stop_price(replace(ROW, stop=0.0125), lambda _: None).line == "0.0125"
    assert questions.stop_price(replace(ROW, stop=23_914.74), lambda _: None).line == "23914.74"
