"""The simulated chain: arbitrage-free, quoted like a live feed, and the same whenever it is made."""

from collections import defaultdict
from datetime import date, time
from itertools import islice, pairwise

import numpy as np
import pytest

from cockpit.domain.errors import BadInput
from cockpit.events import NS, Batch, Quoted
from cockpit.feeds.recording import Recording
from cockpit.feeds.simulated_chain import LOT, TICK, symbol_of
from cockpit.feeds.simulated_path import DAILY_VOLATILITY, Day, Path, Spell, walk
from cockpit.feeds.simulator import Attention, simulate
from cockpit.pricing.implied_volatility import implied_volatility

SHORT = Day(minutes=4, history_min=8)
HISTORY = 8 * 12  # batches
CALL = symbol_of(SHORT.on, 24_200, "C")


@pytest.fixture(scope="module")
def path() -> Path:
    return walk(SHORT)


@pytest.fixture(scope="module")
def recording(path: Path) -> Recording:
    return simulate(path)


@pytest.fixture(scope="module")
def batches(recording: Recording) -> list[Batch]:
    return list(recording.batches)


@pytest.fixture(scope="module")
def quotes(batches: list[Batch]) -> list[Quoted]:
    return [quote for batch in batches for quote in batch.quotes]


def of(quotes: list[Quoted], symbol: str) -> list[Quoted]:
    return [quote for quote in quotes if quote.symbol == symbol]


def mid(quote: Quoted) -> float:
    assert quote.bid is not None
    assert quote.ask is not None
    return (quote.bid + quote.ask) / 2


def test_is_the_same_whenever_it_is_made(batches: list[Batch]) -> None:
    assert list(simulate(walk(SHORT)).batches) == batches
    assert list(simulate(walk(Day(seed=8, minutes=4, history_min=8))).batches) != batches


def test_a_batch_is_the_same_wherever_one_begins_to_read(path: Path, batches: list[Batch]) -> None:
    for i in (-1, len(batches) - 1, HISTORY, HISTORY - 1, 0, HISTORY + 500):
        assert simulate(path).batches[i] == batches[i]
    assert simulate(path).batches[HISTORY - 3 : HISTORY + 70] == batches[HISTORY - 3 : HISTORY + 70]


def test_counts_its_batches(recording: Recording, batches: list[Batch]) -> None:
    assert len(recording.batches) == len(batches) == HISTORY + 4 * 240
    with pytest.raises(IndexError):
        recording.batches[len(batches)]
    with pytest.raises(IndexError):
        recording.batches[-len(batches) - 1]


def test_time_rises_inside_the_session(recording: Recording, batches: list[Batch]) -> None:
    assert all(one.at_ns < next_.at_ns for one, next_ in pairwise(batches))
    assert SHORT.first_ns < recording.first_ns
    assert recording.last_ns < SHORT.end_ns <= SHORT.close_ns
    assert {quote.at_ns == batch.at_ns for batch in batches for quote in batch.quotes} == {True}
    assert {row.at_ns == batch.at_ns for batch in batches for row in batch.underlyings} == {True}


def test_the_history_has_the_whole_chain_once_a_minute(recording: Recording, batches: list[Batch]) -> None:
    chain = list(recording.instruments)
    assert len(chain) == 2 * 21 * 2
    for minute in range(8):
        at_ns = SHORT.first_ns + (minute + 1) * 60 * NS
        quoted = [b for b in batches[minute * 12 : minute * 12 + 12] if b.quotes]
        assert [(b.at_ns, [q.symbol for q in b.quotes]) for b in quoted] == [(at_ns, chain)]


def test_live_quotes_come_a_few_at_a_time(batches: list[Batch]) -> None:
    sizes = [len(batch.quotes) for batch in batches[HISTORY:]]
    assert min(sizes) >= 1
    assert max(sizes) <= 21  # of 84


def test_live_near_the_money_every_second_and_none_stale(recording: Recording, quotes: list[Quoted]) -> None:
    for symbol, instrument in recording.instruments.items():
        steps = [b.at_ns - a.at_ns for a, b in pairwise(of(quotes, symbol)) if a.at_ns > SHORT.live_ns]
        assert instrument.strike is not None
        assert max(steps) < 4.5 * NS  # of the 5 s a quote is fresh
        if abs(instrument.strike - 24_200) <= 40:
            assert max(steps) < 1.5 * NS


