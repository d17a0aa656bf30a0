"""A loopback TWS with a small market: SPY at 500 with its options, an index, and nothing left behind."""

import threading
from collections.abc import Iterator

import pytest

from tests.tws.scene import LISTINGS, SPY
from tests.tws.server import LoopbackTws


@pytest.fixture
def tws() -> Iterator[LoopbackTws]:
    before = threading.active_count()
    with LoopbackTws() as server:
        server.control.list_contracts(LISTINGS)
        server.control.quote(SPY, 499.99, 500.01, 500.0)
        yield server
    assert threading.active_count() == before, "the server's thread is still running"
