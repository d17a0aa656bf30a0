"""What the status strip says of a live session: whose account, real money or not, the link, and what if we die now."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF

from cockpit.frame import ConnectionPart, StatusPart
from widgets.paint import format as fmt
from widgets.paint.ink import CENTRE, RIGHT, Ink
from widgets.paint.signs import direction
from widgets.paint.theme import Look
from widgets.parts.guard import lost
from widgets.parts.link import account_short, latency, link_words, trades


class Section(NamedTuple):
    """A fixed place in the strip, in logical pixels."""

    name: str
    wide: int
    compact: int


PLAYED = (
    Section("badge", 104, 90),
    Section("feed", 176, 124),
    Section("clock", 232, 196),
    Section("money", 300, 202),
    Section("cooldown", 104, 82),
    Section("session", 136, 124),
    Section("playback", 206, 192),
    Section("alerts", 92, 82),
)
LIVE = (
    Section("badge", 172, 130),
    Section("link", 152, 126),
    Section("feed", 96, 100),
    Section("clock", 212, 150),
    Section("money", 238, 148),
    Section("guard", 182, 132),
    Section("cooldown", 86, 74),
    Section("session", 118, 112),
    Section("alerts", 66, 60),
)
BADGES = {"REPLAY": "replay", "PAPER": "paper", "LIVE": "live"}


def title_of(status: StatusPart, link: ConnectionPart | None) -> str:
    """Of the window: the badge, whose account, that it is real money, and what is fed."""
    words = [status.badge]
    if link is not None and trades(link):
        words.append(link.account)
    if status.is_live_money:
        words.append("real money" if status.is_armed else "real money, not armed")
    return " · ".join([*(word for word in words if word), status.feed, "Cockpit"])


def badge_words(status: StatusPart, link: ConnectionPart | None) -> str:
    """What the badge means, in a sentence."""
    if status.is_live_money:
        unarmed = (
            ": until you type the account nothing is opened, no rule acts and nothing rests; your own exits are sent"
        )
        after = "" if status.is_armed else unarmed
        return f"Orders are filled with real money in account {link.account if link is not None else '?'}{after}."
    if link is not None and link.only_reads:
        return "Live quotes; orders are filled by our own practice broker, nothing reaches an account."
    if link is not None:
        return f"Orders are filled by the broker's paper account {link.account}."
    return {
        "REPLAY": "A recording is played; nothing reaches a broker.",
        "PAPER": "Orders are filled by a paper account.",
        "LIVE": "Orders are filled with real money.",
    }.get(status.badge, status.badge)


def link_sentence(status: StatusPart, link: ConnectionPart | None) -> str:
    """The link in a sentence."""
    if link is None:
        return ""
    why = f": {link.words}" if link.words else ""
    return (
        f"{link.address} {link_words(link, status.at_ns)}{why}; latency {latency(link)}, "
        f"{fmt.number(link.messages_per_s, 0)} of {fmt.number(link.messages_limit, 0)} messages a second"
    )


def guard_sentence(status: StatusPart, link: ConnectionPart | None) -> str:
    """What would be lost, and where nothing rests."""
    if not trades(link):
        return "Practice orders end with this program: nothing rests at a broker."
    money = "not known" if status.dies_now is None else f"{lost(status.dies_now, exact=True)} {status.currency}"
    count = status.dies_unprotected
    bare = "" if not count else f"; {count} position{'' if count == 1 else 's'} not protected whole"
    return f"If this program dies now, until the resting stops act: {money}{bare}."


def paint_badge(ink: Ink, box: QRectF, status: StatusPart, link: ConnectionPart | None) -> None:
    """Replay and practice: a plate. A paper account: a plate and its code. Real money: a block from edge to edge."""
    if status.is_live_money:
        _paint_real_money(ink, box, status, link)
        return
    compact = ink.look.compact
    wide = box.width() - 4 if link is None else 52 if compact else 66
    plate = QRectF(box.left(), box.center().y() - 13, wide, 26)
    ink.rounded(plate, 3, fill=BADGES.get(status.badge, "replay"))
    ink.text(plate, status.badge, px=11 if link is not None and compact else 12, weight=600, token="onbadge",
             align=CENTRE)  # fmt: skip
    if link is not None:
        beside = QRectF(plate.right() + 6, plate.top() - 1, box.right() - plate.right() - 6, 14)
        ink.text(beside, "account", px=10, weight=500, token="t2")
        words = "practice" if link.only_reads else fitting_account(ink.look, link.account, beside.width())
        words = words or fmt.UNKNOWN
        ink.text(beside.translated(0, 14), words, px=11, weight=600)


def _paint_real_money(ink: Ink, box: QRectF, status: StatusPart, link: ConnectionPart | None) -> None:
    block = QRectF(0, 0, box.right(), box.bottom())
    ink.fill(block, "live")
    top = QRectF(box.left(), box.top() + (4 if ink.look.compact else 6), box.width() - 8, 20)
    right = ink.run(top, "LIVE", px=15, weight=600, token="onbadge")
    room = top.right() - right - 8
    account = fitting_account(ink.look, link.account if link is not None else "", room)
    ink.text(top.adjusted(0, 1, 0, 0), account, px=11, weight=600, token="onbadge", align=RIGHT)
    below = top.translated(0, 19)
    if status.is_armed:
        ink.text(below, "real money", px=11, weight=500, token="onbadge")
        return
    ink.icon("lock", QRectF(below.left() - 1, below.center().y() - 7, 14, 14), "onbadge")
    ink.text(below.adjusted(17, 0, 0, 0), "not armed", px=11, weight=600, token="onbadge")


def fitting_account(look: Look, account: str, room: float) -> str:
    """The code whole, or its beginning and end where it has no room."""
    return account if look.width(account, 11, 600) <= room else account_short(account)


def link_caption(look: Look, link: ConnectionPart) -> str:
    """Latency, and in a wide window the messages of the budget."""
    if look.compact:
        return f"Broker · {latency(link)}"
    return f"Broker · {latency(link)} · {fmt.number(link.messages_per_s, 0)}/s"


def paint_guard(ink: Ink, value: QRectF, status: StatusPart, link: ConnectionPart | None) -> None:
    """The money with its triangle, and how many positions nothing rests for, with theirs."""
    middle, money, count = value.center().y(), status.dies_now, status.dies_unprotected
    if not trades(link):
        ink.text(value, "practice", token="t2")
        return
    left = value.left()
    if money is None:
        left = ink.run(value, fmt.UNKNOWN, weight=600, token="t3")
    else:
        token = "loss" if count else "t1"
        if money >= 0.5:
            direction(ink, QPointF(left + 5, middle), -money, token)
            left += 14
        left = ink.run(value.adjusted(left - value.left(), 0, 0, 0), lost(money), weight=600, token=token)
    if count:
        right = QRectF(left + 8, value.top(), value.right() - left - 8, value.height())
        words = f"{count} unprotected"
        if ink.look.width(words, 11, 600) > right.width() - 18:
            words = str(count)
        ink.icon("alert", QRectF(right.left(), middle - 7, 14, 14), "loss")
        ink.text(right.adjusted(18, 0, 0, 0), words, px=11, weight=600, token="loss")
