"""What a session came to, as `cockpit replay --json` prints it (cockpit.md 3)."""

import json
from decimal import Decimal
from typing import Any

import pytest

from cockpit.brokers.paper import PaperOptions
from cockpit.commands import Close, Reduce, SetMode
from cockpit.market.terms import MODELLED
from cockpit.outcome import iso, outcome, session_of
from tests.market_of import Line, Playing, play, playing, profile, shipped_profile

TRANCHE = profile("theta_decay", "scale_out grace_s=0")


def told(played: Playing) -> dict[str, Any]:
    """The object, through JSON."""
    about = session_of(played.state, "day.csv", ("market",))
    return json.loads(json.dumps(outcome(played.state, about, {"duplicate": 2}, played.ledger.hexdigest())))


def earned(trip: dict[str, Any], multiplier: int) -> Decimal:
    """Gross by the law's own formula, from what is printed."""
    side = 1 if trip["side"] == "long" else -1
    entry = Decimal(trip["entry_price"])
    return sum((e["contracts"] * side * (Decimal(e["price"]) - entry) * multiplier for e in trip["exits"]), Decimal(0))


TWO_STEPS: list[Line] = [
    "10:00:00 49.9 50 gamma=.012",
    "10:00:00 buy 100",
    "10:00:02 50.75 50.85 gamma=.004",
    "10:00:04 50.2 50.3",
]


def test_a_closed_round_trip() -> None:
    played = play(TWO_STEPS, TRANCHE, multiplier=10.0, options=PaperOptions(commission=Decimal("0.5")))
    (trip,) = told(played)["round_trips"]
    assert {k: v for k, v in trip.items() if k not in ("exits", "stops")} == {
        "id": "P0001",
        "symbol": "C",
        "side": "long",
        "contracts": 100,
        "opened_at": "2026-08-18T04:30:00Z",
        "closed_at": "2026-08-18T04:30:04Z",
        "entry_price": "50",
        "exit_price": "50.53",
        "gross": "530",
        "fees": "100",
        "net": "430",
        "mae": "-0.05",
        "mfe": "0.8",
        "profile": "test",
    }
    assert earned(trip, 10) == Decimal(trip["gross"])


def test_its_exits_say_who_and_why() -> None:
    (trip,) = told(play(TWO_STEPS, TRANCHE))["round_trips"]
    tranche, stop = trip["exits"]
    assert tranche == {
        "at": "2026-08-18T04:30:02Z",
        "decided_at": "2026-08-18T04:30:02Z",
        "contracts": 60,
        "price": "50.75",
        "rule": "scale_out",
        "trigger": "FIRST_IMPULSE",
        "confidence": 0.8,
        "fraction": 0.6,
        "because": tranche["because"],
        "suppressed": [],
    }
    assert tranche["because"]
    assert (stop["rule"], stop["trigger"], stop["fraction"], stop["contracts"]) == (
        "protective_stop",
        "STOP_HIT",
        1.0,
        40,
    )


def test_its_stops_begin_with_the_level_at_entry() -> None:
    (trip,) = told(play(TWO_STEPS, TRANCHE))["round_trips"]
    first, second = trip["stops"]
    assert first == {
        "at": "2026-08-18T04:30:00Z",
        "level": "37.5",
        "basis": "premium",
        "rule": "protective_stop",
        "why": "entry",
    }
    assert (second["level"], second["rule"]) == ("50.3", "protective_stop")


def test_on_the_underlying_a_level_is_the_underlyings() -> None:
    lines = ["10:00:00 under 20000", "10:00:00 49.9 50.1", "10:00:00 buy 1"]
    (trip,) = told(play(lines, shipped_profile("ladder")))["open"]
    (stop,) = trip["stops"]
    assert (stop["level"], stop["basis"]) == ("19940", "underlying"), "100 bps x 60 / 200, the market's typical"


def test_consecutive_fills_of_one_order_are_one_exit_at_the_last_of_them() -> None:
    lines = ["10:00:00 50 50 bid_size=40 ask_size=1000", "10:00:00 buy 100"]
    lines += [f"10:00:{s:02d} {50 + s} {50 + s} bid_size=40 ask_size=40" for s in (1, 2, 3)]
    script: list[Line] = [*lines, ("10:00:01", Close(position="C"))]
    (trip,) = told(play(script, options=PaperOptions(participation=1.0)))["round_trips"]
    (exit,) = trip["exits"]
    assert (exit["at"], exit["decided_at"]) == ("2026-08-18T04:30:03Z", "2026-08-18T04:30:01Z")
    assert (exit["contracts"], exit["price"], exit["rule"], exit["trigger"], exit["confidence"]) == (
        100,
        "51.8",
        "human",
        "close",
        None,
    )
    assert Decimal(trip["gross"]) == 180


def test_a_round_trips_contracts_are_the_most_ever_held_and_its_entry_that_of_all_entries() -> None:
    script: list[Line] = [
        "10:00:00 50 50",
        "10:00:00 buy 100",
        "10:00:01 52 52",
        ("10:00:01", Reduce(position="C", contracts=50)),
        "10:00:02 60 60",
        "10:00:02 buy 60",
        "10:00:03 56 56",
        ("10:00:03", Close(position="C")),
    ]
    (trip,) = told(play(script))["round_trips"]
    assert (trip["contracts"], trip["entry_price"]) == (110, "53.75")
    assert Decimal(trip["gross"]) == earned(trip, 1) == 50 * 52 + 110 * 56 - 100 * 50 - 60 * 60


