"""All round trips of a journal as narrow rows in memory, read once and then only what is new, and arrays over them."""

import itertools
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

from cockpit.journal.exchange import DAY_S, NS, label, local_s, zone_of
from cockpit.journal.quality import Scalp, total_of
from cockpit.review import Choices, Progress, TripRow

CHUNK = 2_000  # rows between two reports of progress
OVERRIDES = ("veto", "hold_until", "take_over", "set_mode", "set_stop", "stop_to_break_even", "stop_by_ticks")
"""Commands that keep the engine from what it would do; exits by a human are decisions of rule `human`."""

_TRIPS = """
SELECT t.rowid, t.session_id, t.id, t.symbol, t.underlying, t.side, t.contracts, t.opened_ns, t.closed_ns,
  CAST(t.entry_price AS REAL), CAST(t.exit_price AS REAL), CAST(t.gross AS REAL), CAST(t.fees AS REAL),
  CAST(t.net AS REAL), t.currency, t.multiplier, t.mae, t.mfe, t.profile, s.market,
  json_extract(t.entry_context, '$.gamma'), json_extract(t.exit_context, '$.gamma'),
  json_extract(t.entry_context, '$.iv'), json_extract(t.exit_context, '$.iv'),
  (SELECT group_concat(cause, ' ') FROM (
    SELECT CASE d.rule WHEN 'human' THEN 'human:' || d."trigger" ELSE d.rule END AS cause
    FROM orders AS o JOIN decisions AS d ON d.session_id = o.session_id AND d.id = o.decision_id
    WHERE o.position_id = t.id AND o.session_id = t.session_id AND o.purpose != 'entry' AND o.filled > 0
    GROUP BY 1 ORDER BY min(o.seq)))
FROM round_trips AS t JOIN sessions AS s ON s.id = t.session_id
"""
_NEW = _TRIPS + "WHERE t.rowid > ?1 ORDER BY t.rowid"
_AGAIN = _TRIPS + "WHERE t.rowid IN (SELECT value FROM json_each(?1))"
_OVERRIDES = (
    "SELECT rowid, session_id, coalesce(json_extract(arguments, '$.position'), json_extract(arguments, '$.symbol')),"
    " at_ns, command FROM commands WHERE rowid > ?1 AND accepted AND command IN"
    f" ({', '.join(repr(name) for name in OVERRIDES)}) ORDER BY rowid"
)


class Kept(msgspec.Struct, frozen=True, gc=False):
    """One row as SQLite gives it; the collector need not look at a hundred thousand of them, which hold no objects."""

    rowid: int
    session: str
    id: str
    symbol: str
    underlying: str
    side: str
    contracts: int
    opened_ns: int
    closed_ns: int | None
    entry: float
    exit: float | None
    gross: float
    fees: float
    net: float
    currency: str
    multiplier: float
    mae: float | None
    mfe: float | None
    profile: str
    market: str
    gamma_entry: float | None
    gamma_exit: float | None
    iv_entry: float | None
    iv_exit: float | None
    causes: str | None


