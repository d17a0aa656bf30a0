"""Sums over the grid that are kept while rows are exchanged."""

import random
from dataclasses import replace

from cockpit.frame import PositionPart
from cockpit.projection.tally import Tally
from tests.projection.looking import looked

PART = looked(["10:00:00 50 50", "10:00:00 buy 1"])[2][-1].positions[0]


def part(id: int, pnl: float | None = 0.0, nearness: float | None = None, **given: object) -> PositionPart:
    return replace(PART, id=f"{id}", pnl=pnl, nearness=nearness, **given)  # type: ignore[arg-type]


def test_after_any_exchanges_the_sums_are_those_of_the_rows_that_are_left() -> None:
    chance, tally = random.Random(5), Tally()
    rows: dict[str, PositionPart] = {}
    for _ in range(3000):
        id = chance.randrange(40)
        before = rows.pop(f"{id}", None)
        now = None
        if chance.random() < 0.8:
            now = part(
                id, chance.choice((None, 0.1, -1e9 / 3.0, 7.0)), chance.choice((None, 0.2, 0.9)),
                mode=chance.choice(("auto", "observe")), profile=chance.choice(("a", "b")),
                cutoff_ns=chance.choice((None, 5, 6, 7)), cutoff="close exits",
            )  # fmt: skip
            rows[now.id] = now
        tally.exchange(before, now, id)
        known = [row.pnl for row in rows.values() if row.pnl is not None]
        assert abs(tally.pnl - sum(round(pnl, 8) for pnl in known)) < 1e-4
        assert tally.blind == len(rows) - len(known)
        assert tally.observed == sum(row.mode == "observe" for row in rows.values())
        assert +tally.by_profile == {
            name: n for name in "ab" if (n := sum(row.profile == name for row in rows.values()))
        }
        ahead = [row.cutoff_ns for row in rows.values() if row.cutoff_ns is not None and row.cutoff_ns > 5]
        assert tally.next_cutoff(5) == ((min(ahead), "close exits") if ahead else None)
        near = max((row.nearness for row in rows.values() if row.nearness is not None), default=None)
        found = tally.nearest(rows)
        assert (found.nearness if found else None) == near
        assert found is None or rows[found.id] is found


def test_what_is_added_and_taken_back_leaves_nothing() -> None:
    tally, rows = Tally(), [part(i, 0.1 * i) for i in range(100)]
    for row in rows:
        tally.exchange(None, row, 0)
    for row in reversed(rows):
        tally.exchange(row, None, 0)
    assert tally.pnl == 0.0


def test_of_two_that_are_as_near_the_older_one_is_named() -> None:
    tally, older, younger = Tally(), part(1, nearness=0.5), part(2, nearness=0.5)
    tally.exchange(None, younger, 2)
    tally.exchange(None, older, 1)
    assert tally.nearest({"1": older, "2": younger}) is older


def test_a_row_that_is_exchanged_for_ever_takes_no_more_room() -> None:
    tally, before = Tally(), None
    quiet = part(1, nearness=0.9)
    tally.exchange(None, quiet, 1)
    for i in range(5000):
        now = part(2, nearness=0.1 + i * 1e-5)
        tally.exchange(before, now, 2)
        assert tally.nearest({"1": quiet, "2": now}) is quiet
        before = now
    assert len(tally._near) < 200  # pyright: ignore[reportPrivateUsage]
