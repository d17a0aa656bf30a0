"""Which chain is looked at; looking is not journalled."""

import pytest

from cockpit.commands import Watch, WatchChain
from cockpit.records import CommandRecord
from tests.market_of import DAY, Playing, play


def session() -> Playing:
    return play(["10:00:00 50 50"])


def test_without_an_expiry_it_is_the_next_one() -> None:
    played = session()
    assert played.command(WatchChain(underlying="NIFTY")).said == "watching the chain of NIFTY, 2026-08-25"
    assert played.state.watched_chain == ("NIFTY", DAY.replace(day=25))


def test_after_the_last_expiry_it_is_the_last_one() -> None:
    played = session()
    played.state.day = DAY.replace(month=12)
    assert played.command(WatchChain(underlying="NIFTY")).said.endswith("2026-09-01")


def test_another_expiry_and_none_at_all() -> None:
    played = session()
    assert played.command(WatchChain(underlying="NIFTY", expiry="2026-09-01")).accepted
    assert played.state.watched_chain == ("NIFTY", DAY.replace(month=9, day=1))
    assert played.command(WatchChain()).said == "no chain is watched"
    assert played.state.watched_chain is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (WatchChain(underlying="X"), "there are no options on 'X' in this session"),
        (WatchChain(underlying="S"), "there are no options on 'S' in this session"),
        (
            WatchChain(underlying="NIFTY", expiry="25 Aug"),
            "NIFTY has no expiry '25 Aug'; there are 2026-08-25, 2026-09-01",
        ),
    ],
    ids=["unknown", "a share", "no such day"],
)
def test_what_is_not_there_is_refused(given: WatchChain, said: str) -> None:
    played = session()
    answer = played.command(given)
    assert (answer.accepted, answer.said, played.state.watched_chain) == (False, said, None)


def test_looking_leaves_no_trace_in_the_journal() -> None:
    played = session()
    played.command(WatchChain(underlying="NIFTY"))
    played.command(Watch(position="P0001"))
    assert not [r for r in played.journal.records if isinstance(r, CommandRecord)]
