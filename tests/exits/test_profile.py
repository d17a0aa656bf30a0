"""Profiles are strict: what is not known or out of range is refused with its path and what is allowed."""

import pickle

import pytest

from cockpit.domain.errors import BadInput
from cockpit.exits.profile import Profile, parse
from cockpit.exits.registry import RULES
from tests.market_of import profile, shipped_profile

STOP = '[[rules]]\nrule = "protective_stop"\n'
FILES = {
    "below": f'name = "below"\nconfirm_s = 20\n{STOP}\n[[rules]]\nrule = "theta_decay"\nmax_held_s = 300\nhits = 2\n',
    "middle": 'name = "middle"\nextends = "below"\n',
    "circle": 'name = "circle"\nextends = "round"\n',
    "round": 'name = "round"\nextends = "circle"\n',
    "itself": 'name = "itself"\nextends = "itself"\n',
}


def load(name: str) -> str:
    """A profile that another extends."""
    return FILES[name]


def read(text: str) -> Profile:
    """A profile file of one's own."""
    return parse(text, "mine.toml", load)


def refused(text: str) -> str:
    """The sentence it is refused with."""
    with pytest.raises(BadInput) as caught:
        read(text)
    return str(caught.value)


def test_the_order_in_the_file_is_the_precedence() -> None:
    rules = profile("time_limit", "session_cutoff", "protective_stop", "volume_climax").rules
    assert [r.rule.name for r in rules] == ["time_limit", "session_cutoff", "protective_stop", "volume_climax"]
    assert [r.rank for r in rules] == [0, 1, 2, 3]


def test_rules_of_a_tier_are_equally_early() -> None:
    rules = profile("time_limit tier=1", "session_cutoff", "divergence tier=1", "volume_climax tier=2").rules
    assert [r.rank for r in rules] == [0, 1, 0, 3, 4]


def test_defaults_are_the_laws() -> None:
    made = profile("exhaustion")
    rule = made.rules[0]
    assert (rule.binding, rule.grace_s, rule.min_confidence, rule.hits, rule.tier) == ("vetoable", 5.0, 0.0, 1, None)
    assert (made.confirm_s, made.on_timeout, made.market) == (15.0, "act", None)


@pytest.mark.parametrize(
    ("name", "bindings"),
    [
        (
            "scalp",
            {
                "session_cutoff": "mandatory",
                "holding_limit": "mandatory",
                "theta_decay": "immediate",
                "open_interest_reversal": "vetoable",
                "exhaustion": "vetoable",
                "protective_stop": "mandatory",
                "greeks_trailing_stop": "immediate",
                "scale_out": "vetoable",
            },
        ),
        (
            "ladder",
            {
                "session_cutoff": "mandatory",
                "regime_change": "immediate",
                "momentum_reversal": "immediate",
                "volume_climax": "vetoable",
                "divergence": "vetoable",
                "time_limit": "vetoable",
                "protective_stop": "mandatory",
                "staged_trailing_stop": "immediate",
                "profit_extreme": "vetoable",
            },
        ),
    ],
)
def test_a_shipped_profile_has_the_laws_order_and_bindings(name: str, bindings: dict[str, str]) -> None:
    made = shipped_profile(name)
    assert [(r.rule.name, r.binding) for r in made.rules] == list(bindings.items())


def test_adaptive_is_scalp_with_scaled_thresholds() -> None:
    scalp, adaptive = shipped_profile("scalp"), shipped_profile("adaptive")
    assert [r.rule.name for r in adaptive.rules] == [r.rule.name for r in scalp.rules]
    assert [r.binding for r in adaptive.rules] == [r.binding for r in scalp.rules]
    scaled = [r.rule.name for r in adaptive.rules if getattr(r.p, "basis", 0)]
    assert scaled == ["theta_decay", "exhaustion", "protective_stop", "greeks_trailing_stop", "scale_out"]
    assert not any(getattr(r.p, "basis", 0) for r in scalp.rules)


def test_ladder_follows_options_on_their_underlying_and_scales() -> None:
    ladder = shipped_profile("ladder")
    assert (ladder.gain_basis, ladder.scale) == ("auto", "auto")


