"""What the program itself has to say: its log records, and the engine's answers to commands, the newest on top."""

import logging
from collections import deque
from typing import NamedTuple

from widgets.acting.dispatch import Tone
from widgets.paint import format as fmt
from widgets.paint.ink import LEFT
from widgets.paint.theme import Look
from widgets.parts.painted_table import Cell, Column
from widgets.parts.part_table import SIGN_ROOM, WARNING, Naming, PartTable, signed

MOST_LINES = 500
ENGINE = "engine"
NAMING = Naming(
    "log",
    "Nothing to report\nWarnings and errors of the program, and answers to your commands, appear here.",
    "No line is like that\nEsc in the search line shows all of them again.",
)


class Logged(NamedTuple):
    """One record: its level's number, who logged it, and one line."""

    level: int
    logger: str
    text: str


class LogTail(logging.Handler):
    """Keeps the last records of any thread until the window takes them."""

    def __init__(self, level: int = logging.INFO) -> None:
        super().__init__(level)
        self._waiting: deque[Logged] = deque(maxlen=MOST_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record as words; the oldest one goes when there are too many."""
        try:
            text = record.getMessage()
            error = record.exc_info[1] if record.exc_info else None
            if error is not None:
                text = f"{text}: {type(error).__name__}: {error}"
        except (TypeError, ValueError):
            self.handleError(record)
            return
        self._waiting.append(Logged(record.levelno, record.name, " ".join(text.split())))

    def take(self) -> list[Logged]:
        """The records since the last call, the newest last."""
        if not self._waiting:
            return []
        self.acquire()
        try:
            taken = list(self._waiting)
            self._waiting.clear()
            return taken
        finally:
            self.release()


class LogLine(NamedTuple):
    """One line of the list; `at_ns` is the session's time at which it was shown."""

    number: int
    at_ns: int
    sign: str
    level: str
    logger: str
    text: str


class LogList(PartTable[LogLine]):
    """`tail` is to be added to the root logger by whoever owns the program's logging."""

    def __init__(self, look: Look) -> None:
        columns = (
            Column("time", "", "23:59:59.9", LEFT, 11),
            Column("level", "", f"{SIGN_ROOM}accepted", LEFT, 11, 500),
            Column("logger", "", "cockpit.feeds.replay", LEFT, 11),
            Column("text", "", "what it said", LEFT, 11, stretches=True),
        )
        super().__init__(look, columns, NAMING, key=lambda line: line.number)
        self.tail = LogTail()
        self._lines: deque[LogLine] = deque(maxlen=MOST_LINES)
        self._number = 0
        self._zone = "UTC"

    def show_log(self, at_ns: int, zone: str) -> None:
        """Take what was logged since, as of that instant of the session."""
        taken = self.tail.take()
        self._zone = zone
        for record in taken:
            sign = "alert" if record.level >= logging.ERROR else WARNING if record.level >= logging.WARNING else "hold"
            self._add(at_ns, sign, logging.getLevelName(record.level).lower(), record.logger, record.text)
        if taken:
            self.show_parts([*reversed(self._lines)])

    def note(self, at_ns: int, text: str, tone: Tone) -> None:
        """The engine's answer to a command, at an instant of the session."""
        sign = "command" if tone == "said" else "refused"
        self._add(at_ns, sign, "accepted" if tone == "said" else tone, ENGINE, text)
        self.show_parts([*reversed(self._lines)])

    def _add(self, at_ns: int, sign: str, level: str, logger: str, text: str) -> None:
        self._number += 1
        self._lines.append(LogLine(self._number, at_ns, sign, level, logger, text))

    def cell_of(self, part: LogLine, column: Column) -> Cell:
        """When, how bad, who, what."""
        match column.key:
            case "time":
                return Cell(fmt.clock(part.at_ns, self._zone, tenths=True), "t2")
            case "level":
                return signed(part.sign, part.level, "t2" if part.sign == "hold" else "t1", weight=500)
            case "logger":
                return Cell(part.logger, "t2")
            case _:
                return Cell(fmt.signs(part.text), "t2" if part.sign == "hold" else "t1")
