"""The vetoes and holds that the window has given, so that each can have a reason and be taken back."""

from cockpit.commands import Command, HoldUntil, Unveto, Veto
from cockpit.frame import Frame, PositionPart, RulePart
from widgets.acting.dispatch import Dispatch
from widgets.paint import format as fmt

NOTHING = "There is no veto or hold to take back."


class Vetoes:
    """Remembers what was given, the newest last, until it is taken back; a hold is a veto of every rule."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._given: dict[tuple[str, str | None], Veto | HoldUntil] = {}  # by position and rule

    @property
    def newest(self) -> Veto | HoldUntil | None:
        """The last one that may still stand; none while one is being taken back."""
        return None if self._dispatch.sending("undo_veto") else next(reversed(self._given.values()), None)

    def give(self, command: Command) -> None:
        """Send a veto or a hold."""
        assert isinstance(command, Veto | HoldUntil)
        action, rule = ("veto", command.rule) if isinstance(command, Veto) else ("hold_until", None)
        if not self._dispatch.sending(action, command.position):
            self._given.pop((command.position, rule), None)
            self._given[command.position, rule] = command
            self._dispatch.send(command, action, command.position)

    def take_back(self, position: str, rule: str | None, *, pressed_at: str = "") -> None:
        """Lift the veto of that rule, or without one the hold; `pressed_at` is the position whose entry was chosen."""
        if not self._dispatch.sending("undo_veto", pressed_at):
            self._given.pop((position, rule), None)
            self._dispatch.send(Unveto(position=position, rule=rule), "undo_veto", pressed_at)

    def take_last_back(self) -> bool:
        """Lift the newest one, after it the one before; False when there is none, and none is on its way."""
        if self._given:
            self.take_back(*next(reversed(self._given)))
            return True
        return self._dispatch.sending("undo_veto")


def standing(frame: Frame, row: PositionPart | None) -> str:
    """What holds or vetoes stand on the position that this window did not give, and how each is ended."""
    if row is None:
        return NOTHING
    zone, detail = frame.status.zone, frame.detail
    parts: list[str] = []
    if row.hold_until_ns is not None:
        until = fmt.clock(row.hold_until_ns, zone)
        parts.append(f"{row.label} is held until {until}: “End the hold” in the menu of its row ends it")
    rules = detail.rules if detail is not None and detail.position.id == row.id else ()
    vetoed = [_until(rule, zone) for rule in rules if rule.status == "vetoed" and not rule.by_hold]
    if vetoed:
        on = "there" if parts else f"on {row.label}"
        parts.append(f"vetoed {on}: {', '.join(vetoed)}; “Take the veto back” in the menu of the rule ends it")
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}." if parts else NOTHING


def _until(rule: RulePart, zone: str) -> str:
    name = fmt.words(rule.rule)
    return name if rule.until_ns is None else f"{name} until {fmt.clock(rule.until_ns, zone)}"
