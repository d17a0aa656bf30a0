"""A session with a live broker in the window: badge, link, protection, lists, arming; nothing of it where none is."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication

from cockpit.commands import Arm, Kill, Reconcile
from tests.widgets import frames, frames_lists, frames_live
from tests.widgets.conftest import Table
from tests.widgets.frames_live import FIRST, PAPER_ACCOUNT, REAL_ACCOUNT, SECOND, THIRD
from widgets.lists.lists_pane import BROKER, COMPARED
from widgets.lists.orders_list import bracketed, grouped
from widgets.paint.theme import tokens
from widgets.parts.guard import protection_short
from widgets.parts.link import account_short, link_words


def live(table: Table, frame: object) -> None:
    """Nothing is played, and that frame is shown."""
    table.window.set_playback(None)
    table.show(frame)  # type: ignore[arg-type]
    table.recorder.answer("")


def at(table: Table, x: int, y: int) -> str:
    return QColor(table.window.strip.grab().toImage().pixel(x, y)).name().upper()


# ---------------------------------------------------------------- strip and title


def test_paper_and_real_money_differ_in_colour_shape_and_title(table: Table) -> None:
    live(table, frames_live.frame())
    strip = table.window.strip
    bottom = strip.height() - 6
    assert at(table, 4, bottom) == tokens("dark")["bg1"], "a plate"
    assert table.window.windowTitle() == f"PAPER · {PAPER_ACCOUNT} · ib · Cockpit"
    live(table, frames_live.real(armed=True))
    assert at(table, 4, bottom) == tokens("dark")["live"], "a block from edge to edge"
    assert table.window.windowTitle() == f"LIVE · {REAL_ACCOUNT} · real money · ib · Cockpit"
    assert REAL_ACCOUNT in strip.words()["badge"]


def test_not_armed_says_so_and_how_to_arm(table: Table) -> None:
    live(table, frames_live.real(armed=False))
    window = table.window
    assert window.windowTitle() == f"LIVE · {REAL_ACCOUNT} · real money, not armed · ib · Cockpit"
    assert window.strip.session.text() == "Arm…"
    assert "Ctrl ⇧A" in window.strip.session.toolTip()
    head, second = window.bar.sentence()
    assert head.startswith("Not armed")
    assert f"Ctrl ⇧A and the code of {REAL_ACCOUNT}" in second
    live(table, frames_live.real(armed=True))
    assert window.strip.session.text() == "Active"
    assert window.bar.sentence()[0] == "Nothing pending"


def test_the_code_that_is_typed_must_be_the_very_one(table: Table) -> None:
    live(table, frames_live.real(armed=False))
    ask = table.window.ask
    table.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    for typed in ("", REAL_ACCOUNT.lower(), REAL_ACCOUNT[:-1]):
        ask.line.setText(typed)
        ask.answer()
        assert REAL_ACCOUNT in ask.refusal
        assert table.commands == []
    ask.line.setText(f" {REAL_ACCOUNT} ")
    ask.answer()
    assert table.commands == [Arm(account=REAL_ACCOUNT)]
    assert not ask.isVisible()


def test_a_humans_own_exit_is_told_before_the_arming(table: Table) -> None:
    frame = frames_live.real(armed=False)
    first, *others = frame.positions
    leaving = replace(first, state="leaving", working="sells 10 · you: close")
    live(table, replace(frame, positions=(leaving, *others)))
    assert table.window.bar.sentence()[0] == "SPY 498 C: sells 10 · you: close"


def test_an_account_that_is_not_known_yet_is_not_armed(table: Table) -> None:
    frame = frames_live.real(armed=False)
    live(table, replace(frame, connection=frames_live.connection(account="", is_live_account=True)))
    table.window.controls.run("arm")
    assert not table.window.ask.isVisible()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (frames.frame, "No live broker: this session trades no account."),
        (frames_live.quotes_only, "No live broker: this session trades no account."),
        (frames_live.frame, "Only an account with real money is armed."),
        (lambda: frames_live.real(armed=True), f"{REAL_ACCOUNT} is armed until the trading day ends."),
    ],
)
def test_where_there_is_nothing_to_arm_it_says_why(table: Table, make: Callable[[], object], said: str) -> None:
    live(table, make())
    table.window.controls.run("arm")
    assert table.window.bar.notice is not None
    assert table.window.bar.notice.text == said
    assert not table.window.ask.isVisible()


def test_without_a_broker_nothing_is_compared(table: Table) -> None:
    live(table, frames.frame())
    table.window.controls.run("reconcile")
    assert Reconcile() not in table.commands


def test_the_kill_switch_takes_two_steps_and_esc_takes_none(table: Table) -> None:
    live(table, frames_live.frame())
    table.press(Qt.Key.Key_F12, Qt.KeyboardModifier.ControlModifier)
    assert table.window.ask.isVisible()
    table.qtbot.keyClick(table.window.focusWidget(), Qt.Key.Key_Escape)
    assert table.commands == []
    table.press(Qt.Key.Key_F12, Qt.KeyboardModifier.ControlModifier)
    table.qtbot.keyClick(table.window.focusWidget(), Qt.Key.Key_Return)
    assert table.commands == [Kill()]
    assert table.window.strip.kill.sending


def test_the_link_says_its_state_and_age(table: Table) -> None:
    assert link_words(frames_live.connection(), frames.AT_NS) == "connected"
    live(table, frames_live.reconnecting())
    words = table.window.strip.words()["link"]
    assert "no server 74 s: connection refused" in words
    assert "latency n/a" in words
    gone = frames_live.reconnecting().connection
    assert gone is not None
    assert link_words(replace(gone, state="quiet"), frames.AT_NS) == "quiet 74 s"
    assert link_words(replace(gone, state="connecting"), frames.AT_NS) == "connecting 74 s"


def test_what_is_lost_if_we_die_is_below_0_or_unknown(table: Table) -> None:
    live(table, frames_live.frame())
    guard = table.window.strip.words()["guard"]
    assert "−1\u202f440.00 USD; 1 position not protected whole" in guard
    live(table, frames_live.reconnecting())
    assert "not known" in table.window.strip.words()["guard"]
    live(table, frames_live.quotes_only())
    assert "nothing rests at a broker" in table.window.strip.words()["guard"]


@pytest.mark.parametrize("size", [(1280, 720), (1600, 1000)])
def test_nothing_in_the_strip_overlaps_or_moves(make_table: Callable[..., Table], size: tuple[int, int]) -> None:
    table = make_table(size=size)
    places = set[str]()
    for make in frames_live.STATES.values():
        live(table, make())
        strip = table.window.strip
        places.add(str([strip.place_of(name) for name in strip._boxes]))
        assert max(box.right() for box in strip._boxes.values()) <= strip.kill.x()
        assert strip.kill.geometry().right() < strip.flatten.x()
    assert len(places) == 1


def test_a_practice_session_has_nothing_of_it(full: Table) -> None:
    window = full.window
    assert not window.strip.kill.isVisible()
    assert set(window.strip._boxes) & {"link", "guard"} == set()
    assert BROKER not in window.cockpit.lists.tabs.names
    assert "dies" not in {place.column.key for place in window.cockpit.grid.places}
    assert {"purpose", "terms"} & {p.column.key for p in window.cockpit.lists.orders.places} == set()


def test_account_codes_are_shortened_in_the_middle() -> None:
    assert account_short("DU1234567") == "DU …4567"
    assert account_short("U8021") == "U8021"


# ---------------------------------------------------------------- grid


def test_the_grid_says_what_rests_and_what_is_lost(table: Table) -> None:
    live(table, frames_live.frame())
    grid = table.window.cockpit.grid
    place = next(each for each in grid.places if each.column.key == "dies")
    row = grid._row_rect(1)
    tip = grid.tip(QPoint(round(place.left) + 10, row.center().y()))
    assert "the broker refused the stop: placed again in 4 s" in tip
    assert "−870.00 $" in tip


@pytest.mark.parametrize(
    ("protection", "said"),
    [("stop 4.55", "4.55"), ("SPY ≤ 498.20", "≤ 498.20"), ("none", "none"), ("partly", "partly")],
)
def test_a_level_stands_without_what_the_row_says_already(protection: str, said: str) -> None:
    assert protection_short(replace(frames_live.positions()[0], protection=protection)) == said


# ---------------------------------------------------------------- lists


def test_the_tabs_come_with_the_link_and_never_move_the_others(table: Table) -> None:
    live(table, frames.frame())
    tabs = table.window.cockpit.lists.tabs
    before = [tabs.place_of(name) for name in tabs.names]
    live(table, frames_live.frame())
    assert tabs.names[-2:] == (BROKER, COMPARED)
    assert [tabs.place_of(name) for name in tabs.names[:-2]] == before


def test_the_panel_is_read_with_the_arrows_and_copied(table: Table) -> None:
    live(table, frames_live.frame())
    lists = table.window.cockpit.lists
    lists.tabs.choose(BROKER)
    panel = lists.broker
    panel.setFocus()
    assert panel.accessibleDescription().startswith("Broker connected: 1 of 17.")
    table.qtbot.keyClick(panel, Qt.Key.Key_Right)
    assert panel.accessibleDescription().startswith("Address 127.0.0.1:7497:7: 2 of 17.")
    table.qtbot.keyClick(panel, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "Quote lines\t84/100" in QGuiApplication.clipboard().text()
    live(table, frames_live.real(armed=True))
    assert {fact.key: fact.value for fact in panel.facts}["buying_power"] == "n/a"


def test_the_panel_repaints_only_for_what_it_shows(table: Table) -> None:
    frame = frames_live.frame()
    live(table, frame)
    panel = table.window.cockpit.lists.broker
    facts = panel.facts
    live(table, replace(frame, status=replace(frame.status, at_ns=frame.status.at_ns + frames.NS)))
    assert all(a is b for a, b in zip(panel.facts, facts, strict=True))
    gone = frames_live.reconnecting()
    live(table, gone)
    live(table, replace(gone, status=replace(gone.status, at_ns=gone.status.at_ns + frames.NS)))
    assert panel.facts[0].value == "no server 75 s"


def test_what_is_open_comes_first_and_is_counted(table: Table) -> None:
    live(table, frames_live.differing())
    lists = table.window.cockpit.lists
    lists.tabs.choose(COMPARED)
    kinds = [row.kind for row in lists.compared.seen]
    assert kinds == ["open", "outside order", "unsupervised", "explained", "agrees", "agrees"]
    assert f"{COMPARED}, 1" in lists.tabs.accessibleDescription()
    assert lists.compared.text_of(0).split("\t")[2:5] == [THIRD, "−2", "−3"]
    assert lists.compared.ground_of(lists.compared.seen[0]) == "warnbg"


def test_a_position_that_changed_since_is_not_an_alarm(table: Table) -> None:
    made = frames_live.reconciliation()
    live(table, frames_live.frame(reconciliation=replace(made, positions=((FIRST, 7, 10), (SECOND, 5, 5)))))
    compared = table.window.cockpit.lists.compared
    row = compared.seen[0]
    assert (row.kind, row.ours, row.theirs) == ("differs", "+7", "+10")
    assert compared.ground_of(row) == ""


def test_a_search_goes_from_the_panel_to_what_was_compared(table: Table) -> None:
    live(table, frames_live.frame())
    lists = table.window.cockpit.lists
    lists.tabs.choose(BROKER)
    assert not lists.line.isVisible()
    lists.search()
    assert lists.tabs.current == COMPARED
    assert QApplication.focusWidget() is lists.line


def test_brackets_hang_on_their_parent_and_groups_share_a_letter() -> None:
    orders = frames_live.orders()
    rows, children = bracketed(orders)
    assert [order.ref for order in rows] == ["X2", "X1", "E2", "S2", "T2", "S1", "E1"]
    assert children == {"S2", "T2"}, "the other one's parent is done"
    assert grouped(orders) == {"S1": "A", "S2": "B"}


def test_orders_say_what_they_are_for(table: Table) -> None:
    live(table, frames_live.frame())
    shown = table.window.cockpit.lists.orders
    heads = [place.column.head for place in shown.places]
    cells = {
        order.ref: dict(zip(heads, shown.text_of(row).split("\t"), strict=True)) for row, order in enumerate(shown.seen)
    }
    assert (cells["S2"]["Does"], cells["S2"]["State"]) == ("protects", "rests")
    assert (cells["S2"]["Limit or trigger"], cells["S2"]["OCA"], cells["S2"]["For"]) == ("QQQ ≤ 412.20", "B", "day")
    assert (cells["E2"]["Does"], cells["E2"]["Limit or trigger"], cells["E2"]["For"]) == ("opens", "3.05", "GTC")
    assert cells["X2"]["State"] == "unknown"


def test_practice_orders_stay_as_they_were(table: Table) -> None:
    live(table, frames_lists.frame())
    heads = [place.column.head for place in table.window.cockpit.lists.orders.places]
    assert "Limit" in heads
    assert "OCA" not in heads
