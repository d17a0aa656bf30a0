"""The contracts of what a session holds, kept over a restart so that the broker need not be asked for them."""

import msgspec

from cockpit.domain.instrument import Instrument
from cockpit.ib.instruments import Option
from cockpit.ib.library import library


class KeptContract(msgspec.Struct, frozen=True, kw_only=True):
    """One contract as the broker knows it, and as we do."""

    instrument: Instrument
    con_id: int
    exchange: str
    primary_exchange: str
    local_symbol: str
    trading_class: str

    def option(self) -> Option:
        """Both of them."""
        each = self.instrument
        contract = library().Contract(
            secType="STK" if each.right is None else "OPT", conId=self.con_id, symbol=each.underlying,
            lastTradeDateOrContractMonth="" if each.expiry is None else f"{each.expiry:%Y%m%d}",
            strike=each.strike or 0.0, right=each.right or "", currency=each.currency, exchange=self.exchange,
            multiplier="" if each.right is None else f"{each.multiplier:g}", localSymbol=self.local_symbol,
            primaryExchange=self.primary_exchange, tradingClass=self.trading_class,
        )  # fmt: skip
        return Option(contract, each)


def kept(option: Option) -> KeptContract:
    """What is kept of it."""
    contract, instrument = option
    return KeptContract(
        instrument=instrument,
        con_id=contract.conId,
        exchange=contract.exchange,
        primary_exchange=contract.primaryExchange,
        local_symbol=contract.localSymbol,
        trading_class=contract.tradingClass,
    )
