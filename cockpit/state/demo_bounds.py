"""What the demo's own commands may touch: they were written for its own trades, before anybody sat down to watch.

They name contracts, as the numbers of positions cannot be known beforehand; whoever watches may hold one of these, or
have joined the demo's. A veto, a stop or the end of a cooldown that he has not asked for would then be on his money.
"""

from cockpit import commands as c
from cockpit.domain.errors import Refused
from cockpit.state.model import NS, Held, State, label_of

DEMO = "demo"  # the author of the demo's commands
SCRIPT = "script"  # who enters what is scripted; all others enter by a command


def stay_in_bounds(state: State, command: c.Command) -> None:
    """Refuses a command of the demo about a position that somebody else has opened or joined, or about its pause."""
    if command.author != DEMO:
        return
    name = getattr(command, "position", "")
    held = state.held.get(name) or state.by_symbol.get(name)
    if held is not None and not is_scripted(held):
        raise Refused(f"{label_of(held.instrument)} is not the demo's alone; its plan leaves it to whoever entered it")
    if isinstance(command, c.ResetCooldown) and _is_pause_of_another(state):
        raise Refused("the cooldown follows a trade that is not the demo's alone; its plan leaves it to run")


def is_scripted(held: Held) -> bool:
    """Whether every entry of the position was scripted."""
    return all(w.cause.rule == SCRIPT for w in held.orders.values() if w.order.purpose == "entry")


def _is_pause_of_another(state: State) -> bool:
    """Whether a position that is not all scripted has closed since the close with which the cooldown began."""
    cooldown = state.cooldown
    began_ns = (cooldown.until_ns or 0) - round(cooldown.total_s * NS)
    return any((held.closed_ns or 0) >= began_ns and not is_scripted(held) for held in state.closed)
