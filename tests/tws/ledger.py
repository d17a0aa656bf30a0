"""Accounts of the loopback server: positions with their average cost, executions of the day, and values."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.tws.contracts import Contract
from tests.tws.market import Quote, leg_action
from tests.tws.orders import Execution, Fill, Order

DEFAULT_ACCOUNT = "DU1234567"
_VALUES = {
    "AccountType": ("INDIVIDUAL", ""),
    "NetLiquidation": ("100000.00", "USD"),
    "TotalCashValue": ("100000.00", "USD"),
    "SettledCash": ("100000.00", "USD"),
    "BuyingPower": ("400000.00", "USD"),
    "AvailableFunds": ("100000.00", "USD"),
    "ExcessLiquidity": ("100000.00", "USD"),
    "InitMarginReq": ("0.00", "USD"),
    "MaintMarginReq": ("0.00", "USD"),
    "EquityWithLoanValue": ("100000.00", "USD"),
    "GrossPositionValue": ("0.00", "USD"),
    "RealizedPnL": ("0.00", "USD"),
    "UnrealizedPnL": ("0.00", "USD"),
    "Cushion": ("1", ""),
}


@dataclass(slots=True)
class Holding:
    contract: Contract
    quantity: float = 0.0
    cost: float = 0.0
    """Average, in currency per unit of quantity: price × multiplier."""
    realised: float = 0.0


@dataclass(slots=True)
class Account:
    name: str
    values: dict[str, tuple[str, str]] = field(default_factory=lambda: dict(_VALUES))
    """By tag: the value and its currency."""
    holdings: dict[int, Holding] = field(default_factory=dict[int, Holding])


class Ledger:
    def __init__(self, names: list[str], clock: Callable[[], float]) -> None:
        self.accounts = {name: Account(name) for name in names}
        self.executions: list[Execution] = []
        self.commission = 0.65
        self._clock = clock
        self._numbered = 0

    def set_position(self, account: str, contract: Contract, quantity: float, price: float) -> Holding:
        holding = Holding(contract, quantity, price * contract.size)
        self.accounts[account].holdings[contract.con_id] = holding
        return holding

    def record(self, order: Order, quantity: float, price: float, quote_of: Callable[[Contract], Quote]) -> Fill:
        """Book one fill of the order: its execution, those of its legs, and what is then held."""
        order.filled += quantity
        order.value += quantity * price
        order.last_price = price
        fill = Fill(order)
        legs = order.contract.legs
        fill.executions.append(self._execution(order, order.contract, (order.action, quantity, price), bool(legs)))
        for leg in legs:
            contract = self._leg_contract(leg.con_id)
            action = leg_action(leg.action, order.action)
            leg_price = quote_of(contract).exit_side(action) or 0.0
            fill.executions.append(self._execution(order, contract, (action, quantity * leg.ratio, leg_price), False))
        self.executions += fill.executions
        return fill

    def know(self, contract_of: Callable[[int], Contract]) -> None:
        """How a leg's id becomes its contract."""
        self._leg_contract = contract_of

    def forget_executions(self) -> None:
        """A new trading day: requests for executions answer the current one only."""
        self.executions.clear()

    def _execution(
        self, order: Order, contract: Contract, traded: tuple[str, float, float], is_combo: bool
    ) -> Execution:
        action, quantity, price = traded
        account = order.terms.word("account") or next(iter(self.accounts))
        realised = (
            None if is_combo else self._hold(account, contract, quantity if action == "BUY" else -quantity, price)
        )
        commission = 0.0 if is_combo else round(self.commission * quantity, 4)
        self._numbered += 1
        return Execution(
            exec_id=f"0000e0d5.{self._numbered:08x}.01.01",
            at_s=self._clock(),
            account=account,
            contract=contract,
            side="BOT" if action == "BUY" else "SLD",
            quantity=quantity,
            price=price,
            client_id=order.client_id,
            order_id=order.order_id,
            perm_id=order.perm_id,
            cumulative=order.filled if is_combo or not order.contract.legs else quantity,
            average=order.average if is_combo or not order.contract.legs else price,
            reference=order.terms.word("orderRef"),
            commission=commission,
            realised=None if realised is None else realised - commission,
        )

    def _hold(self, account: str, contract: Contract, change: float, price: float) -> float | None:
        """Change what is held; the realised profit before commission, None when nothing was closed."""
        holdings = self.accounts[account].holdings
        holding = holdings.setdefault(contract.con_id, Holding(contract))
        cost = price * contract.size
        held = holding.quantity
        holding.quantity = held + change
        if held * change >= 0:
            holding.cost = (holding.cost * abs(held) + cost * abs(change)) / abs(holding.quantity)
            return None
        closed = min(abs(held), abs(change))
        profit = (cost - holding.cost) * closed * (1 if held > 0 else -1)
        holding.realised += profit
        if holding.quantity * held < 0:
            holding.cost = cost
        return profit
