"""A profile's chain of rules compiled, and run over recordings for many parameter sets at once."""
