"""The held stop: who moves it, how far, and that only a recorded relax or a human ever loosens it."""

import pytest

from cockpit.commands import SetMode, SetStop, StopByTicks, StopToBreakEven, TakeOver
from tests.market_of import Line, Playing, play, playing, profile

OWN = 'gain_basis = "own"'
LADDER = profile(
    "regime_change",
    'protective_stop stop_pct="off" stop_bps=100',
    "staged_trailing_stop calm_bps=0 weak_momentum=-1",
    head=OWN,
)
AT_2000 = ["10:00:00 2000 2000", "10:00:00 features regime=trend trend_direction=up", "10:00:00 buy 100"]
RANGING = [AT_2000[0], "10:00:00 features regime=range", AT_2000[2]]
PANICKING = [AT_2000[0], "10:00:00 features regime=panic", AT_2000[2]]


def stops(*lines: Line) -> list[str]:
    """The stop path of a position at 2000 under the ladder."""
    return play(lines, LADDER).stops


# ---------------------------------------------------------------- regimes


def test_the_entry_level_comes_first() -> None:
    assert stops(*AT_2000) == ["10:00:00 1980.00 entry"]


def test_a_panic_tightens_by_50_bps_once() -> None:
    got = stops(*AT_2000, "10:00:01 features regime=panic", "10:00:02 2001 2001", "10:00:03 2002 2002")
    assert got == ["10:00:00 1980.00 entry", "10:00:01 1990.00 tighten by regime_change"]


def test_tightening_never_goes_past_one_tick_short_of_the_price() -> None:
    got = stops(*AT_2000, "10:00:01 1986 1986", "10:00:02 features regime=panic", "10:00:03 1986 1986")
    assert got[1:] == ["10:00:02 1985.95 tighten by regime_change"]


def test_on_the_underlying_one_basis_point_short_of_it() -> None:
    head = 'gain_basis = "underlying"\nscale = "none"'
    rules = profile("regime_change", 'protective_stop stop_pct="off" stop_bps=100', head=head)
    lines = [
        "10:00:00 under 20000",
        *AT_2000,
        "10:00:01 under 19860",
        "10:00:02 features regime=panic",
        "10:00:03 under 19860",
    ]
    assert play(lines, rules).stops == [
        "10:00:00 19800.00 entry",
        "10:00:02 19858.01 tighten by regime_change",
    ]


def test_tightening_never_loosens() -> None:
    lines: list[Line] = [
        *AT_2000,
        "10:00:01 1991 1991",
        ("10:00:01", SetStop(position="C", price=1990.98)),
        "10:00:02 features regime=panic",
        "10:00:03 1991 1991",
    ]
    assert stops(*lines)[1:] == ["10:00:01 1990.98 human"]


def test_relaxing_never_goes_beyond_the_initial_stop() -> None:
    got = stops(*RANGING, "10:00:01 features regime=trend trend_direction=up", "10:00:02 2001 2001")
    assert got == ["10:00:00 1980.00 entry"]


def test_a_relax_moves_what_was_tightened_and_the_ledger_says_so() -> None:
    lines: list[Line] = [
        *RANGING,
        ("10:00:00", SetStop(position="C", price=1992)),
        "10:00:01 features regime=trend trend_direction=up",
        "10:00:02 2001 2001",
    ]
    played = play(lines, LADDER)
    assert played.stops[1:] == ["10:00:00 1992.00 human", "10:00:01 1988.00 relax by regime_change"]
    (decision,) = played.decisions
    assert (decision.rule, decision.trigger, decision.kind) == ("regime_change", "REGIME_TREND", "adjust")


def test_a_relax_never_goes_below_the_lock_of_a_stage_already_reached() -> None:
    lines = [
        *PANICKING,
        "10:00:01 2010 2010",
        "10:00:02 2019.9 2019.9",
        "10:00:03 2015.5 2015.5",
        "10:00:03.5 2009.9 2009.9",
        "10:00:04 2009.9 2009.9",
    ]
    assert stops(*lines[:5])[-1] == "10:00:02 2014.90 trailed"
    relaxed = [*PANICKING, "10:00:01 2010 2010", "10:00:02 2012 2012", "10:00:02.1 2009.9 2009.9"]
    relaxed += ["10:00:03 features regime=range", "10:00:04 2009.9 2009.9"]
    assert stops(*relaxed)[1:] == [
        "10:00:01 2005.00 trailed",
        "10:00:02 2007.00 trailed",
        "10:00:03 2005.00 relax by regime_change",
    ]


