"""The window of a session with a live broker, in every state that is made up: painted, nothing cut, nothing moves.

With COCKPIT_TOUR=FOLDER the pictures are kept there, one a state, list, theme and size.
"""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cockpit.frame import Frame
from tests.tour.test_tour import COLOURS, PANES, SIZES, colours, cut_in_grid, cut_in_table, grid_widths, kept, tables
from tests.widgets.conftest import Table
from tests.widgets.frames_live import STATES
from widgets.lists.broker_panel import BrokerPanel
from widgets.lists.lists_pane import BROKER, COMPARED
from widgets.paint.theme import THEMES, Look, dress
from widgets.rail import WIDTH

pytestmark = pytest.mark.xdist_group("tour")
LISTS = ("Orders", BROKER, COMPARED)
OVERLAID = {"arm": "unarmed", "kill": "armed"}  # what is asked, and in which state


@pytest.fixture
def window_of(qtbot: QtBot) -> Iterator[Callable[..., Table]]:
    """Makes windows that show a frame, with nothing to play."""
    made: list[Table] = []

    def make(frame: Frame, theme: str = "dark", size: tuple[int, int] = SIZES[0]) -> Table:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        dress(app, Look(theme))  # type: ignore[arg-type]
        table = Table(qtbot, theme=theme, size=size)
        made.append(table)
        table.window.set_playback(None)
        table.window.load_charts()
        table.show(frame)
        table.show(frame)
        QApplication.processEvents()
        return table

    yield make
    for table in made:
        table.clear()


def named(*words: str, size: tuple[int, int]) -> str:
    return f"live-{'-'.join(words)}-{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_painted(window_of: Callable[..., Table], state: str, theme: str, size: tuple[int, int]) -> None:
    table = window_of(STATES[state](), theme, size)
    cockpit, lists = table.window.cockpit, table.window.cockpit.lists
    for name in PANES:
        pane = getattr(cockpit, name)
        assert min(pane.width(), pane.height()) >= 60, name
        assert colours(pane) > COLOURS, name
    assert colours(table.window.strip) > COLOURS
    for name in LISTS:
        if name in lists.tabs.names:
            lists.tabs.choose(name)
            QApplication.processEvents()
            assert colours(lists) > 4, name
            picture = kept(table.window.grab().toImage(), named(state, name, theme, size=size))
            assert (picture.width(), picture.height()) == size


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_words_are_cut_and_no_column_moves(window_of: Callable[..., Table], size: tuple[int, int]) -> None:
    table = window_of(STATES["paper"](), "dark", size)
    look, grid, lists = table.window.look, table.window.cockpit.grid, table.window.cockpit.lists
    at_first: object = None
    for state in ("paper", "armed", "unarmed", "reconnecting", "differing", "found", "widest"):
        frame = STATES[state]()
        table.show(frame)
        assert cut_in_grid(look, grid, frame) == []
        assert grid.horizontalScrollBar().maximum() == 0, "every column is in sight"
        for name in LISTS:
            lists.tabs.choose(name)
            QApplication.processEvents()
        for each in tables(lists):
            assert cut_in_table(look, each) == []
        assert cut_in_panel(look, lists.broker) == []
        places = grid_widths(grid), [each.places for each in tables(lists)]
        at_first = at_first or places
        assert places == at_first
    beside = WIDTH + look.measures.gap + look.measures.rule_column
    for name in lists.tabs.names:
        lists.tabs.choose(name)
        for search in (False, True):
            if search:
                lists.search()
            QApplication.processEvents()
            assert lists.width() == size[0] - beside, f"{name}: no head pushes the rules away"


def cut_in_panel(look: Look, panel: BrokerPanel) -> list[str]:
    """Facts of the broker's panel that are wider than their place, but for what their tips have whole."""
    allowed = ("address", "state") if look.compact else ()
    return [
        f"{fact.key}: {fact.value}"
        for fact in panel.facts
        if fact.key not in allowed
        and (
            look.width(fact.value, 12, 600) > panel.room_of(fact) + 0.5
            or look.width(fact.caption, 10, 500) > panel.place_of(fact.key).width() + 0.5
        )
    ]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("action", OVERLAID)
def test_what_is_asked_is_painted(
    window_of: Callable[..., Table], action: str, theme: str, size: tuple[int, int]
) -> None:
    table = window_of(STATES[OVERLAID[action]](), theme, size)
    window = table.window
    window.controls.run(action)
    QApplication.processEvents()
    assert window.ask.isVisible()
    assert colours(window.ask) > COLOURS
    for words, weight, px in ((window.ask.accessibleName(), 600, 13), (window.ask.accessibleDescription(), 400, 11)):
        assert window.look.width(words, px, weight) <= window.ask.width() - 28, words
    kept(window.grab().toImage(), named(action, theme, size=size))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("theme", THEMES)
def test_the_connection_in_the_settings_is_painted(
    window_of: Callable[..., Table], theme: str, size: tuple[int, int]
) -> None:
    table = window_of(STATES["paper"](), theme, size)
    table.window.show_page("settings")
    settings = table.window.pages.settings
    assert settings is not None
    settings.open("connection")
    QApplication.processEvents()
    assert colours(settings.connection) > COLOURS
    kept(table.window.grab().toImage(), named("settings", theme, size=size))
