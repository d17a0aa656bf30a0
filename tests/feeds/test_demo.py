"""The demo, played headless through the engine: reproducible, and soon at its first explained exits."""

from itertools import pairwise
from typing import Any

import pytest

from cockpit.commands import Enter, SetStop
from cockpit.events import NS
from cockpit.feeds.demo import TOUR_S, demo_day, demo_start_ns, demo_tour_ns, tour
from cockpit.feeds.demo_scenes import SCENES
from cockpit.profiles import SHIPPED_PROFILES, profile
from cockpit.state.demo_bounds import DEMO
from cockpit.wiring import Plan, Replay, Script, realistic, replay_of

START_NS = demo_tour_ns()
SOON_S = 300.0  # 30 s at the demo's own speed
HALF_HOUR_S = 1800.0


def prepared(seed: int, name: str) -> Replay:
    recording, entries, commands = tour(seed)
    plan = Plan(
        profiles={shipped: profile(shipped) for shipped in SHIPPED_PROFILES},
        default_profile=name,
        script=Script(entries=entries, commands=commands),
        options=realistic(recording.market),
        live_ns=demo_start_ns(),
    )
    return replay_of(recording, plan)


def play_until(replay: Replay, until_s: float) -> dict[str, Any]:
    for event in replay.events():
        if event.at_ns > START_NS + until_s * NS:
            break
        replay.session.take(event)
    return dict(replay.outcome())


def exits_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [left for trip in (*found["round_trips"], *found["open"]) for left in trip["exits"]]


def seconds_of(replay: Replay) -> list[float]:
    state = replay.state
    held = (*state.closed, *state.held.values())
    return sorted((left.at_ns - START_NS) / NS for position in held for left in position.exits)


@pytest.fixture(scope="module")
def adaptive() -> Replay:
    replay = prepared(7, "adaptive")
    replay.play()
    return replay


def test_the_same_seed_gives_the_same_ledger() -> None:
    first, again, other = (play_until(prepared(seed, "adaptive"), SOON_S) for seed in (7, 7, 8))
    assert first == again
    assert first["ledger_sha256"] != other["ledger_sha256"]
    assert tour(7).entries == tour().entries
    assert tour(7).commands == tour().commands != tour(8).commands


def test_every_trade_is_in_a_contract_of_the_chain_in_order_of_time() -> None:
    recording, entries, commands = tour()
    assert len(entries) == sum(len(scene.trades) for scene in SCENES)
    assert [entry.at_ns for entry in entries] == sorted(entry.at_ns for entry in entries)
    assert all(demo_start_ns() < entry.at_ns < START_NS + TOUR_S * NS < recording.last_ns for entry in entries)
    assert [asked.at_ns for asked in commands] == sorted(asked.at_ns for asked in commands)
    for entry in entries:
        assert entry.contracts > 0
        assert entry.contracts % recording.instruments[entry.symbol].lot == 0


@pytest.mark.parametrize("seed", [7, 8])
def test_the_window_opens_on_positions_of_every_kind(seed: int) -> None:
    replay = prepared(seed, "adaptive")
    play_until(replay, 0.0)
    opened = list(replay.state.held.values())
    assert len(opened) == 7
    assert {held.profile.name for held in opened} == set(SHIPPED_PROFILES)
    assert {(held.side, held.instrument.right) for held in opened} == {(1, "C"), (1, "P"), (-1, "P")}
    assert len({held.instrument.expiry for held in opened}) == 2
    vetoed = [held for held in opened if held.overrides.vetoes]
    assert len(vetoed) == 2


@pytest.mark.parametrize("seed", [7, 8])
def test_ten_and_twenty_seconds_later_there_are_still_several_at_different_stages(seed: int) -> None:
    replay = prepared(seed, "adaptive")
    for until_s in (100.0, 115.0, 200.0):
        play_until(replay, until_s)
        held = list(replay.state.held.values())
        assert 4 <= len(held) <= 6
        assert {position.profile.name for position in held} >= {"adaptive", "ladder"}
    assert len(replay.state.closed) >= 3


@pytest.mark.parametrize("seed", [7, 3])
def test_a_countdown_runs_early_that_can_be_vetoed(seed: int) -> None:
    replay = prepared(seed, "adaptive")
    for event in replay.events():
        replay.session.take(event)
        if event.at_ns >= START_NS and any(a.countdown for held in replay.state.held.values() for a in held.asked):
            break
    assert 0.0 < (replay.state.now_ns - START_NS) / NS < 60.0


