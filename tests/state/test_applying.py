"""Another profile during the session: for new positions and for open ones, refused or journalled, and after a kill."""

import random
from dataclasses import replace
from typing import Any

import pytest

from cockpit.commands import ApplyProfile, Enter, SetMode, Veto, parse
from cockpit.events import NS, Heartbeat
from cockpit.exits.registry import RULES
from cockpit.outcome import blind_s
from cockpit.records import CommandRecord, RoundTripRecord
from cockpit.settings import shipped
from cockpit.state.remembering import position_checkpoint
from tests.market_of import Line, Playing, play, playing, profile, shipped_profile

BUY: list[Line] = ["10:00:00 50 50", "10:00:00 buy 100"]
SCALP = shipped_profile("scalp")


def toml(*rules: str, name: str = "mine", head: str = "") -> str:
    """A profile's text, the protective stop last."""
    return profile(*rules, head=head).toml.replace('name = "test"', f'name = "{name}"')


def applied(played: Playing, text: str, *positions: str, as_default: bool = True) -> str:
    said = played.command(ApplyProfile(toml=text, positions=positions, as_default=as_default))
    assert said.accepted, said.said
    return said.said


def refused(played: Playing, text: str, *positions: str) -> str:
    before = dict(played.state.profiles), played.state.default_profile
    said = played.command(ApplyProfile(toml=text, positions=positions))
    assert not said.accepted
    assert (played.state.profiles, played.state.default_profile) == before
    return said.said


def names(played: Playing) -> list[str]:
    return [a.name for a in played.held.asked]


# ---------------------------------------------------------------- new positions


def test_new_positions_have_the_new_default_and_open_ones_keep_theirs() -> None:
    played = play([*BUY, "10:00:01 50 50"])
    assert applied(played, toml("holding_limit")) == "mine is the default of new positions"
    assert names(played) == ["protective_stop"]
    assert played.state.default_profile == "mine"


def test_what_is_entered_afterwards_is_supervised_by_it() -> None:
    lines: list[Line] = ["10:00:00 50 50", ("10:00:00", ApplyProfile(toml=toml("holding_limit")))]
    later = play([*lines, "10:00:01 50 50", "10:00:01 buy 1"])
    assert (later.held.profile.name, names(later)) == ("mine", ["holding_limit", "protective_stop"])


def test_one_that_is_no_default_may_be_named() -> None:
    played = play(["10:00:00 50 50"])
    said = applied(played, toml("holding_limit"), as_default=False)
    assert said == "mine may be named by new positions"
    assert played.state.default_profile == "test"
    assert played.command(Enter(symbol="C", side="buy", contracts=1, profile="mine")).accepted
    assert played.held.profile.name == "mine"


def test_the_setups_own_table_stays_as_it_was_given() -> None:
    played, _ = playing(BUY)
    setup = played.how.setup(0)
    applied(played, toml("holding_limit"))
    assert set(setup.profiles) == {"test"}
    assert set(played.state.setup.profiles) == {"test", "mine"}


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name = ", "the profile is not valid TOML"),
        ('name = "mine"\n[[rules]]\nrule = "protective_stop"\nstop_pct = 0', "stop_pct is 0; it must be a number"),
        ('name = "mine"', "protective_stop must be there"),
        ('name = "mine"\nextends = "other"', "extends: there is no profile 'other' here; there are test"),
        (toml(head='market = "us"'), "the profile mine is for us, this session is nse"),
    ],
    ids=["no TOML", "out of range", "no stop", "extends nothing known", "another market"],
)
def test_what_cannot_be_is_refused_in_one_sentence(text: str, why: str) -> None:
    said = refused(play(BUY), text)
    assert why in said
    assert not said.endswith(".")


def test_an_unknown_position_refuses_all_of_it() -> None:
    played = play(BUY)
    said = refused(played, toml("holding_limit"), "P0001", "P0009")
    assert said == "no open position 'P0009'; open are P0001"
    assert names(played) == ["protective_stop"]


