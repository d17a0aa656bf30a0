"""Whatever others do with the account: in the end we hold what the broker holds, and nothing of ours exceeds it."""

from collections import Counter, defaultdict
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.commands import Close, Enter, Kill, Reduce
from cockpit.domain.order import Order
from cockpit.journal.store import open_journal
from cockpit.journal.verify import verify
from tests.journal.examples import session
from tests.market_of import clock
from tests.state.at_broker import Live

SYMBOLS = "CCCP"
HAPPENINGS = (
    "outside", "outside", "outside", "untold", "fill", "fill", "fill", "enter", "rest", "reduce", "close", "snapshot",
    "wait", "drop", "cancelled",
)  # fmt: skip


class Tale:
    """One session that others trade beside; `is_slow` leaves cancels and changes unconfirmed for a while."""

    def __init__(self, seed: int, *, is_slow: bool) -> None:
        self.chance = Random(seed)
        self.live = Live(cooldown=False)
        self.live.book.answers = not is_slow
        self.live.snapshot()

    def happen(self, without: tuple[str, ...] = ()) -> None:
        """One thing."""
        what = self.chance.choice([happening for happening in HAPPENINGS if happening not in without])
        live, chance, symbol = self.live, self.chance, self.chance.choice(SYMBOLS)
        side = chance.choice(("buy", "sell"))
        now = clock(live.state.now_ns + 3_000_000_000)
        match what:
            case "outside":
                live.outside(side, chance.randint(1, 6), symbol=symbol)  # type: ignore[arg-type]
            case "untold":  # only a snapshot knows of it
                live.book.holds[symbol] += chance.choice((-3, -1, 1, 2))
            case "enter" | "rest":
                more = {"price": 60.0 if side == "sell" else 20.0, "rests": "day"} if what == "rest" else {}
                live.command(Enter(symbol=symbol, side=side, contracts=chance.randint(1, 6), **more))  # type: ignore[arg-type]
            case "reduce":
                live.command(Reduce(position=symbol, contracts=1))
            case "close":
                live.command(Close(position=symbol))
            case "fill":
                self._fill()
            case "snapshot":
                self.compare()
            case "drop":
                live.link("no server")
                live.link("synchronising")
                self.compare()
                live.link("up")
            case "cancelled":
                self.live.confirm()
            case _:
                live.wait(2.5)
                live.rows(f"{now} 49.95 50.05", f"{now} P 29.95 30.05")

    def _fill(self) -> None:
        book = self.live.book
        orders = [o for o in book.orders.values() if o.parent not in book.orders]
        if orders:
            order = self.chance.choice(orders)
            self.live.fill(order, self.chance.randint(1, order.contracts - book.filled[order.ref]))

    def compare(self) -> None:
        """The account is told as it is."""
        self.live.snapshot(*[(symbol, self.live.book.holds[symbol], "48") for symbol in "CP"])

    def leave(self) -> None:
        """Every exit fills."""
        book = self.live.book
        for order in [order for order in book.orders.values() if order.purpose == "exit"]:
            if order.ref in book.orders:
                self.live.fill(order, order.contracts - book.filled[order.ref])

    def end(self) -> None:
        """Everything is told, and compared until it has been seen twice."""
        self.live.book.answers = True
        for _ in range(4):
            self.live.confirm()
            self.live.wait(3)
            self.compare()

    def excess(self) -> dict[str, int]:
        """Contracts that our exits could take off beyond what is held; of a group only the largest may fill."""
        live, book = self.live, self.live.book
        groups: dict[str, dict[str, int]] = defaultdict(dict)
        for order in book.orders.values():
            if order.purpose != "entry" and order.parent not in book.orders:
                group, left = order.group or order.ref, order.contracts - book.filled[order.ref]
                groups[order.symbol][group] = max(groups[order.symbol].get(group, 0), left)
        more = Counter({symbol: sum(sizes.values()) for symbol, sizes in groups.items()})
        return {s: n for s, n in more.items() if n > abs(live.ours.get(s, 0))}


def wrong_way(live: Live) -> list[Order]:
    """Exits that would enlarge what is held."""
    sides = {symbol: "sell" if contracts > 0 else "buy" for symbol, contracts in live.ours.items()}
    exits = [o for o in live.book.orders.values() if o.purpose != "entry" and o.parent not in live.book.orders]
    return [order for order in exits if sides.get(order.symbol) != order.side]


LENGTHS, SEEDS = st.integers(0, 40), st.integers(0, 1 << 32)
"""A tale is told by a seed, as a thousand choices are too many for a search; its length is what shrinks."""


@given(LENGTHS, SEEDS)
@settings(max_examples=300, deadline=None)
def test_with_a_broker_that_answers_nothing_ever_exceeds_what_is_held(length: int, seed: int) -> None:
    tale = Tale(seed, is_slow=False)
    for _ in range(length):
        tale.happen()
        assert tale.excess() == {}
        assert wrong_way(tale.live) == []
    tale.end()
    assert tale.live.ours == tale.live.theirs
    assert not any(difference.is_open for difference in tale.live.state.differences)


@given(LENGTHS, SEEDS)
@settings(max_examples=300, deadline=None)
def test_what_crosses_is_folded_at_once(length: int, seed: int) -> None:
    tale = Tale(seed, is_slow=True)
    for _ in range(length):
        tale.happen(without=("untold", "snapshot", "drop"))
        assert tale.live.ours == tale.live.theirs


@given(LENGTHS, SEEDS, st.booleans())
@settings(max_examples=100, deadline=None)
def test_the_journal_is_whole(length: int, seed: int, is_slow: bool) -> None:
    tale = Tale(seed, is_slow=is_slow)
    for _ in range(length):
        tale.happen()
    tale.end()
    with open_journal(None) as store:
        store.begin(session())
        store.write(tale.live.journal.records, durable=False)
        assert verify(store) == []


@given(LENGTHS, SEEDS)
@settings(max_examples=300, deadline=None)
def test_with_one_that_answers_late_it_comes_to_the_same_in_the_end(length: int, seed: int) -> None:
    tale = Tale(seed, is_slow=True)
    for _ in range(length):
        tale.happen()
    tale.end()
    assert tale.live.ours == tale.live.theirs
    assert tale.excess() == {}
    assert wrong_way(tale.live) == []


@given(LENGTHS, SEEDS, st.booleans())
@settings(max_examples=200, deadline=None)
def test_the_kill_switch_ends_flat(length: int, seed: int, is_slow: bool) -> None:
    tale = Tale(seed, is_slow=is_slow)
    for _ in range(length):
        tale.happen()
    tale.live.command(Kill())
    for _ in range(20):
        tale.live.confirm()
        tale.live.wait(1)
        tale.compare()
        tale.leave()
    assert tale.live.ours == tale.live.theirs == {}
