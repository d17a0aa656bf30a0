"""The path of every open position, a row a second of session time: only of what has changed, and outside the ledger."""

from collections.abc import Mapping

from cockpit.market.view import known
from cockpit.records import PositionSampleRecord
from cockpit.state.model import NS, Held, State

Values = tuple[float | None, ...]
"""Level, mark, stop, delta, gamma, theta, vega, IV and open interest of one position."""


def is_due(state: State) -> bool:
    """Whether the state stands at the heartbeat of a whole second."""
    return state.done.beat and state.now_ns % NS == 0


def values_of(held: Held) -> Values:
    """What is known at the position's last evaluation."""
    view, pos = held.contract.view, held.pos
    has_greeks = view.delta == view.delta  # vega does not grow old by itself
    return (
        known(pos.level), known(view.mark), known(pos.held_stop), known(view.delta), known(view.gamma),
        known(view.theta), known(held.contract.vega) if has_greeks else None, known(view.iv),
        known(pos.oi_own + pos.oi_other),
    )  # fmt: skip


def sampled(state: State, before: Mapping[str, Values]) -> dict[str, Values]:
    """The values of every open position by its id; those of `before` for one that was not judged at this instant."""
    found: dict[str, Values] = {}
    for held in state.held.values():
        if held.opened_ns > state.now_ns:
            continue  # a fill may be told before the heartbeat of its quarter second
        if held.judged_t == state.now_t:
            found[held.id] = values_of(held)
        elif held.id in before:
            found[held.id] = before[held.id]
    return found


def changes(at_ns: int, before: Mapping[str, Values], now: Mapping[str, Values]) -> list[PositionSampleRecord]:
    """Rows of the positions whose values are new."""
    return [_record(at_ns, id, values) for id, values in now.items() if before.get(id) != values]


def _record(at_ns: int, position_id: str, values: Values) -> PositionSampleRecord:
    level, mark, stop, delta, gamma, theta, vega, iv, oi = values
    return PositionSampleRecord(
        at_ns=at_ns, position_id=position_id, level=level, mark=mark, stop=stop, delta=delta, gamma=gamma, theta=theta,
        vega=vega, iv=iv, oi=oi,
    )  # fmt: skip
