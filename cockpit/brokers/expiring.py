"""Practice positions in options that have expired: settled in cash for what they are worth, as an exchange does it."""

from decimal import Decimal

from cockpit.domain.money import exact, rounded
from cockpit.events import Outside
from cockpit.state.model import State

WORDS = "as it expired: settled at intrinsic value"


def settled(state: State) -> list[Outside]:
    """One execution for each, by the last price of its underlying; while that is unknown the position stays."""
    now_t = state.t(state.now_ns)
    found: list[Outside] = []
    for held in state.held.values():
        instrument, level = held.instrument, held.contract.underlying.price
        if instrument.strike is None or not held.contract.view.expiry_t <= now_t or level != level:
            continue
        worth = max(instrument.exposure_sign * (level - instrument.strike), 0.0)
        found.append(
            Outside(
                state.now_ns, f"{held.id} expired", instrument.symbol, "sell" if held.side > 0 else "buy",
                held.contracts, rounded(exact(worth)), Decimal(0), WORDS,
            )
        )  # fmt: skip
    return found
