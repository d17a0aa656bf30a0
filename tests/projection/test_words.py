"""The words of a contract that the session does not know."""

import pytest

from cockpit.projection.words import contract_words


@pytest.mark.parametrize(
    ("symbol", "words"),
    [
        ("SPY 301220C00508000", "SPY 508 C 20 Dec"),
        ("SPXW  260105P05997500", "SPXW 5997.5 P 5 Jan"),
        ("NIFTY 24200 P 18 Aug", "NIFTY 24200 P 18 Aug"),
        ("SPY", "SPY"),
    ],
)
def test_an_occ_symbol_reads_as_other_contracts_do(symbol: str, words: str) -> None:
    assert contract_words(symbol) == words
