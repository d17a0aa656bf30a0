"""The rows of money under the exit ladder: what is locked, what is at stake, what was given back."""

from PySide6.QtCore import QPointF, QRectF

from cockpit.frame import DetailPart
from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.signs import outcome
from widgets.rules.rule_words import shown
from widgets.selected.ladder_places import is_passed, price_of

SECOND = 72.0  # the room of the second figure, at the right
GAP = 6.0  # between words and figures
MODEL = "model"  # the money of a stop on the underlying
COMPACT_FROM = 30.0  # rows lower than this have smaller figures
SHORTER = {  # names where the money leaves less room
    "Lost at the stop, gross": ("Lost at stop, gross", "Lost at stop", "Lost"),
    "Locked, gross": ("Locked",),
    "Stop passed: at the stop": ("Stop passed", "Passed"),
    "At stake to the stop": ("At stake to stop", "At stake"),
    "Give-back from best": ("Give-back",),
}


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
        figure = row.adjusted(12, 0, -12 - max(SECOND, ink.look.width(second, 11, 500) + GAP), 0)
        ink.text(figure, money, px=size, weight=600, token="t3" if money == fmt.UNKNOWN else token, align=RIGHT)
        left = figure.adjusted(0, 0, -ink.look.width(money, size, 600) - GAP, 0)
        is_model = detail.ladder is not None and detail.ladder.is_model
        _paint_name(ink, left, name, is_model=is_model)


def _paint_name(ink: Ink, room: QRectF, name: str, *, is_model: bool) -> None:
    """The name in what the money has left: in shorter words, at last cut; the money is never in its way."""
    mark = GAP + ink.look.width(MODEL, 10, 500) if is_model else 0.0
    said = shown((name, *SHORTER.get(name, ())), lambda words: ink.look.width(words, 11) + mark <= room.width())
    ink.elided(room, said, px=11, token="t2")
    wide = ink.look.width(said, 11)
    if is_model and wide + mark <= room.width():
        ink.text(room.adjusted(wide + GAP, 1, 0, 1), MODEL, px=10, weight=500, token="t3")
