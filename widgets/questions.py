"""What a key has to ask before it is a command: how many, at what price, for how long, why."""

import re
from collections.abc import Callable

import msgspec

from cockpit.commands import Arm, Command, Flatten, HoldUntil, Kill, Reduce, ResetCooldown, SetStop, Veto
from cockpit.frame import PositionPart
from widgets.ask_bar import Question
from widgets.paint import format as fmt

NS = 1_000_000_000
Send = Callable[[Command], None]
MINUTES = (1, 5, 10, 30)
UNTIL_CLOSE = "until the close"
TWO_WAYS = re.compile(r"-?\d{1,3},\d{3}")  # a group, or three decimals?


def how_many(row: PositionPart, send: Send) -> Question:
    """Take n contracts off: whole lots, not more than are held."""

    lot = row.contracts // row.lots if row.lots else 1

    def answer(line: str, _: int) -> str:
        count = _whole(line)
        if count is None or count < 1:
            return unreadable(line, "Type a whole number of contracts, 1 or more.")
        if count > row.contracts:
            return f"Only {fmt.number(row.contracts, 0)} are held."
        if count % lot and count != row.contracts:
            return f"{fmt.number(count, 0)} is not whole lots of {fmt.number(lot, 0)}: take a multiple, or everything."
        send(Reduce(position=row.id, contracts=count))
        return ""

    return Question(
        title=f"Take how many of {fmt.number(row.contracts, 0)} {row.label} off?",
        hint=f"Whole lots of {fmt.number(lot, 0)}, or everything." if lot > 1 else "Goes at once.",
        line="",
        wants="contracts",
        verb="Take off",
        answer=answer,
    )


def stop_price(row: PositionPart, send: Send) -> Question:
    """Move the held stop to a price of its basis; level and entry are said in that basis."""
    held = "" if row.stop is None else f"{row.stop:.6f}".rstrip("0").rstrip(".")

    def answer(line: str, _: int) -> str:
        price = row.stop if row.stop is not None and line == held else number_of(line)
        if price is None or price <= 0.0:
            return unreadable(line, "Type a price above 0.")
        send(SetStop(position=row.id, price=price, was=row.stop))
        return ""

    now = "no stop is held now" if row.stop is None else f"stop now {fmt.price(row.stop)}"
    what, level, entry = "Mark", row.mark, row.entry
    if row.stop_basis == "underlying":
        what, level, entry = row.underlying, row.level, row.level_entry
    return Question(
        title=f"Stop of {row.label} at which price of the {row.stop_basis}?",
        hint=f"{what} {fmt.price(level)}, entry {fmt.price(entry)}, {now}.",
        line=held,
        wants="price",
        verb="Move stop",
        answer=answer,
    )


def veto(position: str, rule: str, label: str, left_s: float, send: Send) -> Question:
    """Veto a rule on a position for a while, with a reason; `left_s` are the seconds until its contract's close."""

    def answer(line: str, choice: int) -> str:
        send(Veto(position=position, rule=rule, for_s=_span_s(choice, left_s), reason=line))
        return ""

    return Question(
        title=f"Veto {fmt.words(rule)} on {label} for how long?",
        hint="It keeps speaking; it may act again afterwards.",
        line="",
        wants="why (optional)",
        choices=_spans(left_s),
        chosen=MINUTES.index(10),
        verb="Veto",
        answer=answer,
    )


def hold_until(row: PositionPart, left_s: float, send: Send) -> Question:
    """Let no rule that may be vetoed act on the position for a while."""

    def answer(line: str, choice: int) -> str:
        send(HoldUntil(position=row.id, for_s=_span_s(choice, left_s), reason=line))
        return ""

    return Question(
        title=f"Hold {row.label} for how long?",
        hint="Only mandatory rules act meanwhile: its protective stop, the clock.",
        line="",
        wants="why (optional)",
        choices=_spans(left_s),
        chosen=MINUTES.index(10),
        verb="Hold",
        answer=answer,
    )


def reset_cooldown(send: Send) -> Question:
    """End the cooldown; the reason is journalled."""

    def answer(line: str, _: int) -> str:
        if not line:
            return "Type the reason: it is journalled."
        send(ResetCooldown(reason=line))
        return ""

    return Question(
        title="End the cooldown: why?",
        hint="New risk is allowed again at once; the reason is journalled.",
        line="",
        wants="reason",
        verb="End cooldown",
        answer=answer,
    )


