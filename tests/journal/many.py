"""Many made-up round trips in a journal, each with the orders and decisions that left it, and a few vetoes."""

import json
from decimal import Decimal

from cockpit.journal.rows import UPSERTS
from cockpit.journal.store import Store
from tests.journal.examples import NS

FIRST_NS = 1_753_674_000 * NS  # 2025-07-28 09:10 in Kolkata, a Monday
DAY_NS = 86_400 * NS
RULES = ("protective_stop", "staged_trailing_stop", "theta_decay", "open_interest_reversal", "exhaustion")
UNDERLYINGS = ("NIFTY", "NIFTY", "BANKNIFTY")
A_DAY = 8
TABLES = ("round_trips", "orders", "executions", "decisions", "commands")
EMPTY = json.dumps({})


def fill(store: Store, number: int, *, currency: str = "INR") -> None:
    """Round trips 1 to `number` of the session that has begun, eight a weekday; every ninth was vetoed once."""
    rows: dict[str, list[tuple[object, ...]]] = {
        name: [] for name in ("round_trips", "orders", "executions", "decisions", "commands")
    }
    for i in range(number):
        _add(rows, i, store.session_id or "", currency)
    execute = store.connection.execute
    execute("BEGIN")
    for table, values in rows.items():
        store.connection.executemany(UPSERTS[table], values)
    execute("COMMIT")


def net_of(i: int) -> Decimal:
    """Of round trip i: between -1 650 and +2 349, somewhat more often a gain, and always the same."""
    return Decimal((i * 2_654_435_761 + 40_503 * (i // 9) % 7_919) % 2**32 % 4_000 - 1_650 + 500 * (i // 60 % 3 - 1))


def _add(rows: dict[str, list[tuple[object, ...]]], i: int, session: str, currency: str) -> None:
    day, place = divmod(i, A_DAY)
    opened = FIRST_NS + (day + day // 5 * 2) * DAY_NS + place * 2_400 * NS
    closed = opened + (40 + i * 37 % 700) * NS
    position, decision, seq = f"P{i:06d}", f"D{i:06d}", 10 * i
    underlying, net, side = UNDERLYINGS[i % 3], net_of(i), "short" if i % 7 == 3 else "long"
    entry = 60.0 + i % 40
    left = entry + float(net) / 195 * (1 if side == "long" else -1)
    gain = float(net) / 195
    contexts = [
        json.dumps({"gamma": gamma, "iv": iv, "delta": 0.5, "mark": mark, "underlying": 26_000.0})
        for gamma, iv, mark in (
            (0.002 + i % 9 * 0.001, 0.12, entry),
            (0.002 + i % 5 * 0.001, 0.121 + i % 3 * 0.01, left),
        )
    ]
    symbol = f"{underlying}250805{25_000 + i % 12 * 50}{'CE' if i % 2 else 'PE'}"
    rows["round_trips"].append(
        (
            session, seq, position, symbol, underlying, side, 195, opened, closed, str(entry), str(left),
            str(net + 40), "40", str(net), min(0.0, gain) - 1.5, max(0.0, gain) + 2.5,
            "adaptive" if i % 4 else "scalp", "ab", currency, 1.0, 0, *contexts,
        )
    )  # fmt: skip
    rule = "human" if i % 31 == 5 else RULES[(3 * i + i // 5) % 5]
    rows["orders"].append(
        (
            session, seq + 1, f"{position}-1", position, decision, symbol, "sell", 195, None, "exit", "filled", 195,
            closed, closed, "", "market", None, "", None, "day", "", "",
        )
    )  # fmt: skip
    rows["executions"].append(
        (session, seq + 4, f"E{position}", f"{position}-1", position, symbol, "sell", 195, str(left), "40", closed)
    )
    rows["decisions"].append(
        (
            session, seq + 2, decision, closed, position, rule, "close" if rule == "human" else "HIT", "exit", 0.9,
            1.0, 195, "made up", EMPTY, "[]", EMPTY, "ab",
        )
    )  # fmt: skip
    if i % 9 == 4:
        veto = json.dumps({"position": position, "rule": "exhaustion"})
        rows["commands"].append((session, seq + 3, f"C{i}", opened + NS, "human", "veto", veto, 1, "vetoed"))
