"""An afternoon of the demo traded with the keys alone, over the real engine; the journal has all of it."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cockpit.commands import Acknowledged, Command
from cockpit.events import NS
from cockpit.feeds.demo import demo_start_ns, demo_tour_ns, tour
from cockpit.frame import Frame, PositionPart
from cockpit.journal.review import JournalReader
from cockpit.journal.store import open_journal
from cockpit.profiles import SHIPPED_PROFILES, profile
from cockpit.wiring import Live, Plan, Script, realistic, replay_of
from tests.widgets.conftest import Recorder, Table
from tests.widgets.frames_review import Elsewhere
from tests.widgets.hands import K, keys, press, tab_to
from widgets.parts.button import HOLD_S
from widgets.parts.fields import NumberField

FRAME_NS, FRAME_S = NS // 4, 0.25
LATEST_NS = demo_tour_ns() + 900 * NS


class Engine(Recorder):
    """The demo in this thread: a command is taken at once, and its answer waits for the window's loop."""

    def __init__(self, journal: Path) -> None:
        super().__init__()
        recording, entries, _ = tour()
        plan = Plan(
            profiles={name: profile(name) for name in SHIPPED_PROFILES}, default_profile="adaptive",
            script=Script(entries=entries, commands=[]), options=realistic(recording.market), live_ns=demo_start_ns(),
        )  # fmt: skip
        store = open_journal(journal)
        self.live = Live(replay_of(recording, plan, store=store, feed="demo"), speed=60.0, name="demo", badge="PAPER")
        self.events = self.live.replay.events()
        self.answers: list[Acknowledged] = []

    def submit(self, command: Command) -> "asyncio.Future[Acknowledged]":
        """To the session, whose answer is kept."""
        future = super().submit(command)
        said = self.live.take(command)
        assert said is not None
        self.answers.append(said)
        future.set_result(said)
        return future


class Afternoon:
    """A trader at the keys: `until` lets the demo go on, and every key is answered."""

    def __init__(self, table: Table, engine: Engine) -> None:
        self.table, self.engine, self.window = table, engine, table.window

    @property
    def frame(self) -> Frame:
        assert self.table.frame is not None
        return self.table.frame

    def row(self, position: str) -> PositionPart:
        found = self.window.cockpit.grid.position(position)
        assert found is not None, f"{position} is not open"
        return found

    def until(self, seen: Callable[[], bool]) -> None:
        """Frame by frame, until that is seen."""
        shown_ns = 0
        for event in self.engine.events:
            assert event.at_ns < LATEST_NS, "it has not come"
            self.engine.live.take(event)
            if event.at_ns - shown_ns >= FRAME_NS:
                shown_ns = event.at_ns
                self.table.show(self.engine.live.frame(), after_s=FRAME_S)
                self.engine.answer()
                if seen():
                    return

    def soon(self) -> None:
        """A frame later, and long enough for what must have been seen before it counts."""
        self.table.now_s += 1.5
        frames = [0]
        self.until(lambda: bool(frames.append(0)) or len(frames) > 4)

    def do(self, action: str, *then: K | str) -> None:
        """A key, what is typed after it, and the answer."""
        press(self.table, action)
        keys(self.table, *then)
        self.engine.answer()
        self.soon()

    def select(self, position: str) -> None:
        """Down, until that row is selected."""
        grid = self.window.cockpit.grid
        for _ in self.frame.positions:
            press(self.table, "up")
        for _ in self.frame.positions:
            if grid.selected_id == position:
                break
            press(self.table, "down")
        assert grid.selected_id == position, f"the keys do not lead to {position}, they end at {grid.selected_id}"
        self.engine.answer()
        self.soon()

    def enter(self, widget: object) -> None:
        """Tab to it, and Enter."""
        tab_to(self.table, widget)  # type: ignore[arg-type]
        keys(self.table, K.Key_Return)
        self.engine.answer()


@pytest.fixture
def traded(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Afternoon]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    engine = Engine(tmp_path / "journal.sqlite")
    table = Table(qtbot, recorder=engine)
    reader = JournalReader(tmp_path / "journal.sqlite")
    table.window.pages.set_journal(reader, Elsewhere().submit)
    table.window.load_charts()
    yield Afternoon(table, engine)
    table.clear()
    reader.close()
    engine.live.leave()
    engine.live.close()


