"""Cost of a set of Greeks, an implied volatility and a chain of 400, against QuantLib in the same run.

Run it from the root of the repository: python -m tests.bench.bench_pricing
"""

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import version
from math import log, sqrt
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

from cockpit.pricing.black76 import greeks, price
from cockpit.pricing.chain import chain_greeks
from cockpit.pricing.implied_volatility import implied_volatility

# Imported by name, because its bindings carry no types.
ql: Any = import_module("QuantLib")

RUNS = 5
REPEATS = 20
FORWARD = 22_000.0
YEARS = 5.0 / 365.0
ACCURACY = 1e-10
"""What QuantLib's search is asked for; ours is exact to rounding. Its default, 1e-6, would be another product."""


class Quote(NamedTuple):
    """One contract of the chain, its volatility on a smile and its premium."""

    strike: float
    is_call: bool
    iv: float
    premium: float


def chain() -> list[Quote]:
    """200 strikes, 20 000 to 23 980, calls and puts, five days to expiry, 13 % at the money."""
    quotes: list[Quote] = []
    for step in range(200):
        strike = 20_000.0 + 20.0 * step
        iv = 0.13 + 2.0 * log(strike / FORWARD) ** 2
        for is_call in (True, False):
            quotes.append(Quote(strike, is_call, iv, price(FORWARD, strike, YEARS, iv, is_call)))
    return quotes


def our_greeks(quotes: list[Quote]) -> None:
    for quote in quotes:
        greeks(FORWARD, quote.strike, YEARS, quote.iv, quote.is_call)


def our_volatilities(quotes: list[Quote]) -> None:
    for quote in quotes:
        implied_volatility(quote.premium, FORWARD, quote.strike, YEARS, quote.is_call)


def our_chain(quotes: list[Quote]) -> None:
    """From Python numbers, as quotes arrive: the conversion to arrays is part of the cost."""
    strikes, rights, _, premiums = zip(*quotes, strict=True)
    chain_greeks(premiums, FORWARD, strikes, YEARS, rights)


def quantlib_set(quote: Quote, stdev: float) -> None:
    kind = ql.Option.Call if quote.is_call else ql.Option.Put
    black = ql.BlackCalculator(ql.PlainVanillaPayoff(kind, quote.strike), FORWARD, stdev, 1.0)
    black.delta(FORWARD)
    black.gamma(FORWARD)
    black.theta(FORWARD, YEARS)
    black.vega(YEARS)
    black.rho(YEARS)


def quantlib_stdev(quote: Quote) -> float:
    kind = ql.Option.Call if quote.is_call else ql.Option.Put
    start = 0.2 * sqrt(YEARS)
    return float(
        ql.blackFormulaImpliedStdDev(kind, quote.strike, FORWARD, quote.premium, 1.0, 0.0, start, ACCURACY, 100)
    )


def quantlib_greeks(quotes: list[Quote]) -> None:
    for quote in quotes:
        quantlib_set(quote, quote.iv * sqrt(YEARS))


def quantlib_volatilities(quotes: list[Quote]) -> None:
    for quote in quotes:
        quantlib_stdev(quote)


def quantlib_chain(quotes: list[Quote]) -> None:
    for quote in quotes:
        quantlib_set(quote, quantlib_stdev(quote))


def seconds(work: Callable[[list[Quote]], None], quotes: list[Quote]) -> float:
    """Time of one pass over the chain."""
    started = perf_counter()
    for _ in range(REPEATS):
        work(quotes)
    return (perf_counter() - started) / REPEATS


def compared(
    ours: Callable[[list[Quote]], None], theirs: Callable[[list[Quote]], None], quotes: list[Quote]
) -> tuple[float, float]:
    """Medians of interleaved runs, so that a busy moment of the machine falls on both."""
    runs = [(seconds(ours, quotes), seconds(theirs, quotes)) for _ in range(RUNS)]
    return median(run[0] for run in runs), median(run[1] for run in runs)


def lines(quotes: list[Quote]) -> Iterator[str]:
    """The report, one line per measurement."""
    yield f"median of {RUNS} interleaved runs; peer QuantLib {version('QuantLib')}, one call per contract"
    micro, milli = 1e6 / len(quotes), 1e3
    for name, unit, scale, ours, theirs in (
        ("Greeks, one set", "µs", micro, our_greeks, quantlib_greeks),
        ("implied volatility", "µs", micro, our_volatilities, quantlib_volatilities),
        (f"chain of {len(quotes)}, both", "ms", milli, our_chain, quantlib_chain),
    ):
        mine, peer = compared(ours, theirs, quotes)
        yield f"{name:24} {mine * scale:8.2f} {unit}   QuantLib {peer * scale:8.2f} {unit}   ratio {peer / mine:6.1f}"


def main() -> None:
    """Measure and print."""
    for line in lines(chain()):
        print(line)


if __name__ == "__main__":
    main()
