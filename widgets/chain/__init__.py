"""The chain of an underlying, and the ticket that opens a position from it."""
