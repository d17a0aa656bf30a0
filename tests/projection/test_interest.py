"""Open interest of a watched expiry: strikes around the spot, totals, changes, and where all would be paid least."""

import random
from dataclasses import replace
from datetime import date

import pytest

from cockpit.events import Batch, Entry, Quoted
from cockpit.frame import OpenInterestPart
from cockpit.projection.interest import APART_S, around, max_pain
from tests.market_of import How, Line, Playing, Script, contracts, ns, option, playing, profile
from tests.projection.looking import detail, looked, projector

ROW = "open_interest="
OPEN: list[Line] = [
    "10:00:00 under 20000",
    f"10:00:00 50 50 {ROW}100",
    f"10:00:00 P 50 50 {ROW}300",
    "10:00:00 buy 1",
]


def interest(lines: list[Line], **given: object) -> list[OpenInterestPart | None]:
    return [frame.detail.open_interest for frame in looked(lines, **given)[2] if frame.detail is not None]  # type: ignore[arg-type]


def test_before_it_is_published_it_is_yesterdays() -> None:
    part = interest(OPEN)[-1]
    assert part is not None
    assert (part.underlying, part.expiry, part.unit) == ("NIFTY", "25 Aug", "contracts")
    assert (part.calls, part.puts, part.put_call_ratio, part.max_pain) == (100.0, 300.0, 3.0, 20_000.0)
    assert (part.is_live, part.spot) == (False, 20_000.0)
    (strike,) = part.strikes
    assert (strike.strike, strike.calls, strike.puts) == (20_000.0, 100.0, 300.0)
    assert (strike.calls_change, strike.puts_change) == (None, None)


def test_then_its_changes_are_those_of_the_day() -> None:
    part = interest([*OPEN, f"10:00:02 50 50 {ROW}140", f"10:00:04 P 50 50 {ROW}290"])[-1]
    assert part is not None
    assert part.is_live
    assert (part.strikes[0].calls_change, part.strikes[0].puts_change) == (40.0, -10.0)
    assert part.observed_ns == ns("10:00:04")


def test_without_any_it_is_unknown() -> None:
    assert interest(["10:00:00 50 50", "10:00:00 buy 1"])[-1] is None
    assert interest(["10:00:00 S 50 50", "10:00:00 buy 1 S"])[-1] is None


def test_without_calls_there_is_no_ratio() -> None:
    part = interest(["10:00:00 50 50", f"10:00:00 P 50 50 {ROW}300", "10:00:00 buy 1"])[-1]
    assert part is not None
    assert (part.put_call_ratio, part.spot, part.strikes[0].calls) == (None, None, None)


def test_it_is_made_at_most_once_a_second_and_only_when_it_is_news() -> None:
    lines = [*OPEN, *(f"10:00:{i / 10:04.1f} 50 50 {ROW}{100 + i}" for i in range(2, 60))]
    parts = interest(lines)
    assert len(parts) > 55
    assert len({id(part) for part in parts}) <= 8
    quiet = interest([*OPEN[1:], *(f"10:00:{s:02d} 50 50" for s in range(1, 30))])
    assert len({id(part) for part in quiet}) == 1


def test_its_totals_are_kept_every_five_seconds_and_of_a_level_stretch_the_ends() -> None:
    lines = [
        *OPEN,
        *(f"10:00:{s:02d} 50 50 {ROW}100" for s in range(1, 40)),
        f"10:00:40 50 50 {ROW}140",
        "10:00:41 50 50",
    ]
    played, _, frames = looked(lines)
    part = detail(frames[-1]).open_interest
    assert part is not None
    ten = played.state.t(ns("10:00:00"))
    rows = [(t - ten, calls, puts) for t, calls, puts in part.series]
    assert rows == [(0.0, 100.0, 300.0), (35.0, 100.0, 300.0), (40.0, 140.0, 300.0)]
    assert APART_S == 5.0


def chained(strikes: list[float], spot: float) -> Playing:
    """A session over calls of many strikes, one of them held."""
    base = contracts()
    made = [replace(option(f"C{i}", "C"), strike=strike) for i, strike in enumerate(strikes)]
    how = How(profile=profile(), instruments={**base, **{one.symbol: one for one in made}})
    at_ns = ns("10:00:00")
    rows = [Quoted(one.symbol, at_ns, 50.0, 50.0, open_interest=10.0, underlying_price=spot) for one in made]
    played = Playing(how, Script(rows={at_ns: [*rows]}, entries=[Entry(at_ns, "C0", "buy", 1)]))
    return played.play()


def test_at_most_25_strikes_on_either_side_of_the_spot_are_shown() -> None:
    played = chained([19_000.0 + 10.0 * i for i in range(200)], 20_003.0)
    part = detail(projector(played).frame()).open_interest
    assert part is not None
    shown = [strike.strike for strike in part.strikes]
    assert shown == [19_760.0 + 10.0 * i for i in range(50)]
    assert part.calls == 2000.0, "totals are those of the whole expiry"


@pytest.mark.parametrize(
    ("spot", "first", "last"), [(0.0, 0.0, 24.0), (99.0, 74.0, 99.0), (None, 25.0, 74.0), (1e9, 75.0, 99.0)]
)
def test_near_the_ends_fewer_are(spot: float | None, first: float, last: float) -> None:
    shown = around([float(i) for i in range(100)], spot)
    assert (shown[0], shown[-1]) == (first, last)


def test_max_pain_is_where_all_together_pay_least() -> None:
    chance = random.Random(3)
    for _ in range(200):
        strikes = sorted(chance.sample(range(100, 300), chance.randrange(1, 12)))
        interest = [(float(k), float(chance.randrange(0, 50)), float(chance.randrange(0, 50))) for k in strikes]
        if not any(calls or puts for _, calls, puts in interest):
            continue

        def pays(at: float, rows: list[tuple[float, float, float]] = interest) -> float:
            return sum(calls * max(at - k, 0.0) + puts * max(k - at, 0.0) for k, calls, puts in rows)

        assert max_pain(interest) == min((pays(k), k) for k, _, _ in interest)[1]
    assert max_pain([]) is None
    assert max_pain([(100.0, 0.0, 0.0)]) is None


def test_the_next_trading_day_measures_from_its_own_first_values() -> None:
    begun, events = playing(
        [*OPEN, f"10:00:02 50 50 {ROW}140", f"+10:00:00 50 50 {ROW}150", f"+10:00:05 50 50 {ROW}151"]
    )
    window = projector(begun)
    parts: list[OpenInterestPart | None] = []
    for event in events:
        if isinstance(event, Batch):
            begun.take(event)
            parts.append(detail(window.frame()).open_interest)
    assert begun.state.day > date(2026, 8, 18)
    last = parts[-1]
    assert last is not None
    assert last.strikes[0].calls_change == 1.0
