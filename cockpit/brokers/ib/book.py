"""All orders of our session: what the broker's messages make of them, and what must be asked before it is believed."""

from collections.abc import Iterable, Mapping

from cockpit.brokers.ib.executions import Execution, Executions
from cockpit.brokers.ib.names import Names
from cockpit.brokers.ib.standing import MISSING, Standing
from cockpit.brokers.ib.translate import Seen, label
from cockpit.brokers.ib.words import (
    ANSWERS_TO_A_CANCEL,
    CANCELLED,
    OFF_STEP,
    has_expired,
    is_notice,
    is_refusal,
    sentence,
)  # fmt: skip
from cockpit.domain.order import Order, Report
from cockpit.events import NS, Noticed, OffStep, Outside

Told = Report | Noticed | OffStep | Outside

ACTIVE = frozenset(("PreSubmitted", "Submitted"))
OVER = frozenset(("Cancelled", "ApiCancelled", "Filled"))
PATIENCE_NS = 2 * NS  # a new order that the broker does not list yet may still be on its way


class Book:
    """Orders by our reference, and the references in doubt: of these the broker must be asked what they are."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.orders: dict[str, Standing] = {}
        self.executions = Executions()
        self.unsent: dict[str, Order] = {}
        """Orders of an earlier run of which nobody knows whether they were sent."""
        self.doubts: set[str] = set()
        self.news_count = 0
        self.client_id = 0
        self.strays: list[int] = []
        """Numbers of orders that work though they were given up: to be cancelled by whoever takes them from here."""
        self._by_id: dict[int, Standing] = {}

    @property
    def live(self) -> list[Standing]:
        """The orders that work, or may."""
        return [standing for standing in self.orders.values() if standing.is_live]

    @property
    def is_in_doubt(self) -> bool:
        """Whether the open orders and executions must be asked again; what has ended meanwhile is beyond doubt."""
        return any(self.orders[ref].is_live for ref in self.doubts)

    def sent(self, standing: Standing, order_id: int, now_ns: int) -> None:
        """It has been sent, or a change of it."""
        self._note(standing)
        standing.changed_ns = now_ns
        standing.is_changed = standing.order_id == order_id
        standing.order_id = order_id
        self._by_id[order_id] = standing

    def _note(self, standing: Standing) -> None:
        """An answer to what was asked before this tells nothing of it."""
        self.news_count += 1
        standing.news_count = self.news_count

    # ---------------------------------------------------------------- what the broker says

    def hear(self, seen: Seen, now_ns: int) -> list[Told]:
        """An order's newest state. A cancel that nobody asked for is only believed after asking."""
        standing = self._standing(seen)
        if standing is None:
            return []
        if not standing.is_live:
            return self._stray(standing, seen, now_ns)
        if seen.is_opinion or seen.status == "Inactive":
            self.doubts.add(standing.ref)
        elif seen.status in ACTIVE:
            self._note(standing)
            return [*standing.acknowledge(now_ns), *standing.confirm(seen, now_ns)]
        elif seen.status in OVER:
            if standing.executed < seen.filled or (seen.status != "Filled" and not standing.is_cancelling):
                self.doubts.add(standing.ref)
            elif seen.status == "Filled":
                return [*self._due(standing, now_ns), *standing.fill_up(now_ns)]
            else:
                return [*self._due(standing, now_ns), *standing.end("cancelled", "cancelled on request", now_ns)]
        return []

    def execute(self, execution: Execution, now_ns: int, *, wait: bool) -> list[Told]:
        """A trade of ours; those of others are not told here."""
        taken = self.executions.take(execution, now_ns, wait=wait)
        if taken.is_new and execution.ref is not None:
            standing = self.orders.get(execution.ref)
            if standing is None:
                order = self.unsent.get(execution.ref)
                standing = Standing(ref=execution.ref, order=order, contract=execution.contract, is_live=False)
                self.orders[execution.ref] = standing
            standing.executed += execution.contracts
            standing.perm_id = execution.perm_id
            if standing.executed >= standing.most and not standing.is_lost:
                standing.is_live = False
                if standing.is_kept:
                    return [*taken.tell, *self._due(standing, now_ns), *standing.fill_up(now_ns)]
            elif standing.order is not None and standing.executed >= standing.order.contracts:
                self.doubts.add(standing.ref)  # filled, if the broker had already taken that it became smaller
        return list(taken.tell)

    def refuse(self, order_id: int, code: int, text: str, now_ns: int) -> list[Told]:
        """A numbered message about an order of ours."""
        standing = self._by_id.get(order_id)
        if standing is None or not standing.is_live:
            return []
        name, words = label(standing.contract), sentence(code, text)
        if is_notice(code):
            self.doubts.add(standing.ref)
            return [Noticed(now_ns, f"A-{standing.ref}-{code}", "info", f"{name}: {words}")]
        is_new = not (standing.is_acknowledged or standing.is_changed or standing.is_lost or standing.executed)
        off_step = standing.off_step(now_ns) if code == OFF_STEP else []
        if is_refusal(code) and is_new:
            return [*standing.end("rejected", words, now_ns), *off_step]
        self.doubts.add(standing.ref)
        standing.trouble = words
        if code == CANCELLED:
            return []
        standing.is_refused = True
        if standing.is_cancelling:
            standing.is_cancel_refused = code in ANSWERS_TO_A_CANCEL
        elif standing.is_acknowledged:
            standing.keep(code, now_ns)
        return [Noticed(now_ns, f"A-{standing.ref}-{code}", "warning", f"{name}: {words}"), *off_step]

    def lose(self, why: str, now_ns: int) -> list[Told]:
        """The connection has gone: what worked is unknown."""
        self._by_id.clear()
        self.doubts.clear()
        self.strays.clear()
        told: list[Told] = [*self.executions.due(now_ns)]
        for standing in self.live:
            told += standing.lose(why, now_ns)
        return told

    # ---------------------------------------------------------------- what was asked

    def missing(self, listed: Mapping[str, Seen], asked_count: int, now_ns: int) -> list[Standing]:
        """Orders that should work, and are not among the open ones; not such as were sent after the question."""
        return [
            standing
            for standing in self._unlisted(listed, asked_count)
            if standing.is_acknowledged
            or standing.is_lost
            or standing.trouble
            or now_ns - standing.changed_ns >= PATIENCE_NS
        ]

    def doubt_unlisted(self, listed: Mapping[str, Seen], asked_count: int) -> None:
        """Orders that are neither listed nor ended must be asked for again."""
        self.doubts |= {standing.ref for standing in self._unlisted(listed, asked_count)}

    def _unlisted(self, listed: Mapping[str, Seen], asked_count: int) -> list[Standing]:
        return [
            standing
            for standing in self.live
            if standing.ref not in listed and standing.news_count <= asked_count and not standing.is_held
        ]

    def listed(self, orders: Iterable[Seen]) -> dict[str, Seen]:
        """Of the open orders those that are ours and work, by reference; what nobody remembers is remembered now."""
        found: dict[str, Seen] = {}
        for seen in orders:
            standing = self._standing(seen)
            if standing is not None and (seen.is_opinion or seen.status not in OVER):
                found[standing.ref] = seen
                standing.size = seen.contracts
        return found

    def compare(self, listed: Mapping[str, Seen], now_ns: int) -> list[Told]:
        """What the open orders say of ours."""
        told: list[Told] = []
        for ref, seen in listed.items():
            standing = self.orders[ref]
            if not standing.is_live:
                told += self._stray(standing, seen, now_ns)
                continue
            if seen.status == "Inactive":
                told += [] if seen.is_opinion else self._give_up(standing, now_ns)
                continue
            if standing.is_lost:
                standing.is_cancelling = False  # whoever wants it gone asks again
            if standing.is_lost or standing.stands is None:
                standing.limit = seen.limit  # as it arrived, if it did, or as an earlier run has sent it
            told += [*standing.acknowledge(now_ns), *standing.confirm(seen, now_ns)]
            standing.trouble, standing.is_refused = "", False  # whatever it was, it has not ended the order
        return told

    def conclude(
        self, missing: Iterable[Standing], completed: Mapping[str, Seen], asked_count: int, now_ns: int
    ) -> list[Told]:
        """What has become of orders that work no longer, after all executions have been told."""
        told: list[Told] = []
        for standing in missing:
            if standing.news_count > asked_count or standing.ended is not None:
                continue
            told += self._due(standing, now_ns)
            seen = completed.get(standing.ref)
            is_whole = 0 < standing.most <= standing.executed if seen is None else seen.status == "Filled"
            if is_whole:
                told += standing.fill_up(now_ns)
            else:
                told += self._end(standing, seen, now_ns)
        return told

    def remember(self, completed: Iterable[Seen], now_ns: int) -> dict[str, Seen]:
        """Completed orders of ours by reference, so that none is ever sent again."""
        found: dict[str, Seen] = {}
        for seen in completed:
            ref = self.names.ours(seen.wire)
            if ref is None:
                continue
            found[ref] = seen
            if ref not in self.orders:
                standing = self.orders[ref] = Standing(ref=ref, contract=seen.contract, perm_id=seen.perm_id)
                filled = seen.status == "Filled"
                standing.end("filled" if filled else "cancelled", "it had ended before this program began", now_ns)
        return found

    def _stray(self, standing: Standing, seen: Seen, now_ns: int) -> list[Told]:
        """An order that was concluded to have ended works after all: the session may have placed another since."""
        if not standing.is_given_up or seen.status not in ACTIVE or seen.is_opinion:
            return []
        if standing.is_cancelling or not standing.order_id:
            return []
        standing.is_cancelling = True
        self.strays.append(standing.order_id)
        text = f"{label(standing.contract)}: order {standing.ref} was given up and works after all; it is cancelled"
        return [Noticed(now_ns, f"A-{standing.ref}-late", "critical", text)]

    def _give_up(self, standing: Standing, now_ns: int) -> list[Told]:
        """The broker keeps it and does not work it, until it is activated again: whoever needs it places another."""
        if standing.order_id:
            self.strays.append(standing.order_id)
        standing.is_given_up = True
        words = standing.trouble or "the broker holds it inactive; it is cancelled there"
        return [*self._due(standing, now_ns), *standing.end("rejected", words, now_ns)]

    def _end(self, standing: Standing, seen: Seen | None, now_ns: int) -> list[Report]:
        words, standing.is_given_up = standing.trouble, seen is None
        if standing.is_refused and not standing.is_cancelling and not standing.executed and not standing.stands:
            return standing.end("rejected", words, now_ns)
        if has_expired(words):
            return standing.end("expired", words, now_ns)
        if standing.is_cancelling:
            return standing.end("cancelled", "cancelled on request", now_ns)
        if not words:
            words = "cancelled at the broker, not by this program" if seen or standing.is_acknowledged else MISSING
        return standing.end("cancelled", words, now_ns)

    def _due(self, standing: Standing, now_ns: int) -> list[Told]:
        """Its fills that wait for their fees wait no longer: they are told before its end."""
        return [*self.executions.due(now_ns, ref=standing.ref)]

    def _standing(self, seen: Seen) -> Standing | None:
        ref = self.names.ours(seen.wire)
        if ref is None:
            return None
        standing = self.orders.get(ref)
        if standing is None:
            standing = self.orders[ref] = Standing(ref=ref, order=self.unsent.get(ref), contract=seen.contract)
        standing.perm_id = seen.perm_id or standing.perm_id
        standing.contract = standing.contract or seen.contract  # of an order that was taken up again
        if seen.client_id == self.client_id and seen.order_id > 0:
            standing.order_id = seen.order_id
            standing.parent_id = seen.parent_id or standing.parent_id  # without it a change would be another order
            self._by_id[seen.order_id] = standing
        return standing
