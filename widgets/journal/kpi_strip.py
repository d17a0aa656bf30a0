"""What the filtered round trips add up to: one figure a cell, with its interval or its cause below."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cockpit.review import Interval, SessionReport
from widgets.paint import format as fmt
from widgets.paint.ink import Ink
from widgets.paint.signs import outcome
from widgets.paint.theme import Look

WIDE, COMPACT = 62, 54
CELL_INSET = 12


class Figure(NamedTuple):
    """One cell."""

    caption: str
    value: str
    below: str
    token: str = "t1"


def figures(report: SessionReport | None, zone: str) -> tuple[Figure, ...]:
    """The seven cells; before there is a report every value is unknown."""
    if report is None or not report.trades:
        names = ("Round trips", "Net", "Win rate", "Expectancy", "Profit factor", "Max drawdown", "Average hold")
        return tuple(
            Figure(name, "0" if report is not None and name == names[0] else fmt.UNKNOWN, "") for name in names
        )
    sign = fmt.currency(report.currency)
    return (
        Figure("Round trips", fmt.number(report.trades, 0), _days(report)),
        Figure("Net", f"{fmt.money_short(report.total)} {sign}", _left_out(report), outcome(report.total)),
        _rate(report.win_rate),
        _expectancy(report.average, sign),
        Figure("Profit factor", fmt.ratio(report.profit_factor), f"payoff {fmt.ratio(report.payoff)}"),
        Figure(
            "Max drawdown",
            f"{fmt.money_short(report.max_drawdown)} {sign}",
            _lowest(report, zone),
            outcome(report.max_drawdown),
        ),
        Figure("Average hold", fmt.duration(report.average_hold_s), f"median {fmt.duration(report.median_hold_s)}"),
    )


def _days(report: SessionReport) -> str:
    return f"{report.days} {'day' if report.days == 1 else 'days'}"


def _left_out(report: SessionReport) -> str:
    """Fees, and what the sum does not hold."""
    parts = [f"fees {fmt.money_short(report.fees, signed=False)}"]
    if report.open_left_out:
        parts.append(f"{report.open_left_out} open left out")
    if report.others_left_out:
        parts.append(f"{report.others_left_out} not in {report.currency} left out")
    return " · ".join(parts)


def _rate(rate: Interval | None) -> Figure:
    if rate is None or rate.low is None or rate.high is None:
        return Figure("Win rate", fmt.UNKNOWN, "")
    value, low, high = (fmt.number(100 * share, 1) for share in (rate.value, rate.low, rate.high))
    return Figure("Win rate", f"{value} %", f"95 % {low} to {high}")


def _expectancy(average: Interval | None, sign: str) -> Figure:
    """In the colour of money only where it is clear of 0."""
    if average is None:
        return Figure("Expectancy", fmt.UNKNOWN, "")
    token = outcome(average.value) if average.is_clear else "t1"
    return Figure("Expectancy", f"{_short(average.value)} {sign}", f"95 % {bounds(average)}", token)


def bounds(interval: Interval) -> str:
    """−118 to +790; n/a where there are too few to tell."""
    if interval.low is None or interval.high is None:
        return fmt.UNKNOWN
    return f"{_short(interval.low)} to {_short(interval.high)}"


def _short(value: float) -> str:
    return fmt.number(value, 2 if abs(value) < 99.995 else 0, signed=True)


def _lowest(report: SessionReport, zone: str) -> str:
    if report.drawdown_at_ns is None:
        return "none"
    at = fmt.moment(report.drawdown_at_ns, zone)
    days = f"{report.drawdown_days} {'day' if report.drawdown_days == 1 else 'days'}"
    return f"{at.day} {at.strftime('%b')}, {days}"


class KpiStrip(QWidget):
    """Cells of one width, so that nothing moves with what they say."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._figures = figures(None, "UTC")
        self.setAccessibleName("what the round trips add up to")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_measures()

    @property
    def shown(self) -> tuple[Figure, ...]:
        """The cells from left to right."""
        return self._figures

    def set_measures(self) -> None:
        """Take the height of the look again."""
        self.setFixedHeight(COMPACT if self._look.compact else WIDE)
        self.update()

    def show_report(self, report: SessionReport | None, zone: str) -> None:
        """Paint these figures; None while nothing is known."""
        self._figures = figures(report, zone)
        self.setAccessibleDescription("; ".join(f"{f.caption} {f.value} {f.below}".strip() for f in self._figures))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Caption, value, and what is below."""
        with Ink(self, self._look) as ink:
            ink.fill(QRectF(self.rect()), "bg1")
            width, middle = self.width() / len(self._figures), self.height() / 2
            for i, figure in enumerate(self._figures):
                box = QRectF(round(i * width), 0, round(width), self.height()).adjusted(CELL_INSET, 0, -6, 0)
                box.setHeight(18)
                ink.elided(box.translated(0, middle - 27), figure.caption, px=11, token="t2")
                ink.elided(box.translated(0, middle - 10), figure.value, px=15, weight=600, token=figure.token)
                ink.elided(box.translated(0, middle + 8), figure.below, px=11, token="t2")
                if i:
                    x = round(i * width) + 0.5
                    ink.hairline(QPointF(x, middle - 20), QPointF(x, middle + 20), "line2")
