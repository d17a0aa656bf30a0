"""What a human, a script or the socket may ask of a session; data only, strict, and every one of them pickles.

A position is named by its id (`P0001`), or by its symbol while only one position in it is open.
"""

from typing import Annotated, Any, Literal, TypeAlias, get_args

import msgspec

Fraction = Annotated[float, msgspec.Meta(gt=0.0, le=1.0)]
Contracts = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
Price = Annotated[float, msgspec.Meta(gt=0.0, le=1e12)]
Seconds = Annotated[float, msgspec.Meta(gt=0.0, le=1e7)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


def _tag(name: str) -> str:
    """Reduce -> reduce, TakeOver -> take_over."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class Base(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="command", tag=_tag):
    """What every command carries: who asked."""

    author: Text = "human"


class Reduce(Base, frozen=True):
    """Takes part of a position off: a fraction rounded down to whole lots, at least one; or a number of contracts."""

    position: Text
    fraction: Fraction | None = None
    contracts: Contracts | None = None

    def __post_init__(self) -> None:
        """Code that makes one is held to what a file or the socket is: bounds, and exactly one of the two."""
        if (self.fraction is None) == (self.contracts is None):
            raise ValueError("wants either 'fraction' or 'contracts'")
        if self.fraction is not None and not 0.0 < self.fraction <= 1.0:
            raise ValueError("'fraction' is above 0 and at most 1")
        if self.contracts is not None and self.contracts < 1:
            raise ValueError("'contracts' is at least 1")


class Close(Base, frozen=True):
    """Leaves a position whole."""

    position: Text


class CancelExit(Base, frozen=True):
    """Cancels what still works of a position's exits, and says no to what waits for a yes.

    A rule that is not mandatory does not act again until its reason has passed; a mandatory one may at once.
    """

    position: Text


class Flatten(Base, frozen=True):
    """Leaves every position of a scope: all, winners, losers, or those of one `underlying`."""

    scope: Literal["all", "winners", "losers", "underlying"] = "all"
    underlying: str | None = None

    def __post_init__(self) -> None:
        """An underlying belongs to the scope of that name, and to no other."""
        if (self.scope == "underlying") != (self.underlying is not None):
            raise ValueError("wants 'underlying' exactly when its scope is 'underlying'")


class Veto(Base, frozen=True):
    """Forbids one rule (or all that may be forbidden) to act on a position until `for_s` seconds have passed."""

    position: Text
    rule: str | None = None
    for_s: Seconds = 600.0
    reason: str = ""


class Unveto(Base, frozen=True):
    """Takes a veto back."""

    position: Text
    rule: str | None = None


class GoNow(Base, frozen=True):
    """Acts at once on what is counting down or waiting for a yes."""

    position: Text
    rule: str | None = None


class HoldUntil(Base, frozen=True):
    """No rule that may be forbidden acts on the position for `for_s` seconds."""

    position: Text
    for_s: Seconds
    reason: str = ""


class TakeOver(Base, frozen=True):
    """The human leads this position; only its protective stop still acts."""

    position: Text


class HandBack(Base, frozen=True):
    """The engine leads this position again."""

    position: Text


class SetMode(Base, frozen=True):
    """automatic: rules act; confirm: they wait for a yes; observe: nothing acts."""

    position: Text
    mode: Literal["automatic", "confirm", "observe"]


class SetStop(Base, frozen=True):
    """Moves the held stop to a price of the gain basis. `typed` may go beyond the protective stop's distance.

    `was` is the stop that the human saw when choosing the price: one that would tighten that stop never loosens the
    stop that is held by the time it arrives.
    """

    position: Text
    price: Price
    typed: bool = True
    reason: str = ""
    was: Price | None = None


class StopToBreakEven(Base, frozen=True):
    """Moves the held stop to the entry, unless it is better already."""

    position: Text


class StopByTicks(Base, frozen=True):
    """Moves the held stop by whole ticks; positive is towards the price."""

    position: Text
    ticks: Annotated[int, msgspec.Meta(ge=-1000, le=1000)]


class SetSession(Base, frozen=True):
    """active: all; reducing: no new risk; halted: no orders but a human's own reductions."""

    state: Literal["active", "reducing", "halted"]


class Arm(Base, frozen=True):
    """Lets a live account be traded until the end of the trading day; `account` is typed, and must be the very one."""

    account: Text


class Kill(Base, frozen=True):
    """Halts the session, cancels every working order and leaves every position of the scope, at any price."""

    scope: Literal["all", "winners", "losers", "underlying", "expiring"] = "all"
    underlying: str | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        """An underlying belongs to the scope of that name, and to no other."""
        if (self.scope == "underlying") != (self.underlying is not None):
            raise ValueError("wants 'underlying' exactly when its scope is 'underlying'")


class Reconcile(Base, frozen=True):
    """Asks the broker now for everything it holds and has working, and compares."""


class ResetCooldown(Base, frozen=True):
    """Ends the cooldown; the reason is journalled."""

    reason: Text


class Enter(Base, frozen=True):
    """Opens a position or joins one, at market or at a limit that fills at once or is refused.

    With `rests` the limit stays at a live broker until it fills, for the `day` or until it is cancelled (`gtc`).
    """

    symbol: Text
    side: Literal["buy", "sell"]
    contracts: Contracts
    price: Price | None = None
    profile: str | None = None
    reason: str = ""
    rests: Literal["day", "gtc"] | None = None

    def __post_init__(self) -> None:
        """An order at market has no price to rest at."""
        if self.rests is not None and self.price is None:
            raise ValueError("wants a 'price' to rest at")


class AskMargin(Base, frozen=True):
    """What the account would have to hold with that entry: asked of a live broker, told in a frame. Not journalled."""

    symbol: Text
    side: Literal["buy", "sell"]
    contracts: Contracts
    price: Price | None = None


class Acknowledge(Base, frozen=True):
    """Marks alerts as seen; all of them without an id."""

    alert: str | None = None


class Watch(Base, frozen=True):
    """Which position's board and chart the frames carry; not journalled."""

    position: str | None = None


class WatchChain(Base, frozen=True):
    """Which chain the frames carry: of that underlying and expiry (ISO date); none of them, no chain. Not journalled.

    Without an expiry it is the next one.
    """

    underlying: str | None = None
    expiry: str | None = None


class ApplyProfile(Base, frozen=True):
    """From now on new positions are supervised by this profile, and the open `positions` named as well.

    `toml` is the profile whole, so that the journal can be replayed. A held stop is never loosened by it.
    """

    toml: Annotated[str, msgspec.Meta(min_length=1, max_length=65_536)]
    positions: tuple[Text, ...] = ()
    as_default: bool = True


Command: TypeAlias = (
    Reduce
    | Close
    | CancelExit
    | Flatten
    | Veto
    | Unveto
    | GoNow
    | HoldUntil
    | TakeOver
    | HandBack
    | SetMode
    | SetStop
    | StopToBreakEven
    | StopByTicks
    | SetSession
    | Arm
    | Kill
    | Reconcile
    | ResetCooldown
    | Enter
    | AskMargin
    | Acknowledge
    | Watch
    | WatchChain
    | ApplyProfile
)
NAMES: dict[str, type[Base]] = {_tag(c.__name__): c for c in get_args(Command)}


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a command, given after it was journalled: accepted or not, and one sentence."""

    accepted: bool
    said: str


def parse(given: dict[str, Any]) -> Command:
    """A command from an object with `command` and its arguments. Raises ValueError with one sentence."""
    name = given.get("command")
    if name not in NAMES:
        raise ValueError(f"unknown command {name!r}; commands are {', '.join(sorted(NAMES))}")
    try:
        made = msgspec.convert(given, Command)
    except msgspec.ValidationError as error:
        said = f"{str(error)[:1].lower()}{str(error)[1:]}"
        raise ValueError(f"command '{name}'{' ' if said.startswith('wants') else ': '}{said}") from None
    return made


def arguments(command: Command) -> dict[str, Any]:
    """The command's arguments without its name and author, for the journal."""
    given = msgspec.to_builtins(command)
    return {k: v for k, v in given.items() if k not in ("command", "author") and v is not None}
