"""NAME.toml is strict, and what it leaves open comes from the market or is guessed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cockpit.domain.errors import BadInput
from cockpit.feeds.recording import Recording, load
from tests.feeds.conftest import CALL, HEADER, NOW_NS, row

Load = Callable[..., Recording]
Write = Callable[..., Path]


def with_terms(write: Write, *lines: str, market: str | None = None) -> Recording:
    write(*lines, name="day.toml")
    return load(write(HEADER, row(1)), market=market, now_ns=NOW_NS)


def test_all_terms_can_be_stated(write: Write) -> None:
    recording = with_terms(
        write,
        'market = "crypto"',
        "multiplier = 7",
        "lot = 3",
        "tick = 0.25",
        "steps = [[0, 0.25], [3.0, 0.5]]",
        'currency = "USDT"',
        'oi_unit = "shares"',
        "interval_s = 2.5",
        'ignore = ["ask"]',
        "models_lacking = true",
    )
    call = recording.instruments[CALL]
    assert (call.market, call.multiplier, call.lot, call.tick, call.currency) == ("crypto", 7.0, 3, 0.25, "USDT")
    assert (call.steps, call.step(2.0), call.step(3.0)) == (((0.0, 0.25), (3.0, 0.5)), 0.25, 0.5)
    assert (recording.oi_unit, recording.interval_s, recording.guessed) == ("shares", 2.5, ())
    assert recording.models_lacking
    assert "ask" not in recording.columns
    assert recording.batches[0].quotes[0].ask is None


@pytest.mark.parametrize(
    ("symbol", "market", "multiplier", "currency"),
    [("NIFTY26081822000CE", "nse", 1.0, "INR"), ("AAPL", "us", 100.0, "USD"), ("BTC", "crypto", 1.0, "USD")],
)
def test_without_terms_the_market_is_guessed(
    loaded: Load, symbol: str, market: str, multiplier: float, currency: str
) -> None:
    recording = loaded("ts,symbol,last", f"1450967460,{symbol},1")
    found = recording.instruments[symbol]
    assert (recording.market, found.multiplier, found.currency, found.lot) == (market, multiplier, currency, 1)
    assert not recording.models_lacking
    assert recording.guessed[:5] == ("market", "lot", "multiplier", "tick", "currency")
    assert recording.oi_unit == "contracts"


def test_the_most_frequent_underlying_decides(loaded: Load) -> None:
    rows = [f"145096746{n},{symbol},1" for n in range(3) for symbol in ("BTC", "AAPL", "MSFT")]
    assert loaded("ts,symbol,last", *rows, "1450967463,BTC,1").market == "crypto"


def test_the_option_of_the_command_overrules_the_file(write: Write) -> None:
    assert with_terms(write, 'market = "nse"', market="us").instruments[CALL].multiplier == 100.0
    assert with_terms(write, "multiplier = 10", market="us").instruments[CALL].multiplier == 10.0


def test_what_the_file_states_is_not_guessed(write: Write) -> None:
    assert with_terms(write, "multiplier = 10").guessed == ("market", "lot", "tick", "currency")
    assert with_terms(write, 'market = "us"').guessed == ("lot",)


def test_an_unknown_market_is_bad(write: Write) -> None:
    with pytest.raises(BadInput, match="no market 'lse'"):
        with_terms(write, "lot = 1", market="lse")


@pytest.mark.parametrize(
    ("line", "key", "allowed"),
    [
        ('market = "lse"', "market", "one of nse, us, crypto"),
        ("market = []", "market", "one of nse, us, crypto"),
        ("multiplier = 0", "multiplier", "a number above 0 and up to 1000000"),
        ("multiplier = nan", "multiplier", "a number above 0"),
        ("multiplier = inf", "multiplier", "a number above 0"),
        ("multiplier = true", "multiplier", "a number above 0"),
        ("multiplier = 1000001", "multiplier", "up to 1000000"),
        ("lot = 0", "lot", "a whole number from 1 to 1000000"),
        ("lot = 1.5", "lot", "a whole number"),
        ("lot = true", "lot", "a whole number"),
        ("tick = -0.05", "tick", "a number above 0 and up to 1000"),
        ('tick = "0.05"', "tick", "a number above 0"),
        ("steps = []", "steps", r"a list of \[price, step from there on\], their prices rising from 0"),
        ("steps = 0.05", "steps", "a list of"),
        ("steps = [0.05, 0.1]", "steps", "a list of"),
        ("steps = [[0, 0.05, 1]]", "steps", "a list of"),
        ("steps = [[1.0, 0.05]]", "steps", "their prices rising from 0"),
        ("steps = [[0, 0.05], [0, 0.1]]", "steps", "their prices rising from 0"),
        ("steps = [[0, 0.05], [5, 0.1], [3, 0.2]]", "steps", "their prices rising from 0"),
        ("steps = [[0, 0]]", "steps", "their steps above 0"),
        ("steps = [[0, nan]]", "steps", "their steps above 0"),
        ("steps = [[0, 0.05], [inf, 0.1]]", "steps", "their prices"),
        ("steps = [[false, true]]", "steps", "a list of"),
        ('steps = [["0", "0.05"]]', "steps", "a list of"),
        ('currency = "rupees"', "currency", "3 to 5 capital letters"),
        ('oi_unit = "tons"', "oi_unit", "one of contracts, lots, shares"),
        ("models_lacking = 1", "models_lacking", "true or false"),
        ("interval_s = 0", "interval_s", "a number of seconds above 0 and up to 86400"),
        ("interval_s = 86401", "interval_s", "up to 86400"),
        ('ignore = "iv"', "ignore", "a list of column names"),
        ('ignore = ["ts"]', "ignore", "a list of column names, ts and symbol not among them"),
        ("ignore = [1]", "ignore", "a list of column names"),
        ('ignore = ["ivv"]', "ignore", "has no column ivv"),
        ("lots = 1", "lots", "no such key"),
        ("[market]", "market", "one of nse, us, crypto"),
    ],
)
def test_a_bad_value_names_its_key_and_what_is_allowed(write: Write, line: str, key: str, allowed: str) -> None:
    with pytest.raises(BadInput, match=rf"day\.toml: {key}: .*{allowed}"):
        with_terms(write, line)


@pytest.mark.parametrize(("value", "key"), [("1000000", "multiplier"), ("1000", "tick"), ("86400", "interval_s")])
def test_the_largest_value_is_allowed(write: Write, value: str, key: str) -> None:
    assert with_terms(write, f"{key} = {value}").rows == 1


@pytest.mark.parametrize("content", [b"lot = ", b"\xff\xfel\0o\0t\0", b"\xe9 = 1", b"", b"a = " + b"[" * 20_000])
def test_a_file_that_is_no_toml_is_bad(write: Write, tmp_path: Path, content: bytes) -> None:
    path = write(HEADER, row(1))
    (tmp_path / "day.toml").write_bytes(content)
    with pytest.raises(BadInput, match=r"day\.toml"):
        load(path, now_ns=NOW_NS)


def test_ignoring_the_only_price_leaves_no_recording(write: Write) -> None:
    write('ignore = ["bid", "ask", "last"]', name="day.toml")
    with pytest.raises(BadInput, match="no price column"):
        load(write(HEADER, row(1)), now_ns=NOW_NS)


def test_a_column_of_its_own_may_be_ignored(write: Write) -> None:
    write('ignore = ["colour"]', name="day.toml")
    path = write(f"{HEADER},colour", f"{row(1)},red")
    assert load(path, now_ns=NOW_NS).rows == 1
