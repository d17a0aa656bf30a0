"""The selected position: its head, tabs over its charts, the exit ladder on the same price axis, and the strips."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from cockpit.frame import DetailPart
from widgets.acting.dispatch import Dispatch
from widgets.acting.keymap import cap
from widgets.charts.timeline import PAN_STEP, ZOOM_STEP, Timeline
from widgets.paint.theme import Look
from widgets.parts.band import Band
from widgets.parts.switch import Switch
from widgets.parts.tab_bar import TabBar
from widgets.selected.chart_table import ChartTable
from widgets.selected.exit_ladder import ExitLadder
from widgets.selected.greek_strips import GreekStrips
from widgets.selected.greeks_page import GreeksPage
from widgets.selected.premium_chart import PremiumChart
from widgets.selected.selected_header import SelectedHeader

PREMIUM, GREEKS = "Premium", "Greeks"
STRIPS = 120  # pixels of all strips, and of the rows of money beside them
STRIPS_FROM = 420  # pixels of the pane: a lower one keeps its height for the chart
LEAST_CHART = 110


class SelectedPane(QWidget):
    """Shows one position at a time.

    `stop_wanted` carries its id, a price for its stop and the stop it was moved from; `strips_chosen` names of strips.

    The charts import numpy and pyqtgraph in `load`, after the first paint. `add_page` gives a tab to a widget of
    somebody else.
    """

    stop_wanted = Signal(str, float, float)
    strips_chosen = Signal(tuple)

    def __init__(self, look: Look, dispatch: Dispatch, header: SelectedHeader) -> None:
        super().__init__()
        self._look, self.header = look, header
        self.timeline = Timeline()
        self.tabs = TabBar(look, (PREMIUM, GREEKS))
        self.chart = PremiumChart(look, self.timeline)
        self.strips = GreekStrips(look, self.timeline)
        self.greeks = GreeksPage(look, self.timeline, self.strips.names)
        self.table = ChartTable(look, self.timeline)
        self.ladder = ExitLadder(look, dispatch)
        self.as_table = Switch(look, "", icon="table", key=cap("table"), hint="show the chart as a table")
        self.follow = Switch(look, "", icon="follow", key=cap("follow"), hint="follow the newest price")
        self._pages: dict[str, QWidget] = {PREMIUM: self.chart, GREEKS: self.greeks}
        self._tables: dict[str, Callable[[], None]] = {}
        self._stack = QStackedWidget()
        for page in (self.chart, self.greeks, self.table):
            self._stack.addWidget(page)
        self._lay_out()
        self._connect()
        self.setAccessibleName("selected position: charts and exit ladder")
        self.set_measures()

    def add_page(self, name: str, widget: QWidget, toggle_table: Callable[[], None]) -> None:
        """One more tab, with that widget under it; it shows itself as a table, or as a chart again, when told to."""
        self._pages[name], self._tables[name] = widget, toggle_table
        self._stack.addWidget(widget)
        self.tabs.add(name)

    def show_detail(
        self, detail: DetailPart | None, zone: str, currency: str, due_ns: int | None, due_words: str = ""
    ) -> None:
        """Show that position; a decision acts on it at `due_ns` and does what the words say: `sells all`."""
        self.ladder.show_detail(detail, currency)
        self.timeline.show(detail, zone, currency)
        self.timeline.set_due(due_ns, due_words or _verb(detail))

    def load(self) -> None:
        """Import what the charts need and draw what has been shown so far."""
        self.chart.load()
        self.strips.load()
        self.greeks.load()

    def set_measures(self) -> None:
        """Take the measures of the look again."""
        self.header.set_measures()
        self.tabs.set_measures()
        self.ladder.set_measures()
        self.greeks.set_measures()
        self.table.set_measures()
        self._arrange()

    def set_theme(self) -> None:
        """Take the colours of the look again."""
        self.chart.set_theme()
        self.strips.set_theme()
        self.greeks.set_theme()
        for widget in self.findChildren(QWidget):
            widget.update()

    def choose_strips(self, names: Sequence[str]) -> None:
        """Draw these strips under the premium; names that are none of them are left out."""
        known = [name for name in names if name in self.greeks.switches]
        self.strips.choose(known)
        self.greeks.set_chosen(known)

    # ------------------------------------------------------------------ looking around

    def zoom_in(self) -> None:
        """Half as much time again."""
        self.timeline.zoom(ZOOM_STEP, 1.0 if self.timeline.span.following else 0.5)

    def zoom_out(self) -> None:
        """More time."""
        self.timeline.zoom(1.0 / ZOOM_STEP, 1.0 if self.timeline.span.following else 0.5)

    def pan_left(self) -> None:
        """Back in time; it no longer follows."""
        self.timeline.pan(-PAN_STEP)

    def pan_right(self) -> None:
        """Towards the newest; it follows again when it gets there."""
        self.timeline.pan(PAN_STEP)

    def follow_latest(self) -> None:
        """The newest price at the right; where it is there already, all since the entry."""
        self.timeline.follow()
        self._say_following()

    def toggle_table(self) -> None:
        """The chart as a table, or as a chart again."""
        if self.tabs.current in self._tables:
            self._tables[self.tabs.current]()
            return
        self.as_table.setChecked(not self.as_table.isChecked())
        self._arrange()

    # ------------------------------------------------------------------ its parts

    def _lay_out(self) -> None:
        row = Band(self._look)
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 8, 0)
        across.setSpacing(2)
        for widget in (self.tabs, self.as_table, self.follow):
            across.addWidget(widget)
        left = _column(row, self._stack, self.strips)
        below = QWidget()
        beside = QHBoxLayout(below)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(left, 1)
        beside.addWidget(self.ladder)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(below, 1)
        self.strips.setFixedHeight(STRIPS)
        self._stack.setMinimumHeight(LEAST_CHART)

    def _connect(self) -> None:
        order = (self.tabs, self.as_table, self.follow, self.chart, self.strips, self.ladder)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        self.tabs.chosen.connect(self._arrange)
        self.as_table.clicked.connect(self._arrange)
        self.follow.clicked.connect(self.follow_latest)
        self.timeline.changed.connect(self._say_following)
        self.chart.scaled.connect(self.ladder.set_axis)
        self.ladder.stop_wanted.connect(self.stop_wanted)
        self.ladder.ghosted.connect(self.chart.set_ghost)
        self.greeks.chosen.connect(self._take_strips)

    def _take_strips(self, names: tuple[str, ...]) -> None:
        self.strips.choose(names)
        self.strips_chosen.emit(names)

    def _say_following(self) -> None:
        self.follow.setChecked(self.timeline.span.following)

    def _arrange(self) -> None:
        """The page of the chosen tab, the strips under the premium where there is room, and money beside them."""
        name = self.tabs.current
        charted = name in (PREMIUM, GREEKS)
        tabled = charted and self.as_table.isChecked()
        roomy = not self._look.compact and self.height() >= STRIPS_FROM
        self.as_table.setVisible(charted)
        self.follow.setVisible(charted)
        self.strips.setVisible(roomy and name == PREMIUM and not tabled)
        self.ladder.set_foot(STRIPS if roomy else 0)
        self._stack.setCurrentWidget(self.table if tabled else self._pages[name])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Strips come and go with the height."""
        self._arrange()


def _column(*widgets: QWidget) -> QWidget:
    made = QWidget()
    box = QVBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    for widget in widgets:
        box.addWidget(widget, 1 if isinstance(widget, QStackedWidget) else 0)
    return made


def _verb(detail: DetailPart | None) -> str:
    return "" if detail is None else "sells" if detail.position.side > 0 else "buys back"
