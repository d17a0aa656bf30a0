"""Colours, fonts and measures: the tokens of a theme as Qt's palette, and the look that every pane shares."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPalette, QStaticText
from PySide6.QtWidgets import QApplication, QStyleFactory

ThemeName = Literal["dark", "light"]
THEMES: tuple[ThemeName, ...] = ("dark", "light")
PaletteName = Literal["standard", "red-green", "blue-yellow", "monochrome"]
PALETTES: tuple[PaletteName, ...] = ("standard", "red-green", "blue-yellow", "monochrome")
FAMILY, FALLBACK = "Inter", "DejaVu Sans"
WEIGHTS = {400: QFont.Weight.Normal, 500: QFont.Weight.Medium, 600: QFont.Weight.DemiBold}
MOST_LINES = 4_000  # of text kept shaped
WIDE_FROM = 1_400  # logical pixels; narrower windows are compact


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Heights and insets in logical pixels (visual.md §4)."""

    strip: int
    bar: int
    row: int
    head: int
    rule_row: int
    ledger_row: int
    rule_column: int
    pane_head: int
    gap: int = 4
    inset: int = 12
    cell: int = 6


class Line(NamedTuple):
    """A line of text that has been shaped, and the logical pixels that it takes."""

    text: QStaticText
    width: float
    height: float


WIDE = Measures(strip=50, bar=46, row=26, head=22, rule_row=31, ledger_row=22, rule_column=528, pane_head=30)
COMPACT = Measures(strip=44, bar=42, row=24, head=20, rule_row=26, ledger_row=22, rule_column=424, pane_head=26)


@cache
def tokens(name: str) -> dict[str, str]:
    """The colours by token, as #RRGGBB; see `tokens_name`. Raises KeyError for a name that is not shipped."""
    text = (files("resources") / "themes" / "tokens.json").read_text(encoding="utf-8")
    return json.loads(text)[name]


def tokens_name(theme: ThemeName, palette: PaletteName) -> str:
    """What the table of tokens calls a theme in a palette."""
    return theme if palette == "standard" else f"{theme}-{palette.replace('-', '')}"


@cache
def load_fonts() -> str:
    """Register the shipped fonts with the application, once; the family to use."""
    loaded = [
        QFontDatabase.addApplicationFontFromData(QByteArray((files("resources") / "fonts" / file).read_bytes()))
        for file in ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")
    ]
    return FALLBACK if -1 in loaded else FAMILY


def mix(ground: QColor, ink: QColor, share: float) -> QColor:
    """`share` (0 … 1) of `ink` laid over `ground`."""
    keep = 1.0 - share
    return QColor(
        round(ground.red() * keep + ink.red() * share),
        round(ground.green() * keep + ink.green() * share),
        round(ground.blue() * keep + ink.blue() * share),
    )


