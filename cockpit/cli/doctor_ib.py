"""The part of `cockpit doctor` that looks at Interactive Brokers: reached, account, API, clock, quotes."""

import asyncio
from collections.abc import Iterator

from cockpit.cli.finding import Finding, of_sentence
from cockpit.domain.errors import BadInput
from cockpit.feeds.ib.examine import PROBE, Examined, examine
from cockpit.ib.accounts import is_live
from cockpit.ib.connection import parse_address

CLIENT_ID = 99  # of the doctor, where none is named
MOST_AHEAD_S = 2.0


def interactive_brokers(address: str) -> Iterator[Finding]:
    """Everything about the TWS or Gateway at HOST:PORT[:CLIENT]; raises BadInput for another form of address."""
    at = parse_address(address, "--ib", client_id=CLIENT_ID)
    try:
        found = asyncio.run(examine(at))
    except BadInput as error:
        yield of_sentence("broker", "broken", str(error))
        return
    yield Finding(check="broker", state="ok", said=f"{at} answers, server version {found.server_version}")
    yield from (account(name) for name in found.accounts)
    yield api(found.is_read_only)
    yield broker_clock(found)
    if found.quotes:
        yield of_sentence("quotes", "warning", found.quotes)
    else:
        yield Finding(check="quotes", state="ok", said=f"those of {PROBE} come")


def account(name: str) -> Finding:
    """Paper or live, by the account's own prefix."""
    kind = "live, its orders are for real money" if is_live(name) else "paper"
    return Finding(check="account", state="ok", said=f"{name}, {kind}")


def api(is_read_only: bool | None) -> Finding:
    """Whether orders could be sent."""
    if is_read_only is None:
        return Finding(check="API", state="warning", said="whether it is read-only could not be told",
                       remedy="look at Read-Only API in Global Configuration → API → Settings")  # fmt: skip
    said = "read-only, which is enough to record" if is_read_only else "takes orders; recording sends none"
    return Finding(check="API", state="ok", said=said)


def broker_clock(found: Examined) -> Finding:
    """How far the clocks are apart."""
    ahead_s = found.ahead_s
    if ahead_s is None:
        return Finding(check="broker's clock", state="warning", said="it did not tell the time",
                       remedy="restart TWS or Gateway if it hangs")  # fmt: skip
    if abs(ahead_s) > MOST_AHEAD_S:
        side = "ahead of" if ahead_s > 0 else "behind"
        return Finding(check="broker's clock", state="warning", said=f"{abs(ahead_s):.0f} s {side} this machine's",
                       remedy="set the clock of this machine, and of the one with TWS, by NTP")  # fmt: skip
    return Finding(check="broker's clock", state="ok", said=f"within {MOST_AHEAD_S:.0f} s of this machine's")
