"""`cockpit rules`: what a trader reads, what a program reads, and one sentence for what cannot be."""

import json
from typing import Any

import pytest

from cockpit.cli.application import main
from cockpit.exits.registry import RULES


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["rules", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    code, out, err = run(capsys, *arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_the_table_has_every_rule_with_its_triggers(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys)
    assert (code, err) == (0, "")
    first = {line.split()[0] for line in out.splitlines()}
    assert set(RULES) <= first
    assert "mandatory  STOP_HIT 0.99" in out
    for rule in RULES.values():
        for t in rule.triggers:
            assert f"{rule.trigger_names[t.code]} {t.confidence:.2f}" in out


def test_all_rules_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    found = {rule["name"]: rule for rule in as_json(capsys)}
    assert list(found) == list(RULES)
    theta = found["theta_decay"]
    assert theta["binding"] == "immediate"
    assert theta["triggers"][3] == {
        "name": "IV_CRUSH", "confidence": 0.9, "needs": ["iv", "iv_at_entry"], "urgency": None,
    }  # fmt: skip
    parameters = {p["name"]: p for p in theta["parameters"]}
    assert parameters["max_held_s"] == {
        "name": "max_held_s", "help": "Longest time to hold.", "default": 600.0, "unit": "s", "low": 10,
        "high": 86_400, "off": False,
    }  # fmt: skip
    assert parameters["basis"]["options"] == ["documented", "scaled"]
    assert parameters["basis"]["default"] == "documented"


def test_one_rule_shows_parameters_with_ranges_and_when_it_fires(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "theta_decay")
    assert code == 0
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "theta_decay, immediate"
    assert "max_held_s 600 s 10 to 86400 Longest time to hold." in lines
    assert "IV_CRUSH 0.90: needs implied volatility, implied volatility at entry" in lines
    told = " ".join(lines)
    assert "· volatility down 10.01 % leaves (after 60 s iv 0.17998): leaves, IV_CRUSH 0.90: volatility fell" in told
    assert "· 600 s holds (after 600 s): holds, held 600 against 600 s" in told
    assert "· blind without theta (after 60 s theta unknown): cannot see theta" in told
    assert told.index("When would this fire?") < told.index("It holds when") < told.index("It is blind")


def test_tables_pairs_and_flags_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "staged_trailing_stop")
    assert "stages, at most 12 rows:" in out
    assert "reached_bps" in out
    _, out, _ = run(capsys, "protective_stop")
    assert "Exactly one of stop_pct and stop_bps is set; the other is off." in out
    assert "1 to 10000 or off" in out
    _, out, _ = run(capsys, "session_cutoff")
    assert "with close_on expiry_day" in out
    assert "at 15:15:00" in out


@pytest.mark.parametrize("name", RULES)
def test_every_example_is_a_sentence_that_says_what_it_gives(capsys: pytest.CaptureFixture[str], name: str) -> None:
    for example in as_json(capsys, name)["examples"]:
        assert example["sentence"].startswith(example["name"])
        assert example["because"] in example["sentence"]
        if example["gives"] == "trigger":
            assert f"{example['trigger']} {example['confidence']:.2f}" in example["sentence"]
        else:
            assert example["trigger"] is None


def test_a_rule_asked_once_gives_one_object_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    given = {"market": {"iv": 0.17, "theta": -0.1, "theta_ago": -0.05}, "position": {"iv_at_entry": 0.2, "age_s": 60}}
    code, out, err = run(capsys, "theta_decay", "--given", json.dumps(given), "--json")
    assert (code, err, out.count("\n")) == (0, "", 1)
    said = json.loads(out)
    assert list(said) == [
        "rule", "kind", "trigger", "confidence", "fraction", "stop", "shift_bps", "because", "readings", "others",
        "missing", "memory",
    ]  # fmt: skip
    assert (said["rule"], said["kind"], said["trigger"], said["confidence"]) == (
        "theta_decay",
        "exit",
        "COMBINED",
        0.98,
    )
    flat = {"iv": 0.17, "theta": -0.1, "theta_ago": -0.05, "iv_at_entry": 0.2, "age_s": 60}
    assert json.loads(run(capsys, "theta_decay", "--given", json.dumps(flat), "--json")[1]) == said


def test_a_rule_asked_once_answers_in_words_too(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "scale_out", "--given", '{"entry": 50, "mark": 50.8, "gamma": 0.004}')
    assert code == 0
    assert out.splitlines() == [
        "scale_out says exit: FIRST_IMPULSE 0.8, 60% of the position, stop 50.3",
        "  because gain 1.60 against 0.80 % while gamma 0.0040 against 0.0050",
        "  gain 1.6 against 0.8 %",
        "  gamma 0.004 against 0.005",
        "  volume ratio unknown against 0.5 x",
    ]
    facts = '{"regime": "range", "gain_bps": 49, "reference": "trend up"}'
    assert run(capsys, "regime_change", "--given", facts)[1].startswith(
        "regime_change says adjust: REGIME_RANGE 0.7, stop by +30 bps"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "Invalid value for NAME: there is no rule 'nothing'; rules are divergence,"),
        (["--given", "{}"], "Invalid value for --given: it asks one rule: name it"),
        (["scale_out", "--given", "{"], "Invalid value for --given: it is not JSON"),
        (["scale_out", "--given", "[" * 5000], "Invalid value for --given: it is nested too deeply"),
        (["scale_out", "--given", "[1]"], "Invalid value for --given: it must be an object such as"),
        (["scale_out", "--given", '{"a": 1, "a": 2}'], "Invalid value for --given: 'a' is there twice"),
        (["scale_out", "--given", '{"mark": NaN}'], "Invalid value for --given: mark is nan; it must be a number"),
        (["scale_out", "--given", '{"mork": 1}'], "Invalid value for --given: neither scale_out nor the engine knows"),
        (
            ["scale_out", "--given", '{"take_pct": 200}'],
            "Invalid value for --given: scale_out.take_pct is 200; it must",
        ),
        (["scale_out", "--given", " " * 70_000], "Invalid value for --given: it is longer than 65536 characters"),
        (["--what"], "No such option: --what"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error_of_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"cockpit: {said}")
    assert err.count("\n") == 1
