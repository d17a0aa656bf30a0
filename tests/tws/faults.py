"""What the loopback server has been told to do wrong, as data; whoever answers asks here first."""

from dataclasses import dataclass, field
from typing import Literal, TypeVar

Drop = Literal["", "before_order", "before_ack", "after_ack"]
"""When the connection dies around an order: the server never took it, took it and said nothing, or had said so."""

ORDER_REQUESTS = ("placeOrder", "cancelOrder", "reqGlobalCancel")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlan:
    """What happens to the next placed or modified order instead of, or besides, the ordinary."""

    reference: str = ""
    """Only an order whose reference contains this is meant; the plan waits for it."""
    reject: tuple[int, str] | None = None
    """Error code and reason; a refused modification leaves the order as it was, working."""
    reject_status: str = "Inactive"
    """Status told with the refusal of a new order, empty for none."""
    notice: tuple[int, str] | None = None
    """An error message that refuses nothing, sent after the acknowledgement."""
    fill: tuple[float, float] | None = None
    """Quantity and price filled at once, whatever the quote."""
    is_silent: bool = False
    """Nothing is told of that fill: only a request for executions shows it."""
    drop: Drop = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPlan:
    """What crosses the next cancellation."""

    reference: str = ""
    fill: tuple[float, float] | None = None
    refuse: tuple[int, str] | None = None
    drop: bool = False
    """The connection dies after the order was cancelled, before that is told."""


Plan = TypeVar("Plan", OrderPlan, CancelPlan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How executions reach the client."""

    duplicates: int = 0
    """How many more times each execution and its commission are sent."""
    reversed_batch: int = 0
    """Hold executions until there are so many, then send the newest first; 0 sends each at once."""
    is_withheld: bool = False
    """Never push them; only a request for executions shows them."""
    commission: Literal["after", "before", "never"] = "after"
    status: Literal["before", "after", "never"] = "after"
    """Whether the order's status comes before its executions, after, or is lost."""


@dataclass(slots=True)
class Faults:
    accept_then_close: int = 0
    is_frozen: bool = False
    occupied: set[int] = field(default_factory=set[int])
    """Client ids that the server believes to be connected."""
    is_uplink_down: bool = False
    is_read_only: bool = False
    max_per_s: int | None = None
    pacing_strikes: int = 3
    lines: int = 100
    held: set[str] = field(default_factory=set[str])
    delays_s: dict[str, float] = field(default_factory=dict[str, float])
    order_plans: list[OrderPlan] = field(default_factory=list[OrderPlan])
    cancel_plans: list[CancelPlan] = field(default_factory=list[CancelPlan])
    delivery: Delivery = field(default_factory=Delivery)
    skew_s: float = 0.0
    notices_at_connect: bool = True

    def is_held(self, kind: str) -> bool:
        return kind in self.held or (self.is_uplink_down and kind in ORDER_REQUESTS)

    def order_plan(self, reference: str) -> OrderPlan:
        return _next(self.order_plans, reference) or OrderPlan()

    def cancel_plan(self, reference: str) -> CancelPlan:
        return _next(self.cancel_plans, reference) or CancelPlan()


def _next(plans: list[Plan], reference: str) -> Plan | None:
    """Take the oldest plan that is meant for an order of this reference."""
    plan = next((plan for plan in plans if plan.reference in reference), None)
    if plan is not None:
        plans.remove(plan)
    return plan
