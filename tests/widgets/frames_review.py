"""Made-up round trips, their review and story, and a reader that answers from memory."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from cockpit.review import (
    Bucket,
    Choices,
    CommandLine,
    ContextLine,
    EquityPoint,
    Excursion,
    ExitLine,
    Interval,
    PathPoint,
    Progress,
    QualityPart,
    QualityScore,
    Review,
    RuleLine,
    Said,
    SessionReport,
    SortKey,
    StopStep,
    StoryMark,
    TripFilter,
    TripRow,
    TripStory,
)

NS = 1_000_000_000
OPENED = 1_763_345_580 * NS  # 2025-11-17 07:43 in Kolkata
DAY_NS = 86_400 * NS
RULES = ("greeks_trailing_stop", "open_interest_reversal", "human")


def trip(number: int = 1, **changed: Any) -> TripRow:
    """The round trip of that number: odd ones won, even ones lost, every third was overridden."""
    net = 1_521.4 if number % 2 else -868.0
    made = TripRow(
        id=f"P{number:04d}", session="S0001", symbol=f"NIFTY251118{26_000 + 50 * number}CE",
        label=f"NIFTY {26_000 + 50 * number} C 18 Nov", underlying="NIFTY", side=1, contracts=195,
        opened_ns=OPENED - number * 3_600 * NS, closed_ns=OPENED - number * 3_600 * NS + 432 * NS, entry=58.2,
        exit=58.2 + net / 195, gross=net + 40.0, fees=40.0, net=net, currency="INR", multiplier=1.0, mae=-1.5, mfe=9.5,
        rules=(RULES[number % 3],), overrides=("veto",) if number % 3 == 0 else (), profile="adaptive",
        zone="Asia/Kolkata", quality=84.0 if number % 2 else None,
    )  # fmt: skip
    return replace(made, **changed)


def still_open() -> TripRow:
    """One that is open."""
    return trip(1, closed_ns=None, exit=None, net=0.0, quality=None, rules=())


def rule_line(name: str, *, clear: bool) -> RuleLine:
    """One with an interval that excludes 0, or one that needs 45 more."""
    average = Interval(value=450.0, low=120.0 if clear else -200.0, high=800.0)
    rate = Interval(value=0.6, low=0.4, high=0.78)
    more = 0 if clear else 45
    return RuleLine(name=name, count=21, winners=13, win_rate=rate, total=9_450.0, average=average, more_needed=more)


def report(trades: int = 412, **changed: Any) -> SessionReport:
    """What picture 4 shows, more or less."""
    made = SessionReport(
        currency="INR", trades=trades, winners=223, losers=180, days=63, sessions=70,
        win_rate=Interval(value=0.541, low=0.493, high=0.589), total=186_420.0, fees=14_230.0,
        average=Interval(value=452.0, low=118.0, high=790.0), largest_win=9_120.0, largest_loss=-4_410.0,
        profit_factor=1.38, payoff=1.17, max_drawdown=-41_300.0, drawdown_at_ns=OPENED, drawdown_days=9,
        average_hold_s=402.0, median_hold_s=310.0,
        rules=(rule_line("greeks_trailing_stop", clear=True), rule_line("open_interest_reversal", clear=False)),
        hours=(
            Bucket(name="09", count=200, winners=110, total=90_000.0, average=450.0),
            Bucket(name="11", count=212, winners=113, total=-12_000.0, average=-56.6),
        ),
        weekdays=(Bucket(name="Mon", count=412, winners=223, total=186_420.0, average=452.0),),
        calendar=(
            Bucket(name="2025-11-13", count=4, winners=1, total=-2_000.0, average=-500.0),
            Bucket(name="2025-11-14", count=5, winners=4, total=5_000.0, average=1_000.0),
            Bucket(name="2025-11-17", count=3, winners=3, total=2_500.0, average=833.3),
        ),
        open_left_out=0, others_left_out=0,
    )  # fmt: skip
    return replace(made, **changed)


NOTHING = report(
    0, winners=0, losers=0, days=0, sessions=0, win_rate=None, total=0.0, fees=0.0, average=None, largest_win=None,
    largest_loss=None, profit_factor=None, payoff=None, max_drawdown=0.0, drawdown_at_ns=None, drawdown_days=0,
    average_hold_s=None, median_hold_s=None, rules=(), hours=(), weekdays=(), calendar=(),
)  # fmt: skip


def review(rows: tuple[TripRow, ...] = tuple(trip(i) for i in range(1, 13)), **changed: Any) -> Review:
    """A review of these rows; the report is always that of `report`."""
    made = Review(
        rows=rows, there=max(len(rows), 12), report=report() if rows else NOTHING,
        equity=tuple(
            EquityPoint(at_ns=OPENED + i * DAY_NS, equity=100.0 * i * (i % 3), drawdown=-50.0 * (i % 4))
            for i in range(20)
        ) if rows else (),
        excursions=tuple(Excursion(key=t.key, against=-2.5, towards=16.0, net=t.net) for t in rows),
        choices=Choices(underlyings=("NIFTY", "SPX"), rules=RULES, profiles=("adaptive", "scalp")),
        took_s=0.014,
    )  # fmt: skip
    return replace(made, **changed)


def story(of: TripRow | None = None, **changed: Any) -> TripStory:
    """A minute by minute story with a gap, a veto and two exits."""
    row = of or trip()
    at = row.opened_ns
    made = TripStory(
        trip=row, basis="premium",
        path=tuple(
            PathPoint(at_ns=at + i * 60 * NS, level=None if i == 3 else 58.0 + i) for i in range(8)
        ),
        expected_every_s=60.0,
        stops=(
            StopStep(at_ns=at, level=43.6, rule="protective_stop", why="entry"),
            StopStep(at_ns=at + 180 * NS, level=60.0, rule="greeks_trailing_stop", why="trailed"),
        ),
        marks=(
            StoryMark(at_ns=at, kind="entry", price=58.2, text="buy 195 @ 58.20"),
            StoryMark(at_ns=at + 200 * NS, kind="veto", price=None, text="veto by human"),
            StoryMark(at_ns=at + 430 * NS, kind="decision", price=None, text="greeks trailing stop hit"),
            StoryMark(at_ns=at + 432 * NS, kind="exit", price=66.0, text="sell 195 @ 66.00"),
        ),
        said=(
            Said(rule="exhaustion", kind="blind", trigger="", words="cannot see yet", status="", at_ns=at),
            Said(rule="greeks_trailing_stop", kind="hold", trigger="", words="premium 60 against 43.6 points",
                 status="", at_ns=at),
            Said(rule="exhaustion", kind="exit", trigger="CLIMAX", words="volume 6 against 5 x", status="vetoed",
                 at_ns=at + 200 * NS),
            Said(rule="greeks_trailing_stop", kind="exit", trigger="TRAIL_HIT", words="premium 66 against 66 points",
                 status="acted", at_ns=at + 430 * NS),
        ),
        precedence=("exhaustion", "greeks_trailing_stop"),
        exits=(
            ExitLine(at_ns=at + 432 * NS, contracts=195, price=66.0, rule="greeks_trailing_stop", trigger="TRAIL_HIT",
                     because="trail reached", suppressed=(("exhaustion", "CLIMAX"),)),
        ),
        commands=(
            CommandLine(at_ns=at + 200 * NS, author="human", command="veto", accepted=True, answer="until 10:04"),
            CommandLine(at_ns=at + 210 * NS, author="human", command="close", accepted=False, answer="it is leaving"),
        ),
        context=(
            ContextLine(name="Delta", entry=0.5, exit=0.56),
            ContextLine(name="OI calls", entry=266_343_415.0, exit=None),
        ),
        quality=QualityScore(
            parts=(QualityPart(name="Profit", found="+13.00 % net", points=30.0, most=30.0),
                   QualityPart(name="IV", found="n/a", points=None, most=10.0)),
            total=None, label="n/a",
        ),
    )  # fmt: skip
    return replace(made, **changed)


class Memory:
    """A reader of made-up rows; `asked` are the filters and orders, in turn. What is in `raises` is raised once."""

    def __init__(self, rows: tuple[TripRow, ...] = tuple(trip(i) for i in range(1, 13))) -> None:
        self.rows = rows
        self.asked: list[tuple[TripFilter, SortKey, bool]] = []
        self.told: list[str] = []
        self.exported: list[Path] = []
        self.raises: list[Exception] = []
        self.interrupts = 0

    def review(
        self, wanted: TripFilter, sort: SortKey = "opened", *, descending: bool = True, progress: Progress | None = None
    ) -> Review:
        """Filters by text alone."""
        self.asked.append((wanted, sort, descending))
        if progress is not None:
            progress(len(self.rows), len(self.rows))
        self._raise()
        rows = tuple(row for row in self.rows if wanted.text.casefold() in f"{row.label} {row.rules}".casefold())
        return review(rows, there=len(self.rows))

    def story(self, key: str) -> TripStory:
        """Always the same, of that row."""
        self.told.append(key)
        self._raise()
        return story(next(row for row in self.rows if row.key == key))

    def export(self, wanted: TripFilter, target: Path, *, force: bool = False, progress: Progress | None = None) -> int:
        """Writes nothing."""
        self._raise()
        self.exported.append(target)
        return len(self.rows)

    def interrupt(self) -> None:
        """Counts."""
        self.interrupts += 1

    def _raise(self) -> None:
        if self.raises:
            raise self.raises.pop()


class Elsewhere:
    """An executor's `submit` that works when it is told to, or at once."""

    def __init__(self, *, at_once: bool = True) -> None:
        self.at_once = at_once
        self.waiting: list[tuple[Callable[[], Any], Future[Any]]] = []

    def submit(self, work: Callable[[], Any]) -> "Future[Any]":
        """Take the work."""
        future: Future[Any] = Future()
        self.waiting.append((work, future))
        if self.at_once:
            self.work()
        return future

    def work(self) -> None:
        """Do what is waiting."""
        while self.waiting:
            work, future = self.waiting.pop(0)
            try:
                future.set_result(work())
            except Exception as error:  # noqa: BLE001 - it is the caller's
                future.set_exception(error)
