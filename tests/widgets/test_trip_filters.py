"""The filter row: what it asks for, and the days it means."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pytestqt.qtbot import QtBot

from cockpit.review import Choices, TripFilter
from widgets.journal.trip_filters import BETWEEN, NEWEST, TripFilters
from widgets.paint.theme import Look

ZONE = "Asia/Kolkata"
NOW = datetime(2025, 11, 17, 10, 7, tzinfo=ZoneInfo(ZONE))


def ns(at: datetime) -> int:
    return int(at.timestamp()) * 10**9


@pytest.fixture
def filters(qtbot: QtBot, look: Look) -> TripFilters:
    made = TripFilters(look)
    qtbot.addWidget(made)
    made.offer(
        Choices(underlyings=("NIFTY", "SPX"), rules=("theta_decay",), profiles=("adaptive",), newest_session="S0002")
    )
    return made


def test_at_first_it_leaves_nothing_out(filters: TripFilters) -> None:
    assert filters.wanted(ns(NOW), ZONE) == TripFilter()
    assert not filters.narrows


def test_every_chip_narrows(filters: TripFilters) -> None:
    filters.search.setText("  trail ")
    filters.symbol.choose("SPX")
    filters.rule.choose("Theta decay")
    filters.result.choose("Losers")
    filters.who.choose("Overridden")
    filters.profile.choose("adaptive")
    assert filters.wanted(ns(NOW), ZONE) == TripFilter(
        text="trail", underlying="SPX", rule="theta_decay", result="losers", overridden=True, profile="adaptive"
    )
    assert filters.narrows
    filters.clear()
    assert filters.wanted(ns(NOW), ZONE) == TripFilter()


def test_the_newest_session_is_a_time(filters: TripFilters) -> None:
    filters.dates.choose(NEWEST)
    assert filters.wanted(ns(NOW), ZONE) == TripFilter(session="S0002")
    assert filters.narrows


@pytest.mark.parametrize(("choice", "day"), [("Today", 17), ("Last 7 days", 11)])
def test_days_are_those_of_the_exchange(filters: TripFilters, choice: str, day: int) -> None:
    filters.dates.choose(choice)
    wanted = filters.wanted(ns(NOW), ZONE)
    assert wanted.since_ns == ns(datetime(2025, 11, day, tzinfo=ZoneInfo(ZONE)))
    assert wanted.until_ns is None


def test_dates_between_are_whole_days_also_when_clocks_change(filters: TripFilters) -> None:
    filters.dates.choose(BETWEEN)
    assert not filters.since.isHidden()
    filters.since.setText("2025-11-02")  # 25 hours in New York
    filters.until.setText("2025-11-02")
    wanted = filters.wanted(ns(NOW), "America/New_York")
    assert wanted.since_ns is not None
    assert wanted.until_ns is not None
    assert wanted.until_ns - wanted.since_ns == 25 * 3_600 * 10**9


def test_what_is_no_date_bounds_nothing(filters: TripFilters) -> None:
    filters.dates.choose(BETWEEN)
    filters.since.setText("2025-11-")
    assert filters.wanted(ns(NOW), ZONE) == TripFilter()


def test_changes_are_told_once_after_a_pause(filters: TripFilters, qtbot: QtBot) -> None:
    told: list[int] = []
    filters.changed.connect(lambda: told.append(1))
    with qtbot.waitSignal(filters.changed):
        filters.search.setText("a")
        filters.search.setText("ab")
        filters.symbol.choose("SPX")
    assert told == [1]