def test_an_afternoon_by_keyboard_alone(traded: Afternoon, tmp_path: Path) -> None:
    veto_and_reduce(traded)
    lead_by_hand(traded)
    open_and_close(traded)
    look_back(traded)
    change_a_profile(traded)
    leave_everything(traded)
    assert [answer.said for answer in traded.engine.answers if not answer.accepted] == []
    with sqlite3.connect(tmp_path / "journal.sqlite") as journal:
        kept = journal.execute("SELECT command, accepted FROM commands WHERE author = 'human'").fetchall()
    journal.close()
    assert all(accepted for _, accepted in kept)
    assert {command for command, _ in kept} == {
        "veto", "reduce", "stop_to_break_even", "stop_by_ticks", "take_over", "hand_back", "reset_cooldown", "enter",
        "close", "apply_profile", "flatten",
    }  # fmt: skip


def veto_and_reduce(day: Afternoon) -> None:
    """A countdown is vetoed with a reason; half of another position goes."""
    day.until(lambda: len(day.frame.positions) == 7 and bool(day.frame.pending))
    day.soon()  # what has just come up is not vetoed by a key that was on its way
    vetoed = day.frame.pending[0]
    day.do("veto_more", "the impulse goes on", K.Key_Return)
    assert (vetoed.position_id, vetoed.rule) not in {(each.position_id, each.rule) for each in day.frame.pending}
    held = day.row("P0005").contracts
    day.select("P0005")
    day.do("half")
    day.until(lambda: day.row("P0005").contracts < held)


def lead_by_hand(day: Afternoon) -> None:
    """The stop goes to break-even and by ticks; the position is taken over and handed back."""
    day.until(lambda: (day.row("P0005").gain_bps or 0.0) > 100.0 and not day.frame.pending)
    day.do("break_even")
    before = day.row("P0005").stop
    assert before is not None
    day.do("stop_up")
    day.do("stop_up")
    day.do("stop_down")
    after = day.row("P0005").stop
    assert after is not None
    assert after > before
    day.do("take_over")
    assert day.row("P0005").mode == "taken over"
    day.do("take_over")
    assert day.row("P0005").mode == "auto"


def open_and_close(day: Afternoon) -> None:
    """One lot is bought from the chain, with the ticket, and sold again."""
    day.until(lambda: day.frame.status.cooldown == "active")
    day.do("cooldown", "planned before", K.Key_Return)
    known = {row.id for row in day.frame.positions}
    day.do("page_chain")
    day.until(lambda: day.frame.chain is not None)
    day.do("buy")
    chain = day.window.pages.chain
    assert chain is not None
    day.do("submit")
    assert chain.ticket.reviewing
    day.do("submit")
    symbol = chain.ticket.symbol
    mine = lambda: [row.id for row in day.frame.positions if row.symbol == symbol and row.id not in known]  # noqa: E731
    day.until(lambda: bool(mine()))
    day.do("page_cockpit")
    opened = mine()[0]
    day.select(opened)
    day.do("all")
    day.until(lambda: opened not in {row.id for row in day.frame.positions})


def look_back(day: Afternoon) -> None:
    """The ledger is searched, and the story of a round trip is read in the journal."""
    ledger = day.window.cockpit.lists.ledger
    everything = ledger.count
    day.do("search", "vetoed")
    assert 0 < ledger.count < everything
    keys(day.table, K.Key_Escape)
    assert ledger.count >= everything
    day.do("page_journal")
    journal = day.window.pages.journal
    assert journal is not None
    newest = journal.detail.story
    keys(day.table, K.Key_Down, K.Key_Down)
    assert journal.detail.story is not None
    assert journal.detail.story != newest


def change_a_profile(day: Afternoon) -> None:
    """A copy of `adaptive` with another number in it supervises what is open."""
    day.do("page_settings")
    settings = day.window.pages.settings
    assert settings is not None
    form = settings.profiles
    day.enter(form.copy)
    keys(day.table, K.Key_Return)
    assert not form.read_only
    tab_to(day.table, form.rules.list)
    for _ in range(50):
        if form.rules.current == "holding_limit":
            break
        keys(day.table, K.Key_Down)
    field = next(row.field for row in form.form.fields.values() if isinstance(row.field, NumberField))
    tab_to(day.table, field)
    keys(day.table, "1199")
    day.enter(form.use_open)
    taken = [row.id for row in day.frame.positions if row.profile == "adaptive"]
    for row in day.frame.positions:
        unwanted = row.id in form.panel.chosen and row.id not in taken
        keys(day.table, *([K.Key_Space] if unwanted else []), K.Key_Down)
    assert form.panel.chosen == tuple(taken)
    day.enter(form.panel.apply)
    day.soon()
    assert {day.row(position).profile for position in taken} == {"my adaptive"}


def leave_everything(day: Afternoon) -> None:
    """F12, held."""
    press(day.table, "page_cockpit")
    day.table.qtbot.keyPress(day.window, K.Key_F12)
    day.table.pass_time(HOLD_S + 0.04)
    day.engine.answer()
    day.table.qtbot.keyRelease(day.window, K.Key_F12)
    day.until(lambda: not day.frame.positions)
