"""A profile under edit: whole, checked by the parser, and every step can be taken back."""

import dataclasses
import tomllib
from typing import Any

import pytest

from cockpit.exits.profile import PROFILE_KEYS, RULE_KEYS, Profile
from cockpit.exits.registry import RULES
from cockpit.profile_draft import HEAD, Complaint, Draft, declared, supervision, table_of
from cockpit.profiles import SHIPPED_PROFILES, profile


def draft_of(name: str) -> Draft:
    return Draft(profile(name))


def checked(draft: Draft) -> Profile:
    found = draft.check()
    assert isinstance(found, Profile), found
    return found


def refused(draft: Draft) -> Complaint:
    found = draft.check()
    assert isinstance(found, Complaint)
    return found


@pytest.mark.parametrize("name", SHIPPED_PROFILES)
def test_a_profile_written_whole_decides_the_same(name: str) -> None:
    assert checked(draft_of(name)).sha256 == profile(name).sha256


def test_every_value_is_written_so_that_later_defaults_change_nothing() -> None:
    rules = {each["rule"]: each for each in tomllib.loads(draft_of("adaptive").toml())["rules"]}
    for name, given in rules.items():
        parameters = {f.name for f in dataclasses.fields(RULES[name].Parameters)}
        assert set(given) == parameters | set(RULE_KEYS) - {"tier", "enabled"}


def test_the_form_offers_what_a_profile_file_may_have() -> None:
    assert {each.key for each in HEAD} | {"name", "extends", "rules"} == set(PROFILE_KEYS)
    for rule in RULES.values():
        assert {each.key for each in supervision(rule)} | {"rule", "enabled"} == set(RULE_KEYS)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_what_is_declared_can_be_written_back(rule: Any) -> None:
    draft = draft_of("scalp")
    if rule.name not in draft.rules:
        draft.add_rule(rule.name)
    for about in (*declared(rule.Parameters), *supervision(rule)):
        draft.set(rule.name, about.key, draft.shipped(rule.name, about.key))
    found = draft.check()
    assert isinstance(found, Profile) or found.key == "", found
    assert all(about.help for about in declared(rule.Parameters))


@pytest.mark.parametrize(
    ("rule", "key", "value", "said"),
    [
        ("staged_trailing_stop", "wild_bps", -4.0, "It must be a number from 0 to 100000 bps."),
        ("staged_trailing_stop", "wild_bps", "much", "It must be a number from 0 to 100000 bps."),
        ("session_cutoff", "close_on", "monday", "It must be one of every_day, expiry_day, never."),
        ("session_cutoff", "lunch", 1, "It must be true or false."),
        ("time_limit", "hits", 0, "It must be a whole number from 1 to 1000."),
        ("", "confirm_s", 0.5, "It must be a number from 1 to 3600 s."),
    ],
)
def test_what_is_wrong_is_said_where_it_is(rule: str, key: str, value: object, said: str) -> None:
    draft = draft_of("ladder")
    draft.set(rule, key, value)
    assert refused(draft) == Complaint(said, rule, key)


def test_a_cell_of_a_table_is_named() -> None:
    draft = draft_of("ladder")
    draft.set_cell("staged_trailing_stop", "stages", 1, "trail_bps", 0.0)
    wrong = refused(draft)
    assert (wrong.rule, wrong.key, wrong.row, wrong.column) == ("staged_trailing_stop", "stages", 1, "trail_bps")
    draft.undo()
    draft.set_cell("staged_trailing_stop", "stages", 1, "reached_bps", 20.0)
    assert refused(draft) == Complaint("It must rise in reached_bps from row to row.", "staged_trailing_stop", "stages")


