"""The vetoes and holds that the window has given, so that each can have a reason and be taken back."""

from cockpit.commands import Command, HoldUntil, Unveto, Veto
from widgets.acting.dispatch import Dispatch


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

    def take_last_back(self) -> None:
        """Lift the newest one, if there is any; after it comes the one before."""
        if self._given:
            self.take_back(*next(reversed(self._given)))
