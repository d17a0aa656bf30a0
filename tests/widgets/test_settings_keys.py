"""Keys are changed by pressing them; what clashes is refused in words and nothing is kept of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cockpit.preferences import PreferenceFile
from widgets.acting.keymap import active, cap
from widgets.paint.theme import Look
from widgets.settings.settings_keys import KeysForm

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    yield
    active.remap({})


@pytest.fixture
def kept(tmp_path: Path) -> PreferenceFile:
    return PreferenceFile(tmp_path / "preferences.toml")


@pytest.fixture
def form(look: Look, qtbot: QtBot, kept: PreferenceFile) -> KeysForm:
    made = KeysForm(look, kept)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    made.choose("veto")
    return made


def test_enter_and_a_key_change_the_key_and_it_is_kept(form: KeysForm, kept: PreferenceFile, qtbot: QtBot) -> None:
    qtbot.keyClick(form.list, Qt.Key.Key_Return)
    assert "press the new key" in form.said.text
    qtbot.keyClick(form.list, Qt.Key.Key_Control)  # on the way to Ctrl+Q
    qtbot.keyClick(form.list, Qt.Key.Key_Q, CTRL)
    assert cap("veto") == "Ctrl Q"
    assert kept.path is not None
    assert PreferenceFile(kept.path).now.keys == {"veto": ["Ctrl+Q"]}
    assert form.action == "veto"
    assert form.list.lines[form.list.currentRow()].marked


@pytest.mark.parametrize(
    ("key", "said"), [(Qt.Key.Key_T, "T is the key of “Take over"), (Qt.Key.Key_Tab, "Tab is not free")]
)
def test_a_clash_is_refused_in_words(
    form: KeysForm, kept: PreferenceFile, qtbot: QtBot, key: Qt.Key, said: str
) -> None:
    form.change.click()
    qtbot.keyClick(form.list, key)
    assert form.said.text.startswith(said)
    assert cap("veto") == "V"
    assert kept.now.keys == {}


def test_esc_leaves_it_as_it_is(form: KeysForm, qtbot: QtBot) -> None:
    form.change.click()
    qtbot.keyClick(form.list, Qt.Key.Key_Escape)
    assert cap("veto") == "V"
    qtbot.keyClick(form.list, Qt.Key.Key_Q)  # it listens no more
    assert cap("veto") == "V"


def test_backspace_gives_the_shipped_key_back(form: KeysForm, kept: PreferenceFile, qtbot: QtBot) -> None:
    kept.change(keys={"veto": ["Ctrl+Q"], "half": ["Ctrl+H"]})
    assert active.remap(kept.now.keys) == []
    form.choose("veto")
    qtbot.keyClick(form.list, Qt.Key.Key_Backspace)
    assert (cap("veto"), cap("half")) == ("V", "Ctrl H")
    assert kept.now.keys == {"half": ["Ctrl+H"]}
    form.reset_all.click()
    assert cap("half") == "F2"
    assert kept.now.keys == {}


def test_a_shipped_key_that_another_action_has_now_is_not_taken_from_it(form: KeysForm, qtbot: QtBot) -> None:
    active.remap({"veto": ["Q"], "take_over": ["V"]})
    form.choose("veto")
    form.reset.click()
    assert form.said.text == "V is the key of “Take over, or hand back” now."
    assert (cap("veto"), cap("take_over")) == ("Q", "V")


def test_the_filter_finds_words_groups_and_keys(form: KeysForm, qtbot: QtBot) -> None:
    qtbot.keyClicks(form.filter, "break-even")
    assert [line.words for line in form.list.lines if not line.head] == ["Move the stop to break-even"]
    form.filter.setText("ctrl+d")
    assert "Dark or light" in [line.words for line in form.list.lines]
    form.filter.setText("nothing at all")
    assert form.list.lines == ()
    assert not form.change.isEnabled()


def test_every_action_can_be_chosen_with_the_arrows(form: KeysForm, qtbot: QtBot) -> None:
    seen: set[str] = set()
    qtbot.keyClick(form.list, Qt.Key.Key_Home)
    while form.action not in seen:
        seen.add(form.action)
        qtbot.keyClick(form.list, Qt.Key.Key_Down)
    assert seen == set(active.bindings)


def test_keys_of_a_file_that_clash_are_told_and_stay_as_shipped(kept: PreferenceFile) -> None:
    kept.change(keys={"veto": ["T"], "half": ["Ctrl+H"]})
    assert active.remap(kept.now.keys) == [
        "Veto the decision that is shown keeps its key: T is the key of “Take over, or hand back”."
    ]
    assert (cap("veto"), cap("half")) == ("V", "Ctrl H")
