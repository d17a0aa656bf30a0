"""The loopback TWS for the broker's tests."""

from tests.tws.conftest import tws

__all__ = ["tws"]
