"""The signs that mean the same everywhere: state glyphs, gauges, stage pips, rings and the hatch of missing data."""

from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPixmap

from widgets.paint.ink import Ink

TRIGGER_AT = 0.84  # of a gauge's width: where the rule fires
WARM_FROM = 0.8  # of the way to the trigger


@cache
def _hatch_tile(colour: str, ratio: float) -> QPixmap:
    """Diagonals that join without a seam."""
    side = 5.0
    tile = QPixmap(round(side * ratio), round(side * ratio))
    tile.setDevicePixelRatio(ratio)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(colour))
    for shift in (-side, 0.0, side):
        painter.drawLine(QPointF(shift - 1, side + 1), QPointF(shift + side + 1, -1))
    painter.end()
    return tile


def hatch(ink: Ink, box: QRectF, token: str = "blind") -> None:
    """Diagonal lines: there is no data here, and they mean nothing else."""
    tile = _hatch_tile(ink.colour(token).name(), ink.painter.device().devicePixelRatioF())
    ink.painter.drawTiledPixmap(box, tile, QPointF(box.left() % 5, box.top() % 5))


def glyph(ink: Ink, state: str, box: QRectF) -> None:
    """The shape of a state in the middle of `box`: readable without its colour."""
    centre = box.center()
    place = QRectF(centre.x() - 6, centre.y() - 6, 12, 12)
    painter = ink.painter
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    match state:
        case "due" | "exit" | "decision":
            _square(ink, place, filled=True)
        case "adjust" | "stop":
            _square(ink, place, filled=False)
        case "blind":
            _hatched_disc(ink, place)
        case "vetoed" | "veto":
            ink.icon("veto", QRectF(centre.x() - 7, centre.y() - 7, 14, 14), "t2")
        case "observe" | "advisory":
            ink.icon("eye", QRectF(centre.x() - 7, centre.y() - 7, 14, 14), "t2")
        case "leaving":
            arc(ink, place.adjusted(1, 1, -1, -1), 0.7, "accent", 2.0)
        case "fill":
            ink.icon("check", QRectF(centre.x() - 7, centre.y() - 7, 14, 14), "t2")
        case "alert" | "refused":
            ink.icon("alert", QRectF(centre.x() - 7, centre.y() - 7, 14, 14), "warn")
        case "command":
            ink.icon("hand", QRectF(centre.x() - 7, centre.y() - 7, 14, 14), "t2")
        case "rests":
            ink.icon("shield", QRectF(centre.x() - 7, centre.y() - 7, 14, 14), "t2")
        case "idle" | "not offered":
            ink.pen("t3", 1.4)
            painter.drawLine(QPointF(centre.x() - 3, centre.y()), QPointF(centre.x() + 3, centre.y()))
        case _:
            ink.pen("t2", 1.4)
            painter.drawEllipse(centre, 3.5, 3.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _square(ink: Ink, place: QRectF, *, filled: bool) -> None:
    """Filled: an exit is due. Outlined: only the stop moves."""
    ink.rounded(place, 3, fill="warn" if filled else None, line=None if filled else "t2")
    ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    centre = place.center()
    arrow = QPainterPath(QPointF(centre.x() - 2, centre.y() - 3.2))
    arrow.lineTo(centre.x() + 3.2, centre.y())
    arrow.lineTo(centre.x() - 2, centre.y() + 3.2)
    arrow.closeSubpath()
    ink.painter.fillPath(arrow, ink.colour("onwarn" if filled else "t2"))


def _hatched_disc(ink: Ink, place: QRectF) -> None:
    clip = QPainterPath()
    clip.addEllipse(place)
    ink.painter.save()
    ink.painter.setClipPath(clip)
    hatch(ink, place)
    ink.painter.restore()
    ink.pen("blind", 1.4)
    ink.painter.drawEllipse(place)


def gauge(ink: Ink, box: QRectF, nearness: float | None, state: str = "hold") -> None:
    """How far a rule is from firing: empty at 0, at the trigger tick at 1, past it when due.

    `state`: hold and exit fill it; vetoed leaves it hollow; blind hatches it; anything without a value shows the track.
    """
    middle = box.center().y()
    track = QRectF(box.left(), middle - 2.5, box.width(), 5)
    if state == "blind":
        hatch(ink, track)
    else:
        ink.rounded(track, 2.5, fill="bg3")
        if nearness is not None:
            _fill_gauge(ink, track, nearness, hollow=state == "vetoed")
    tick = round(box.left() + box.width() * TRIGGER_AT)
    ink.fill(QRectF(tick, middle - 6, 1, 12), "t1" if state == "exit" else "t2")


def _fill_gauge(ink: Ink, track: QRectF, nearness: float, *, hollow: bool) -> None:
    share = min(max(nearness, 0.0) * TRIGGER_AT, 1.0)
    if nearness >= 1.0:
        share = max(share, TRIGGER_AT + 0.06)
    if share * track.width() < 2:
        return
    filled = QRectF(track.left(), track.top(), min(share, 1.0) * track.width(), track.height())
    if hollow:
        ink.rounded(filled, 2.5, fill="bg1", line="t2")
    else:
        ink.rounded(filled, 2.5, fill="warn" if nearness >= WARM_FROM else "t3")


def pips(ink: Ink, box: QRectF, stage: int, stages: int) -> None:
    """Rising steps, filled up to the stage reached; at most five are drawn."""
    shown = min(stages, 5)
    left = box.left()
    for i in range(shown):
        height = 5.0 + 2.0 * i
        pip = QRectF(left + i * 7, box.center().y() + 5 - height, 5, height)
        if i < stage:
            ink.rounded(pip, 1, fill="t2")
        else:
            ink.rounded(pip, 1, line="line2")


def arc(ink: Ink, box: QRectF, share: float, token: str, width: float) -> None:
    """The part of a circle that is left, from twelve o'clock clockwise."""
    ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink.pen(token, width)
    ink.painter.drawArc(box, 90 * 16, -round(min(max(share, 0.0), 1.0) * 360 * 16))
    ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def ring(ink: Ink, box: QRectF, share: float, token: str) -> None:
    """A countdown: the whole circle faint, what is left of it in `token`; with reduced motion it does not turn."""
    ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink.pen("bg3", 3.0)
    ink.painter.drawEllipse(box)
    if not ink.look.reduced_motion:
        arc(ink, box, share, token, 3.0)


def direction(ink: Ink, centre: QPointF, value: float, token: str) -> None:
    """▲ or ▼ beside money: the sign's shape; without colours a loss is hollow as well."""
    tip = -3.0 if value > 0 else 3.0
    path = QPainterPath(QPointF(centre.x(), centre.y() + tip))
    path.lineTo(centre.x() + 3.5, centre.y() - tip)
    path.lineTo(centre.x() - 3.5, centre.y() - tip)
    path.closeSubpath()
    ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if value <= 0 and ink.look.hollow_loss:
        ink.pen(token, 1.2)
        ink.painter.drawPath(path)
    else:
        ink.painter.fillPath(path, QBrush(ink.colour(token)))
    ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def outcome(value: float | None) -> str:
    """The token of money won, lost, or neither."""
    if value is None or abs(value) < 0.005:
        return "t2"
    return "profit" if value > 0 else "loss"
