"""Whose an order is: our references on the wire carry the session, so that yesterday's are told apart."""

import re

_EARLIER = re.compile(r"(S\d{4,})(?:-\w+)?:\S")


class Names:
    """References of one session as they travel; `session` is a name that no other journal has for one of its own."""

    def __init__(self, session: str) -> None:
        self._prefix = f"{session}:"

    def wire(self, name: str) -> str:
        """A reference or a group of ours as the broker keeps it; none stays none."""
        return f"{self._prefix}{name}" if name else ""

    def ours(self, wire: str) -> str | None:
        """Our reference, or None for what is not of this session."""
        return wire.removeprefix(self._prefix) if wire.startswith(self._prefix) else None


def whose(wire: str, client_id: int, own_client_id: int) -> str:
    """Who placed what is not of this session, in words."""
    earlier = _EARLIER.match(wire)
    if earlier is not None:
        return f"by session {earlier[1]}"
    if client_id == own_client_id and client_id:
        return "by an earlier program of this client"
    return f"by client {client_id}" if client_id else "by hand in TWS"