class Look:
    """The theme in force and the measures that suit the window; panes ask it whenever they paint.

    With `reduced_motion` nothing fades and no ring turns: seconds alone count down.
    """

    def __init__(self, theme: ThemeName = "dark", palette: PaletteName = "standard") -> None:
        self.family = load_fonts()
        self.reduced_motion = False
        self.palette: PaletteName = palette
        self.measures = WIDE
        self._fonts: dict[tuple[int, int], QFont] = {}
        self._metrics: dict[tuple[int, int], QFontMetricsF] = {}
        self._lines: dict[tuple[str, int, int], Line] = {}
        self._older_lines = self._lines
        self.set_theme(theme, palette)

    @property
    def compact(self) -> bool:
        """Whether the window is too narrow for everything."""
        return self.measures is COMPACT

    @property
    def hollow_loss(self) -> bool:
        """Whether money lost has the colour of money won, so that only the triangle and the sign tell them apart."""
        return self.palette == "monochrome"

    def set_theme(self, theme: ThemeName, palette: PaletteName | None = None) -> None:
        """Switch the colours, in the same palette when none is given; the panes repaint themselves afterwards."""
        self.theme: ThemeName = theme
        self.palette = palette or self.palette
        named = tokens(tokens_name(self.theme, self.palette))
        self._colours = {name: QColor(value) for name, value in named.items()}

    def set_width(self, width: int) -> None:
        """Choose the measures for a window of that width in logical pixels."""
        self.measures = WIDE if width >= WIDE_FROM else COMPACT

    def colour(self, token: str) -> QColor:
        """The colour of a token."""
        return self._colours[token]

    def tint(self, ground: str, ink: str, share: float) -> QColor:
        """`share` of the token `ink` over the token `ground`."""
        return mix(self._colours[ground], self._colours[ink], share)

    def font(self, px: int = 12, weight: int = 400) -> QFont:
        """The font of that size; every digit is equally wide."""
        key = (px, weight)
        if key not in self._fonts:
            font = QFont([self.family, FALLBACK])
            font.setPixelSize(px)
            font.setWeight(WEIGHTS[weight])
            font.setFeature(QFont.Tag("tnum"), 1)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            if px == 10:
                font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.2)
            self._fonts[key] = font
        return self._fonts[key]

    def metrics(self, px: int = 12, weight: int = 400) -> QFontMetricsF:
        """The measures of that font."""
        key = (px, weight)
        if key not in self._metrics:
            self._metrics[key] = QFontMetricsF(self.font(px, weight))
        return self._metrics[key]

    def width(self, text: str, px: int = 12, weight: int = 400) -> float:
        """How wide that text is, in logical pixels."""
        return self.laid_out(text, px, weight).width

    def laid_out(self, text: str, px: int = 12, weight: int = 400) -> Line:
        """A line of text that is shaped once: shaping is most of the cost of painting it."""
        key = (text, px, weight)
        kept = self._lines.get(key)
        if kept is None:
            if len(self._lines) >= MOST_LINES // 2:  # in two halves: what is in use is never shaped again all at once
                self._older_lines, self._lines = self._lines, {}
            kept = self._lines[key] = self._older_lines.get(key) or self._shaped(text, px, weight)
        return kept

    def _shaped(self, text: str, px: int, weight: int) -> Line:
        line = QStaticText(text)
        line.setTextFormat(Qt.TextFormat.PlainText)
        line.prepare(font=self.font(px, weight))
        return Line(line, line.size().width(), self.metrics(px, weight).height())


ROLES: dict[QPalette.ColorRole, str] = {
    QPalette.ColorRole.Window: "bg0",
    QPalette.ColorRole.WindowText: "t1",
    QPalette.ColorRole.Base: "bg1",
    QPalette.ColorRole.AlternateBase: "bg2",
    QPalette.ColorRole.Text: "t1",
    QPalette.ColorRole.Button: "bg2",
    QPalette.ColorRole.ButtonText: "t1",
    QPalette.ColorRole.BrightText: "loss",
    QPalette.ColorRole.ToolTipBase: "bg3",
    QPalette.ColorRole.ToolTipText: "t1",
    QPalette.ColorRole.PlaceholderText: "t3",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "onaccent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.Light: "line2",
    QPalette.ColorRole.Midlight: "line2",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "line",
    QPalette.ColorRole.Shadow: "bg0",
    QPalette.ColorRole.Accent: "accent",
}


def palette(look: Look) -> QPalette:
    """Every role that Fusion paints with, from the tokens: the desktop's own scheme is not asked."""
    made = QPalette()
    for role, token in ROLES.items():
        made.setColor(role, look.colour(token))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, look.colour("t3"))
    return made


def style_sheet(look: Look) -> str:
    """The few things that a palette does not reach: scroll bars, the gaps between docks, tooltips."""
    thumb, hover, track = (look.colour(token).name() for token in ("line2", "t3", "bg1"))
    return f"""
QScrollBar:vertical {{ background: {track}; width: 8px; margin: 0; }}
QScrollBar:horizontal {{ background: {track}; height: 8px; margin: 0; }}
QScrollBar::handle {{ background: {thumb}; border-radius: 3px; margin: 1px; min-height: 24px; min-width: 24px; }}
QScrollBar::handle:hover {{ background: {hover}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: {track}; }}
QMainWindow::separator {{ background: {look.colour("bg0").name()}; width: {WIDE.gap}px; height: {WIDE.gap}px; }}
QToolTip {{ background: {look.colour("bg3").name()}; color: {look.colour("t1").name()};
  border: 1px solid {look.colour("line2").name()}; padding: 3px 6px; }}
"""


def dress(app: QApplication, look: Look) -> None:
    """Give the whole application the look."""
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette(look))
    app.setFont(look.font(12))
    app.setStyleSheet(style_sheet(look))
