"""How a ticket is painted around its fields, and where those stand."""

from PySide6.QtCore import QPointF, QRectF

from widgets.chain.ticket_words import Sheet
from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.signs import ring
from widgets.paint.theme import Look

EDGE, LABEL = 12.0, 62.0
TITLE, FACT, NOTICE = 56.0, 21.0, 72.0
LABELS = ("Side", "Lots", "Order", "Limit", "Exits by")
LABELS_LIVE = ("Side", "Lots", "Order", "Limit", "Unfilled", "Exits by")  # where a limit can rest at a broker
LINE = 16.0


def wrapped(look: Look, words: str, width: float, px: int, weight: int = 400) -> list[str]:
    """The words on lines that are at most that wide."""
    lines: list[str] = []
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and look.width(longer, px, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def row_height(look: Look) -> float:
    """Of a field with its label."""
    return 30.0 if look.compact else 34.0


def fields_top(look: Look) -> float:
    """Where the fields begin."""
    return look.measures.pane_head + TITLE


def facts_top(look: Look, fields: int) -> float:
    """Where the figures begin, below so many fields."""
    return fields_top(look) + fields * row_height(look) + 8


def notice_top(look: Look, fields: int) -> float:
    """Where the words over the buttons begin; a live ticket has one figure more, as it has one field more."""
    facts = 4 + (fields > len(LABELS))
    return facts_top(look, fields) + facts * FACT + LINE + 10


def height_of(look: Look, fields: int) -> int:
    """Of a whole ticket."""
    return round(notice_top(look, fields) + NOTICE + 34 + 14)


def paint_sheet(ink: Ink, box: QRectF, sheet: Sheet) -> None:
    """Everything but the fields and buttons."""
    look = ink.look
    ink.fill(box, "bg1")
    head = QRectF(box.left(), box.top(), box.width(), look.measures.pane_head)
    ink.head(head, "Ticket", "one contract")
    ink.hairline(QPointF(box.left(), head.bottom() - 0.5), QPointF(box.right(), head.bottom() - 0.5))
    inside = box.adjusted(EDGE, 0, -EDGE, 0)
    if not sheet.title:
        _paint_empty(ink, inside, head.bottom())
        return
    line = QRectF(inside.left(), head.bottom() + 8, inside.width(), 20)
    left = ink.run(line, sheet.title, px=15, weight=600)
    ink.text(line.adjusted(left - line.left() + 8, 2, 0, 0), sheet.expiry, px=10, weight=500, token="t2")
    ink.elided(line.translated(0, 22), sheet.quote, px=11, token="t2")
    top, height = fields_top(look), row_height(look)
    labels = sheet.labels or LABELS
    for i, name in enumerate(labels):
        ink.text(QRectF(inside.left(), top + i * height, LABEL, height), name, px=11, token="t2")
    lots = QRectF(inside.left(), top + height, inside.width(), height)
    ink.text(lots, sheet.contracts, px=11, token="t2", align=RIGHT)
    _paint_facts(ink, inside, sheet)
    _paint_notice(ink, QRectF(inside.left(), notice_top(look, len(labels)), inside.width(), NOTICE), sheet)


def _paint_empty(ink: Ink, inside: QRectF, top: float) -> None:
    ink.text(QRectF(inside.left(), top + 14, inside.width(), 18), "No contract is picked", px=13, weight=600)
    words = "Click an ask to buy, a bid to sell; or move with the arrow keys, and pick with Enter."
    for i, line in enumerate(wrapped(ink.look, words, inside.width(), 11)):
        ink.text(QRectF(inside.left(), top + 36 + i * LINE, inside.width(), LINE), line, px=11, token="t2")


def _paint_facts(ink: Ink, inside: QRectF, sheet: Sheet) -> None:
    top = facts_top(ink.look, len(sheet.labels or LABELS))
    ink.hairline(QPointF(inside.left(), top - 3.5), QPointF(inside.right(), top - 3.5))
    for i, fact in enumerate(sheet.facts):
        line = QRectF(inside.left(), top + i * FACT, inside.width(), FACT)
        ink.text(line, fact.name, px=11, token="t2")
        token = "t3" if fact.value == fmt.UNKNOWN else fact.token
        room = line.adjusted(ink.look.width(fact.name, 11) + 8, 0, 0, 0)
        ink.elided(room, fact.value, weight=600, token=token, align=RIGHT)
    why = QRectF(inside.left(), top + len(sheet.facts) * FACT - 2, inside.width(), LINE)
    ink.text(why, sheet.loss_why, px=10, weight=500, token="t2", align=RIGHT)


def _paint_notice(ink: Ink, box: QRectF, sheet: Sheet) -> None:
    """The sentence to confirm, or why nothing can be sent, or what the engine said."""
    if sheet.kind == "cooldown":
        _paint_cooldown(ink, box, sheet)
        return
    if not sheet.notice:
        return
    px, weight = (13, 600) if sheet.kind == "sentence" else (11, 500)
    indent = 0.0 if sheet.kind == "sentence" else 30.0
    height = 18.0 if px == 13 else LINE
    lines = wrapped(ink.look, sheet.notice, box.width() - indent - 8, px, weight)
    if sheet.kind == "refused":
        ground = QRectF(box.left(), box.top(), box.width(), 16 + len(lines) * height)
        ink.rounded(ground, 4, fill="lossbg", line="loss")
    if sheet.kind != "sentence":
        name, token = {"refused": ("alert", "loss"), "said": ("check", "t1")}.get(sheet.kind, ("alert", "t2"))
        ink.icon(name, QRectF(box.left() + 8, box.top() + 9, 14, 14), token)
    for i, line in enumerate(lines):
        place = QRectF(box.left() + indent, box.top() + 8 + i * height, box.width() - indent, height)
        ink.text(place, line, px=px, weight=weight, token="t2" if sheet.kind == "off" else "t1")


def _paint_cooldown(ink: Ink, box: QRectF, sheet: Sheet) -> None:
    """The ring that depletes, how long it takes, and why it runs."""
    circle = QRectF(box.left() + 1, box.top() + 9, 18, 18)
    ring(ink, circle, sheet.share, "t2")
    line = QRectF(box.left() + 28, box.top() + 8, box.width() - 28, 20)
    ink.text(line, f"Cooldown {sheet.cooldown}", px=13, weight=600)
    for i, words in enumerate(wrapped(ink.look, sheet.notice, box.width(), 11)):
        place = QRectF(box.left(), box.top() + 34 + i * LINE, box.width(), LINE)
        ink.text(place, words, px=11, token="t2")
