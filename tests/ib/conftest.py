"""The loopback TWS for the feed's tests: SPY at 500 with two expiries of two strikes."""

from tests.tws.conftest import tws

__all__ = ["tws"]
