"""The socket on which a running cockpit takes commands, while no other cockpit has it."""

from pathlib import Path

from cockpit.cli.application import say_error
from cockpit.feeds.inbox import is_listening


def free_inbox(path: Path) -> Path | None:
    """The socket, unless another cockpit has it: then this one says so and takes no commands.

    Each named journal has a socket of its own, so this can only be a second cockpit that was given none; nobody who
    plays a recording in a loop shall be stopped by the one in a window.
    """
    if not is_listening(path):
        return path
    say_error(f"Another cockpit listens at {path}, so this one takes no commands; give it a --journal of its own.")
    return None