def test_the_trail_goes_on_from_a_relax() -> None:
    relaxed = [*PANICKING, "10:00:01 2010 2010", "10:00:02 2012 2012", "10:00:02.1 2009.9 2009.9"]
    relaxed += ["10:00:03 features regime=range", "10:00:04 2011.5 2011.5", "10:00:05 2012.5 2012.5"]
    assert stops(*relaxed)[-1] == "10:00:05 2007.50 trailed"


def test_a_short_is_the_mirror_image() -> None:
    short = [AT_2000[0], "10:00:00 features regime=trend trend_direction=down", "10:00:00 sell 100"]
    got = stops(*short, "10:00:01 features regime=panic", "10:00:02 1990 1990", "10:00:03 1980 1980")
    assert got == [
        "10:00:00 2020.00 entry",
        "10:00:01 2010.00 tighten by regime_change",
        "10:00:02 1995.00 trailed",
        "10:00:03 1990.00 trailed",
    ]


def test_a_relax_is_dropped_when_any_tighten_stands() -> None:
    rules = profile("regime_change", "scale_out grace_s=0", 'protective_stop stop_pct="off" stop_bps=100', head=OWN)
    lines: list[Line] = [
        "10:00:00 50 50 gamma=.012",
        "10:00:00 features regime=range",
        "10:00:00 buy 1",
        ("10:00:00", SetStop(position="C", price=49.9)),
        "10:00:01 50.8 50.8 gamma=.004",
        "10:00:01 features regime=trend trend_direction=up",
    ]
    played = play(lines, rules)
    assert played.stops[:3] == [
        "10:00:00 49.50 entry",
        "10:00:00 49.90 human",
        "10:00:01 50.30 tighten by scale_out",
    ]
    assert played.verdicts("regime_change") == ["10:00:01 adjust REGIME_TREND"]


# ---------------------------------------------------------------- a human's stop


def holding(*more: Line) -> Playing:
    """A position at 50.00 with its stop at 37.50, the mark at 52."""
    begun, events = playing(["10:00:00 50 50", "10:00:00 buy 100", "10:00:01 52 52", *more])
    return begun.play(events)


def test_a_typed_stop_goes_where_it_is_told() -> None:
    played = holding()
    assert played.command(SetStop(position="C", price=51.0)).accepted
    assert played.command(SetStop(position="C", price=30.0, reason="room")).accepted
    assert played.stops[1:] == ["10:00:01 51.00 human", "10:00:01 30.00 human: room"]


def test_a_dragged_one_loosens_no_further_than_the_protective_stops_distance() -> None:
    played = holding()
    played.command(SetStop(position="C", price=45.0, typed=False))
    played.command(SetStop(position="C", price=30.0, typed=False))
    assert played.stops[1:] == ["10:00:01 45.00 human", "10:00:01 37.50 human"]


@pytest.mark.parametrize("price", [52.0, 52.5])
def test_a_stop_that_would_fire_at_once_is_refused(price: float) -> None:
    played = holding()
    said = played.command(SetStop(position="C", price=price))
    assert (said.accepted, said.said) == (
        False,
        f"a stop at {price:g} would fire at once; close the position instead",
    )
    assert played.stops == ["10:00:00 37.50 entry"]


def test_break_even_is_the_entry() -> None:
    played = holding()
    assert played.command(StopToBreakEven(position="C")).said == "stop of NIFTY 20000 C 25 Aug at 50"


def test_ticks_go_towards_the_price_and_back_but_not_beyond_the_distance() -> None:
    played = holding()
    played.command(StopByTicks(position="C", ticks=2))
    played.command(StopByTicks(position="C", ticks=-1))
    played.command(StopByTicks(position="C", ticks=-1000))
    assert [s.split()[1] for s in played.stops] == ["37.50", "37.60", "37.55", "37.50"]


def test_a_shorts_ticks_towards_the_price_go_down() -> None:
    begun, events = playing(["10:00:00 50 50", "10:00:00 sell 100"])
    begun.play(events)
    begun.command(StopByTicks(position="C", ticks=2))
    assert [s.split()[1] for s in begun.stops] == ["62.50", "62.40"]


def test_a_humans_stop_is_hit_like_any_other() -> None:
    lines: list[Line] = [
        "10:00:00 50 50",
        "10:00:00 buy 100",
        "10:00:01 52 52",
        ("10:00:01", SetStop(position="C", price=51.0)),
        "10:00:02 51 51",
    ]
    assert play(lines).exits == ["10:00:02 100 @ 51.00 protective_stop STOP_HIT"]


