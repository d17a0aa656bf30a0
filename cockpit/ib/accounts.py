"""Which accounts are of real money."""

_PAPER = ("DU", "DF")


def is_live(account: str) -> bool:
    """Whether its money is real: by its prefix, never by the port."""
    return not account.startswith(_PAPER)
