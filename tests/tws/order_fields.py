"""The fields of an order on the wire at server version 176: as a client places it, as it is shown open, and completed.

An order's terms are kept as the words that came and are echoed by name, so that nothing a client sets is lost.
"""

from dataclasses import dataclass, field

from tests.tws.contracts import Contract, read_contract, read_legs
from tests.tws.wire import UNSET_NUMBER, Field, Reader


def _names(names: str) -> list[str]:
    return names.split()


_HEAD = _names(
    "secIdType secId action totalQuantity orderType lmtPrice auxPrice tif ocaGroup account openClose origin orderRef "
    "transmit parentId blockOrder sweepToFill displaySize triggerMethod outsideRth hidden"
)
_MIDDLE = _names(
    "sharesAllocation discretionaryAmt goodAfterTime goodTillDate faGroup faMethod faPercentage faProfile modelCode "
    "shortSaleSlot designatedLocation exemptCode ocaType rule80A settlingFirm allOrNone minQty percentOffset "
    "eTradeOnly firmQuoteOnly nbboPriceCap auctionStrategy startingPrice stockRefPrice delta stockRangeLower "
    "stockRangeUpper overridePercentageConstraints volatility volatilityType deltaNeutralOrderType "
    "deltaNeutralAuxPrice"
)
_HEDGED = _names(
    "deltaNeutralConId deltaNeutralSettlingFirm deltaNeutralClearingAccount deltaNeutralClearingIntent "
    "deltaNeutralOpenClose deltaNeutralShortSale deltaNeutralShortSaleSlot deltaNeutralDesignatedLocation"
)
_HEDGED_COMPLETED = [_HEDGED[0], *_HEDGED[5:]]
_TRAIL = _names("continuousUpdate referencePriceType trailStopPrice trailingPercent")
_SCALE = _names("scaleInitLevelSize scaleSubsLevelSize scalePriceIncrement")
_SCALE_MORE = _names(
    "scalePriceAdjustValue scalePriceAdjustInterval scaleProfitOffset scaleAutoReset scaleInitPosition "
    "scaleInitFillQty scaleRandomPercent"
)
_BENCHMARK = _names(
    "referenceContractId isPeggedChangeAmountDecrease peggedChangeAmount referenceChangeAmount referenceExchangeId"
)
_TAIL = _names(
    "adjustedOrderType triggerPrice lmtPriceOffset adjustedStopPrice adjustedStopLimitPrice adjustedTrailingAmount "
    "adjustableTrailingUnit extOperator softDollarName softDollarValue cashQty mifid2DecisionMaker "
    "mifid2DecisionAlgo mifid2ExecutionTrader mifid2ExecutionAlgo dontUseAutoPriceForHedge isOmsContainer "
    "discretionaryUpToLimitPrice usePriceMgmtAlgo duration postToAts autoCancelParent advancedErrorOverride "
    "manualOrderTime"
)
_BEST = _names("minTradeQty minCompeteSize competeAgainstBestOffset midOffsetAtWhole midOffsetAtHalf")

_OPEN_HEAD = _names(
    "action totalQuantity orderType lmtPrice auxPrice tif ocaGroup account openClose origin orderRef clientId permId "
    "outsideRth hidden discretionaryAmt goodAfterTime sharesAllocation faGroup faMethod faPercentage faProfile "
    "modelCode goodTillDate rule80A percentOffset settlingFirm shortSaleSlot designatedLocation exemptCode "
    "auctionStrategy startingPrice stockRefPrice delta stockRangeLower stockRangeUpper displaySize blockOrder "
    "sweepToFill allOrNone minQty ocaType eTradeOnly firmQuoteOnly nbboPriceCap parentId triggerMethod volatility "
    "volatilityType deltaNeutralOrderType deltaNeutralAuxPrice"
)
_OPEN_TAIL = (
    _names(
        "adjustedOrderType triggerPrice trailStopPrice lmtPriceOffset adjustedStopPrice adjustedStopLimitPrice "
        "adjustedTrailingAmount adjustableTrailingUnit softDollarName softDollarValue softDollarDisplay cashQty "
        "dontUseAutoPriceForHedge isOmsContainer discretionaryUpToLimitPrice usePriceMgmtAlgo duration postToAts "
        "autoCancelParent"
    )
    + _BEST
)
_COMPLETED_HEAD = _names(
    "action totalQuantity orderType lmtPrice auxPrice tif ocaGroup account openClose origin orderRef permId "
    "outsideRth hidden discretionaryAmt goodAfterTime faGroup faMethod faPercentage faProfile modelCode goodTillDate "
    "rule80A percentOffset settlingFirm shortSaleSlot designatedLocation exemptCode startingPrice stockRefPrice delta "
    "stockRangeLower stockRangeUpper displaySize sweepToFill allOrNone minQty ocaType triggerMethod volatility "
    "volatilityType deltaNeutralOrderType deltaNeutralAuxPrice"
)
_COMPLETED_TAIL = _names(
    "trailStopPrice lmtPriceOffset cashQty dontUseAutoPriceForHedge isOmsContainer autoCancelDate filledQuantity "
    "refFuturesConId autoCancelParent shareholder imbalanceOnly routeMarketableToBbo parentPermId"
)

