"""The charts of the journal: equity above, and below it by day, hour, excursion and rule, with the session report."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from cockpit.review import Review
from widgets.journal.chart_pane import ChartPane
from widgets.journal.day_map import DayMap
from widgets.journal.equity_chart import EquityChart
from widgets.journal.excursion_chart import ExcursionChart
from widgets.journal.hour_bars import HourBars
from widgets.journal.report_sheet import ReportSheet
from widgets.journal.rule_evidence import RuleEvidence
from widgets.paint.theme import Look
from widgets.parts.gap_splitter import GapSplitter


class ReviewPanes(GapSplitter):
    """A click or Enter chooses a day (ISO date), a rule, or a round trip (SESSION/ID), in a chart or in its table."""

    day_chosen = Signal(str)
    rule_chosen = Signal(str)
    trip_chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look, Qt.Orientation.Vertical)
        self.equity = ChartPane(look, (("Equity", EquityChart(look)),))
        self.days, self.rules, self.dots = DayMap(look), RuleEvidence(look), ExcursionChart(look)
        self.charts = ChartPane(
            look,
            (
                ("Days", self.days),
                ("Hours", HourBars(look)),
                ("MAE, MFE", self.dots),
                ("Exit rules", self.rules),
                ("Report", ReportSheet(look)),
            ),
        )
        self.share((self.equity, 10), (self.charts, 9))
        for chart in (self.days, self.rules, self.dots):
            chart.chosen.connect(self._choose)
        self.charts.activated.connect(self._choose_row)

    def set_measures(self) -> None:
        """Take the heights of the look again."""
        self.equity.set_measures()
        self.charts.set_measures()

    def show_review(self, review: Review | None, zone: str) -> None:
        """Draw what that adds up to."""
        self.equity.show_review(review, zone)
        self.charts.show_review(review, zone)

    def toggle_table(self, focused: QWidget | None) -> None:
        """The chart that has the keyboard as a table, or as a chart again; without one, the lower one."""
        upper = focused is not None and self.equity.isAncestorOf(focused)
        (self.equity if upper else self.charts).toggle_table()

    def _choose(self, item: int) -> None:
        chart = self.charts.chart
        if chart is self.days:
            self.day_chosen.emit(self.days.day(item))
        elif chart is self.rules:
            self.rule_chosen.emit(self.rules.rule(item))
        elif chart is self.dots:
            self.trip_chosen.emit(self.dots.key(item))

    def _choose_row(self, row: int) -> None:
        """Of days the table has the newest first."""
        self._choose(self.days.count - 1 - row if self.charts.chart is self.days else row)
