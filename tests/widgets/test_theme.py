"""Every theme can be read, also without its colours."""

from itertools import combinations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontInfo, QImage, QPalette

from widgets.ink import Ink
from widgets.signs import gauge, glyph
from widgets.theme import COMPACT, THEMES, WIDE, Look, ThemeName, palette, tokens

NAMES = ("dark", "light", "dark-redgreen", "light-redgreen", "dark-blueyellow", "light-blueyellow")
READ_ON = {
    "t1": ("bg0", "bg1", "bg2", "bg3", "sel", "warnbg", "blindbg", "lossbg", "profitbg"),
    "t2": ("bg0", "bg1", "bg2", "sel", "warnbg", "blindbg", "lossbg"),
    "t3": ("bg1", "bg2"),
    "accent": ("bg1", "bg2", "sel"),
    "profit": ("bg1", "bg2", "sel", "warnbg", "profitbg"),
    "loss": ("bg1", "bg2", "sel", "warnbg", "lossbg"),
    "warn": ("bg1", "bg2", "warnbg"),
    "blind": ("bg1", "bg2", "blindbg"),
    "onact": ("act",),
    "onwarn": ("warn",),
    "onaccent": ("accent",),
    "onbadge": ("paper", "replay", "live"),
}


def luminance(colour: str) -> float:
    """WCAG 2: relative luminance of #RRGGBB."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2: 1 … 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", NAMES)
def test_text_has_a_contrast_of_four_and_a_half_wherever_it_stands(name: str) -> None:
    colours = tokens(name)
    poor = {
        (ink, ground): round(contrast(colours[ink], colours[ground]), 2)
        for ink, grounds in READ_ON.items()
        for ground in grounds
        if contrast(colours[ink], colours[ground]) < 4.5
    }
    assert not poor


def test_every_theme_has_every_token() -> None:
    assert len({frozenset(tokens(name)) for name in NAMES}) == 1


@pytest.mark.parametrize("theme", THEMES)
def test_the_palette_is_made_of_tokens_alone(look: Look, theme: ThemeName) -> None:
    look.set_theme(theme)
    made = palette(look)
    assert made.color(QPalette.ColorRole.Window).name().upper() == tokens(theme)["bg0"]
    assert made.color(QPalette.ColorRole.Text).name().upper() == tokens(theme)["t1"]
    assert made.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text).name().upper() == tokens(theme)["t3"]


@pytest.mark.parametrize("px", [9, 10, 11, 12, 13, 15])
@pytest.mark.parametrize("weight", [400, 500, 600])
def test_all_digits_are_equally_wide(look: Look, px: int, weight: int) -> None:
    widths = [look.metrics(px, weight).horizontalAdvance(digit * 10) / 10 for digit in "0123456789"]
    assert max(widths) - min(widths) < 0.02  # of a pixel: outlines are measured in 64ths


def test_the_shipped_font_is_the_one_that_is_used(look: Look) -> None:
    assert QFontInfo(look.font(12)).family() == "Inter"


def test_measures_follow_the_width(look: Look) -> None:
    look.set_width(1399)
    assert look.measures is COMPACT
    assert look.compact
    look.set_width(1400)
    assert look.measures is WIDE


def painted_grey(look: Look, state: str, *, as_gauge: bool) -> QImage:
    image = QImage(48, 24, QImage.Format.Format_ARGB32)
    image.fill(look.colour("bg1"))
    with Ink(image, look) as ink:
        if as_gauge:
            gauge(ink, QRectF(2, 2, 44, 20), 0.5 if state == "hold" else 1.1 if state == "exit" else 0.5, state)
        else:
            glyph(ink, state, QRectF(0, 0, 24, 24))
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


def difference(one: QImage, other: QImage) -> int:
    """How many pixels differ clearly in brightness."""
    return sum(
        abs(one.pixelColor(x, y).red() - other.pixelColor(x, y).red()) > 40
        for x in range(one.width())
        for y in range(one.height())
    )


@pytest.mark.parametrize("theme", THEMES)
def test_every_state_has_a_shape_of_its_own_in_grey(look: Look, theme: ThemeName) -> None:
    look.set_theme(theme)
    states = ("hold", "exit", "blind", "vetoed", "observe", "leaving", "adjust", "idle")
    pictures = {state: painted_grey(look, state, as_gauge=False) for state in states}
    alike = [(a, b) for a, b in combinations(states, 2) if difference(pictures[a], pictures[b]) < 12]
    assert not alike
    states = ("hold", "exit", "blind", "vetoed")
    pictures = {state: painted_grey(look, state, as_gauge=True) for state in states}
    alike = [(a, b) for a, b in combinations(states, 2) if difference(pictures[a], pictures[b]) < 12]
    assert not alike
