"""The runs that listen for commands: asked what they are, so that nobody commands another one than he means."""

import os
import socket
from pathlib import Path

import msgspec

from cockpit.feeds.inbox import WHO, Who, listeners

ANSWER_S = 2.0  # it is one of several: one that hangs shall not hide the others


def who_at(path: Path) -> Who | None:
    """What listens there; None when it does not say: it hangs, or is of another version."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(ANSWER_S)
        try:
            asking.connect(os.fspath(path))
            asking.sendall(WHO + b"\n")
            with asking.makefile("rb") as answers:
                return msgspec.json.decode(answers.readline(), type=Who)
        except (OSError, msgspec.MsgspecError):
            return None


def there() -> list[tuple[Path, Who | None]]:
    """Every run that listens: its socket, and what it is."""
    return [(path, who_at(path)) for path in listeners()]


def words_of(running: list[tuple[Path, Who | None]]) -> str:
    """What they are, those with real money first."""
    order = ("live", "paper", "practice", "replay", "demo")
    known = sorted((who for _, who in running if who is not None), key=lambda who: order.index(who.kind))
    silent = [f"one that does not say what it is (at {path})" for path, who in running if who is None]
    return "; ".join([*(who.words() for who in known), *silent])
