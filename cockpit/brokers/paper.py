"""The paper broker: fills whole at the exit side of the newest quote, unless its options make it realistic."""

import random
from dataclasses import dataclass
from decimal import Decimal

from cockpit.domain.money import exact
from cockpit.domain.order import Fill, Order, Report, Said
from cockpit.domain.quote import Touch
from cockpit.ports import Quote
from cockpit.routing.walk import Walk

NS = 1_000_000_000
NEVER = -1e18


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOptions:
    """How real the fills are; every option is off by default.

    `latency_ms` until an order can fill; `participation` is the share of the displayed size taken per quote, 0 = all;
    `slippage_ticks` worse than quoted on market orders; `commission` in money per contract; `reject_rate` 0 to 1, drawn
    with `seed`; `walk` prices exits as limits that walk through the book (routing.walk) instead of as market orders.
    """

    latency_ms: float = 0.0
    participation: float = 0.0
    slippage_ticks: int = 0
    commission: Decimal = Decimal(0)
    reject_rate: float = 0.0
    seed: int = 0
    walk: Walk | None = None


@dataclass(slots=True)
class _Working:
    order: Order
    placed_ns: int
    active_ns: int
    leaves: int
    taken_t: float = NEVER  # quote of the last partial fill: a quote is taken once


class Paper:
    """Orders by reference; a reference once taken is never taken again."""

    def __init__(self, options: PaperOptions, quote: Quote) -> None:
        self.options = options
        self._quote = quote
        self._working: dict[str, _Working] = {}
        self.is_busy = False
        self._known: set[str] = set()

    def place(self, order: Order, now_ns: int) -> list[Report]:
        """Takes an order and fills what can be filled at once."""
        if order.ref in self._known:
            return []
        self._known.add(order.ref)
        if self._rejects(order.ref):
            return [
                Said(ref=order.ref, told="rejected", words="rejected by the paper broker's reject_rate", at_ns=now_ns)
            ]
        active_ns = now_ns + round(self.options.latency_ms * 1e6)
        self._working[order.ref] = _Working(order, now_ns, active_ns, order.contracts)
        reports = self._step(order.ref, now_ns)
        self.is_busy = bool(self._working)
        return [Said(ref=order.ref, told="acknowledged", words="", at_ns=now_ns), *reports]

    def _rejects(self, ref: str) -> bool:
        """Drawn for each reference by itself, so that a restart draws the same."""
        rate = self.options.reject_rate
        return rate > 0.0 and random.Random(f"{self.options.seed} {ref}").random() < rate

    def adopt(self, order: Order, placed_ns: int, leaves: int, taken_t: float = NEVER) -> None:
        """An order of an earlier run that the journal says was working; it goes on as it was.

        `taken_t` is the session time of its last fill: quotes up to then have been taken.
        """
        self._known.add(order.ref)
        active_ns = placed_ns + round(self.options.latency_ms * 1e6)
        self._working[order.ref] = _Working(order, placed_ns, active_ns, leaves, taken_t)
        self.is_busy = True

    def cancel(self, ref: str, now_ns: int) -> list[Report]:
        """Cancels what still works."""
        if self._working.pop(ref, None) is None:
            return []
        self.is_busy = bool(self._working)
        return [Said(ref=ref, told="cancelled", words="cancelled on request", at_ns=now_ns)]

    def change(self, order: Order, now_ns: int) -> list[Report]:
        """The order goes on as this more urgent one, without latency; its time in the book counts."""
        w = self._working.get(order.ref)
        if w is None:
            return []
        w.order = order
        reports = self._step(order.ref, now_ns)
        self.is_busy = bool(self._working)
        return reports

    def advance(self, now_ns: int) -> list[Report]:
        """Fills that the quotes up to now allow."""
        reports: list[Report] = []
        for ref in list(self._working):
            reports += self._step(ref, now_ns)
        self.is_busy = bool(self._working)
        return reports

    def kill(self) -> None:
        """There are no orders but the session's, which it cancels itself."""

    def ask_margin(self, order: Order) -> None:
        """Practice has no margin."""

    def reconcile(self) -> None:
        """It holds nothing beside what the session holds."""

    def _step(self, ref: str, now_ns: int) -> list[Report]:
        w = self._working[ref]
        if now_ns < w.active_ns:
            return []
        order = w.order
        side = 1 if order.side == "buy" else -1
        touch = self._quote(order.symbol, side)
        price = self._price(w, touch, side, now_ns)
        contracts = self._share(w, touch) if price is not None else 0
        if price is None or contracts <= 0:
            return self._give_up(w, "limit not reached" if price is None else "no size is displayed", now_ns)
        id = f"{ref}/{order.contracts - w.leaves}"
        w.leaves -= contracts
        w.taken_t = touch.quote_t
        fees = self.options.commission * contracts
        fill = Fill(id=id, ref=ref, contracts=contracts, price=price, fees=fees, at_ns=now_ns)
        if not w.leaves:
            del self._working[ref]
            return [fill]
        return [fill, *self._give_up(w, "the rest is not displayed", now_ns)]

    def _give_up(self, w: _Working, words: str, now_ns: int) -> list[Report]:
        """What should have filled at once and has not is cancelled; others wait."""
        if not w.order.at_once:
            return []
        del self._working[w.order.ref]
        return [Said(ref=w.order.ref, told="cancelled", words=words, at_ns=now_ns)]

    def _price(self, w: _Working, touch: Touch, side: int, now_ns: int) -> Decimal | None:
        """The price of a fill now; None when the order must wait."""
        if touch.price is None or (touch.is_suspect and not w.order.fills_suspect):
            return None
        quoted = exact(touch.price)
        limit = w.order.limit
        if limit is None and self.options.walk is not None and w.order.purpose == "exit":
            elapsed_s = (now_ns - w.active_ns) / NS
            limit = self.options.walk.limit(side, touch, elapsed_s, urgent=w.order.urgent)
        if limit is not None:
            return quoted if (limit - quoted) * side >= 0 else None
        slipped = quoted + side * self.options.slippage_ticks * exact(touch.tick)
        return max(slipped, min(quoted, exact(touch.tick)))  # slippage ends at one tick; a lower quote is what it is

    def _share(self, w: _Working, touch: Touch) -> int:
        """Contracts this quote gives; whole lots of the displayed size, each quote once."""
        if not self.options.participation:
            return w.leaves
        if touch.quote_t <= w.taken_t or not touch.size:
            return 0
        lots = max(int(self.options.participation * touch.size / touch.lot + 1e-9), 1)
        return min(w.leaves, lots * touch.lot)
