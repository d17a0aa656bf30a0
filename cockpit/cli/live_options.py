"""The options of a live feed, as `cockpit run` and `cockpit record` share them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cockpit.settings import MARKETS

if TYPE_CHECKING:
    from cockpit.feeds.ib.contracts import Wanted

LIVE = "ib:"

Underlyings = Annotated[
    list[str] | None,
    typer.Option("--underlying", metavar="SYMBOL", help="With ib: whose options; again, or with commas, for several."),
]
Expiries = Annotated[int, typer.Option("--expiries", min=1, max=50, help="With ib: so many next expiries.")]
Strikes = Annotated[int, typer.Option("--strikes", min=1, max=500, help="With ib: so many strikes a side.")]
MarketDataLines = Annotated[
    int, typer.Option("--lines", min=5, max=10_000, help="With ib: the market-data lines you have.")
]
MarketName = Annotated[
    str | None, typer.Option("--market", help="With ib: nse, us or crypto, where the exchange does not say it.")
]
Minutes = Annotated[
    float | None, typer.Option("--minutes", min=0.0, help="With ib: stop after so long; else Ctrl+C ends it.")
]

AccountName = Annotated[
    str | None,
    typer.Option("--account", metavar="ACCOUNT", help="With --broker ib: which account."),
]
ArmedAccount = Annotated[
    str | None,
    typer.Option("--arm", metavar="ACCOUNT", help="With --broker ib: let rules act in this live account."),
]
LeadFound = Annotated[
    bool,
    typer.Option("--lead-found", help="With --broker ib: lead at once what was opened elsewhere."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was given of them."""

    underlyings: list[str] | None
    expiries: int
    strikes: int
    lines: int
    market: str | None

    def wanted(self, what: str) -> "Wanted":
        """What the feed is asked for; usage errors for what does not make sense. `what` is to be done with it."""
        if self.market not in (None, *MARKETS):
            raise typer.BadParameter(f"'{self.market}' is not one of {', '.join(MARKETS)}", param_hint="--market")
        words = (word.strip().upper() for option in self.underlyings or () for word in option.split(","))
        names = tuple(dict.fromkeys(filter(None, words)))
        if not names:
            raise typer.BadParameter(
                f"name whose options to {what}, such as --underlying SPY", param_hint="--underlying"
            )
        from cockpit.feeds.ib.contracts import Wanted

        return Wanted(
            underlyings=names, expiries=self.expiries, strikes=self.strikes, market=self.market, lines=self.lines
        )


def refuse(given: dict[str, Any], what: str) -> None:
    """A usage error for options, by name, that were given and go with something else only."""
    for name, value in given.items():
        if value:
            raise typer.BadParameter(f"it goes with {what} only", param_hint=name)
