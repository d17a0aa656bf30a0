"""Another profile during the session: the default of new positions, and the rules of open ones exchanged for its."""

from copy import copy

import msgspec

from cockpit import commands as c
from cockpit.domain.errors import BadInput, Refused
from cockpit.exits.arbitrate import Asked, Bench, arbitrate, asked_for, weigh
from cockpit.exits.evaluate import explain
from cockpit.exits.override import Overrides
from cockpit.exits.profile import Profile, parse
from cockpit.exits.rule import EPS, IDLE, tighter
from cockpit.exits.view import BASIS_NAMES, UNDERLYING
from cockpit.records import CheckpointRecord
from cockpit.state.alarms import call
from cockpit.state.model import Held, State, label_of
from cockpit.state.naming import position, touch
from cockpit.state.positions import basis_of, not_offered, round_trip
from cockpit.state.stops import price_of_stops, track

CARRIED = (
    "packed", "kind", "code", "verdict", "streak", "countdown", "declined", "warned", "used_vetoed", "status",
    "blind_ns", "blind_since_ns", "m",
)  # fmt: skip


def apply_profile(state: State, command: c.ApplyProfile) -> str:
    """All that is named, or nothing: a profile that cannot be, or does not suit one of the positions, is refused."""
    profile = read(state, command.toml)
    chosen = list(dict.fromkeys(position(state, name) for name in command.positions))
    for held in chosen:
        _refuse_other_measures(held, profile)
    rules = {held: _rules_of(state, held, profile) for held in chosen}
    for held, asked in rules.items():
        _refuse_what_fires(state, held, profile, asked)
    know(state, profile)
    if command.as_default:
        state.default_profile = profile.name
    for held in chosen:
        exchange(state, held, profile, rules[held])
    words = ["is the default of new positions" if command.as_default else "may be named by new positions"]
    if chosen:
        words.append(f"supervises {', '.join(held.id for held in chosen)} from now on")
    return f"{profile.name} {' and '.join(words)}"


def read(state: State, toml: str) -> Profile:
    """The profile of that text; it may extend one that the session began with or that the product ships.

    The name of a shipped profile is its own; that of any other is taken over by the newest profile of that name.
    """
    try:
        made = _parsed(state, toml)
        if made.name in state.setup.shipped and made.sha256 != _parsed(state, state.setup.shipped[made.name]).sha256:
            raise BadInput(f"the name '{made.name}' is that of a shipped profile, from which this one differs")
    except BadInput as error:
        raise Refused(str(error).rstrip(".")) from None
    if made.market not in (None, state.setup.market.name):
        raise Refused(f"the profile {made.name} is for {made.market}, this session is {state.setup.market.name}")
    return made


def _parsed(state: State, toml: str) -> Profile:
    def load(name: str) -> str:
        text = state.extendable.get(name)
        if text is None:
            raise BadInput(f"extends: there is no profile '{name}' here; there are {', '.join(state.extendable)}")
        return text

    return parse(toml, "the profile", load)


def know(state: State, profile: Profile) -> None:
    """New positions may name it from now on; its text goes to the journal, so that a restart finds it again."""
    state.profiles[profile.name] = profile
    body = msgspec.json.encode({"order": state.next_command, "name": profile.name, "toml": profile.toml})
    state.effects.records.append(
        CheckpointRecord(key=f"profile {profile.sha256}", at_ns=state.now_ns, body=body),
    )


def applied(state: State, bodies: dict[str, bytes]) -> list[Profile]:
    """The profiles that the session had been given before it was killed, the newest last.

    Raises BadInput when one of them cannot be read any more.
    """
    found = [msgspec.json.decode(body) for key, body in bodies.items() if key.startswith("profile ")]
    return [_parsed(state, given["toml"]) for given in sorted(found, key=_order)]


def _order(given: dict[str, int]) -> int:
    return given["order"]


