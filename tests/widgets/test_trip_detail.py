"""The story of a round trip: the cursor moves everything, and what is unknown stays unknown."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from cockpit.review import TripStory
from tests.widgets.frames_review import NS, still_open, story, trip
from tests.widgets.frames_story import mark, point, sampled
from widgets.journal.trip_detail import TripDetail
from widgets.paint.theme import Look

AT = trip().opened_ns


@pytest.fixture
def detail(qtbot: QtBot, look: Look) -> TripDetail:
    made = TripDetail(look)
    qtbot.addWidget(made)
    made.resize(1544, 400)
    made.show()
    made.show_story(story())
    return made


def said(detail: TripDetail) -> list[str]:
    return [detail.said.text_of(row) for row in range(detail.said.count)]


def test_the_cursor_begins_at_the_last_decision(detail: TripDetail) -> None:
    assert detail.chart.cursor_ns == AT + 430 * NS
    assert said(detail) == [
        "Exhaustion\tvolume 6 / 5 x · vetoed\t3:50",
        "Greeks trailing stop\tpremium 66 / 66 points · acted\t0:00",
    ]


def test_the_cursor_moves_what_every_rule_said(detail: TripDetail) -> None:
    detail.chart.move_to(AT + 60 * NS)
    assert said(detail)[0] == "Exhaustion\tcannot see yet\t1:00"
    assert detail.chart.accessibleDescription().endswith("premium 59.00, stop 43.60")


@pytest.mark.parametrize(
    ("key", "modifier", "moves_s"),
    [
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, -1),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, -10),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 1),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 2),  # not past the end
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, -430),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 2),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, -230),
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.NoModifier, 2),
    ],
)
def test_keys_move_the_cursor(
    detail: TripDetail, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier, moves_s: int
) -> None:
    qtbot.keyClick(detail.chart, key, modifier)
    assert detail.chart.cursor_ns == AT + (430 + moves_s) * NS


def test_buttons_go_from_mark_to_mark(detail: TripDetail) -> None:
    detail.previous.click()
    assert detail.chart.cursor_ns == AT + 200 * NS
    detail.next.click()
    assert detail.chart.cursor_ns == AT + 430 * NS


def test_the_mouse_moves_the_cursor(detail: TripDetail, qtbot: QtBot) -> None:
    with qtbot.waitSignal(detail.chart.moved):
        qtbot.mouseClick(detail.chart, Qt.MouseButton.LeftButton, pos=QPoint(detail.chart.width() // 3, 90))
    assert detail.chart.cursor_ns is not None
    assert AT < detail.chart.cursor_ns < AT + 300 * NS


def test_exits_and_commands_are_told_in_order_with_their_reasons(detail: TripDetail) -> None:
    told = [(line.words, line.below) for line in detail.exits.lines]
    assert told == [
        ("Veto by human", "until 10:04"),
        ("Close by human", "refused: it is leaving"),
        ("Greeks trailing stop  \u2212195 @ 66.00", "trail reached; before exhaustion climax"),
    ]


def test_a_part_that_is_unknown_leaves_the_total_unknown(detail: TripDetail) -> None:
    rows = [detail.parts.text_of(row) for row in range(detail.parts.count)]
    assert rows == ["Profit\t30 of 30\t+13.00 % net", "IV\tn/a of 10\tn/a", "Total\tn/a of 100\ta part is unknown"]


def test_figures_at_entry_and_exit(detail: TripDetail) -> None:
    rows = [detail.context.text_of(row) for row in range(detail.context.count)]
    assert rows == ["Delta\t0.5000\t0.5600\t+0.0600", "OI calls\t266.34 M\tn/a\tn/a"]


def test_tabs_show_one_of_three(detail: TripDetail) -> None:
    for name, shown in (("Quality", detail.parts), ("Entry and exit", detail.context), ("Exits", detail.exits)):
        detail.tabs.choose(name)
        assert shown.isVisible()


def test_without_a_story_the_reason_is_said(detail: TripDetail) -> None:
    detail.say("the journal is locked")
    assert detail.story is None
    assert not detail.chart.isVisible()
    assert detail.accessibleDescription() == "the journal is locked"
    detail.grab()


@pytest.mark.parametrize(
    "change",
    [
        lambda s: replace(s, path=()),
        lambda s: replace(s, stops=()),
        lambda s: replace(s, said=(), precedence=()),
        lambda s: replace(s, marks=()),
        lambda s: replace(s, exits=(), commands=()),
        lambda s: replace(s, quality=None),
        lambda s: replace(s, basis="underlying"),
        lambda s: replace(s, trip=still_open()),
    ],
)
def test_whatever_is_missing_the_rest_is_told(detail: TripDetail, change: Callable[[TripStory], TripStory]) -> None:
    made = change(story())
    detail.show_story(made)
    detail.grab()
    assert detail.story is made
    assert detail.chart.cursor_ns is not None


def test_every_key_that_is_not_the_charts_is_the_windows(detail: TripDetail, qtbot: QtBot) -> None:
    before = detail.chart.cursor_ns
    qtbot.keyClick(detail.chart, Qt.Key.Key_V)
    assert detail.chart.cursor_ns == before


# ---------------------------------------------------------------- sampled paths


def test_strips_have_what_is_known_and_what_the_chart_does_not_show(detail: TripDetail) -> None:
    assert detail.chart.strips == ()
    detail.show_story(sampled())
    assert detail.chart.strips == ("delta", "gamma", "iv", "oi")
    detail.show_story(sampled(basis="underlying"))
    assert detail.chart.strips == ("mark", "delta", "gamma", "iv")
    detail.show_story(sampled(path=(point(0, 50.0, delta=0.5), point(1, 51.0, delta=0.5))))
    assert detail.chart.strips == ("delta",)
    detail.grab()


def test_strips_give_way_to_the_chart_where_there_is_no_room(detail: TripDetail, qtbot: QtBot) -> None:
    detail.show_story(sampled())
    detail.resize(900, 230)
    qtbot.waitUntil(lambda: len(detail.chart.strips) == 2)
    detail.resize(900, 600)
    qtbot.waitUntil(lambda: len(detail.chart.strips) == 4)


def test_one_cursor_reads_everything_out(detail: TripDetail) -> None:
    detail.show_story(sampled())
    detail.chart.move_to(AT + 110 * NS)
    said = detail.chart.accessibleDescription()
    assert said.endswith("premium 64.00, stop 43.60, Delta 0.60, Gamma 0.0010, IV % 13.0, OI C+P 9.00 M")
    detail.chart.move_to(AT + 160 * NS)
    said = detail.chart.accessibleDescription()
    assert said.endswith("premium n/a, stop 43.60, Delta 0.60, Gamma n/a, IV % n/a, OI C+P n/a")


def test_a_press_on_the_strips_moves_the_cursor_too(detail: TripDetail, qtbot: QtBot) -> None:
    detail.show_story(sampled())
    chart = detail.chart
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(chart.width() // 3, chart.height() - 20))
    assert chart.cursor_ns is not None
    assert AT < chart.cursor_ns < AT + 300 * NS


def test_the_table_has_the_greeks_of_what_was_sampled(detail: TripDetail) -> None:
    assert len(detail.table.text_of(0).split("\t")) == 4
    detail.show_story(sampled())
    row = next(row for row in range(detail.table.count) if "64.00" in detail.table.text_of(row))
    said = detail.table.text_of(row).split("\t")[1:]
    assert said == ["64.00", "43.60", "0.60", "0.0010", "n/a", "n/a", "13.0", "9.00 M", ""]
    detail.show_story(sampled(basis="underlying"))
    assert detail.table.text_of(row).split("\t")[3] == "64.00"


def ink_in(detail: TripDetail, token: str) -> int:
    """Pixels of the chart in that colour."""
    image, colour = detail.chart.grab().toImage(), detail.chart._look.colour(token).rgb()  # pyright: ignore[reportPrivateUsage]
    return sum(image.pixel(x, y) == colour for x in range(image.width()) for y in range(image.height()))


def test_the_curve_is_drawn_and_gaps_are_not_bridged(detail: TripDetail) -> None:
    plain = sampled(marks=(), stops=(), basis="underlying")
    known = tuple(point(second, 58.0) for second in range(431))
    detail.show_story(replace(plain, path=known))
    whole = ink_in(detail, "price")
    detail.show_story(replace(plain, path=(*known[:100], point(100, None), *known[300:])))
    assert 0 < ink_in(detail, "price") < whole * 0.7


def test_words_of_a_crowd_are_said_once(detail: TripDetail) -> None:
    crowd = tuple(mark(30, "command", "reset by demo") for _ in range(9))
    detail.show_story(sampled(marks=crowd[:1]))
    once = ink_in(detail, "t1")
    detail.show_story(sampled(marks=crowd))
    assert ink_in(detail, "t1") == once > 0
