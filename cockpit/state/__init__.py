"""The session's whole state, and the one function that changes it: `reduce(state, event) -> effects`."""
