"""The matching engine alone: whatever is placed, changed, cancelled and quoted, what is held is what was executed."""

import random

import pytest

from tests.tws.floor import Floor, new_floor
from tests.tws.market import Quote
from tests.tws.order_fields import Terms
from tests.tws.scene import CALL, LISTINGS

TYPES = ("MKT", "LMT", "STP", "STP LMT", "MIT", "TRAIL", "REL")
SCHEDULES = 40
STEPS = 60


def terms(chance: random.Random, prices: dict[str, str], group_kinds: tuple[int, ...]) -> Terms:
    kind = chance.choice(group_kinds)
    words = {"action": chance.choice(("BUY", "SELL")), "totalQuantity": str(chance.randint(1, 5))}
    words |= {"orderType": chance.choice(TYPES), "transmit": "1", "tif": chance.choice(("DAY", "GTC", "IOC"))}
    return Terms(words=words | prices | ({"ocaGroup": f"g{kind}", "ocaType": str(kind)} if kind else {}))


def run(seed: int, group_kinds: tuple[int, ...]) -> Floor:
    """A random day of one contract."""
    chance, floor = random.Random(seed), new_floor()
    floor.listings.add(LISTINGS)
    book = floor.orders.book
    for step in range(STEPS):
        level = 10 + chance.randint(-20, 20) / 20
        roll = chance.random()
        if roll < 0.4:
            prices = {"lmtPrice": str(level), "auxPrice": str(level)}
            book.add(1, step + 1, floor.contract(CALL), terms(chance, prices, group_kinds))
        elif roll < 0.5 and book.working:
            book.cancel(chance.choice(book.working))
        elif roll < 0.6 and book.working:
            order = chance.choice(book.working)
            book.fill([(order, 1, level)])
        else:
            floor.market.of(CALL).liquidity = chance.choice((None, 0, 1, 3))
            floor.market.set_quote(CALL, Quote(bid=level, ask=level + 0.1), (1, 1, 1))
            book.match([CALL])
    return floor


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_the_position_is_the_sum_of_executions_and_no_order_fills_more_than_itself(seed: int) -> None:
    floor = run(seed, (0, 1, 2, 3))
    signed = {"BOT": 1, "SLD": -1}
    held = floor.ledger.accounts["DU1234567"].holdings.get(CALL)
    assert (held.quantity if held else 0) == sum(signed[e.side] * e.quantity for e in floor.ledger.executions)
    for order in floor.orders.book.orders:
        mine = [e.quantity for e in floor.ledger.executions if e.perm_id == order.perm_id]
        assert order.filled == sum(mine) <= order.quantity
        assert (order.status == "Filled") == (order.remaining == 0)


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_a_protected_group_never_fills_two_orders_with_one_quote(seed: int) -> None:
    floor = run(seed, (1,))
    filled = [order for order in floor.orders.book.orders if order.filled]
    together = [order for order in filled if order.is_working]
    assert len(filled) >= 1
    assert len(together) <= 1
