"""What an action asks the engine for: from its name and the position it acts on to one command, or to a refusal."""

from cockpit.commands import (
    CancelExit,
    Close,
    Command,
    HandBack,
    Reduce,
    SetMode,
    StopByTicks,
    StopToBreakEven,
    TakeOver,
)
from cockpit.frame import PositionPart

FRACTIONS = {"quarter": 0.25, "half": 0.5, "sixty": 0.6}
ON_POSITION = (*FRACTIONS, "all", "cancel", "take_over", "mode", "break_even", "stop_up", "stop_down")


def position_command(action: str, row: PositionPart) -> Command | str:
    """The command of an action on that position, or the sentence that says why there is none."""
    if action in FRACTIONS:
        return row.split_refusal or Reduce(position=row.id, fraction=FRACTIONS[action])
    match action:
        case "all":
            return Close(position=row.id)
        case "cancel":
            return CancelExit(position=row.id)
        case "take_over":
            return HandBack(position=row.id) if row.mode == "taken over" else TakeOver(position=row.id)
        case "mode":
            return _next_mode(row)
        case "break_even":
            return StopToBreakEven(position=row.id)
        case "stop_up":
            return StopByTicks(position=row.id, ticks=row.level_side)
        case "stop_down":
            return StopByTicks(position=row.id, ticks=-row.level_side)
        case _:
            raise ValueError(f"{action!r} is no action on a position")


def _next_mode(row: PositionPart) -> Command | str:
    match row.mode:
        case "auto":
            return SetMode(position=row.id, mode="confirm")
        case "confirm":
            return SetMode(position=row.id, mode="observe")
        case "taken over":
            return "You lead this position: hand it back before you change its mode."
        case _:
            return SetMode(position=row.id, mode="automatic")
