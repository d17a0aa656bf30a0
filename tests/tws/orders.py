"""One order at the loopback server, and the executions that it made."""

from dataclasses import dataclass, field

from tests.tws.contracts import Contract
from tests.tws.order_fields import Terms

WORKING = ("PendingSubmit", "PreSubmitted", "Submitted")
DONE = ("Filled", "Cancelled", "Inactive")

KNOWN_TYPES = ("MKT", "LMT", "STP", "STP LMT", "MIT", "LIT", "TRAIL", "TRAIL LIMIT", "REL", "MOC", "LOC")
STOPPED_TYPES = ("STP", "STP LMT", "MIT", "LIT", "TRAIL", "TRAIL LIMIT")


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """What a client or a hand at the TWS placed; `order_id` 0 is a manual order that no client has bound."""

    client_id: int
    order_id: int
    perm_id: int
    contract: Contract
    terms: Terms
    is_manual: bool = False
    is_held: bool = False
    """Waits for its parent, or for the transmit flag of the last child."""
    is_kept: bool = False
    """Among the open orders although it is inactive."""
    parent_perm_id: int = 0
    status: str = "PendingSubmit"
    filled: float = 0.0
    value: float = 0.0
    """Sum of quantity × price of the executions."""
    last_price: float = 0.0
    is_triggered: bool = False
    trail_stop: float | None = None
    ended_at_s: float = 0.0
    ended_by: str = ""

    @property
    def action(self) -> str:
        return self.terms.word("action")

    @property
    def kind(self) -> str:
        return self.terms.word("orderType")

    @property
    def tif(self) -> str:
        return self.terms.word("tif") or "DAY"

    @property
    def quantity(self) -> float:
        return self.terms.number("totalQuantity") or 0.0

    @property
    def remaining(self) -> float:
        return max(0.0, self.quantity - self.filled)

    @property
    def limit(self) -> float | None:
        return self.terms.number("lmtPrice")

    @property
    def aux(self) -> float | None:
        return self.terms.number("auxPrice")

    @property
    def group(self) -> str:
        return self.terms.word("ocaGroup")

    @property
    def group_kind(self) -> int:
        """1 cancels the others, 2 reduces them, 3 (also when unset) reduces them without overfill protection."""
        return int(self.terms.word("ocaType") or 0) or 3

    @property
    def average(self) -> float:
        return self.value / self.filled if self.filled else 0.0

    @property
    def is_working(self) -> bool:
        return self.status in WORKING or (self.is_kept and self.status == "Inactive")

    @property
    def waits_for_auction(self) -> bool:
        return self.kind in ("MOC", "LOC") or self.tif == "OPG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One fill of one contract; a combo's order makes one for itself and one per leg."""

    exec_id: str
    at_s: float
    account: str
    contract: Contract
    side: str
    """BOT or SLD."""
    quantity: float
    price: float
    client_id: int
    order_id: int
    perm_id: int
    cumulative: float
    average: float
    reference: str
    commission: float
    realised: float | None
    """Profit in the account's currency, None when it opened or added."""


@dataclass(slots=True)
class Fill:
    """What one match did to an order: its executions, parent before legs."""

    order: Order
    executions: list[Execution] = field(default_factory=list[Execution])
