"""What a human asks for: every command answered with one sentence, refused or done, and journalled either way."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cockpit import commands as c
from cockpit.domain.errors import Refused
from cockpit.events import Entry
from cockpit.exits.arbitrate import Asked
from cockpit.exits.override import ALL, Overrides, VetoOf
from cockpit.records import CommandRecord
from cockpit.state.alarms import acknowledge_alert
from cockpit.state.applying import apply_profile
from cockpit.state.arming import arm, refuse_unarmed
from cockpit.state.deciding import check_linked, decide_by_hand, hasten
from cockpit.state.demo_bounds import stay_in_bounds
from cockpit.state.entering import enter
from cockpit.state.flattening import cancelling, flatten, kill, press, spare
from cockpit.state.greeting import lead
from cockpit.state.judging import evaluate
from cockpit.state.model import NS, Cause, Held, State, label_of
from cockpit.state.moving_stops import set_stop, stop_by_ticks, stop_to_break_even
from cockpit.state.naming import label_in, position, span_words, touch
from cockpit.state.ordering import cancel, is_linked, stop_entering
from cockpit.state.reconciling import reconcile
from cockpit.state.watching import ask_margin, watch, watch_chain

UNRECORDED = (c.Watch, c.WatchChain, c.AskMargin)


def obey(state: State, command: c.Command) -> c.Acknowledged:
    """Carries a command out, or refuses it; the answer goes to the journal before anything is sent."""
    recorded = state.next_command  # an entry that gets so far records itself, as those of a script do
    try:
        if state.over and not isinstance(command, (*UNRECORDED, c.Acknowledge)):
            raise Refused("the recording has ended: nothing is traded any more")
        stay_in_bounds(state, command)
        said, accepted = HANDLERS[type(command)](state, command), True
    except Refused as refused:
        said, accepted = str(refused), False
    if not isinstance(command, UNRECORDED) and state.next_command == recorded:
        record = CommandRecord(
            id=f"C{state.next_command:05d}", at_ns=state.now_ns, author=command.author,
            command=str(type(command).__struct_config__.tag), arguments=c.arguments(command), accepted=accepted,
            answer=said,
        )  # fmt: skip
        state.next_command += 1
        state.effects.records.insert(0, record)
        state.effects.durable = True
        state.effects.session_touched = True
        who = command.author if command.author in ("human", "signal") else "script"
        state.say(label_in(state, command), who, "command", said if accepted else f"refused: {said}")
    state.version += 1
    return c.Acknowledged(accepted=accepted, said=said)


# ------------------------------------------------------------------ size


def take(state: State, held: Held, contracts: int, command: str) -> str:
    """A human's exit of so many contracts."""
    whole = contracts == held.contracts - held.going
    verb = "sells" if held.side > 0 else "buys back"
    order = decide_by_hand(state, held, contracts, command).order  # the whole takes along what still waits
    return f"{verb} {'all ' if whole else ''}{order.contracts} of {label_of(held.instrument)}"


def hurry(state: State, held: Held, command: str) -> str:
    """All is leaving: no second order, but one that walks crosses at once."""
    said = f"all {held.contracts} are leaving already"
    if not hasten(state, held, Cause(rule="human", trigger=command)):
        raise Refused(said)
    return f"{said}; what still walked crosses at once"


def reduce_by_hand(state: State, command: c.Reduce) -> str:
    """Part of a position; a fraction rounds down to whole lots but to at least one."""
    check_linked(state)
    held = position(state, command.position)
    lot, free = held.instrument.lot, held.contracts - held.going
    if free <= 0:
        return hurry(state, held, "reduce")
    fraction = command.fraction or 1.0
    if command.contracts is not None:
        wanted = command.contracts
        if wanted > held.contracts:
            raise Refused(f"only {held.contracts} are held")
        if wanted % lot and wanted != held.contracts:
            raise Refused(f"{wanted} is not whole lots of {lot}; take a multiple, or everything")
    elif fraction >= 1.0:
        wanted = held.contracts
    elif held.contracts < 2 * lot:
        raise Refused("one lot cannot be split; take all")
    else:
        wanted = max(int(fraction * held.contracts / lot + 1e-9), 1) * lot
    if wanted >= held.contracts:
        return take(state, held, free, "reduce")
    if wanted > free:  # a second order beside one that waits, but never for more than is held
        raise Refused(f"an exit of {held.going} is working; close takes the rest")
    return take(state, held, wanted, "reduce")


