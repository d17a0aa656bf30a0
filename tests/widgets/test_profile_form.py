"""A profile in a form: shipped ones are copied, edits are checked beside their field, saved, taken back, put to use."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cockpit import profiles
from cockpit.commands import ApplyProfile
from cockpit.exits.profile import parse
from cockpit.exits.registry import RULES
from cockpit.frame import ProfilePart
from cockpit.profile_draft import declared
from tests.widgets import frames
from widgets.paint.theme import Look
from widgets.parts.fields import ChoiceField, LineField, NumberField
from widgets.parts.table_field import TableField
from widgets.settings.profile_form import ProfileForm
from widgets.settings.rule_form import label, meaning

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "cockpit" / "profiles"


@pytest.fixture
def form(look: Look, qtbot: QtBot) -> ProfileForm:
    made = ProfileForm(look)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    return made


@pytest.fixture
def mine(form: ProfileForm, qtbot: QtBot) -> ProfileForm:
    """A copy of `adaptive`, made as a trader makes it."""
    form.copy.click()
    qtbot.keyClick(form.new_name, Qt.Key.Key_Return)
    form.rules.choose("theta_decay")
    return form


def number(form: ProfileForm, key: str) -> NumberField:
    field = form.form.fields[key].field
    assert isinstance(field, NumberField)
    return field


def type_in(qtbot: QtBot, field: LineField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def test_a_shipped_profile_is_read_only_and_says_so(form: ProfileForm) -> None:
    assert form.read_only
    form.rules.choose("theta_decay")
    assert not number(form, "max_held_s").isEnabled()
    assert not form.save.isEnabled()
    assert not form.rules.out.isEnabled()
    assert form.use.isEnabled()


def test_every_rule_of_every_shipped_profile_has_a_field_for_every_parameter(form: ProfileForm) -> None:
    for name in profiles.SHIPPED_PROFILES:
        form.open(name)
        for asked in profiles.profile(name).rules:
            form.rules.choose(asked.rule.name)
            own = set(asked.rule.Parameters.__dataclass_fields__)
            assert own < set(form.form.fields)
            assert form.examples.lines


def test_a_copy_is_a_file_of_its_own_and_decides_the_same(mine: ProfileForm, own_folder: Path) -> None:
    assert not mine.read_only
    assert mine.choice.currentText() == "my adaptive"
    assert (own_folder / "my adaptive.toml").exists()
    assert profiles.profile("my adaptive").sha256 == profiles.profile("adaptive").sha256


@pytest.mark.parametrize("name", ["scalp", "a/b", ""])
def test_a_name_that_cannot_be_is_refused_in_words(
    form: ProfileForm, qtbot: QtBot, own_folder: Path, name: str
) -> None:
    form.copy.click()
    form.new_name.setText(name)
    qtbot.keyClick(form.new_name, Qt.Key.Key_Return)
    assert form.said.text.endswith("choose another name.") or form.said.text.startswith("A name has")
    assert not own_folder.exists()


def test_an_edit_is_marked_saved_and_read_again(mine: ProfileForm, qtbot: QtBot) -> None:
    type_in(qtbot, number(mine, "max_held_s"), "300")
    assert mine.said.text.startswith("Not saved yet.")
    assert mine.rules.list.lines[3].marked
    qtbot.keyClick(number(mine, "max_held_s"), Qt.Key.Key_S, CTRL)
    assert not mine.save.isEnabled()
    theta = next(each for each in profiles.profile("my adaptive").rules if each.rule.name == "theta_decay")
    assert theta.p.max_held_s == 300.0


def test_what_is_wrong_stands_beside_its_field_and_nothing_can_be_put_to_use(mine: ProfileForm, qtbot: QtBot) -> None:
    type_in(qtbot, number(mine, "max_rate"), "11")
    row = mine.form.fields["max_rate"]
    assert row.complaint == "It must be a number from 0 to 10 points/min."
    assert row.field.accessibleDescription() == row.complaint
    assert not mine.save.isEnabled()
    assert not mine.use.isEnabled()
    type_in(qtbot, number(mine, "max_rate"), "0.1")
    assert row.complaint == ""
    assert mine.use.isEnabled()


def test_what_is_wrong_in_another_rule_is_shown_in_the_list(mine: ProfileForm, qtbot: QtBot) -> None:
    type_in(qtbot, number(mine, "max_rate"), "x")
    mine.rules.choose("scale_out")
    assert mine.rules.list.lines[3].token == "loss"
    assert mine.said.text.startswith("theta decay: ")


def test_undo_and_redo_by_key_from_within_a_field(mine: ProfileForm, qtbot: QtBot) -> None:
    field = number(mine, "max_held_s")
    type_in(qtbot, field, "300")
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert field.text() == "600"
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert field.text() == "300"


def test_the_order_of_rules_by_key(mine: ProfileForm, qtbot: QtBot) -> None:
    assert mine.draft is not None
    before = mine.draft.rules
    qtbot.keyClick(mine.rules.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert mine.draft.rules.index("theta_decay") == before.index("theta_decay") - 1
    assert mine.rules.current == "theta_decay"
    qtbot.keyClick(mine.rules.list, Qt.Key.Key_Delete)
    assert "theta_decay" not in mine.draft.rules
    mine.undo.click()
    assert "theta_decay" in mine.draft.rules


def test_a_rule_is_added_at_the_end(mine: ProfileForm) -> None:
    assert mine.draft is not None
    missing = [rule for rule in RULES if rule not in mine.draft.rules]
    mine.rules.more.activated.emit(1)
    assert mine.draft.rules[-1] == missing[0] == mine.rules.current


def test_examples_follow_the_values(mine: ProfileForm, qtbot: QtBot) -> None:
    def below(name: str) -> str:
        return next(line.below for line in mine.examples.lines if line.words == name)

    assert "Holds, held 600 against 600 s." in below("600 s holds")
    type_in(qtbot, number(mine, "max_held_s"), "300")
    mine.examples.tell()
    assert "held 600 against 300 s" in below("600 s holds")
    assert "With the rule's own values it holds, held 600 against 600 s." in below("600 s holds")
    type_in(qtbot, number(mine, "max_held_s"), "nonsense")
    mine.examples.tell()
    assert "held 600 against 300 s" in below("600 s holds")


def test_choices_flags_and_tables_are_edited_too(form: ProfileForm, qtbot: QtBot) -> None:
    form.open("ladder")
    form.copy.click()
    form.copy.click()
    draft = form.draft
    assert draft is not None
    form.rules.choose("session_cutoff")
    close_on = form.form.fields["close_on"].field
    assert isinstance(close_on, ChoiceField)
    qtbot.keyClick(close_on.chips, Qt.Key.Key_Right)
    assert draft.value("session_cutoff", "close_on") == "never"
    lunch = form.form.fields["lunch"].field
    qtbot.keyClick(lunch, Qt.Key.Key_Space)
    assert draft.value("session_cutoff", "lunch") is True
    form.rules.choose("staged_trailing_stop")
    stages = form.form.fields["stages"].field
    assert isinstance(stages, TableField)
    stages.more.click()
    assert form.form.fields["stages"].complaint == "It must rise in reached_bps from row to row."
    stages.cell.emit(4, "reached_bps", 800.0)
    assert form.form.fields["stages"].complaint == ""
    assert len(draft.value("staged_trailing_stop", "stages")) == 5
    stages.removed.emit(4)
    assert len(draft.value("staged_trailing_stop", "stages")) == 4


def test_put_to_use_for_new_positions(mine: ProfileForm, qtbot: QtBot) -> None:
    type_in(qtbot, number(mine, "max_held_s"), "300")
    with qtbot.waitSignal(mine.applied) as sent:
        mine.use.click()
    command = sent.args[0]
    assert isinstance(command, ApplyProfile)
    assert (command.positions, command.as_default) == ((), True)
    made = parse(command.toml, "applied", profiles.profile_text)
    assert made.sha256 == profiles.profile("my adaptive").sha256  # it was saved first


def test_put_to_use_for_open_positions_that_are_listed(form: ProfileForm, qtbot: QtBot) -> None:
    positions = frames.frame().positions
    assert not form.use_open.isEnabled()
    form.show_positions(positions, ())
    form.use_open.click()
    assert [line.words for line in form.panel.list.lines] == [each.label for each in positions]
    qtbot.keyClick(form.panel.list, Qt.Key.Key_Space)
    with qtbot.waitSignal(form.applied) as sent:
        form.panel.apply.click()
    assert sent.args[0].positions == tuple(each.id for each in positions[1:])
    form.use_open.click()
    with qtbot.assertNotEmitted(form.applied):
        qtbot.keyClick(form.panel.list, Qt.Key.Key_Escape)
    assert not form.panel.isVisible()


def test_another_profile_or_an_edit_takes_the_question_back(mine: ProfileForm, qtbot: QtBot) -> None:
    mine.show_positions(frames.frame().positions, ())
    mine.use_open.click()
    assert "my adaptive for new positions" in mine.panel.head.text
    mine.open("ladder")
    assert not mine.panel.isVisible()
    assert mine.use_open.isVisible()
    mine.open("my adaptive")
    mine.rules.choose("theta_decay")
    mine.use_open.click()
    field = number(mine, "max_held_s")
    type_in(qtbot, field, "300")
    assert not mine.panel.isVisible()
    assert field.hasFocus()


def test_what_opens_while_it_is_asked_is_not_meant_and_what_closes_is_left_out(form: ProfileForm, qtbot: QtBot) -> None:
    first, second, third = frames.frame().positions[:3]
    form.show_positions((first, second), ())
    form.use_open.click()
    qtbot.keyClick(form.panel.list, Qt.Key.Key_Down)
    form.show_positions((third, replace(second, profile="scalp")), ())
    assert [line.words for line in form.panel.list.lines] == [first.label, second.label]
    assert [line.right for line in form.panel.list.lines] == ["closed meanwhile", "now under scalp"]
    assert "for 1 of 1 open ones" in form.panel.head.text
    assert form.panel.list.currentRow() == 1
    with qtbot.waitSignal(form.applied) as sent:
        form.panel.apply.click()
    assert sent.args[0].positions == (second.id,)
    form.use_open.click()
    form.show_positions((), ())
    assert not form.panel.apply.isEnabled()


def test_the_sessions_profile_is_said(form: ProfileForm) -> None:
    known = (ProfilePart(name="scalp", toml="", is_default=True, open_positions=0),)
    form.show_positions((), known)
    assert "New positions are under scalp." in form.said.text
    form.show_positions((), (replace(known[0], name="ladder"),))
    assert "New positions are under ladder." in form.said.text


def test_a_file_that_is_no_profile_is_told_and_the_others_stay(
    form: ProfileForm, own_folder: Path, look: Look, qtbot: QtBot
) -> None:
    own_folder.mkdir(parents=True)
    (own_folder / "broken.toml").write_text("name = 3")
    other = ProfileForm(look, "broken")
    qtbot.addWidget(other)
    assert "protective_stop" in other.said.text or "name" in other.said.text
    assert not other.use.isEnabled()
    other.open("scalp")
    assert other.use.isEnabled()


def test_a_field_says_unit_range_and_help() -> None:
    about = {each.key: each for each in declared(RULES["protective_stop"].Parameters)}
    assert label(about["stop_pct"]) == "Stop"
    assert meaning(about["stop_pct"]) == '0.1 to 100 or "off". Distance in percent of the entry.'
    theta = {each.key: each for each in declared(RULES["theta_decay"].Parameters)}
    assert label(theta["max_iv_fall_pct"]) == "Max IV fall"
    assert meaning(theta["max_held_s"]) == "10 to 86\u202f400. Longest time to hold."


def test_a_copy_takes_the_unsaved_edits_along_and_is_independent(mine: ProfileForm, qtbot: QtBot) -> None:
    type_in(qtbot, number(mine, "max_held_s"), "300")
    mine.copy.click()
    mine.copy.click()
    assert mine.choice.currentText() == "my adaptive 2"
    type_in(qtbot, number(mine, "max_held_s"), "200")
    mine.open("my adaptive")
    mine.rules.choose("theta_decay")
    assert number(mine, "max_held_s").text() == "300"
    assert mine.save.isEnabled()
