"""What a test may break: connections, the uplink to the broker, answers, orders, executions, the clock."""

from collections.abc import Callable
from typing import Literal

from tests.tws.faults import CancelPlan, Delivery, Drop, OrderPlan
from tests.tws.floor import Floor
from tests.tws.gateway import FARMS_OK, UPLINK_BROKEN

LOST = (1100, "Connectivity between IBKR and Trader Workstation has been lost.")
RESTORED_DATA_LOST = (
    1101,
    "Connectivity between IBKR and Trader Workstation has been restored - data lost. All data requests need to be "
    "re-submitted.",
)
RESTORED_DATA_KEPT = (
    1102,
    "Connectivity between IBKR and Trader Workstation has been restored - data maintained. All data farms are "
    "connected",
)
FARMS_BROKEN = (
    (2103, "Market data farm connection is broken:usopt"),
    (2105, "HMDS data farm connection is broken:ushmds"),
    (2157, "Sec-def data farm connection is broken:secdefnj"),
)

Switch = Callable[[], None]


class FaultControl:
    def __init__(self, floor: Floor, open_port: Switch, close_port: Switch) -> None:
        self._floor = floor
        self._gateway = floor.gateway
        self._faults = floor.gateway.faults
        self._open_port = open_port
        self._close_port = close_port

    def forget_plans(self) -> None:
        """Nothing is planned for the next orders and cancellations any more."""
        self._faults.order_plans.clear()
        self._faults.cancel_plans.clear()

    def heal(self) -> None:
        """Nothing is broken any more; what was done stays done, and what waited goes on."""
        faults = self._faults
        self.forget_plans()
        faults.occupied.clear()
        faults.delays_s.clear()
        faults.held.clear()
        faults.delivery = Delivery()
        faults.accept_then_close, faults.is_read_only, faults.max_per_s = 0, False, None
        self._floor.orders.post.flush()
        self.freeze(frozen=False)
        if faults.is_uplink_down:
            self.restore_uplink(data_kept=False)
        self.come_back()
        self._gateway.release()

    # connections

    def sessions(self) -> list[int]:
        """Client ids that are connected."""
        return sorted(self._gateway.sessions)

    def accept_then_close(self, times: int = 1) -> None:
        """Close the next connections as soon as they are made, without a word."""
        self._faults.accept_then_close = times

    def occupy(self, client_id: int, occupied: bool = True) -> None:
        """Hold the client id as if somebody else were connected with it, so that it is refused with 326."""
        (self._faults.occupied.add if occupied else self._faults.occupied.discard)(client_id)

    def freeze(self, frozen: bool = True) -> None:
        """Neither read nor write on any connection, old or new, with all of them open; thawed, everything goes on."""
        self._gateway.freeze(frozen=frozen)

    def drop(self, client_id: int | None = None, abort: bool = True) -> None:
        """End one connection or all, with a reset or politely; the port goes on listening."""
        self._gateway.hang_up(client_id, abort=abort)

    def go_down(self, abort: bool = True) -> None:
        """End every connection and refuse new ones; orders live on."""
        self._close_port()
        self._gateway.hang_up(abort=abort)

    def come_back(self) -> None:
        self._open_port()

    def lose_uplink(self) -> None:
        """The TWS loses the broker (1100, 2110): no ticks, and orders and their news wait until it is back."""
        for code, text in (LOST, *FARMS_BROKEN, UPLINK_BROKEN):
            self.say(code, text)
        self._faults.is_uplink_down = True

    def restore_uplink(self, data_kept: bool = True) -> None:
        """The broker is back: 1102, or 1101 and every data subscription is gone; then the news that waited."""
        self._faults.is_uplink_down = False
        if not data_kept:
            self._floor.data.lose_lines()
        for code, text in (RESTORED_DATA_KEPT if data_kept else RESTORED_DATA_LOST, *FARMS_OK):
            self.say(code, text)
        self._gateway.tell()
        self._gateway.release()

    def nightly_reset(self) -> None:
        """The day ends: uplink lost, day orders expire, the day's executions are forgotten, and the TWS goes down."""
        self.lose_uplink()
        self.go_down(abort=False)
        self._floor.orders.book.expire_day_orders()
        self._floor.ledger.forget_executions()
        self._faults.is_uplink_down = False

    # answers

    def say(self, code: int, text: str, client_id: int | None = None, request: int = -1) -> None:
        """Send an error or notice to one client or all; `request` is a request's or an order's id, −1 for neither."""
        self._gateway.say(client_id, request, code, text)

    def notices_at_connect(self, on: bool) -> None:
        self._faults.notices_at_connect = on

    def hold(self, kind: str) -> None:
        """Keep requests of a kind (`placeOrder`…) unanswered until it is released."""
        self._faults.held.add(kind)

    def release(self, kind: str) -> None:
        """Answer the held requests of a kind in their order, and no longer hold any."""
        self._faults.held.discard(kind)
        self._gateway.release()

    def slow(self, kind: str, delay_s: float) -> None:
        """Answer requests of a kind so much later; 0 ends that."""
        self._faults.delays_s[kind] = delay_s

    def clock_skew(self, seconds: float) -> None:
        """How far the server's clock is ahead of ours: its time, and the times of its executions."""
        self._faults.skew_s = seconds

    def read_only(self, on: bool = True) -> None:
        """Refuse every order, cancellation and question about orders with 321."""
        self._faults.is_read_only = on

    def pacing(self, max_per_s: int | None = 50, strikes: int = 3) -> None:
        """Answer a message too many in any second with 100 and ignore it; after so many of them hang up."""
        self._faults.max_per_s, self._faults.pacing_strikes = max_per_s, strikes

    def lines(self, limit: int) -> None:
        """How many streaming requests for market data there may be; one more is refused with 101."""
        self._faults.lines = limit

    # orders

    def plan_order(
        self,
        reject: tuple[int, str] | None = None,
        reject_status: str = "Inactive",
        notice: tuple[int, str] | None = None,
        fill: tuple[float, float] | None = None,
        is_silent: bool = False,
        drop: Drop = "",
        reference: str = "",
    ) -> None:
        """What happens to the next order placed or modified (with such a reference); plans queue up."""
        plan = OrderPlan(
            reference=reference,
            reject=reject,
            reject_status=reject_status,
            notice=notice,
            fill=fill,
            is_silent=is_silent,
            drop=drop,
        )
        self._faults.order_plans.append(plan)

    def plan_cancel(
        self,
        fill: tuple[float, float] | None = None,
        refuse: tuple[int, str] | None = None,
        drop: bool = False,
        reference: str = "",
    ) -> None:
        """What crosses the next cancellation: a fill (quantity, price) first, a refusal, the end of the connection."""
        self._faults.cancel_plans.append(CancelPlan(reference=reference, fill=fill, refuse=refuse, drop=drop))

    def deliver_executions(
        self,
        duplicates: int = 0,
        reversed_batch: int = 0,
        is_withheld: bool = False,
        commission: Literal["after", "before", "never"] = "after",
        status: Literal["before", "after", "never"] = "after",
    ) -> None:
        """How executions are told from now on; without arguments as they should be."""
        self._faults.delivery = Delivery(
            duplicates=duplicates,
            reversed_batch=reversed_batch,
            is_withheld=is_withheld,
            commission=commission,
            status=status,
        )

    def flush_executions(self) -> None:
        """Send the executions that wait for a batch to fill."""
        self._floor.orders.post.flush()