# ---------------------------------------------------------------- extends


def test_an_extension_names_only_what_differs() -> None:
    made = read(
        'name = "mine"\nextends = "below"\n[[rules]]\nrule = "theta_decay"\nmax_rate = 0.1\n'
        '[[rules]]\nrule = "time_limit"\n'
    )
    assert [r.rule.name for r in made.rules] == ["protective_stop", "theta_decay", "time_limit"]
    theta = made.rules[1]
    assert (theta.p.max_held_s, theta.p.max_rate, theta.hits) == (300.0, 0.1, 2)
    assert made.confirm_s == 20.0


def test_an_extension_of_an_extension() -> None:
    made = read('name = "mine"\nextends = "middle"\nconfirm_s = 30\n')
    assert (made.name, made.confirm_s, made.rules[1].p.max_held_s) == ("mine", 30.0, 300.0)


def test_a_rule_can_be_switched_off() -> None:
    made = read('name = "mine"\nextends = "below"\n[[rules]]\nrule = "theta_decay"\nenabled = false\n')
    assert [r.rule.name for r in made.rules] == ["protective_stop"]


@pytest.mark.parametrize("parent", ["circle", "itself"])
def test_never_in_a_circle(parent: str) -> None:
    assert "never in a circle" in refused(f'name = "mine"\nextends = "{parent}"\n')


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('nam = "x"\n' + STOP, "mine.toml: nam: no such key"),
        (f'{STOP}[[rules]]\nrule = "magic"\n', "mine.toml: rules: there is no rule 'magic'"),
        (f'name = "x"\n{STOP}{STOP}', "protective_stop stands twice"),
        (f'name = "x"\n{STOP}distance = 3\n', "rules[0] protective_stop.distance: no such parameter; it has "),
        (
            f'name = "x"\n{STOP}stop_pct = 101\n',
            'rules[0] protective_stop.stop_pct is 101; it must be a number from 0.1 to 100 % or "off".',
        ),
        (f'name = "x"\n{STOP}stop_pct = nan\n', "must be a number from 0.1 to 100 %"),
        (f'name = "x"\n{STOP}stop_pct = "a lot"\n', "must be a number from 0.1 to 100 %"),
        (f'name = "x"\n{STOP}stop_pct = true\n', "must be a number from 0.1 to 100 %"),
        (f'name = "x"\n{STOP}stop_bps = 100\n', 'set exactly one of stop_pct and stop_bps; give the other "off"'),
        (f'name = "x"\n{STOP}stop_pct = "off"\n', "set exactly one of stop_pct and stop_bps"),
        (f'name = "x"\n{STOP}hits = 0\n', "rules[0] protective_stop.hits must be a whole number from 1 to 1000"),
        (f'name = "x"\n{STOP}hits = 1.5\n', "hits must be a whole number"),
        (f'name = "x"\n{STOP}min_confidence = 1.1\n', "min_confidence is 1.1; it must be a number from 0 to 1"),
        (f'name = "x"\n{STOP}grace_s = -1\n', "grace_s is -1; it must be a number from 0 to 3600 s"),
        (f'name = "x"\n{STOP}binding = "maybe"\n', "must be one of advisory, vetoable, immediate, mandatory"),
        (f'name = "x"\n{STOP}tier = "a"\n', "tier must be a whole number"),
        (f'name = "x"\n{STOP}enabled = "no"\n', "enabled must be true or false"),
        (f'name = "x"\nconfirm_s = 0\n{STOP}', "mine.toml: confirm_s is 0; it must be a number from 1 to 3600 s"),
        (f'name = "x"\non_timeout = "shrug"\n{STOP}', "on_timeout is 'shrug'; it must be one of act, hold"),
        (f'name = "x"\ngain_basis = "mark"\n{STOP}', "gain_basis is 'mark'; it must be one of"),
        (f'name = "x"\nscale = 2\n{STOP}', "scale is 2; it must be one of auto, none"),
        (STOP, "mine.toml: name must be a text"),
        ('name = "x"\n', "protective_stop must be there, enabled and mandatory"),
        (f'name = "x"\n{STOP}enabled = false\n', "protective_stop must be there, enabled and mandatory"),
        (f'name = "x"\n{STOP}binding = "vetoable"\n', "protective_stop must be there, enabled and mandatory"),
        ('name = "x"\nrules = 3\n', "rules must be [[rules]] tables"),
        ('name = "x"\nrules = ["protective_stop"]\n', "rules must be [[rules]] tables"),
        ('name = "x"\n[[rules]]\nrule = ["protective_stop"]\n', "there is no rule"),
        ("name = \n", "mine.toml is not valid TOML"),
        (
            f'name = "x"\n{STOP}[[rules]]\nrule = "staged_trailing_stop"\n'
            "stages = [{reached_bps = 50, trail_bps = 1}]\n",
            "stages[0] lacks lock_bps",
        ),
        (
            f'name = "x"\n{STOP}[[rules]]\nrule = "staged_trailing_stop"\nstages = ['
            "{reached_bps = 50, trail_bps = 1, lock_bps = 0}, {reached_bps = 50, trail_bps = 2, lock_bps = 1}]\n",
            "stages must rise in reached_bps from row to row",
        ),
        (
            f'name = "x"\n{STOP}[[rules]]\nrule = "staged_trailing_stop"\nstages = ['
            "{reached_bps = 50, trail_bps = 1, lock_bps = 50.1}]\n",
            "a stage reached at 50 bps cannot lock 50.1",
        ),
        (f'name = "x"\n{STOP}min_confidence = 0.991\n', "a min_confidence above 0.99 would silence it"),
    ],
)
def test_what_a_profile_must_not_say(text: str, says: str) -> None:
    assert says in refused(text)


