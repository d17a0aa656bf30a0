"""The settings: what is changed holds at once, is kept, and every section is reached by keys alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from cockpit.preferences import PreferenceFile, Preferences, SoundPreferences
from tests.widgets import frames
from widgets.acting.keymap import active
from widgets.paint.theme import PALETTES, THEMES, Look, dress
from widgets.parts.fields import ChoiceField, Switch
from widgets.parts.plain_list import PlainList
from widgets.settings.settings_sounds import HeardSwitch
from widgets.settings.settings_tab import SECTIONS, SettingsTab


class Under(QWidget):
    """The window: remembers the keys that reach it."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keys.append(event.key())


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    yield
    active.remap({})


@pytest.fixture
def kept(tmp_path: Path) -> PreferenceFile:
    return PreferenceFile(tmp_path / "preferences.toml")


@pytest.fixture
def under(qtbot: QtBot) -> Under:
    made = Under()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def tab(look: Look, under: Under, kept: PreferenceFile) -> SettingsTab:
    made = SettingsTab(look, kept, places=[("Journal", "/somewhere/journal.sqlite")], played_by="pw-play")
    column = QVBoxLayout(under)
    column.addWidget(made)
    under.resize(1480, 800)
    under.show()
    return made


def test_the_arrows_choose_the_section(tab: SettingsTab, qtbot: QtBot) -> None:
    seen = [tab.section]
    for _ in range(len(SECTIONS) - 1):
        qtbot.keyClick(tab.sections, Qt.Key.Key_Down)
        seen.append(tab.section)
    assert seen == list(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_tab_reaches_everything_that_can_be_used(tab: SettingsTab, qtbot: QtBot, section: str) -> None:
    tab.open(section)
    tab.sections.setFocus()
    seen: set[QWidget] = set()
    for _ in range(200):
        widget = QApplication.focusWidget()
        if widget is None or widget in seen:
            break
        seen.add(widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    usable = [
        widget
        for kind in (QAbstractButton, QLineEdit, QComboBox, PlainList)
        for widget in tab.findChildren(kind)
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]
    assert usable
    missed = [widget.accessibleName() or type(widget).__name__ for widget in usable if widget not in seen]
    assert missed == []
    assert all(widget.accessibleName() for widget in usable)


def test_moving_in_the_settings_is_not_moving_in_the_cockpit(tab: SettingsTab, under: Under, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_Space):
        qtbot.keyClick(tab.files.list, key)
        qtbot.keyClick(tab.looks.rows["reduced_motion"], key)
    assert under.keys == []
    qtbot.keyClick(tab.files.list, Qt.Key.Key_V)
    assert under.keys == [Qt.Key.Key_V]  # what is pending can be vetoed from here too


def test_the_look_is_kept_and_told(tab: SettingsTab, kept: PreferenceFile, look: Look, qtbot: QtBot) -> None:
    tab.open("look")
    told: list[str] = []
    tab.changed.connect(told.append)
    theme = tab.looks.rows["theme"].field
    assert isinstance(theme, ChoiceField)
    qtbot.keyClick(theme.chips, Qt.Key.Key_Right)
    tab.looks.samples.chosen.emit("monochrome")
    scale = tab.looks.rows["scale_pct"].field
    assert isinstance(scale, ChoiceField)
    qtbot.keyClick(scale.chips, Qt.Key.Key_Right)
    motion = tab.looks.rows["reduced_motion"].field
    qtbot.keyClick(motion, Qt.Key.Key_Space)
    assert told == ["theme", "palette", "scale_pct", "reduced_motion"]
    assert kept.path is not None
    now = PreferenceFile(kept.path).now
    assert (now.theme, now.palette, now.scale_pct, now.reduced_motion) == ("light", "monochrome", 125, True)
    tab.looks.reset.click()
    assert kept.now == Preferences(profile=kept.now.profile)


def test_what_is_changed_elsewhere_is_shown(tab: SettingsTab, kept: PreferenceFile) -> None:
    kept.change(theme="light", sounds=SoundPreferences(on=False))
    tab.refresh()
    theme, sounds = tab.looks.rows["theme"].field, tab.sounds.rows["on"].field
    assert isinstance(theme, ChoiceField)
    assert isinstance(sounds, Switch)
    assert theme.chips.current == "light"
    assert not sounds.isChecked()


def test_sounds_are_chosen_one_by_one_and_heard(tab: SettingsTab, kept: PreferenceFile, qtbot: QtBot) -> None:
    tab.open("sounds")
    fill = tab.sounds.rows["fill"].field
    assert isinstance(fill, HeardSwitch)
    fill.switch.click()
    assert kept.now.sounds == SoundPreferences(fill=False)
    with qtbot.waitSignal(tab.hear) as heard:
        fill.hear.click()
    assert heard.args == ["fill"]


def test_files_are_named_and_their_paths_copied(tab: SettingsTab, kept: PreferenceFile, qtbot: QtBot) -> None:
    tab.open("files")
    assert [line.below for line in tab.files.list.lines] == [str(kept.path), "/somewhere/journal.sqlite"]
    tab.files.list.choose(1)
    qtbot.keyClick(tab.files.list, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == "/somewhere/journal.sqlite"


def test_a_refused_file_is_told_and_set_aside(look: Look, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "preferences.toml"
    path.write_text("theme = 3")
    tab = SettingsTab(look, PreferenceFile(path))
    qtbot.addWidget(tab)
    assert "preferences.toml: theme must be dark or light" in tab.files.trouble.text
    tab.files.aside.click()
    assert tab.files.trouble.text == ""
    assert (tmp_path / "preferences.toml.refused").exists()


def test_the_profile_that_is_looked_at_is_remembered(tab: SettingsTab, kept: PreferenceFile, look: Look) -> None:
    tab.profiles.open("ladder")
    assert kept.now.profile == "ladder"
    assert SettingsTab(look, kept).profiles.choice.currentData() == "ladder"


def test_open_positions_are_offered_from_the_frame(tab: SettingsTab) -> None:
    tab.show_frame(frames.frame())
    assert tab.profiles.use_open.isEnabled()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("size", [(1484, 800), (1164, 540)])
def test_every_section_is_painted_in_every_look(
    tab: SettingsTab, look: Look, qapp: QApplication, theme: str, palette: str, size: tuple[int, int]
) -> None:
    look.set_theme(theme, palette)  # type: ignore[arg-type]
    look.set_width(size[0] + 56)
    dress(qapp, look)
    tab.set_measures()
    tab.window().resize(*size)
    for section in SECTIONS:
        tab.open(section)
        picture = tab.grab().toImage()
        seen = {picture.pixelColor(x, y).name() for x in range(0, size[0] - 30, 7) for y in range(0, 300, 5)}
        assert look.colour("bg1").name() in seen
        assert len(seen) > 8
