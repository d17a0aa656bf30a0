"""The session report as lines: each figure with its 95 % interval, then every weekday."""

from cockpit.review import SessionReport
from widgets.journal.kpi_strip import bounds
from widgets.journal.review_chart import ReviewChart
from widgets.paint import format as fmt
from widgets.paint.ink import LEFT
from widgets.paint.signs import outcome
from widgets.paint.theme import Look
from widgets.parts.table_columns import Cell, Column

Line = tuple[str, str, str, str]  # name, value, what is beside it, token of the value


def lines_of(report: SessionReport) -> list[Line]:
    """Everything that the strip has no room for as well."""
    rate, average = report.win_rate, report.average
    low, high = (100 * (rate.low or 0.0), 100 * (rate.high or 0.0)) if rate is not None else (0.0, 0.0)
    flat = report.trades - report.winners - report.losers
    when = f"{_many(report.days, 'day')}, {_many(report.sessions, 'session')}"
    deep, below = report.max_drawdown, _many(report.drawdown_days, "day")
    made: list[Line] = [
        ("Round trips", fmt.number(report.trades, 0), when, "t1"),
        ("Winners", fmt.number(report.winners, 0), f"{report.losers} losers, {flat} flat", "t1"),
    ]
    if rate is not None and average is not None:
        made.append(("Win rate", f"{100 * rate.value:.1f} %", f"95 % {low:.1f} to {high:.1f}", "t1"))
        token = outcome(average.value) if average.is_clear else "t1"
        made.append(("Average", fmt.money(average.value), f"95 % {bounds(average)}", token))
    made += [
        ("Net", fmt.money(report.total), f"fees {fmt.money(report.fees, signed=False)}", outcome(report.total)),
        ("Largest win", fmt.money(report.largest_win), "", outcome(report.largest_win)),
        ("Largest loss", fmt.money(report.largest_loss), "", outcome(report.largest_loss)),
        ("Profit factor", fmt.ratio(report.profit_factor), f"payoff {fmt.ratio(report.payoff)}", "t1"),
        ("Max drawdown", fmt.money(deep), below, outcome(deep)),
        ("Average hold", fmt.duration(report.average_hold_s), f"median {fmt.duration(report.median_hold_s)}", "t1"),
    ]
    made += [
        (day.name, fmt.money(day.total), f"{day.count} closed, {day.winners} won", outcome(day.total))
        for day in report.weekdays
    ]
    return made


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


class ReportSheet(ReviewChart):
    """It is a table already."""

    is_table = True

    columns = (
        Column("name", "Figure", "Max drawdown", LEFT),
        Column("value", "Value", "−12 345 678.90"),
        Column("beside", "95 %, or more", "95 % −12 345 to +12 345", LEFT, stretches=True),
    )

    def __init__(self, look: Look) -> None:
        super().__init__(look, "session report")
        self._lines: list[Line] = []

    @property
    def count(self) -> int:
        """Lines."""
        return len(self._lines)

    def prepare(self) -> None:
        """Write them."""
        report = self.review.report if self.review is not None else None
        self._lines = lines_of(report) if report is not None and report.trades else []

    def words_of(self, item: int) -> str:
        """One line."""
        name, value, beside, _ = self._lines[item]
        return f"{name}   {value}   {beside}".rstrip()

    def rows(self) -> list[tuple[Cell, ...]]:
        """The same lines."""
        return [(Cell(name), Cell(value, token), Cell(beside, "t2")) for name, value, beside, token in self._lines]
