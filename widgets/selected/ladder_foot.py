"""The rows of money under the exit ladder: what is locked, what is at stake, what was given back."""

from PySide6.QtCore import QPointF, QRectF

from cockpit.frame import DetailPart
from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.signs import outcome
from widgets.selected.ladder_places import is_passed, price_of

SECOND = 72.0  # the room of the second figure, at the right
MODEL = "model"  # the money of a stop on the underlying
COMPACT_FROM = 30.0  # rows lower than this have smaller figures


def rows_of(detail: DetailPart, currency: str) -> list[tuple[str, str, str, str]]:
    """Name, money, the token it is written in, and the same in points or basis points."""
    ladder = detail.ladder
    if ladder is None:
        return []
    mark, stop = price_of(detail, "mark"), price_of(detail, "stop")
    away = None if mark is None or stop is None else (mark - stop) * detail.position.level_side
    first = "Lost at the stop, gross" if (ladder.locked or 0.0) < 0.0 else "Locked, gross"
    token = outcome(ladder.locked)
    if is_passed(detail):
        first, token = "Stop passed: at the stop", "warn"  # what it would have kept is not secured any more
    return [
        (first, _money(ladder.locked, currency), token, _bps(ladder.locked_bps)),
        ("At stake to the stop", _money(ladder.at_stake, currency), "t1", fmt.points(away)),
        ("Give-back from best", _money(ladder.give_back, currency), "t1", _size(ladder.give_back_bps)),
    ]


def _money(value: float | None, currency: str) -> str:
    words = fmt.money_short(value)
    return words if value is None else f"{words} {currency}".rstrip()


def _bps(value: float | None) -> str:
    return fmt.UNKNOWN if value is None else f"{fmt.bps(value)} bps"


def _size(value: float | None) -> str:
    return fmt.UNKNOWN if value is None else f"{fmt.number(abs(value), 0)} bps"


def paint_foot(ink: Ink, box: QRectF, detail: DetailPart, currency: str) -> None:
    """The rows, each as high as the strip beside it."""
    rows = rows_of(detail, currency)
    if not rows or box.height() < 1:
        return
    height = box.height() / len(rows)
    for number, (name, money, token, second) in enumerate(rows):
        row = QRectF(box.left(), box.top() + number * height, box.width(), height)
        ink.hairline(QPointF(row.left(), round(row.top()) + 0.5), QPointF(row.right(), round(row.top()) + 0.5))
        size = 15 if height >= COMPACT_FROM else 12
        quiet = "t3" if second == fmt.UNKNOWN else "t1"
        ink.text(row.adjusted(0, 0, -12, 0), second, px=11, weight=500, token=quiet, align=RIGHT)
        figure = row.adjusted(0, 0, -12 - SECOND, 0)
        ink.text(figure, money, px=size, weight=600, token="t3" if money == fmt.UNKNOWN else token, align=RIGHT)
        left = ink.run(row.adjusted(12, 0, 0, 0), name, px=11, token="t2") + 6
        room = figure.right() - ink.look.width(money, size, 600) - 6 - left
        if detail.ladder is not None and detail.ladder.is_model and room >= ink.look.width(MODEL, 10, 500):
            ink.text(row.adjusted(left, 1, 0, 0), MODEL, px=10, weight=500, token="t3")
