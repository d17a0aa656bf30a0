"""Every theme can be read, also without its colours."""

from itertools import combinations
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontInfo, QImage, QPalette

from widgets.paint.ink import Ink
from widgets.paint.signs import direction, gauge, glyph, ring
from widgets.paint.theme import (
    COMPACT,
    PALETTES,
    THEMES,
    WIDE,
    Look,
    PaletteName,
    ThemeName,
    palette,
    tokens,
    tokens_name,
)

NAMES = tuple(tokens_name(theme, palette) for theme in THEMES for palette in PALETTES)
PANES = ("bg0", "bg1", "bg2", "sel")
READ_ON = {
    "t1": (*PANES, "bg3", "warnbg", "blindbg", "lossbg", "profitbg"),
    "t2": (*PANES, "bg3", "warnbg", "blindbg", "lossbg", "profitbg"),
    "t3": (*PANES, "warnbg", "blindbg", "lossbg", "profitbg"),
    "accent": (*PANES, "warnbg"),
    "profit": (*PANES, "warnbg", "blindbg", "profitbg"),
    "loss": (*PANES, "warnbg", "blindbg", "lossbg"),
    "warn": (*PANES, "warnbg"),
    "blind": (*PANES, "blindbg"),
    "paper": PANES, "replay": PANES, "live": PANES,
    "call": PANES, "put": PANES, "price": PANES, "s1": PANES, "s2": PANES, "s3": PANES, "s4": PANES,
    "onact": ("act",),
    "onwarn": ("warn",),
    "onaccent": ("accent",),
    "onbadge": ("paper", "replay", "live"),
}  # fmt: skip
# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
SIMULATED = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
MADE_FOR = [
    (f"{theme}-{palette}", eyes)
    for theme in THEMES
    for palette, eyes in (("redgreen", "protan"), ("redgreen", "deutan"), ("blueyellow", "tritan"))
]


