"""The head of the chain: volatility beside its past year, without moving what stands beside it."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from cockpit.frame import VolatilityPart
from tests.widgets import frames_market
from widgets.chain.chain_head import ChainHead
from widgets.paint.theme import Look

KNOWN = VolatilityPart(now=0.17, rank_pct=34.2, percentile_pct=51.4, days=252)


@pytest.fixture
def head(look: Look, qtbot: QtBot) -> ChainHead:
    made = ChainHead(look)
    qtbot.addWidget(made)
    made.resize(1_200, 40)
    made.show()
    return made


def test_it_is_told_in_words(head: ChainHead) -> None:
    head.show_part(replace(frames_market.chain(), volatility=KNOWN))
    assert head.accessibleDescription().endswith("IV 17.0 %, rank 34, percentile 51")
    head.show_part(replace(frames_market.chain(), volatility=VolatilityPart()))
    assert head.accessibleDescription().endswith("IV n/a, rank n/a, percentile n/a")
    head.show_part(frames_market.chain())
    assert "IV" not in head.accessibleDescription()


def test_no_value_moves_an_expiry(head: ChainHead) -> None:
    def places() -> list[object]:
        return [button.geometry() for button in head.expiries if button.isVisible()]

    head.show_part(replace(frames_market.chain(), volatility=VolatilityPart()))
    before = places()
    assert before
    highest = VolatilityPart(now=1.234, rank_pct=100.0, percentile_pct=100.0, days=252)
    for known in (KNOWN, highest):
        head.show_part(replace(frames_market.chain(), volatility=known))
        assert places() == before


def test_another_underlying_is_not_shown_with_this_ones(head: ChainHead) -> None:
    head.show_part(replace(frames_market.chain(), volatility=KNOWN))
    head.await_chain("SPXW", "")
    assert head.accessibleDescription().endswith("IV n/a, rank n/a, percentile n/a")