def test_it_replaces_the_stop_of_every_stop_rule_and_the_ratchet_goes_on_from_it() -> None:
    lines: list[Line] = [
        *AT_2000,
        "10:00:01 2010 2010",
        ("10:00:01.5", SetStop(position="C", price=2008)),
        "10:00:02 2009 2009",
        "10:00:03 2012 2012",
        "10:00:04 2014 2014",
    ]
    assert stops(*lines)[1:] == [
        "10:00:01 2005.00 trailed",
        "10:00:01.5 2008.00 human",
        "10:00:04 2009.00 trailed",
    ]
    assert play([*lines, "10:00:05 2009 2009"], LADDER).trip.exits[0].contracts == 100


def test_a_stop_a_human_has_loosened_stays_until_the_trail_has_better_than_it_had() -> None:
    lines: list[Line] = [
        *AT_2000,
        "10:00:01 2010 2010",
        ("10:00:01.5", SetStop(position="C", price=2002)),
        "10:00:02 2010 2010",
        "10:00:03 2010.1 2010.1",
    ]
    assert stops(*lines)[1:] == [
        "10:00:01 2005.00 trailed",
        "10:00:01.5 2002.00 human",
        "10:00:03 2005.10 trailed",
    ]


def test_the_greeks_trail_too() -> None:
    trailed = profile("protective_stop", "greeks_trailing_stop")
    lines: list[Line] = [
        "10:00:00 50 50 delta=.65 gamma=.012",
        "10:00:00 buy 100",
        "10:00:01 52 52 delta=.65 gamma=.012",
        ("10:00:01.5", SetStop(position="C", price=49.0)),
        "10:00:02 52 52 delta=.65 gamma=.012",
        "10:00:03 52.2 52.2 delta=.65 gamma=.012",
    ]
    moves = [change.split(maxsplit=1)[1] for change in play(lines, trailed).stops[1:]]
    assert moves == ["51.04 trailed", "49.00 human", "51.24 trailed"]


def test_every_move_of_a_human_is_journalled() -> None:
    played = holding()
    played.command(SetStop(position="C", price=30.0, typed=True, reason="room", author="ana"))
    recorded = [r for r in played.journal.durable if getattr(r, "command", "") == "set_stop"]
    assert [(r.author, r.arguments["price"]) for r in recorded] == [("ana", 30.0)]  # type: ignore[attr-defined]


def test_loosened_twice_it_still_knows_what_it_had() -> None:
    lines: list[Line] = [
        *AT_2000,
        "10:00:01 2010 2010",
        ("10:00:01.5", SetStop(position="C", price=1995)),
        ("10:00:02", SetStop(position="C", price=1990)),
        "10:00:03 2010 2010",
    ]
    assert stops(*lines)[-1] == "10:00:02 1990.00 human"
    assert stops(*lines, "10:00:04 2012 2012")[-1] == "10:00:04 2007.00 trailed"


# ---------------------------------------------------------------- a human's and the ratchet's


def test_a_humans_stop_moved_out_and_back_does_not_hold_up_the_trail() -> None:
    lines: list[Line] = [*AT_2000, "10:00:01 2010 2010", ("10:00:02", SetStop(position="C", price=2009))]
    lines += [("10:00:03", SetStop(position="C", price=2006)), "10:00:04 2013 2013"]
    assert stops(*lines)[1:] == [
        "10:00:01 2005.00 trailed",
        "10:00:02 2009.00 human",
        "10:00:03 2006.00 human",
        "10:00:04 2008.00 trailed",
    ]


def test_what_the_ratchet_reached_behind_a_humans_stop_is_its_own_ground() -> None:
    lines: list[Line] = [*AT_2000, "10:00:01 2010 2010", ("10:00:02", SetStop(position="C", price=2009.5))]
    lines += ["10:00:03 2013 2013", ("10:00:04", SetStop(position="C", price=2006)), "10:00:05 2012.8 2012.8"]
    assert stops(*lines)[-1] == "10:00:04 2006.00 human", "the trail had reached 2008"
    assert stops(*lines, "10:00:06 2013.5 2013.5")[-1] == "10:00:06 2008.50 trailed", "not held up by 2009.5"


def unpriced(*quote: str) -> Playing:
    """A position at 50 whose mark is unknown."""
    lines: list[Line] = ["10:00:00 50 50", "10:00:00 buy 100", *[f"10:00:01 {q}" for q in quote]]
    return play(lines, profile("protective_stop stop_pct=25", head=OWN))


