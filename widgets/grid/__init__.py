"""The grid of open positions."""
