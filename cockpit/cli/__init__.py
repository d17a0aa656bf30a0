"""The command line: one file a group of commands; errors are one sentence, exit codes are 0, 2, 3 and 4."""

import sys
from collections.abc import Sequence

EXIT_USAGE, EXIT_BAD_INPUT, EXIT_NO_BROKER = 2, 3, 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs `cockpit`; returns the exit code (the console script passes it to the system)."""
    from cockpit.cli.application import main as run

    return run(list(sys.argv[1:] if arguments is None else arguments))