_CONDITION_FIELDS = {1: 6, 3: 3, 4: 3, 5: 4, 6: 5, 7: 5}
PRICE_CONDITION = 1


@dataclass(frozen=True, slots=True)
class Condition:
    kind: int
    words: tuple[str, ...]

    @property
    def is_or(self) -> bool:
        return self.words[0] == "o"

    def price(self) -> tuple[bool, float, int]:
        """Whether it waits for more, the price, and the contract it watches; only of a price condition."""
        return self.words[1] == "1", float(self.words[2]), int(self.words[3])


@dataclass(slots=True, kw_only=True)
class Terms:
    """All that a client said of an order."""

    words: dict[str, str]
    leg_prices: list[str] = field(default_factory=list[str])
    routing: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    algo: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    conditions: list[Condition] = field(default_factory=list[Condition])

    def word(self, name: str) -> str:
        return self.words.get(name, "")

    def number(self, name: str) -> float | None:
        word = self.word(name)
        return float(word) if word and word != UNSET_NUMBER else None

    def flag(self, name: str) -> bool:
        return self.word(name) == "1"


_UNSET = (UNSET_NUMBER, UNSET_NUMBER, UNSET_NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What a what-if answer says, as the words that the protocol carries."""

    initial: tuple[str, str, str] = _UNSET
    """Before, change, after."""
    maintenance: tuple[str, str, str] = _UNSET
    equity: tuple[str, str, str] = _UNSET
    commission: str = ""
    currency: str = "USD"
    warning: str = ""

    def fields(self) -> list[Field]:
        by_moment = zip(self.initial, self.maintenance, self.equity, strict=True)
        return [
            *(word for moment in by_moment for word in moment),
            *(self.commission,) * 3,
            self.currency,
            self.warning,
        ]


def read_order(reader: Reader) -> tuple[Contract, Terms]:
    """The contract and the terms of a placed order, after its id."""
    contract = read_contract(reader)
    words = reader.words(_HEAD)
    terms = Terms(words=words)
    contract = read_legs(reader, contract, whole=True)
    if contract.sec_type == "BAG":
        terms.leg_prices = [reader.word() for _ in range(reader.whole())]
        terms.routing = reader.pairs()
    words |= reader.words(_MIDDLE)
    if words["deltaNeutralOrderType"]:
        words |= reader.words(_HEDGED)
    words |= reader.words(_TRAIL + _SCALE)
    if _scaled(terms):
        words |= reader.words(_SCALE_MORE)
    words |= reader.words(["scaleTable", "activeStartTime", "activeStopTime", "hedgeType"])
    if words["hedgeType"]:
        words |= reader.words(["hedgeParam"])
    words |= reader.words(["optOutSmartRouting", "clearingAccount", "clearingIntent", "notHeld"])
    if reader.flag():
        reader.words(["conId", "delta", "price"])
    words |= reader.words(["algoStrategy"])
    if words["algoStrategy"]:
        terms.algo = reader.pairs()
    words |= reader.words(["algoId", "whatIf", "orderMiscOptions", "solicited", "randomizeSize", "randomizePrice"])
    if _benchmarked(terms):
        words |= reader.words(_BENCHMARK)
    terms.conditions = [_read_condition(reader) for _ in range(reader.whole())]
    if terms.conditions:
        words |= reader.words(["conditionsIgnoreRth", "conditionsCancelOrder"])
    words |= reader.words(_TAIL)
    words |= dict(zip(_best_names(contract, terms), reader.rest(), strict=False))
    return contract, terms


def open_order(order_id: int, contract: Contract, terms: Terms, status: str, margin: Margin) -> list[Field]:
    """The fields of an open-order message after its message id."""
    return [
        order_id,
        *contract.fields(),
        *_words(terms, _OPEN_HEAD),
        *(_words(terms, _HEDGED) if terms.word("deltaNeutralOrderType") else []),
        *_words(terms, [*_TRAIL, "basisPoints", "basisPointsType"]),
        *_legs(contract, terms),
        *_scale_and_hedge(terms),
        terms.word("optOutSmartRouting"),
        *_clearing_and_algo(terms),
        *_words(terms, ["solicited", "whatIf"]),
        status,
        *margin.fields(),
        *_randomised_and_conditions(terms),
        *_words(terms, _OPEN_TAIL),
    ]


def completed_order(contract: Contract, terms: Terms, status: str, at: str, said: str) -> list[Field]:
    """The fields of a completed-order message after its message id; `at` and `said` are when and how it ended."""
    return [
        *contract.fields(),
        *_words(terms, _COMPLETED_HEAD),
        *(_words(terms, _HEDGED_COMPLETED) if terms.word("deltaNeutralOrderType") else []),
        *_words(terms, _TRAIL),
        *_legs(contract, terms),
        *_scale_and_hedge(terms),
        *_clearing_and_algo(terms),
        terms.word("solicited"),
        status,
        *_randomised_and_conditions(terms),
        *_words(terms, _COMPLETED_TAIL),
        at,
        said,
        *_words(terms, _BEST),
    ]


def _words(terms: Terms, names: list[str]) -> list[Field]:
    return [terms.word(name) for name in names]


def _scaled(terms: Terms) -> bool:
    return (terms.number("scalePriceIncrement") or 0) > 0


def _benchmarked(terms: Terms) -> bool:
    return terms.word("orderType") in ("PEG BENCH", "PEGBENCH")


def _legs(contract: Contract, terms: Terms) -> list[Field]:
    described = ",".join(f"{leg.con_id}|{leg.ratio if leg.action == 'BUY' else -leg.ratio}" for leg in contract.legs)
    return [
        described,
        len(contract.legs),
        *(value for leg in contract.legs for value in leg.fields()),
        len(terms.leg_prices),
        *terms.leg_prices,
        *_pairs(terms.routing),
    ]


def _pairs(pairs: list[tuple[str, str]]) -> list[Field]:
    return [len(pairs), *(word for pair in pairs for word in pair)]


def _scale_and_hedge(terms: Terms) -> list[Field]:
    scale = _words(terms, _SCALE + (_SCALE_MORE if _scaled(terms) else []))
    return [*scale, *_words(terms, ["hedgeType", "hedgeParam"] if terms.word("hedgeType") else ["hedgeType"])]


def _clearing_and_algo(terms: Terms) -> list[Field]:
    """Clearing, whether not held, no delta-neutral contract, and the algorithm."""
    algo = _pairs(terms.algo) if terms.word("algoStrategy") else []
    return [*_words(terms, ["clearingAccount", "clearingIntent", "notHeld"]), 0, terms.word("algoStrategy"), *algo]


def _randomised_and_conditions(terms: Terms) -> list[Field]:
    benchmark = _words(terms, _BENCHMARK) if _benchmarked(terms) else []
    fields: list[Field] = [*_words(terms, ["randomizeSize", "randomizePrice"]), *benchmark, len(terms.conditions)]
    for condition in terms.conditions:
        fields += [condition.kind, *condition.words]
    return fields + (_words(terms, ["conditionsIgnoreRth", "conditionsCancelOrder"]) if terms.conditions else [])


def _read_condition(reader: Reader) -> Condition:
    kind = reader.whole()
    return Condition(kind, tuple(reader.word() for _ in range(_CONDITION_FIELDS[kind])))


def _best_names(contract: Contract, terms: Terms) -> list[str]:
    names = ["minTradeQty"] if contract.exchange == "IBKRATS" else []
    if terms.word("orderType") in ("PEG BEST", "PEGBEST"):
        return names + _BEST[1:]
    return names + (_BEST[3:] if terms.word("orderType") in ("PEG MID", "PEGMID") else [])
