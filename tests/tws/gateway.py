"""The loopback server's front: who is connected, what was received, and which desk answers it."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.tws.faults import Faults
from tests.tws.session import Received, Session
from tests.tws.wire import BadMessage, Field, Reader

Handler = Callable[[Session, Reader], None]

ZONE = "US/Eastern"
UPLINK_BROKEN = (
    2110,
    "Connectivity between Trader Workstation and server is broken. It will be restored automatically.",
)
FARMS_OK = (
    (2104, "Market data farm connection is OK:usopt"),
    (2106, "HMDS data farm connection is OK:ushmds"),
    (2158, "Sec-def data farm connection is OK:secdefnj"),
)
_SECOND_NS = 1_000_000_000


class Gateway:
    """Sessions by client id, and the messages between them and the desks.

    Runs in one event loop; nothing here may be called from another thread.
    """

    def __init__(self, accounts: list[str]) -> None:
        self.faults = Faults()
        self.received: list[Received] = []
        self.sessions: dict[int, Session] = {}
        self.on_change: Callable[[], None] = lambda: None
        self.on_end: list[Callable[[Session], None]] = []
        self.next_order_id: Callable[[int], int] = lambda client_id: 1
        self._accounts = accounts
        self._handlers: dict[str, Handler] = {
            "startApi": lambda session, reader: None,
            "reqIds": lambda session, reader: session.send(9, 1, self.next_order_id(session.client_id)),
            "reqManagedAccts": lambda session, reader: session.send(15, 1, ",".join(self._accounts)),
            "reqCurrentTime": lambda session, reader: session.send(49, 1, int(self.now_s())),
            "setServerLogLevel": lambda session, reader: None,
        }
        self._connections: set[Session] = set()
        self._count = 0
        self._held: list[tuple[Session, Received]] = []
        self._untold: list[tuple[int, tuple[Field, ...]]] = []

    # time

    def now_s(self) -> float:
        """Seconds since 1970 by the server's clock, which may be skewed."""
        return time.time() + self.faults.skew_s

    def time_text(self, at_s: float | None = None) -> str:
        """The time as executions carry it, local to the server with its zone."""
        at = datetime.fromtimestamp(self.now_s() if at_s is None else at_s, UTC).astimezone(ZoneInfo(ZONE))
        return f"{at:%Y%m%d %H:%M:%S} {ZONE}"

    # what desks use

    def handle(self, handlers: dict[str, Handler]) -> None:
        self._handlers |= handlers

    def push(self, client_id: int, *fields: Field) -> None:
        """Send unasked; while the uplink is down it waits for that to end, as orders' news do."""
        if self.faults.is_uplink_down:
            self._untold.append((client_id, fields))
        elif session := self.sessions.get(client_id):
            session.send(*fields)

    def say(self, client_id: int | None, request: int, code: int, text: str) -> None:
        """An error or notice to one client, or to all of them."""
        for session in list(self.sessions.values()):
            if client_id in (None, session.client_id):
                session.error(request, code, text)

    # connections

    def protocol(self) -> Session:
        self._count += 1
        return Session(self, self._count, self.time_text)

    def opened(self, session: Session) -> None:
        self._connections.add(session)
        self.received.append(session.event("connect"))
        if self.faults.accept_then_close > 0:
            self.faults.accept_then_close -= 1
            session.close()
        elif self.faults.is_frozen:
            session.freeze()
        self.on_change()

    def closed(self, session: Session) -> None:
        self._connections.discard(session)
        self.received.append(session.event("disconnect"))
        self._held = [(held, received) for held, received in self._held if held is not session]
        if self.sessions.get(session.client_id) is session:
            del self.sessions[session.client_id]
            for end in self.on_end:
                end(session)
        self.on_change()

    def hang_up(self, client_id: int | None = None, *, abort: bool) -> None:
        for session in list(self._connections):
            if client_id in (None, session.client_id):
                session.close(abort=abort)

    def freeze(self, *, frozen: bool) -> None:
        self.faults.is_frozen = frozen
        for session in list(self._connections):
            if frozen:
                session.freeze()
            else:
                session.thaw()

    def started(self, session: Session) -> None:
        client_id = session.client_id
        if client_id in self.sessions or client_id in self.faults.occupied:
            session.error(
                -1, 326, "Unable to connect as the client id is already in use. Retry with a unique client id."
            )
            session.close()
            return
        self.sessions[client_id] = session
        session.is_ready = True
        session.send(15, 1, ",".join(self._accounts))
        session.send(9, 1, self.next_order_id(client_id))
        if self.faults.is_uplink_down:
            session.error(-1, *UPLINK_BROKEN)
        elif self.faults.notices_at_connect:
            for code, text in FARMS_OK:
                session.error(-1, code, text)

    # messages

    def heard(self, session: Session, received: Received) -> None:
        self.received.append(received)
        if received.kind == "startApi":
            self.started(session)
        elif session.is_ready and self._keeps_pace(session, received):
            self._answer_in_time(session, received)
        self.on_change()

    def broken(self, session: Session, error: BadMessage) -> None:
        session.error(-1, 320, f"Error reading request. {error}")

    def release(self) -> None:
        """Answer every held request that nothing holds any longer, in the order they came."""
        held, self._held = self._held, []
        for session, received in held:
            self._answer_in_time(session, received)

    def tell(self) -> None:
        """Send what waited for the uplink."""
        untold, self._untold = self._untold, []
        for client_id, fields in untold:
            self.push(client_id, *fields)

    def _answer_in_time(self, session: Session, received: Received) -> None:
        delay_s = self.faults.delays_s.get(received.kind)
        if self.faults.is_held(received.kind):
            self._held.append((session, received))
        elif delay_s:
            asyncio.get_running_loop().call_later(delay_s, self._answer, session, received)
        else:
            self._answer(session, received)

    def _answer(self, session: Session, received: Received) -> None:
        if not session.is_open:
            return
        handler = self._handlers.get(received.kind)
        if handler is None:
            session.error(-1, 505, f"Fatal Error: Unknown message id {received.kind}.")
            return
        try:
            handler(session, Reader(list(received.fields)))
        except BadMessage as error:
            self.broken(session, error)
        self.on_change()

    def _keeps_pace(self, session: Session, received: Received) -> bool:
        """Whether this message is within the rate; one too many is answered with 100 and dropped, some end it all."""
        limit = self.faults.max_per_s
        if limit is None:
            return True
        arrivals = session.arrivals
        while arrivals and received.at_ns - arrivals[0] >= _SECOND_NS:
            arrivals.popleft()
        if len(arrivals) < limit:
            arrivals.append(received.at_ns)
            return True
        session.strikes += 1
        session.error(
            -1, 100, f"Max rate of messages per second has been exceeded: max={limit} rec={len(arrivals) + 1}"
        )
        if session.strikes >= self.faults.pacing_strikes:
            session.close()
        return False