def scopes(rows: tuple[PositionPart, ...], send: Send) -> Question:
    """Leave all positions of a scope: their number is said before."""
    underlyings = tuple(dict.fromkeys(row.underlying for row in rows))
    won = sum(row.pnl is not None and row.pnl > 0.0 for row in rows)
    lost = sum(row.pnl is not None and row.pnl < 0.0 for row in rows)
    held = {name: sum(row.underlying == name for row in rows) for name in underlyings}
    wanted = (
        Flatten(scope="winners"),
        Flatten(scope="losers"),
        *(Flatten(scope="underlying", underlying=name) for name in underlyings),
        Flatten(),
    )
    words = (f"winners: {won}", f"losers: {lost}", *(f"{name}: {held[name]}" for name in underlyings))

    def answer(_: str, choice: int) -> str:
        send(wanted[choice])
        return ""

    return Question(
        title="Leave which positions?",
        hint="They are sold or bought back at once; a blind one neither wins nor loses.",
        choices=(*words, f"all: {len(rows)}"),
        verb="Leave them",
        answer=answer,
    )


def arm(account: str, send: Send) -> Question:
    """Let an account with real money be traded for the rest of its trading day: its code is typed, whole."""

    def answer(line: str, _: int) -> str:
        if line != account:
            return f"{line} is not {account}: not armed." if line else f"Type {account}, as it is written here."
        send(Arm(account=line))
        return ""

    return Question(
        title=f"Arm {account} with real money until the trading day ends?",
        hint="From then on entries are taken, and stops rest at the broker. Type the account code.",
        line="",
        wants="account code",
        verb="Arm",
        answer=answer,
    )


def kill(rows: tuple[PositionPart, ...], today: str, working: int, send: Send) -> Question:
    """The kill switch: halt, cancel all that works, leave a scope at any price; `today` is the exchange's ISO date."""
    held = {name: sum(row.underlying == name for row in rows) for name in dict.fromkeys(r.underlying for r in rows)}
    won = sum(row.pnl is not None and row.pnl > 0.0 for row in rows)
    lost = sum(row.pnl is not None and row.pnl < 0.0 for row in rows)
    offered = (
        (f"all: {len(rows)}", Kill()),
        (f"winners: {won}", Kill(scope="winners")),
        (f"losers: {lost}", Kill(scope="losers")),
        *((f"{name}: {count}", Kill(scope="underlying", underlying=name)) for name, count in held.items()),
        (f"expiring today: {sum(row.expiry == today for row in rows)}", Kill(scope="expiring")),
    )

    def answer(line: str, choice: int) -> str:
        send(msgspec.structs.replace(offered[choice][1], reason=line))
        return ""

    orders = "1 working order" if working == 1 else f"{fmt.number(working, 0)} working orders"
    return Question(
        title="Kill switch: leave which positions?",
        hint=f"Halts the session, cancels {orders}, leaves these at any price. Enter sends it.",
        line="",
        wants="why (optional)",
        choices=tuple(words for words, _ in offered),
        chooses_first=True,
        verb="Kill",
        answer=answer,
    )


def number_of(line: str) -> float | None:
    """A number as people type it: groups, or a decimal comma. None when it is none, or can be read two ways."""
    text = line.replace(fmt.GROUP, "").replace(" ", "")
    if TWO_WAYS.fullmatch(text):
        return None
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None  # infinities and NaN are none either


def unreadable(line: str, otherwise: str) -> str:
    """Why that is no number: 24,200 may be meant either way, and money must not hang on the guess."""
    text = line.replace(fmt.GROUP, "").replace(" ", "")
    if TWO_WAYS.fullmatch(text):
        return f"{line} can be read two ways: write {text.replace(',', '')} or {text.replace(',', '.')}."
    return otherwise


def _whole(line: str) -> int | None:
    value = number_of(line)
    return int(value) if value is not None and value == int(value) else None


def _spans(left_s: float) -> tuple[str, ...]:
    closes = (UNTIL_CLOSE,) if left_s > 0.0 else ()
    return (*(f"{minutes} min" for minutes in MINUTES), *closes)


def _span_s(choice: int, left_s: float) -> float:
    return MINUTES[choice] * 60.0 if choice < len(MINUTES) else left_s


def until_close_s(row: PositionPart | None, at_ns: int) -> float:
    """Seconds until the close of the position's contract; 0 when it has none, or it is over."""
    return max(0.0, (row.closes_ns - at_ns) / NS) if row is not None and row.closes_ns is not None else 0.0
