"""The exit ladder: its rungs from the top, the money between them, and whether its stop may be dragged."""

from typing import Any

import pytest

from cockpit.brokers.paper import PaperOptions
from cockpit.commands import Close, SetMode, SetSession, SetStop, TakeOver
from cockpit.exits.registry import RULES
from cockpit.frame import LadderPart
from cockpit.market.view import NAN
from tests.market_of import Line, Playing, play, profile
from tests.projection.looking import projector

BUY: list[Line] = ["10:00:00 50 50", "10:00:00 buy 100"]
OWN = profile(
    "staged_trailing_stop",
    'protective_stop stop_pct="off" stop_bps=100',
    head='gain_basis = "own"\nscale = "none"',
)
ON_THE_INDEX = profile('protective_stop stop_pct="off" stop_bps=100', head='gain_basis = "underlying"\nscale = "none"')
INDEX: list[Line] = [
    "10:00:00 under 20000",
    "10:00:00 199 201 iv=.15 delta=.5 gamma=.001 theta=-5 vega=10",
    "10:00:00 buy 100",
    "10:00:01 under 20010",
    "10:00:01 204 206 iv=.15 delta=.5 gamma=.001 theta=-5 vega=10",
]


def ladder(played: Playing) -> LadderPart:
    part = projector(played).frame().detail
    assert part is not None
    assert part.ladder is not None
    return part.ladder


def rungs(part: LadderPart, *kinds: str) -> list[tuple[str, float, str]]:
    return [(r.kind, round(r.price, 4), r.text) for r in part.rungs if not kinds or r.kind in kinds]


def test_a_long_from_best_to_floor() -> None:
    played = play([*BUY, "10:00:01 52 52", "10:00:02 51 51.2"], multiplier=2.0)
    part = ladder(played)
    assert rungs(part) == [
        ("best", 52.0, "+400 bps"),
        ("mark", 51.1, "+220 bps · exit at 51.00"),
        ("entry", 50.0, "0 bps"),
        ("stop", 37.5, "−2\u202f500 bps · protective stop"),
        ("floor", 37.5, "−2\u202f500 bps · first stop"),
    ]
    assert (part.locked, part.locked_bps) == (-2500.0, -2500.0)
    assert part.at_stake == pytest.approx((37.5 - 51.1) * 200)
    assert part.give_back == pytest.approx((37.5 - 52.0) * 200)
    assert part.give_back_bps == pytest.approx(-2900.0)
    assert (part.tick, part.can_drag, part.drag_refusal, part.is_model) == (0.05, True, "", False)


def test_a_short_flips_the_outcome_and_not_the_axis() -> None:
    played = play(["10:00:00 50 50", "10:00:00 sell 100", "10:00:01 48 48"])
    part = ladder(played)
    assert rungs(part) == [
        ("stop", 62.5, "−2\u202f500 bps · protective stop"),
        ("floor", 62.5, "−2\u202f500 bps · first stop"),
        ("entry", 50.0, "0 bps"),
        ("best", 48.0, "+400 bps"),
        ("mark", 48.0, "+400 bps · exit at 48.00"),
    ]
    assert (part.locked, part.at_stake, part.give_back) == (-1250.0, -1450.0, -1450.0)


def test_a_stop_above_the_entry_locks_money() -> None:
    played = play([*BUY, "10:00:01 55 55"])
    assert played.command(SetStop(position="C", price=53.0)).accepted
    part = ladder(played)
    assert (part.locked, part.locked_bps, part.at_stake) == (300.0, 600.0, -200.0)
    assert rungs(part, "stop", "floor") == [
        ("stop", 53.0, "+600 bps · protective stop"),
        ("floor", 37.5, "−2\u202f500 bps · first stop"),
    ]


def test_stages_their_locks_and_the_one_that_is_reached() -> None:
    played = play([*BUY, "10:00:01 50.6 50.6", "10:00:02 50.6 50.6"], OWN)
    part = ladder(played)
    stages = [(r.name, round(r.price, 4), r.text, r.reached) for r in part.rungs if r.kind == "stage"]
    assert stages == [
        ("Stage 4", 52.0, "+400 bps → locks +200 bps", False),
        ("Stage 3", 51.0, "+200 bps → locks +100 bps", False),
        ("Stage 2", 50.5, "+100 bps → locks +50 bps", True),
        ("Stage 1", 50.25, "+50 bps → locks +25 bps", True),
    ]
    assert rungs(part, "lock") == [("lock", 50.25, "+50 bps minimum")]
    assert [r.name for r in part.rungs if r.kind == "lock"] == ["Lock 2"]
    assert [kind for kind, *_ in rungs(part)] == [
        "stage", "stage", "best", "mark", "stage", "stop", "stage", "lock", "entry", "floor",
    ]  # fmt: skip


