"""What a live run without a window says: what it supervises, what happens as it happens, and what it leaves behind."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from cockpit.domain.money import cents
from cockpit.events import NS, Heartbeat
from cockpit.projection.words import contract_words
from cockpit.state.model import Held, State, Working, label_of

TOLD = ("decision", "fill")  # kinds of lines of the ledger: what is decided about exits, and what was filled
RESTS = ("working", "partially_filled")
UNARMED = (
    "{} is not armed: nothing is opened, no rule acts and nothing rests until its name has been typed; your own exits "
    "are sent at once"
)


class Telling:
    """Looks at the session after each event, and says what is new in it: one line each."""

    def __init__(self, state: State, is_up: Callable[[], bool], say: Callable[[str], None]) -> None:
        self._state, self._is_up, self._say = state, is_up, say
        self._has_begun = False
        self._lines = self._state.lines_said  # an earlier run has said them
        self._alerts = -1  # version
        self._critical = {(a.id, a.at_ns, a.text) for a in self._state.alerts.critical.values()}
        self._resting = resting(self._state)

    def look(self, event: object) -> None:
        """What this event has changed."""
        state = self._state
        if not self._has_begun and self._is_up():
            self._has_begun = True
            self._say(supervises(state))
        if state.lines_said != self._lines:
            self._tell_lines()
        if state.alerts.version != self._alerts:
            self._tell_alerts()
        if isinstance(event, Heartbeat):
            self._tell_resting()

    def _tell_lines(self) -> None:
        tail, new = self._state.tail, self._state.lines_said - self._lines
        self._lines = self._state.lines_said
        for line in list(tail)[-new:]:
            if line.kind in TOLD:
                self._tell(line.label, line.text, line.at_ns)

    def _tell_alerts(self) -> None:
        self._alerts = self._state.alerts.version
        now = {(a.id, a.at_ns, a.text): a for a in self._state.alerts.critical.values()}
        for key in [key for key in now if key not in self._critical]:
            held = self._state.held.get(now[key].position_id or "")
            self._tell("ALERT" if held is None else f"ALERT {label_of(held.instrument)}", now[key].text, now[key].at_ns)
        self._critical = set(now)

    def _tell_resting(self) -> None:
        now = resting(self._state)
        if now == self._resting:
            return
        for id in [id for id in now if now[id] != self._resting.get(id, "")]:
            self._tell(label_of(self._state.held[id].instrument), now[id] or "no stop rests any more")
        self._resting = now

    def _tell(self, about: str, text: str, at_ns: int | None = None) -> None:
        zone = ZoneInfo(self._state.setup.market.zone)
        at = datetime.fromtimestamp((at_ns or self._state.now_ns) // NS, zone)
        self._say(f"{at:%H:%M:%S} {about}: {text}")


def resting(state: State) -> dict[str, str]:
    """By position, the stop that the broker has confirmed; empty words where none has been."""
    return {id: _rests(held) for id, held in state.held.items()}


def _rests(held: Held) -> str:
    stop = held.resting
    if stop is None or stop.state not in RESTS or stop.order.trigger is None:
        return ""
    trigger = stop.order.trigger
    price = trigger.price if stop.trigger is None else stop.trigger
    contracts = min(stop.order.contracts, stop.order.contracts if stop.standing is None else stop.standing)
    return f"a stop of {contracts - stop.filled} rests at {cents(price)} of the {trigger.on}"


def supervises(state: State) -> str:
    """Once the broker has said what there is: what is held, and on what terms."""
    setup = state.setup
    whose = f"of {setup.account}" if setup.account else "in practice"
    count = len(state.held)
    positions = "1 position" if count == 1 else f"{count} positions"
    held = f" ({', '.join(map(signed, state.held.values()))})" if count else ""
    others = [*_unsupervised(state), *_differing(state)]
    more = [f"held and not supervised: {', '.join(others)}"] if others else []
    if not state.is_armed:
        more.append(UNARMED.format(setup.account))
    return "; ".join([f"Supervising {positions} {whose}{held}", *more]) + "."


def ends(state: State) -> str:
    """What is left behind, in one sentence: held, resting, entries that still work, and what nobody supervised."""
    at_broker = state.setup.protection == "broker"
    left: list[str] = []
    if state.held:
        left.append(f"held: {', '.join(_left(held, at_broker=at_broker) for held in state.held.values())}")
    if state.entering:
        place = "entries that still work at the broker" if at_broker else "entries that still work in practice"
        left.append(f"{place}: {', '.join(_entry(state, w) for w in state.entering.values())}")
    if others := [*_unsupervised(state), *_differing(state)]:
        left.append(f"held and not supervised: {', '.join(others)}")
    if at_broker and not state.has_compared:
        left.append("what else the account holds was not known, for the broker had not been asked since it connected")
    if not left:
        return "Stopped; nothing is held, and no entry works."
    after = " The next start goes on with it." if state.held or state.entering else ""
    return f"Stopped, and nobody watches any more: {'; '.join(left)}.{after}"


def signed(held: Held) -> str:
    """+10 SPY 500 C 20 Dec."""
    return f"{held.side * held.contracts:+d} {label_of(held.instrument)}"


def _left(held: Held, *, at_broker: bool) -> str:
    if not at_broker:
        return signed(held)
    leaving = f"{held.leaving} leaving" if held.leaving else ""
    return f"{signed(held)} ({', '.join(filter(None, (_rests(held) or 'no stop rests', leaving)))})"


def _entry(state: State, working: Working) -> str:
    order = working.order
    label = label_of(state.contracts[order.symbol].instrument)
    price = "the market" if order.limit is None else cents(order.limit)
    verb = "buys" if order.side == "buy" else "sells"
    return f"{verb} {working.leaves} {label} at {price} ({order.tif.upper()})"


def _unsupervised(state: State) -> list[str]:
    told = state.snapshot.unsupervised if state.snapshot else ()
    return [f"{each.contracts:+d} {contract_words(each.label)} ({each.why})" for each in told]


def _differing(state: State) -> list[str]:
    return [f"{each.theirs} {each.label} (of which we have {each.ours})" for each in state.differences if each.is_open]
