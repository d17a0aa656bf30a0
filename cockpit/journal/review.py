"""Serves reviews of one journal, opened read-only and also while a cockpit writes it; see cockpit.review."""

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast, overload

import numpy as np
from numpy.typing import NDArray

from cockpit.domain.errors import BadInput
from cockpit.journal.exchange import DAY_S, NS
from cockpit.journal.export import export_rows
from cockpit.journal.opening import connect_to_read
from cockpit.journal.report import Closed, drawdowns, report
from cockpit.journal.story import story
from cockpit.journal.trips import Trips, side
from cockpit.review import (
    EquityPoint,
    Excursion,
    Progress,
    Review,
    SessionReport,
    SortKey,
    Stopped,
    TripFilter,
    TripRow,
    TripStory,
)

EXCURSIONS = 1_000
EQUITY_BUCKETS = 300  # of at most three points each
Places = NDArray[np.int64]


class Rows(Sequence[TripRow]):
    """Round trips in an order, made when they are looked at, by any thread, and as they were when it was made."""

    def __init__(self, trips: Trips, places: Places) -> None:
        self._made: dict[int, TripRow] = {}
        self._trips, self._places = trips, places
        self._rules, self._overrides, self._quality = trips.rules, trips.overrides, trips.quality

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> TripRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[TripRow]: ...
    def __getitem__(self, index: int | slice) -> TripRow | Sequence[TripRow]:
        if isinstance(index, slice):
            return Rows(self._trips, self._places[index])
        place = int(self._places[index])
        found = self._made.get(place)
        if found is None:
            if len(self._made) > 1_000:
                self._made.clear()
            told = self._rules[place], self._overrides[place], float(self._quality[place])
            found = self._made[place] = self._trips.trip(place, *told)
        return found