def test_a_looser_stop_of_another_rule_has_a_rung_of_its_own() -> None:
    played = play([*BUY, "10:00:01 52 52", "10:00:02 52 52"], profile("greeks_trailing_stop"))
    played.command(SetStop(position="C", price=48.0))
    trail: Any = next(a for a in played.held.asked if a.name == "greeks_trailing_stop").m
    trail.armed, trail.stop = True, 45.0
    assert rungs(ladder(played), "stop", "trail") == [
        ("stop", 48.0, "−400 bps · protective stop"),
        ("trail", 45.0, "−1\u202f000 bps · greeks trailing stop"),
    ]


def test_a_tranche_before_and_after_its_turn() -> None:
    played = play([*BUY, "10:00:01 50 50"], profile("scale_out"))
    assert rungs(ladder(played), "tranche") == [("tranche", 50.4, "takes 60 of 100 once the impulse fades")]
    one = play([*BUY, "10:00:01 50 50"], profile("scale_out"), lot=100)
    (rung,) = rungs(ladder(one), "tranche")
    assert rung[2] == "moves the stop, for one lot is not split, once the impulse fades"
    next(a for a in played.held.asked if a.name == "scale_out").m.done = True
    (rung,) = (r for r in ladder(played).rungs if r.kind == "tranche")
    assert (rung.text, rung.reached) == ("has had its turn", True)


def test_a_rule_whose_overlay_raises_has_no_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(RULES["protective_stop"], "overlay", broken)
    assert [kind for kind, *_ in rungs(ladder(play(BUY)))] == ["best", "mark", "entry", "stop", "floor"]


def test_on_the_underlying_money_is_modelled() -> None:
    played = play(INDEX, ON_THE_INDEX)
    part = ladder(played)
    assert part.is_model
    (stop,) = (r for r in part.rungs if r.kind == "stop")
    assert stop.price == pytest.approx(19_800.0)
    assert "bps · premium " in stop.text
    assert part.locked is not None
    premium = 201.0 + part.locked / 100.0
    assert f"premium {premium:.2f} modelled" in stop.text
    assert 201.0 - 0.5 * 200.0 - 15.0 < premium < 201.0 - 0.5 * 200.0 + 35.0, "about delta times the way"
    played.held.contract.view.iv = NAN
    blind = ladder(played)
    assert (blind.locked, blind.at_stake, blind.give_back) == (None, None, None)
    assert blind.locked_bps == pytest.approx(-100.0)


@pytest.mark.parametrize(
    ("lines", "rules", "level", "entry"),
    [(INDEX, ON_THE_INDEX, 20_010.0, 20_000.0), ([*BUY, "10:00:01 52 52"], OWN, 52.0, 50.0)],
    ids=["underlying", "own"],
)
def test_a_row_has_the_level_and_the_entry_of_its_stops_basis(
    lines: list[Line], rules: Any, level: float, entry: float
) -> None:
    (row,) = projector(play(lines, rules)).frame().positions
    assert (row.level, row.level_entry) == (level, entry)
    assert row.stop is not None
    assert row.to_stop == pytest.approx((level - row.stop) * row.level_side)


def test_without_the_entry_of_its_basis_there_is_no_ladder() -> None:
    played = play(["10:00:00 50 50", "10:00:00 buy 1"], ON_THE_INDEX)
    detail = projector(played).frame().detail
    assert detail is not None
    assert detail.ladder is None


@pytest.mark.parametrize(
    ("commands", "why"),
    [
        ([SetSession(state="halted")], "the session is halted: no engine stop acts"),
        ([SetMode(position="C", mode="observe")], "the position is only observed: no engine stop acts on it"),
        ([SetMode(position="C", mode="observe"), TakeOver(position="C")], ""),
        ([SetMode(position="C", mode="confirm")], ""),
    ],
    ids=["halted", "observed", "taken over", "confirm"],
)
def test_where_no_engine_stop_acts_none_is_dragged(commands: list[Any], why: str) -> None:
    played = play(BUY)
    for command in commands:
        assert played.command(command).accepted
    part = ladder(played)
    assert (part.can_drag, part.drag_refusal) == (not why, why)


def test_an_observed_position_has_no_stop_and_nothing_locked() -> None:
    played = play(BUY)
    played.command(SetMode(position="C", mode="observe"))
    part = ladder(played)
    assert rungs(part, "stop") == []
    assert (part.locked, part.locked_bps, part.at_stake, part.give_back) == (None, None, None, None)


def test_what_is_leaving_is_not_dragged() -> None:
    played = play([*BUY, "10:00:01 50 50"], options=PaperOptions(latency_ms=900))
    played.command(Close(position="C"))
    assert ladder(played).drag_refusal == "all 100 are leaving already"


def test_while_the_price_is_unknown_only_a_typed_price_loosens() -> None:
    dark = play([*INDEX, "10:00:30 204 206 iv=.15"], ON_THE_INDEX)
    assert ladder(dark).drag_refusal == "the underlying's price is unknown: type a price to loosen the stop"
    assert dark.command(SetStop(position="C", price=19_700.0)).accepted
    unquoted = play([*BUY, "10:00:30 P 50 50"])
    assert ladder(unquoted).drag_refusal == "the price is unknown: type a price to loosen the stop"
