"""Our positions against the broker's: every difference is seen, explained, and resolved or alarmed."""

from decimal import Decimal

from cockpit import commands as c
from cockpit.domain.errors import Refused
from cockpit.domain.money import cents, exact, rounded
from cockpit.domain.trading_hours import last_trading_at
from cockpit.events import BrokerPosition, Outside, Snapshot
from cockpit.market.contract import Contract
from cockpit.state.adopting import Made, make_room, meet
from cockpit.state.alarms import LASTING, raise_alert, resolve_alert
from cockpit.state.deciding import check_linked
from cockpit.state.market import at
from cockpit.state.model import NS, Difference, Held, State, label_of

SETTLES_NS = 2 * NS
"""A broker's positions may lag its executions by so much."""
UNTOLD = "estimated: the broker did not tell at what price"


def reconcile(state: State, command: c.Reconcile) -> str:
    """The broker is asked for everything; its answer is compared when it is there."""
    if state.setup.protection != "broker":
        raise Refused("orders are practised here: there is no broker to compare with")
    check_linked(state)
    state.effects.reconciles = True
    return "the broker is asked for all that it holds and has working"


def fold_outside(state: State, event: Outside) -> None:
    """An execution of somebody else, once; one from before the session is only remembered."""
    if event.id in state.outside:
        return
    state.outside.add(event.id)
    if event.is_old:
        return
    if event.symbol not in state.contracts:
        text = f"{event.side} {event.contracts} {event.symbol} {event.whose}: this session does not know the contract"
        raise_alert(state, f"A-{event.symbol}-outside", None, "critical", "order", text)
        return
    before = state.by_symbol.get(event.symbol)
    made = Made(
        id=event.id, symbol=event.symbol, side=event.side, contracts=event.contracts, price=event.price,
        fees=event.fees, trigger="EXECUTED", words=event.whose,
    )  # fmt: skip
    meet(state, made)
    held = state.by_symbol.get(event.symbol)
    if held is not None and held is not before:
        text = f"{_signed(held)} opened {event.whose}: supervised by {held.profile.name} from now on"
        raise_alert(state, f"A-{held.id}-adopted", held, "info", "order", text)


def compare(state: State, snapshot: Snapshot) -> None:
    """Everything that the account holds against everything that we do."""
    begins = state.snapshot is None and not state.opened
    at_once, state.snapshot, state.has_compared = not state.has_compared, snapshot, True
    theirs = {position.symbol: position for position in snapshot.positions if position.contracts}
    symbols = dict.fromkeys((*state.by_symbol, *theirs))
    for symbol in symbols:
        _compare_one(state, symbol, theirs.get(symbol), at_once=at_once, begins=begins)
    labels = {_label(state, symbol) for symbol in symbols}
    for difference in state.differences:
        if difference.is_open and difference.label not in labels:
            _agree_again(state, difference)
    if begins and state.held:
        _tell_beginning(state)
    make_room(state)
    _tell_unsupervised(state, snapshot)


def _compare_one(state: State, symbol: str, position: BrokerPosition | None, *, at_once: bool, begins: bool) -> None:
    held, label = state.by_symbol.get(symbol), _label(state, symbol)
    ours, theirs = _signed(held), _words(position.contracts if position else 0)
    found = next((d for d in reversed(state.differences) if d.is_open and d.label == label), None)
    if ours == theirs:
        if found is not None:
            _agree_again(state, found)
        return
    is_known = found is not None  # else the broker is asked again soon: nobody supervises it until then
    is_again = found is not None and (found.ours, found.theirs) == (ours, theirs)
    if found is None:
        found = Difference(at_ns=state.now_ns, label=label, ours=ours, theirs=theirs, words="", is_open=True)
        state.differences.append(found)
    found.at_ns, found.ours, found.theirs = state.now_ns, ours, theirs
    early = _too_early(state, symbol)
    if early or not (at_once or is_again):
        found.words = f"waits: {early}" if early else "seen once; resolved if the broker's next answer says the same"
        state.effects.reconciles = state.effects.reconciles or not (early or is_known)
        _tell(state, found, "warning")
        return
    found.words = _resolve(state, symbol, position)
    now = state.by_symbol.get(symbol)
    found.is_open = _signed(now) != theirs
    if found.is_open:
        _tell(state, found, "critical")
    elif begins:
        state.say(label, "broker", "reconciliation", found.words)
    else:
        _tell(state, found, "warning")


def _too_early(state: State, symbol: str) -> str:
    """What may still explain a difference; "" when nothing may."""
    positions = [held for held in (*state.held.values(), *state.closed) if held.instrument.symbol == symbol]
    orders = [w for held in positions for w in held.orders.values()]
    orders += [w for w in state.entering.values() if w.order.symbol == symbol]
    if any(w.state == "unknown" for w in orders):
        return "what became of an order of ours is not known yet"
    if any(w.filled_ns is not None and state.now_ns - w.filled_ns < SETTLES_NS for w in orders):
        return "a fill has only just come"
    return ""