def _refuse_other_measures(held: Held, profile: Profile) -> None:
    """Distances are measured as since the entry.

    Stops of another gain basis cannot be compared with those it has, and under another scale the stages and locks that
    it has come to would be others.
    """
    label, pos = label_of(held.instrument), held.pos
    basis = basis_of(profile, held.instrument.right)
    if basis != pos.basis:
        raise Refused(
            f"{label} is measured by '{BASIS_NAMES[pos.basis]}', the profile {profile.name} by '{BASIS_NAMES[basis]}': "
            "it suits new positions only"
        )
    if basis == UNDERLYING and profile.scale != held.profile.scale:
        raise Refused(
            f"{label} has the scale '{held.profile.scale}' from its entry on, the profile {profile.name} has "
            f"'{profile.scale}': it suits new positions only"
        )


def _rules_of(state: State, held: Held, profile: Profile) -> list[Asked]:
    """The profile's rules for an open position, as they will begin: the held stop stands, whoever held it.

    Those of the same name have what it has come to, and their memories are copies: it may still be refused.
    """
    before, pos = {a.name: a for a in held.asked}, held.pos
    asked = asked_for(profile, not_offered(state))
    for a in asked:
        call(state, held, a, a.rule.opened)
        if a.name in before:
            _carry_over(a, before[a.name], pos.level_side)
    if all(a.name != held.stop_rule or a.binding == "advisory" for a in asked if a.has_stop):
        m = next(a.m for a in asked if a.name == "protective_stop")  # whoever held it does not act any more
        m.stop = tighter(m.stop, pos.held_stop, pos.level_side)
    return asked


def _refuse_what_fires(state: State, held: Held, profile: Profile, asked: list[Asked]) -> None:
    """No rule may leave at the very next evaluation as if it had been there all the time: who applies it expects none.

    Asked on copies, and as if nothing but vetoes stood in the way: a halt or another mode can be over a moment later,
    and a stop that wants several hits has been passed all the same. What counts down first can still be vetoed.
    """
    view, pos, price = held.contract.view, copy(held.pos), price_of_stops(state, held)
    if price is not None:
        pos.level = price
    trial = [_copied(a) for a in asked]
    for a in trial:
        try:
            a.packed = a.kernel(a.p, view, pos, a.m)
            weigh(a, view, pos)
        except Exception:  # noqa: BLE001 - whatever it is, it is the rule's: its first evaluation contains it
            a.packed = IDLE
            weigh(a, view, pos)
    bench = Bench(
        now_ns=state.now_ns, observed=0, overrides=Overrides(vetoes=held.overrides.vetoes), profile=profile,
        halted=False, leaving=0, held=held.contracts,
    )  # fmt: skip
    first = arbitrate(trial, bench).winner
    if first is not None:
        because = explain(first.rule, first.p, view, pos, first.m, first.packed).because
        raise Refused(
            f"{first.name.replace('_', ' ')} of {profile.name} would fire at once on {label_of(held.instrument)} "
            f"({because}); leave that position out, or close it"
        )


def _copied(a: Asked) -> Asked:
    made = copy(a)
    made.m, made.countdown = copy(a.m), copy(a.countdown)
    if a.has_stop:
        made.streak = a.hits
    return made


def exchange(state: State, held: Held, profile: Profile, asked: list[Asked]) -> None:
    """The profile's rules take over."""
    kept = {a.name for a in asked}
    for gone in (a for a in held.asked if a.name not in kept):
        running = state.now_ns - gone.blind_since_ns if gone.blind_since_ns is not None else 0
        state.blind_ns[gone.name] += gone.blind_ns + running
    held.supervise(profile, asked)
    track(state, held, f"profile {profile.name}")
    touch(state, held)
    state.effects.records.append(round_trip(held))
    state.say(label_of(held.instrument), "human", "command", f"supervised by {profile.name}")


def _carry_over(a: Asked, old: Asked, side: float) -> None:
    """What the rule has come to; a tighter first stop tightens, and a stage that is no more counts as the last one."""
    fresh = a.m
    for name in CARRIED:
        setattr(a, name, copy(getattr(old, name)))
    if old.fault:
        a.kernel, a.fault = old.kernel, old.fault
    m = a.m
    if a.name == "protective_stop" and fresh.initial == fresh.initial:
        if (fresh.initial - m.initial) * side > EPS:
            m.stop = tighter(m.stop, fresh.initial, side)
        m.initial, m.distance = fresh.initial, fresh.distance
    if "stage" in a.rule.memory_fields:
        m.stage = min(m.stage, len(a.p.stages))
