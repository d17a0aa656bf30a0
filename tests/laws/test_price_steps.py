"""Any price that leaves us is on its step, whatever the steps and the market are."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cockpit.brokers.ib.pricing import as_far_as_allowed, price
from cockpit.domain.money import exact
from cockpit.domain.order import Order
from cockpit.domain.price_grid import Grid, Steps
from cockpit.domain.quote import Touch
from cockpit.exits.profile import Profile
from cockpit.routing.walk import Walk
from tests.market_of import profile
from tests.state.test_protecting import Desk

TICKS = (0.01, 0.05, 0.1, 0.25)


@st.composite
def steps(draw: st.DrawFn) -> tuple[float, Steps]:
    """A tick and steps that grow with the price; the edges are whole multiples of all that matters there, or not."""
    tick = draw(st.sampled_from(TICKS))
    lows = sorted(draw(st.sets(st.integers(1, 4_000), max_size=3)))
    sizes = sorted(draw(st.lists(st.sampled_from((1, 2, 5, 10)), min_size=len(lows) + 1, max_size=len(lows) + 1)))
    rows = zip((0.0, *(low / 20.0 for low in lows)), sizes, strict=True)
    return tick, tuple((low, float(exact(tick) * size)) for low, size in rows)


def on_step(found: Decimal | None, tick: float, rows: Steps) -> bool:
    """Independently of the code that made it."""
    if found is None:
        return True
    step = [size for low, size in ((0.0, tick), *rows) if exact(low) <= found][-1]
    return found % exact(step) == 0


@given(
    given=steps(), bid=st.floats(0.01, 250.0), spread=st.floats(0.01, 20.0), elapsed_s=st.floats(0.0, 12.0),
    side=st.sampled_from((-1, 1)), urgent=st.booleans(),
)  # fmt: skip
def test_every_limit_of_an_exit(
    given: tuple[float, Steps], bid: float, spread: float, elapsed_s: float, side: int, urgent: bool
) -> None:
    tick, rows = given
    ask = bid + spread
    touch = Touch(
        price=ask if side > 0 else bid, size=1.0, mid=(bid + ask) / 2, quote_t=0.0, is_suspect=False, tick=tick, lot=1,
        steps=rows,
    )  # fmt: skip
    order = Order(
        ref="P0001-0001", position_id="P0001", symbol="C", side="buy" if side > 0 else "sell", contracts=1, limit=None,
        purpose="exit", fills_suspect=False, urgent=urgent,
    )  # fmt: skip
    now = price(order, Walk(), touch, elapsed_s)
    assert now is not None
    assert on_step(now.limit, tick, rows)
    assert on_step(as_far_as_allowed(order, Walk(), touch), tick, rows)


RULES: tuple[Profile, ...] = (profile("protective_stop stop_pct=25"), profile("protective_stop stop_pct=37"))


@given(given=steps(), mid=st.floats(0.5, 240.0), side=st.sampled_from(("buy", "sell")), moves=st.lists(
    st.sampled_from((0.8, 0.97, 1.01, 1.3)), max_size=3), rules=st.sampled_from(RULES),
)  # fmt: skip
def test_every_stop_that_rests_and_every_move_of_it(
    given: tuple[float, Steps], mid: float, side: str, moves: list[float], rules: Profile
) -> None:
    tick, rows = given
    desk = Desk(rules)
    contract = desk.state.contracts["C"]
    contract.instrument = replace(contract.instrument, tick=tick, steps=rows)
    mid = max(round(mid, 2), 0.1)
    desk.wait(6, mid)
    desk.enter(100, side)
    entries = [order for order in desk.placed if order.purpose == "entry"]
    if entries:
        desk.fills(entries[0].ref, 100, str(mid))
    for move in moves:
        mid = max(round(mid * move, 2), 0.1)
        desk.wait(3, mid)
    asked = [order for what, order in desk.wire.asked if what in ("place", "change")]
    for order in asked:
        assert order.trigger is None or on_step(order.trigger.price, tick, rows)


def test_the_schedules_rest_stops() -> None:
    desk = Desk()
    contract = desk.state.contracts["C"]
    contract.instrument = replace(contract.instrument, steps=((0.0, 0.05), (3.0, 0.1), (30.0, 0.5)))
    assert Grid(0.05, contract.instrument.steps).holds(37.5)
    held = desk.hold()
    assert held.resting is not None
    assert held.resting.order.trigger is not None
    assert held.resting.order.trigger.price == Decimal("37.5")
