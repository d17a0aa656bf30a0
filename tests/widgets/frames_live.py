"""Frames of sessions with a live broker, made up: paper, real money armed and not, blind, differing, bracketed."""

from dataclasses import replace

from cockpit.frame import (
    AccountPart,
    AlertPart,
    ConnectionPart,
    DifferencePart,
    Frame,
    OrderPart,
    OutsideOrderPart,
    PositionPart,
    ReconciliationPart,
)
from tests.widgets import frames, frames_lists, frames_market, frames_selected
from tests.widgets.frames import AT_NS, NS

PAPER_ACCOUNT, REAL_ACCOUNT = "DU1234567", "U7654321"
FIRST, SECOND, THIRD = "SPY 498 C  18 Aug", "SPY 495 P  18 Aug", "QQQ 420 C  21 Aug"
ZONE = "America/New_York"


def connection(**changed: object) -> ConnectionPart:
    """Well, and in use."""
    made = ConnectionPart(
        address="127.0.0.1:7497:7",
        state="up",
        words="TWS 10.30 answers; all market-data farms are connected",
        since_ns=AT_NS - 3_000 * NS,
        account=PAPER_ACCOUNT,
        is_live_account=False,
        latency_ms=12.0,
        clock_off_s=0.4,
        messages_per_s=3.2,
        messages_limit=30.0,
        lines=84,
        lines_limit=100,
        synchronised_ns=AT_NS - 21 * NS,
        reconnects=2,
    )
    return replace(made, **changed)


def account(**changed: object) -> AccountPart:
    """A paper account of a million."""
    made = AccountPart(
        account=PAPER_ACCOUNT,
        is_live=False,
        currency="USD",
        at_ns=AT_NS - 30 * NS,
        net_liquidation=1_003_412.55,
        available=968_120.1,
        buying_power=3_872_480.4,
        excess=969_004.7,
        initial_margin=35_292.45,
        maintenance_margin=34_407.85,
        unrealised=742.0,
        realised=-1_310.5,
    )
    return replace(made, **changed)


def positions() -> tuple[PositionPart, ...]:
    """Two of which a stop rests, one where none does."""
    return (
        frames.position(
            label=FIRST, underlying="SPY", symbol="SPY 260818C498", contracts=10, lots=10, entry=4.2, mark=4.85,
            bid=4.83, ask=4.87, pnl=650.0, stop=4.55, to_stop=0.3, multiplier=100.0, protection="stop 4.55",
            dies_now=300.0, protection_why="a stop for all 10 rests at 4.55", expiry="2026-08-18", theta=-1.9,
            gamma=0.031, vega=0.12,
        ),
        frames.position(
            id="P0002", label=SECOND, underlying="SPY", symbol="SPY 260818P495", contracts=5, lots=5, entry=2.1,
            mark=1.74, bid=1.72, ask=1.76, pnl=-180.0, gain_bps=-1_714.0, stop=1.4, to_stop=0.34, multiplier=100.0,
            protection="none", dies_now=870.0, delta=-0.31, stage=0, theta=-1.2, gamma=0.022, vega=0.1,
            protection_why="the broker refused the stop: placed again in 4 s", expiry="2026-08-18", nearness=0.4,
        ),
        frames.position(
            id="P0003", label=THIRD, underlying="QQQ", symbol="QQQ 260821C420", side=-1, contracts=2, lots=2,
            level_side=-1, entry=6.1, mark=5.4, bid=5.35, ask=5.45, pnl=140.0, gain_bps=1_147.0, stop=6.75,
            to_stop=1.35, multiplier=100.0, protection="stop 6.75", dies_now=270.0, delta=-0.42, stage=1, theta=2.2,
            protection_why="a stop for all 2 rests at 6.75", expiry="2026-08-21", gamma=-0.02, vega=-0.3,
        ),
    )  # fmt: skip


def order(ref: str, **changed: object) -> OrderPart:
    """One of the first position."""
    given = {"label": FIRST, "contracts": 10, "filled": 0, "is_working": True, "state": "new", **changed}
    return frames_lists.order(ref, **given)