def test_without_a_mark_a_stop_is_compared_with_the_exit_side() -> None:
    played = unpriced("49 -")
    said = played.command(SetStop(position="C", price=5000))
    assert (said.accepted, said.said) == (False, "a stop at 5000 would fire at once; close the position instead")
    assert played.command(SetStop(position="C", price=48)).accepted


def test_and_may_only_be_loosened_where_nothing_is_known() -> None:
    played = unpriced("- 51")
    said = played.command(SetStop(position="C", price=40))
    assert (said.accepted, said.said) == (
        False, "the price is unknown: the stop can only be loosened until it is known again",
    )  # fmt: skip
    assert played.command(SetStop(position="C", price=30)).accepted


def test_a_tick_never_pulls_back_a_stop_that_was_typed_looser() -> None:
    """A stop typed beyond the protective distance stays where it is, and a drag or tick says why it does not move."""
    played = holding()
    played.command(SetStop(position="C", price=30.0))
    for command in (StopByTicks(position="C", ticks=-1), SetStop(position="C", price=20.0, typed=False)):
        said = played.command(command)
        assert not said.accepted
        assert "goes no further" in said.said
    assert played.command(StopByTicks(position="C", ticks=1)).accepted
    assert [s.split()[1] for s in played.stops] == ["37.50", "30.00", "30.05"]


# ---------------------------------------------------------------- a stop chosen against an older one

TRAILING = profile("protective_stop", "greeks_trailing_stop")


def trailed(side: str = "buy") -> Playing:
    """At 50, trailed to 51.04 while the human looked, and to 52.04 since; for a short from 48.96 to 47.96."""
    marks = (52, 53) if side == "buy" else (48, 47)
    sign = "" if side == "buy" else "-"
    lines = [f"10:00:0{s} {mark} {mark} delta={sign}.65 gamma=.012" for s, mark in enumerate((50, *marks))]
    begun, events = playing([lines[0], f"10:00:00 {side} 100", *lines[1:]], TRAILING)
    return begun.play(events)


def test_what_would_have_tightened_the_stop_that_was_seen_never_loosens_the_one_that_is_held() -> None:
    played = trailed()
    assert played.held.pos.held_stop == pytest.approx(52.04)
    for command in (
        SetStop(position="C", price=51.04, was=51.04),  # Enter on the untouched line
        SetStop(position="C", price=51.09, typed=False, was=51.04),  # a ghost one tick tighter
        SetStop(position="C", price=51.03, was=51.0350001),  # typed as it was shown
    ):
        said = played.command(command)
        assert (said.accepted, said.said) == (
            False, f"the stop is already at 52.04, which is tighter than {command.price:g}; choose it again",
        )  # fmt: skip
    assert played.held.pos.held_stop == pytest.approx(52.04)
    assert [change.split(maxsplit=1)[1] for change in played.stops[1:]] == ["51.04 trailed", "52.04 trailed"]


def test_a_shorts_is_the_mirror_image() -> None:
    played = trailed("sell")
    now = played.held.pos.held_stop
    assert now < 48.0
    assert not played.command(SetStop(position="C", price=48.9, was=48.96)).accepted
    assert played.held.pos.held_stop == now
    assert played.command(SetStop(position="C", price=49.5, was=48.96)).accepted
    assert played.held.pos.held_stop == 49.5


@pytest.mark.parametrize(
    "command",
    [
        SetStop(position="C", price=50.5, was=51.04),  # looser than what was seen: meant
        SetStop(position="C", price=52.5, was=51.04),  # tighter than both
        SetStop(position="C", price=51.04),  # a script says nothing of what it saw
        SetStop(position="C", price=51.5, was=52.04),  # seen, and loosened
    ],
    ids=["looser", "tighter", "unsaid", "seen"],
)
def test_what_is_meant_is_done(command: SetStop) -> None:
    played = trailed()
    assert played.command(command).accepted
    assert played.held.pos.held_stop == command.price


def test_the_stop_that_was_seen_is_the_one_that_acts() -> None:
    """Taken over, only the protective stop acts: tightening it is not held up by a trail that does not."""
    played = trailed()
    assert played.command(TakeOver(position="C")).accepted
    assert played.command(SetStop(position="C", price=45.0, was=37.5)).accepted
    assert played.command(StopToBreakEven(position="C")).accepted


