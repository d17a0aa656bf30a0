"""Contracts that are held and get no quotes: whoever relies on the rules is told, and when they are over it."""

from cockpit.events import Noticed
from cockpit.feeds.ib.lines import Line, Lines
from cockpit.ib.notices import REFUSALS


class Blind:
    """Of all lines; each contract is told once for each reason, over all connections."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._told: dict[str, int] = {}

    def news(self, now_ns: int) -> list[Noticed]:
        """What has changed since the last time; a line that waits to be asked for again is in between."""
        held = self._lines.held()
        lines = {line.listed.symbol: line for line in self._lines.all if line.listed is not None}
        here = ((symbol, line) for symbol, line in lines.items() if symbol in held and not line.is_wanting)
        notices = (self._notice(symbol, line, now_ns) for symbol, line in here)
        return [notice for notice in notices if notice is not None]

    def _notice(self, symbol: str, line: Line, now_ns: int) -> Noticed | None:
        code, told = line.refused, self._told.get(symbol)
        if code is not None and code != told:
            self._told[symbol] = code
            text = f"{symbol} is held and has no quotes ({code}), so no rule can act on it: {REFUSALS[code]}"
            return Noticed(now_ns, f"A-quotes-{symbol}", "critical", text)
        if told is not None and line.said_ns:
            del self._told[symbol]
            return Noticed(now_ns, f"A-quotes-{symbol}", "info", f"{symbol} has quotes again")
        return None
