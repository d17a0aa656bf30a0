"""The live link in signs and words: connected, connecting, no server, quiet; a shape each, before any colour."""

from PySide6.QtCore import QPointF, QRectF

from cockpit.frame import ConnectionPart
from widgets.paint import format as fmt
from widgets.paint.ink import Ink
from widgets.paint.signs import arc
from widgets.paint.theme import Look

NS = 1_000_000_000
UP = "up"
WORDS = {UP: "connected"}  # every other state is its own word
TROUBLE = ("no server", "quiet")
SIGN = 18.0  # room for the sign


def link_words(part: ConnectionPart, at_ns: int) -> str:
    """The state, and unless it is well for how long it has been so."""
    word = WORDS.get(part.state, part.state)
    return word if part.state == UP else f"{word} {fmt.age((at_ns - part.since_ns) / NS)}"


def link_token(part: ConnectionPart) -> str:
    """Well is quiet, trouble warns."""
    return "warn" if part.state in TROUBLE else "t1"


def paint_link(ink: Ink, box: QRectF, part: ConnectionPart, at_ns: int) -> None:
    """The sign and the words; where there is no room for both, the age goes."""
    token, middle = link_token(part), box.center().y()
    if part.state == UP:
        ink.rounded(QRectF(box.left() + 1, middle - 3, 7, 7), 3.5, fill="t2")
    elif part.state == "no server":
        ink.icon("alert", QRectF(box.left() - 1, middle - 7, 14, 14), token)
    elif part.state == "quiet":
        ink.pen(token, 1.4)
        ink.painter.drawEllipse(QPointF(box.left() + 5, middle), 4, 4)
    else:
        arc(ink, QRectF(box.left(), middle - 5, 10, 10), 0.7, "accent", 2.0)
    ink.text(box.adjusted(SIGN, 0, 0, 0), fitting(ink.look, part, at_ns, box.width() - SIGN), weight=600, token=token)


def fitting(look: Look, part: ConnectionPart, at_ns: int, room: float) -> str:
    """The longest words about the link that have room."""
    words = link_words(part, at_ns)
    return words if look.width(words, 12, 600) <= room else WORDS.get(part.state, part.state)


def latency(part: ConnectionPart) -> str:
    """How long TWS takes to answer."""
    return fmt.UNKNOWN if part.latency_ms is None else f"{fmt.number(part.latency_ms, 0)} ms"


def trades(part: ConnectionPart | None) -> bool:
    """Whether orders go over the link."""
    return part is not None and not part.only_reads


def account_short(account: str) -> str:
    """The prefix, which says paper or live, and the last digits: U …8021."""
    prefix = account.rstrip("0123456789")
    return account if len(account) - len(prefix) <= 4 else f"{prefix} …{account[-4:]}"
