"""The panes of the cockpit page, what each is shown of a frame, and how the designed layout shares the page out."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from cockpit.frame import DetailPart, Frame, PendingPart
from widgets.acting.dispatch import Dispatch
from widgets.cockpit_page import CockpitPage, Heights, Pane
from widgets.grid.position_grid import PositionGrid
from widgets.lists.lists_pane import ListsPane
from widgets.market.open_interest_pane import OpenInterestPane
from widgets.market.regime_pane import RegimePane
from widgets.paint import format as fmt
from widgets.paint.theme import Look
from widgets.rules.rule_board import RuleBoard
from widgets.selected.selected_header import SelectedHeader
from widgets.selected.selected_pane import SelectedPane

WAITING = ("countdown", "confirm")
GRID_ROWS, GRID_ROWS_COMPACT, BOARD_ROWS = 8, 6, 9
LISTS, LISTS_ROWS_COMPACT = 148, 3


class CockpitPanes(QObject):
    """Grid, selected position, rule board, open interest and lists, in docks."""

    def __init__(self, look: Look, dispatch: Dispatch) -> None:
        super().__init__()
        self._look = look
        self.grid = PositionGrid(look, dispatch)
        self.header = SelectedHeader(look, dispatch)
        self.selected = SelectedPane(look, dispatch, self.header)
        self.board = RuleBoard(look)
        self.interest, self.interest_page = OpenInterestPane(look), OpenInterestPane(look)
        self.regime = RegimePane(look)
        self.lists = ListsPane(look)
        self.selected.add_page("Open interest", self.interest_page, self.interest_page.toggle_table)
        self.selected.add_page("Regime", self.regime, self.regime.toggle_table)
        docks = (
            Pane("grid", "Positions", self.grid),
            Pane("selected", "Selected position", self.selected),
            Pane("rules", "Rule board", self.board),
            Pane("interest", "Open interest", self.interest),
            Pane("lists", "Ledger and lists", self.lists),
        )
        self.page = CockpitPage(look, docks, self._heights)
        self._frame: Frame | None = None
        self.selected.tabs.chosen.connect(self._show_chosen)
        self.shows: dict[str, Callable[[Frame], None]] = {
            "rule board": self._show_board,
            "selected position": self._show_selected,
            "open interest": self._show_interest,
        }

    def set_measures(self) -> None:
        """Take heights and widths of the look again."""
        for pane in (self.grid, self.selected, self.board, self.interest, self.interest_page, self.regime, self.lists):
            pane.set_measures()

    def _heights(self, height: int) -> Heights:
        """What the designed layout wants."""
        compact = self._look.compact
        grid = self.grid.height_for(GRID_ROWS_COMPACT if compact else GRID_ROWS)
        lists = self.lists.height_for(LISTS_ROWS_COMPACT) if compact else LISTS
        return Heights(grid, lists, self.board.height_for(BOARD_ROWS))

    def _show_board(self, frame: Frame) -> None:
        self.board.show_rules(frame.detail.rules if frame.detail is not None else (), frame.status.zone)

    def _show_selected(self, frame: Frame) -> None:
        detail = frame.detail
        waiting = [each for each in frame.pending if detail is not None and each.position_id == detail.position.id]
        due = next((each for each in waiting if each.waits in WAITING), None)
        status, ends_ns = frame.status, due.ends_ns if due is not None else None
        self.selected.show_detail(detail, status.zone, status.currency, ends_ns, _words(detail, due))

    def _show_chosen(self) -> None:
        """Another tab is in front: it shows what it has missed, even if no frame follows."""
        if self._frame is not None:
            self._show_interest(self._frame)

    def _show_interest(self, frame: Frame) -> None:
        self._frame = frame
        detail, zone = frame.detail, frame.status.zone
        part = detail.open_interest if detail is not None else None
        position = detail.position if detail is not None else None
        origin_ns = detail.chart.origin_ns if detail is not None else 0
        for pane in (self.interest, self.interest_page):
            if pane.isVisible():
                pane.show_part(part, position, origin_ns=origin_ns, zone=zone)
        if self.regime.isVisible():
            self.regime.show_part(detail.regime if detail is not None else None, origin_ns=origin_ns, zone=zone)


def _words(detail: DetailPart | None, due: PendingPart | None) -> str:
    """What the decision does, for its line in the chart: sells 65 of 195."""
    if detail is None or due is None:
        return ""
    held = detail.position.contracts
    amount = "all" if due.contracts >= held else f"{fmt.number(due.contracts, 0)} of {fmt.number(held, 0)}"
    return f"{'sells' if detail.position.side > 0 else 'buys back'} {amount}"
