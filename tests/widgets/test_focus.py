"""The keyboard can go everywhere, is seen where it is, and everything it reaches says what it is."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget

from cockpit.preferences import PreferenceFile
from tests.widgets.conftest import Table
from tests.widgets.hands import K, focused, press
from tests.widgets.ways_cockpit import everything, quiet, several, shows
from tests.widgets.ways_pages import chained, journal, settings, ticketed
from widgets.acting.keymap import KEYMAP, active
from widgets.settings.settings_tab import SECTIONS

Given = Callable[[Table], object]


def section(name: str) -> Given:
    """The settings at that section."""

    def hand(table: Table) -> None:
        settings(table)
        assert table.window.pages.settings is not None
        table.window.pages.settings.open(name)

    return hand


def copied(table: Table) -> None:
    """A profile of one's own, at a rule with a table in it."""
    settings(table)
    form = table.window.pages.settings.profiles  # type: ignore[union-attr]
    form.open("ladder")
    form.copy.click()
    table.qtbot.keyClick(form.new_name, K.Key_Return)
    form.rules.choose("staged_trailing_stop")


def listing(name: str) -> Given:
    def hand(table: Table) -> None:
        quiet(table)
        table.window.cockpit.lists.tabs.choose(name)

    return hand


def charting(name: str) -> Given:
    def hand(table: Table) -> None:
        quiet(table)
        table.window.cockpit.selected.tabs.choose(name)

    return hand


def tabled(table: Table) -> None:
    """Every chart of the cockpit is a table."""
    quiet(table)
    cockpit = table.window.cockpit
    cockpit.selected.toggle_table()
    cockpit.interest.toggle_table()


def reviewed(name: str) -> Given:
    def hand(table: Table) -> None:
        journal(table)
        found = table.window.pages.journal
        assert found is not None
        assert found.panes.charts.tabs is not None
        found.panes.charts.tabs.choose(name)

    return hand


def journal_tabled(table: Table) -> None:
    journal(table)
    found = table.window.pages.journal
    assert found is not None
    for pane in (found.panes.equity, found.panes.charts, found.detail):
        pane.toggle_table()


def asking(table: Table) -> None:
    shows(table, everything())
    press(table, "veto_more")


def over_time(table: Table) -> None:
    quiet(table)
    table.window.cockpit.interest.over_time.click()


SCREENS: dict[str, Given] = {
    "cockpit": several,
    "a question": asking,
    "tables": tabled,
    "open interest over time": over_time,
    **{f"chart {name}": charting(name) for name in ("Greeks", "Open interest", "Regime")},
    **{f"list {name}": listing(name) for name in ("Orders", "Alerts", "Closed", "Conflicts", "Log")},
    "chain": chained,
    "ticket": ticketed,
    **{f"journal {name}": reviewed(name) for name in ("Days", "Hours", "MAE, MFE", "Exit rules", "Report")},
    "journal as tables": journal_tabled,
    **{f"settings {name}": section(name) for name in SECTIONS},
    "a profile of one's own": copied,
}


@pytest.fixture(autouse=True)
def own_files(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    yield
    active.remap({})


@pytest.fixture
def screen(table: Table) -> Callable[[str], Table]:
    """Shows one of the screens in a window that has the keyboard."""

    def show(name: str) -> Table:
        table.window.load_charts()
        SCREENS[name](table)
        table.window.activateWindow()
        QApplication.processEvents()
        return table

    return show


def controls(table: Table) -> list[QWidget]:
    """Everything in sight that Tab should come to."""
    return [
        widget
        for widget in table.window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.window() is table.window
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]


def told(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName()!r}"


@pytest.mark.parametrize("name", SCREENS)
def test_tab_comes_to_everything_and_everything_says_what_it_is(screen: Callable[[str], Table], name: str) -> None:
    table = screen(name)
    wanted = controls(table)
    reached: set[QWidget] = set()
    for _ in range(len(wanted) + 40):
        reached.add(focused(table))
        table.qtbot.keyClick(focused(table), K.Key_Tab)
    assert [f"{told(each)} is not reached" for each in wanted if each not in reached] == []
    silent = [each for each in wanted if not (each.accessibleDescription() or each.toolTip())]
    assert [f"{told(each)} is not described" for each in silent] == []
    assert [f"{each} has no name" for each in wanted if not each.accessibleName()] == []


def accented(picture: QImage, accent: QColor) -> int:
    """Pixels in the accent, or nearly."""
    rgb = picture.convertToFormat(QImage.Format.Format_RGBX8888)
    pixels = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.width(), 4)[:, :, :3].astype(np.int64)
    return int((np.abs(pixels - accent.getRgb()[:3]).sum(axis=2) < 60).sum())


def test_where_the_keyboard_is_can_be_seen(screen: Callable[[str], Table], table: Table) -> None:
    seen: set[type[QWidget]] = set()
    invisible: list[str] = []
    for name in SCREENS:
        screen(name)
        for widget in controls(table):
            if type(widget) in seen or min(widget.width(), widget.height()) < 8:
                continue
            seen.add(type(widget))
            added = ring_of(table, widget)
            if added < 40:
                invisible.append(f"{told(widget)} on {name}: {added} pixels")
    assert invisible == []
    assert len(seen) >= 20


def ring_of(table: Table, widget: QWidget) -> int:
    """How many pixels of accent the focus adds."""
    accent = table.window.look.colour("accent")
    table.window.setFocus()
    without = accented(widget.grab().toImage(), accent)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert widget.hasFocus(), f"{told(widget)} takes no keyboard"
    return accented(widget.grab().toImage(), accent) - without


def test_every_key_is_in_the_overlay(full: Table) -> None:
    press(full, "keys")
    described = full.window.overlay.accessibleDescription()
    assert full.window.overlay.isVisible()
    assert all(binding.text in described and binding.keys[0] in described for binding in KEYMAP.values())


def test_the_panes_are_named_once_in_a_users_life(table: Table) -> None:
    preferences: PreferenceFile = table.window.preferences
    preferences.change(seen_first_run=False)
    quiet(table)
    first = table.window.view.first_run
    table.window.view.greet()
    assert first.isVisible()
    assert "Rule board" in first.accessibleDescription()
    table.qtbot.keyClick(first, K.Key_Escape)
    assert not first.isVisible()
    assert preferences.now.seen_first_run
    table.window.view.greet()
    assert not first.isVisible()
