"""What an order comes to, why it would be refused, and the sentence that is confirmed."""

from dataclasses import replace

import pytest

from cockpit.commands import Enter
from cockpit.frame import ChainCell, PositionPart, StatusPart
from tests.widgets import frames, frames_market
from widgets.chain.chain_lookup import Contract, expiry_name, find, money_line, same_strikes
from widgets.chain.ticket_terms import Draft, Terms, command, cooldown_s, max_loss, refusal, sentence, terms_of

CELL = ChainCell(symbol="X", bid=78.25, ask=78.45, iv=None, delta=None, volume=None, open_interest=None, oi_change=None)
CALL = Contract(CELL, 26_150.0, "C", "NIFTY 26150 C", "18 Aug")
PUT = Contract(CELL, 26_150.0, "P", "NIFTY 26150 P", "18 Aug")
READY = frames.status(cooldown="expired", cooldown_until_ns=None)
BUY, SELL = Draft("X", profile="adaptive"), Draft("X", side="sell", profile="adaptive")


def terms(draft: Draft, contract: Contract = CALL) -> Terms:
    return terms_of(draft, contract, frames_market.chain(), READY, None)


def test_a_buyer_pays_the_ask_for_whole_lots() -> None:
    got = terms(BUY._replace(lots=2))
    assert got.contracts == 130
    assert got.expected == 78.45
    assert got.money == pytest.approx(130 * 78.45)
    assert got.spread_cost == pytest.approx(-130 * 0.2)
    assert (got.max_loss, got.max_loss_why) == ("10\u202f198\u00a0₹", "the premium paid")


def test_a_seller_gets_the_bid_and_may_lose_more() -> None:
    got = terms(SELL)
    assert got.expected == 78.25
    assert (got.max_loss, got.max_loss_why) == ("unlimited", "the underlying can rise without end")
    short_put = terms(SELL, PUT)
    assert short_put.max_loss == "1\u202f694\u202f664\u00a0₹"
    assert short_put.max_loss_why == "if the underlying falls to 0"


def test_a_limit_that_rests_is_reckoned_at_its_price_where_that_is_better() -> None:
    low = terms(BUY._replace(limit=70.0, rests="day"))
    assert (low.expected, low.money) == (70.0, pytest.approx(65 * 70.0))
    assert terms(BUY._replace(limit=90.0, rests="gtc")).expected == 78.45
    assert terms(SELL._replace(limit=90.0, rests="gtc")).expected == 90.0
    assert terms(BUY._replace(limit=90.0)).expected == 78.45


def test_a_limit_that_rests_says_for_how_long() -> None:
    draft = BUY._replace(limit=70.0, rests="gtc")
    said = sentence(draft, CALL, terms(draft), "INR")
    assert said.startswith("Buy 65 NIFTY 26150 C at a limit of 70.00, resting until it is cancelled, 4\u202f550\u00a0₹")
    assert command(draft, terms(draft)).rests == "gtc"
    assert command(draft._replace(limit=None), terms(BUY)).rests is None


def test_unknown_quotes_leave_unknown_money() -> None:
    blank = PUT._replace(cell=replace(CELL, bid=None, ask=None))
    got = terms(SELL, blank)
    assert (got.expected, got.money, got.spread_cost, got.max_loss) == (None, None, None, "n/a")
    assert max_loss("buy", blank, None, 65.0, "INR")[0] == "n/a"


@pytest.mark.parametrize(
    ("draft", "status", "held", "cell", "words"),
    [
        (BUY, READY, None, CELL, ""),
        (BUY, replace(READY, session="halted"), None, CELL, "The session is halted: no new risk is taken."),
        (
            BUY,
            replace(READY, session="halted", is_armed=False),
            None,
            CELL,
            "The account is not armed: no new risk is taken.",
        ),
        (BUY._replace(limit=70.0, rests="day"), READY, None, CELL, ""),
        (BUY, replace(READY, session="reducing"), None, CELL, "The session is reducing: no new risk is taken."),
        (SELL, READY, frames.position(), CELL, "Opposite to the open position of +195: take that off instead."),
        (BUY, READY, frames.position(), CELL, ""),
        (BUY, READY, frames.position(state="leaving"), CELL, "An exit of this position is working."),
        (BUY, READY, None, replace(CELL, ask=None), "No fresh ask: nothing to buy at."),
        (SELL, READY, None, replace(CELL, bid=None), "No fresh bid: nothing to sell at."),
        (BUY._replace(limit=78.45), READY, None, CELL, ""),
        (
            BUY._replace(limit=78.40),
            READY,
            None,
            CELL,
            "A limit of 78.40 is below the ask of 78.45: it would not fill at once.",
        ),
        (
            SELL._replace(limit=78.30),
            READY,
            None,
            CELL,
            "A limit of 78.30 is above the bid of 78.25: it would not fill at once.",
        ),
    ],
)
def test_why_it_cannot_be_sent(
    draft: Draft, status: StatusPart, held: PositionPart | None, cell: ChainCell, words: str
) -> None:
    assert refusal(draft, CALL._replace(cell=cell), frames_market.chain(), status, held) == words


@pytest.mark.parametrize(("left_ns", "words"), [(1, ""), (0, "The market is closed."), (-1, "The market is closed.")])
def test_a_contract_trades_until_its_own_close(left_ns: int, words: str) -> None:
    chain = frames_market.chain(closes_ns=READY.at_ns + left_ns)
    assert refusal(BUY, CALL, chain, READY, None) == words
    assert terms_of(BUY, CALL, chain, READY, None).refusal == words


def test_the_sentence_says_all_that_is_sent() -> None:
    said = sentence(BUY, CALL, terms(BUY), "INR").replace("\u00a0", " ").replace("\u202f", " ")
    assert said == "Buy 65 NIFTY 26150 C at market ≈ 78.45, 5 099 ₹, supervised by adaptive"
    limited = SELL._replace(limit=78.2)
    said = sentence(limited, CALL, terms(limited), "INR").replace("\u00a0", " ").replace("\u202f", " ")
    assert said == ("Sell 65 NIFTY 26150 C at a limit of 78.20, now ≈ 78.25, 5 086 ₹ received, supervised by adaptive")


def test_the_command_is_the_draft() -> None:
    draft = BUY._replace(lots=3, limit=79.0)
    wanted = Enter(symbol="X", side="buy", contracts=195, price=79.0, profile="adaptive")
    assert command(draft, terms(draft)) == wanted


def test_the_seconds_of_a_cooldown() -> None:
    assert cooldown_s(frames.status()) == 41.0
    assert cooldown_s(READY) == 0.0
    assert cooldown_s(frames.status(cooldown_until_ns=frames.AT_NS - 1)) == 0.0


def test_a_contract_is_found_by_its_symbol() -> None:
    part = frames_market.chain()
    found = find(part, "NIFTY26AUG26150PE")
    assert found is not None
    assert (found.name, found.right, found.expiry) == ("NIFTY 26150 P", "P", "18 Aug")
    assert find(part, "nothing") is None
    assert find(None, "NIFTY26AUG26150PE") is None
    assert expiry_name(replace(part, expiry="2027-01-01")) == "2027-01-01"


def test_the_spot_parts_the_strikes() -> None:
    part = frames_market.chain()
    assert part.rows[money_line(part) - 1].strike == 26_150.0
    assert money_line(replace(part, spot=None)) == len(part.rows) // 2
    assert same_strikes(part, replace(part, rows=tuple(part.rows)))
    assert not same_strikes(part, replace(part, rows=part.rows[1:]))
    assert not same_strikes(part, replace(part, expiry="2026-08-25"))