def close(state: State, command: c.Close) -> str:
    """Everything that is not already leaving."""
    check_linked(state)
    held = position(state, command.position)
    free = held.contracts - held.going
    if free <= 0:
        return hurry(state, held, "close")
    return take(state, held, free, "close")


def cancel_exit(state: State, command: c.CancelExit) -> str:
    """What works is cancelled, what waits for a yes gets a no; until its reason has passed the rule is silent."""
    held = position(state, command.position)
    exits = [(w, w.leaves) for w in held.orders.values() if w.order.purpose == "exit"]
    working = [(w, leaves) for w, leaves in exits if cancel(state, w)]
    stopped = {w.cause.rule for w, _ in working}
    waiting = {a.name for a in held.asked if a.countdown is not None and a.countdown.waits == "confirm"}
    label = label_of(held.instrument)
    spare(state, held)
    if not working and not waiting:
        check_linked(state)
        raise Refused(f"no exit of {label} works or waits for a yes")
    when = "" if is_linked(state) else " once the broker is connected"
    said = [f"cancels the rest of {sum(leaves for _, leaves in working)} of {label}{when}"] if working else []
    for a in held.asked:
        if a.name in stopped and a.mandatory:
            said.append(f"{a.name.replace('_', ' ')} is mandatory and may send again at its next evaluation")
        elif a.name in stopped or a.name in waiting:
            a.countdown, a.declined, a.status = None, True, "declined"
            said.append(f"{a.name.replace('_', ' ')} declined until its reason has passed")
    touch(state, held)
    return "; ".join(said)


# ------------------------------------------------------------------ judgement


def veto(state: State, command: c.Veto) -> str:
    """The rule keeps speaking, but must not act."""
    held = position(state, command.position)
    name = command.rule or ALL
    if command.rule is not None:
        asked = next((a for a in held.asked if a.name == command.rule), None)
        if asked is None:
            raise Refused(f"{held.profile.name} has no rule '{command.rule}'")
        if asked.mandatory:
            raise Refused(f"{command.rule} is mandatory and cannot be vetoed")
    until = state.now_ns + round(command.for_s * NS)
    standing = held.overrides.vetoes.get(name)
    if standing is not None and standing.until_ns > until:
        left = span_words((standing.until_ns - state.now_ns) / NS)
        raise Refused(f"that is held back for {left} already; end that first to make it shorter")
    held.overrides.vetoes[name] = VetoOf(rule=name, until_ns=until, author=command.author, reason=command.reason)
    for a in held.asked:
        if not a.mandatory and name in (ALL, a.name) and a.countdown is not None:
            a.countdown, a.status = None, "vetoed"
    touch(state, held)
    what = f"{command.rule.replace('_', ' ')} vetoed" if command.rule else "whatever may be vetoed is held"
    why = f": {command.reason}" if command.reason else ""
    return f"{what} for {span_words(command.for_s)} on {label_of(held.instrument)}{why}"


def unveto(state: State, command: c.Unveto) -> str:
    """The rule may act again."""
    held = position(state, command.position)
    if held.overrides.vetoes.pop(command.rule or ALL, None) is None:
        raise Refused("there is no such veto")
    touch(state, held)
    return f"veto of {(command.rule or 'all').replace('_', ' ')} lifted on {label_of(held.instrument)}"


def hold_until(state: State, command: c.HoldUntil) -> str:
    """A veto of all that may be vetoed."""
    return veto(
        state, c.Veto(position=command.position, for_s=command.for_s, reason=command.reason, author=command.author)
    )


def go_now(state: State, command: c.GoNow) -> str:
    """Ends a countdown, or says yes."""
    held = position(state, command.position)
    waiting = [a for a in held.asked if a.countdown is not None and command.rule in (None, a.name)]
    if not waiting:
        raise Refused("nothing is counting down or waiting for a yes")
    first = min(waiting, key=lambda a: a.countdown.ends_ns if a.countdown else 0)
    name, leaving = first.name.replace("_", " "), held.leaving
    _say_yes(first)
    evaluate(state, held, state.t(state.now_ns))
    touch(state, held)
    if held.leaving > leaving and first.status == "acted":
        return f"{name} acts now"
    if _is_waiting(first):
        return f"{name} acts as soon as it can ({first.status})"
    raise Refused(f"{name} does not act: {first.status or 'its reason has passed'}")


def _say_yes(a: Asked) -> None:
    if a.countdown is not None:
        a.countdown.go = True


def _is_waiting(a: Asked) -> bool:
    return a.countdown is not None


