"""The demo, played headless through the engine: reproducible, and soon at its first explained exits."""

from itertools import pairwise
from typing import Any

import pytest

from cockpit.events import NS
from cockpit.feeds.demo import SCENES, demo, demo_start_ns
from cockpit.wiring import Plan, Replay, Script, profile, realistic, replay_of

START_NS = demo_start_ns()
SOON_S = 300.0  # 30 s at the demo's own speed
HALF_HOUR_S = 1800.0


def prepared(seed: int, name: str) -> Replay:
    recording, entries = demo(seed)
    plan = Plan(
        profiles={name: profile(name)},
        default_profile=name,
        script=Script(entries=entries),
        options=realistic(recording.market),
        live_ns=START_NS,
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


def test_every_trade_is_in_a_contract_of_the_chain_in_order_of_time() -> None:
    recording, entries = demo()
    assert len(entries) == sum(len(scene.trades) for scene in SCENES)
    assert [entry.at_ns for entry in entries] == sorted(entry.at_ns for entry in entries)
    assert all(START_NS < entry.at_ns < recording.last_ns for entry in entries)
    for entry in entries:
        assert entry.contracts > 0
        assert entry.contracts % recording.instruments[entry.symbol].lot == 0


def test_the_first_two_minutes_open_positions_of_every_kind() -> None:
    recording, entries = demo()
    early = [entry for entry in entries if entry.at_ns < START_NS + 120 * NS]
    rights = [(entry.side, recording.instruments[entry.symbol].right) for entry in early]
    assert 3 <= len(early) <= 6
    assert {("buy", "C"), ("buy", "P"), ("sell", "P")} <= set(rights)
    assert any(entry.contracts == recording.instruments[entry.symbol].lot for entry in early)


def test_features_are_warm_at_the_start() -> None:
    replay = prepared(7, "adaptive")
    play_until(replay, 1.0)
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
    assert seconds_of(replay)[0] < 30.0  # even at x1
    assert all(left["because"] and left["trigger"] for left in exits_of(found))


def test_many_reasons_to_leave_are_seen(adaptive: Replay) -> None:
    exits = exits_of(dict(adaptive.outcome()))
    assert len({left["trigger"] for left in exits}) >= 10
    backstop = {"holding_limit"}  # theta_decay's own limit of time comes first
    rules = {asked.rule.name for asked in profile("adaptive").rules}
    assert {left["rule"] for left in exits} == rules - backstop


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
    around = len(batches) - 120 * per_min + (unseen[0].at_ns - START_NS) // NS * 4
    span = batches[around - 2 * per_min : around + per_min]
    at_ns = [batch.at_ns for batch in span for quote in batch.quotes if quote.symbol == held.instrument.symbol]
    assert 70 < max(later - sooner for sooner, later in pairwise(at_ns)) / NS < 80
    blind: Any = adaptive.outcome()["blind"]
    assert blind["protective_stop"] > 60
