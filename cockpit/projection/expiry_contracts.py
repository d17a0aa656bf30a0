"""The contracts of one expiry, by strike."""

from datetime import date

from cockpit.market.contract import Contract
from cockpit.state.model import State

Pair = tuple[Contract | None, Contract | None]  # call and put of one strike


class ExpiryContracts:
    """Calls and puts of every expiry that has been asked for; found anew when the session has got to know more."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._found: dict[tuple[str, date], tuple[int, dict[float, Pair]]] = {}

    def of(self, underlying: str, expiry: date) -> dict[float, Pair]:
        """Strike -> (call, put), ascending."""
        contracts = self.state.on_underlying.get(underlying, ())
        key = underlying, expiry
        found = self._found.get(key)
        if found is None or found[0] != len(contracts):
            pairs: dict[float, Pair] = {}
            for contract in contracts:
                instrument = contract.instrument
                if instrument.expiry == expiry and instrument.strike is not None:
                    call, put = pairs.get(instrument.strike, (None, None))
                    pairs[instrument.strike] = (contract, put) if instrument.right == "C" else (call, contract)
            found = self._found[key] = len(contracts), dict(sorted(pairs.items()))
        return found[1]
