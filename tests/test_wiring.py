"""What a session is put together from, and that it goes on with profiles that only its own journal knows."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cockpit.commands import ApplyProfile, Close, Watch
from cockpit.domain.errors import BadInput
from cockpit.events import NS, Entry
from cockpit.feeds.player import FASTEST
from cockpit.feeds.recording import load
from cockpit.journal.history import open_history
from cockpit.journal.store import Store, open_journal
from cockpit.journal.verify import verify
from cockpit.profiles import SHIPPED_PROFILES, profile
from cockpit.wiring import Live, Plan, Replay, Script, replay_of
from tests.cli.sessions import START, an_hour, symbol

NOW_NS = 1_800_000_000 * NS
MINE = 'name = "mine"\nextends = "adaptive"\n[[rules]]\nrule = "protective_stop"\nstop_pct = 55\n'


def started(recording: Path, store: Store | None = None, *, entry_s: int = 300) -> Replay:
    """A session with one entry so long after its start, and the default profile alone."""
    loaded, default = load(recording, now_ns=NOW_NS), profile("adaptive")
    at_ns = int(START.timestamp() + entry_s) * NS
    script = Script(entries=[Entry(at_ns, symbol(700), "buy", 10)])
    plan = Plan(profiles={default.name: default}, default_profile=default.name, script=script)
    return replay_of(loaded, plan, store=store)


def killed_under_mine(recording: Path, journal: Path) -> str:
    """What its checkpoint said of the position when the session was killed, just after it had been given `MINE`."""
    with closing(open_journal(journal)) as store:
        made = started(recording, store)
        for event in made.events():
            made.session.take(event)
            if made.state.held:
                break
        said = made.session.take(ApplyProfile(toml=MINE, positions=("P0001",)))
        assert said is not None
        assert said.accepted, said.said
        return made.state.held["P0001"].profile.sha256


def test_a_session_may_extend_every_shipped_profile_and_knows_the_unit_of_open_interest(tmp_path: Path) -> None:
    recording = an_hour(tmp_path)
    recording.with_suffix(".toml").write_text('market = "us"\noi_unit = "shares"\n', encoding="utf-8")
    state = started(recording).state
    assert set(state.setup.shipped) == set(SHIPPED_PROFILES)
    assert state.setup.oi_unit == "shares"


def test_a_killed_session_goes_on_under_the_profile_that_it_was_given(tmp_path: Path) -> None:
    recording, journal = an_hour(tmp_path), tmp_path / "journal.sqlite"
    sha256 = killed_under_mine(recording, journal)
    with closing(open_journal(journal)) as store:
        again = started(recording, store)
        assert again.about is not None
        assert again.about.resumed == 1
        assert again.state.held["P0001"].profile.sha256 == sha256
        assert again.state.default_profile == "mine"
        again.play()
    assert {trip["profile"] for trip in (*again.outcome()["round_trips"], *again.outcome()["open"])} == {"mine"}  # type: ignore[misc]


def test_after_the_end_nothing_is_traded_and_what_was_asked_belongs_to_the_session(tmp_path: Path) -> None:
    journal = tmp_path / "journal.sqlite"
    with closing(open_journal(journal)) as store:
        live = Live(started(an_hour(tmp_path), store, entry_s=3_540), speed=FASTEST, name="", badge="")
        asyncio.run(live.player.run(live.take))
        assert live.frame().ended
        said = live.take(Close(position="P0001"))
        assert said is not None
        assert (said.accepted, said.said) == (False, "the recording has ended: nothing is traded any more")
        (row,) = live.frame().positions
        live.take(Watch(position=row.id))
        assert (row.state, live.frame().orders[-1].purpose) == ("hold", "entry")
        live.leave()
    with closing(open_history(journal)) as history:
        assert verify(history) == []
        (about,) = history.sessions()
        assert about.ended_ns is not None


def test_a_profile_whose_text_is_lost_stops_the_restart_in_one_sentence(tmp_path: Path) -> None:
    recording, journal = an_hour(tmp_path), tmp_path / "journal.sqlite"
    killed_under_mine(recording, journal)
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute("DELETE FROM checkpoints WHERE key LIKE 'profile %'")
    with (
        closing(open_journal(journal)) as store,
        pytest.raises(BadInput, match="position P0001 is under the profile 'mine', which is not given now"),
    ):
        started(recording, store)
