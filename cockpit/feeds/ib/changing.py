"""Lines that come and go while the feed runs: contracts that are held from now on, and chains that follow the price."""

from collections.abc import Callable, Iterable, Sequence

from cockpit.domain.instrument import Instrument
from cockpit.events import Listed
from cockpit.feeds.ib.centring import follow, make_room
from cockpit.feeds.ib.choosing import Asking, Chosen, of_options, underlying_line
from cockpit.feeds.ib.lines import HELD, Line, Lines
from cockpit.feeds.ib.stream import Push, Say, Stream
from cockpit.feeds.ib.translate import price_of
from cockpit.ib.instruments import Option
from cockpit.ib.notices import NO_LINES


class Changing:
    """The lines of a feed across its connections; `push` and `stream` are there while it runs and is connected."""

    def __init__(self, chosen: Chosen, limit: int, *, say: Say, now_ns: Callable[[], int]) -> None:
        self.lines = Lines(chosen.lines)
        self.instruments: dict[str, Instrument] = {}
        self.push: Push | None = None
        self.stream: Stream | None = None
        self._chains, self._limit, self._say, self._now_ns = chosen.chains, limit, say, now_ns
        self._unknown: set[str] = set()  # underlyings of what is held that the broker did not know
        self._know(chosen.lines)

    def list(self, options: Sequence[Option]) -> None:
        """These are held from now on: they are quoted, first of all, and stay."""
        new: dict[int, Option] = {}
        for each in options:
            line = self.lines.of(each.contract)
            if line is None:
                new[each.contract.conId] = each
            else:
                line.hold(each.instrument)
                self._know([line])
        if new and self.stream is not None:
            self.stream.subscribe(held=True)
        if new:
            self._add(of_options(new.values(), held=True))

    def squeeze(self) -> None:
        """TWS gives fewer lines than we may ask for, as its own windows need some: what is held goes first."""
        held = self.lines.held()
        refused = [each for each in self.lines.all if each.refused == NO_LINES and each.turn(held) <= HELD]
        streaming = [each for each in self.lines.all if each.ticker is not None and each.refused is None]
        if not refused or not any(each.turn(held) > HELD for each in streaming):
            return
        self._limit = len(streaming)
        self._drop([each for each in self.lines.all if each.refused == NO_LINES and each.turn(held) > HELD])
        self._make_room()
        for each in refused:
            each.is_wanting, each.refused = True, None
        if self.stream is not None:
            self.stream.subscribe(held=True)

    def recentre(self) -> None:
        """Every chain whose price has left the middle of its strikes is quoted around it again."""
        prices = {line.underlying: price_of(line.ticker) for line in self.lines.all if _tells_price(line)}
        held = self.lines.held()
        for chain in self._chains:
            price = prices.get(chain.underlying)
            moved = None if price is None else follow(chain, self.lines.all, price, held)
            if moved is not None:
                self._drop(moved.go)
                self._add(of_options(moved.come))
                expiry = moved.come[0].instrument.expiry
                strikes = sorted({each.contract.strike for each in chain.near(price or 0.0)})
                self._say(f"{chain.underlying} {expiry}: quoted from {strikes[0]:g} to {strikes[-1]:g} now.")

    async def cover(self, asking: Asking) -> None:
        """Underlyings of what is held that have no line yet get one."""
        for name, market in self._uncovered().items():
            line = await underlying_line(asking, name, market)
            known = None if line is None else self.lines.of(line.contract)
            if line is None:
                self._unknown.add(name)
            elif known is not None:
                known.is_underlying = True
            else:
                self._add([line])

    def _uncovered(self) -> dict[str, str]:
        """Underlyings without a line, and their market."""
        prices = (line for line in self.lines.all if line.instrument is None and line.is_underlying)
        covered = {line.underlying for line in prices} | self._unknown
        options = [line.instrument for line in self.lines.all if line.instrument is not None]
        return {each.underlying: each.market for each in options if each.underlying not in covered}

    def _add(self, lines: Iterable[Line]) -> None:
        new = list(lines)
        self.lines.add(new)
        self._know(new)
        self._make_room()
        instruments = tuple(line.instrument for line in new if line.instrument is not None)
        if self.push is not None and instruments:
            self.push(Listed(self._now_ns(), instruments))
        if self.stream is not None:
            self.stream.subscribe()

    def _make_room(self) -> None:
        prices = {line.underlying: price_of(line.ticker) for line in self.lines.all if _tells_price(line)}
        going = make_room(self.lines.all, prices.get, self._limit, self.lines.held())
        self._drop(going)
        if going:
            names = ", ".join(line.instrument.symbol for line in going if line.instrument is not None)
            self._say(f"All {self._limit} market-data lines are taken: {names} made room for others; see --lines.")
        if len(self.lines.all) > self._limit:
            self._say(
                f"{len(self.lines.all)} market-data lines are needed for what is held and {self._limit} are allowed: "
                "raise --lines if the account has more, or close quotes in TWS."
            )

    def _drop(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self.lines.remove(line)
            if self.stream is not None:
                self.stream.drop(line)

    def _know(self, lines: Iterable[Line]) -> None:
        self.instruments |= {line.listed.symbol: line.listed for line in lines if line.listed is not None}


def _tells_price(line: Line) -> bool:
    return line.instrument is None and line.ticker is not None
