"""The signs of trades, decisions and commands in the chart of a round trip, and their words where there is room."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from cockpit.review import StoryMark
from widgets.journal.story_path import Curve, is_under
from widgets.paint.ink import CENTRE, Ink
from widgets.paint.signs import glyph


def paint_marks(ink: Ink, area: QRectF, placed: Sequence[tuple[StoryMark, QPointF]], lines: Sequence[Curve]) -> None:
    """Signs first, so that no words cover one; then the words, trades before decisions, nowhere over the `lines`."""
    taken = [QRectF(at.x() - 8, at.y() - 8, 16, 16) for _, at in placed]
    for mark, at in placed:
        if mark.kind in ("entry", "exit"):
            _triangle(ink, at, up=mark.text.startswith("buy"))
        else:
            glyph(ink, mark.kind, QRectF(at.x() - 8, at.y() - 8, 16, 16))
    said: set[tuple[str, int]] = set()
    for mark, at in sorted(placed, key=lambda each: each[0].kind not in ("entry", "exit")):
        if (mark.text, round(at.x())) in said:
            continue
        said.add((mark.text, round(at.x())))
        _plate(ink, area, at, mark.text, taken, lines)


def _plate(ink: Ink, area: QRectF, at: QPointF, words: str, taken: list[QRectF], lines: Sequence[Curve]) -> None:
    """Words on the ground of the pane where they cover nothing: beside the sign, below or above it, or not at all."""
    width = ink.look.width(words, 10, 500) + 8
    sides = (-12 - width, 12.0)
    places = [(side, down) for down in (-8.0, -22.0, 8.0, 22.0, -36.0) for side in sides]
    places += [(-width / 2, down) for down in (12.0, -28.0, 30.0, -46.0)]
    for right, down in places:
        left = at.x() + right
        if right == -width / 2:  # of those below and above, within the chart
            left = min(max(left, area.left() + 2), area.right() - width - 2)
        box = QRectF(left, at.y() + down, width, 16)
        is_free = area.contains(box) and not any(box.intersects(other) for other in taken)
        if is_free and not any(is_under(box, line) for line in lines):
            taken.append(box)
            ink.rounded(box, 3, fill="bg1")
            ink.text(box, words, px=10, weight=500, align=CENTRE)
            return


def _triangle(ink: Ink, at: QPointF, *, up: bool) -> None:
    """Up where it was bought, down where it was sold; its tip is at the price."""
    sign = 1.0 if up else -1.0
    path = QPainterPath(at)
    path.lineTo(at.x() + 5, at.y() + 8 * sign)
    path.lineTo(at.x() - 5, at.y() + 8 * sign)
    path.closeSubpath()
    ink.painter.setRenderHint(ink.painter.RenderHint.Antialiasing)
    ink.painter.fillPath(path, ink.colour("accent"))
    ink.painter.setRenderHint(ink.painter.RenderHint.Antialiasing, False)