def test_break_even_never_loosens() -> None:
    played = holding("10:00:02 70 70")
    assert played.command(SetStop(position="C", price=65.0)).accepted
    said = played.command(StopToBreakEven(position="C"))
    assert (said.accepted, said.said) == (False, "the stop is already at 65, better than the entry at 50")
    assert played.held.pos.held_stop == 65.0


def test_break_even_twice_is_no_refusal() -> None:
    played = holding()
    assert played.command(StopToBreakEven(position="C")).accepted
    assert played.command(StopToBreakEven(position="C")).accepted


def test_a_shorts_break_even_never_loosens() -> None:
    begun, events = playing(["10:00:00 50 50", "10:00:00 sell 100", "10:00:01 30 30"])
    begun.play(events)
    assert begun.command(SetStop(position="C", price=35.0)).accepted
    assert begun.command(StopToBreakEven(position="C")).said == (
        "the stop is already at 35, better than the entry at 50"
    )


# ---------------------------------------------------------------- a price of something else

ON_THE_INDEX = profile('protective_stop stop_pct="off" stop_bps=100', head='gain_basis = "underlying"\nscale = "none"')


def indexed(right: str = "C", *more: Line) -> Playing:
    """An option whose stop is a level of its index, which is at 20 000."""
    row = "10:00:00" if right == "C" else "10:00:00 P"
    lines: list[Line] = ["10:00:00 under 20000", f"{row} 50 50", f"10:00:00 buy 100 {right}", *more]
    return play(lines, ON_THE_INDEX)


def test_a_premium_is_no_stop_on_the_underlying() -> None:
    played = indexed()
    said = played.command(SetStop(position="C", price=48.0))
    assert (said.accepted, said.said) == (
        False,
        "48 is too far from the price of the underlying, which is now 20000: a stop is at most 50 % away from it",
    )
    assert played.command(SetStop(position="C", price=9_999.0)).accepted is False
    assert [change.split()[1] for change in played.stops] == ["19800.00"]
    assert played.command(SetStop(position="C", price=10_000.0)).accepted


def test_above_it_neither_for_a_put() -> None:
    played = indexed("P")
    assert not played.command(SetStop(position="P", price=30_001.0)).accepted
    assert played.command(SetStop(position="P", price=30_000.0)).accepted


def test_while_the_underlying_is_unknown_its_price_at_the_entry_counts() -> None:
    played = indexed("C", "10:00:30 50 50")
    assert played.held.pos.level != played.held.pos.level
    assert played.command(SetStop(position="C", price=48.0)).said == (
        "48 is too far from the price of the underlying, which was at the entry 20000: "
        "a stop is at most 50 % away from it"
    )
    assert played.command(SetStop(position="C", price=19_000.0)).accepted


def test_a_stop_that_is_too_far_already_may_always_be_tightened() -> None:
    played = indexed("C", "10:00:01 under 45000")
    assert played.command(SetStop(position="C", price=19_900.0)).accepted
    assert not played.command(SetStop(position="C", price=19_800.0)).accepted


def test_a_long_options_stop_goes_down_to_one_tick() -> None:
    played = holding()
    assert played.command(SetStop(position="C", price=0.01)).said == (
        "0.01 is too far from the premium, which is now 52: a stop is at least one tick, 0.05"
    )
    assert played.command(SetStop(position="C", price=0.05)).accepted


def test_a_short_options_stop_is_at_most_ten_times_its_premium() -> None:
    begun, events = playing(["10:00:00 50 50", "10:00:00 sell 100", "10:00:01 35 35"])
    begun.play(events)
    assert begun.command(SetStop(position="C", price=19_940.0)).said == (
        "19940 is too far from the premium, which is now 35: "
        "a stop is at most 10 times the premium, now or at the entry"
    )
    assert begun.command(SetStop(position="C", price=500.0)).accepted


def test_the_stop_of_what_is_no_option_is_half_its_price_away_at_most() -> None:
    played = play(["10:00:00 S 100 100", "10:00:00 buy 10 S"], LADDER)
    assert played.command(SetStop(position="S", price=49.0)).said == (
        "49 is too far from the price, which is now 100: a stop is at most 50 % away from it"
    )
    assert played.command(SetStop(position="S", price=50.0)).accepted


def test_an_observed_position_has_no_stop_that_its_own_could_be_tighter_than() -> None:
    played = indexed()
    assert played.command(SetMode(position="C", mode="observe")).accepted
    assert not played.command(SetStop(position="C", price=48.0)).accepted
