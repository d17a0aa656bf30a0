"""Interactive Brokers as feed and broker share it: the library, a connection, how fast it is asked, what it says."""
