"""What a ticket comes to: the price to expect, what it costs and can lose, and why it cannot be sent now."""

from typing import Literal, NamedTuple

from cockpit.commands import Enter
from cockpit.frame import ChainPart, PositionPart, StatusPart
from widgets.chain.chain_lookup import Contract
from widgets.paint import format as fmt

NS = 1_000_000_000
SLACK = 1e-9
Rests = Literal["day", "gtc"]
STAYS: dict[Rests | None, str] = {None: "now", "day": "resting today", "gtc": "resting until it is cancelled"}


class Draft(NamedTuple):
    """What a human has chosen so far."""

    symbol: str
    side: str = "buy"  # buy | sell
    lots: int = 1
    limit: float | None = None  # None: at market
    profile: str = ""
    rests: Rests | None = None  # a limit that does not fill at once stays at the broker; None: it is refused


class Terms(NamedTuple):
    """A draft against the newest quotes; money in the market's currency, None unknown."""

    contracts: int
    expected: float | None  # price
    money: float | None  # paid when above 0 for a buyer, received for a seller
    spread_cost: float | None  # of going in and out again, at most 0
    max_loss: str
    max_loss_why: str
    refusal: str  # why it cannot be sent; empty when it can


def cooldown_s(status: StatusPart) -> float:
    """Seconds of the session until new risk may be taken again; 0 when it may."""
    if status.cooldown != "active" or status.cooldown_until_ns is None:
        return 0.0
    return max(0.0, (status.cooldown_until_ns - status.at_ns) / NS)


def terms_of(draft: Draft, contract: Contract, part: ChainPart, status: StatusPart, held: PositionPart | None) -> Terms:
    """All that the ticket says about the draft."""
    contracts = draft.lots * part.lot
    cell, expected = contract.cell, expected_price(draft, contract)
    size = contracts * part.multiplier
    money = expected * size if expected is not None else None
    spread = -(cell.ask - cell.bid) * size if cell.ask is not None and cell.bid is not None else None
    loss, why = max_loss(draft.side, contract, money, size, status.currency)
    return Terms(contracts, expected, money, spread, loss, why, refusal(draft, contract, part, status, held))


def expected_price(draft: Draft, contract: Contract) -> float | None:
    """What it fills at: the quote, or the limit that rests where that is better for us."""
    quote = contract.quote(draft.side)
    if quote is None or draft.limit is None or draft.rests is None:
        return quote
    return min(quote, draft.limit) if draft.side == "buy" else max(quote, draft.limit)


def max_loss(side: str, contract: Contract, money: float | None, size: float, currency: str) -> tuple[str, str]:
    """The most that can be lost until expiry before any exit, and why that is so."""
    if side == "buy":
        return cash(money, currency), "the premium paid"
    if contract.right == "C":
        return "unlimited", "the underlying can rise without end"
    most = None if money is None else contract.strike * size - money
    return cash(most, currency), "if the underlying falls to 0"


def refusal(draft: Draft, contract: Contract, part: ChainPart, status: StatusPart, held: PositionPart | None) -> str:
    """Why the engine would refuse it, in its own order; a cooldown is said by the button. Empty when it may go."""
    if not status.is_armed:
        return "The account is not armed: no new risk is taken."
    if status.session != "active":
        return f"The session is {status.session}: no new risk is taken."
    if part.closes_ns is not None and status.at_ns >= part.closes_ns:
        return "The market is closed."
    if held is not None:
        if (held.side > 0) != (draft.side == "buy"):
            return (
                f"Opposite to the open position of {fmt.contracts(held.contracts, held.side)}: take that off instead."
            )
        if held.state == "leaving":
            return "An exit of this position is working."
    return _quote_refusal(draft, contract)


def _quote_refusal(draft: Draft, contract: Contract) -> str:
    quote, name = contract.quote(draft.side), "ask" if draft.side == "buy" else "bid"
    if quote is None:
        return f"No fresh {name}: nothing to {draft.side} at."
    limit = draft.limit
    if limit is not None and draft.rests is None and (quote - limit) * (1 if draft.side == "buy" else -1) > SLACK:
        there = "below the ask" if draft.side == "buy" else "above the bid"
        return f"A limit of {fmt.price(limit)} is {there} of {fmt.price(quote)}: it would not fill at once."
    return ""


def sentence(draft: Draft, contract: Contract, terms: Terms, currency: str) -> str:
    """What is confirmed: Buy 65 NIFTY 26150 C at market ≈ 78.35, 5 093 ₹, supervised by adaptive."""
    what = f"{draft.side.capitalize()} {fmt.number(terms.contracts, 0)} {contract.name}"
    at = "at market" if draft.limit is None else f"at a limit of {fmt.price(draft.limit)}, {STAYS[draft.rests]}"
    amount = f"{cash(terms.money, currency)}{'' if draft.side == 'buy' else ' received'}"
    near = "" if draft.rests is not None and draft.limit is not None else f" ≈\u00a0{fmt.price(terms.expected)}"
    return f"{what} {at}{near}, {amount}, supervised by {draft.profile}"


def command(draft: Draft, terms: Terms) -> Enter:
    """The draft as the command that the engine takes."""
    return Enter(
        symbol=draft.symbol,
        side="buy" if draft.side == "buy" else "sell",
        contracts=terms.contracts,
        price=draft.limit,
        profile=draft.profile or None,
        rests=draft.rests if draft.limit is not None else None,
    )


def cash(value: float | None, code: str) -> str:
    """Money in whole units of that currency, in millions where it is long; not to be broken across lines."""
    return fmt.UNKNOWN if value is None else f"{fmt.money_short(value, signed=False)}\u00a0{fmt.currency(code)}"
