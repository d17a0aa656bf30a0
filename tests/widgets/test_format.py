"""What numbers, times and names look like."""

import math

import pytest

from widgets.paint import format as fmt

G, M = fmt.GROUP, fmt.MINUS


@pytest.mark.parametrize(
    ("value", "digits", "signed", "words"),
    [
        (1316.25, 2, True, f"+1{G}316.25"),
        (-172.25, 2, True, f"{M}172.25"),
        (0.0, 2, True, "0.00"),
        (-0.004, 2, True, "0.00"),
        (0.004, 2, True, "0.00"),
        (1234567.0, 0, False, f"1{G}234{G}567"),
        (None, 2, False, "n/a"),
        (math.nan, 2, False, "n/a"),
        (math.inf, 2, False, "n/a"),
    ],
)
def test_a_number_has_groups_a_real_minus_and_no_sign_on_nothing(
    value: float | None, digits: int, signed: bool, words: str
) -> None:
    assert fmt.number(value, digits, signed=signed) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(78.35, "78.35"), (9999.99, f"9{G}999.99"), (9999.999, f"10{G}000.0"), (58400.05, f"58{G}400.1"), (None, "n/a")],
)
def test_a_price_loses_decimals_before_it_outgrows_its_column(value: float | None, words: str) -> None:
    assert fmt.price(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (99_999.99, f"+99{G}999.99"),
        (99_999.996, f"+100{G}000"),
        (-9_999_999.0, f"{M}9{G}999{G}999"),
        (12_345_678.0, "+12.3 M"),
        (-1_234_567_890.0, f"{M}1{G}235 M"),
        (None, "n/a"),
    ],
)
def test_money_turns_to_millions_when_it_must(value: float | None, words: str) -> None:
    assert fmt.money(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0022, "0.0022"), (-0.47, f"{M}0.47"), (-29.8, f"{M}29.8"), (6.1, "6.10"), (0.0, "0.00"), (1234.0, f"1{G}234")],
)
def test_a_greek_keeps_three_significant_digits(value: float, words: str) -> None:
    assert fmt.greek(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(41, "0:41"), (725.9, "12:05"), (6720, "1:52 h"), (86399, "23:59 h"), (86400, "1 d"), (-5, "0:00"), (None, "n/a")],
)
def test_a_duration_is_read_at_a_glance(seconds: float | None, words: str) -> None:
    assert fmt.duration(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(40.2, "0:41"), (0.0, "0:00"), (4638.0, "1:17:18"), (None, "n/a")])
def test_what_is_left_ends_when_it_says_zero(seconds: float | None, words: str) -> None:
    assert fmt.until(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.21, "0.2 s"), (14.2, "14 s"), (180.0, "3 min"), (7200.0, "2 h"), (None, "n/a")]
)
def test_the_age_of_a_quote(seconds: float | None, words: str) -> None:
    assert fmt.age(seconds) == words


def test_the_clock_is_the_exchanges() -> None:
    at_ns = 1_787_027_862_800_000_000
    assert fmt.clock(at_ns, "Asia/Kolkata", tenths=True) == "10:07:42.8"
    assert fmt.zone_word(at_ns, "Asia/Kolkata") == "IST"
    assert fmt.clock(at_ns, "America/New_York") == "00:37:42"


def test_speeds_and_signs_of_currencies() -> None:
    assert fmt.speed(1000.0) == f"×1{G}000"
    assert fmt.speed(2.5) == "×2.5"
    assert fmt.speed(math.inf) == "max"
    assert fmt.currency("INR") == "₹"
    assert fmt.currency("CHF") == "CHF"


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("NIFTY 24200 P  18 Aug", ("NIFTY 24200 P", "18 Aug")),
        ("NIFTY 24200 P 18 Aug", ("NIFTY 24200 P", "18 Aug")),
        ("SPXW 3700 C 4 Jan 2027", ("SPXW 3700 C", "4 Jan 2027")),
        ("BTC", ("BTC", "")),
    ],
)
def test_a_label_is_parted_at_its_expiry(label: str, parts: tuple[str, str]) -> None:
    assert fmt.split_label(label) == parts


def test_minus_signs_in_words_of_the_engine() -> None:
    assert fmt.signs("net -994.5; T-1 and 0.5-0.7") == f"net {M}994.5; T-1 and 0.5-0.7"
    assert fmt.short_margin("0.12 points") == "0.12"
    assert fmt.short_margin("over by 0.31 %") == "+0.31 %"


def test_names_of_rules() -> None:
    assert fmt.title("theta_decay") == "Theta decay"
    assert fmt.short_rule("open_interest_reversal") == "OI reversal"
    assert fmt.short_rule("theta_decay") == "Theta decay"
    assert fmt.bps(-1069.4) == f"{M}1{G}069"
    assert fmt.bps(123_456.0) == "+123 k"
    assert fmt.percent(-5.32) == f"{M}5.3 %"
    assert fmt.percent(None) == "n/a"
    assert fmt.volatility(0.118) == "11.8"
    assert fmt.contracts(195, -1) == f"{M}195"
