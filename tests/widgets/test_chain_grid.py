"""The chain: fixed columns, few repaints, and quotes that are picked by mouse and by key."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cockpit.frame import ChainPart
from tests.widgets import frames_market
from widgets.chain import chain_grid
from widgets.chain.chain_columns import COLUMNS, STRIKE, Units, places, value
from widgets.chain.chain_grid import ChainGrid
from widgets.chain.chain_view import Hit
from widgets.paint.theme import Look

ATM = 39  # the row of 26 150


@pytest.fixture
def grid(look: Look, qtbot: QtBot) -> ChainGrid:
    made = ChainGrid(look)
    qtbot.addWidget(made)
    made.resize(1_200, 800)
    made.show()
    made.show_chain(frames_market.chain(), frames_market.held())
    QApplication.processEvents()
    return made


@pytest.fixture
def picks(grid: ChainGrid) -> list[tuple[str, str]]:
    heard: list[tuple[str, str]] = []
    grid.picked.connect(lambda symbol, side: heard.append((symbol, side)))
    return heard


def quote_at(grid: ChainGrid, row: int, side: str, key: str) -> QPoint:
    place = next(each for each in grid.places if (each.side, each.key) == (side, key))
    return QPoint(round(place.left + place.width / 2), grid._row_rect(row).center().y())


def moved(part: ChainPart, *rows: int) -> ChainPart:
    """The part with other bids in these rows."""
    made = list(part.rows)
    for index in rows:
        call = made[index].call
        assert call is not None
        made[index] = replace(made[index], call=replace(call, bid=(call.bid or 0.0) + 0.05))
    return replace(part, rows=tuple(made))


def watch_rows(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The strikes that are painted from now on."""
    painted: list[float] = []
    paint = chain_grid.paint_row

    def watched(*given: Any) -> None:
        painted.append(given[2].strike)
        paint(*given)

    monkeypatch.setattr(chain_grid, "paint_row", watched)
    return painted


@pytest.mark.parametrize("width", [1_204, 912])
def test_every_column_is_seen_at_the_designed_widths(look: Look, width: int) -> None:
    look.set_width(1_600 if width > 1_000 else 1_280)
    made = places(look, width)
    assert len(made) == 2 * len(COLUMNS) + 1
    assert made[-1].left + made[-1].width <= width


