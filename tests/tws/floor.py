"""The parts of the loopback server, put together."""

from dataclasses import dataclass

from tests.tws.account_desk import AccountDesk
from tests.tws.contracts import Contract, Listings
from tests.tws.data_desk import DataDesk
from tests.tws.gateway import Gateway
from tests.tws.ledger import DEFAULT_ACCOUNT, Ledger
from tests.tws.market import Market
from tests.tws.order_desk import OrderDesk
from tests.tws.orders import Fill


@dataclass(frozen=True, slots=True)
class Floor:
    gateway: Gateway
    listings: Listings
    market: Market
    ledger: Ledger
    data: DataDesk
    orders: OrderDesk
    accounts: AccountDesk

    def contract(self, con_id: int) -> Contract:
        """Raises KeyError when the test has not listed it."""
        listing = self.listings.get(con_id)
        if listing is None:
            raise KeyError(f"no listed contract {con_id}")
        return listing.contract


def new_floor(accounts: tuple[str, ...] = (DEFAULT_ACCOUNT,)) -> Floor:
    gateway, listings, market = Gateway(list(accounts)), Listings(), Market()
    ledger = Ledger(list(accounts), gateway.now_s)
    data = DataDesk(gateway, listings, market)
    orders = OrderDesk(gateway, listings, market, ledger, data)
    floor = Floor(gateway, listings, market, ledger, data, orders, AccountDesk(gateway, market, ledger))
    ledger.know(floor.contract)

    def tell_positions(fill: Fill) -> None:
        for execution in fill.executions:
            if execution.contract.con_id in ledger.accounts[execution.account].holdings:
                floor.accounts.changed(execution.account, execution.contract.con_id)

    orders.on_fill = tell_positions
    return floor
