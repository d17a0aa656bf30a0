"""Numbers, money, times and names as the window writes them: minus U+2212, groups U+202F, `n/a` for unknown."""

import math
import re
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

UNKNOWN = "n/a"
MINUS = "\u2212"
GROUP = "\u202f"
NS = 1_000_000_000
EXPIRY = re.compile(r"\s+(\d{1,2} [A-Z][a-z]{2}(?: \d{2,4})?)$")
MINUSES = re.compile(r"(?<![\w.])-(?=\d)")
SIGNS = {"INR": "₹", "USD": "$", "EUR": "€", "GBP": "£"}
SHORT_RULES = {
    "open_interest_reversal": "OI reversal",
    "greeks_trailing_stop": "Greeks trail",
    "staged_trailing_stop": "Staged trail",
    "momentum_reversal": "Momentum turn",
}


def number(value: float | None, digits: int = 2, *, signed: bool = False) -> str:
    """A number with `digits` decimals; the sign is shown for gains too when `signed`, never on a rounded zero."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    rounded = round(value, digits) or 0.0
    text = f"{abs(rounded):,.{digits}f}".replace(",", GROUP)
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if signed and rounded > 0 else text


def price(value: float | None) -> str:
    """A price with two decimals, fewer from ten thousand on: a column has one width."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    return number(value, 2 if size < 9_999.995 else 1 if size < 99_999.95 else 0)


def points(value: float | None) -> str:
    """A distance in points, which may be negative: one digit less than a price."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    return number(value, 2 if size < 999.995 else 1 if size < 9_999.95 else 0)


def greek(value: float | None, *, signed: bool = False) -> str:
    """A Greek with as many decimals as leave three significant digits, at most four."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    digits = 0 if size >= 999.95 else 1 if size >= 10 else 2 if size >= 0.1 or size == 0 else 4
    return number(value, digits, signed=signed)


def money(value: float | None, *, signed: bool = True) -> str:
    """Money without its currency: two decimals below a hundred thousand, whole below ten million, then millions."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    if size >= 9_999_999.5:
        return f"{number(value / 1e6, 1 if size < 999.95e6 else 0, signed=signed)} M"
    return number(value, 2 if size < 99_999.995 else 0, signed=signed)


def money_short(value: float | None, *, signed: bool = True) -> str:
    """Money in whole units: for the status strip and captions."""
    return money(value, signed=signed) if value is not None and abs(value) >= 1e7 else number(value, 0, signed=signed)


def currency(code: str) -> str:
    """The sign of a currency, or its ISO code where it has none."""
    return SIGNS.get(code, code)


def bps(value: float | None) -> str:
    """Signed whole basis points; from a hundred thousand on, in thousands with a k."""
    if value is not None and math.isfinite(value) and abs(value) >= 99_999.5:
        return f"{number(value / 1_000, 0, signed=True)} k"
    return number(value, 0, signed=True)


def percent(value: float | None) -> str:
    """A signed value that already is in percent, with its unit: one decimal below a hundred, then none."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return f"{number(value, 1 if abs(value) < 99.95 else 0, signed=True)} %"


def volatility(value: float | None, *, signed: bool = False) -> str:
    """A volatility given as a fraction, in percent: one decimal below a hundred, then none."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return number(value * 100.0, 1 if abs(value) < 0.9995 else 0, signed=signed)


def ratio(value: float | None) -> str:
    """A ratio with two decimals, one from ten on."""
    return number(value, 2 if value is None or abs(value) < 9.995 else 1)


def contracts(value: int, side: int) -> str:
    """Contracts with the sign of the side."""
    return number(value * side, 0, signed=True)


def duration(seconds: float | None) -> str:
    """A length of time as read at a glance: 0:41, 12:05, 1:52 h, 3 d."""
    if seconds is None or not math.isfinite(seconds):
        return UNKNOWN
    whole = max(0, int(seconds))
    if whole < 3_600:
        return f"{whole // 60}:{whole % 60:02d}"
    if whole < 86_400:
        return f"{whole // 3_600}:{whole % 3_600 // 60:02d} h"
    return f"{whole // 86_400} d"


def until(seconds: float | None) -> str:
    """Time that is left, to the second: 0:41, 22:53, 1:17:18; rounded up, so that it ends when 0:00 is shown."""
    if seconds is None or not math.isfinite(seconds):
        return UNKNOWN
    whole = max(0, math.ceil(seconds - 1e-9))
    if whole < 3_600:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole // 3_600}:{whole % 3_600 // 60:02d}:{whole % 60:02d}"


def age(seconds: float | None) -> str:
    """How old a quote is: 0.2 s, 14 s, 3 min, 2 h."""
    if seconds is None or not math.isfinite(seconds):
        return UNKNOWN
    seconds = max(0.0, seconds)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_970 else f"{seconds / 3_600:.0f} h"


def speed(times: float) -> str:
    """Playback speed: ×60, max."""
    return "max" if math.isinf(times) else f"×{number(times, 0 if times == int(times) else 1)}"


@cache
def zone_of(name: str) -> ZoneInfo:
    """The zone of that IANA name."""
    return ZoneInfo(name)


def moment(at_ns: int, zone: str) -> datetime:
    """That instant on the wall clock of the exchange."""
    return datetime.fromtimestamp(at_ns / NS, zone_of(zone))


def clock(at_ns: int, zone: str, *, tenths: bool = False) -> str:
    """10:07:42, or 10:07:42.8 with `tenths`, on the wall clock of the exchange."""
    whole, rest = divmod(at_ns, NS)
    text = moment(whole * NS, zone).strftime("%H:%M:%S")
    return f"{text}.{rest // 100_000_000}" if tenths else text


def zone_word(at_ns: int, zone: str) -> str:
    """The zone's abbreviation at that instant: IST, EST; its offset where it has none."""
    return moment(at_ns, zone).strftime("%Z")


def words(code: str) -> str:
    """A code word as a reader sees it: theta_decay -> theta decay."""
    return code.replace("_", " ").strip()


def title(code: str) -> str:
    """The same as a name that begins a line: open_interest_reversal -> Open interest reversal."""
    text = words(code)
    return text[:1].upper() + text[1:]


def short_rule(code: str) -> str:
    """A rule's name for a narrow column."""
    return SHORT_RULES.get(code) or title(code)


def split_label(label: str) -> tuple[str, str]:
    """A label's instrument and its expiry: `NIFTY 24200 P 18 Aug`, or the whole label and nothing."""
    found = EXPIRY.search(label)
    return (label.strip(), "") if found is None else (label[: found.start()], found[1])


def signs(text: str) -> str:
    """A text with its minus signs as the window writes them."""
    return MINUSES.sub(MINUS, text)


def short_margin(text: str) -> str:
    """A margin for a narrow column: points go without saying, and what is over the limit has a plus."""
    text = signs(text).removesuffix(" points")
    return f"+{text.removeprefix('over by ')}" if text.startswith("over by ") else text
