"""The row of filters over the round trips: words, dates, and chips that each leave something out."""

from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from cockpit.review import Choices, Result, TripFilter
from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.theme import Look
from widgets.parts.menu_chip import MenuChip
from widgets.parts.search_line import SearchLine

HEIGHT = 38
SETTLED_MS = 120  # after the last key
ANY_TIME, NEWEST, BETWEEN = "Any time", "Newest session", "Between…"
DAYS = {"Today": 1, "Last 7 days": 7, "Last 30 days": 30, "Last 90 days": 90, "Last 365 days": 365}
ANY_SYMBOL, ANY_RULE, ANY_RESULT = "Any symbol", "Any rule", "Any result"
ANYBODY, ANY_PROFILE = "Anybody", "Any profile"
RESULTS: dict[str, Result] = {"Winners": "winners", "Losers": "losers", "Flat": "flat", "Open": "open"}
WHO = {"Overridden": True, "Engine alone": False}


class TripFilters(QWidget):
    """`changed` is emitted when the filter is another one, `left` when the keyboard should go to the table."""

    changed = Signal()
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._said = ""
        self._rules: dict[str, str] = {}
        self._newest: str | None = None  # session
        self.search = SearchLine(look, hint="Symbol, rule, profile", name="search round trips")
        self.dates = MenuChip(look, (ANY_TIME, NEWEST, *DAYS, BETWEEN), name="opened", widest="Last 365 days")
        self.since, self.until = (
            SearchLine(look, hint=hint, name=hint) for hint in ("from 2026-01-31", "to 2026-12-31")
        )
        self.symbol = MenuChip(look, (ANY_SYMBOL,), name="underlying", widest="BANKNIFTY")
        self.rule = MenuChip(look, (ANY_RULE,), name="exit rule", widest="Session cutoff")
        self.result = MenuChip(look, (ANY_RESULT, *RESULTS), name="result", widest=ANY_RESULT)
        self.who = MenuChip(look, (ANYBODY, *WHO), name="overridden by a human", widest="Engine alone")
        self.profile = MenuChip(look, (ANY_PROFILE,), name="profile", widest=ANY_PROFILE)
        self.chips = (self.dates, self.symbol, self.rule, self.result, self.who, self.profile)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self.changed)
        self._lay_out()
        self._connect()

    def set_measures(self) -> None:
        """A narrow window has no room for the profile."""
        self.profile.setVisible(not self._look.compact or self.profile.narrows)
        self.update()

    def wanted(self, now_ns: int, zone: str) -> TripFilter:
        """The filter as of that instant, with days on the clock of that zone."""
        since, until = self._bounds(now_ns, zone)
        return TripFilter(
            text=self.search.text().strip(),
            since_ns=since,
            until_ns=until,
            underlying=self.symbol.current if self.symbol.narrows else None,
            rule=self._rules.get(self.rule.current),
            result=RESULTS.get(self.result.current),
            overridden=WHO.get(self.who.current),
            profile=self.profile.current if self.profile.narrows else None,
            session=self._newest if self.dates.current == NEWEST else None,
        )

    @property
    def narrows(self) -> bool:
        """Whether something is left out."""
        return bool(self.search.text().strip()) or any(chip.narrows for chip in self.chips)

    def offer(self, choices: Choices) -> None:
        """What there is to choose from now."""
        self._rules = {fmt.short_rule(rule): rule for rule in choices.rules}
        self._newest = choices.newest_session
        self.symbol.offer((ANY_SYMBOL, *choices.underlyings))
        self.rule.offer((ANY_RULE, *self._rules))
        self.profile.offer((ANY_PROFILE, *choices.profiles))

    def say(self, words: str) -> None:
        """How many were found, at the right."""
        if words != self._said:
            self._said = words
            self.setToolTip(words)
            self.setAccessibleDescription(words)
            self.update()

    def add(self, button: QWidget) -> None:
        """One more at the right."""
        self._row.addWidget(button)

    def choose_day(self, day: str) -> None:
        """Only what was opened on that ISO date."""
        self.since.setText(day)
        self.until.setText(day)
        self.dates.choose(BETWEEN)

    def clear(self) -> None:
        """Leave nothing out."""
        for line in (self.search, self.since, self.until):
            line.clear()
        self.dates.choose(ANY_TIME)
        self.symbol.choose(ANY_SYMBOL)
        self.rule.choose(ANY_RULE)
        self.result.choose(ANY_RESULT)
        self.who.choose(ANYBODY)
        self.profile.choose(ANY_PROFILE)

    def sizeHint(self) -> QSize:
        """One row."""
        return QSize(600, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, and how many were found where there is room."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            left = max(chip.geometry().right() for chip in self.chips) + 6
            shown = [child for child in self.findChildren(QAbstractButton) if child.isVisible()]
            right = min((b.x() for b in shown if b.x() > left), default=self.width()) - 6
            ink.elided(QRectF(left, box.top(), right - left, box.height()), self._said, px=11, token="t2", align=RIGHT)

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(4)
        for widget in (self.search, self.dates, self.since, self.until, *self.chips[1:]):
            row.addWidget(widget)
        row.addStretch(1)
        self.since.hide()
        self.until.hide()
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("filters")

    def _connect(self) -> None:
        self.search.textChanged.connect(self._wait)
        self.dates.chosen.connect(self._show_dates)
        for line in (self.since, self.until):
            line.textChanged.connect(self._wait)
        for chip in self.chips:
            chip.chosen.connect(self._wait)
        for line in (self.search, self.since, self.until):
            line.left.connect(self.left)

    def _wait(self, _: str) -> None:
        """Until nobody types any more."""
        self._settled.start()

    def _show_dates(self, choice: str) -> None:
        for line in (self.since, self.until):
            line.setVisible(choice == BETWEEN)

    def _bounds(self, now_ns: int, zone: str) -> tuple[int | None, int | None]:
        chosen = self.dates.current
        if chosen == BETWEEN:
            first, last = _day(self.since.text()), _day(self.until.text())
            after = None if last is None else last + timedelta(days=1)
            return _midnight(first, zone), _midnight(after, zone)
        if chosen in DAYS:
            today = fmt.moment(now_ns, zone).date()
            return _midnight(today - timedelta(days=DAYS[chosen] - 1), zone), None
        return None, None


def _day(text: str) -> date | None:
    """An ISO date; None for anything else, which bounds nothing."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _midnight(day: date | None, zone: str) -> int | None:
    """When that day begins there, in ns."""
    if day is None:
        return None
    there = datetime(day.year, day.month, day.day, tzinfo=fmt.zone_of(zone))
    return int(there.astimezone(UTC).timestamp()) * fmt.NS
