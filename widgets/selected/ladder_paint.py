"""How the exit ladder looks: its head, the rungs with their leader lines, and a stop that is moved or refused."""

from PySide6.QtCore import QPointF, QRectF

from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.signs import arc
from widgets.paint.theme import Look
from widgets.selected.ladder_axis import paint_axis, paint_spine
from widgets.selected.ladder_places import APART, GHOST, Outcome, Placed, is_passed, locked_words, placed, secures
from widgets.selected.ladder_shown import LIT, SPINE_WIDTH, Shown, box_of, handle_of, leader

PARTS = (" · ", " → ", " once ")  # what may be left out of a rung's words begins with one of these
HINTS = ("drag stop · ↑ ↓ tick · B break-even", "drag stop · B break-even")


def paint_empty(ink: Ink, whole: QRectF) -> None:
    """Without a position, or before the chart has said its axis."""
    ink.fill(whole, "bg1")
    _head(ink, whole, "", "t2")


def paint_ladder(ink: Ink, whole: QRectF, shown: Shown) -> None:
    """Everything above the rows of money."""
    ink.fill(whole, "bg1")
    words = locked_words(shown.detail, shown.currency)
    token = "profit" if secures(shown.detail) else "loss"
    if is_passed(shown.detail):
        words, token = "stop passed", "warn"
    _head(ink, whole, words, token)
    paint_axis(ink, shown)
    paint_spine(ink, shown)
    for line in placed(shown.detail, shown.scale, None if shown.ghost is None else shown.ghost.price):
        if line.rung.kind == "ghost" and shown.ghost is not None:
            _ghost(ink, shown, shown.ghost, line)
        else:
            _rung(ink, shown, line)
    _hint(ink, shown)
    if shown.refused:
        _refusal(ink, shown)


def _head(ink: Ink, whole: QRectF, words: str, token: str) -> None:
    box = QRectF(whole.left(), whole.top(), whole.width(), ink.look.measures.pane_head)
    ink.text(box.adjusted(12, 0, 0, 0), "Exit ladder", px=12, weight=600)
    ink.text(box.adjusted(0, 0, -12, 0), words, px=12, weight=600, token=token, align=RIGHT)
    ink.underline(box)
    ink.hairline(QPointF(0.5, 0), QPointF(0.5, whole.bottom()), "line2")


def _hint(ink: Ink, shown: Shown) -> None:
    ladder, area, name = shown.detail.ladder, shown.scale.area, shown.columns.name
    box = QRectF(name, area.bottom() + 3, area.width() - name - 8, 16)
    if ladder is not None and not ladder.can_drag:
        ink.elided(box.adjusted(12 - name, 0, 0, 0), ladder.drag_refusal, px=10, weight=500, token="t2")
    elif ladder is not None:
        fits = (hint for hint in HINTS if ink.look.width(hint, 10, 500) <= box.width())
        ink.text(box, next(fits, ""), px=10, weight=500, token="t3")


def _rung(ink: Ink, shown: Shown, line: Placed) -> None:
    rung, columns, place = line.rung, shown.columns, round(line.place)
    is_stop, lit = rung.kind == "stop", rung.kind in LIT
    _lead(ink, shown, line, leader(rung.kind, shown))
    if is_stop:
        _handle(ink, shown, box_of(place, shown.scale))
    box = QRectF(columns.name, place - APART / 2, columns.text - columns.name - 3, APART)
    words = QRectF(columns.text, box.top(), shown.scale.area.width() - columns.text - (23 if is_stop else 8), APART)
    text = "sending" if is_stop and shown.sending else _fitted(ink.look, fmt.signs(rung.text), words.width(), lit)
    whole = ink.look.width(rung.name, 11, 600) <= box.width() + 2
    ink.elided(
        box.adjusted(0, 0, 2, 0),
        rung.name if whole else rung.name.split(",")[0],
        px=11,
        weight=600 if lit else 500,
        token="t1" if lit else "t2",
    )
    ink.elided(words, text, px=11, weight=500 if lit else 400, token="t1" if lit else "t2")


