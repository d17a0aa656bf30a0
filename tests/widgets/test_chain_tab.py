"""From a quote to an order: picked, reviewed, confirmed, answered; and everything that stands in between."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cockpit.commands import AskMargin, Enter, WatchChain
from cockpit.frame import ChainPart, MarginPart, StatusPart
from tests.widgets import frames, frames_market
from tests.widgets.conftest import Recorder
from widgets.acting.dispatch import Dispatch
from widgets.chain.chain_tab import ChainTab
from widgets.paint import ink
from widgets.paint.theme import Look

READY = frames.status(cooldown="expired", cooldown_until_ns=None)
CALL = "NIFTY26AUG26150CE"


class Desk:
    """A tab that is open, and the engine behind it."""

    def __init__(self, look: Look, qtbot: QtBot, size: tuple[int, int] = (1_540, 880)) -> None:
        self.recorder, self.now_s, self.qtbot = Recorder(), 10.0, qtbot
        self.part: ChainPart | None = frames_market.chain()
        self.status: StatusPart = READY
        self.tab = ChainTab(look, Dispatch(self.recorder.submit))
        qtbot.addWidget(self.tab)
        self.tab.resize(*size)
        self.tab.show()
        self.tab.activateWindow()
        self.tab.opened("NIFTY")
        self.recorder.answer("watching")
        self.show()

    def show(self, *, after_s: float = 1.0) -> None:
        """A frame arrives, some time after the last one."""
        self.now_s += after_s
        self.tab.show_chain(self.part, self.status, frames_market.held()[1:], self.now_s)
        self.tab.advance(self.now_s)
        QApplication.processEvents()

    @property
    def entries(self) -> list[Enter]:
        return [each for each in self.recorder.commands if isinstance(each, Enter)]

    @property
    def wishes(self) -> list[tuple[str | None, str | None]]:
        return [(each.underlying, each.expiry) for each in self.recorder.commands if isinstance(each, WatchChain)]


@pytest.fixture
def desk(look: Look, qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(look, qtbot)
    yield made
    made.recorder.close()


def test_the_chain_that_is_looked_at_is_asked_for_and_no_other(desk: Desk) -> None:
    assert desk.wishes == [("NIFTY", None)]
    desk.tab.chain.head.expiries[1].click()
    desk.tab.closed()
    desk.tab.opened("SPXW")
    assert desk.wishes[1:] == [("NIFTY", "2026-08-25"), (None, None), ("NIFTY", "2026-08-25")]
    desk.recorder.answer("watching")


def test_a_chain_that_is_not_the_one_asked_for_is_not_shown(desk: Desk) -> None:
    desk.tab.chain.head.expiries[1].click()
    desk.show()
    assert desk.tab.chain.grid.view.part is None
    assert "Waiting for the chain of NIFTY" in desk.tab.chain.grid.accessibleDescription()
    assert desk.tab.chain.head.expiries[1].chosen
    desk.tab.grab()
    desk.part = frames_market.chain(expiry="2026-08-25")
    desk.show()
    assert desk.tab.chain.grid.view.part is desk.part
    desk.recorder.answer("watching")


def test_a_chain_that_cannot_be_had_says_why(desk: Desk) -> None:
    desk.tab.chain.head.chosen.emit("SPXW", "")
    desk.recorder.answer("there is no option on 'SPXW' in this session", accepted=False)
    desk.part = None
    desk.show()
    assert desk.tab.chain.grid.accessibleDescription() == "No chain. There is no option on 'SPXW' in this session"


def test_without_an_underlying_nothing_is_asked_for(look: Look, qtbot: QtBot) -> None:
    recorder = Recorder()
    tab = ChainTab(look, Dispatch(recorder.submit))
    qtbot.addWidget(tab)
    tab.opened()
    assert recorder.commands == []
    assert "No underlying is known yet" in tab.chain.grid.accessibleDescription()
    recorder.close()


def test_later_expiries_and_other_underlyings_are_in_a_menu(desk: Desk) -> None:
    head = desk.tab.chain.head
    head._offer_later()
    assert [action.text() for action in head.menu.actions()] == ["27 Oct", "29 Dec"]
    head.menu.actions()[1].trigger()
    head._offer_underlyings()
    assert [action.text() for action in head.menu.actions()] == ["NIFTY", "BANKNIFTY", "SPXW"]
    head.menu.actions()[2].trigger()
    head.menu.close()
    assert desk.wishes[1:] == [("NIFTY", "2026-12-29"), ("SPXW", None)]
    desk.recorder.answer("watching")


def test_an_expiry_that_is_watched_is_among_the_buttons(desk: Desk) -> None:
    desk.tab.chain.watch("NIFTY", "2026-12-29")
    desk.part = frames_market.chain(expiry="2026-12-29")
    desk.show()
    shown = [(button.text(), button.chosen) for button in desk.tab.chain.head.expiries if button.isVisible()]
    assert shown[-1] == ("29 Dec", True)
    assert sum(chosen for _, chosen in shown) == 1
    desk.recorder.answer("watching")


def test_an_order_by_keyboard_alone(desk: Desk) -> None:
    grid, ticket, keys = desk.tab.chain.grid, desk.tab.ticket, desk.qtbot
    assert grid.hasFocus()
    keys.keyClick(grid, Qt.Key.Key_Return)
    assert ticket.sheet.title == "NIFTY 26150 C"
    keys.keyClick(grid, Qt.Key.Key_3)
    assert ticket.sheet.contracts == "195 contracts"
    keys.keyClick(grid, Qt.Key.Key_Return)
    assert ticket.review.hasFocus()
    keys.keyClick(ticket.review, Qt.Key.Key_Return)
    assert ticket.confirm.hasFocus()
    assert ticket.sheet.kind == "sentence"
    keys.keyClick(ticket.confirm, Qt.Key.Key_Return)
    assert desk.entries == []  # too fast to have been read
    desk.show()
    keys.keyClick(ticket.confirm, Qt.Key.Key_Return)
    assert desk.entries == [Enter(symbol=CALL, side="buy", contracts=195, profile="adaptive")]
    assert ticket.confirm.sending
    desk.recorder.answer("buys 195 of NIFTY 26150 C 18 Aug")
    assert (ticket.sheet.kind, ticket.sheet.notice) == ("said", "Buys 195 of NIFTY 26150 C 18 Aug.")
    assert grid.hasFocus()
    assert not ticket.reviewing


def test_enter_sends_nothing_while_the_confirm_button_has_no_keys(desk: Desk) -> None:
    desk.tab.buy()
    desk.tab.ticket.review.click()
    desk.show()
    for widget in (desk.tab.chain.grid, desk.tab.ticket, desk.tab, desk.tab.ticket.back):
        desk.qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert desk.entries == []


def test_a_refusal_is_the_engines_sentence(desk: Desk) -> None:
    desk.tab.buy()
    desk.tab.submit()
    desk.show()
    desk.tab.submit()
    assert len(desk.entries) == 1
    desk.tab.submit()
    assert len(desk.entries) == 1
    desk.recorder.answer("entry refused: suspect quote", accepted=False)
    ticket = desk.tab.ticket
    assert (ticket.sheet.kind, ticket.sheet.notice) == ("refused", "Entry refused: suspect quote.")
    assert not ticket.reviewing
    ticket.grab()
    ticket.lots.step(1)
    assert ticket.sheet.kind == ""


def test_a_limit_moves_by_the_steps_of_its_price(desk: Desk) -> None:
    desk.part = frames_market.chain(steps=((0.0, 0.05), (10.0, 0.5)))
    desk.show()
    desk.tab.sell()
    ticket = desk.tab.ticket
    ticket.kind.choose("Limit")
    before = ticket.limit.value
    assert before > 10.0
    ticket.limit.step(-1)
    assert round(before * 2) - 1 == ticket.limit.value * 2
    ticket.limit.type_key("2")
    ticket.limit.type_key("0")
    ticket.limit.type_key(".")
    ticket.limit.type_key("3")
    desk.tab.submit()
    desk.show()
    assert "at a limit of 20.50" in ticket.sheet.notice
    desk.tab.submit()
    assert desk.entries[0].price == 20.5
    desk.recorder.answer("done")


def test_a_limit_order_names_its_price(desk: Desk) -> None:
    desk.tab.sell()
    ticket = desk.tab.ticket
    assert not ticket.limit.isEnabled()
    ticket.kind.choose("Limit")
    assert ticket.limit.isEnabled()
    assert f"bid {ticket.limit.value:.2f} " in ticket.sheet.quote
    ticket.limit.step(1)
    assert "it would not fill at once" in ticket.sheet.notice
    assert not ticket.review.isEnabled()
    ticket.limit.step(-3)
    desk.tab.submit()
    desk.show()
    desk.tab.submit()
    assert desk.entries[0].side == "sell"
    assert desk.entries[0].price == ticket.limit.value
    desk.recorder.answer("done")


def test_the_other_side_and_profile_are_chosen_in_the_ticket(desk: Desk) -> None:
    desk.tab.buy()
    ticket = desk.tab.ticket
    ticket.side.choose("Sell")
    assert desk.tab.chain.grid.view.picked == (CALL, "bid")
    ticket.profile.setCurrentText("ladder")
    desk.tab.submit()
    assert "supervised by ladder" in ticket.sheet.notice
    assert ticket.sheet.facts[3].value == "unlimited"
    ticket.profile.setCurrentText("scalp")
    assert not ticket.reviewing


def test_during_a_cooldown_the_button_counts_down(desk: Desk) -> None:
    desk.status = frames.status(cooldown_why="loss of P0004")
    desk.show()
    desk.tab.buy()
    ticket = desk.tab.ticket
    assert ticket.review.text() == "Review order in 0:41"
    assert not ticket.review.isEnabled()
    assert ticket.review.toolTip() == "Cooldown: new risk waits, exits do not."
    assert (ticket.sheet.kind, ticket.sheet.cooldown) == ("cooldown", "0:41")
    assert ticket.sheet.notice == "after loss of P0004; new risk waits, exits do not"
    ticket.grab()
    share = ticket.sheet.share
    desk.status = replace(desk.status, at_ns=desk.status.at_ns + 20 * frames.NS)
    desk.show()
    assert ticket.sheet.share < share
    pressed: list[str] = []
    desk.tab.pressed.connect(pressed.append)
    ticket.reset.click()
    assert pressed == ["cooldown"]


def test_a_cooldown_that_begins_ends_a_review(desk: Desk) -> None:
    desk.tab.buy()
    desk.tab.submit()
    desk.status = frames.status()
    desk.show()
    desk.tab.submit()
    assert desk.entries == []
    assert not desk.tab.ticket.reviewing


def test_a_quote_that_goes_stale_turns_the_second_step_off(desk: Desk) -> None:
    desk.tab.buy()
    desk.tab.submit()
    part = frames_market.chain()
    rows = list(part.rows)
    call = rows[39].call
    assert call is not None
    rows[39] = replace(rows[39], call=replace(call, ask=None))
    desk.part = replace(part, rows=tuple(rows))
    desk.show()
    ticket = desk.tab.ticket
    assert not ticket.confirm.isEnabled()
    assert ticket.confirm.toolTip() == "No fresh ask: nothing to buy at."
    assert (ticket.sheet.kind, ticket.sheet.facts[0].value) == ("off", "n/a")
    desk.tab.submit()
    assert desk.entries == []


def test_escape_goes_back_step_by_step(desk: Desk) -> None:
    left: list[str] = []
    desk.tab.left.connect(lambda: left.append("left"))
    ticket, grid = desk.tab.ticket, desk.tab.chain.grid
    desk.tab.buy()
    desk.tab.submit()
    desk.qtbot.keyClick(ticket.confirm, Qt.Key.Key_Escape)
    assert not ticket.reviewing
    assert ticket.review.hasFocus()
    desk.qtbot.keyClick(ticket.review, Qt.Key.Key_Escape)
    assert grid.hasFocus()
    assert left == []
    desk.qtbot.keyClick(grid, Qt.Key.Key_Escape)
    assert left == ["left"]


def test_a_contract_of_another_chain_leaves_the_ticket(desk: Desk) -> None:
    desk.tab.buy()
    desk.tab.chain.watch("NIFTY", "2026-08-25")
    desk.show()
    ticket = desk.tab.ticket
    assert ticket.symbol == CALL
    assert ticket.review.toolTip() == "Its quotes are awaited."
    rows = frames_market.chain_rows(first=30_000.0)
    desk.part = frames_market.chain(expiry="2026-08-25", rows=rows)
    desk.show()
    assert ticket.symbol == ""
    assert ticket.sheet.title == ""
    assert desk.tab.chain.grid.view.picked is None
    ticket.grab()
    desk.recorder.answer("watching")


def test_digits_without_a_contract_set_nothing(desk: Desk) -> None:
    desk.qtbot.keyClicks(desk.tab.chain.grid, "9")
    assert desk.tab.ticket.lots.value == 1.0


def test_every_field_can_be_reached_by_tab_and_has_a_name(desk: Desk) -> None:
    desk.tab.buy()
    ticket = desk.tab.ticket
    desk.tab.chain.grid.setFocus()
    reached: list[object] = []
    for _ in range(24):
        desk.qtbot.keyClick(QApplication.focusWidget() or desk.tab, Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    for field in (ticket.side, ticket.lots, ticket.kind, ticket.profile, ticket.review):
        assert field in reached
        assert field.accessibleName()


@pytest.mark.parametrize("size", [(1_540, 880), (1_220, 600)])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_is_cut_off(
    qapp: object, qtbot: QtBot, size: tuple[int, int], theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Look(theme)  # type: ignore[arg-type]
    look.set_width(size[0] + 60)
    desk = Desk(look, qtbot, size)
    cut: list[str] = []
    elided = ink.Ink.elided

    def watched(self: ink.Ink, box: object, words: str, **given: object) -> bool:
        if elided(self, box, words, **given):  # type: ignore[arg-type]
            cut.append(words)
        return False

    monkeypatch.setattr(ink.Ink, "elided", watched)
    desk.tab.sell()
    desk.tab.grab()
    assert cut == []
    tab, ticket = desk.tab, desk.tab.ticket
    assert tab.smile.isVisible() == (size[1] > 800)
    assert ticket.geometry().bottom() < tab.height()
    assert ticket.geometry().right() < tab.width()
    assert tab.chain.geometry().right() < ticket.x()
    shown = [button for button in tab.chain.head.expiries if button.isVisible()]
    assert len(shown) >= 4
    assert shown[0].x() >= tab.chain.head._words_end()
    desk.recorder.close()


def test_the_measures_follow_the_look(desk: Desk, look: Look) -> None:
    wide = desk.tab.ticket.height()
    look.set_width(1_280)
    desk.tab.set_measures()
    assert desk.tab.ticket.height() < wide
    assert desk.tab.chain.grid.row_height == 22
    desk.tab.grab()


def test_the_review_asks_a_live_broker_for_the_margin(desk: Desk) -> None:
    ticket = desk.tab.ticket
    desk.tab.set_live(True)
    desk.tab.buy()
    desk.show()
    assert ("Margin", "told with the review") in [(fact.name, fact.value) for fact in ticket.sheet.facts]
    ticket.submit()
    (asked,) = [each for each in desk.recorder.commands if isinstance(each, AskMargin)]
    assert (asked.symbol, asked.side, asked.price) == (ticket.symbol, "buy", None)
    told = MarginPart(
        symbol=asked.symbol, side="buy", contracts=asked.contracts, currency="USD", initial_change=1_500.0,
        excess=98_500.0, words="", is_refused=False,
    )  # fmt: skip
    ticket.show_margin(told)
    (words,) = [fact.value for fact in ticket.sheet.facts if fact.name == "Margin"]
    assert words.startswith("1\u202f500")
    assert "leaves 98\u202f500" in words
    ticket.show_margin(replace(told, words="the account lacks the permission", is_refused=True))
    assert [fact.value for fact in ticket.sheet.facts if fact.name == "Margin"] == ["the account lacks the permission"]
    ticket.lots.type_key("7")
    desk.show()
    assert ("Margin", "told with the review") in [(fact.name, fact.value) for fact in ticket.sheet.facts]


def test_practice_has_no_margin(desk: Desk) -> None:
    desk.tab.buy()
    desk.show()
    desk.tab.ticket.submit()
    assert not [each for each in desk.recorder.commands if isinstance(each, AskMargin)]
    assert "Margin" not in [fact.name for fact in desk.tab.ticket.sheet.facts]
