"""What a chain shows, without its widget: its rows, their scale, what is held, picked, hovered, under the cursor."""

from typing import NamedTuple

from cockpit.frame import ChainPart, ChainRow, PositionPart
from widgets.chain.chain_columns import Units
from widgets.chain.chain_lookup import contract_of, money_line
from widgets.chain.chain_row import RowState, Scale, Spot
from widgets.paint import format as fmt
from widgets.paint.amounts import amount, strike, unit_for

FIRST: Spot = ("call", "ask")
MAY_LACK = ("volume", "oi_change")  # columns of which a feed may know nothing


class Hit(NamedTuple):
    """A quote of a row, or no quote of it."""

    row: int
    spot: Spot | None


class ChainView:
    """The part and what surrounds it; methods that take something in say whether everything must be painted again."""

    def __init__(self) -> None:
        self.part: ChainPart | None = None
        self.line = 0  # the row above which the spot lies
        self.scale = Scale()
        self.without: tuple[str, ...] = ()  # columns of which no contract of the chain has ever had a value
        self.hover: Hit | None = None
        self.cursor = Hit(0, FIRST)
        self.picked: tuple[str, str] | None = None  # a symbol and its quote: bid | ask
        self._positions: tuple[PositionPart, ...] = ()
        self._held: dict[str, PositionPart] = {}

    @property
    def rows(self) -> tuple[ChainRow, ...]:
        """The strikes."""
        return self.part.rows if self.part is not None else ()

    def begin(self) -> None:
        """Another chain: nothing of the one before is kept but what is picked."""
        self.scale, self.cursor, self.hover = Scale(), Hit(0, FIRST), None
        self.without = MAY_LACK

    def take_line(self) -> bool:
        """Find the spot among the strikes."""
        before, self.line = self.line, money_line(self.part) if self.part is not None else 0
        return before != self.line

    def take_positions(self, positions: tuple[PositionPart, ...]) -> bool:
        """Know what is held."""
        if positions is self._positions:
            return False
        before = {symbol: each.contracts * each.side for symbol, each in self._held.items()}
        self._positions, self._held = positions, {each.symbol: each for each in positions}
        return before != {symbol: each.contracts * each.side for symbol, each in self._held.items()}

    def measure(self, rows: tuple[ChainRow, ...]) -> bool:
        """The units grow with the largest value, and never shrink while the chain stays."""
        cells = [cell for row in rows for cell in (row.call, row.put) if cell is not None]
        interest = max((cell.open_interest or 0.0 for cell in cells), default=0.0)
        volume = max((cell.volume or 0.0 for cell in cells), default=0.0)
        before, most = self.scale.units, self.scale.most_interest
        units = Units(
            max(before.interest, unit_for((interest,)), key=lambda unit: unit.size),
            max(before.volume, unit_for((volume,)), key=lambda unit: unit.size),
        )
        has = {"volume": volume > 0.0, "oi_change": any(cell.oi_change is not None for cell in cells)}
        self.without = tuple(key for key in self.without if not has[key])
        longest = most if interest <= most else interest * 1.1
        self.scale = Scale(units, longest)
        return (units, longest) != (before, most)

    def state(self, index: int, *, focused: bool) -> RowState:
        """How that row is painted."""
        row = self.rows[index]
        symbols = {side: cell.symbol if (cell := contract_of(row, side)) else "" for side in ("call", "put")}
        picked = next((side for side, symbol in symbols.items() if self.picked and symbol == self.picked[0]), "")
        known = self.part is not None and self.part.spot is not None
        return RowState(
            in_money="" if not known else "call" if index < self.line else "put",
            hovered=self.hover is not None and self.hover.row == index,
            lit=self.hover.spot if self.hover is not None and self.hover.row == index else None,
            cursor=self.cursor.spot if focused and self.cursor.row == index else None,
            picked=(picked, self.picked[1]) if picked and self.picked else None,
            call_held=self._size(symbols["call"]),
            put_held=self._size(symbols["put"]),
        )

    def under_cursor(self) -> str:
        """The strike, side and price that the keys act on; empty without rows."""
        if not self.rows or self.cursor.spot is None:
            return ""
        row, (side, quote) = self.rows[min(self.cursor.row, len(self.rows) - 1)], self.cursor.spot
        contract = contract_of(row, side)
        price = None if contract is None else contract.bid if quote == "bid" else contract.ask
        return f"{strike(row.strike)} {side}, {quote} {fmt.price(price)}"

    def about(self, index: int, side: str) -> str:
        """A contract's sizes and what is held of it; empty when there is none on that side."""
        contract = contract_of(self.rows[index], side)
        if contract is None:
            return ""
        words = f"{contract.symbol} · open interest {amount(contract.open_interest)} · volume {amount(contract.volume)}"
        held = self._held.get(contract.symbol)
        if held is not None:
            words += f" · held {fmt.contracts(held.contracts, held.side)} at {fmt.price(held.entry)}"
        return words

    def _size(self, symbol: str) -> int:
        held = self._held.get(symbol)
        return held.contracts * held.side if held is not None else 0