def take_over(state: State, command: c.TakeOver) -> str:
    """Only the protective stop still acts."""
    held = position(state, command.position)
    _lead(state, held, replace(held.overrides, protective_only=True))
    return f"{label_of(held.instrument)} is yours; its protective stop still acts"


def hand_back(state: State, command: c.HandBack) -> str:
    """The engine leads again."""
    held = position(state, command.position)
    if not held.overrides.protective_only:
        raise Refused("it was not taken over")
    _lead(state, held, replace(held.overrides, protective_only=False))
    return f"{label_of(held.instrument)} handed back to the engine ({held.overrides.words})"


def set_mode(state: State, command: c.SetMode) -> str:
    """automatic, confirm or observe."""
    held = position(state, command.position)
    _lead(state, held, replace(held.overrides, mode=command.mode, protective_only=False))
    for a in held.asked:
        a.declined = False  # nobody has been asked in this mode yet
    warning = "; no engine stop acts on it" if command.mode == "observe" else ""
    return f"{label_of(held.instrument)}: {command.mode}{warning}"


def _lead(state: State, held: Held, to: Overrides) -> None:
    if held.is_adopted:
        evaluate(state, held, state.t(state.now_ns))  # its stop may just have been moved
    lead(state, held, to)
    for a in held.asked:
        a.countdown = None
    touch(state, held)


# ------------------------------------------------------------------ session


def set_session(state: State, command: c.SetSession) -> str:
    """active, reducing or halted; an account of real money that is not armed stays halted."""
    if command.state != "halted":
        refuse_unarmed(state)
    state.session = command.state
    press(state)  # no longer, unless it is halted
    words = [f"session {command.state}"]
    if command.state == "halted":
        words.append("no engine stop acts, only your own reductions")
    if command.state != "active":
        words += cancelling(stop_entering(state, lambda _: True))
    return "; ".join(words)


def reset_cooldown(state: State, command: c.ResetCooldown) -> str:
    """The cooldown ends now; the streak of losses stays."""
    if state.cooldown.left_s(state.now_ns) <= 0.0:
        raise Refused("no cooldown is running")
    state.cooldown = state.cooldown.ended(state.now_ns)
    return f"cooldown ended: {command.reason}"


def enter_by_hand(state: State, command: c.Enter) -> str:
    """A new position, or more of one."""
    if command.symbol not in state.contracts:
        raise Refused(f"there is no contract '{command.symbol}' in this session")
    if command.profile is not None and command.profile not in state.profiles:
        raise Refused(f"there is no profile '{command.profile}'; there are {', '.join(state.profiles)}")
    entry = Entry(state.now_ns, command.symbol, command.side, command.contracts, command.price, command.profile)
    why = enter(state, entry, author=command.author, rests=command.rests)
    if why:
        left = f", {state.cooldown.left_s(state.now_ns):.0f} s left" if why == "cooldown" else ""
        raise Refused(f"entry refused: {why}{left}")
    where = f", resting at {command.price:g} ({command.rests})" if command.rests else ""
    return f"{command.side}s {command.contracts} of {label_of(state.contracts[command.symbol].instrument)}{where}"


def acknowledge(state: State, command: c.Acknowledge) -> str:
    """Alerts have been seen."""
    names = [command.alert] if command.alert else list(state.alerts.active)
    for name in names:
        if name not in state.alerts:
            raise Refused(f"there is no alert '{name}'")
        acknowledge_alert(state, name)
    return f"{len(names)} alert{'s' if len(names) != 1 else ''} acknowledged"


HANDLERS: dict[type, Callable[[State, Any], str]] = {
    c.Reduce: reduce_by_hand, c.Close: close, c.CancelExit: cancel_exit, c.Flatten: flatten, c.Veto: veto,
    c.Unveto: unveto, c.GoNow: go_now, c.HoldUntil: hold_until, c.TakeOver: take_over, c.HandBack: hand_back,
    c.SetMode: set_mode, c.SetStop: set_stop, c.StopToBreakEven: stop_to_break_even, c.StopByTicks: stop_by_ticks,
    c.SetSession: set_session, c.Arm: arm, c.Kill: kill, c.Reconcile: reconcile, c.ResetCooldown: reset_cooldown,
    c.Enter: enter_by_hand, c.AskMargin: ask_margin, c.Acknowledge: acknowledge, c.Watch: watch,
    c.WatchChain: watch_chain, c.ApplyProfile: apply_profile,
}  # fmt: skip
