"""Finds the position that a command names, shows it the rows of the command's instant, and words for lengths."""

from cockpit import commands as c
from cockpit.domain.errors import Refused
from cockpit.exits.view import follow
from cockpit.state.model import Held, State, label_of


def label_in(state: State, command: c.Command) -> str:
    """The position that the command names, as people know it; "session" when it names none."""
    name = getattr(command, "position", None)
    held = state.held.get(name or "") or state.by_symbol.get(name or "")
    return label_of(held.instrument) if held else (name or "session")


def position(state: State, name: str) -> Held:
    """The open position of that id or symbol, as it is at the command's own instant."""
    held = state.held.get(name) or state.by_symbol.get(name)
    if held is None:
        raise Refused(f"no open position '{name}'; open are {', '.join(state.held) or 'none'}")
    look(state, held)
    return held


def look(state: State, held: Held) -> None:
    """A command sees the rows of its instant, whether or not the position has been judged on them."""
    held.contract.refresh(state.t(state.now_ns))
    best = held.pos.best
    follow(held.pos, held.contract.view)
    if held.pos.best != best:  # committed with the command, also when that is refused
        state.effects.touched.append(held)


def span_words(seconds: float) -> str:
    """A length of time in a sentence: 30 s, 10 min, 2 h 2 min."""
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{minutes} min" if not hours else f"{hours} h" + (f" {minutes} min" if minutes else "")


def touch(state: State, held: Held) -> None:
    """Its memory must be committed and its row repainted."""
    held.version += 1
    state.effects.touched.append(held)
