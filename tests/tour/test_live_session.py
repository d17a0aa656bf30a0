"""A morning at a broker over TCP, in the real window: each station in every theme and size, nothing cut, nothing moves.

With COCKPIT_TOUR=FOLDER the pictures are kept there, one a station, list, theme and size.
"""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.tour.at_the_broker import Trader, at_the_window
from tests.tour.test_live_tour import cut_in_panel
from tests.tour.test_tour import COLOURS, PANES, SIZES, colours, cut_in_grid, cut_in_table, grid_widths, kept
from tests.tws.control import Control
from tests.tws.walking import Walking
from widgets.lists.lists_pane import BROKER, COMPARED
from widgets.paint.theme import THEMES
from widgets.parts.painted_table import PaintedTable

pytestmark = pytest.mark.xdist_group("tour")
PAPER, REAL = "DU1234567", "U1234567"
LONG, SHORT, FOUND, THEIRS = "SPY 500 C 20", "SPY 496 P 20", "SPY 504 C 20", "SPY 492 P 20"
WORTH = {
    "NetLiquidation": "104250.37", "AvailableFunds": "88120.10", "BuyingPower": "352480.40",
    "ExcessLiquidity": "90233.00", "InitMarginReq": "12880.25", "MaintMarginReq": "11709.30",
    "UnrealizedPnL": "-40.00", "RealizedPnL": "0",
}  # fmt: skip


def held_before(control: Control, market: Walking) -> None:
    """Two positions like any other, and one far beyond every stop."""
    control.set_position(market.of(500.0, is_call=True, expiry=1).con_id, 10, 3.10)
    control.set_position(market.of(496.0, is_call=False, expiry=1).con_id, -4, 1.70)
    control.set_position(market.of(504.0, is_call=True, expiry=1).con_id, 6, 3.40)
    for tag, value in WORTH.items():
        control.account_value(tag, value)


class Album:
    """Pictures of the stations; the widths of all that has columns are those of the first one of its size."""

    def __init__(self, trader: Trader) -> None:
        self.trader, self.window = trader, trader.window
        self._widths: dict[tuple[object, ...], object] = {}

    async def station(self, name: str, *lists: str) -> None:
        """The window in every theme and size, with each of those lists in front."""
        for size in SIZES:
            self.window.resize(*size)
            for theme in THEMES:
                self.window.set_theme(theme)
                for each in lists or ("",):
                    if each:
                        self.window.cockpit.lists.tabs.choose(each)
                    await self.trader.painted()
                    picture = kept(self.window.grab().toImage(), f"session-{name}-{each}-{theme}-{size[0]}x{size[1]}")
                    assert (picture.width(), picture.height()) == size
                    self._look_at(each, size)

    def _look_at(self, shown: str, size: tuple[int, int]) -> None:
        cockpit, look = self.window.cockpit, self.window.look
        assert colours(self.window.strip) > COLOURS
        if self.window.pages.current != "cockpit":
            assert colours(self.window.pages) > COLOURS
            return
        for name in PANES:
            pane = getattr(cockpit, name)
            assert min(pane.width(), pane.height()) >= 60, name
        assert cut_in_grid(look, cockpit.grid, self.trader.frame) == []
        self._stands(("grid", size), grid_widths(cockpit.grid))
        if shown == BROKER:
            assert cut_in_panel(look, cockpit.lists.broker) == []
        table = cockpit.lists.lists.get(shown)
        if isinstance(table, PaintedTable):
            assert cut_in_table(look, table) == []
            self._stands((shown, size), table.places)

    def _stands(self, what: tuple[object, ...], widths: object) -> None:
        assert self._widths.setdefault(what, widths) == widths, what


def test_a_morning_with_a_paper_account(qapp: QApplication, tmp_path: Path) -> None:
    async def play(trader: Trader) -> None:
        album = Album(trader)
        await adopted(trader, album)
        await opened(trader, album)
        await halved(trader, album)
        await outside(trader, album)
        await dropped(trader, album)
        await decided(trader, album)
        await killed(trader, album)

    at_the_window(qapp, tmp_path, PAPER, play, before=held_before)


def test_a_morning_with_real_money(qapp: QApplication, tmp_path: Path) -> None:
    async def play(trader: Trader) -> None:
        album, window = Album(trader), trader.window
        await trader.until(lambda: len(trader.frame.positions) == 3 and trader.frame.connection is not None)
        await trader.until(lambda: trader.frame.status.dies_unprotected == 3)
        assert "not armed" in window.windowTitle()
        await album.station("unarmed", "Alerts")
        trader.press("arm")
        trader.type(REAL[:-1] + "8")
        assert "not armed" in window.ask.refusal
        await album.station("asked-to-arm")
        window.ask.line.clear()
        trader.type(REAL)
        await trader.until(lambda: trader.frame.status.is_armed and resting(trader) == 2)
        window.bar.hush()
        await album.station("armed", "Orders")
        assert "not armed" not in window.windowTitle()

    at_the_window(qapp, tmp_path, REAL, play, before=held_before)


