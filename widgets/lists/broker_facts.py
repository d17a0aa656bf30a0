"""What the panel of the live broker says: the link, its gauges, what the account is worth, and what if we die now."""

from typing import NamedTuple

from cockpit.frame import AccountPart, ConnectionPart, PositionPart, StatusPart
from widgets.paint import format as fmt
from widgets.paint.signs import outcome
from widgets.parts.guard import is_bare, lost
from widgets.parts.link import UP, latency, link_token, link_words, trades

NS = 1_000_000_000
SLOW_MS = 500.0  # an answer of TWS that takes so long is too slow to exit by
CLOCK_OFF_S = 2.0  # from which on the trader is told


class Fact(NamedTuple):
    """One value below its caption; `share` of what it may be at most, for a gauge, None without one."""

    key: str
    caption: str
    value: str
    wide: int
    compact: int
    token: str = "t1"
    tip: str = ""
    share: float | None = None
    has_gauge: bool = False
    money: float | None = None  # whose sign has a shape


def link_facts(link: ConnectionPart, status: StatusPart) -> tuple[Fact, ...]:
    """The connection: where, how long, how fast, and how much of what it may ask is used."""
    zone, off = status.zone, link.clock_off_s
    compared = fmt.UNKNOWN if link.synchronised_ns is None else fmt.clock(link.synchronised_ns, zone)
    delay = None if link.latency_ms is None else link.latency_ms / SLOW_MS
    rate = link.messages_per_s / link.messages_limit if link.messages_limit else None
    lines = link.lines / link.lines_limit if link.lines_limit else None
    return (
        Fact("state", "Broker", link_words(link, status.at_ns), 150, 132, link_token(link), _since(link, zone)),
        Fact("address", "Address", link.address, 178, 132, "t1", f"TWS or Gateway at {link.address}"),
        Fact("latency", "Latency", latency(link), 118, 94, _near(delay),
             "How long TWS took to answer the newest question", delay, True),
        Fact("messages", "Messages /s", _of(link.messages_per_s, link.messages_limit), 112, 84, _near(rate),
             "Asked of TWS over the last seconds; exits go first and are never held back", rate, True),
        Fact("lines", "Quote lines", _of(link.lines, link.lines_limit), 132, 112, _near(lines),
             "Market-data subscriptions in use", lines, True),
        Fact("clock", "Clock off", _seconds(off), 92, 68,
             "t1" if off is None or abs(off) <= CLOCK_OFF_S else "warn", "The clock of TWS less ours"),
        Fact("synchronised", "Synchronised", compared, 96, 76, "t1", "When all it holds was asked for last"),
        Fact("reconnects", "Reconnects", fmt.number(link.reconnects, 0), 82, 72, "t1", "Since the session began"),
    )  # fmt: skip


def account_facts(account: AccountPart | None, link: ConnectionPart, status: StatusPart) -> tuple[Fact, ...]:
    """What the account is worth, in whole units of its currency; while the link is not well, why, for it is old then.

    Nothing of it where only quotes are read.
    """
    if link.state != UP and link.words:
        words = f"{link.words[:1].upper()}{link.words[1:]}"
        return (Fact("why", "What is the matter", words, 980, 740, "t1", "Resting stops protect meanwhile"),)
    if not trades(link):
        return (Fact("practice", "Account", "none: quotes only, orders are filled by the practice broker", 900, 740),)
    kind = "real money" if link.is_live_account else "paper"
    code = account.currency if account is not None else status.currency
    told = "not told yet" if account is None else f"as of {fmt.clock(account.at_ns, status.zone)}"
    values = {
        name: None if account is None else getattr(account, name)
        for name in (
            "net_liquidation", "available", "buying_power", "excess", "initial_margin", "maintenance_margin",
            "unrealised", "realised",
        )
    }  # fmt: skip
    captions = ("Net liquidation", "Available", "Buying power", "Excess", "Initial margin", "Maint. margin",
                "Unrealised", "Realised today")  # fmt: skip
    first = Fact("account", f"{kind} · {code}", link.account, 124, 100, "t1", f"Account {link.account}, {kind}")
    return first, *(
        _money(key, caption, value, f"{caption} in {code}, {told}")
        for (key, value), caption in zip(values.items(), captions, strict=True)
    )


def guard_words(positions: tuple[PositionPart, ...], status: StatusPart) -> tuple[str, str]:
    """How many positions something rests for, and what is lost until it acts."""
    covered = sum(not is_bare(row) for row in positions)
    count = f"{covered} of {len(positions)} positions protected" if positions else "nothing is held"
    code = "" if status.dies_now is None else f" {status.currency}"
    return count, f"until stops act {lost(status.dies_now)}{code}" if positions else ""


def _money(key: str, caption: str, value: float | None, tip: str) -> Fact:
    earned = key in ("unrealised", "realised")
    words = fmt.money_short(value, signed=earned)
    token = "t3" if value is None else outcome(value) if earned else "t1"
    short = key == "excess" and value is not None and value < 0.0
    return Fact(key, caption, words, 102, 84, "loss" if short else token, tip, money=value if earned else None)


def _of(used: float, limit: float) -> str:
    return f"{fmt.number(used, 0)}/{fmt.number(limit, 0)}"


def _seconds(value: float | None) -> str:
    return fmt.UNKNOWN if value is None else f"{fmt.number(value, 1, signed=True)} s"


def _near(share: float | None) -> str:
    return "t3" if share is None else "warn" if share >= 1.0 else "t1"


def _since(link: ConnectionPart, zone: str) -> str:
    why = f": {link.words}" if link.words else ""
    return f"{link.state} since {fmt.clock(link.since_ns, zone)}{why}"
