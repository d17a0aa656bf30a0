"""Lines that come and go while the feed runs: contracts that are held from now on, and chains that follow the price."""

from collections.abc import Callable, Collection, Iterable, Sequence

from cockpit.domain.instrument import Instrument
from cockpit.events import Listed, Noticed
from cockpit.feeds.ib.blind import Blind
from cockpit.feeds.ib.centring import follow, make_room
from cockpit.feeds.ib.choosing import Asking, Chosen, of_options, underlying_line
from cockpit.feeds.ib.lines import Line, Lines
from cockpit.feeds.ib.stream import Push, Say, Stream
from cockpit.feeds.ib.translate import price_of
from cockpit.ib.instruments import Option
from cockpit.ib.notices import NO_LINES

Tell = Callable[[Noticed], None]


class Changing:
    """The lines of a feed across its connections; `push` and `stream` are there while it runs and is connected."""

    def __init__(self, chosen: Chosen, limit: int, *, say: Say, now_ns: Callable[[], int]) -> None:
        self.lines = Lines(chosen.lines)
        self.instruments: dict[str, Instrument] = {}
        self.push: Push | None = None
        self.stream: Stream | None = None
        self.tell: Tell = _nobody
        self.limit = limit
        self._chains, self._say, self._now_ns = chosen.chains, say, now_ns
        self._blind = Blind(self.lines)
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
        if new:
            self._add(of_options(new.values(), held=True))
        elif self.stream is not None:
            self.stream.subscribe()  # one of them may wait for its turn

    def squeeze(self) -> None:
        """TWS gives fewer lines than we may ask for, as its own windows need some: what is held goes first.

        Where nothing can make room, the stream asks again from time to time.
        """
        refused = [each for each in self.lines.all if each.refused == NO_LINES and not each.is_wanting]
        first = [each for each in refused if self.lines.is_held(each)]
        taken = [each for each in self.lines.all if each.is_taken]
        going = make_room(taken, self._price_of, len(taken) - len(first), self.lines.held())
        if not first or not going:
            return
        self.limit = len(taken)
        self._drop(each for each in refused if each not in first)
        self._give_up(going)
        for each in first:
            each.is_wanting = True
        if self.stream is not None:
            self.stream.subscribe()

    def tell_blind(self) -> None:
        """What is held and has no quotes is told, and that it has them again."""
        for notice in self._blind.news(self._now_ns()):
            self.tell(notice)

    def recentre(self) -> None:
        """Every chain whose price has left the middle of its strikes is quoted around it again."""
        held = self.lines.held()
        for chain in self._chains:
            price = self._price_of(chain.underlying)
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
        self._give_up(make_room(self.lines.all, self._price_of, self.limit, self.lines.held()))
        if len(self.lines.all) > self.limit:
            self._say(
                f"{len(self.lines.all)} market-data lines are needed for what is held and {self.limit} are allowed: "
                "raise --lines if the account has more, or close quotes in TWS."
            )

    def _give_up(self, going: Collection[Line]) -> None:
        self._drop(going)
        if going:
            names = ", ".join(line.instrument.symbol for line in going if line.instrument is not None)
            self._say(f"All {self.limit} market-data lines are taken: {names} made room for others; see --lines.")

    def _price_of(self, underlying: str) -> float | None:
        lines = (line for line in self.lines.all if _tells_price(line) and line.underlying == underlying)
        line = next(lines, None)
        return None if line is None else price_of(line.ticker)

    def _drop(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self.lines.remove(line)
            if self.stream is not None:
                self.stream.drop(line)

    def _know(self, lines: Iterable[Line]) -> None:
        self.instruments |= {line.listed.symbol: line.listed for line in lines if line.listed is not None}


def _tells_price(line: Line) -> bool:
    return line.instrument is None and line.ticker is not None


def _nobody(_notice: Noticed) -> None:
    """Nothing is held where nobody wants to be told."""
