"""Which decision a key has just answered: for a moment it does not answer, or mean, anything else."""

from cockpit.frame import PendingPart

AGAIN_S = 1.0  # a key pressed twice in this time was meant for what it was pressed for first


class Answered:
    """Remembers the last action that answered a decision; times are monotonic seconds."""

    def __init__(self) -> None:
        self._action, self._at_s = "", -AGAIN_S
        self._decision: tuple[str, str] | None = None

    def note(self, action: str, decision: PendingPart, now_s: float) -> None:
        """That action has answered that decision."""
        self._action, self._decision, self._at_s = action, (decision.position_id, decision.rule), now_s

    def is_echo(self, action: str, decision: PendingPart | None, now_s: float) -> bool:
        """Whether the action has just answered another decision than that; None for what is no decision."""
        meant = None if decision is None else (decision.position_id, decision.rule)
        return action == self._action and now_s - self._at_s < AGAIN_S and meant != self._decision
