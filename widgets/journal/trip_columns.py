"""The columns of the table of round trips and what their cells say."""

from functools import partial

from PySide6.QtCore import QPointF, QRectF

from cockpit.review import TripRow
from widgets.paint import format as fmt
from widgets.paint.ink import LEFT, RIGHT, Ink
from widgets.paint.signs import direction, outcome
from widgets.paint.theme import Look
from widgets.parts.table_columns import Cell, Column, places

COLUMNS = (
    Column("opened", "Opened", "17 Nov 10:02:48", LEFT),
    Column("symbol", "Symbol", "BANKNIFTY 58300 C 25 Nov", LEFT, weight=600),
    Column("contracts", "Qty", "−1 950"),
    Column("entry", "Entry", "1 234.50"),
    Column("exit", "Exit", "1 234.50"),
    Column("net", "Net", "▲ −123 456.78", weight=600),
    Column("hold", "Hold", "12:34 h"),
    Column("rules", "Exit rule", "Momentum turn", LEFT, stretches=True),
    Column("excursion", "MAE · exit · MFE", "MAE · exit · MFE", LEFT, px=10),
    Column("quality", "Quality", "100 ▬▬▬", LEFT),
    Column("overrides", "You", "take over", LEFT, px=11),
    Column("profile", "Profile", "adaptive", LEFT, px=11),
    Column("fees", "Fees", "12 345.00"),
    Column("session", "Session", "S0001/P0001", LEFT, px=11),
)
USUAL = tuple(column.key for column in COLUMNS if column.key not in ("fees", "session", "profile"))
SPARED = ("overrides", "entry", "excursion", "exit", "contracts", "quality", "hold")  # where there is no room, in order
HEADS = {column.key: column.head for column in COLUMNS}


def fitting(look: Look, width: int) -> tuple[str, ...]:
    """The usual columns that a table of that width has room for."""
    keys = USUAL
    for spared in ("", *SPARED):
        keys = tuple(key for key in keys if key != spared)
        taken = places(look, [column for column in COLUMNS if column.key in keys], 0)
        if sum(place.width for place in taken) <= width:
            break
    return keys


def cell(trip: TripRow, column: Column) -> Cell:
    """What one cell says; `n/a` for what the journal does not know."""
    match column.key:
        case "opened":
            at = fmt.moment(trip.opened_ns, trip.zone)
            return Cell(f"{at.day} {at.strftime('%b')} {at.strftime('%H:%M:%S')}", "t2")
        case "symbol":
            return Cell(trip.label)
        case "contracts":
            return Cell(fmt.contracts(trip.contracts, trip.side))
        case "entry":
            return Cell(fmt.price(trip.entry))
        case "exit":
            return Cell(
                fmt.price(trip.exit) if trip.exit is not None else "open", "t1" if trip.exit is not None else "t2"
            )
        case "net":
            return _net(trip)
        case "hold":
            return Cell(
                fmt.duration(trip.hold_s) if trip.closed_ns is not None else "open", "t1" if trip.closed_ns else "t2"
            )
        case "rules":
            return Cell(" + ".join(fmt.short_rule(rule) for rule in trip.rules) or fmt.UNKNOWN)
        case "excursion":
            return _excursion(trip)
        case "quality":
            words = fmt.number(trip.quality, 0)
            return Cell(words, paint=partial(_quality, trip.quality, words))
        case "overrides":
            words = ", ".join(fmt.words(name) for name in trip.overrides)
            return Cell(words, "t1", partial(_hand, words) if words else None)
        case "profile":
            return Cell(trip.profile, "t2")
        case "fees":
            return Cell(fmt.money(trip.fees, signed=False), "t2")
        case _:
            return Cell(trip.key, "t2")


def _net(trip: TripRow) -> Cell:
    if trip.closed_ns is None:
        return Cell("open", "t2")
    words = fmt.money(trip.net)
    return Cell(words, outcome(trip.net), partial(_money, trip.net, words))


def _money(value: float, words: str, ink: Ink, box: QRectF) -> None:
    """The sign's shape before the money."""
    token = outcome(value)
    ink.text(box, words, weight=600, token=token, align=RIGHT)
    if token != "t2":
        direction(ink, QPointF(box.left() + 5, box.center().y()), value, token)


def _excursion(trip: TripRow) -> Cell:
    if trip.mae is None or trip.mfe is None:
        return Cell(fmt.UNKNOWN, "t3")
    gain = trip.exit_gain
    words = f"{fmt.points(trip.mae)} · {fmt.points(gain)} · {fmt.points(trip.mfe)}"
    return Cell(words, paint=partial(_range, trip.mae, gain, trip.mfe))


def _range(worst: float, gain: float | None, best: float, ink: Ink, box: QRectF) -> None:
    """Red from the entry to the worst, green to the best, a tick where it was left; the entry is where they meet."""
    span = max(best - worst, abs(gain or 0.0), 1e-9)
    scale, middle = (box.width() - 6) / (2 * span), box.center().y()
    zero = box.left() + box.width() / 2
    ink.fill(QRectF(zero + worst * scale, middle - 3, -worst * scale, 6), ink.look.tint("bg1", "loss", 0.6))
    ink.fill(QRectF(zero, middle - 3, best * scale, 6), ink.look.tint("bg1", "profit", 0.6))
    ink.fill(QRectF(round(zero), middle - 5, 1, 10), "t3")
    if gain is not None:
        ink.fill(QRectF(round(zero + gain * scale) - 1, middle - 5, 2, 10), "t1")


def _quality(score: float | None, words: str, ink: Ink, box: QRectF) -> None:
    """The number and a bar, which is not coloured: good is grey."""
    number = QRectF(box.left(), box.top(), 24, box.height())
    ink.text(number, words, token="t1" if score is not None else "t3", align=RIGHT if score is not None else LEFT)
    if score is not None:
        track = QRectF(number.right() + 6, box.center().y() - 2, max(8.0, box.right() - number.right() - 6), 4)
        ink.rounded(track, 2, fill="bg3")
        ink.rounded(QRectF(track.left(), track.top(), track.width() * score / 100.0, 4), 2, fill="t2")


def _hand(words: str, ink: Ink, box: QRectF) -> None:
    """A sign that a human interfered, and how."""
    icon = "veto" if words.startswith(("veto", "hold")) else "hand"
    ink.icon(icon, QRectF(box.left(), box.top(), 14, box.height()), "t2")
    ink.elided(box.adjusted(18, 0, 0, 0), words, px=11, token="t2")
