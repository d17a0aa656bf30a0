"""Whether TWS has its own server, and which market-data farms are broken: as it says, from the handshake on."""

from cockpit.ib.notices import meaning


class Uplink:
    """Of one connection; it hears what is said before anybody streams, and keeps it for whoever does."""

    def __init__(self) -> None:
        self.has_server = True
        self.broken_farms: set[str] = set()

    def hear(self, _request: int, code: int, text: str, _contract: object) -> None:
        """One numbered message."""
        match meaning(code):
            case "lost" | "back" | "resubscribe":
                self.has_server = meaning(code) != "lost"
                self.broken_farms.clear()
            case "broken farm":
                self.broken_farms.add(farm_of(text))
            case "farm":
                self.broken_farms.discard(farm_of(text))
            case _:
                pass


def farm_of(text: str) -> str:
    """The farm's name ends the message: "… is broken:usfarm.nj", "… upon demand.eufarm"."""
    _, colon, name = text.strip().rpartition(":")
    return name if colon else name.partition(".")[2]
