"""What the live feed gives, in a session: open interest is yesterday's and says so, modelled Greeks are labelled."""

from decimal import Decimal
from pathlib import Path

from cockpit.events import NS, Batch
from cockpit.market.terms import LIVE, MODELLED
from cockpit.profiles import profile
from cockpit.projection.projector import Projector
from cockpit.settings import market
from cockpit.state.market import apply, opened
from cockpit.state.model import Setup, State
from tests.feeds.ib.feeding import feeding
from tests.feeds.ib.test_recorded import OPEN_NS, Clock, play, quote, replayed, written
from tests.feeds.ib.test_translate import option
from tests.tws.driving import in_loop
from tests.tws.scene import CALL, PUT
from tests.tws.server import LoopbackTws


def live_state(batches: list[Batch]) -> State:
    """A live session's market after those rows."""
    used = profile("adaptive")
    setup = Setup(
        market=market("us"), terms=LIVE, profiles={used.name: used}, default_profile=used.name,
        instruments={each.symbol: each for each in (option("C"), option("P"))}, first_ns=batches[0].at_ns,
        underlying_is_bars=frozenset(), cash=Decimal(1_000_000),
    )  # fmt: skip
    state = opened(setup)
    for batch in batches:
        apply(state, batch)
    return state


@in_loop
async def test_open_interest_of_the_us_is_yesterdays_to_the_end(tws: LoopbackTws, tmp_path: Path) -> None:
    quote(tws, 0)
    tws.control.tick(CALL, 27, "5000")
    tws.control.tick(PUT, 28, "7000")
    async with feeding(tws, now_ns=Clock()) as (feed, taken):
        await taken.row(lambda row: row.open_interest == 7000.0)
        await play(tws, taken, range(1, 20))
    made = replayed(written(tmp_path / "live", feed, taken.batches))
    frame = Projector(made.state, "live", "LIVE").frame()
    assert frame.detail is not None
    part = frame.detail.open_interest
    assert part is not None
    assert (part.calls, part.puts, part.is_live) == (5000.0, 7000.0, False)
    (rule,) = [each for each in frame.detail.rules if each.rule == "open_interest_reversal"]
    assert rule.because == "not available in this market"


@in_loop
async def test_a_contract_of_which_the_broker_gives_no_greeks_is_modelled_and_says_so(tws: LoopbackTws) -> None:
    quote(tws, 0)
    tws.control.quote(PUT, 9.8, 10.0)
    async with feeding(tws, now_ns=Clock()) as (_, taken):
        await taken.row(lambda row: row.symbol == option("P").symbol and row.bid == 9.8)
        await play(tws, taken, range(1, 40))
    state = live_state(taken.batches)
    modelled, given = state.contracts[option("P").symbol], state.contracts[option("C").symbol]
    assert taken.batches[-1].at_ns - OPEN_NS > 31 * NS
    assert modelled.models == frozenset(MODELLED)
    assert -1.0 < modelled.delta < 0.0
    assert given.models == frozenset()
    assert given.delta == 0.5
