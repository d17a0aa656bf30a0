"""Symbols become instruments, from their rows or, where columns are missing, from themselves."""

from collections.abc import Callable
from datetime import date

import pytest

from cockpit.domain.instrument import Instrument
from cockpit.feeds.recording import Recording
from tests.feeds.conftest import CALL, HEADER, PUT, row

Load = Callable[..., Recording]


def what(instrument: Instrument) -> tuple[object, ...]:
    return instrument.underlying, instrument.expiry, instrument.strike, instrument.right


CHRISTMAS = ("GOOG", date(2015, 12, 24), 700.0)


def test_an_option_has_all_its_properties(loaded: Load) -> None:
    recording = loaded(HEADER, row(1), row(1, PUT))
    assert [what(one) for one in recording.instruments.values()] == [(*CHRISTMAS, "C"), (*CHRISTMAS, "P")]
    assert recording.guessed == ("market", "lot", "multiplier", "tick", "currency")


def test_a_null_right_means_the_symbol_is_its_own_underlying(loaded: Load) -> None:
    lines = [row(1).replace(",C,", ",,"), row(1, PUT), row(1).replace(f"{CALL},GOOG,2015-12-24,700,C", "GOOG,,,,")]
    recording = loaded(HEADER, *lines)
    assert what(recording.instruments[CALL]) == (CALL, None, None, None)
    assert what(recording.instruments["GOOG"]) == ("GOOG", None, None, None)
    assert "contract" not in recording.guessed


def test_a_property_needs_to_be_stated_once(loaded: Load) -> None:
    blank = row(1).replace(",GOOG,2015-12-24,700,C,", ",,,,,")
    recording = loaded(HEADER, blank, row(2), row(3).replace(",GOOG,2015-12-24,700,C,", ",,,,,"))
    assert what(recording.instruments[CALL]) == (*CHRISTMAS, "C")
    assert recording.refused == {}


def without(column: str, *lines: str) -> list[str]:
    index = HEADER.split(",").index(column)
    cells = [line.split(",") for line in (HEADER, *lines)]
    return [",".join(line[:index] + line[index + 1 :]) for line in cells]


@pytest.mark.parametrize("column", ["underlying", "expiry", "strike", "right"])
@pytest.mark.parametrize(("symbol", "right"), [(CALL, "C"), (PUT, "P"), ("GOOG151224P00700000", "P")])
def test_a_missing_column_is_read_from_the_symbol(loaded: Load, column: str, symbol: str, right: str) -> None:
    line = row(1, PUT if right == "P" else CALL).replace(CALL, symbol).replace(PUT, symbol)
    recording = loaded(*without(column, line))
    assert what(recording.instruments[symbol]) == (*CHRISTMAS, right)
    assert recording.guessed[-1] == ("underlying" if column == "underlying" else "contract")


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("NIFTY26081822000CE", ("NIFTY", date(2026, 8, 18), 22000.0, "C")),
        ("BANKNIFTY19082925400.5PE", ("BANKNIFTY", date(2019, 8, 29), 25400.5, "P")),
        ("SPXW 210104P03700000", ("SPX", date(2021, 1, 4), 3700.0, "P")),
        ("AAPL 140606P00607500", ("AAPL", date(2014, 6, 6), 607.5, "P")),
        ("AAPL 140631P00607500", ("AAPL 140631P00607500", None, None, None)),
        ("AAPL 140606P00000000", ("AAPL 140606P00000000", None, None, None)),
        ("AAPL", ("AAPL", None, None, None)),
    ],
)
def test_a_symbol_alone_may_say_it_all(loaded: Load, symbol: str, expected: tuple[object, ...]) -> None:
    recording = loaded("ts,symbol,last", f"1,{symbol},1")
    assert what(recording.instruments[symbol]) == expected


def test_an_option_of_which_something_remains_unknown_is_held_as_its_own_underlying(loaded: Load) -> None:
    recording = loaded(HEADER, row(1).replace(",700,", ",,"))
    assert what(recording.instruments[CALL]) == (CALL, None, None, None)
    assert recording.guessed[-1] == "contract"


def test_an_unstated_underlying_is_what_the_symbol_begins_with(loaded: Load) -> None:
    recording = loaded(HEADER, row(1).replace(",GOOG,", ",,").replace(CALL, "XY 1"))
    assert recording.instruments["XY 1"].underlying == "XY"
    assert recording.guessed[-1] == "underlying"


def test_a_symbol_whose_rows_are_all_refused_is_no_instrument(loaded: Load) -> None:
    recording = loaded(HEADER, row(1, PUT), row(2, PUT), row(3).replace(",C,", ",X,"))
    assert list(recording.instruments) == [PUT]
