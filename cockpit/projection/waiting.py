"""What will happen unless somebody objects, soonest first."""

from cockpit.exits.arbitrate import Asked
from cockpit.exits.evaluate import explain
from cockpit.frame import PendingPart
from cockpit.market.view import known
from cockpit.projection.kept import kept
from cockpit.projection.words import rule_words
from cockpit.state.model import NS, Held, State, label_of


def asks(state: State) -> bool:
    """Whether a countdown runs that a human may object to, or a decision waits for a yes."""
    return any(a.countdown is not None and a.kind != "blind" for held in state.lively for a in held.asked)


class Waiting:
    """Every countdown of the positions that are about to act."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._shown: tuple[PendingPart, ...] = ()

    def look(self) -> tuple[PendingPart, ...]:
        """All of them."""
        found = [
            (a.countdown.ends_ns, held.seq, i, held, a)
            for held in self.state.lively
            for i, a in enumerate(held.asked)
            if a.countdown is not None
        ]
        if found or self._shown:
            found.sort(key=lambda item: item[:3])
            self._shown = kept(self._shown, tuple(pending(held, a) for *_, held, a in found))
        return self._shown


def pending(held: Held, a: Asked) -> PendingPart:
    """One countdown, with what its exit would fetch now."""
    c, pos, contract = a.countdown, held.pos, held.contract
    assert c is not None
    answer = explain(a.rule, a.p, contract.view, pos, a.m, a.packed)
    fraction = answer.verdict.fraction if answer.verdict else 1.0
    contracts = min(held.contracts - held.leaving, round(fraction * held.contracts))
    price = known(pos.exit_price)
    multiplier = held.instrument.multiplier
    books = cost = None
    if price is not None:
        books = held.side * (price - float(held.average)) * contracts * multiplier
        if contract.view.mark == contract.view.mark:
            cost = -abs(contract.view.mark - price) * contracts * multiplier
    verb = "sells" if held.side > 0 else "buys back"
    amount = f"all {contracts}" if contracts == held.contracts else f"{contracts} of {held.contracts}"
    label = label_of(held.instrument)
    return PendingPart(
        position_id=held.id, label=label, rule=a.name, trigger=answer.trigger or "",
        sentence=f"{rule_words(a.name).capitalize()} {verb} {amount} {label}", because=answer.because,
        confidence=answer.verdict.confidence if answer.verdict else 0.0, binding=a.binding,
        waits="blind" if a.kind == "blind" else c.waits, ends_ns=c.ends_ns, total_s=(c.ends_ns - c.started_ns) / NS,
        on_timeout=held.profile.on_timeout, contracts=contracts, expected_price=price, books=books,
        spread_cost=cost,
    )  # fmt: skip