class Trips:
    """Rows in the order in which they were first written; `refresh` reads what is new or was still open."""

    def __init__(self) -> None:
        self.rows: list[Kept] = []
        self._open: dict[int, int] = {}  # rowid -> place
        self._commands: dict[tuple[str, str], list[tuple[int, str]]] = {}  # (session, position or symbol)
        self._last_command = 0

    def refresh(self, connection: sqlite3.Connection, progress: Progress | None = None) -> None:
        """Read on. What `progress` raises leaves what was read so far."""
        before = len(self.rows), len(self._open), self._last_command
        again = connection.execute(_AGAIN, (json.dumps(list(self._open)),)) if self._open else ()
        changed = False
        for row in itertools.starmap(Kept, again):
            place = self._open[row.rowid]
            changed = changed or row != self.rows[place]
            self.rows[place] = row
            if row.closed_ns is not None:
                del self._open[row.rowid]
        last = self.rows[-1].rowid if self.rows else 0
        there = connection.execute("SELECT count(*) FROM round_trips").fetchone()[0] if progress is not None else 0
        try:
            self._read_new(connection.execute(_NEW, (last,)), there, progress)
            for rowid, session, name, at_ns, command in connection.execute(_OVERRIDES, (self._last_command,)):
                self._commands.setdefault((session, name), []).append((at_ns, command))
                self._last_command = rowid
        finally:
            if changed or before != (len(self.rows), len(self._open), self._last_command):
                self._forget()

    def _read_new(self, cursor: sqlite3.Cursor, there: int, progress: Progress | None) -> None:
        while chunk := cursor.fetchmany(CHUNK):
            for row in itertools.starmap(Kept, chunk):
                if row.closed_ns is None:
                    self._open[row.rowid] = len(self.rows)
                self.rows.append(row)
            if progress is not None:
                progress(len(self.rows), there)

    def _forget(self) -> None:
        """The arrays were of other rows."""
        for name in [name for name in self.__dict__ if isinstance(getattr(Trips, name, None), cached_property)]:
            del self.__dict__[name]

    def trip(self, place: int, rules: tuple[str, ...], overrides: tuple[str, ...], score: float) -> TripRow:
        """The row of the table; `score` is NaN where there is none."""
        row = self.rows[place]
        return TripRow(
            id=row.id, session=row.session, symbol=row.symbol, label=label(row.symbol, row.underlying),
            underlying=row.underlying, side=side(row), contracts=row.contracts, opened_ns=row.opened_ns,
            closed_ns=row.closed_ns, entry=row.entry, exit=row.exit, gross=row.gross, fees=row.fees, net=row.net,
            currency=row.currency, multiplier=row.multiplier, mae=row.mae, mfe=row.mfe, rules=rules,
            overrides=overrides, profile=row.profile, zone=zone_of(row.market),
            quality=None if score != score else score,
        )  # fmt: skip

    def hold_ns(self, place: int) -> int | None:
        """From first open to last close; None while it is open."""
        row = self.rows[place]
        return None if row.closed_ns is None else row.closed_ns - row.opened_ns

    def _overrides_of(self, place: int) -> tuple[str, ...]:
        row = self.rows[place]
        end_ns = row.closed_ns if row.closed_ns is not None else 2**63 - 1
        found = [command for at_ns, command in self._commands.get((row.session, row.id), ()) if at_ns <= end_ns]
        for at_ns, command in self._commands.get((row.session, row.symbol), ()):
            if row.opened_ns <= at_ns <= end_ns:
                found.append(command)
        manual = (cause.partition(":")[2] for cause in (row.causes or "").split() if cause.startswith("human:"))
        return tuple(dict.fromkeys((*found, *manual)))

    @cached_property
    def opened_ns(self) -> NDArray[np.int64]:
        """Instants of opening."""
        return np.fromiter((row.opened_ns for row in self.rows), np.int64, len(self.rows))

    @cached_property
    def closed_ns(self) -> NDArray[np.int64]:
        """Instants of closing, -1 for what is open."""
        return np.fromiter((-1 if row.closed_ns is None else row.closed_ns for row in self.rows), np.int64)

    @cached_property
    def opened_local_s(self) -> NDArray[np.int64]:
        """Openings on the exchange's clock, in seconds since 1970."""
        return local_s(((row.opened_ns, row.market) for row in self.rows), len(self.rows))

    @cached_property
    def closed_local_s(self) -> NDArray[np.int64]:
        """Closings on the exchange's clock; meaningless for what is open."""
        return local_s(((row.closed_ns or row.opened_ns, row.market) for row in self.rows), len(self.rows))

    @cached_property
    def net(self) -> NDArray[np.float64]:
        """Money after fees."""
        return np.fromiter((row.net for row in self.rows), np.float64, len(self.rows))

    @cached_property
    def quality(self) -> NDArray[np.float64]:
        """Scalp quality score, NaN where there is none."""
        days = zip((self.opened_local_s // DAY_S).tolist(), (self.closed_local_s // DAY_S).tolist(), strict=True)
        scores = (
            None if row.closed_ns is None or opened != closed else total_of(scalp(row))
            for row, (opened, closed) in zip(self.rows, days, strict=True)
        )
        return np.fromiter((np.nan if score is None else score for score in scores), np.float64, len(self.rows))

    @cached_property
    def overridden(self) -> NDArray[np.bool_]:
        """Whether a human overrode the engine."""
        return np.fromiter(map(bool, self.overrides), np.bool_, len(self.rows))

    @cached_property
    def overrides(self) -> list[tuple[str, ...]]:
        """Commands by which a human overrode the engine, each once."""
        known: dict[tuple[str, ...], tuple[str, ...]] = {}  # equal ones are one object
        found = map(self._overrides_of, range(len(self.rows)))
        return [known.setdefault(commands, commands) for commands in found]

    @cached_property
    def choices(self) -> Choices:
        """What there is to choose from, the most frequent first."""
        return Choices(
            underlyings=_frequent(row.underlying for row in self.rows),
            rules=_frequent(rule for rules in self.rules for rule in rules),
            profiles=_frequent(row.profile for row in self.rows),
            newest_session=self.rows[-1].session if self.rows else None,
        )

    @cached_property
    def session_at(self) -> NDArray[np.int64]:
        """The place of its session among those that have traded, in the order in which they were played."""
        place = {session: i for i, session in enumerate(dict.fromkeys(row.session for row in self.rows))}
        return np.fromiter((place[row.session] for row in self.rows), np.int64, len(self.rows))

    @cached_property
    def fees(self) -> NDArray[np.float64]:
        """Money paid."""
        return np.fromiter((row.fees for row in self.rows), np.float64, len(self.rows))

    @cached_property
    def rules(self) -> list[tuple[str, ...]]:
        """The rules that each was left by."""
        causes = {row.causes for row in self.rows}
        found = {told: tuple(dict.fromkeys(each.partition(":")[0] for each in (told or "").split())) for told in causes}
        return [found[row.causes] for row in self.rows]

    @cached_property
    def haystack(self) -> list[str]:
        """What a search for text looks at."""
        return [
            f"{row.symbol} {label(row.symbol, row.underlying)} {row.profile} {row.session}/{row.id} {row.side}"
            f" {' '.join(rules)} {' '.join(rules).replace('_', ' ')}".casefold()
            for row, rules in zip(self.rows, self.rules, strict=True)
        ]


def _frequent(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name, _ in Counter(names).most_common())


def side(row: Kept) -> int:
    """+1 long, -1 short."""
    return 1 if row.side == "long" else -1


def scalp(row: Kept) -> Scalp:
    """What its quality is judged on; for closed ones."""
    spent = row.entry * row.contracts * row.multiplier
    way = side(row)
    return Scalp(
        way,
        100.0 * row.net / spent if spent > 0.0 else None,
        ((row.closed_ns or row.opened_ns) - row.opened_ns) / NS,
        row.gamma_entry,
        row.gamma_exit,
        row.iv_entry,
        row.iv_exit,
        None if row.exit is None else (row.exit - row.entry) * way,
        row.mae,
        row.mfe,
    )