def test_the_session_goes_on_quietly_to_the_close(adaptive: Replay) -> None:
    state, day = adaptive.state, demo_day()
    assert day.close_ns == day.end_ns > START_NS + TOUR_S * NS
    assert state.now_ns > day.end_ns - NS
    assert not state.held
    assert max(seconds_of(adaptive)) < TOUR_S


def test_features_are_warm_at_the_start() -> None:
    replay = prepared(7, "adaptive")
    play_until(replay, 0.0)
    under = replay.state.underlyings["NIFTY"]
    assert under.regime_scores.known
    assert all(x == x for x in (under.rsi, under.rsi_ago, under.momentum, under.volatility_bps, under.volume_ratio))
    contract = replay.state.contracts[replay.script.entries[0].symbol]
    contract.refresh(replay.state.t(replay.state.now_ns))
    assert contract.view.noise > 0
    assert contract.view.volume_ratio_before == contract.view.volume_ratio_before


@pytest.mark.parametrize(("seed", "name"), [(7, "adaptive"), (1, "adaptive"), (7, "scalp"), (7, "ladder")])
def test_the_first_exit_comes_soon_and_says_why(seed: int, name: str) -> None:
    replay = prepared(seed, name)
    found = play_until(replay, 60.0)
    assert any(0.0 < second < 45.0 for second in seconds_of(replay))  # in 5 s at the demo's own speed
    assert all(left["because"] and left["trigger"] for left in exits_of(found))


def test_many_reasons_to_leave_are_seen(adaptive: Replay) -> None:
    exits = exits_of(dict(adaptive.outcome()))
    assert len({left["trigger"] for left in exits}) >= 10
    rules = {asked.rule.name for name in SHIPPED_PROFILES for asked in profile(name).rules}
    assert {left["rule"] for left in exits} == rules


def test_profiles_differ_in_what_they_see() -> None:
    seen = {
        name: {left["trigger"] for left in exits_of(play_until(prepared(7, name), HALF_HOUR_S))}
        for name in ("scalp", "ladder")
    }
    assert len(seen["scalp"] | seen["ladder"]) >= 6
    assert seen["scalp"] != seen["ladder"]


def test_no_row_is_refused(adaptive: Replay) -> None:
    refused: Any = adaptive.outcome()["refused"]
    assert refused == {"rows": {}, "quotes": {}, "greeks": {}}


def test_one_contract_is_not_quoted_for_a_while_and_its_position_is_blind(adaptive: Replay) -> None:
    state, batches = adaptive.state, adaptive.recording.batches
    unseen = [alert for alert in state.alerts.values() if alert.kind == "blind" and "unknown for 60 s" in alert.text]
    assert unseen
    held = next(held for held in state.closed if held.id == unseen[0].position_id)
    per_min = 240
    around = (
        len(batches)
        - demo_day().minutes * per_min
        + (START_NS - demo_start_ns()) // NS * 4
        + (unseen[0].at_ns - START_NS) // NS * 4
    )
    span = batches[around - 2 * per_min : around + per_min]
    at_ns = [batch.at_ns for batch in span for quote in batch.quotes if quote.symbol == held.instrument.symbol]
    assert 70 < max(later - sooner for sooner, later in pairwise(at_ns)) / NS < 80
    blind: Any = adaptive.outcome()["blind"]
    assert blind["protective_stop"] > 60


@pytest.mark.parametrize("joins", [False, True])
def test_its_plan_leaves_alone_what_whoever_watches_has_joined(joins: bool) -> None:
    replay = prepared(7, "adaptive")
    commands = replay.script.commands
    assert {asked.command.author for asked in commands} == {DEMO}
    at_ns, symbol = next((at, asked.position) for at, asked in commands if isinstance(asked, SetStop))
    replay.play_until(at_ns - NS)
    if joins:
        lot = replay.recording.instruments[symbol].lot
        said = replay.session.take(Enter(symbol=symbol, side="buy", contracts=lot))
        assert said is not None
        assert said.accepted, said.said
    replay.play_until(START_NS)
    held = replay.state.by_symbol[symbol]
    assert bool(held.overrides.vetoes) is not joins
    assert any(stop.why.startswith("human") for stop in held.stops) is not joins
