"""The exit ladder of one position: every price at which something of it happens, and the money between them."""

from collections.abc import Iterator
from typing import Any

from cockpit.exits.arbitrate import Asked
from cockpit.exits.rule import EPS, Level, whole_lots
from cockpit.exits.view import UNDERLYING
from cockpit.frame import LadderPart, RungPart
from cockpit.market.contract import YEAR_S
from cockpit.market.view import NAN, known
from cockpit.pricing.black76 import price as black76
from cockpit.projection.words import rule_words, signed
from cockpit.state.model import Held, State
from cockpit.state.stops import acting_stop, price_of_stops

ORDER = ("stage", "tranche", "best", "mark", "stop", "trail", "lock", "entry", "floor")  # of rungs at one price


class Ladder:
    """One position on its ladder, at one instant; prices are those of its gain basis, as in the chart."""

    def __init__(self, state: State, held: Held) -> None:
        self.state, self.held = state, held
        self.pos = held.pos
        self.stop, self.stop_rule = acting_stop(held, state.now_ns)
        self.floor = held.stop_memory("protective_stop").initial

    def part(self) -> LadderPart | None:
        """The ladder; None until the entry of the gain basis is known."""
        pos, stop = self.pos, self.stop
        if pos.level_entry != pos.level_entry:
            return None
        refusal = self.refusal()
        back_bps = self._bps(stop) - self._bps(pos.best)
        return LadderPart(
            rungs=tuple(sorted(self._rungs(), key=_from_the_top)),
            locked=known(self._money(stop, float(self.held.average))),
            locked_bps=known(self._bps(stop)),
            at_stake=_at_most_0(self._money(stop, self.held.contract.view.mark)),
            give_back=_at_most_0(self._money(stop, self._premium(pos.best))),
            give_back_bps=_at_most_0(back_bps),
            tick=pos.tick,
            can_drag=not refusal,
            drag_refusal=refusal,
            is_model=pos.basis == UNDERLYING,
            steps=() if pos.basis == UNDERLYING else self.held.instrument.steps,
        )

    def refusal(self) -> str:
        """Why a human cannot drag the stop now; a typed price may still loosen it while the price is unknown."""
        held = self.held
        if self.state.session == "halted":
            return "the session is halted: no engine stop acts"
        if held.overrides.mode == "observe" and not held.overrides.protective_only:
            return "the position is only observed: no engine stop acts on it"
        if held.contracts <= held.leaving:
            return f"all {held.contracts} are leaving already"
        if self.pos.held_stop != self.pos.held_stop:
            return "there is no stop to move yet"
        if price_of_stops(self.state, held) is None:
            what = "the underlying's price" if self.pos.basis == UNDERLYING else "the price"
            return f"{what} is unknown: type a price to loosen the stop"
        return ""

    # ---------------------------------------------------------------- rungs

    def _rungs(self) -> Iterator[RungPart]:
        pos = self.pos
        yield self._rung("entry", pos.level_entry, "Entry", "0 bps")
        if pos.level == pos.level:
            exit_price = f" · exit at {pos.exit_price:.2f}" if pos.exit_price == pos.exit_price else ""
            yield self._rung("mark", pos.level, "Mark", f"{self._words(pos.level)}{exit_price}")
        if pos.best == pos.best:
            yield self._rung("best", pos.best, "Best", self._words(pos.best))
        if self.stop == self.stop:
            text = f"{self._words(self.stop)} · {self._also(self.stop)}{rule_words(self.stop_rule)}"
            yield self._rung("stop", self.stop, "Stop", text)
        if self.floor == self.floor:
            yield self._rung("floor", self.floor, "Floor", f"{self._words(self.floor)} · first stop")
        for a in self.held.asked:
            if not a.fault:
                yield from self._levels(a)
                yield from self._stages(a)
                yield from self._tranche(a)

    def _levels(self, a: Asked) -> Iterator[RungPart]:
        """What the rule itself draws, but for the stop that acts and the first one, which have rungs of their own."""
        hook = a.rule.overlay
        try:
            found: list[Level] = [] if hook is None else hook(a.p, self.held.contract.view, self.pos, a.m)
        except Exception:  # noqa: BLE001 - whatever it is, it is the rule's
            return
        for level in found:
            mine = a.name == self.stop_rule and abs(level.price - self.stop) <= EPS
            if level.price == level.price and not mine and not abs(level.price - self.floor) <= EPS:
                text = f"{self._words(level.price)} · {rule_words(a.name)}"
                yield self._rung("trail", level.price, level.name.capitalize(), text)

    def _stages(self, a: Asked) -> Iterator[RungPart]:
        """The stages of a staged trail, and the gain that the one it has reached never gives back."""
        pos, stage = self.pos, getattr(a.m, "stage", 0)
        for number, row in enumerate(getattr(a.p, "stages", ()), 1):
            reached_bps, lock_bps = row.reached_bps * pos.scale, row.lock_bps * pos.scale
            level = pos.level_entry * (1.0 + pos.level_side * reached_bps / 1e4)
            text = f"{signed(reached_bps, 'bps')} → locks {signed(lock_bps, 'bps')}"
            yield self._rung("stage", level, f"Stage {number}", text, reached=number <= stage)
        if stage and a.m.lock == a.m.lock:
            yield self._rung("lock", a.m.lock, f"Lock {stage}", f"{self._words(a.m.lock)} minimum", reached=True)

    def _tranche(self, a: Asked) -> Iterator[RungPart]:
        """The gain from which a scale-out may take its part."""
        p: Any = a.p
        if a.name == "scale_out":
            level = self.pos.entry * (1.0 + self.held.side * p.min_gain_pct / 100.0)
            done, take = bool(a.m.done), whole_lots(p.take_pct / 100.0, self.pos.contracts, self.pos.lot)
            what = f"takes {take:g} of {self.held.contracts}" if take else "moves the stop, for one lot is not split,"
            text = "has had its turn" if done else f"{what} once the impulse fades"
            yield self._rung("tranche", level, "Tranche", text, reached=done)

    def _rung(self, kind: str, price: float, name: str, text: str, *, reached: bool = False) -> RungPart:
        return RungPart(kind=kind, price=price, name=name, text=text, reached=reached)

    def _words(self, level: float) -> str:
        return signed(self._bps(level), "bps")

    def _also(self, level: float) -> str:
        """What the premium would be at a level of the underlying."""
        premium = self._premium(level) if self.pos.basis == UNDERLYING else NAN
        return f"premium {premium:.2f} modelled · " if premium == premium else ""

    # ---------------------------------------------------------------- money

    def _bps(self, level: float) -> float:
        """Gain at that level, in bps of the gain basis."""
        return self.pos.level_side * (level - self.pos.level_entry) / self.pos.level_entry * 1e4

    def _money(self, stop: float, since: float) -> float:
        """Gained on all that is held from a premium to that of the stop."""
        held = self.held
        return held.side * (self._premium(stop) - since) * held.contracts * held.instrument.multiplier

    def _premium(self, level: float) -> float:
        """The premium at a price of the gain basis; on the underlying modelled with the volatility of now."""
        contract = self.held.contract
        if self.pos.basis != UNDERLYING or not contract.is_option:
            return level
        view, strike = contract.view, contract.instrument.strike
        years = (view.expiry_t - view.t) / YEAR_S
        forward = (contract.fwd_parity or view.underlying) + level - view.underlying
        if strike is None or not (years > 0.0 and forward > 0.0 and view.iv > 0.0):
            return NAN
        return black76(forward, strike, years, view.iv, contract.instrument.right == "C")


def _from_the_top(rung: RungPart) -> tuple[float, int]:
    return -round(rung.price, 8), ORDER.index(rung.kind)


def _at_most_0(x: float) -> float | None:
    return min(x, 0.0) if x == x else None
