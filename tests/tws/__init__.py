"""A loopback TWS: speaks the broker's socket protocol over TCP, so that the real client library is what is tested."""
