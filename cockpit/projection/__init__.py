"""Makes the immutable frames that the window shows out of the state."""
