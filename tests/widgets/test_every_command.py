"""Everything that a trader can do, by mouse and by key: one table, and it leaves nothing of the keymap out."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from cockpit.commands import AskMargin, Command, Watch, WatchChain
from tests.widgets.conftest import Table
from tests.widgets.hands import Hand, Way
from tests.widgets.ways_cockpit import COMMANDS, busy
from tests.widgets.ways_live import LIVE
from tests.widgets.ways_looking import LOOKING
from tests.widgets.ways_pages import PAGES
from widgets.acting.keymap import KEYMAP, active

WAYS = (*COMMANDS, *LOOKING, *PAGES, *LIVE)
NAMES = [way.name for way in WAYS]


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Profiles and files of this test alone, and the shipped keys again."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield
    active.remap({})


@pytest.mark.parametrize("way", WAYS, ids=NAMES)
def test_by_mouse(table: Table, way: Way) -> None:
    does(table, way, way.mouse)


@pytest.mark.parametrize("way", WAYS, ids=NAMES)
def test_by_key(table: Table, way: Way) -> None:
    does(table, way, way.key)


def does(table: Table, way: Way, hand: Hand) -> None:
    """By that hand the commands go out, or the window is as wanted and was not before."""
    (way.given or busy)(table)
    before = None if way.seen is None else way.seen(table)
    hand(table)
    assert way.sends is None or tuple(table.commands) == way.sends
    if way.seen is not None:
        assert before != way.wanted
        assert way.seen(table) == way.wanted
    else:
        assert way.sends, "a way must come to something"


def test_nothing_is_left_out() -> None:
    assert {way.action for way in WAYS} - {""} == set(KEYMAP)
    sent = {type(command) for way in WAYS for command in way.sends or ()}
    read = {part[0] for way in WAYS if isinstance(way.wanted, list) for part in way.wanted if isinstance(part, tuple)}
    assert sent | read >= set(get_args(Command)) - {Watch, WatchChain, AskMargin}  # these go with what is looked at
    assert len(set(NAMES)) == len(NAMES)