def _lead(ink: Ink, shown: Shown, line: Placed, token: str) -> None:
    """Across the spine at the price, and from there to the words."""
    at, spine = round(line.at) + 0.5, shown.columns.spine
    right = spine + SPINE_WIDTH
    ink.hairline(QPointF(spine, at), QPointF(right, at), token)
    if line.beyond:
        _arrow(ink, QPointF(right + 5, at), line.beyond)
    else:
        ink.painter.setRenderHint(ink.painter.RenderHint.Antialiasing)
        ink.hairline(QPointF(right, at), QPointF(shown.columns.handle - 1, round(line.place) + 0.5), token)
        ink.painter.setRenderHint(ink.painter.RenderHint.Antialiasing, False)


def _fitted(look: Look, text: str, room: float, lit: bool) -> str:
    """The words, shorter where they do not fit: without units and `at`, and then without their last parts."""
    brief = text.replace(" at ", " ")
    tries = [text, brief, brief.replace(" bps", "")]
    for mark in PARTS:
        while mark in brief:
            brief = brief.rpartition(mark)[0]
            tries += [brief, brief.replace(" bps", "")]
    return next((words for words in tries if look.width(words, 11, 500 if lit else 400) <= room), tries[-1])


def _arrow(ink: Ink, at: QPointF, beyond: int) -> None:
    """It lies further that way than the axis reaches."""
    ink.pen("t2")
    for dx in (-3, 3):
        ink.painter.drawLine(QPointF(at.x() + dx, at.y() + 3 * beyond), at)


def _handle(ink: Ink, shown: Shown, box: QRectF) -> None:
    """The one rung that can be dragged looks like it; where it cannot be, it is only framed."""
    outcome = leader("stop", shown)
    ground = ink.look.tint(f"{outcome}bg", outcome, 0.16) if shown.hovered else ink.colour(f"{outcome}bg")
    ink.rounded(box, 4, fill=ground, line=outcome)
    if shown.sending:
        arc(ink, QRectF(box.right() - 17, box.center().y() - 5, 10, 10), 0.3, outcome, 1.6)
    elif shown.detail.ladder is not None and shown.detail.ladder.can_drag:
        ink.icon("drag", QRectF(box.right() - 19, box.top() + 2, 14, 14), outcome)


def _ghost(ink: Ink, shown: Shown, ghost: Outcome, line: Placed) -> None:
    """The stop where it would be, and what it would guarantee there."""
    columns, outcome = shown.columns, shown.outcome
    _lead(ink, shown, line, outcome)
    box = box_of(line.place, shown.scale, GHOST - 2)
    ink.rounded(box, 4, fill=f"{outcome}bg", line=outcome)
    room = QRectF(columns.name, box.top() + 2, box.right() - columns.name - 4, 16)
    first, second = ghost.words(shown.detail.position.level_side, shown.currency)
    ink.elided(room, first, px=11, weight=500)
    ink.elided(room.translated(0, 16), second, px=11, weight=600, token=outcome)


def _refusal(ink: Ink, shown: Shown) -> None:
    """Why the stop was not taken hold of, beside it."""
    area, handle = shown.scale.area, handle_of(shown.detail, shown.scale)
    left = shown.columns.spine - 4
    lines = _wrapped(ink.look, shown.refused, area.width() - left - 40)
    top = min(max(handle.center().y() - 18.0, area.top()), area.bottom() - 38.0)
    box = QRectF(left, top, area.width() - left - 6, 4 + 16 * max(len(lines), 1))
    ink.rounded(box, 4, fill="lossbg", line="loss")
    ink.icon("alert", QRectF(box.left() + 6, box.center().y() - 7, 14, 14), "loss")
    for number, line in enumerate(lines):
        words = QRectF(box.left() + 26, box.top() + 2 + 16 * number, box.width() - 30, 16)
        ink.elided(words, line, px=11, weight=500)


def _wrapped(look: Look, words: str, width: float) -> list[str]:
    """The words on two lines at most."""
    if look.width(words, 11, 500) <= width:
        return [words]
    first, rest = "", words.split()
    while rest and look.width(f"{first} {rest[0]}".strip(), 11, 500) <= width:
        first = f"{first} {rest.pop(0)}".strip()
    return [first, " ".join(rest)] if first else [words]