def test_the_name_of_a_shipped_profile_is_its_own() -> None:
    played, _ = playing(["10:00:00 50 50"], SCALP)
    how = played.how
    setup = replace(how.setup(played.script.batches[0].at_ns), shipped={"scalp": shipped("profiles", "scalp.toml")})
    played.state.setup = setup
    said = refused(played, SCALP.toml.replace("[[rules]]", "confirm_s = 20\n[[rules]]", 1))
    assert said == "the name 'scalp' is that of a shipped profile, from which this one differs"
    applied(played, f"# with a remark\n{SCALP.toml}")


def test_the_newest_profile_of_a_users_name_takes_it_over() -> None:
    played = play(BUY)
    applied(played, toml("holding_limit", name="test"))
    assert [r.rule.name for r in played.state.profiles["test"].rules] == ["holding_limit", "protective_stop"]
    assert names(played) == ["protective_stop"]


def test_another_gain_basis_suits_new_positions_only() -> None:
    played = play(BUY)
    said = refused(played, toml(head='gain_basis = "underlying"\nscale = "none"'), "C")
    assert said.endswith("is measured by 'entry', the profile mine by 'underlying': it suits new positions only")


def test_a_first_stop_that_would_fire_at_once_is_refused() -> None:
    played = play([*BUY, "10:00:01 46 46"])
    said = refused(played, toml("protective_stop stop_pct=5"), "C")
    assert said == fires("protective stop", "stop reached: premium 46.00 against 47.50 points")


def fires(rule: str, because: str) -> str:
    return (
        f"{rule} of mine would fire at once on NIFTY 20000 C 25 Aug ({because}); leave that position out, or close it"
    )


CAME_BACK: list[Line] = [*BUY, "10:00:10 60 60", "10:00:40 51 51"]
LOCKED = "trail reached: stage 4, premium 51.00 against 51.00 points"


@pytest.mark.parametrize(
    ("rule", "because"),
    [
        ("staged_trailing_stop", LOCKED),
        ("staged_trailing_stop hits=3", LOCKED),
        ('staged_trailing_stop binding="mandatory"', LOCKED),
        ('staged_trailing_stop binding="vetoable" grace_s=0', LOCKED),
        ('protective_stop stop_bps=1 stop_pct="off"', None),
        ("staged_trailing_stop min_confidence=0.91", None),
        ('staged_trailing_stop binding="advisory"', None),
        ('staged_trailing_stop binding="vetoable" grace_s=5', None),
        ("greeks_trailing_stop", None),
    ],
)
@pytest.mark.parametrize("mode", ["automatic", "observe"])
def test_no_rule_of_it_may_fire_at_once(rule: str, because: str | None, mode: Any) -> None:
    played = play(CAME_BACK)
    played.command(SetMode(position="C", mode=mode))
    before = [repr(a.m) for a in played.held.asked], played.held.profile
    text = toml(rule, head='gain_basis = "entry"')
    if because is None:
        applied(played, text, "C")
    else:
        assert refused(played, text, "C") == fires(rule.split()[0].replace("_", " "), because)
        assert before == ([repr(a.m) for a in played.held.asked], played.held.profile)
    beat(played)
    assert (played.exits, len(played.sent)) == ([], 1)


