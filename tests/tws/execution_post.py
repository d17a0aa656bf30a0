"""Brings executions and commissions to the clients that hear of them: in order, or as badly as it was told to."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from tests.tws.gateway import Gateway
from tests.tws.orders import Execution, Fill, Order
from tests.tws.wire import UNSET_ID, UNSET_NUMBER, Field

Letter = tuple[int, list[Field]]
"""Client id and message."""


class ExecutionPost:
    def __init__(
        self, gateway: Gateway, listeners: Callable[[Order], list[int]], tell_status: Callable[[Order], None]
    ) -> None:
        self._gateway = gateway
        self._listeners = listeners
        self._tell_status = tell_status
        self._batch: list[list[Letter]] = []
        self.is_silent = False

    @contextmanager
    def silence(self) -> Generator[None]:
        """Nothing of what happens inside is told."""
        self.is_silent = True
        try:
            yield
        finally:
            self.is_silent = False

    def deliver(self, fill: Fill) -> None:
        """Tell an order's status and its executions, as `Faults.delivery` says."""
        if self.is_silent:
            return
        how = self._gateway.faults.delivery
        if how.status == "before":
            self._tell_status(fill.order)
        if not how.is_withheld:
            for execution in fill.executions:
                self._batch.append(self._letters(fill.order, execution) * (1 + how.duplicates))
            if len(self._batch) >= max(1, how.reversed_batch):
                self.flush()
        if how.status == "after":
            self._tell_status(fill.order)

    def flush(self) -> None:
        """Send what waits, the newest first when a batch is to be reversed."""
        batch, self._batch = self._batch, []
        if self._gateway.faults.delivery.reversed_batch:
            batch.reverse()
        for client_id, fields in (letter for letters in batch for letter in letters):
            self._gateway.push(client_id, *fields)

    def execution(self, request: int, execution: Execution) -> list[Field]:
        """The message of one execution; a manual order's has the unset id that the TWS sends."""
        return [
            *(11, request, execution.order_id or UNSET_ID, *execution.contract.fields()),
            *(execution.exec_id, self._gateway.time_text(execution.at_s), execution.account, "CBOE", execution.side),
            *(execution.quantity, execution.price, execution.perm_id, execution.client_id, 0),
            *(execution.cumulative, execution.average, execution.reference, "", "", "", 2),
        ]

    def commission(self, execution: Execution) -> list[Field]:
        realised = UNSET_NUMBER if execution.realised is None else execution.realised
        return [59, 1, execution.exec_id, execution.commission, "USD", realised, UNSET_NUMBER, ""]

    def _letters(self, order: Order, execution: Execution) -> list[Letter]:
        when = self._gateway.faults.delivery.commission
        messages = [self.execution(-1, execution)]
        if when != "never":
            messages.insert(0 if when == "before" else 1, self.commission(execution))
        return [(client_id, message) for client_id in self._listeners(order) for message in messages]
