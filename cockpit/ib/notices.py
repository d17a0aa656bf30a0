"""What the broker's numbered messages mean for a feed; none of them ends it."""

from typing import Literal

Meaning = Literal["refused", "partly", "lost", "resubscribe", "back", "broken farm", "farm", "nothing"]

NO_LINES = 101
IN_USE = 326
READ_ONLY = 321
COMPETING = 10197
_PERMISSION = (
    "the account has no permission for live quotes; subscribe to them in Client Portal under Market Data "
    "Subscriptions, and let a paper account share those of its live account"
)
REFUSALS = {
    NO_LINES: "all market-data lines are taken; ask for less with --strikes or --expiries, or close quotes in TWS",
    200: "Interactive Brokers does not know the contract any more; start again",
    354: _PERMISSION,
    10089: _PERMISSION,
    10168: _PERMISSION,
    10186: _PERMISSION,
    COMPETING: "another live session of this user has the quotes; log out there",
}
_MEANINGS: dict[int, Meaning] = {
    **dict.fromkeys(REFUSALS, "refused"),
    10090: "partly",
    1100: "lost",
    2110: "lost",
    1101: "resubscribe",
    1102: "back",
    2103: "broken farm",
    2104: "farm",
    2108: "farm",  # it rests, and serves when it is asked
}


def meaning(code: int) -> Meaning:
    """Of one message; whatever is not in the table is only a notice."""
    return _MEANINGS.get(code, "nothing")


def refusal(what: str, code: int) -> str:
    """The sentence for a contract, or for several, that get no quotes."""
    return f"No quotes of {what} ({code}): {REFUSALS[code]}."


def partly(what: str) -> str:
    """The sentence for quotes of which the account may see only a part."""
    return f"Only some of the quotes of {what} come (10090): {_PERMISSION}."