def test_a_narrow_chain_leaves_columns_out_on_both_sides(look: Look) -> None:
    look.set_width(1_280)
    keys = [place.key for place in places(look, 700)]
    assert "bar" not in keys
    assert [key for key in keys if key != "strike"][: len(keys) // 2] == keys[: len(keys) // 2]
    assert keys.count("bid") == keys.count("ask") == 2
    assert {place.key for place in places(look, 10)} == {"oi", "bid", "ask", "strike"}


def test_every_plausible_value_fits_its_column(look: Look) -> None:
    look.set_width(1_280)
    by_key = {place.key: place for place in places(look, 912)}
    for strikes, first in ((81, 24_200.0), (20, 90.0)):
        rows = frames_market.chain_rows(first + 1_900.0, strikes=strikes, first=first)
        for row in rows:
            assert row.call is not None
            for column in (each for each in COLUMNS if each.key != "bar"):
                words, _ = value(row.call, column, Units(*(frames_market.MILLIONS,) * 2))
                weight = 500 if column.key in ("bid", "ask") else 400
                assert look.width(words, 12, weight) <= by_key[column.key].width - 12
    assert look.width("100\u202f000", 12, 600) <= by_key[STRIKE.key].width


def test_it_begins_at_the_spot(grid: ChainGrid) -> None:
    middle = grid._row_rect(grid.view.line).top()
    assert abs(middle - grid.viewport().height() / 2) < 3 * grid.row_height
    assert grid.view.rows[grid.view.cursor.row].strike == 26_150.0


def test_only_rows_that_changed_are_painted_again(grid: ChainGrid, monkeypatch: pytest.MonkeyPatch) -> None:
    painted = watch_rows(monkeypatch)
    part = grid.view.part
    assert part is not None
    grid.show_chain(moved(part, ATM, 0), frames_market.held())
    QApplication.processEvents()
    assert painted == [26_150.0]


def test_a_burst_is_painted_over_a_few_frames(grid: ChainGrid, monkeypatch: pytest.MonkeyPatch) -> None:
    painted = watch_rows(monkeypatch)
    part = grid.view.part
    assert part is not None
    seen = set(grid._in_sight())
    changed = [i for i in range(len(part.rows)) if part.rows[i].call is not None]
    grid.show_chain(moved(part, *changed), frames_market.held())
    QApplication.processEvents()
    assert len(painted) == chain_grid.MOST_ROWS
    for _ in range(len(seen)):
        grid.repaint_some()
        QApplication.processEvents()
    assert sorted(painted) == sorted(part.rows[i].strike for i in seen)


def test_the_spot_that_passes_a_strike_repaints_all(grid: ChainGrid, monkeypatch: pytest.MonkeyPatch) -> None:
    painted = watch_rows(monkeypatch)
    part = grid.view.part
    assert part is not None
    grid.show_chain(replace(part, spot=26_163.0), frames_market.held())
    QApplication.processEvents()
    assert painted == []
    grid.show_chain(replace(part, spot=26_201.0), frames_market.held())
    QApplication.processEvents()
    assert len(painted) == len(grid._in_sight())


def test_in_the_money_held_and_picked_are_seen(grid: ChainGrid) -> None:
    grid.set_picked("NIFTY26AUG26150CE", "buy")
    state = grid.view.state(ATM, focused=True)
    assert (state.in_money, state.call_held, state.put_held) == ("call", 195, 0)
    assert (state.picked, state.cursor) == (("call", "ask"), ("call", "ask"))
    below = grid.view.state(ATM - 3, focused=False)
    assert (below.put_held, below.cursor, below.picked) == (-65, None, None)
    assert grid.view.state(ATM + 1, focused=False).in_money == "put"


def test_a_click_on_an_ask_buys_and_on_a_bid_sells(grid: ChainGrid, picks: list[tuple[str, str]], qtbot: QtBot) -> None:
    for side, key in (("call", "ask"), ("put", "bid"), ("call", "delta")):
        where = quote_at(grid, ATM + 2, side, key)
        qtbot.mousePress(grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert picks == [("NIFTY26AUG26250CE", "buy"), ("NIFTY26AUG26250PE", "sell")]


def test_keys_walk_and_enter_picks(grid: ChainGrid, picks: list[tuple[str, str]], qtbot: QtBot) -> None:
    again: list[str] = []
    grid.again.connect(lambda: again.append("again"))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(grid, key)
    assert picks == [("NIFTY26AUG26200PE", "buy")]
    assert again == []
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert again == ["again"]
    assert "26\u202f200 put, ask" in grid.accessibleDescription()


def test_pages_ends_and_home(grid: ChainGrid, qtbot: QtBot) -> None:
    for _ in range(9):
        qtbot.keyClick(grid, Qt.Key.Key_PageDown)
    assert grid.view.cursor.row == 80
    assert grid._row_rect(80).bottom() <= grid.viewport().height()
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    assert grid.view.cursor.row == ATM


def test_digits_are_the_tickets_and_letters_the_windows(grid: ChainGrid, qtbot: QtBot) -> None:
    typed: list[str] = []
    left: list[str] = []
    grid.typed.connect(typed.append)
    grid.left.connect(lambda: left.append("left"))
    qtbot.keyClicks(grid, "12v")
    qtbot.keyClick(grid, Qt.Key.Key_Backspace)
    qtbot.keyClick(grid, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(grid, Qt.Key.Key_Escape)
    assert typed == ["1", "2", "backspace"]
    assert left == ["left"]


def test_a_strike_without_a_put_has_nothing_to_pick(grid: ChainGrid, picks: list[tuple[str, str]]) -> None:
    grid.pick(Hit(ATM - 6, ("put", "ask")))
    grid.pick(Hit(900, ("put", "ask")))
    assert picks == []
    grid.pick(Hit(ATM - 6, ("call", "bid")), side="buy")
    assert picks == [("NIFTY26AUG25850CE", "buy")]


def test_strikes_that_are_added_leave_what_is_seen_in_its_place(grid: ChainGrid) -> None:
    part = grid.view.part
    assert part is not None
    before = grid._row_rect(ATM)
    more = frames_market.chain_rows(strikes=3, first=24_050.0) + part.rows
    grid.show_chain(replace(part, rows=more), ())
    assert grid._row_rect(ATM + 3) == before


def test_another_chain_begins_anew(grid: ChainGrid) -> None:
    grid.verticalScrollBar().setValue(0)
    grid.show_chain(
        frames_market.chain(expiry="2026-08-25", rows=frames_market.chain_rows(24_900.0), spot=24_900.0), ()
    )
    assert grid.view.rows[grid.view.cursor.row].strike == 24_900.0
    grid.show_chain(None, ())
    grid.set_empty("No chain", "why")
    grid.grab()
    assert grid.accessibleDescription() == "No chain. why"


def test_a_chain_without_a_spot_waits_for_it(look: Look, qtbot: QtBot) -> None:
    made = ChainGrid(look)
    qtbot.addWidget(made)
    made.resize(1_200, 500)
    made.show()
    part = frames_market.chain(spot=None, spot_change=None)
    made.show_chain(part, ())
    assert made.view.state(0, focused=False).in_money == ""
    made.grab()
    made.show_chain(replace(part, spot=25_000.0), ())
    assert made.view.rows[made.view.cursor.row].strike == 25_000.0


def test_tips_name_the_contract_what_is_held_and_the_columns(grid: ChainGrid) -> None:
    tip = grid.tip(quote_at(grid, ATM, "call", "ask"))
    assert tip.startswith("NIFTY26AUG26150CE · open interest ")
    assert tip.endswith("held +195 at 71.60")
    bid = quote_at(grid, ATM, "call", "bid")
    assert grid.tip(QPoint(bid.x(), grid._top - 4)) == "Click to sell at it"
    strike = next(place for place in grid.places if place.key == "strike")
    both = grid.tip(QPoint(round(strike.left + 20), grid._row_rect(ATM - 1).center().y()))
    assert len(both.splitlines()) == 2
    assert grid.tip(QPoint(-5, 5)) == ""


def test_a_column_of_which_nothing_is_known_is_not_there_until_something_is(grid: ChainGrid) -> None:
    rows = frames_market.chain_rows()
    silent = tuple(
        replace(
            row,
            call=replace(row.call, volume=None, oi_change=None),
            put=replace(row.put, volume=None, oi_change=None),
        )
        for row in rows
        if row.call is not None and row.put is not None
    )
    part = frames_market.chain(expiry="2026-08-25", rows=silent)
    grid.show_chain(part, ())
    assert not {"volume", "oi_change"} & {place.key for place in grid.places}
    heard = replace(part, rows=(rows[0], *silent[1:]))
    for each in (heard, part):
        grid.show_chain(each, ())
        assert {"volume", "oi_change"} <= {place.key for place in grid.places}
