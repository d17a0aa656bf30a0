"""Plays a recording: its rows, a heartbeat every quarter second, entries and commands, all in session time."""

from collections.abc import Iterator, Sequence

from cockpit.commands import Command
from cockpit.events import NS, Batch, Entry, Heartbeat
from cockpit.feeds.scripts import ScriptedCommand

BEAT_NS = NS // 4


def instants(
    batches: Sequence[Batch],
    entries: Sequence[Entry] = (),
    commands: Sequence[ScriptedCommand[Command]] = (),
    after_ns: int = -1,
    *,
    beaten: bool = True,
) -> Iterator[Batch | Heartbeat]:
    """The session's events later than `after_ns`, in order; rows of an instant come before its heartbeat.

    When not `beaten`, the heartbeat of `after_ns` itself is still to come.
    Entries and commands of an instant travel in its batch, made empty where there are no rows. The session ends with
    the last row; what was to come after it is not played.
    """
    last_ns = batches[-1].at_ns
    beat = batches[0].at_ns + -batches[0].at_ns % BEAT_NS
    if after_ns >= beat:
        since_ns = after_ns % BEAT_NS
        beat = after_ns if not since_ns and not beaten else after_ns - since_ns + BEAT_NS
    for batch in scripted(batches, entries, commands):
        if batch.at_ns <= after_ns:
            continue
        if batch.at_ns > last_ns:
            break
        while beat < batch.at_ns:
            yield Heartbeat(beat)
            beat += BEAT_NS
        yield batch
    while beat <= last_ns:
        yield Heartbeat(beat)
        beat += BEAT_NS


def scripted(
    batches: Sequence[Batch], entries: Sequence[Entry] = (), commands: Sequence[ScriptedCommand[Command]] = ()
) -> Iterator[Batch]:
    """Batches with the entries and commands of their instant; those between rows get a batch of their own."""
    asked: dict[int, tuple[list[Entry], list[Command]]] = {}
    for entry in entries:
        asked.setdefault(entry.at_ns, ([], []))[0].append(entry)
    for scripted in commands:
        asked.setdefault(scripted.at_ns, ([], []))[1].append(scripted.command)
    waiting = sorted(asked)
    i = 0
    for batch in batches:
        while i < len(waiting) and waiting[i] < batch.at_ns:
            given = asked[waiting[i]]
            yield Batch(waiting[i], entries=tuple(given[0]), commands=tuple(given[1]))
            i += 1
        if i < len(waiting) and waiting[i] == batch.at_ns:
            given = asked[waiting[i]]
            yield batch._replace(entries=tuple(given[0]), commands=tuple(given[1]))
            i += 1
        else:
            yield batch
    for at_ns in waiting[i:]:
        yield Batch(at_ns, entries=tuple(asked[at_ns][0]), commands=tuple(asked[at_ns][1]))