def beat(played: Playing) -> None:
    """The next evaluation."""
    played.take(Heartbeat(played.state.now_ns + NS // 4))


@pytest.mark.parametrize(("max_held_s", "is_refused"), [(30, True), (3600, False)])
def test_nor_may_the_clock(max_held_s: int, is_refused: bool) -> None:
    played = play(CAME_BACK)
    text = toml(f"holding_limit max_held_s={max_held_s}")
    said = played.command(ApplyProfile(toml=text, positions=("C",))).said
    assert said.startswith("holding limit of mine would fire at once") is is_refused, said
    beat(played)
    assert (played.exits, len(played.sent)) == ([], 1)


def test_a_stop_that_is_vetoed_may_be_passed() -> None:
    played = play(CAME_BACK, profile("staged_trailing_stop", head='gain_basis = "entry"'))
    assert played.exits
    held_back = ("10:00:01", Veto(position="C", rule="staged_trailing_stop", for_s=600))
    played = play([*BUY, held_back, *CAME_BACK[2:]], profile("staged_trailing_stop"))
    applied(played, toml("staged_trailing_stop", "holding_limit"), "C")
    beat(played)
    assert (played.exits, len(played.sent)) == ([], 1)
    passed = "stop reached: premium 51.00 against 59.00 points"
    assert refused(played, toml(), "C") == fires("protective stop", passed)  # which would have to hold it from now on


def test_a_first_stop_that_the_exit_side_has_passed_is_refused_while_the_mark_is_unknown() -> None:
    played = play([*BUY, "10:00:01 46 -"])
    assert "protective stop of mine would fire at once" in refused(played, toml("protective_stop stop_pct=5"), "C")


def test_a_rule_that_raises_when_asked_whether_it_would_is_contained_like_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*given: object) -> int:
        raise ZeroDivisionError("by the test")

    played = play(BUY)
    monkeypatch.setattr(RULES["holding_limit"], "kernel", broken)
    applied(played, toml("holding_limit"), "C")
    beat(played)
    assert played.alerts == ["fault active"]
    assert [a.fault != "" for a in played.held.asked] == [True, False]


def test_one_position_on_which_it_would_fire_keeps_it_from_all() -> None:
    played = play([*CAME_BACK, "10:00:40 P 30 30", "10:00:40 buy 10 P"])
    text = toml("staged_trailing_stop")
    assert "would fire at once on NIFTY 20000 C 25 Aug" in refused(played, text, "P", "C")
    assert {held.profile.name for held in played.state.held.values()} == {"test"}
    assert applied(played, text, "P").endswith("supervises P0002 from now on")


@pytest.mark.parametrize(("before", "after"), [("none", "auto"), ("auto", "none")])
def test_another_scale_suits_new_positions_only(before: str, after: str) -> None:
    """Set anew it would make stages that have been reached, and locks that stand, those of other distances."""
    bps, head = 'protective_stop stop_pct="off" stop_bps=100', 'gain_basis = "underlying"\nscale = "{}"'
    played = play(["10:00:00 under 20000", *BUY], profile(bps, head=head.format(before)))
    said = refused(played, toml(bps, head=head.format(after)), "C")
    assert said == (
        f"NIFTY 20000 C 25 Aug has the scale '{before}' from its entry on, the profile mine has '{after}': "
        "it suits new positions only"
    )
    applied(played, toml(bps, "holding_limit", head=head.format(before)), "C")


def test_on_a_premium_basis_nothing_is_scaled() -> None:
    played = play(BUY, profile(head='scale = "none"'))
    applied(played, toml(head='scale = "auto"'), "C")
    assert played.held.pos.scale == 1.0


# ---------------------------------------------------------------- open positions


def test_rules_of_the_same_name_keep_what_they_remember() -> None:
    rise = [*BUY, "10:00:01 51.2 51.2 delta=.65 gamma=.008", "10:00:02 51 51"]
    played = play(rise, profile("greeks_trailing_stop"))
    before = played.held.stop_memory("greeks_trailing_stop")
    assert before.armed
    said = applied(played, toml("greeks_trailing_stop base_points=3", "holding_limit"), "C")
    assert said == "mine is the default of new positions and supervises P0001 from now on"
    assert played.held.stop_memory("greeks_trailing_stop") == before
    assert played.held.stops_of_rules[0] is played.held.stop_memory("greeks_trailing_stop")
    assert played.held.asked[0].p.base_points == 3.0


def test_a_wider_first_stop_does_not_loosen() -> None:
    played = play(BUY)
    applied(played, toml("protective_stop stop_pct=60"), "C")
    assert played.held.pos.held_stop == 37.5
    assert played.held.stop_memory("protective_stop").initial == 20.0
    assert played.stops == ["10:00:00 37.50 entry"]


def test_a_tighter_one_tightens() -> None:
    played = play(BUY)
    applied(played, toml("protective_stop stop_pct=10"), "C")
    assert played.stops == ["10:00:00 37.50 entry", "10:00:00 45.00 profile mine"]


def test_a_shorts_stop_tightens_downwards() -> None:
    played = play(["10:00:00 50 50", "10:00:00 sell 100"])
    applied(played, toml("protective_stop stop_pct=60"), "C")
    applied(played, toml("protective_stop stop_pct=10"), "C")
    assert played.stops == ["10:00:00 62.50 entry", "10:00:00 55.00 profile mine"]


@pytest.mark.parametrize("rules", [[], ['greeks_trailing_stop binding="advisory"']], ids=["gone", "only advises"])
def test_the_level_of_a_trail_that_is_no_more_is_held_by_the_protective_stop(rules: list[str]) -> None:
    played = play([*BUY, "10:00:01 51.2 51.2 delta=.65 gamma=.008"], profile("greeks_trailing_stop"))
    level = played.held.pos.held_stop
    assert played.held.stop_rule == "greeks_trailing_stop"
    applied(played, toml(*rules), "C")
    assert played.held.pos.held_stop == level == played.held.stop_memory("protective_stop").stop


def test_a_stage_that_is_no_more_counts_as_the_last_one() -> None:
    head = 'gain_basis = "own"\nscale = "none"'
    stages = [f"{{reached_bps={n}, trail_bps={n // 2}, lock_bps={n // 2}}}" for n in (50, 100)]
    rules = profile(f"staged_trailing_stop stages=[{','.join(stages)}]".replace(", ", ","), head=head)
    played = play([*BUY, "10:00:01 51 51", "10:00:02 51 51"], rules)
    assert played.held.stop_memory("staged_trailing_stop").stage == 2
    level = played.held.pos.held_stop
    one = toml("staged_trailing_stop stages=[{reached_bps=50,trail_bps=25,lock_bps=25}]", head=head)
    applied(played, one, "C")
    assert played.held.stop_memory("staged_trailing_stop").stage == 1
    assert played.held.pos.held_stop == level
    assert played.alerts == []


def test_the_countdown_of_a_rule_that_is_gone_ends() -> None:
    rows = ["10:00:00 49.9 50 gamma=.020 delta=.5", "10:00:00 buy 100", "10:00:02 50.9 51 gamma=.004 delta=.5"]
    played = play(rows, profile("scale_out"))
    assert any(a.countdown for a in played.held.asked)
    assert played.state.lively == {played.held}
    applied(played, toml("holding_limit"), "C")
    played.play(playing(["10:00:03 50.9 51", "10:00:20 50.9 51"])[1])
    assert (played.exits, played.held.contracts, played.state.lively) == ([], 100, set())


def test_seconds_of_blindness_of_a_rule_that_is_gone_still_count() -> None:
    rows: list[Line] = [*BUY, *(f"10:00:{s:02d} 50 50" for s in range(1, 11))]
    played = play(rows, profile('theta_decay basis="scaled"'))
    before = blind_s(played.state)
    assert before["theta_decay"] > 0.0
    applied(played, toml(), "C")
    assert blind_s(played.state) == before | {"protective_stop": 0.0}


def test_vetoes_stand() -> None:
    played = play(BUY, profile("holding_limit"))
    played.command(Veto(position="C", for_s=600))
    applied(played, toml("holding_limit"), "C")
    assert played.held.overrides.vetoes.keys() == {"*"}


# ---------------------------------------------------------------- the journal


def test_the_journal_has_the_text_whole_and_the_round_trips_new_profile() -> None:
    played = play(BUY)
    text = toml("holding_limit")
    applied(played, text, "C")
    command = next(r for r in played.journal.durable if isinstance(r, CommandRecord) and r.command == "apply_profile")
    assert parse({"command": "apply_profile", **command.arguments}) == ApplyProfile(toml=text, positions=("C",))
    trip = [r for r in played.journal.records if isinstance(r, RoundTripRecord)][-1]
    assert (trip.profile, trip.parameters_sha256) == ("mine", played.held.profile.sha256)


STORY: list[Line] = [
    "10:00:00 49.9 50 gamma=.012 delta=.65 theta=-5 iv=.2",
    "10:00:00 P 30 30.1",
    "10:00:00 buy 100",
    "10:00:00 buy 10 P",
    ("10:00:02", ApplyProfile(toml=toml("holding_limit max_held_s=20", "greeks_trailing_stop"), positions=("C",))),
    *[f"10:00:{s:02d} {50 + s / 10} {50.1 + s / 10} gamma=.006 delta=.65" for s in range(1, 12)],
    *[f"10:00:{s:02d} P 30 30.1" for s in range(1, 40)],
    ("10:00:05", ApplyProfile(toml=toml("protective_stop stop_pct=10", name="test"), positions=("P",))),
    ("10:00:06", ApplyProfile(toml=toml("holding_limit max_held_s=30"), as_default=False)),
    *[f"10:00:{s:02d} {51.3 - s / 50} {51.4 - s / 50} gamma=.006 delta=.65" for s in range(12, 40)],
]


def test_the_same_commands_give_the_same_ledger() -> None:
    first, second = play(STORY), play(STORY)
    assert first.lines == second.lines
    assert any("holding_limit" in line for line in first.exits), first.exits


def test_a_restart_from_any_commit_goes_on_under_the_profile_it_was_given() -> None:
    whole = play(STORY)
    for commit in range(len(whole.journal.commits)):
        again = whole.killed(commit)
        again.play()
        assert again.lines == whole.lines, commit
        assert {k: v.sha256 for k, v in again.state.profiles.items()} == {
            k: v.sha256 for k, v in whole.state.profiles.items()
        }
        assert again.state.default_profile == whole.state.default_profile == "test"


def test_a_killed_position_keeps_a_profile_whose_name_has_been_taken_over() -> None:
    played = play(BUY)
    first = toml("holding_limit max_held_s=20")
    applied(played, first, "C")
    applied(played, toml("holding_limit max_held_s=30"))
    again = played.killed()
    assert again.held.profile.toml == first
    assert again.state.profiles["mine"].rules[0].p.max_held_s == 30.0
    assert position_checkpoint(again.state, again.held).body == position_checkpoint(played.state, played.held).body


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("seed", range(20))
def test_no_sequence_of_profiles_loosens_a_held_stop(seed: int, side: str) -> None:
    chance = random.Random(seed)
    choices = [
        toml(),
        toml("protective_stop stop_pct=60"),
        toml("protective_stop stop_pct=12"),
        toml("greeks_trailing_stop arm_delta=0 base_points=1.5"),
        toml("greeks_trailing_stop arm_delta=0 base_points=0.4", "scale_out grace_s=0"),
        toml('greeks_trailing_stop binding="advisory"'),
    ]
    mark, lines = 50.0, ["10:00:00 50 50 delta=.65 gamma=.008", f"10:00:00 {side} 100"]
    story: list[Line] = [*lines]
    for second in range(1, 50):
        mark = round(max(mark + chance.choice((-0.2, 0.0, 0.25)), 45.0), 2)
        story.append(f"10:00:{second:02d} {mark} {mark} delta=.65 gamma=.008")
        if second % 4 == 0:
            chosen = ApplyProfile(toml=chance.choice(choices), positions=("P0001",))
            story.append((f"10:00:{second:02d}.5", chosen))
    played = play(story, profile("greeks_trailing_stop arm_delta=0"))
    (held,) = played.trips
    levels = [change.level for change in held.stops]
    assert levels == sorted(levels, reverse=side == "sell")
