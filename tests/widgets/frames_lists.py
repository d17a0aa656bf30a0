"""Parts made up for the lists of the cockpit: orders, alerts, round trips and a conflict in every state."""

from dataclasses import replace

from cockpit.frame import AlertPart, ClosedPart, ConflictPart, Frame, LedgerPart, OrderPart, RulePart
from tests.widgets import frames
from tests.widgets.frames import AT_NS, NS

FIRST, SECOND = "NIFTY 26150 C  18 Aug", "BANKNIFTY 58400 P  24 Nov"


def order(ref: str, **changed: object) -> OrderPart:
    """An exit that has been filled."""
    made = OrderPart(
        ref=ref,
        at_ns=AT_NS - 20 * NS,
        position_id="P0001",
        label=FIRST,
        purpose="exit",
        side="sell",
        contracts=195,
        filled=195,
        price="78.25",
        state="filled",
        is_working=False,
        cause="open_interest_reversal",
        said="",
    )
    return replace(made, **changed)


def orders() -> tuple[OrderPart, ...]:
    """Seven orders, the newest last; the second and the sixth are working."""
    return (
        order("E1", purpose="entry", side="buy", price="71.60", cause="you: enter", at_ns=AT_NS - 492 * NS),
        order("X2", state="partially_filled", is_working=True, filled=65, said="crosses the spread in 1.1 s"),
        order(
            "X3", state="rejected", filled=0, price="market", said="not enough margin for a short option of this kind"
        ),
        order("X4", state="cancelled", filled=0, cause="you: close", label=SECOND, position_id="P0003"),
        order("X5", state="expired", filled=0, price="market", cause="session_cutoff"),
        order("X6", state="pending_new", is_working=True, filled=0, cause="you: reduce", label=SECOND, contracts=60),
        order("X7", label=SECOND, position_id="P0003", cause="staged_trailing_stop", price="12 408.95"),
    )


def alert(id: str, **changed: object) -> AlertPart:
    """A warning that nobody has seen."""
    made = AlertPart(
        id=id, at_ns=AT_NS - 9 * NS, severity="warning", label=FIRST, text="quote 5.0 s old", state="active"
    )
    return replace(made, **changed)


def alerts() -> tuple[AlertPart, ...]:
    """Four alerts, the newest last; two have not been seen."""
    return (
        alert("A1", severity="info", text="1 position adopted from the broker", label="", state="acknowledged"),
        alert("A2", text="the broker answered after -1.4 s", state="resolved"),
        alert("A3"),
        alert("A4", severity="critical", text="blind for 60 s; the resting stop 72.20 protects", label=SECOND),
    )


def trip(id: str, **changed: object) -> ClosedPart:
    """A loss of seven minutes."""
    made = ClosedPart(
        id=id,
        label="NIFTY 26150 P  18 Aug",
        side=1,
        contracts=130,
        opened_ns=AT_NS - 700 * NS,
        closed_ns=AT_NS - 268 * NS,
        entry=96.6,
        exit=88.05,
        net=-1_112.0,
        rule="protective_stop",
        trigger="STOP_REACHED",
    )
    return replace(made, **changed)


def trips() -> tuple[ClosedPart, ...]:
    """Three that have ended, the newest last."""
    return (
        trip("P0007"),
        trip("P0008", label="NIFTY 26200 C  18 Aug", net=1_521.4, entry=58.2, exit=66.35, rule="staged_trailing_stop"),
        trip("P0009", label="SPXW 6860 P  18 Aug", side=-1, net=0.0, exit=None, rule="human", trigger="close"),
    )