def _resolve(state: State, symbol: str, position: BrokerPosition | None) -> str:
    """Makes our position the broker's, as far as a price can be said; returns what was done."""
    contract, held = state.contracts.get(symbol), state.by_symbol.get(symbol)
    if contract is None:
        return "this session does not know the contract: it cannot be supervised here"
    ours = held.side * held.contracts if held else 0
    theirs = position.contracts if position else 0
    stays = 0 if ours * theirs <= 0 else min(abs(ours), abs(theirs)) * (1 if ours > 0 else -1)
    said: list[str] = []
    if held is not None and stays != ours:
        said.append(_take_off(state, held, abs(ours - stays)))
    if position is not None and theirs != stays:
        said.append(_adopt(state, contract, position, theirs - stays))
    return "; ".join(said)


def _take_off(state: State, held: Held, contracts: int) -> str:
    price, trigger, words = _estimate(state, held)
    whole = contracts == held.contracts
    made = Made(
        id=_id(state, held.instrument.symbol, "gone"), symbol=held.instrument.symbol,
        side="sell" if held.side > 0 else "buy", contracts=contracts, price=price, fees=Decimal(0), trigger=trigger,
        words=words,
    )  # fmt: skip
    meet(state, made)
    return f"{'all ' if whole else ''}{contracts} taken off at {cents(price)}, {words}"


def _adopt(state: State, contract: Contract, position: BrokerPosition, contracts: int) -> str:
    price, words = position.average, "the broker's average"
    if not (price.is_finite() and price > 0):
        mark = _worth(state, contract)
        if mark is None:
            return f"{_words(contracts)} cannot be adopted: neither the broker's average nor a mark is known"
        price, words = mark, "the mark, as the broker tells no average"
    meet(
        state,
        Made(
            id=_id(state, position.symbol, "found"), symbol=position.symbol, side="buy" if contracts > 0 else "sell",
            contracts=abs(contracts), price=price, fees=Decimal(0), trigger="ADOPTED",
            words=f"found at the broker, at {words}",
        ),
    )  # fmt: skip
    return f"{_words(contracts)} adopted at {cents(price)}, {words}"


def _estimate(state: State, held: Held) -> tuple[Decimal, str, str]:
    """A price for what has left, how that is known, and in words; an expired option is worth what it is in the money.

    What nothing is known of leaves at its entry, so that it counts as neither gained nor lost.
    """
    instrument, contract = held.instrument, held.contract
    last = last_trading_at(state.setup.market, instrument)
    worth = _worth(state, contract)
    if last is not None and last <= at(state.now_ns):
        level = contract.underlying.price
        if instrument.right is not None and instrument.strike is not None and level == level:
            intrinsic = max(instrument.exposure_sign * (level - instrument.strike), 0.0)
            return rounded(exact(intrinsic)), "EXPIRED", "as it expired or was exercised: estimated at intrinsic value"
        price = rounded(held.average) if worth is None else worth
        return price, "EXPIRED", "as it expired or was exercised: estimated at what was known last"
    if worth is None:
        return rounded(held.average), "ESTIMATED", f"its entry price, as no mark is known: {UNTOLD}"
    return worth, "ESTIMATED", f"the mark: {UNTOLD}"


def _worth(state: State, contract: Contract) -> Decimal | None:
    """The mark; while it is unknown the last one that was believed, or the last trade."""
    contract.refresh(state.t(state.now_ns))
    for value in (contract.view.mark, contract.accepted, contract.last):
        if value is not None and value == value:
            return rounded(exact(value))
    return None


def _id(state: State, symbol: str, what: str) -> str:
    return f"{symbol} {what} {state.now_ns} {state.next_order}"


def _signed(held: Held | None) -> str:
    return _words(held.side * held.contracts if held is not None else 0)


def _words(contracts: int) -> str:
    """+2, a true minus, or none."""
    return f"{contracts:+d}".replace("-", "\u2212") if contracts else "none"


def _label(state: State, symbol: str) -> str:
    contract = state.contracts.get(symbol)
    return symbol if contract is None else label_of(contract.instrument)


# ------------------------------------------------------------------ told


def _tell(state: State, difference: Difference, severity: str) -> None:
    """An alert for each thing that is new of it."""
    d = difference
    _alert_once(state, f"A-{d.label}-difference", severity, f"{d.label}: {d.ours} here, {d.theirs} there; {d.words}")


def _agree_again(state: State, difference: Difference) -> None:
    difference.is_open, difference.words = False, "agrees again without our doing"
    resolve_alert(state, f"A-{difference.label}-difference")
    state.say(difference.label, "broker", "reconciliation", "agrees with the broker again")


def _tell_beginning(state: State) -> None:
    """One alert for all that the account held before."""
    count = len(state.held)
    led = f"supervised by {state.default_profile} now" if state.setup.leads_found else "protected by their stops now"
    text = f"the account held {count} position{'s' if count != 1 else ''}: {led}"
    raise_alert(state, "A-adopted", None, "info", "order", text)


def _tell_unsupervised(state: State, snapshot: Snapshot) -> None:
    """One alert each, as long as it is held."""
    prefix = "A-unsupervised-"
    now = {f"{prefix}{u.label}": u for u in snapshot.unsupervised}
    for key, u in now.items():
        _alert_once(state, key, "warning", f"{_words(u.contracts)} {u.label} is not supervised: {u.why}")
    for key in [key for key in state.alerts if key.startswith(prefix) and key not in now]:
        resolve_alert(state, key)


def _alert_once(state: State, key: str, severity: str, text: str) -> None:
    before = state.alerts.get(key)
    if before is None or before.state not in LASTING or (before.severity, before.text) != (severity, text):
        raise_alert(state, key, None, severity, "broker", text)
