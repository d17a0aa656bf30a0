"""What is swept: columns within their declared ranges, and nothing that no profile may be."""

import numpy as np
import pytest

from cockpit.domain.errors import BadInput
from cockpit.exits.registry import BINDINGS
from cockpit.lab.configurations import Configurations
from cockpit.wiring import profile
from tests.lab import drawing

NAN = float("nan")


def test_a_grid_begins_as_its_profile() -> None:
    made = Configurations.grid(profile("scalp"), 3)
    assert len(made) == 3
    assert made.parameters["theta_decay"]["max_held_s"].tolist() == [600.0] * 3
    assert made.gates["grace_ns"][:, 0].tolist() == [5_000_000_000] * 3


def test_columns_and_values_for_all() -> None:
    made = Configurations.grid(profile("scalp"), 3)
    made.set("theta_decay", "max_held_s", [60.0, 120.0, 180.0])
    made.set("session_cutoff", "lunch", False)
    made.set("exhaustion", "binding", ["advisory", "vetoable", "immediate"])
    made.set("exhaustion", "grace_s", 0.25)
    made.set("exhaustion", "hits", 2)
    made.check()
    i = list(made.rules).index("exhaustion")
    assert made.parameters["theta_decay"]["max_held_s"].tolist() == [60.0, 120.0, 180.0]
    assert not made.parameters["session_cutoff"]["lunch"].any()
    assert [BINDINGS[b] for b in made.gates["binding"][:, i]] == ["advisory", "vetoable", "immediate"]
    assert made.gates["grace_ns"][:, i].tolist() == [250_000_000] * 3
    assert made.gates["hits"][:, i].tolist() == [2] * 3


@pytest.mark.parametrize(
    ("rule", "name", "column", "says"),
    [
        ("theta_decay", "max_held_s", [60.0, 5.0], r"theta_decay.max_held_s is 5; it must be from 10 to 86400\."),
        ("theta_decay", "max_held_s", NAN, r"max_held_s is nan; it must be from 10 to 86400\."),
        ("protective_stop", "stop_pct", 101.0, "to 100 or NaN for off"),
        ("theta_decay", "patience", 1.0, "theta_decay.patience: no such parameter; it has basis, max_held_s"),
        ("momentum", "against", 0.1, "momentum.against: the profile scalp has no such rule; it has session_cutoff"),
        ("theta_decay", "min_confidence", 1.1, "min_confidence is 1.1; it must be from 0 to 1"),
        ("theta_decay", "basis", 0.5, "basis must be whole numbers"),
        ("theta_decay", "hits", 1.5, "hits must be whole numbers"),
        ("theta_decay", "binding", "soon", "binding must be one of advisory, vetoable, immediate, mandatory"),
    ],
)
def test_what_is_refused(rule: str, name: str, column: object, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        Configurations.grid(profile("scalp"), 2).set(rule, name, column)


def test_a_table_needs_profiles() -> None:
    with pytest.raises(BadInput, match="stages is a table; give one profile a configuration"):
        Configurations.grid(profile("ladder"), 2).set("staged_trailing_stop", "stages", 1.0)


def test_what_no_profile_may_be() -> None:
    made = Configurations.grid(profile("scalp"), 2)
    made.set("protective_stop", "binding", ["mandatory", "advisory"])
    with pytest.raises(BadInput, match="no position goes without a stop"):
        made.check()
    made = Configurations.grid(profile("scalp"), 2)
    made.set("holding_limit", "min_confidence", [0.0, 1.0])
    with pytest.raises(BadInput, match=r"holding_limit is mandatory; a min_confidence above 0\.99 would silence it"):
        made.check()
    made = Configurations.grid(profile("scalp"), 2)
    made.set("protective_stop", "stop_pct", [25.0, NAN])
    with pytest.raises(BadInput, match="set exactly one of stop_pct and stop_bps"):
        made.check()


def test_profiles_of_another_shape_do_not_mix() -> None:
    with pytest.raises(BadInput, match="ladder has other rules, tiers or gain basis than scalp"):
        Configurations([profile("scalp"), profile("ladder")])
    both = Configurations([profile("scalp"), profile("adaptive")])
    assert both.parameters["theta_decay"]["basis"].tolist() == [0, 1]


def test_drawn_profiles_are_profiles() -> None:
    for name in ("scalp", "adaptive", "ladder"):
        made = Configurations([drawing.profile(profile(name), seed) for seed in range(100)])
        made.check()
        for rule in made.rules.values():
            wrong = rule.check(rule.Parameters()) if rule.check else ""
            assert not wrong
        assert len(np.unique(made.gates["binding"])) == len(BINDINGS)
