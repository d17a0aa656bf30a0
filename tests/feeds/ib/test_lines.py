"""What comes between two batches is folded; what stands is said again; nothing is made up."""

from types import SimpleNamespace
from typing import Any

from cockpit.events import NS
from cockpit.feeds.ib.lines import LOOK_NS, RESTATE_NS, Line, Lines
from tests.feeds.ib.test_translate import model, option, ticker

T = 1_800_000_000 * NS


class Ticker(SimpleNamespace):
    """One that can be a key, as the library's can."""

    __hash__ = object.__hash__  # pyright: ignore[reportAssignmentType] - its base has none


def new_ticker(**values: Any) -> Ticker:
    return Ticker(**vars(ticker(**values)))


def of_option(con_id: int = 1) -> Line:
    return Line(contract=SimpleNamespace(conId=con_id), underlying="SPY", instrument=option())


def of_underlying() -> Line:
    return Line(contract=SimpleNamespace(conId=9), underlying="SPY", instrument=None)


def attached(line: Line, **values: Any) -> tuple[Lines, Ticker]:
    lines, held = Lines([line]), new_ticker(**values)
    lines.attach(line, held)
    return lines, held


def test_nothing_new_is_no_batch() -> None:
    lines, held = attached(of_option(), bid=9.8, bidSize=1)
    assert lines.batch(T, restate=False) is None
    lines.mark([held])
    assert lines.batch(T, restate=False) is not None
    assert lines.batch(T + 1, restate=False) is None


def test_ticks_in_between_are_one_row_of_the_newest_values() -> None:
    lines, held = attached(of_option(), bid=9.8, bidSize=1, ask=10.0, askSize=1)
    lines.mark([held])
    held.bid, held.volume = 9.9, 40.0
    lines.mark([held])
    held.ask, held.volume = 10.1, 55.0
    lines.mark([held])
    batch = lines.batch(T, restate=False)
    assert batch is not None
    (row,) = batch.quotes
    assert (row.at_ns, row.bid, row.ask, row.volume_cum) == (T, 9.9, 10.1, 55.0)


def test_a_line_on_which_nothing_is_known_yet_says_nothing() -> None:
    lines, held = attached(of_option())
    lines.mark([held])
    assert lines.batch(T, restate=True) is None


def test_a_quote_that_goes_away_is_a_row() -> None:
    lines, held = attached(of_option(), bid=9.8, bidSize=1, ask=10.0, askSize=1)
    lines.mark([held])
    lines.batch(T, restate=False)
    held.bid = held.ask = -1.0
    held.bidSize = held.askSize = 0.0
    lines.mark([held])
    batch = lines.batch(T + 1, restate=False)
    assert batch is not None
    assert (batch.quotes[0].bid, batch.quotes[0].ask) == (None, None)


def test_batches_are_later_than_one_another_whatever_the_clock_does() -> None:
    lines, held = attached(of_option(), bid=9.8, bidSize=1)
    times: list[int] = []
    for now_ns in (T, T - 5 * NS, T):
        lines.mark([held])
        batch = lines.batch(now_ns, restate=False)
        assert batch is not None
        times.append(batch.at_ns)
    assert times == [T, T + 1, T + 2]


def test_what_stands_is_said_again_only_when_it_is_known_to_stand() -> None:
    lines, held = attached(of_option(), bid=9.8, bidSize=1)
    lines.mark([held])
    lines.batch(T, restate=True)
    assert lines.batch(T + RESTATE_NS - 1, restate=True) is None
    later_ns = T + RESTATE_NS + LOOK_NS
    assert lines.batch(later_ns, restate=False) is None
    again = lines.batch(later_ns, restate=True)
    assert again is not None
    assert again.quotes[0].bid == 9.8
    assert lines.batch(later_ns + LOOK_NS, restate=True) is None


def test_a_trade_is_said_once() -> None:
    lines, held = attached(of_option(), bid=9.8, bidSize=1, last=9.9, lastSize=1.0, volume=10.0)
    seen: list[float | None] = []
    for changes in ({}, {"bid": 9.7}, {"last": 9.8}, {"bid": 9.6}, {"volume": 12.0}):
        for name, value in changes.items():
            setattr(held, name, value)
        lines.mark([held])
        batch = lines.batch(T, restate=False)
        assert batch is not None
        seen += [row.last for row in batch.quotes]
    assert seen == [9.9, None, 9.8, None, 9.8]


def test_after_a_drop_nothing_stands() -> None:
    line = of_option()
    lines, held = attached(line, bid=9.8, bidSize=1)
    lines.mark([held])
    lines.batch(T, restate=True)
    lines.mark([held])
    lines.detach()
    assert lines.batch(T + 2 * RESTATE_NS, restate=True) is None
    lines.mark([held])  # the old ticker speaks for nobody
    assert lines.batch(T + 2 * RESTATE_NS, restate=True) is None


def test_a_line_that_is_subscribed_again_forgets_its_old_ticker() -> None:
    line = of_option()
    lines, old = attached(line, bid=9.8, bidSize=1)
    new = new_ticker(bid=9.9, bidSize=1)
    lines.attach(line, new)
    lines.mark([old])
    assert lines.batch(T, restate=False) is None
    lines.mark([new])
    batch = lines.batch(T, restate=False)
    assert batch is not None
    assert batch.quotes[0].bid == 9.9


def test_the_volume_of_an_underlying_is_what_came_since() -> None:
    lines, held = attached(of_underlying(), last=500.0, volume=1000.0)
    seen: list[tuple[float | None, float | None]] = []
    for volume in (1000.0, 1400.0, float("nan"), 1500.0, 20.0, 25.0):
        held.volume = volume
        lines.mark([held])
        batch = lines.batch(T, restate=False)
        assert batch is not None
        seen += [(row.price, row.volume) for row in batch.underlyings]
    assert seen == [(500.0, volume) for volume in (None, 400.0, None, 100.0, None, 5.0)]


def test_which_greeks_were_given_is_remembered() -> None:
    line = of_option()
    lines, held = attached(line, modelGreeks=model(delta=0.5, theta=-2.0))
    lines.mark([held])
    lines.batch(T, restate=False)
    assert lines.given == {"delta"}
    lines.detach()
    held.modelGreeks = model(impliedVol=0.2, vega=0.6)
    lines.attach(line, held)
    lines.mark([held])
    lines.batch(T, restate=False)
    assert lines.given == {"delta", "iv", "vega"}


def test_a_line_is_found_by_its_contract() -> None:
    first, second = of_option(1), of_option(2)
    lines = Lines([first, second])
    assert lines.of(SimpleNamespace(conId=2)) is second
    assert lines.of(SimpleNamespace(conId=3)) is None
    assert lines.of(None) is None
