"""Who lost to whom, and why: the newest instant at which more than one rule wanted something, the winner on top."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from cockpit.frame import ConflictPart
from widgets.paint import format as fmt
from widgets.paint.ink import LEFT, Ink
from widgets.paint.theme import Look
from widgets.parts.painted_table import Cell, Column
from widgets.parts.part_table import SIGN_ROOM, Naming, PartTable, signed

RANK = {"acts": 0, "waits": 1, "lost": 2, "vetoed": 3, "advisory": 4}
WORDS = {"acts": "acts", "waits": "counts down", "lost": "lost", "vetoed": "vetoed", "advisory": "only advises"}
SIGNS = {"acts": "exit", "waits": "leaving", "vetoed": "vetoed", "advisory": "advisory"}
NAMING = Naming(
    "conflicts",
    "No conflict on this position\nWhen several rules want something at one instant, the winner and why the others lost"
    " are listed here.",
    "No rule is like that\nEsc in the search line shows all of them again.",
)


class ConflictView(PartTable[ConflictPart]):
    """One row a rule that wanted something; an arrow leads from each loser up to the winner."""

    def __init__(self, look: Look) -> None:
        columns = (
            Column("outcome", "Outcome", f"{SIGN_ROOM}only advises", LEFT, 11, 600),
            Column("rule", "Rule", "Open interest reversal", LEFT, 11, 600),
            Column("trigger", "Trigger", "open interest dominance lost", LEFT, 11),
            Column("confidence", "Confidence", "0.99"),
            Column("why", "Why", "suppressed by another rule", LEFT, 11, stretches=True),
        )
        super().__init__(look, columns, NAMING, key=lambda part: (part.rule, part.trigger))
        self._conflict: tuple[ConflictPart, ...] = ()

    def show_conflict(self, conflict: tuple[ConflictPart, ...]) -> None:
        """Show what wanted something at one instant; the one that won comes first, the rest by their confidence."""
        if conflict is not self._conflict:
            self._conflict = conflict
            self.show_parts(sorted(conflict, key=lambda each: (RANK.get(each.outcome, 9), -each.confidence)))

    def cell_of(self, part: ConflictPart, column: Column) -> Cell:
        """What a rule wanted, and what became of it."""
        won = part.outcome in ("acts", "waits")
        token = "t1" if won else "t2"
        match column.key:
            case "outcome":
                words = WORDS.get(part.outcome, fmt.words(part.outcome))
                if part.outcome == "lost":
                    return _lost(words)
                return signed(SIGNS.get(part.outcome, "hold"), words, token, weight=600 if won else 400)
            case "rule":
                return Cell(fmt.title(part.rule), token)
            case "trigger":
                return Cell(fmt.words(part.trigger).lower(), "t2")
            case "confidence":
                return Cell(fmt.number(part.confidence), token)
            case _:
                return Cell(fmt.signs(part.why), token)

    def ground_of(self, part: ConflictPart) -> str:
        """The winner's row is tinted as a rule that is due."""
        return "warnbg" if part.outcome in ("acts", "waits") else ""


def _lost(words: str) -> Cell:
    """An arrow up to the winner."""

    def paint(ink: Ink, box: QRectF) -> None:
        x, y = box.left() + 6, box.center().y()
        ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink.pen("t2", 1.4)
        ink.painter.drawPolyline([QPointF(x + 6, y + 4), QPointF(x, y + 4), QPointF(x, y - 5)])
        ink.painter.drawPolyline([QPointF(x - 3, y - 2), QPointF(x, y - 5), QPointF(x + 3, y - 2)])
        ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        ink.text(box.adjusted(20, 0, 0, 0), words, px=11, token="t2")

    return Cell(words, "t2", paint)
