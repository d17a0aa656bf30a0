"""Which account, what money, what worth."""

from decimal import Decimal

import pytest

from cockpit.brokers.ib.account import choose, told
from cockpit.brokers.ib.pricing import as_far_as_allowed, price
from cockpit.brokers.ib.words import is_notice, is_refusal, sentence
from cockpit.domain.errors import BadInput
from cockpit.ib.accounts import is_live
from cockpit.routing.walk import Walk
from tests.brokers.ib.desk import Desk, an_order, touch
from tests.tws.driving import in_loop
from tests.tws.library import api
from tests.tws.server import LoopbackTws


@pytest.mark.parametrize(
    ("account", "live"), [("DU123", False), ("DF9", False), ("U123", True), ("D1", True), ("", True)]
)
def test_the_prefix_tells_paper_from_money(account: str, live: bool) -> None:
    assert is_live(account) is live


def test_the_only_account_need_not_be_named() -> None:
    assert choose(["DU1"], None) == choose(["DU1", "U2"], "DU1") == "DU1"


@pytest.mark.parametrize(("managed", "wanted", "words"), [(["DU1", "U2"], None, "manages DU1, U2; name the one"),
                                                          (["DU1"], "U2", "'U2' is not an account")])  # fmt: skip
def test_an_account_that_is_not_plain_names_its_option(managed: list[str], wanted: str | None, words: str) -> None:
    with pytest.raises(BadInput, match=f"^--account: .*{words}"):
        choose(managed, wanted)


def test_the_wrong_account_and_several() -> None:
    @in_loop
    async def asked(server: LoopbackTws, account: str | None) -> None:
        desk = Desk(server, account=account)
        await desk.join()
        try:
            await desk.broker.held(desk.ib, desk.budget)
        finally:
            await desk.leave()
        assert (desk.broker.account, desk.broker.is_live) == ("U2", True)

    with LoopbackTws("DU1", "U2") as server:
        asked(server, "U2")
        with pytest.raises(BadInput, match="--account: this login manages DU1, U2"):
            asked(server, None)
        with pytest.raises(BadInput, match="--account: 'U9' is not an account"):
            asked(server, "U9")


def value(tag: str, amount: str, currency: str = "USD", account: str = "DU1") -> object:
    return api.AccountValue(account, tag, amount, currency, "")


def test_the_worth_of_one_account_in_its_currency() -> None:
    values = [
        value("NetLiquidation", "1000.5", "EUR"), value("NetLiquidation", "7", "USD", "DU2"),
        value("RealizedPnL", "3", "EUR"), value("RealizedPnL", "4", "BASE"), value("UnrealizedPnL", "-2", "EUR"),
        value("AvailableFunds", "", "EUR"), value("AccountType", "INDIVIDUAL", ""),
    ]  # fmt: skip
    account = told("DU1", values, 5)
    assert account is not None
    assert (account.at_ns, account.currency, account.net_liquidation) == (5, "EUR", 1000.5)
    assert (account.realised, account.unrealised, account.available, account.excess) == (4.0, -2.0, None, None)


def test_an_account_of_which_nothing_is_known() -> None:
    assert told("DU1", [value("RealizedPnL", "3")], 5) is None


def test_prices() -> None:
    walk, quoted, unquoted = Walk(), touch(9.6, 10.0), touch(None, None)
    walked = an_order(limit=None)
    assert price(an_order(), walk, unquoted, 0.0) == (Decimal("12"),)
    assert price(walked, walk, quoted, 0.0) == (Decimal("10"),)
    assert price(walked, walk, quoted, 8.0) == (None,)
    assert price(walked, walk, unquoted, 8.0) is None
    assert price(an_order(limit=None, fills_suspect=True), walk, unquoted, 0.0) == (None,)
    assert price(an_order(limit=None, purpose="entry"), walk, unquoted, 0.0) == (None,)
    assert as_far_as_allowed(walked, walk, quoted) == Decimal("9")
    assert as_far_as_allowed(an_order(side="buy"), walk, quoted) == Decimal("11")
    assert as_far_as_allowed(walked, walk, unquoted) is None


def test_words() -> None:
    assert sentence(201, "Order rejected - reason:No<br>permission") == "the broker refused it (201: No permission)"
    assert sentence(4711, "") == "no reason given (4711)"
    assert is_notice(10349)
    assert is_notice(2109)
    assert not is_notice(201)
    assert is_refusal(201)
    assert not is_refusal(399)
