"""What there is to say while nothing is pending: what needs somebody, what works at the broker, what comes next."""

from typing import NamedTuple

from cockpit.frame import AlertPart, Frame, PositionPart
from widgets.acting.keymap import cap
from widgets.paint import format as fmt

FOUND = "found"  # kind of an alert: a position that others have opened, and that a rule would take off at sight

UNARMED = "nothing is opened, no rule acts and nothing rests; your own exits are sent at once"


class Said(NamedTuple):
    """Two lines, and how they are painted: ground, edge and sign as tokens, the token of the second line."""

    head: str
    second: str
    ground: str = "warnbg"
    edge: str = "warn"
    sign: str = "alert"
    token: str = "t1"


def quiet(frame: Frame) -> Said:
    """Of a frame in which nothing is pending, what matters most."""
    status, found, works = frame.status, found_in(frame), working(frame)
    if status.trouble:
        return Said("The journal needs you", status.trouble)
    if waits_for_arming(frame):
        return Said(f"Not armed: {UNARMED}", _arming(frame, found))
    if found is not None:
        return Said(*remedy_first(found))
    if status.critical:
        return Said("Alert", status.critical)
    if works:
        return Said(works, frame.idle, "bg2", "accent", "leaving", "t2")
    if frame.ended:
        return Said("The recording has been played to its end", "", "bg1", "", "hold", "t2")
    return Said("Nothing pending", frame.idle, "bg1", "", "hold", "t2")


def found_in(frame: Frame) -> AlertPart | None:
    """The alert about an open position that was found beyond its stop, while nothing worse has happened since."""
    open_ = {row.id for row in frame.positions}
    alerts = (a for a in reversed(frame.alerts) if a.kind == FOUND and a.state == "active" and a.position_id in open_)
    newest = next(alerts, None)
    return newest if newest is not None and newest.text == frame.status.critical else None


def remedy_first(found: AlertPart) -> tuple[str, str]:
    """What to do about it, which must not be cut, and then how it was found."""
    what, _, remedy = found.text.partition("): ")
    return (f"{found.label}: {remedy}", f"{what})") if remedy else (what, "")


def undecided(alerts: tuple[AlertPart, ...]) -> frozenset[str]:
    """The positions that were found beyond their stop, and that nobody has decided about, seen or not."""
    return frozenset(a.position_id for a in alerts if a.kind == FOUND and a.state != "resolved")


def waits_for_arming(frame: Frame) -> bool:
    """Whether that is what there is to say: a human's own exit may work all the same."""
    return not frame.status.is_armed and not working(frame)


def leaving(frame: Frame) -> PositionPart | None:
    """A position whose exit works at the broker, the watched one before the others."""
    watched = frame.detail.position.id if frame.detail is not None else ""
    rows = [row for row in frame.positions if row.state == "leaving" and row.working]
    return next((row for row in rows if row.id == watched), rows[0] if rows else None)


def working(frame: Frame) -> str:
    """What is in flight at the broker, in its words."""
    row = leaving(frame)
    return "" if row is None else f"{fmt.split_label(row.label)[0]}: {row.working}"


def _arming(frame: Frame, found: AlertPart | None) -> str:
    """The way to arm, and what else is the matter."""
    account = frame.connection.account if frame.connection is not None else "the account"
    matter = frame.status.critical if found is None else remedy_first(found)[0]
    said = f" · {matter}" if matter else ""
    return f"{cap('arm')} and the code of {account} arm it until the trading day ends{said}"