class JournalReader:
    """The reader of one journal. A journal that does not exist yet has no round trips; None is one in memory alone."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._trips = Trips()
        self._turn = threading.Lock()
        self._stop = False

    def review(
        self, wanted: TripFilter, sort: SortKey = "opened", *, descending: bool = True, progress: Progress | None = None
    ) -> Review:
        """See cockpit.review.Reader."""
        began_s = time.perf_counter()
        with self._reading():
            self._refresh(progress)
            trips = self._trips
            places = sorted_places(trips, matching(trips, wanted), sort, descending=descending)
            told, closed = reported(trips, places)
            return Review(
                rows=Rows(trips, places),
                there=len(trips.rows),
                report=told,
                equity=equity(closed),
                excursions=_excursions(trips, places, told.currency),
                choices=trips.choices,
                took_s=time.perf_counter() - began_s,
            )

    def story(self, key: str) -> TripStory:
        """See cockpit.review.Reader."""
        with self._reading() as connection:
            self._refresh(None)
            session, _, position = key.rpartition("/")
            rows = self._trips.rows
            place = next((i for i, row in enumerate(rows) if row.id == position and row.session == session), None)
            if place is None or connection is None:
                raise BadInput(f"The journal {self.path} has no round trip {key!r}: reload the journal.")
            return story(connection, self._trips, place)

    def export(self, wanted: TripFilter, target: Path, *, force: bool = False, progress: Progress | None = None) -> int:
        """See cockpit.review.Reader."""
        with self._reading():
            self._refresh(progress)
            places = sorted_places(self._trips, matching(self._trips, wanted), "opened", descending=False)
            rows = Rows(self._trips, places)
            return export_rows(rows, target, journal=self.path, force=force, progress=progress)

    def interrupt(self) -> None:
        """See cockpit.review.Reader."""
        self._stop = True
        connection = self._connection
        if connection is not None:
            connection.interrupt()

    def close(self) -> None:
        """End reading, after what is being asked."""
        self.interrupt()
        with self._turn:
            self._disconnect()

    def _refresh(self, progress: Progress | None) -> None:
        def heed(done: int, there: int) -> None:
            if progress is not None:
                progress(done, there)
            if self._stop:
                raise Stopped

        if self._connection is not None:
            self._trips.refresh(self._connection, heed)

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection | None]:
        """One asks at a time; what SQLite complains of becomes one sentence, and the next one connects again."""
        with self._turn:
            self._stop = False
            try:
                if self._connection is None and self.path is not None and self.path.exists():
                    self._connection = connect_to_read(self.path.resolve())
                yield self._connection
            except sqlite3.OperationalError as error:
                if self._stop:
                    raise Stopped from error
                self._disconnect()
                raise BadInput(f"The journal {self.path} cannot be read now ({error}): close what locks it.") from error
            except sqlite3.DatabaseError as error:
                self._disconnect()
                raise BadInput(
                    f"The journal {self.path} is damaged ({error}): restore a backup; `cockpit journal verify` says"
                    " more."
                ) from error

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._trips = None, Trips()


def numbers(places: Places) -> list[int]:
    """The same as plain numbers."""
    return cast("list[int]", places.tolist())


def matching(trips: Trips, wanted: TripFilter) -> Places:
    """The places of what agrees with the filter, in the order of `trips`."""
    rows, n = trips.rows, len(trips.rows)
    keep = np.ones(n, dtype=np.bool_)

    def need(answers: Iterable[bool]) -> None:
        np.logical_and(keep, np.fromiter(answers, np.bool_, n), out=keep)

    if wanted.since_ns is not None:
        keep &= trips.opened_ns >= wanted.since_ns
    if wanted.until_ns is not None:
        keep &= trips.opened_ns < wanted.until_ns
    if wanted.overridden is not None:
        keep &= trips.overridden == wanted.overridden
    if wanted.result is not None:
        is_closed = trips.closed_ns >= 0
        sign = {"winners": trips.net > 0, "losers": trips.net < 0, "flat": trips.net == 0}
        keep &= ~is_closed if wanted.result == "open" else is_closed & sign[wanted.result]
    if wanted.underlying is not None:
        need(row.underlying == wanted.underlying for row in rows)
    if wanted.profile is not None:
        need(row.profile == wanted.profile for row in rows)
    if wanted.session is not None:
        need(row.session == wanted.session for row in rows)
    if wanted.rule is not None:
        need(wanted.rule in rules for rules in trips.rules)
    for word in wanted.text.casefold().split():
        need(word in hay for hay in trips.haystack)
    return np.flatnonzero(keep)


_KEYS: dict[SortKey, Callable[[Trips, int], float | str | None]] = {
    "symbol": lambda trips, i: trips.rows[i].symbol,
    "side": lambda trips, i: side(trips.rows[i]),
    "contracts": lambda trips, i: trips.rows[i].contracts,
    "entry": lambda trips, i: trips.rows[i].entry,
    "exit": lambda trips, i: trips.rows[i].exit,
    "net": lambda trips, i: trips.rows[i].net if trips.rows[i].closed_ns is not None else None,
    "fees": lambda trips, i: trips.rows[i].fees,
    "hold": lambda trips, i: trips.hold_ns(i),
    "rules": lambda trips, i: " ".join(trips.rules[i]) or None,
    "excursion": lambda trips, i: trips.rows[i].mfe,
    "quality": lambda trips, i: float(trips.quality[i]) if trips.quality[i] == trips.quality[i] else None,
    "profile": lambda trips, i: trips.rows[i].profile,
    "session": lambda trips, i: trips.rows[i].session,
    "overrides": lambda trips, i: " ".join(trips.overrides[i]) or None,
}


def sorted_places(trips: Trips, places: Places, sort: SortKey, *, descending: bool) -> Places:
    """In order of one column; what is unknown comes last, and of equals the newest is first when descending."""
    places = places[::-1] if descending else places
    opened = trips.opened_ns[places]
    places = places[np.argsort(-opened if descending else opened, kind="stable")]
    if sort == "opened":
        return places
    key = _KEYS[sort]
    values = [key(trips, i) for i in numbers(places)]
    known = {value for value in values if value is not None}
    rank = {value: i for i, value in enumerate(sorted(known, reverse=descending))}  # pyright: ignore[reportArgumentType]
    ranks = np.fromiter((len(rank) if value is None else rank[value] for value in values), np.int64, len(values))
    return places[np.argsort(ranks, kind="stable")]


def reported(trips: Trips, places: Places) -> tuple[SessionReport, Closed]:
    """What the closed ones among them add up to, in the currency of most; and those, in order of their close.

    One session comes after the other: two playings of one day were not traded at the same time.
    """
    is_closed = trips.closed_ns[places] >= 0
    closed = places[is_closed]
    closed = closed[np.lexsort((trips.closed_ns[closed], trips.session_at[closed]))]
    currencies = Counter(trips.rows[i].currency for i in numbers(closed))
    most = (
        currencies.most_common(1)[0][0] if currencies else trips.rows[int(places[-1])].currency if len(places) else ""
    )
    if len(currencies) > 1:
        closed = closed[np.fromiter((trips.rows[i].currency == most for i in numbers(closed)), np.bool_, len(closed))]
    given = Closed(
        net=trips.net[closed],
        fees=trips.fees[closed],
        hold_s=(trips.closed_ns[closed] - trips.opened_ns[closed]) / NS,
        closed_ns=trips.closed_ns[closed],
        opened_hour=trips.opened_local_s[closed] % DAY_S // 3_600,
        closed_day=trips.closed_local_s[closed] // DAY_S,
        session=trips.session_at[closed],
        rules=[trips.rules[i] for i in numbers(closed)],
    )
    told = report(
        given,
        most,
        open_left_out=int(len(places) - is_closed.sum()),
        others_left_out=int(is_closed.sum()) - len(closed),
    )
    return told, given


def equity(closed: Closed) -> tuple[EquityPoint, ...]:
    """Of every stretch its highest, lowest and deepest point, and the last of all."""
    total, below = drawdowns(closed.net)
    n = len(total)
    if n <= 3 * EQUITY_BUCKETS:
        kept = np.arange(n)
    else:
        stretches = np.array_split(np.arange(n), EQUITY_BUCKETS)
        found = {
            int(at[pick]) for at in stretches for pick in (total[at].argmax(), total[at].argmin(), below[at].argmin())
        }
        kept = np.array(sorted(found | {n - 1}))
    return tuple(
        EquityPoint(at_ns=at_ns, equity=equity, drawdown=drawdown)
        for at_ns, equity, drawdown in zip(
            closed.closed_ns[kept].tolist(), total[kept].tolist(), below[kept].tolist(), strict=True
        )
    )


def _excursions(trips: Trips, places: Places, currency: str) -> tuple[Excursion, ...]:
    newest = places[np.argsort(-trips.opened_ns[places], kind="stable")]
    made: list[Excursion] = []
    for i in numbers(newest):
        row = trips.rows[i]
        if len(made) == EXCURSIONS:
            break
        if row.closed_ns is None or row.mae is None or row.mfe is None or not row.entry or row.currency != currency:
            continue
        against, towards = 100.0 * row.mae / row.entry, 100.0 * row.mfe / row.entry
        made.append(Excursion(key=f"{row.session}/{row.id}", against=against, towards=towards, net=row.net))
    return tuple(made)
