"""The looks in the settings: theme, palette with a sample of each, scale, motion."""

from functools import partial

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cockpit.preferences import PreferenceFile, Preferences
from widgets.paint.ink import Ink
from widgets.paint.signs import direction, glyph
from widgets.paint.theme import PALETTES, THEMES, Look, PaletteName
from widgets.parts.button import ActionButton
from widgets.parts.fields import ChoiceField, Switch
from widgets.parts.form_row import INSET, FormRow, form, in_line
from widgets.parts.words import Words

SCALES = ("100", "125", "150", "175", "200")
FIELDS = ("theme", "palette", "scale_pct", "reduced_motion", "slow_while_pending")
SAMPLES = (
    ("text", "t1"), ("second", "t2"), ("third", "t3"), ("+943", "profit"), ("\u2212172", "loss"), ("exit", "warn"),
    ("blind", "blind"), ("focus", "accent"), ("paper", "paper"), ("replay", "replay"), ("live", "live"),
)  # fmt: skip
ROW, NAME, WORD = 32, 96, 58
MEANT = {
    "standard": "Standard: green and red.", "red-green": "Red-green: blue and orange, for protan and deutan eyes.",
    "blue-yellow": "Blue-yellow: teal and rose, for tritan eyes.",
    "monochrome": "Monochrome: no hue at all; money lost is a hollow triangle.",
}  # fmt: skip


class Samples(QWidget):
    """Every palette in the theme that is in force; a click chooses one."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedHeight(ROW * len(PALETTES) + 4)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("samples of the palettes")
        self.setAccessibleDescription(" ".join(MEANT.values()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose."""
        row = int(event.position().y()) // ROW
        if event.button() == Qt.MouseButton.LeftButton and row < len(PALETTES):
            self.chosen.emit(PALETTES[row])

    def paintEvent(self, event: QPaintEvent) -> None:
        """A row a palette, as its own look paints it."""
        with Ink(self, self._look) as ink:
            for i, name in enumerate(PALETTES):
                box = QRectF(INSET, i * ROW + 2, self.width() - 2 * INSET, ROW - 4)
                self._row(Ink(ink.painter, Look(self._look.theme, name)), box, name)

    def _row(self, ink: Ink, box: QRectF, name: PaletteName) -> None:
        ink.rounded(box, 4, fill="bg1", line="accent" if name == self._look.palette else "line2")
        ink.text(box.adjusted(10, 0, 0, 0), name, px=11, token="t2")
        step = min(float(WORD + 14), (box.width() - NAME - 8) / len(SAMPLES))
        for i, (word, token) in enumerate(SAMPLES):
            place = QRectF(box.left() + NAME + i * step, box.top(), step, box.height())
            if token in ("profit", "loss"):
                direction(ink, QPointF(place.left() + 4, place.center().y()), 1 if token == "profit" else -1, token)
                place.setLeft(place.left() + 12)
            elif token in ("warn", "blind") and step >= WORD:
                state = "exit" if token == "warn" else "blind"
                glyph(ink, state, QRectF(place.left() - 2, place.top(), 14, place.height()))
                place.setLeft(place.left() + 16)
            ink.text(place, word, px=11, weight=600, token=token)


class LookForm(QWidget):
    """`changed` carries the field that is another one now; `tour` asks for the names of the panes."""

    changed = Signal(str)
    tour = Signal()

    def __init__(self, look: Look, preferences: PreferenceFile) -> None:
        super().__init__()
        self._look, self._preferences = look, preferences
        self.rows: dict[str, FormRow] = {
            "theme": FormRow(look, "Theme", ChoiceField(look, THEMES, name="theme"), help="Also by key, at any time."),
            "palette": FormRow(look, "Palette", ChoiceField(look, PALETTES, name="palette", words=PALETTES)),
            "scale_pct": FormRow(
                look, "Scale", ChoiceField(look, SCALES, name="scale", words=[f"{each} %" for each in SCALES]),
                help="On top of what the screen itself asks for; from the next start on.",
            ),
            "reduced_motion": FormRow(
                look, "Reduced motion", Switch(look),
                help="Nothing fades and no ring turns: the seconds alone count down.",
            ),
            "slow_while_pending": FormRow(
                look, "Slow down to decide", Switch(look),
                help="While something counts down, a replay or the demo plays at ×1.",
            ),
        }  # fmt: skip
        self.samples = Samples(look)
        self._meant = Words(look, inset=INSET)
        self.reset = ActionButton(look, "As shipped", hint="all of these as they were shipped")
        self.panes = ActionButton(look, "Name the panes", hint="show what the parts of the window are, once more")
        parts: list[QWidget] = [Words(look, "Look", px=15, weight=600, token="t1", inset=INSET)]
        for key, row in self.rows.items():
            parts += [row, self.samples, self._meant] if key == "palette" else [row]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form(look, *parts, in_line(look, self.reset, self.panes)))
        for key, row in self.rows.items():
            row.edited.connect(partial(self.choose, key))
        self.samples.chosen.connect(self._chosen)
        self.reset.clicked.connect(self._reset)
        self.panes.clicked.connect(self.tour.emit)
        self.refresh()

    def choose(self, key: str, value: object) -> None:
        """Another value: kept, and told."""
        given = int(value) if key == "scale_pct" and isinstance(value, str) else value
        self._preferences.change(**{key: given})
        self.refresh()
        self.changed.emit(key)

    def refresh(self) -> None:
        """Show the preferences as they are."""
        for key, row in self.rows.items():
            value = getattr(self._preferences.now, key)
            row.show_value(str(value) if key == "scale_pct" else value)
        self._meant.say(MEANT[self._preferences.now.palette])
        self.samples.update()

    def _chosen(self, name: str) -> None:
        self.choose("palette", name)

    def _reset(self) -> None:
        shipped = Preferences()
        self._preferences.change(**{key: getattr(shipped, key) for key in FIELDS})
        self.refresh()
        for key in FIELDS:
            self.changed.emit(key)
