"""Reads numbers, instants, dates and rights from text, strictly."""

import re
from datetime import UTC, date, datetime, timedelta

from cockpit.domain.instrument import Right
from cockpit.events import NS

INT64_MAX = 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?(?:nan|inf|infinity)", re.IGNORECASE | re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?(Z|z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_DATE = re.compile(r"(\d{4})(-?)(\d\d)\2(\d\d)(?:[T ][0:.Zz+]*)?", re.ASCII)
_RIGHTS: dict[str, Right] = {"c": "C", "call": "C", "ce": "C", "p": "P", "put": "P", "pe": "P"}


def parse_number(text: str) -> float | None:
    """A decimal number, `nan` or `inf`; None for an empty text; raises ValueError for anything else."""
    text = text.strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a number; write it as 1234.5")
    return float(text)


def parse_at_ns(text: str) -> int:
    """Nanoseconds since the epoch, UTC, of an ISO 8601 time or a whole-number epoch.

    A time without an offset is UTC. A whole number is in s, ms, us or ns by its magnitude (see `epoch_ns`).
    Raises ValueError.
    """
    text = text.strip()
    if _WHOLE.fullmatch(text):
        return epoch_ns(int(text))
    found = _ISO.fullmatch(text)
    try:
        if not found:
            raise ValueError("another form")
        *clock, fraction, zone = found.groups()
        year, month, day, hour, minute, second = (int(part or 0) for part in clock)
        at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        whole = (at - _EPOCH) // timedelta(seconds=1) - _offset_s(zone)
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is not a time; write it as 2026-08-18T05:13:00Z") from error
    return within_int64(whole * NS + int((fraction or "").ljust(9, "0")))


def epoch_ns(value: int) -> int:
    """Nanoseconds of an epoch whose unit is guessed: below 1e11 s, below 1e14 ms, below 1e17 us, else ns."""
    size = abs(value)
    scale = NS if size < 10**11 else 10**6 if size < 10**14 else 10**3 if size < 10**17 else 1
    return within_int64(value * scale)


def parse_date(text: str) -> date:
    """A date written YYYY-MM-DD or YYYYMMDD, a midnight behind it allowed; raises ValueError."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text[:40]!r} is not a date; write YYYY-MM-DD")
    return date(int(found[1]), int(found[3]), int(found[4]))


def parse_right(text: str) -> Right:
    """C or P from C, P, call, put, CE or PE in any case; raises ValueError."""
    right = _RIGHTS.get(text.strip().lower())
    if right is None:
        raise ValueError(f"{text[:40]!r} is not a right; write C or P")
    return right


def within_int64(at_ns: int) -> int:
    """The instant, when nanoseconds of 64 bits can hold it; raises ValueError."""
    if not -INT64_MAX <= at_ns <= INT64_MAX:
        raise ValueError("the time is outside the years 1678 to 2261; correct it")
    return at_ns


def _offset_s(zone: str | None) -> int:
    if zone is None or zone in "Zz":
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError("no offset from UTC")
    return (hours * 3600 + minutes * 60) * (-1 if zone[0] == "-" else 1)
