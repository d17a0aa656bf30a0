"""The position that keys act on: its chart and Greeks, and the exit ladder on the same axis."""
