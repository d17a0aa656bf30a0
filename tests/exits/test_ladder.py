"""The shipped profile `ladder`: its order, its numbers, and that its table is the rule's own."""

import dataclasses
from importlib.resources import files

import pytest

from cockpit.domain.errors import BadInput
from cockpit.exits.profile import Profile, parse
from cockpit.exits.rules import staged_trailing_stop

TEXT = (files("resources") / "profiles" / "ladder.toml").read_text()
STAGE_4 = "reached_bps = 400\n"


def ladder(text: str = TEXT) -> Profile:
    return parse(text, "ladder.toml", lambda name: name)


def test_the_rules_stand_in_the_documented_order() -> None:
    assert [r.rule.name for r in ladder().rules] == [
        "session_cutoff", "regime_change", "momentum_reversal", "volume_climax", "divergence", "time_limit",
        "protective_stop", "staged_trailing_stop", "profit_extreme",
    ]  # fmt: skip


def test_bindings_are_the_documented_ones() -> None:
    assert {r.rule.name: r.binding for r in ladder().rules} == {
        "session_cutoff": "mandatory", "regime_change": "immediate", "momentum_reversal": "immediate",
        "volume_climax": "vetoable", "divergence": "vetoable", "time_limit": "vetoable",
        "protective_stop": "mandatory", "staged_trailing_stop": "immediate", "profit_extreme": "vetoable",
    }  # fmt: skip


def test_basis_scale_and_initial_stop() -> None:
    profile = ladder()
    assert (profile.gain_basis, profile.scale) == ("auto", "auto")
    p = {r.rule.name: r.p for r in profile.rules}
    assert p["protective_stop"].stop_bps == 100.0
    assert p["protective_stop"].stop_pct != p["protective_stop"].stop_pct
    assert (p["session_cutoff"].lunch, p["session_cutoff"].close_on) == (False, 1)


def test_what_the_file_spells_out_are_the_rules_defaults() -> None:
    for r in ladder().rules:
        if r.rule.name not in ("session_cutoff", "protective_stop"):
            assert dataclasses.asdict(r.p) == dataclasses.asdict(r.rule.Parameters()), r.rule.name


def test_the_table_of_stages_may_be_another() -> None:
    text = TEXT[: TEXT.index("[[rules.stages]]")] + "[[rules.stages]]\nreached_bps = 10\ntrail_bps = 5\nlock_bps = 0\n"
    (p,) = [r.p for r in ladder(text).rules if r.rule.name == "staged_trailing_stop"]
    assert p.stages == (staged_trailing_stop.Stage(reached_bps=10.0, trail_bps=5.0, lock_bps=0.0),)


@pytest.mark.parametrize(
    ("instead", "says"),
    [
        ("reached_bps = 200\n", "stages must rise in reached_bps from row to row"),
        ("reached_bps = 150\n", "stages must rise in reached_bps from row to row"),
        ("reached_bps = 0\n", r"stages\[3\].reached_bps is 0; it must be a number from 0.1 to 1e\+06 bps"),
        ("", r"stages\[3\] lacks reached_bps"),
        ("reached_bps = 400\nwidth = 1\n", r"stages\[3\].width: no such parameter"),
    ],
)
def test_a_bad_table_is_refused_by_its_path(instead: str, says: str) -> None:
    assert STAGE_4 in TEXT
    with pytest.raises(BadInput, match=says):
        ladder(TEXT.replace(STAGE_4, instead))
