"""What a live broker tells beside its reports."""

import pytest

from cockpit.commands import AskMargin, CancelExit, Close, Enter, Flatten, Reduce
from cockpit.events import AccountTold, LinkChanged, LinkState, Listed, MarginTold, Noticed
from cockpit.journal.ledger import Ledger
from cockpit.projection.reconciliation import margin_part
from cockpit.session import Session
from cockpit.state.market import opened
from tests.market_of import ns, option
from tests.state.at_broker import Book, Live, bought

DOWN: list[LinkState] = ["connecting", "synchronising", "no server", "quiet"]


@pytest.mark.parametrize("state", DOWN)
def test_while_not_up_with_open_positions_it_is_critical(state: LinkState) -> None:
    live = bought(10)
    live.link(state, "TWS has closed the connection")
    assert live.alerts == [
        "critical not connected with the broker: TWS has closed the connection; only what rests there protects"
    ]
    assert "TWS has closed the connection" in live.said
    live.link("up", "connected again after 3 s")
    assert live.alerts == []
    assert live.said[-1] == "connected again after 3 s"


def test_what_was_lost_is_lost_until_it_is_up_again() -> None:
    live = bought(10)
    live.link("no server", "TWS has closed the connection")
    live.link("connecting", "TWS does not answer")
    live.link("synchronising", "asks what happened meanwhile")
    (alert,) = live.alerts
    assert alert.startswith("critical not connected with the broker: asks what happened meanwhile")


def test_a_session_that_begins_with_positions_has_lost_nothing() -> None:
    live = Live(up=False)
    live.link("connecting", "the session begins")
    live.link("synchronising", "asks what happened meanwhile")
    live.snapshot(("C", 5, "49"))
    live.beat()
    assert live.held.contracts == 5
    assert not any(alert.startswith("critical") for alert in live.alerts)
    live.link("connecting", "TWS has closed the connection")
    (alert,) = (alert for alert in live.alerts if alert.startswith("critical"))
    assert alert.startswith("critical not connected with the broker: TWS has closed the connection")


def test_without_positions_it_is_a_warning_and_none_while_it_comes_up() -> None:
    live = Live(up=False)
    live.link("connecting")
    live.link("synchronising")
    assert live.alerts == []
    live.link("no server")
    live.link("connecting")
    assert live.alerts == ["warning not connected with the broker: no server"]
    live.link("up")
    assert live.alerts == []


def test_the_clock_may_begin_with_the_link() -> None:
    live = Live(up=False)
    state = opened(live.setup)
    Session(state, Book(), Ledger(), None).take(LinkChanged(ns("09:59:59"), "connecting", "the session begins"))
    assert [line.at_ns for line in state.tail] == [ns("09:59:59")]


def test_the_same_standing_is_told_once() -> None:
    live = Live()
    live.link("no server")
    live.link("no server")
    assert live.state.alerts["A-link"].count == 1


@pytest.mark.parametrize("state", DOWN)
def test_no_entry_while_not_up(state: LinkState) -> None:
    live = Live()
    live.link(state)
    said = live.command(Enter(symbol="C", side="buy", contracts=1))
    assert (said.accepted, said.said) == (False, "entry refused: the broker is not connected")
    assert live.book.placed == []


@pytest.mark.parametrize(
    "command",
    [
        Reduce(position="C", contracts=1), Close(position="C"), Flatten(), CancelExit(position="C"),
        Close(position="nothing"),
    ],
)  # fmt: skip
def test_a_human_who_reduces_is_told_so_before_anything_else(command: Close) -> None:
    live = bought(10)
    live.link("no server")
    sent = list(live.book.calls)
    said = live.command(command)
    assert not said.accepted
    assert said.said.startswith("the broker is not connected")
    assert live.book.calls == sent


def test_what_is_listed_can_be_held_and_what_is_known_stays() -> None:
    live = Live()
    known = live.state.contracts["C"]
    live.tell(Listed(live.state.now_ns, (option("C", "C"), option("W", "P", days=1))))
    assert live.state.contracts["C"] is known
    live.snapshot(("W", 2, "10"))
    assert live.ours == {"W": 2}


def test_the_account_is_kept_as_told() -> None:
    live = Live()
    told = AccountTold(live.state.now_ns, "DU1", "INR", net_liquidation=5.0)
    live.tell(told)
    assert live.state.account is told


def test_what_was_noticed_again_is_counted() -> None:
    live = Live()
    for _ in range(2):
        live.tell(Noticed(live.state.now_ns, "A-clock", "warning", "the broker's clock is 3 s ahead"))
    assert live.alerts == ["warning the broker's clock is 3 s ahead"]
    assert live.state.alerts["A-clock"].count == 2


def test_the_margin_of_a_draft_is_asked_and_told_in_a_frame() -> None:
    live = Live()
    said = live.command(AskMargin(symbol="C", side="buy", contracts=2))
    assert (said.accepted, said.said) == (True, "the broker is asked")
    assert live.book.calls == ["margin buy 2"]
    live.tell(MarginTold(live.state.now_ns, "C", "buy", 2, "USD", 1500.0, 900.0, 98_500.0))
    part = margin_part(live.state)
    assert part is not None
    assert (part.symbol, part.initial_change, part.excess, part.is_refused) == ("C", 1500.0, 98_500.0, False)


def test_while_not_connected_the_broker_is_not_asked_for_a_margin() -> None:
    live = Live(up=False)
    live.link("connecting")
    assert live.command(AskMargin(symbol="C", side="buy", contracts=2)).said == "the broker is not connected"
    assert live.book.calls == []
