"""What a trader can look at on the cockpit's page, and how it is played, each by mouse and by key."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from cockpit.commands import Watch
from tests.widgets.conftest import Table
from tests.widgets.hands import (
    Hand,
    K,
    Way,
    all_of,
    by,
    click,
    drag,
    focused,
    keys,
    pick,
    pick_by_key,
    right_click,
    row_of,
    tab,
    tab_to,
    wheel,
)
from tests.widgets.ways_cockpit import bar, busy, everything, quiet, selected, several, shows

WIDTH_S = 300.0


def row(number: int) -> Hand:
    """A click on that row of the grid."""
    return lambda t: click(t, t.window.cockpit.grid.viewport(), row_of(t, number).topLeft() + QPoint(60, 10))


def list_tab(name: str) -> Hand:
    return lambda t: tab(t, t.window.cockpit.lists.tabs, name)


def chart_tab(name: str) -> Hand:
    return lambda t: tab(t, t.window.cockpit.selected.tabs, name)


def head(table: Table) -> None:
    """The right button on the heads of the grid."""
    grid = table.window.cockpit.grid
    right_click(grid.viewport(), QPoint(400, table.window.look.measures.pane_head + 5))


def zoomed(table: Table) -> None:
    """The window of time is in the middle of what there is."""
    table.window.load_charts()
    busy(table)
    timeline = table.window.cockpit.selected.timeline
    table.window.cockpit.selected.zoom_in()
    table.window.cockpit.selected.zoom_in()
    timeline.pan(-0.5)
    table.window_of_time = timeline.window  # type: ignore[attr-defined]


def moved(table: Table) -> tuple[int, int]:
    """Where the window of time has moved: its start, and its width."""
    was, now = table.window_of_time, table.window.cockpit.selected.timeline.window  # type: ignore[attr-defined]
    wider = (now[1] - now[0]) - (was[1] - was[0])
    return sign(now[0] - was[0]), sign(wider)


def sign(value: float) -> int:
    return (value > 1e-6) - (value < -1e-6)


def chart(table: Table) -> QWidget:
    return table.window.cockpit.selected.chart


def pan(to: int) -> Hand:
    """Drag the curves by so many pixels."""
    return lambda t: drag(t, chart(t), QPoint(200, 60), QPoint(200 + to, 60))


def showing(name: str, *, way: Hand = busy) -> Hand:
    """That chart is in front."""
    return lambda t: (way(t), t.window.cockpit.selected.tabs.choose(name))


def seen(of: str) -> Hand:
    """Whether that table is in sight."""

    def hand(table: Table) -> bool:
        cockpit = table.window.cockpit
        tables = {
            "selected": cockpit.selected.table, "page": cockpit.interest_page.table, "regime": cockpit.regime.table,
            "dock": cockpit.interest.table,
        }  # fmt: skip
        return tables[of].isVisible()

    return hand


def ended(table: Table) -> None:
    shows(table, everything(pending=(), ended=True))
    table.again = []  # type: ignore[attr-defined]
    table.window.again.connect(lambda: table.again.append(True))  # type: ignore[attr-defined]


def paused(table: Table) -> None:
    quiet(table)
    table.window.tick()


def playing(name: str) -> Hand:
    return lambda t: click(t, getattr(t.window.strip.playback, name))


def shown_columns(table: Table) -> bool:
    return any(place.column.key == "gamma" for place in table.window.cockpit.grid.places)


GAMMA = "Γ: Gamma"
LOOKING = (
    Way("the row above", row(1), by("up"), "up", (), lambda t: t.window.cockpit.grid.selected_id, "P0002",
        selected(2)),
    Way("the row below", row(1), by("down"), "down", (), lambda t: t.window.cockpit.grid.selected_id, "P0002"),
    Way("watch another position", row(2), by("down", K.Key_J), "down", (),
        lambda t: [c for c in t.recorder.commands if isinstance(c, Watch)][-1:], [Watch(position="P0003")]),
    Way("the decision before", bar("previous"), by("previous_decision"), "previous_decision", (),
        lambda t: t.window.bar.shown.position_id, "P0001", all_of(several, by("next_decision"))),
    Way("the next decision", bar("next"), by("next_decision"), "next_decision", (),
        lambda t: t.window.bar.shown.position_id, "P0003", several),
    Way("the next list", list_tab("Orders"), by("next_list"), "next_list", (),
        lambda t: t.window.cockpit.lists.tabs.current, "Orders"),
    Way("the list before", list_tab("Log"), by("previous_list"), "previous_list", (),
        lambda t: t.window.cockpit.lists.tabs.current, "Log"),
    Way("search", all_of(lambda t: click(t, t.window.cockpit.lists.line), lambda t: keys(t, "half")),
        by("search", "half"), "search", (),
        lambda t: (focused(t) is t.window.cockpit.lists.line, t.window.cockpit.lists.line.text()), (True, "half")),
    Way("columns", all_of(head, lambda t: pick(t, GAMMA)), all_of(by("columns"), lambda t: pick_by_key(t, GAMMA)),
        "columns", (), shown_columns, False),
    *(Way(f"chart {name}", chart_tab(name), by(f"chart_{i + 1}"), f"chart_{i + 1}", (),
          lambda t: t.window.cockpit.selected.tabs.current, name,
          showing("Greeks" if i == 0 else "Premium"))
      for i, name in enumerate(("Premium", "Greeks", "Open interest", "Regime"))),
    Way("follow", lambda t: click(t, t.window.cockpit.selected.follow), by("follow"), "follow", (),
        lambda t: t.window.cockpit.selected.timeline.span.following, True, zoomed),
    Way("less time", lambda t: wheel(chart(t), 1), by("zoom_in"), "zoom_in", (), lambda t: moved(t)[1], -1, zoomed),
    Way("more time", lambda t: wheel(chart(t), -1), by("zoom_out"), "zoom_out", (), lambda t: moved(t)[1], 1, zoomed),
    Way("earlier", pan(60), by("pan_left"), "pan_left", (), moved, (-1, 0), zoomed),
    Way("later", pan(-30), by("pan_right"), "pan_right", (), moved, (1, 0), zoomed),
    *(Way(f"{name} as a table", lambda t: click(t, t.window.cockpit.selected.as_table), by("table"), "table", (),
          seen("selected"), True, showing(name))
      for name in ("Premium", "Greeks")),
    Way("open interest as a table", lambda t: click(t, t.window.cockpit.interest_page.as_table), by("table"), "table",
        (), seen("page"), True, showing("Open interest")),
    Way("the regime as a table", lambda t: click(t, t.window.cockpit.regime.as_table), by("table"), "table", (),
        seen("regime"), True, showing("Regime")),
    Way("the pane of open interest as a table", lambda t: click(t, t.window.cockpit.interest.as_table),
        all_of(lambda t: tab_to(t, t.window.cockpit.interest.over_time), by("table")), "table", (), seen("dock"), True),
    Way("pause", playing("play"), by("play"), "play", (), lambda t: t.playback.playing, False, paused),
    Way("a step", playing("step"), by("step"), "step", (), lambda t: t.playback.steps, 1, paused),
    Way("faster", playing("faster"), by("faster"), "faster", (), lambda t: t.playback.speed, 120.0, paused),
    Way("slower", playing("slower"), by("slower"), "slower", (), lambda t: t.playback.speed, 30.0, paused),
    Way("play it again", bar("again"), by("again"), "again", (), lambda t: len(t.again), 1, ended),
)  # fmt: skip
