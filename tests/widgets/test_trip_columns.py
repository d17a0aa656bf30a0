"""Cells of the table of round trips."""

import pytest

from cockpit.review import TripRow
from tests.widgets.frames_review import still_open, trip
from widgets.journal.trip_columns import COLUMNS, USUAL, cell, fitting
from widgets.paint.theme import Look
from widgets.parts.table_columns import places

BY_KEY = {column.key: column for column in COLUMNS}


def words(row: TripRow, key: str) -> str:
    return cell(row, BY_KEY[key]).words


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("opened", "17 Nov 06:43:00"),
        ("symbol", "NIFTY 26050 C 18 Nov"),
        ("contracts", "+195"),
        ("entry", "58.20"),
        ("net", "+1\u202f521.40"),
        ("hold", "7:12"),
        ("rules", "OI reversal"),
        ("excursion", "\u22121.50 · 7.80 · 9.50"),
        ("quality", "84"),
        ("overrides", ""),
        ("fees", "40.00"),
        ("session", "S0001/P0001"),
    ],
)
def test_cells(key: str, said: str) -> None:
    assert words(trip(), key) == said


def test_what_is_unknown_is_not_0() -> None:
    assert words(trip(mae=None), "excursion") == "n/a"
    assert words(trip(2), "quality") == "n/a"
    assert words(trip(rules=()), "rules") == "n/a"


@pytest.mark.parametrize("key", ["exit", "net", "hold"])
def test_an_open_one_says_so(key: str) -> None:
    assert words(still_open(), key) == "open"


def test_money_is_told_by_its_sign_and_colour() -> None:
    assert cell(trip(1), BY_KEY["net"]).token == "profit"
    assert cell(trip(2), BY_KEY["net"]).token == "loss"
    assert words(trip(side=-1), "contracts") == "\u2212195"
    assert words(trip(3), "overrides") == "veto"


@pytest.mark.parametrize("width", [2_000, 1_024, 860, 700, 420, 100])
def test_what_fits_is_chosen_from_the_usual(look: Look, width: int) -> None:
    keys = fitting(look, width)
    taken = sum(place.width for place in places(look, [BY_KEY[key] for key in keys], 0))
    assert taken <= width or keys == ("opened", "symbol", "net", "rules")
    assert set(keys) <= set(USUAL)
    assert (keys == USUAL) == (width == 2_000 or taken <= width == 1_024)


def test_everything_plausible_fits_its_column(look: Look) -> None:
    rows = (
        trip(label="BANKNIFTY 58300 C 25 Nov", net=-99_999.99, contracts=1_950, entry=9_999.5, exit=1_234.5),
        trip(closed_ns=trip().opened_ns + 23 * 3_600 * 10**9, overrides=("take_over",), mae=-99.5, mfe=120.0),
    )
    for place in places(look, COLUMNS, 3_000):
        for row in rows:
            made = cell(row, place.column)
            if made.paint is None:
                assert look.width(made.words, place.column.px, place.column.weight) <= place.room
