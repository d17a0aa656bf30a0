"""The words and the one reading that stand for a rule, a position or an order on the screen."""

import re
from datetime import date
from decimal import Decimal
from math import isfinite

from cockpit.domain.money import cents
from cockpit.domain.order import Order
from cockpit.exits.evaluate import Answer, closest, nearest
from cockpit.exits.rule import Reading
from cockpit.exits.view import UNDERLYING
from cockpit.frame import GridState
from cockpit.state.model import NS, Cause, Held, State
from cockpit.state.stops import may_act


def rule_words(name: str) -> str:
    """theta_decay -> theta decay."""
    return name.replace("_", " ")


def shown_reading(answer: Answer, packed: int) -> tuple[Reading, float] | None:
    """The reading a gauge shows and how near it is to firing: of the trigger that holds, else the nearest one."""
    if answer.verdict is not None:
        for reading in answer.readings.values():
            if reading.trigger == answer.verdict.code:
                return reading, max(reading.nearness, 1.0)
    found = nearest(answer.readings, packed)
    if found is None and answer.readings:
        reading = next(iter(answer.readings.values()))
        return reading, min(reading.nearness, 0.99)
    return found


def nearest_rule(held: Held, session: str, now_ns: int) -> tuple[str, float | None, str]:
    """The rule closest to acting, how near it is (1 fires), and its margin in words; or that no engine stop acts.

    One that may not act, by mode, binding or veto, is not what happens next; nor is any while the position is blind.
    """
    if session == "halted" or not held.overrides.may_act("protective_stop"):
        return "", None, "no engine stop acts"
    if blind_cause(held):
        return "", None, "blind"
    best: tuple[float, str, Reading] | None = None
    now, pos = held.contract.view, held.pos
    for a in held.asked:
        if a.kind != "idle" and a.kind != "blind" and may_act(held, a, now_ns):
            found = closest(a.rule, a.p, now, pos, a.m, a.packed)
            if found is not None and (best is None or found[1] > best[0]):
                best = found[1], a.name, found[0]
    if best is None:
        return "", None, "n/a"
    near, name, reading = best
    margin = short(abs(reading.margin), reading.unit)
    return name, min(max(near, 0.0), 1.2), f"over by {margin}" if near >= 1.0 else margin


SHORT_UNITS = {"%": " %", "s": " s", "min": " min", "bps": " bps", "x": " x", "": ""}


def short(x: float, unit: str) -> str:
    """A margin that fits its column: three figures, and the unit where it is short."""
    figures = f"{x:.0f}" if x >= 100.0 else f"{x:.1f}" if x >= 10.0 else f"{x:.2f}" if x >= 0.1 else f"{x:.3f}"
    return figures + SHORT_UNITS.get(unit, "")


def oi_change_pct(held: Held) -> float | None:
    """Own and other side together since the open-interest baseline, in percent."""
    for a in held.asked:
        if a.name == "open_interest_reversal":
            base = a.m.own + a.m.other
            total = held.pos.oi_own + held.pos.oi_other
            if base == base and base > 0.0 and total == total:
                return (total / base - 1.0) * 100.0
    return None


def blind_cause(held: Held) -> str:
    """Why the position cannot be judged as a whole; "" when it can.

    That takes its mark, and where its stop is a level of the underlying, that price; one that has just been opened
    waits for its first evaluation, and is not blind for that.
    """
    contract, pos = held.contract, held.pos
    if contract.view.mark != contract.view.mark:
        return contract.why or "unknown"
    if pos.basis == UNDERLYING and pos.level != pos.level and held.judged_t >= 0.0:
        return "the underlying's price is unknown"
    return ""


def grid_state(held: Held, session: str) -> GridState:
    """One word for the row."""
    if held.leaving:
        return "leaving"
    if blind_cause(held):
        return "blind"
    if held.is_lively:
        if any(a.countdown is not None for a in held.asked):
            return "due"
        if any(a.kind == "exit" and a.status == "vetoed" for a in held.asked):
            return "vetoed"
    if session == "halted" or held.overrides.protective_only or held.overrides.mode == "observe":
        return "observe"
    return "hold"


def working_words(held: Held) -> str:
    """What is in flight."""
    working = [w for w in held.orders.values() if w.leaves and w.order.purpose == "exit"]
    if not working:
        return ""
    left = sum(w.leaves for w in working)
    verb = "sending" if working[-1].state == "pending_new" else "working"
    if working[-1].waits_for:
        verb = "waiting with"
    return f"{verb} {left} · {rule_words(working[-1].cause.rule)}"


def trigger_words(order: Order, underlying: str) -> str:
    """stop 4.55; SPY ≤ 498.20; trails 0.40; "" of what does not rest."""
    if order.trail is not None:
        return f"trails {cents(order.trail)}"
    if order.trigger is None:
        return ""
    if order.trigger.on == "premium":
        return f"stop {cents(order.trigger.price)}"
    return f"{underlying} {'≥' if order.trigger.above else '≤'} {cents(order.trigger.price)}"


OCC = re.compile(r"(\S+) +(\d\d)(\d\d)(\d\d)([CP])(\d{8})")  # root, expiry, right, strike in thousandths
MINUS, GROUP = "\u2212", "\u202f"
SIGNS = {"INR": "₹", "USD": "$", "EUR": "€", "GBP": "£"}


def whole_money(amount: Decimal, currency: str) -> str:
    """1 000 000 ₹."""
    return f"{amount:,.0f}".replace(",", GROUP).replace("-", MINUS) + f" {SIGNS.get(currency, currency)}"


def signed(x: float, unit: str) -> str:
    """+689 bps; n/a when unknown."""
    if not isfinite(x):
        return "n/a"
    return f"{round(x):+,} {unit}".replace(",", GROUP).replace("-", MINUS) if round(x) else f"0 {unit}"


def cause_words(cause: Cause) -> str:
    """The rule that wanted an order, or what a human did."""
    return f"you: {rule_words(cause.trigger)}" if cause.rule == "human" else cause.rule


def cooldown_words(state: State) -> str:
    """The round trip after which the cooldown runs; empty while there is none, or when a human ended it."""
    cooldown = state.cooldown
    if cooldown.left_s(state.now_ns) <= 0.0:
        return ""
    for held in reversed(state.closed):
        if (held.closed_ns or 0) + round(cooldown.total_s * NS) == cooldown.until_ns:
            return f"{'win' if held.gross > held.fees else 'loss'} of {held.id}"
    return ""


def contract_words(symbol: str) -> str:
    """SPY 508 C 20 Dec, of an option's OCC symbol that the session does not know; what is none stays as it is."""
    found = OCC.fullmatch(symbol)
    if found is None:
        return symbol
    name, year, month, day, right, strike = found.groups()
    return f"{name} {int(strike) / 1e3:g} {right} {day_words(date(2000 + int(year), int(month), int(day)))}"


def day_words(day: date) -> str:
    """18 Aug."""
    return f"{day.day} {day.strftime('%b')}"
