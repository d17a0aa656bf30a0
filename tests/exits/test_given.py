"""One rule asked once: what is given counts, what is not is unknown, and what cannot be is said in a sentence."""

from typing import Any

import pytest

from cockpit.domain.errors import BadInput
from cockpit.exits.given import ask_given, sorted_by_section, verdict_of
from cockpit.exits.registry import RULES


def ask(rule: str, **given: Any) -> dict[str, Any]:
    return verdict_of(RULES[rule], ask_given(RULES[rule], given))


def test_what_is_not_given_is_unknown() -> None:
    said = ask("theta_decay", iv=0.17)
    assert (said["kind"], said["trigger"], said["confidence"]) == ("blind", None, None)
    assert "iv_at_entry" in said["missing"]
    assert said["readings"]["fall"] == {
        "name": "volatility fell", "value": None, "limit": 10.0, "unit": "%", "margin": None,
    }  # fmt: skip


def test_null_is_unknown_too() -> None:
    assert ask("theta_decay", iv=0.17, iv_at_entry=None) == ask("theta_decay", iv=0.17)


def test_the_documented_example_of_theta_decay() -> None:
    said = ask("theta_decay", theta=-0.10, theta_ago=-0.05, iv=0.17, iv_at_entry=0.20, age_s=60)
    assert (said["kind"], said["trigger"], said["confidence"], said["fraction"]) == ("exit", "COMBINED", 0.98, 1.0)
    assert said["others"] == ["IV_CRUSH"]
    assert said["readings"]["crush"]["margin"] == pytest.approx(-5.0)


def test_the_distance_in_time_of_two_greeks_is_the_lookback_unless_it_is_given() -> None:
    facts = {"theta": -0.10, "theta_ago": -0.05, "iv": 0.17, "iv_at_entry": 0.20}
    assert ask("theta_decay", **facts, theta_span_s=61)["trigger"] == "IV_CRUSH"
    assert ask("theta_decay", **facts, theta_span_s=60)["trigger"] == "COMBINED"


def test_gain_and_stop_follow_from_entry_and_mark() -> None:
    said = ask("scale_out", entry=50, mark=50.8, gamma=0.004)
    assert said["trigger"] == "FIRST_IMPULSE"
    assert said["fraction"] == pytest.approx(0.6)
    assert said["stop"] == pytest.approx(50.3)
    assert ask("protective_stop", entry=50, mark=37.5)["trigger"] == "STOP_HIT"
    assert ask("protective_stop", entry=50, mark=37.51)["kind"] == "hold"


def test_what_is_given_wins_over_what_would_follow() -> None:
    assert ask("scale_out", entry=50, mark=50.8, gamma=0.004, gain_pct=0.79)["kind"] == "hold"
    assert ask("scale_out", gain_pct=0.8, gamma=0.004)["trigger"] == "FIRST_IMPULSE"
    both = ask("holding_limit", t="10:00:00", opened_t="09:59:00", age_s=1201)
    assert both["trigger"] == "EXTREME_HOLD"


@pytest.mark.parametrize(
    ("times", "age_s"),
    [
        ({}, 0.0),
        ({"age_s": 61}, 61.0),
        ({"t": "11:00"}, 0.0),
        ({"t": "11:00", "age_s": 61}, 61.0),
        ({"opened_t": "11:00", "age_s": 61}, 61.0),
        ({"opened_t": 39_600, "t": "11:01:01"}, 61.0),
    ],
)
def test_of_now_opening_and_age_two_give_the_third(times: dict[str, Any], age_s: float) -> None:
    asked = ask_given(RULES["holding_limit"], times)
    assert asked.position.age_s == pytest.approx(age_s)
    assert asked.now.t - asked.position.opened_t == pytest.approx(age_s)


def test_times_may_be_written_as_on_a_clock() -> None:
    assert ask("session_cutoff", t="15:14:59", close_t="15:30")["kind"] == "hold"
    assert ask("session_cutoff", t="15:15:00", close_t="15:30")["trigger"] == "MARKET_CLOSE"


def test_lookbacks_count_as_seen_since_the_opening() -> None:
    moved = {"mark": 52.01, "mark_ago": 50, "delta": 0.6, "delta_ago": 0.55, "gamma": 0.012, "gamma_high": 0.012}
    assert ask("exhaustion", **moved)["trigger"] == "DELTA_DIVERGENCE"
    assert ask("exhaustion", **moved, mark_ago_t="09:59:59")["kind"] == "blind"
    bars = {"delta": 0.29, "last_open": 50, "last_close": 51, "bar_open": 51, "bar_close": 50.49}
    assert ask("exhaustion", **bars)["trigger"] == "CANDLE_REVERSAL"