def test_averages_have_eight_decimals() -> None:
    script: list[Line] = [
        "10:00:00 50 50",
        "10:00:00 buy 1",
        "10:00:01 51 51",
        "10:00:01 buy 2",
        ("10:00:02", Close(position="C")),
        "10:00:02 50 50",
    ]
    (trip,) = told(play(script))["round_trips"]
    assert (trip["entry_price"], trip["gross"]) == ("50.66666667", "-2")


def test_an_open_position() -> None:
    script: list[Line] = [*TWO_STEPS[:3], "10:00:03 51 51.1"]
    (trip,) = told(play(script, TRANCHE))["open"]
    assert "closed_at" not in trip
    assert "exit_price" not in trip
    assert {k: trip[k] for k in ("held", "mark", "stop", "stop_rule", "held_bps", "stage", "working")} == {
        "held": 40,
        "mark": "51.05",
        "stop": "50.3",
        "stop_rule": "protective_stop",
        "held_bps": None,
        "stage": 0,
        "working": None,
    }
    assert (trip["contracts"], trip["gross"]) == (100, "45")


def test_a_stage_and_what_it_holds() -> None:
    rules = profile('protective_stop stop_pct="off" stop_bps=100', "staged_trailing_stop", head='gain_basis = "own"')
    (trip,) = told(play(["10:00:00 2000 2000", "10:00:00 buy 1", "10:00:01 2020 2020"], rules))["open"]
    assert (trip["stage"], trip["held_bps"], trip["stop"], trip["stop_rule"]) == (
        2,
        50.0,
        "2010",
        "staged_trailing_stop",
    )


def test_an_order_that_is_working() -> None:
    script: list[Line] = ["10:00:00 50 50", "10:00:00 buy 100", "10:00:10.5 - 50", "10:00:12 - 50"]
    (trip,) = told(play(script, profile("holding_limit max_held_s=10")))["open"]
    assert trip["working"] == {
        "rule": "holding_limit",
        "trigger": "EXTREME_HOLD",
        "decided_at": "2026-08-18T04:30:10.25Z",
        "contracts": 100,
    }
    assert trip["mark"] is None


def test_the_session_and_its_refusals() -> None:
    script: list[Line] = [
        "10:00:00 50 50 delta=2",
        "10:00:00 buy 10",
        "10:00:01 nan 50",
        ("10:00:02", Close(position="C")),
        "10:00:02 51 51",
        "10:00:03 51 51",
        "10:00:03 buy 10",
    ]
    got = told(play(script, columns=frozenset(MODELLED)))
    assert got["session"] == {
        "path": "day.csv",
        "market": "nse",
        "zone": "Asia/Kolkata",
        "open_at": "2026-08-18T03:45:00Z",
        "close_at": "2026-08-18T10:00:00Z",
        "interval_s": 1.0,
        "quote_limit_s": 5.0,
        "lot": 1,
        "multiplier": 1.0,
        "tick": 0.05,
        "guessed": ["market"],
    }
    assert got["refused"] == {
        "rows": {"duplicate": 2},
        "quotes": {"bid_nan": 1},
        "greeks": {"delta_out_of_bounds": 1},
    }
    assert got["refused_entries"] == [
        {"at": "2026-08-18T04:30:03Z", "symbol": "C", "reason": "cooldown", "seconds_left": 14.0}
    ]
    assert got["cooldown"] == {"state": "active", "until": "2026-08-18T04:30:17Z"}
    assert (got["ticks"], len(got["ledger_sha256"])) == (4, 64)


def test_before_anything_has_closed_the_cooldown_never_started() -> None:
    assert told(play(["10:00:00 50 50"]))["cooldown"] == {"state": "never started", "until": None}


def test_blind_seconds_are_of_the_rules_that_were_asked() -> None:
    lines = ["10:00:00 50 50", "10:00:00 buy 1", "10:00:03 50 50 iv=.2 theta=-5", "10:00:04 50 50"]
    rules = profile("theta_decay", "open_interest_reversal")
    assert told(play(lines, rules))["blind"] == {
        "open_interest_reversal": 4.0,
        "protective_stop": 0.0,
        "theta_decay": 4.0,
    }
    assert told(play(lines, rules, market="us"))["blind"].keys() == {"theta_decay", "protective_stop"}
    shut: list[Line] = [*lines, ("10:00:04", SetMode(position="C", mode="observe"))]
    assert told(play(shut, rules))["blind"]["open_interest_reversal"] == 4.0


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_500_000_000, "1970-01-01T00:00:01.5Z"),
        (1_000_000_001, "1970-01-01T00:00:01.000000001Z"),
    ],
)
def test_times_are_utc_with_the_fraction_only_where_there_is_one(ns: int, text: str) -> None:
    assert iso(ns) == text


def test_the_same_session_says_the_same_twice() -> None:
    one, two = (told(play(TWO_STEPS, shipped_profile("adaptive"))) for _ in range(2))
    assert one == two


def test_without_a_journal_it_says_the_same() -> None:
    with_one = play(TWO_STEPS, TRANCHE)
    without, events = playing(TWO_STEPS, TRANCHE)
    without.session.journal = None
    assert told(without.play(events)) == told(with_one)
