"""Writes the trading calendars in resources/calendars from the calendar library and the exchange's circulars.

Run it once a year, when the exchanges have published their next holidays: `python packaging/build_calendars.py`.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, cast

import exchange_calendars

FIRST_DAY = date(2014, 1, 1)
LAST_DAY = date(2027, 12, 31)
FOLDER = Path(__file__).parent.parent / "resources" / "calendars"

Row = tuple[str, str, str, str, str]

# Sessions outside the regular week that the library does not have, from NSE's circulars, equity derivatives segment,
# local time. The row of a year's Muhurat is added when its hours are published (usually a month before); a year
# without a row is closed on that day. The drills of 2024 were closed between 10:00 and their second part.
NSE_SPECIAL: dict[date, tuple[time, time, str]] = {
    date(2014, 10, 23): (time(18, 30), time(19, 30), "Muhurat"),
    date(2015, 2, 28): (time(9, 15), time(15, 30), "Union Budget"),
    date(2015, 11, 11): (time(17, 45), time(18, 45), "Muhurat"),
    date(2016, 10, 30): (time(18, 30), time(19, 30), "Muhurat"),
    date(2017, 10, 19): (time(18, 30), time(19, 30), "Muhurat"),
    date(2018, 11, 7): (time(17, 30), time(18, 30), "Muhurat"),
    date(2019, 10, 27): (time(18, 15), time(19, 15), "Muhurat"),
    date(2020, 2, 1): (time(9, 15), time(15, 30), "Union Budget"),
    date(2020, 11, 14): (time(18, 15), time(19, 15), "Muhurat"),
    date(2021, 11, 4): (time(18, 15), time(19, 15), "Muhurat"),
    date(2022, 10, 24): (time(18, 15), time(19, 15), "Muhurat"),
    date(2023, 11, 12): (time(18, 15), time(19, 15), "Muhurat"),
    date(2024, 1, 20): (time(9, 15), time(15, 30), "Saturday session"),
    date(2024, 3, 2): (time(9, 15), time(12, 30), "Disaster recovery drill"),
    date(2024, 5, 18): (time(9, 15), time(12, 40), "Disaster recovery drill"),
    date(2024, 11, 1): (time(18, 0), time(19, 0), "Muhurat"),
    date(2025, 2, 1): (time(9, 15), time(15, 30), "Union Budget"),
    date(2025, 10, 21): (time(13, 45), time(14, 45), "Muhurat"),
    date(2026, 2, 1): (time(9, 15), time(15, 30), "Union Budget"),
}

# What the library calls otherwise, or not at all.
US_NAMES = {
    date(2018, 12, 5): "Mourning of George H. W. Bush",
    date(2025, 1, 9): "Mourning of Jimmy Carter",
}
EVE_OF_JULY_4TH = "Eve of July 4th"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One table: its name, the library's exchange and the special sessions that are added by hand.

    BSE's calendar stands in for NSE's, which the library lacks: both keep the same holidays.
    """

    name: str
    exchange: str
    special: dict[date, tuple[time, time, str]]


SOURCES = (
    Source(name="nse", exchange="XBOM", special=NSE_SPECIAL),
    Source(name="us", exchange="XNYS", special={}),
)


def build(source: Source, first_day: date = FIRST_DAY, last_day: date = LAST_DAY) -> list[Row]:
    """The rows of one table, in order, with its reach first and last."""
    library: Any = exchange_calendars
    last_day = min(last_day, _library_end(library, source.exchange) or last_day)
    calendar = library.get_calendar(source.exchange, start=first_day, end=last_day)
    open_hours = _open_hours(calendar)
    names = _names(calendar, first_day, last_day)
    regular = (calendar.open_times[-1][1], calendar.close_times[-1][1])
    rows: list[Row] = [(str(first_day), "from", "", "", "")]
    day = first_day
    while day <= last_day:
        row = _row(day, source.special.get(day), open_hours.get(day), regular)
        if row is not None:
            rows.append((*row, names.get(day, "")) if len(row) == 4 else row)
        day += timedelta(days=1)
    return [*rows, (str(last_day), "until", "", "", "")]


def _row(
    day: date, special: tuple[time, time, str] | None, hours: tuple[time, time] | None, regular: tuple[time, time]
) -> tuple[str, str, str, str] | Row | None:
    """What the table says about a day; without its name where the library may know one, None when it is regular."""
    if special is not None:
        return (str(day), "special", f"{special[0]:%H:%M}", f"{special[1]:%H:%M}", special[2])
    if hours is None:
        return None if day.weekday() >= 5 else (str(day), "holiday", "", "")
    if hours == regular and day.weekday() < 5:
        return None
    return (str(day), "early" if day.weekday() < 5 else "special", f"{hours[0]:%H:%M}", f"{hours[1]:%H:%M}")


def _open_hours(calendar: Any) -> dict[date, tuple[time, time]]:
    """Local open and close of every session of the library's calendar."""
    opens = calendar.schedule["open"].dt.tz_convert(calendar.tz)
    closes = calendar.schedule["close"].dt.tz_convert(calendar.tz)
    return {opening.date(): (opening.time(), close.time()) for opening, close in zip(opens, closes, strict=True)}


def _names(calendar: Any, first_day: date, last_day: date) -> dict[date, str]:
    """Names of the holidays and early closes that follow a rule; the library has none for those of a single year."""
    names = dict(US_NAMES)
    tables = [calendar.regular_holidays, *(table for _, table in calendar.special_closes)]
    for table in tables:
        if table is not None and hasattr(table, "holidays"):
            found = table.holidays(start=first_day, end=last_day, return_name=True)
            names.update({stamp.date(): _short(str(name)) for stamp, name in found.items()})
    return names


def _short(name: str) -> str:
    return EVE_OF_JULY_4TH if "Before Independence Day" in name else name


def _library_end(library: Any, exchange: str) -> date | None:
    """The last day that the library knows, None when its rules are open-ended."""
    bound = cast(Callable[[], Any], type(library.get_calendar(exchange)).bound_max)()
    return None if bound is None else bound.date()


def text(rows: list[Row]) -> str:
    """The table as it is shipped."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(("date", "kind", "open", "close", "name"))
    writer.writerows(rows)
    return page.getvalue()


def main() -> None:
    """Write all tables."""
    for source in SOURCES:
        rows = build(source)
        (FOLDER / f"{source.name}.csv").write_text(text(rows), encoding="utf-8")
        print(f"{source.name}: {rows[0][0]} to {rows[-1][0]}, {len(rows) - 2} exceptional days")


if __name__ == "__main__":
    main()
