"""Open interest of one expiry: yesterday's until something changes, then sums over the contracts of a baseline."""

from math import isnan

from cockpit.market.open_interest import OpenInterest
from tests.market_of import Playing, play, playing, profile

OI = "open_interest_reversal binding='immediate'"


def chain(**values: float) -> OpenInterest:
    """Contracts named after their right, seen once."""
    made = OpenInterest()
    for symbol, value in values.items():
        made.observe(symbol, "C" if symbol.startswith("C") else "P", value, 0.0)
    return made


def test_it_is_yesterdays_until_a_contract_changes_its_value() -> None:
    oi = chain(C1=100.0, P1=80.0)
    assert not oi.is_published()
    assert not oi.observe("C1", "C", 100.0, 1.0), "said again"
    assert not oi.observe("C2", "C", 50.0, 2.0), "a contract seen for the first time has changed nothing"
    assert not oi.is_published()
    assert oi.observe("P1", "P", 81.0, 3.0)
    assert oi.is_published()
    assert oi.published_t == 3.0


def test_sums_are_of_the_contracts_known_at_the_baseline() -> None:
    oi = chain(C1=100.0, P1=80.0)
    before = oi.cohort()
    oi.observe("C2", "C", 1_000.0, 1.0)
    after = oi.cohort()
    oi.observe("C1", "C", 110.0, 2.0)
    oi.observe("C2", "C", 1_100.0, 2.0)
    oi.observe("P1", "P", 70.0, 2.0)
    assert (before.calls, before.puts) == (110.0, 70.0)
    assert (after.calls, after.puts) == (1_210.0, 70.0)
    assert oi.totals() == (1_210.0, 70.0)


def test_a_cohort_can_be_found_again_by_its_size() -> None:
    oi = chain(C1=100.0, P1=80.0, C2=5.0)
    early = OpenInterest.cohort(oi, 2)
    oi.observe("P1", "P", 90.0, 1.0)
    again = chain(C1=100.0, P1=90.0, C2=5.0).cohort(2)
    assert (early.known, early.calls, early.puts) == (again.known, again.calls, again.puts) == (2, 100.0, 90.0)


# ---------------------------------------------------------------- in a session

OPENING = ["10:00:00 49.9 50.1 open_interest=100000", "10:00:00 P 40 40.2 open_interest=80000"]


def blind(played: Playing) -> list[str]:
    """What the rule says when it cannot see."""
    return [
        r.because  # type: ignore[attr-defined]
        for r in played.journal.records
        if getattr(r, "rule", "") == "open_interest_reversal" and getattr(r, "kind", "") == "blind"
    ]


def test_a_session_says_that_it_is_yesterdays() -> None:
    played = play([*OPENING, "10:00:00 buy 100", "10:00:01 49.9 50.1 open_interest=100000"], profile(OI))
    assert blind(played) == ["open interest is yesterday's"]
    assert isnan(played.held.pos.oi_own)


def test_the_baseline_is_the_state_after_the_first_batch_with_a_change_after_entry() -> None:
    played = play(
        [
            *OPENING,
            "10:00:00 buy 100",
            "10:00:02 49.9 50.1 open_interest=50000",
            "10:00:02 P 40 40.2 open_interest=60000",
            "10:00:03 49.9 50.1 open_interest=49000",
        ],
        profile(OI),
    )
    asked = next(a for a in played.held.asked if a.name == "open_interest_reversal")
    assert (asked.m.own, asked.m.other) == (50_000.0, 60_000.0), "the fall to it is no unwinding"
    assert played.held.pos.oi_own == 49_000.0
    assert played.exits == []


def test_published_before_the_entry_the_baseline_is_at_the_entry() -> None:
    played = play(
        [
            *OPENING,
            "10:00:01 49.9 50.1 open_interest=100010",
            "10:00:05 49.9 50.1",
            "10:00:05 buy 100",
            "10:00:06 P 40 40.2 open_interest=97000",
        ],
        profile(OI),
    )
    assert played.exits == ["10:00:06 100 @ 49.90 open_interest_reversal OPPOSITE_BUILD"]


def test_a_change_in_another_expiry_is_none_in_this_one() -> None:
    played = play(
        [
            *OPENING,
            "10:00:00 N 49.9 50.1 open_interest=7",
            "10:00:00 buy 100",
            "10:00:01 N 49.9 50.1 open_interest=9",
            "10:00:02 49.9 50.1",
        ],
        profile(OI),
    )
    assert blind(played) == ["open interest is yesterday's"]


def test_a_change_of_the_chain_is_evaluated_although_the_contract_has_no_row() -> None:
    begun, events = playing(
        [*OPENING, "10:00:00 buy 100", "10:00:01.1 P 40 40.2 open_interest=90000", "10:00:01.2 P 40 40.2"], profile(OI)
    )
    begun.play(events)
    assert begun.held.cohort is not None


def test_the_chain_as_a_whole_grows_old() -> None:
    quotes = [f"10:{m:02d}:00 49.9 50.1" for m in range(1, 18)]
    rules = profile(OI)
    played = play(
        [
            *OPENING,
            "10:00:00 buy 100",
            "10:01:00 P 40 40.2 open_interest=80100",
            *quotes,
            "10:16:00.5 49.9 50.1",
        ],
        rules,
        interval_s=60.0,
    )
    assert blind(played) == ["open interest is yesterday's", "open interest is too old"]
    fresh = play(
        [
            *OPENING,
            "10:00:00 buy 100",
            "10:01:00 P 40 40.2 open_interest=80100",
            *quotes,
            "10:15:00 P 40 40.2 open_interest=80100",
        ],
        rules,
        interval_s=60.0,
    )
    assert blind(fresh) == ["open interest is yesterday's"], "one contract that speaks keeps the others' last values"


def test_a_market_that_publishes_once_a_day_does_not_offer_the_rule() -> None:
    lines = ["10:00:00 49.9 50.1 open_interest=100000", "10:00:00 buy 100", "10:00:01 49.9 50.1 open_interest=1"]
    played = play(lines, profile(OI), market="us")
    assert [a.name for a in played.held.asked] == ["protective_stop"]


def test_a_puts_own_side_is_the_puts() -> None:
    played = play(
        [*OPENING, "10:00:00 buy 100 P", "10:00:01 49.9 50.1 open_interest=100001", "10:00:02 P 40 40.2"], profile(OI)
    )
    assert (played.held.pos.oi_own, played.held.pos.oi_other) == (80_000.0, 100_001.0)
    short = play(
        [*OPENING, "10:00:00 sell 100 P", "10:00:01 49.9 50.1 open_interest=100001", "10:00:02 P 40 40.2"], profile(OI)
    )
    assert (short.held.pos.oi_own, short.held.pos.oi_other) == (100_001.0, 80_000.0)


def test_a_refused_value_is_no_news() -> None:
    played = play([*OPENING, "10:00:00 buy 100", "10:00:01 49.9 50.1 open_interest=-1"], profile(OI))
    assert blind(played) == ["open interest is yesterday's"]
    assert played.state.refused_quotes == {"open_interest_no_data": 1}