def resting(trader: Trader) -> int:
    """Stops that rest at the broker."""
    return sum(order.purpose == "protect" and order.state == "new" for order in trader.frame.orders)


async def adopted(trader: Trader, album: Album) -> None:
    """What is held is supervised; one of them only once a human has decided about it."""
    window = trader.window
    await trader.until(lambda: len(trader.frame.positions) == 3 and resting(trader) == 2)
    await trader.until(lambda: trader.frame.account is not None and trader.frame.account.net_liquidation == 104250.37)
    await trader.later(1.0)
    head, second = window.bar.sentence()
    assert head.startswith(FOUND)
    assert "only observed" in head
    assert "would take it off at once" in second
    assert all(button.isVisible() for button in window.bar.found.values())
    await album.station("adopted", "Orders", BROKER, COMPARED)


async def opened(trader: Trader, album: Album) -> None:
    """One contract is bought with the ticket, and a stop rests for it."""
    window = trader.window
    trader.press("page_chain")
    await trader.until(lambda: trader.frame.chain is not None and trader.frame.chain.spot is not None)
    chain = window.pages.chain
    assert chain is not None
    told = trader.frame.chain
    assert told is not None
    assert told.volatility is not None
    await trader.until(lambda: "rank n/a" not in chain.chain.head.accessibleDescription())
    trader.press("buy")
    await trader.until(lambda: chain.ticket.sheet.quote and chain.ticket.review.isEnabled())
    trader.press("submit")
    await trader.until(lambda: "leaves" in str(chain.ticket.sheet.facts))
    await album.station("review")
    await trader.later(0.5)
    trader.press("submit")
    bought = chain.ticket.symbol
    await trader.until(lambda: bought in {row.symbol for row in trader.frame.positions} and resting(trader) == 3)
    trader.press("page_cockpit")


async def halved(trader: Trader, album: Album) -> None:
    """Half of a position goes, and its stop with it."""
    trader.window.cockpit.grid.select("P0001")
    trader.press("half")
    await trader.until(lambda: trader.holds(LONG, 5))
    await trader.until(lambda: any(o.contracts == 5 and o.purpose == "protect" for o in trader.frame.orders))
    trader.window.bar.hush()
    await album.station("halved", "Orders")


async def outside(trader: Trader, album: Album) -> None:
    """Somebody works an order and trades in TWS."""
    market = trader.market

    def by_hand(control: Control) -> None:
        control.manual_order(market.of(508.0, is_call=True, expiry=1).con_id, "BUY", 3, "LMT", 0.05)
        control.manual_trade(market.of(496.0, is_call=False, expiry=1).con_id, "BUY", 1, 1.5)
        control.manual_trade(market.of(492.0, is_call=False, expiry=1).con_id, "BUY", 2, 0.6)

    await trader.at_the_broker(by_hand)
    await trader.until(lambda: trader.holds(SHORT, 3) and trader.holds(THEIRS, 2))
    trader.press("reconcile")
    await trader.until(lambda: trader.frame.reconciliation is not None and trader.frame.reconciliation.orders)
    assert trader.frame.reconciliation is not None
    assert [order.label for order in trader.frame.reconciliation.orders] == ["SPY 508 C 20 Dec"]
    trader.window.bar.hush()
    await album.station("outside", COMPARED, "Orders")


async def dropped(trader: Trader, album: Album) -> None:
    """TWS goes, and comes back."""
    link = lambda: trader.frame.connection and trader.frame.connection.state  # noqa: E731
    await trader.at_the_broker(lambda control: control.go_down())
    await trader.until(lambda: link() == "connecting")
    await trader.until(lambda: all(row.state == "blind" for row in trader.frame.positions))
    await album.station("dropped", BROKER)
    await trader.at_the_broker(lambda control: control.come_back())
    await trader.until(lambda: link() == "up")
    await trader.until(lambda: not any(row.state == "blind" for row in trader.frame.positions))
    await album.station("back", BROKER)


async def decided(trader: Trader, album: Album) -> None:
    """What was found beyond its stop gets another one, and is led from then on."""
    bar, rests = trader.window.bar, resting(trader)
    await trader.until(lambda: bar.found_id)
    await trader.later(1.1)  # what has just come up is not meant
    trader.click(bar.found["stop_price"])
    trader.type("1.20")
    await trader.until(lambda: bar.notice is not None)
    trader.click(bar.found["mode"])
    await trader.until(lambda: resting(trader) == rests + 1)
    (row,) = (row for row in trader.frame.positions if row.label.startswith(FOUND))
    assert (row.mode, row.protection) == ("auto", "stop 1.20")
    bar.hush()
    await album.station("decided", "Orders")


async def killed(trader: Trader, album: Album) -> None:
    """The kill switch, with a reason."""
    trader.press("kill")
    await album.station("asked-to-kill")
    trader.window.ask.line.setFocus()
    trader.type("the tour is over")
    await trader.until(lambda: not trader.frame.positions and trader.frame.status.session == "halted")
    await trader.until(lambda: not any(order.is_working for order in trader.frame.orders))
    await album.station("killed", "Closed", "Alerts")