def test_the_underlying_has_a_price_every_second(batches: list[Batch]) -> None:
    prices = [row for batch in batches[HISTORY:] for row in batch.underlyings]
    assert len(prices) == 4 * 60
    assert all(row.price and row.volume for row in prices)


def test_books_are_two_sided_uncrossed_and_on_the_tick(quotes: list[Quoted]) -> None:
    for quote in quotes:
        assert quote.bid is not None
        assert quote.ask is not None
        assert 0 < quote.bid < quote.ask
        for price in (quote.bid, quote.ask):
            assert price / TICK == pytest.approx(round(price / TICK), abs=1e-6)
        for size in (quote.bid_size, quote.ask_size):
            assert size
            assert size % LOT == 0


def test_spreads_widen_away_from_the_money(recording: Recording, quotes: list[Quoted]) -> None:
    widths: dict[int, list[float]] = defaultdict(list)
    for quote in quotes:
        instrument = recording.instruments[quote.symbol]
        assert instrument.strike is not None
        if instrument.expiry != SHORT.on:  # today's far ones cost next to nothing
            assert quote.underlying_price
            widths[round(abs(instrument.strike - quote.underlying_price) / 150)].append(quote.ask - quote.bid)
    means = [float(np.mean(widths[away])) for away in range(4)]
    assert means == sorted(means)
    assert means[3] > 1.5 * means[0]


def test_put_call_parity_holds_within_the_spreads(recording: Recording, batches: list[Batch]) -> None:
    for batch in batches[11:HISTORY:12]:
        quoted = {recording.instruments[quote.symbol]: quote for quote in batch.quotes}
        by_key = {(i.expiry, i.strike, i.right): quote for i, quote in quoted.items()}
        for (expiry, strike, right), call in by_key.items():
            if right == "C":
                put = by_key[expiry, strike, "P"]
                width = (call.ask - call.bid) + (put.ask - put.bid)
                assert abs(mid(call) - mid(put) - (call.underlying_price - strike)) <= width


def test_premiums_fall_and_bend_the_right_way_along_the_strikes(recording: Recording, batches: list[Batch]) -> None:
    """No vertical and no butterfly pays for nothing: calls fall with the strike, by less than it and ever less."""
    batch = batches[HISTORY - 1]
    for expiry in {instrument.expiry for instrument in recording.instruments.values()}:
        calls = [
            (instrument.strike, mid(quote), quote.ask - quote.bid)
            for quote in batch.quotes
            if (instrument := recording.instruments[quote.symbol]).right == "C" and instrument.expiry == expiry
        ]
        assert [strike for strike, *_ in calls] == sorted(strike for strike, *_ in calls)
        falls = [one[1] - next_[1] for one, next_ in pairwise(calls)]
        slack = max(width for *_, width in calls)
        assert all(-slack <= fall <= 50 + slack for fall in falls)
        assert all(next_ - one <= slack for one, next_ in pairwise(falls))


def test_greeks_are_within_their_bounds(recording: Recording, quotes: list[Quoted]) -> None:
    for quote in quotes:
        is_call = recording.instruments[quote.symbol].right == "C"
        low, high = (0, 1) if is_call else (-1, 0)
        assert low <= quote.delta <= high
        assert quote.gamma >= 0
        assert quote.theta <= 0
        assert quote.vega >= 0
        assert quote.rho <= 0
        assert 0.05 < quote.iv < 1.0


def test_volatility_is_that_of_the_quotes(recording: Recording, batches: list[Batch]) -> None:
    batch = batches[HISTORY - 1]
    compared = 0
    for quote in batch.quotes:
        instrument = recording.instruments[quote.symbol]
        if instrument.expiry == SHORT.on or abs(quote.delta) < 0.2 or abs(quote.delta) > 0.8:
            continue
        years = (SHORT.close_ns + 7 * 86_400 * NS - quote.at_ns) / NS / 31_536_000
        found = implied_volatility(
            mid(quote), quote.underlying_price, instrument.strike, years, instrument.right == "C"
        )
        assert found == pytest.approx(quote.iv, rel=0.01)
        compared += 1
    assert compared >= 10


def test_the_smile_has_its_low_near_the_money(recording: Recording, batches: list[Batch]) -> None:
    ivs = {
        instrument.strike: quote.iv
        for quote in batches[HISTORY - 1].quotes
        if (instrument := recording.instruments[quote.symbol]).right == "C" and instrument.expiry == SHORT.on
    }
    assert ivs[24_000.0] > ivs[24_200.0] < ivs[24_450.0]