@pytest.mark.parametrize("basis", ["underlying", "auto"])
@pytest.mark.parametrize("rule", ["greeks_trailing_stop", "scale_out"])
def test_stops_that_are_premiums_need_a_premium_to_gain_on(rule: str, basis: str) -> None:
    says = refused(f'name = "x"\ngain_basis = "{basis}"\n{STOP}[[rules]]\nrule = "{rule}"\n')
    assert rule in says
    assert "gain_basis must be entry or own" in says


def test_one_table_of_rules_is_a_list_of_one() -> None:
    assert [r.rule.name for r in read('name = "x"\n[rules]\nrule = "protective_stop"\n').rules] == ["protective_stop"]


def test_every_rule_can_stand_alone_beside_the_stop() -> None:
    for name in RULES:
        head = 'gain_basis = "own"'
        assert {name, "protective_stop"} == {r.rule.name for r in profile(name, head=head).rules}


# ---------------------------------------------------------------- identity


def test_the_hash_names_what_can_change_a_decision_and_nothing_else() -> None:
    plain = read(f'name = "x"\n{STOP}')
    assert read(f'name = "y"\ndescription = "same"\n{STOP}').sha256 == plain.sha256
    different = [
        f'name = "x"\n{STOP}stop_pct = 24\n',
        f'name = "x"\n{STOP}hits = 2\n',
        f'name = "x"\n{STOP}min_confidence = 0.5\n',
        f'name = "x"\nconfirm_s = 16\n{STOP}',
        f'name = "x"\non_timeout = "hold"\n{STOP}',
        f'name = "x"\ngain_basis = "own"\n{STOP}',
        f'name = "x"\n{STOP}[[rules]]\nrule = "time_limit"\n',
    ]
    hashes = {read(text).sha256 for text in different}
    assert len(hashes) == len(different)
    assert plain.sha256 not in hashes


def test_saying_a_default_changes_no_hash() -> None:
    plain = read(f'name = "x"\n{STOP}')
    said = f'name = "x"\nconfirm_s = 15\non_timeout = "act"\n{STOP}stop_pct = 25\ngrace_s = 5\nmin_confidence = 0\n'
    assert read(said).sha256 == plain.sha256


def test_a_profile_travels_by_its_name() -> None:
    with pytest.raises(TypeError, match="send its name"):
        pickle.dumps(shipped_profile("scalp"))
