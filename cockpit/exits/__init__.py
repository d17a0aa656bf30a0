"""The exit engine: rules, their verdicts, arbitration, profiles; pure, deterministic, explained."""
