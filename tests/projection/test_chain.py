"""The chain that is looked at: what is too old is unknown, and a row of which nothing changed stays the same."""

from cockpit.commands import ApplyProfile, WatchChain
from cockpit.frame import ChainPart, VolatilityPart
from cockpit.projection.chain import expiry_words
from tests.market_of import DAY, Line, Playing, play, playing, profile
from tests.projection.looking import projector

ROWS: list[Line] = [
    "10:00:00 under 20000",
    "10:00:00 49.9 50.1 delta=.5 iv=.2 open_interest=100",
    "10:00:00 P 30 30.1 delta=-.4 iv=.21 open_interest=300",
    "10:00:00 N 70 70.1 delta=.5 iv=.19",
]


def watched(lines: list[Line], **given: str) -> tuple[Playing, ChainPart]:
    played = play(lines)
    assert played.command(WatchChain(underlying="NIFTY", **given)).accepted
    chain = projector(played).frame().chain
    assert chain is not None
    return played, chain


def test_nobody_looks_at_a_chain_unless_it_is_asked_for() -> None:
    played, _ = watched(ROWS)
    window = projector(played)
    assert window.frame().chain is not None
    played.command(WatchChain())
    assert window.frame().chain is None


def test_volatility_beside_its_past_year_where_the_feed_can_tell_it() -> None:
    played, chain = watched(ROWS)
    assert chain.volatility is None
    told = dict[str, VolatilityPart]()
    for known in (VolatilityPart(), VolatilityPart(now=0.17, rank_pct=34.0, percentile_pct=51.0, days=252)):
        told["NIFTY"] = known
        window = projector(played)
        window.chain.volatility = told.__getitem__
        made = window.frame().chain
        assert made is not None
        assert made.volatility == known


def test_a_row_a_strike_calls_on_the_left() -> None:
    _, chain = watched([*ROWS, "10:00:01 under 20010"])
    assert (chain.underlying, chain.underlyings, chain.expiry) == ("NIFTY", ("NIFTY",), "2026-08-25")
    assert chain.expiries == (("2026-08-25", "25 Aug · 7 d"), ("2026-09-01", "1 Sep · 14 d"))
    assert (chain.lot, chain.tick, chain.multiplier, chain.spot) == (1, 0.05, 1.0, 20_010.0)
    (row,) = chain.rows
    assert row.strike == 20_000.0
    assert row.call is not None
    assert row.put is not None
    assert (row.call.symbol, row.call.bid, row.call.ask, row.call.iv, row.call.delta) == ("C", 49.9, 50.1, 0.2, 0.5)
    assert (row.put.symbol, row.put.open_interest, row.put.oi_change) == ("P", 300.0, None)


def test_where_nobody_quotes_the_last_trade_is_shown_while_it_is_fresh() -> None:
    _, chain = watched(["10:00:00 - - last=49.5"])
    call = chain.rows[0].call
    assert call is not None
    assert (call.bid, call.ask, call.last) == (None, None, 49.5)
    _, later = watched(["10:00:00 - - last=49.5", "10:00:20 - -"])
    assert later.rows[0].call is not None
    assert later.rows[0].call.last is None


def test_another_expiry_has_its_own_rows() -> None:
    _, chain = watched(ROWS, expiry="2026-09-01")
    (row,) = chain.rows
    assert row.call is not None
    assert (row.call.symbol, row.put) == ("N", None)


def test_what_is_too_old_is_unknown() -> None:
    _, chain = watched([*ROWS, "10:00:20 N 70 70.1"])
    call = chain.rows[0].call
    assert call is not None
    assert (call.bid, call.ask, call.iv, call.open_interest) == (None, None, 0.2, 100.0)
    assert (chain.spot, chain.spot_change) == (None, None)
    _, later = watched([*ROWS, "10:00:40 N 70 70.1"])
    call = later.rows[0].call
    assert call is not None
    assert (call.iv, call.delta) == (None, None)


def test_changes_are_measured_from_the_first_values_of_the_day() -> None:
    begun, events = playing([*ROWS, "10:00:02 50 50 open_interest=150", "10:00:02 under 20025"])
    window = projector(begun)
    begun.take(events[0])
    window.frame()
    begun.play(events[1:])
    begun.command(WatchChain(underlying="NIFTY"))
    chain = window.frame().chain
    assert chain is not None
    assert chain.rows[0].call is not None
    assert (chain.rows[0].call.oi_change, chain.spot_change) == (50.0, 25.0)


def test_rows_of_which_nothing_changed_stay_the_same_objects() -> None:
    begun, events = playing([*ROWS, "10:00:00.5 N 71 71.1", "10:00:01 50 50.2", "10:00:01.01 50.1 50.3"])
    window = projector(begun)
    begun.take(events[0])
    begun.command(WatchChain(underlying="NIFTY"))
    shown: list[ChainPart] = []
    for event in events[1:]:
        begun.take(event)
        chain = window.frame().chain
        assert chain is not None
        shown.append(chain)
    calls = [chain.rows[0].call for chain in shown]
    before = [chain for chain, call in zip(shown, calls, strict=True) if call is not None and call.bid == 49.9]
    assert len(before) > 2
    assert len({id(chain) for chain in before}) == 1, "a row of another expiry changes nothing"
    after = [chain for chain in shown if chain is not before[0]]
    assert [chain.rows[0].call.bid for chain in after if chain.rows[0].call] == [50.0] * len(after), "4 times a second"
    assert len({id(chain) for chain in after}) == 1


def test_the_default_profile_comes_first() -> None:
    played, chain = watched(ROWS)
    assert chain.profiles == ("test",)
    window = projector(played)
    text = profile("holding_limit").toml.replace('"test"', '"mine"', 1)
    played.command(ApplyProfile(toml=text))
    made = window.frame().chain
    assert made is not None
    assert made.profiles == ("mine", "test")


def test_words_of_an_expiry() -> None:
    assert expiry_words(DAY, DAY) == "18 Aug · today"
    assert expiry_words(DAY.replace(day=17), DAY) == "17 Aug · expired"
