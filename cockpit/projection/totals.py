"""Open interest of whole expiries, added up once for each version of it."""

from cockpit.market.open_interest import OpenInterest


class Totals:
    """Calls and puts of every expiry that has been asked for."""

    def __init__(self) -> None:
        self._known: dict[OpenInterest, tuple[int, int, tuple[float, float]]] = {}

    def of(self, chain: OpenInterest) -> tuple[float, float] | None:
        """Last known open interest of all calls and of all puts; None before any is known."""
        count = len(chain.values)
        if not count:
            return None
        found = self._known.get(chain)
        if found is None or found[0] != chain.version or found[1] != count:
            found = self._known[chain] = chain.version, count, chain.totals()
        return found[2]

    def put_call_ratio(self, chain: OpenInterest | None) -> float | None:
        """Puts over calls; None unless there are calls."""
        both = self.of(chain) if chain is not None else None
        return both[1] / both[0] if both is not None and both[0] > 0.0 else None
