"""A session in a process of its own that kills itself at one named boundary; says line by line what it acknowledged."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from cockpit.journal.store import open_journal
from cockpit.wiring import Replay
from tests.faults.boundaries import Boundaries
from tests.faults.playing import Play


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the parent wants: die at crossing `number` of the boundary `kind`, or play to the end."""

    play: Play
    journal: str
    kind: str = ""
    number: int = 0


def say(word: str, what: dict[str, Any]) -> None:
    """One line to the parent, out before anything else happens."""
    sys.stdout.buffer.write(msgspec.json.encode({"word": word, **what}) + b"\n")
    sys.stdout.buffer.flush()


def die(what: str) -> NoReturn:
    """Says what is in flight, and then nothing: no handler, no buffer and no lock is tidied up."""
    say("dying", {"in_flight": what})
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit("kill -9 did not kill")


def main(asked: Asked) -> None:
    """Plays the session of the journal, or goes on with it."""
    boundaries = Boundaries(
        die=die,
        acknowledged=lambda receipt: say("committed", receipt),
        restored=lambda found: say("restored", found),
        kind=asked.kind,
        number=asked.number,
    )
    recording = asked.play.loaded()
    with open_journal(Path(asked.journal)) as store, boundaries.watched():
        known = store.last_session()
        if known is not None:
            boundaries.ledger = store.ledger(known.id)
        began = time.perf_counter()
        made = asked.play.started(recording, store)
        play(made, began)
        say("done", {"outcome": made.outcome(), "crossed": boundaries.crossed})


def play(made: Replay, began: float) -> None:
    """To the end; `ready` is said when the first event has been taken."""
    events = made.events()
    first = next(events, None)
    if first is not None:
        made.session.take(first)
    say("ready", {"after_s": time.perf_counter() - began})
    for event in events:
        made.session.take(event)
    made.end()


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1], type=Asked))