def orders() -> tuple[OrderPart, ...]:
    """A filled bracket whose stop rests and shares its group with an exit; one that rests; one nobody knows about."""
    return (
        order("E1", purpose="entry", side="buy", filled=10, is_working=False, state="filled", price="4.22",
              cause="you: enter", average=4.2, at_ns=AT_NS - 900 * NS),
        order("S1", purpose="protect", price="market", trigger="stop 4.55", tif="gtc", cause="staged_trailing_stop",
              parent="E1", group="S1", at_ns=AT_NS - 840 * NS, said="held by the broker"),
        order("E2", purpose="entry", side="buy", contracts=4, price="3.05", cause="you: enter", label=THIRD,
              position_id="P0004", tif="gtc", at_ns=AT_NS - 300 * NS),
        order("S2", purpose="protect", contracts=4, price="market", trigger="QQQ ≤ 412.20", parent="E2", label=THIRD,
              position_id="P0004", group="S2", cause="protective_stop", at_ns=AT_NS - 300 * NS),
        order("T2", purpose="protect", contracts=4, price="market", trigger="trails 0.40", parent="E2", label=THIRD,
              position_id="P0004", group="S2", cause="staged_trailing_stop", at_ns=AT_NS - 300 * NS),
        order("X1", purpose="exit", price="4.83", cause="theta_decay", group="S1", state="partially_filled", filled=3,
              average=4.84, at_ns=AT_NS - 2 * NS),
        order("X2", purpose="exit", contracts=5, price="1.72", cause="you: close", label=SECOND, state="unknown",
              position_id="P0002", at_ns=AT_NS - 40 * NS, said="the line went down before it was acknowledged"),
    )  # fmt: skip


def reconciliation(*, is_open: bool = False) -> ReconciliationPart:
    """Three positions compared, a difference explained, perhaps one open as well; orders and holdings of others."""
    explained = DifferencePart(
        at_ns=AT_NS - 600 * NS, label=SECOND, ours="+8", theirs="+5", is_open=False,
        words="3 were sold by hand in TWS at 1.90: taken off our position",
    )  # fmt: skip
    unexplained = DifferencePart(
        at_ns=AT_NS - 21 * NS, label=THIRD, ours="-2", theirs="-3", is_open=True,
        words="no execution explains it: compared again in 20 s, then adopted at the broker's average",
    )  # fmt: skip
    return ReconciliationPart(
        at_ns=AT_NS - 21 * NS,
        positions=((FIRST, 10, 10), (SECOND, 5, 5), (THIRD, -2, -3 if is_open else -2)),
        differences=(unexplained, explained) if is_open else (explained,),
        orders=(
            OutsideOrderPart(id="881", label="AAPL 230 C  18 Sep", side="sell", contracts=3, filled=1,
                             words="LMT 7.20 GTC", state="Submitted", whose="by hand in TWS"),
        ),
        unsupervised=(("TSLA stock", 100, "no option: it is not supervised"),),
    )  # fmt: skip


def frame(**changed: object) -> Frame:
    """The broker's paper account, connected, everything well but one stop."""
    status = frames.status(
        badge="PAPER", feed="ib", zone=ZONE, currency="USD", open_positions=3, unprotected_by_us=0, blind_left_out=0,
        dies_now=1_440.0, dies_unprotected=1, account=f"{PAPER_ACCOUNT} · paper", alerts=1, next_cutoff="close exits",
    )  # fmt: skip
    detail = frames_selected.detail()
    first, *others = positions()
    made = replace(
        frames_lists.frame(),
        status=status,
        positions=(first, *others),
        pending=(),
        idle="close exits of SPY in 1:17:18 · nearest: staged trailing stop, 0.30 away",
        orders=orders(),
        detail=replace(detail, open_interest=frames_market.open_interest(), regime=frames_market.regime()),
        connection=connection(),
        account=account(),
        reconciliation=reconciliation(),
    )
    return replace(made, **changed)


def real(*, armed: bool) -> Frame:
    """The same with real money."""
    made = frame(
        connection=connection(account=REAL_ACCOUNT, is_live_account=True, address="127.0.0.1:7496:7"),
        account=account(account=REAL_ACCOUNT, is_live=True, net_liquidation=84_210.3, buying_power=None),
    )
    status = replace(
        made.status, badge="LIVE", is_live_money=True, is_armed=armed, account=REAL_ACCOUNT,
        session="active" if armed else "halted", unprotected_by_us=0 if armed else 3,
    )  # fmt: skip
    if armed:
        return replace(made, status=status)
    why = "the account is not armed: nothing rests; all it is worth can be lost"
    bare = tuple(
        replace(
            row, protection="none", protection_why=why,
            dies_now=row.mark * row.contracts * 100.0 if row.mark is not None and row.side > 0 else None,
        )
        for row in made.positions
    )  # fmt: skip
    kept = tuple(order for order in made.orders if not order.is_working)
    return replace(made, status=replace(status, dies_now=None, dies_unprotected=3), positions=bare, orders=kept)


