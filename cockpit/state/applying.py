"""Another profile during the session: the default of new positions, and the rules of open ones exchanged for its."""

import msgspec

from cockpit import commands as c
from cockpit.domain.errors import BadInput, Refused
from cockpit.exits.arbitrate import Asked, asked_for
from cockpit.exits.profile import Profile, parse
from cockpit.exits.rule import EPS, tighter
from cockpit.exits.view import BASIS_NAMES
from cockpit.records import CheckpointRecord
from cockpit.state.alarms import call
from cockpit.state.model import Held, State, label_of
from cockpit.state.naming import position, touch
from cockpit.state.positions import basis_of, not_offered, round_trip
from cockpit.state.stops import price_of_stops, tighten_to, track

CARRIED = (
    "packed", "kind", "code", "verdict", "streak", "countdown", "declined", "warned", "used_vetoed", "status",
    "blind_ns", "blind_since_ns", "m",
)  # fmt: skip


def apply_profile(state: State, command: c.ApplyProfile) -> str:
    """All that is named, or nothing: a profile that cannot be, or does not suit one of the positions, is refused."""
    profile = read(state, command.toml)
    chosen = list(dict.fromkeys(position(state, name) for name in command.positions))
    for held in chosen:
        _check(state, held, profile)
    know(state, profile)
    if command.as_default:
        state.default_profile = profile.name
    for held in chosen:
        exchange(state, held, profile)
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


def _check(state: State, held: Held, profile: Profile) -> None:
    """Stops of another gain basis cannot be compared with those it has, and a first stop must not fire at once."""
    label, pos = label_of(held.instrument), held.pos
    basis = basis_of(profile, held.instrument.right)
    if basis != pos.basis:
        raise Refused(
            f"{label} is measured by '{BASIS_NAMES[pos.basis]}', the profile {profile.name} by '{BASIS_NAMES[basis]}': "
            "it suits new positions only"
        )
    first, price = _first_stop(state, held, profile), price_of_stops(state, held)
    before = held.stop_memory("protective_stop").initial
    if price is not None and (first - before) * pos.level_side > EPS >= (price - first) * pos.level_side:
        raise Refused(f"the first stop of {label} would be {first:g}, which would fire at once; close it instead")


def _first_stop(state: State, held: Held, profile: Profile) -> float:
    """Where the profile would have put the protective stop at the entry."""
    (asked,) = (a for a in asked_for(profile, frozenset()) if a.name == "protective_stop")
    call(state, held, asked, asked.rule.opened)
    return asked.m.initial


def exchange(state: State, held: Held, profile: Profile) -> None:
    """The profile's rules take over: those of the same name go on with what they remember, the held stop stands."""
    before = {a.name: a for a in held.asked}
    level, side, owner = held.pos.held_stop, held.pos.level_side, held.stop_rule
    asked = asked_for(profile, not_offered(state))
    for a in asked:
        call(state, held, a, a.rule.opened)
        if a.name in before:
            _carry_over(a, before.pop(a.name), side)
    for gone in before.values():
        running = state.now_ns - gone.blind_since_ns if gone.blind_since_ns is not None else 0
        state.blind_ns[gone.name] += gone.blind_ns + running
    held.supervise(profile, asked)
    if all(a.name != owner or a.binding == "advisory" for a in held.stop_rules) and level == level:
        tighten_to(held, level)  # whoever held it does not act any more
    track(state, held, f"profile {profile.name}")
    touch(state, held)
    state.effects.records.append(round_trip(held))
    state.say(label_of(held.instrument), "human", "command", f"supervised by {profile.name}")


def _carry_over(a: Asked, old: Asked, side: float) -> None:
    """What the rule has come to; a tighter first stop tightens, and a stage that is no more counts as the last one."""
    fresh = a.m
    for name in CARRIED:
        setattr(a, name, getattr(old, name))
    if old.fault:
        a.kernel, a.fault = old.kernel, old.fault
    m = a.m
    if a.name == "protective_stop" and fresh.initial == fresh.initial:
        if (fresh.initial - m.initial) * side > EPS:
            m.stop = tighter(m.stop, fresh.initial, side)
        m.initial, m.distance = fresh.initial, fresh.distance
    if "stage" in a.rule.memory_fields:
        m.stage = min(m.stage, len(a.p.stages))
