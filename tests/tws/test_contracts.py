"""Contracts found by what a request says of them, chains, price increments."""

from tests.tws.contracts import options, stock
from tests.tws.driving import Errors, client, in_loop
from tests.tws.library import api
from tests.tws.scene import CALL, EXPIRY, LATER, SPY, VIX, spread
from tests.tws.server import LoopbackTws


@in_loop
async def test_an_option_is_qualified_by_its_terms(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        asked = api.Option("SPY", EXPIRY, 500.0, "C", "SMART")
        (found,) = await ib.qualifyContractsAsync(asked)
        assert found is asked
        assert (asked.conId, asked.multiplier, asked.currency) == (CALL, "100", "USD")
        assert asked.localSymbol == "SPY   301220C00500000"
        assert asked.lastTradeDateOrContractMonth == EXPIRY


@in_loop
async def test_details_say_what_the_cockpit_needs(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        (found,) = await ib.reqContractDetailsAsync(api.Contract(conId=CALL))
        assert (found.minTick, found.underConId, found.underSymbol, found.underSecType) == (0.01, SPY, "SPY", "STK")
        assert (found.marketRuleIds, found.validExchanges) == ("26,26", "SMART,CBOE")
        assert (found.lastTradeTime, found.contractMonth) == ("16:00:00", EXPIRY[:6])
        assert "TRAIL" in found.orderTypes.split(",")
        assert found.contract.right == "C"


@in_loop
async def test_a_request_that_leaves_fields_out_finds_all_that_agree(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        found = await ib.reqContractDetailsAsync(api.Option("SPY", EXPIRY[:6], exchange="SMART", currency="USD"))
        assert {(d.contract.strike, d.contract.right) for d in found} == {
            (strike, right) for strike in (500.0, 505.0) for right in "CP"
        }
        assert {d.contract.lastTradeDateOrContractMonth for d in found} == {EXPIRY}


@in_loop
async def test_stocks_and_indices_are_found_too(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        found = await ib.qualifyContractsAsync(api.Stock("SPY", "SMART", "USD"), api.Index("VIX", "CBOE", "USD"))
        assert [contract.conId for contract in found] == [SPY, VIX]
        assert found[0].primaryExchange == "ARCA"


@in_loop
async def test_an_unknown_contract_is_error_200(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        assert await ib.reqContractDetailsAsync(api.Stock("NONE", "SMART", "USD")) == []
        assert heard.codes[-1] == 200


@in_loop
async def test_the_chain_lists_classes_expiries_and_strikes_by_exchange(tws: LoopbackTws) -> None:
    spxw = options(
        5000, stock(SPY, "SPY"), expiries=["20301218"], strikes=[400.0], market_rule=110, trading_class="SPYW"
    )
    tws.control.list_contracts(spxw)
    async with client(tws) as ib:
        chains = await ib.reqSecDefOptParamsAsync("SPY", "", "STK", SPY)
        by_class = {(chain.exchange, chain.tradingClass): chain for chain in chains}
        assert set(by_class) == {(exchange, kind) for exchange in ("SMART", "CBOE") for kind in ("SPY", "SPYW")}
        monthly = by_class["SMART", "SPY"]
        assert (monthly.expirations, monthly.strikes) == ([EXPIRY, LATER], [500.0, 505.0])
        assert (int(monthly.underlyingConId), monthly.multiplier) == (SPY, "100")
        assert await ib.reqSecDefOptParamsAsync("NONE", "", "STK", 1) == []


@in_loop
async def test_a_market_rule_lists_its_increments(tws: LoopbackTws) -> None:
    tws.control.set_market_rule(999, [(0.0, 0.05), (3.0, 0.10)])
    async with client(tws) as ib:
        steps = await ib.reqMarketRuleAsync(999)
        assert [(step.lowEdge, step.increment) for step in steps] == [(0.0, 0.05), (3.0, 0.10)]


@in_loop
async def test_a_combo_needs_legs_that_are_known(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        unknown = spread()
        unknown.comboLegs[0].conId = 1
        ticker = ib.reqMktData(unknown)
        await heard.code(200)
        assert ticker.contract is unknown
