"""The day's money in the status strip: what it is, and as a bar of the best that the day has seen."""

from PySide6.QtCore import QPointF, QRectF

from cockpit.frame import StatusPart
from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.signs import direction, outcome
from widgets.paint.theme import Look


def money_caption(look: Look, part: StatusPart, is_live: bool) -> str:
    """What the number is, and what it leaves out; shorter where a live session has more to say beside it."""
    short, count = is_live and look.compact, part.blind_left_out
    left_out = f" · {count} blind {'' if short else 'left '}out" if count else ""
    return f"Day P&L{'' if short else ', net'}{left_out}"


def paint_money(ink: Ink, box: QRectF, value: QRectF, part: StatusPart, is_live: bool) -> None:
    """The number in `value`, the bar and the peak at the right of `box` where they have room."""
    compact, token = ink.look.compact, outcome(part.day_pnl)
    if token != "t2":
        direction(ink, QPointF(value.left() + 5, value.center().y()), part.day_pnl, token)
    amount = value.adjusted(14, 0, 0, 0)
    left = ink.run(amount, fmt.money_short(part.day_pnl), px=15, weight=600, token=token)
    ink.text(value.adjusted(left - value.left() + 4, 1, 0, 0), fmt.currency(part.currency), px=11, token="t2")
    if is_live and compact:
        return
    wide = 62.0 if compact or is_live else 120.0
    bar = QRectF(value.right() - wide, value.center().y() - 2.5, wide, 5)
    if not compact:
        peak = QRectF(bar.left(), box.top() + 6, wide, 13)
        ink.text(peak, f"peak {fmt.money_short(part.day_peak)}", px=10, weight=500, token="t2", align=RIGHT)
    _paint_bar(ink, bar, part)


def _paint_bar(ink: Ink, bar: QRectF, part: StatusPart) -> None:
    """Fill: now, as a share of the best the day has seen; tick: that best. A day in loss fills nothing."""
    ink.rounded(bar, 2.5, fill="bg3")
    if part.day_peak > 0.0:
        tick = bar.left() + bar.width() * 0.9
        share = min(max(part.day_pnl / part.day_peak, 0.0), 1.0)
        if share * (tick - bar.left()) > 2:
            ink.rounded(QRectF(bar.left(), bar.top(), (tick - bar.left()) * share, 5), 2.5, fill="profit")
        ink.fill(QRectF(round(tick), bar.center().y() - 6, 1, 12), "t1")