def linear(colour: str) -> list[float]:
    """#RRGGBB as linear light, 0 … 1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour: str) -> float:
    """WCAG 2: relative luminance of #RRGGBB."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def seen(colour: str, eyes: str) -> tuple[float, float, float]:
    """L*a*b* (D65) of #RRGGBB as those eyes see it."""
    light = linear(colour)
    red, green, blue = (
        min(max(sum(k * x for k, x in zip(row, light, strict=True)), 0.0), 1.0) for row in SIMULATED[eyes]
    )
    xyz = (
        (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047,
        0.2126729 * red + 0.7151522 * green + 0.0721750 * blue,
        (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883,
    )
    x, y, z = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def delta_e(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """CIEDE2000, k = 1 (Sharma, Wu and Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_chroma = (hypot(a1, b1) + hypot(a2, b2)) / 2
    grow = 1.5 - 0.5 * sqrt(mean_chroma**7 / (mean_chroma**7 + 25**7))
    c1, c2 = hypot(a1 * grow, b1), hypot(a2 * grow, b2)
    h1, h2 = degrees(atan2(b1, a1 * grow)) % 360, degrees(atan2(b2, a2 * grow)) % 360
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    hue = (h1 + h2 + (0 if abs(h1 - h2) <= 180 else 360 if h1 + h2 < 360 else -360)) / 2 if c1 * c2 else h1 + h2
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1 - 0.17 * cos(radians(hue - 30)) + 0.24 * cos(radians(2 * hue)) + 0.32 * cos(radians(3 * hue + 6))
        - 0.20 * cos(radians(4 * hue - 63))
    )  # fmt: skip
    d_l = (l2 - l1) / (1 + 0.015 * (lightness - 50) ** 2 / sqrt(20 + (lightness - 50) ** 2))
    d_c = (c2 - c1) / (1 + 0.045 * chroma)
    d_h = 2 * sqrt(c1 * c2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * t)
    rotation = -2 * sqrt(chroma**7 / (chroma**7 + 25**7)) * sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    return sqrt(d_l**2 + d_c**2 + d_h**2 + rotation * d_c * d_h)


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


def test_the_distance_of_colours_is_that_of_its_authors() -> None:
    assert delta_e((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485)) == pytest.approx(2.0425, abs=1e-4)
    assert delta_e((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387)) == pytest.approx(1.2644, abs=1e-4)
    assert delta_e((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514)) == pytest.approx(0.9082, abs=1e-4)


@pytest.mark.parametrize(("name", "eyes"), MADE_FOR)
def test_money_won_and_lost_are_far_apart_for_the_eyes_a_palette_is_made_for(name: str, eyes: str) -> None:
    colours = {token: seen(tokens(name)[token], eyes) for token in ("profit", "loss", "warn", "blind")}
    apart = {pair: round(delta_e(colours[pair[0]], colours[pair[1]]), 1) for pair in combinations(colours, 2)}
    assert apart["profit", "loss"] >= 48, apart
    assert min(apart.values()) >= 17, apart


@pytest.mark.parametrize("theme", THEMES)
def test_without_hue_money_lost_is_a_hollow_triangle(look: Look, theme: ThemeName) -> None:
    def triangle(value: float) -> int:
        image = QImage(16, 16, QImage.Format.Format_ARGB32)
        image.fill(look.colour("bg1"))
        with Ink(image, look) as ink:
            direction(ink, QPointF(8, 8), value, "profit" if value > 0 else "loss")
        ground, ink_of = look.colour("bg1").lightness(), look.colour("t1").lightness()
        return sum(
            abs(image.pixelColor(x, y).lightness() - ground) > abs(ink_of - ground) * 0.6
            for x in range(16)
            for y in range(16)
        )

    look.set_theme(theme, "monochrome")
    assert look.hollow_loss
    assert look.colour("profit") == look.colour("loss") == look.colour("t1")
    assert triangle(-1.0) < triangle(+1.0)
    look.set_theme(theme, "standard")
    assert not look.hollow_loss


def test_the_palette_stays_when_the_theme_changes(look: Look) -> None:
    look.set_theme("dark", "red-green")
    look.set_theme("light")
    assert (look.theme, look.palette) == ("light", "red-green")
    assert look.colour("profit").name().upper() == tokens("light-redgreen")["profit"]


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("monochrome")])
def test_monochrome_has_no_hue_in_what_means_something(name: str) -> None:
    colours = tokens(name)
    for token in ("profit", "loss", "warn", "act", "blind", "accent", "paper", "replay", "live", "call", "put"):
        parts = [int(colours[token][i : i + 2], 16) for i in (1, 3, 5)]
        assert max(parts) - min(parts) <= 24, (token, colours[token])


def test_with_reduced_motion_a_ring_does_not_turn(look: Look) -> None:
    def drawn(share: float) -> QImage:
        image = QImage(40, 40, QImage.Format.Format_ARGB32)
        image.fill(look.colour("bg1"))
        with Ink(image, look) as ink:
            ring(ink, QRectF(4, 4, 32, 32), share, "warn")
        return image

    assert drawn(0.2) != drawn(0.9)
    look.reduced_motion = True
    assert drawn(0.2) == drawn(0.9)


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
@pytest.mark.parametrize("name", PALETTES)
def test_every_state_has_a_shape_of_its_own_in_grey(look: Look, theme: ThemeName, name: PaletteName) -> None:
    look.set_theme(theme, name)
    states = ("hold", "exit", "blind", "vetoed", "observe", "leaving", "adjust", "idle")
    pictures = {state: painted_grey(look, state, as_gauge=False) for state in states}
    alike = [(a, b) for a, b in combinations(states, 2) if difference(pictures[a], pictures[b]) < 12]
    assert not alike
    states = ("hold", "exit", "blind", "vetoed")
    pictures = {state: painted_grey(look, state, as_gauge=True) for state in states}
    alike = [(a, b) for a, b in combinations(states, 2) if difference(pictures[a], pictures[b]) < 12]
    assert not alike


def test_text_that_is_in_use_stays_shaped_while_other_text_comes_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("widgets.paint.theme.MOST_LINES", 20)
    look = Look()
    kept, passing = look.laid_out("Mark"), look.laid_out("12.35")
    for number in range(100):
        look.laid_out(f"{number}")
        assert look.laid_out("Mark") is kept
    assert look.laid_out("12.35") is not passing