def conflict() -> tuple[ConflictPart, ...]:
    """Four rules at one instant, the winner not first."""
    return (
        ConflictPart(
            rule="theta_decay",
            trigger="TIME_WINDOW_EXCEEDED",
            confidence=0.99,
            outcome="lost",
            why="suppressed by open interest reversal, the earlier full exit",
        ),
        ConflictPart(
            rule="open_interest_reversal",
            trigger="OI_UNWINDING",
            confidence=0.85,
            outcome="waits",
            why="5 s to veto, then it sells all 195",
        ),
        ConflictPart(
            rule="exhaustion", trigger="GAMMA_COLLAPSE", confidence=0.75, outcome="vetoed", why="by you until 10:15"
        ),
        ConflictPart(
            rule="profit_extreme", trigger="EXTREME", confidence=0.8, outcome="advisory", why="the profile only asks"
        ),
    )


def frame(**changed: object) -> Frame:
    """Everything listed at once."""
    made = frames.frame()
    assert made.detail is not None
    detail = replace(made.detail, conflict=conflict(), conflict_ns=AT_NS - NS)
    made = replace(
        made, orders=orders(), alerts=alerts(), closed=trips(), closed_count=231, closed_net=-4_200.0, detail=detail
    )
    return replace(made, **changed)


def board() -> tuple[RulePart, ...]:
    """A board in the very words that the engine uses, as long as they come, in every state."""
    made = frames.rule
    until = AT_NS + 438 * NS
    nothing = {"gauge": None, "value": "", "limit": "", "margin": ""}
    cutoff = {"value": "time to lunch 77.3", "limit": "5.0 min", "margin": "72.3"}
    held = {"value": "held 492", "limit": "1200 s", "margin": "708"}
    cost = {"value": "ten minutes cost 1.92", "limit": "2.00 %", "margin": "0.08"}
    fell = {"value": "open interest fell 5.31", "limit": "5.00 %", "margin": "-0.31"}
    spent = {"value": "gamma 0.0031", "limit": "0.0050", "margin": "-0.0019", "because": "leaves at 76.90"}
    stop = {"value": "premium 78.35", "limit": "65.87 points", "margin": "12.48"}
    trail = {"value": "stage 3, premium 12478.35", "limit": "12476.53 points", "margin": "1.82"}
    hit = {"value": "premium 76.35", "limit": "76.53 points", "margin": "-0.18"}
    gain = {"value": "gain 943.0", "limit": "2000.0 bps", "margin": "1057.0"}
    unseen = "cannot see theta, theta a lookback ago, mark: quote too old"
    return (
        made("session_cutoff", binding="mandatory", gauge=0.15, **cutoff),
        made("holding_limit", binding="mandatory", gauge=0.41, **held),
        made("theta_decay", gauge=0.96, **cost),
        made("open_interest_reversal", kind="exit", status="pending", binding="vetoable", gauge=1.06, **fell),
        made("exhaustion", kind="exit", status="vetoed", binding="vetoable", until_ns=until, gauge=1.02, **spent),
        made("protective_stop", binding="mandatory", gauge=0.45, **stop),
        made("staged_trailing_stop", gauge=0.62, **trail),
        made("greeks_trailing_stop", kind="exit", status="suppressed by a tighter stop", gauge=1.1, **hit),
        made("divergence", kind="exit", status="suppressed by open_interest_reversal", gauge=1.1, **hit),
        made("time_limit", kind="exit", status="waits: the last exit order was refused", gauge=1.1, **hit),
        made("scale_out", kind="blind", binding="vetoable", because=unseen, **nothing),
        made("momentum_reversal", kind="blind", because="open interest is yesterday's", **nothing),
        made("profit_extreme", binding="advisory", status="advisory", gauge=0.3, **gain),
        made("regime_change", kind="idle", **nothing),
        made("volume_climax", kind="closed", because="opens 20:00", **nothing),
        made("candle", kind="not offered", because="not available in this market", **nothing),
    )


def more_lines(count: int, *, start: int = 0) -> tuple[LedgerPart, ...]:
    """So many lines, each with another text."""
    line = frames.ledger()[1]
    return tuple(replace(line, at_ns=AT_NS + i * NS, text=f"line {i}") for i in range(start, start + count))