def test_what_concerns_a_whole_rule_or_the_profile_is_said_there() -> None:
    draft = draft_of("ladder")
    draft.set("protective_stop", "stop_pct", 25.0)
    assert refused(draft).rule == "protective_stop"
    assert refused(draft).said.startswith("Set exactly one of stop_pct and stop_bps")
    draft.undo()
    draft.remove_rule("protective_stop")
    assert "must be there" in refused(draft).said
    draft.undo()
    draft.add_rule("scale_out")
    assert refused(draft).said == "The stop of scale_out is a premium; gain_basis must be entry or own."


def test_every_edit_can_be_taken_back_and_done_again() -> None:
    draft = draft_of("adaptive")
    before = draft.toml()
    edits = (
        lambda: draft.set("theta_decay", "max_held_s", 300.0),
        lambda: draft.move_rule("theta_decay", -1),
        lambda: draft.remove_rule("exhaustion"),
        lambda: draft.add_rule("time_limit"),
        lambda: draft.set("", "market", "nse"),
        lambda: draft.set("scale_out", "tier", 3),
    )
    states = [before]
    for edit in edits:
        edit()
        states.append(draft.toml())
    assert len(set(states)) == len(states)
    for state in reversed(states[:-1]):
        draft.undo()
        assert draft.toml() == state
    assert not draft.can_undo
    assert not draft.dirty
    for state in states[1:]:
        draft.redo()
        assert draft.toml() == state
    assert not draft.can_redo


def test_typing_in_one_field_is_one_step() -> None:
    draft = draft_of("adaptive")
    for value in (3.0, 30.0, 300.0):
        draft.set("theta_decay", "max_held_s", value)
    draft.set("theta_decay", "max_rate", 0.2)
    draft.undo()
    assert draft.value("theta_decay", "max_held_s") == 300.0
    draft.undo()
    assert draft.value("theta_decay", "max_held_s") == 600.0


def test_a_new_edit_ends_what_could_be_done_again() -> None:
    draft = draft_of("adaptive")
    draft.set("theta_decay", "max_held_s", 300.0)
    draft.undo()
    draft.set("theta_decay", "max_rate", 0.2)
    assert not draft.can_redo


def test_a_rule_moves_as_far_as_there_is_room() -> None:
    draft = draft_of("adaptive")
    first, second = draft.rules[:2]
    draft.move_rule(first, -1)
    assert not draft.can_undo
    draft.move_rule(first, +1)
    assert draft.rules[:2] == [second, first]
    assert [each.rule.name for each in checked(draft).rules][:2] == [second, first]


def test_what_is_not_as_shipped_is_known() -> None:
    draft = draft_of("adaptive")
    assert not any(draft.changed(rule) for rule in ("", *draft.rules))
    draft.set("theta_decay", "max_held_s", 300.0)
    assert draft.changed("theta_decay")
    assert draft.shipped("theta_decay", "max_held_s") == 600.0
    assert draft.dirty
    draft.saved()
    assert not draft.dirty
    assert draft.changed("theta_decay")
    draft.add_rule("time_limit")
    assert not draft.changed("time_limit")


def test_rows_of_a_table_come_and_go() -> None:
    draft = draft_of("ladder")
    draft.add_row("staged_trailing_stop", "stages")
    assert refused(draft).key == "stages"
    draft.set_cell("staged_trailing_stop", "stages", 4, "reached_bps", 800.0)
    stages = next(each.p.stages for each in checked(draft).rules if each.rule.name == "staged_trailing_stop")
    assert [stage.reached_bps for stage in stages] == [50.0, 100.0, 200.0, 400.0, 800.0]
    draft.remove_row("staged_trailing_stop", "stages", 0)
    assert len(draft.value("staged_trailing_stop", "stages")) == 4


def test_what_may_be_left_out_is_left_out() -> None:
    draft = draft_of("adaptive")
    draft.set("", "market", "nse")
    draft.set("scale_out", "tier", 2)
    assert checked(draft).market == "nse"
    draft.set("", "market", "any")
    draft.set("scale_out", "tier", "off")
    assert checked(draft).market is None
    assert draft.table == table_of(profile("adaptive"))