def reconnecting() -> Frame:
    """The server is gone: positions are blind, what rests protects."""
    made = frame()
    blind = tuple(
        replace(
            row, state="blind", blind_cause="the broker is not connected", mark=None, pnl=None, bid=None, ask=None,
            dies_now=None, gain_bps=None, to_stop=None, delta=None, gamma=None, theta=None, vega=None, iv=None,
            iv_change=None, nearness=None, nearest_text="blind", put_call_ratio=None, oi_change_pct=None,
        )
        for row in made.positions
    )  # fmt: skip
    words = "connection refused: is TWS running, and its API port 7497 open? Next try in 2 s"
    lost = connection(
        state="no server", words=words, since_ns=AT_NS - 74 * NS, latency_ms=None, clock_off_s=None,
        messages_per_s=0.0, lines=0,
    )  # fmt: skip
    alert = AlertPart(
        id="A9", at_ns=AT_NS - 74 * NS, severity="critical", label="broker", state="active",
        text="The broker is not connected: positions are blind, what rests there protects.",
    )  # fmt: skip
    status = replace(
        made.status, newest_row_ns=AT_NS - 74 * NS, blind_left_out=3, dies_now=None, alerts=2, critical=alert.text
    )
    return replace(made, status=status, positions=blind, connection=lost, alerts=(*made.alerts, alert))


def found() -> Frame:
    """A position that others have opened, far beyond its stop: only observed."""
    made = frame()
    row = replace(made.positions[-1], state="observe", mode="observe", stop=None, to_stop=None, protection="none",
                  nearness=None, nearest_text="no engine stop acts")  # fmt: skip
    alert = AlertPart(
        id=f"A-{row.id}-found", at_ns=AT_NS - 9 * NS, severity="critical", label=row.label, state="active",
        kind="found", position_id=row.id,
        text=f"{row.label} was found where protective stop would take it off at once (stop reached: premium 1.61 "
        "against 2.38 points): it is only observed and nothing rests; take it off, or move its stop and put it on "
        "automatic",
    )  # fmt: skip
    status = replace(made.status, critical=alert.text, dies_unprotected=1)
    return replace(made, status=status, positions=(*made.positions[:-1], row), alerts=(*made.alerts, alert))


def differing() -> Frame:
    """The broker has other than we do."""
    return frame(reconciliation=reconciliation(is_open=True))


def quotes_only() -> Frame:
    """Live quotes, practice orders."""
    made = frame(connection=connection(only_reads=True, account=""), account=None, reconciliation=None)
    rows = tuple(replace(row, protection="practice", dies_now=None, protection_why="") for row in made.positions)
    return replace(made, positions=rows, status=replace(made.status, dies_now=None, dies_unprotected=0), orders=())


def widest() -> Frame:
    """Everything as wide as it may plausibly become."""
    made = replace(real(armed=True), positions=positions(), orders=orders())
    status = replace(
        made.status, is_armed=False, session="halted", unprotected_by_us=3, day_pnl=-123_456.0, day_peak=98_765.0,
        dies_now=123_456.0, dies_unprotected=12, alerts=99, blind_left_out=9,
        next_cutoff_ns=AT_NS + 12_345 * NS,
    )  # fmt: skip
    link = connection(
        account="U12345678", state="synchronising", since_ns=AT_NS - 59 * NS, latency_ms=9_999.0, clock_off_s=-120.5,
        messages_per_s=30.0, lines=1_000, lines_limit=1_000, reconnects=999, address="192.168.100.200:7496:999",
        is_live_account=True,
    )  # fmt: skip
    worth = account(
        account="U12345678", is_live=True, net_liquidation=9_876_543.0, available=-9_876_543.0,
        buying_power=39_506_172.0, excess=-1_234_567.0, initial_margin=9_876_543.0, maintenance_margin=9_876_543.0,
        unrealised=-987_654.0, realised=-987_654.0,
    )  # fmt: skip
    rows = tuple(replace(row, protection=f"{row.underlying} ≤ 9999.95", dies_now=98_765.0) for row in made.positions)
    return replace(made, status=status, connection=link, account=worth, positions=rows)


STATES = {
    "paper": frame,
    "armed": lambda: real(armed=True),
    "unarmed": lambda: real(armed=False),
    "reconnecting": reconnecting,
    "differing": differing,
    "found": found,
    "quotes": quotes_only,
    "widest": widest,
}
