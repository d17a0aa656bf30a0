"""From a key or a click to one command, and back to a sentence."""
