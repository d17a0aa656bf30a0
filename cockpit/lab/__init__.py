"""The laboratory: a profile's chain of rules compiled, and run over whole recordings for many parameter sets at once."""