def test_sides_rights_bases_and_regimes_may_be_words() -> None:
    assert ask("protective_stop", entry=50, mark=62.5, side="short")["trigger"] == "STOP_HIT"
    put = {"entry": 50, "entry_underlying": 20_000, "underlying": 20_200, "right": "put", "stop_bps": 100}
    assert ask("protective_stop", **put, position={"basis": "underlying"})["stop"] == pytest.approx(20_200)
    said = ask("regime_change", regime="panic", gain_bps=50, memory={"reference": "trend up"})
    assert (said["trigger"], said["confidence"], said["fraction"]) == ("REGIME_PANIC", 0.95, 1.0)


def test_the_memory_goes_in_and_comes_out() -> None:
    said = ask("staged_trailing_stop", entry=2000, mark=2010, volatility_bps=150, momentum=0.6, basis="own")
    assert (said["kind"], said["stop"]) == ("hold", 2005.0)
    assert (said["memory"]["stage"], said["memory"]["beyond_t"]) == (1, None)
    kept = {name: value for name, value in said["memory"].items() if name != "stop"}
    after = ask("staged_trailing_stop", entry=2000, mark=2006, basis="own", best=2010, memory=kept, stop=2006)
    assert after["trigger"] == "STAGE_STOP_HIT"
    assert ask("protective_stop", entry=50, mark=37.6, stop=38)["trigger"] == "STOP_HIT"
    assert ask("scale_out", gain_pct=1, gamma=0.001, done=True)["kind"] == "idle"


def test_of_two_parameters_that_exclude_each_other_the_other_is_off() -> None:
    said = ask("protective_stop", entry=2000, mark=1980, basis="own", stop_bps=100)
    assert (said["trigger"], said["stop"]) == ("STOP_HIT", 1980.0)


def test_flat_names_go_to_the_first_section_that_has_them() -> None:
    found = sorted_by_section(
        RULES["theta_decay"], {"iv": 1, "basis": 2, "max_rate": 3, "parameters": {"basis": "scaled"}, "memory": {}}
    )
    assert found == {
        "market": {"iv": 1},
        "position": {"basis": 2},
        "parameters": {"max_rate": 3, "basis": "scaled"},
        "memory": {},
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"gama": 1}, "neither greeks_trailing_stop nor the engine knows a 'gama'; did you mean gamma or low_gamma"),
        ({"zzzzzz": 1}, "neither greeks_trailing_stop nor the engine knows a 'zzzzzz'"),
        ({"market": {"entry": 1}}, "market has no 'entry'"),
        ({"market": 1}, "market must be an object with a value for each name"),
        ({"mark": 1, "market": {"mark": 1}}, "'mark' is there twice, flat and in market"),
        ({"mark": True}, "mark is True; it must be a number, or null for unknown"),
        ({"mark": "high"}, "mark is 'high'; it must be a number, or null for unknown"),
        ({"mark": float("inf")}, "mark is inf; it must be a number, or null for unknown"),
        ({"mark": [1]}, "mark is [1]; it must be a number, or null for unknown"),
        ({"entry": 0}, "entry is 0; it must be above 0, or null for unknown"),
        ({"side": 2}, "side is 2; it must be one of 1, -1"),
        ({"side": None}, "side is None; it must be one of 1, -1"),
        ({"right": "x"}, "right is 'x'; it must be one of c, call, p, put"),
        ({"t": "noon"}, "t is 'noon'; write a local time such as 15:14:59, or seconds since midnight"),
        ({"armed": 1}, "memory: armed is 1; it must be true or false"),
    ],
)
def test_what_cannot_be_is_said(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        ask("greeks_trailing_stop", **given)
    assert str(caught.value) == said


def test_parameters_keep_to_their_ranges() -> None:
    with pytest.raises(BadInput, match=r"holding_limit\.max_held_s is 5; it must be a number from 10 to 86400 s"):
        ask("holding_limit", max_held_s=5)
    with pytest.raises(ValueError, match="parameters has no 'held_s'; did you mean max_held_s"):
        ask("holding_limit", parameters={"held_s": 50})


def test_a_memory_that_the_rule_cannot_have_is_said() -> None:
    with pytest.raises(ValueError, match="cannot reckon with these values"):
        ask("staged_trailing_stop", entry=3, mark=3, memory={"stage": 99})
    with pytest.raises(ValueError, match=r"memory: stage is 1\.5; it must be a whole number"):
        ask("staged_trailing_stop", entry=3, mark=3, memory={"stage": 1.5})


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_answers_to_nothing_at_all(rule: str) -> None:
    assert ask(rule)["kind"] in ("hold", "blind")