def test_trades_are_at_the_touch_and_in_whole_lots(quotes: list[Quoted]) -> None:
    assert {quote.last is None for quote in quotes if quote.volume == 0} <= {True}
    for quote in quotes:
        assert quote.volume is not None
        assert quote.volume >= 0
        assert quote.volume % LOT == 0
        if quote.volume:
            assert quote.last in (quote.bid, quote.ask)
    assert sum(quote.volume or 0 for quote in of(quotes, CALL)) > 1e6


def test_open_interest_is_published_once_a_minute(quotes: list[Quoted]) -> None:
    seen = [quote.open_interest for quote in of(quotes, CALL)]
    changes = sum(one != next_ for one, next_ in pairwise(seen))
    assert all(value and value % LOT == 0 for value in seen)
    assert 8 <= changes <= 12  # of 12 minutes


def test_a_watched_contract_is_quoted_twice_a_second_and_a_silent_one_never(path: Path) -> None:
    begin_ns, end_ns = SHORT.live_ns + 60 * NS, SHORT.live_ns + 120 * NS
    far = symbol_of(SHORT.on, 24_500, "C")
    recording = simulate(path, [Attention(far, begin_ns, end_ns), Attention(CALL, begin_ns, end_ns, silent=True)])
    inside = [q for b in recording.batches for q in b.quotes if begin_ns <= q.at_ns < end_ns]
    assert len(of(inside, far)) == 120
    assert of(inside, CALL) == []
    before = [q for b in islice(recording.batches, HISTORY, HISTORY + 240) for q in b.quotes]
    assert len(of(before, CALL)) == 60


def test_a_spell_moves_the_underlying_and_what_options_are_priced_for() -> None:
    calm = walk(Day(minutes=20, spells=(Spell(begin_s=0, length_s=1200, volatility=0.1),)))
    moved = walk(
        Day(
            minutes=20,
            spells=(
                Spell(begin_s=0, length_s=1200, volatility=0.1),
                Spell(begin_s=60, length_s=600, move_bps=50, implied_pct=-20, volume=3, calls_pct=10, puts_pct=-10),
            ),
        )
    )
    end, start = -1, 120 * 240
    assert moved.spot[end] / calm.spot[end] == pytest.approx(np.exp(0.0050), abs=1e-5)
    assert moved.spot[start] == calm.spot[start] == 24_200
    assert moved.implied[end] / calm.implied[end] == pytest.approx(0.8 * np.exp(-4 * 0.0050), rel=1e-3)
    assert moved.calls[end] / calm.calls[end] == pytest.approx(1.1)
    assert moved.puts[end] / calm.puts[end] == pytest.approx(0.9)
    assert moved.volume[start + 1000] / calm.volume[start + 1000] == pytest.approx(3)
    assert moved.volume[end] == calm.volume[end]


def test_a_range_stays_where_it_began() -> None:
    def reach(pull_s: float | None) -> float:
        day = Day(minutes=60, spells=(Spell(begin_s=0, length_s=3600, pull_s=pull_s),))
        return float(np.abs(walk(day).spot[120 * 240 :] - 24_200).max())

    assert reach(30.0) < 15
    assert reach(None) > 30


def test_volatility_of_an_ordinary_session_is_the_one_that_is_said() -> None:
    spreads = [np.diff(np.log(walk(Day(seed=seed)).spot[::240])).std() for seed in range(20)]
    assert float(np.mean(spreads)) * np.sqrt(375) * 1e4 == pytest.approx(DAILY_VOLATILITY * 1e4, rel=0.15)


@pytest.mark.parametrize(
    "given",
    [
        {"on": date(2026, 7, 12)},  # a Sunday
        {"on": date(2026, 10, 2)},  # a holiday
        {"minutes": 132},
        {"minutes": 0},
        {"begin": time(11, 0)},
        {"seed": -1},
        {"seed": 1 << 32},
    ],
)
def test_refuses_a_day_that_cannot_be(given: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        Day(**given)


def test_refuses_an_instant_outside_the_simulated_time(path: Path) -> None:
    with pytest.raises(BadInput):
        path.spot_at(SHORT.first_ns - 1)
    assert path.spot_at(SHORT.live_ns) == 24_200
