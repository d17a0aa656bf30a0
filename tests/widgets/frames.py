"""Frames made up for the window's tests: what an engine could say in every state that a pane must show."""

import math
import random
from dataclasses import replace
from datetime import UTC, datetime

from cockpit.frame import (
    ChartPart,
    DetailPart,
    Frame,
    GridState,
    LedgerPart,
    MarkPart,
    PendingPart,
    PositionPart,
    RulePart,
    StatusPart,
)

NS = 1_000_000_000
AT_NS = int(datetime(2026, 8, 18, 4, 37, 42, 800_000, tzinfo=UTC).timestamp() * NS)
OPENED_NS = AT_NS - 492 * NS


def status(**changed: object) -> StatusPart:
    """A healthy replay at 10:07:42 in Mumbai."""
    made = StatusPart(
        badge="REPLAY",
        feed="in_nifty_20260818_1m",
        zone="Asia/Kolkata",
        currency="INR",
        at_ns=AT_NS,
        newest_row_ns=AT_NS - NS // 5,
        quote_limit_s=5.0,
        next_cutoff="lunch exits",
        next_cutoff_ns=AT_NS + 4_638 * NS,
        day_pnl=2_850.0,
        blind_left_out=1,
        day_peak=3_410.0,
        cooldown="active",
        cooldown_until_ns=AT_NS + 41 * NS,
        cooldown_total_s=60.0,
        session="active",
        open_positions=6,
        unprotected_by_us=1,
        alerts=0,
        critical="",
        trouble="",
        refused=3,
    )
    return replace(made, **changed)


def position(**changed: object) -> PositionPart:
    """A long call in profit whose stop already secures some of it."""
    made = PositionPart(
        id="P0001",
        symbol="NIFTY26AUG26150CE",
        label="NIFTY 26150 C  18 Aug",
        underlying="NIFTY",
        side=1,
        contracts=195,
        lots=3,
        entry=71.60,
        mark=78.35,
        bid=78.25,
        ask=78.45,
        pnl=1_316.25,
        gain_pct=9.43,
        gain_bps=943.0,
        stop=76.53,
        stop_rule="staged_trailing_stop",
        stop_basis="premium",
        level_side=1,
        to_stop=1.82,
        stage=3,
        stages=4,
        delta=0.54,
        gamma=0.0022,
        theta=-29.8,
        vega=6.1,
        iv=0.118,
        iv_change=-0.004,
        greeks_model=True,
        oi_change_pct=-5.3,
        put_call_ratio=1.10,
        nearest_rule="staged_trailing_stop",
        nearness=0.62,
        nearest_text="1.82",
        mode="auto",
        state="hold",
        blind_cause="",
        opened_ns=OPENED_NS,
        protection="practice",
        working="",
        split_refusal="",
        profile="adaptive",
    )
    return replace(made, **changed)


def _unknown() -> dict[str, object]:
    names = "mark bid ask pnl gain_pct gain_bps to_stop delta gamma theta vega iv iv_change put_call_ratio nearness"
    return dict.fromkeys(names.split())


def positions() -> tuple[PositionPart, ...]:
    """Holding, due, blind, vetoed, observed, leaving; one short, one of a single lot."""
    return (
        position(state="due", nearest_rule="open_interest_reversal", nearness=1.05, nearest_text="4.3 s"),
        position(
            **_unknown(),
            id="P0002",
            label="NIFTY 26200 P  18 Aug",
            contracts=130,
            lots=2,
            entry=96.3,
            stop=72.2,
            stage=0,
            state="blind",
            blind_cause="quote 14 s old",
            nearest_rule="protective_stop",
            nearest_text="blind",
            opened_ns=AT_NS - 100 * NS,
        ),
        position(
            id="P0003",
            label="BANKNIFTY 58400 P  24 Nov",
            underlying="BANKNIFTY",
            contracts=60,
            lots=4,
            entry=412.5,
            mark=428.9,
            pnl=984.0,
            gain_bps=398.0,
            stop=408.4,
            to_stop=20.5,
            stage=1,
            delta=-0.47,
            state="vetoed",
            nearest_rule="theta_decay",
            nearest_text="vetoed",
            nearness=1.02,
            mode="confirm",
        ),
        position(
            id="P0004",
            label="NIFTY 26300 C  18 Aug",
            contracts=65,
            lots=1,
            entry=24.8,
            mark=22.15,
            pnl=-172.25,
            gain_bps=-1_069.0,
            stop=18.6,
            to_stop=3.55,
            stage=0,
            state="observe",
            mode="observe",
            nearest_rule="protective_stop",
            nearness=0.43,
            nearest_text="3.55",
            split_refusal="one lot cannot be split",
            protection="none",
        ),
        position(
            id="P0005",
            label="SPXW 6860 P  18 Aug",
            underlying="SPXW",
            side=-1,
            level_side=-1,
            contracts=2,
            lots=2,
            entry=5.1,
            mark=3.95,
            pnl=230.0,
            gain_bps=2_254.0,
            stop=6.4,
            to_stop=2.45,
            delta=-0.09,
            gamma=-0.0029,
            theta=1.4,
            vega=-0.66,
            stage=0,
            nearest_rule="holding_limit",
            nearness=0.86,
            nearest_text="11:48",
            opened_ns=AT_NS - 6_720 * NS,
        ),
        position(
            id="P0006",
            label="GOOG 310 C  15 Jan",
            underlying="GOOG",
            contracts=4,
            lots=4,
            entry=14.2,
            mark=13.65,
            pnl=-220.0,
            gain_bps=-387.0,
            stop=10.65,
            to_stop=3.0,
            stage=0,
            state="leaving",
            working="sells 4, 1 filled",
            mode="taken over",
            greeks_model=False,
            opened_ns=AT_NS - 3 * 86_400 * NS,
        ),
    )


def pending(**changed: object) -> PendingPart:
    """An exit that acts in 3.2 s unless it is vetoed."""
    made = PendingPart(
        position_id="P0001",
        label="NIFTY 26150 C  18 Aug",
        rule="open_interest_reversal",
        trigger="OI_UNWINDING",
        sentence="Open interest reversal sells all 195 of NIFTY 26150 C",
        because="OI unwinding: calls + puts 5.3 % below the high since entry, limit 5.0 %",
        confidence=0.85,
        binding="vetoable",
        waits="countdown",
        ends_ns=AT_NS + 3_200_000_000,
        total_s=5.0,
        on_timeout="act",
        contracts=195,
        expected_price=78.25,
        books=1_297.0,
        spread_cost=-20.0,
    )
    return replace(made, **changed)


def rule(name: str, **changed: object) -> RulePart:
    """One line of the board, holding at half way."""
    made = RulePart(
        rule=name,
        kind="hold",
        trigger="",
        binding="immediate",
        status="",
        until_ns=None,
        gauge=0.5,
        value="0.041",
        limit="0.08 points/min",
        margin="0.039",
        because="",
    )
    return replace(made, **changed)


def rules() -> tuple[RulePart, ...]:
    """A board that shows every state."""
    vetoed_until = AT_NS + 438 * NS
    return (
        rule("session_cutoff", binding="mandatory", gauge=0.15, value="10:07", limit="11:25", margin="1:17:18"),
        rule("holding_limit", binding="mandatory", gauge=0.41, value="492 s", limit="1 200 s", margin="11:48"),
        rule("theta_decay", gauge=0.82, value="492 s", limit="600 s", margin="1:48"),
        rule(
            "open_interest_reversal",
            kind="exit",
            trigger="OI_UNWINDING",
            binding="vetoable",
            status="pending",
            gauge=1.06,
            value="−5.3 %",
            limit="−5.0 %",
            margin="over by 0.3",
            because="OI unwinding: calls + puts 5.3 % below the high since entry",
        ),
        rule(
            "exhaustion",
            kind="exit",
            binding="vetoable",
            status="vetoed",
            until_ns=vetoed_until,
            gauge=1.02,
            value="2.31",
            limit="2.00",
            margin="",
            because="leaves at 76.90",
        ),
        rule("protective_stop", binding="mandatory", gauge=0.45, value="78.35", limit="65.87", margin="12.48"),
        rule("staged_trailing_stop", gauge=0.62, value="78.35", limit="76.53", margin="1.82"),
        rule(
            "scale_out",
            kind="blind",
            binding="vetoable",
            gauge=None,
            value="",
            limit="",
            margin="",
            because="volume silent for 94 s",
        ),
        rule("profit_extreme", binding="advisory", status="advisory", gauge=0.3, value="943", limit="2 000 bps"),
        rule("momentum_reversal", kind="idle", gauge=None, value="", limit="", margin=""),
        rule("volume_climax", kind="not offered", gauge=None, value="", limit="", margin="", because="no volume here"),
    )


def chart(points: int = 900, *, side: int = 1, gap: bool = True) -> ChartPart:
    """A premium that climbs with noise, a stop that follows it in steps, and a stretch without data."""
    chance = random.Random(7)
    level, entered = 66.0, points // 3
    stop: float | None = None
    rows: list[tuple[float, float | None, float | None]] = []
    for i in range(points):
        level += 0.014 + chance.gauss(0, 0.11) + 0.02 * math.sin(i / 60)
        if i >= entered:
            want = 65.87 if i < points // 2 else level - 1.8
            stop = want if stop is None else max(stop, want) if i % 45 == 0 else stop
        unseen = gap and 120 <= i < 150
        rows.append((float(i), None if unseen else level, stop))
    entry = rows[entered][1] or 71.6
    if side < 0:
        rows = [(t, None if y is None else 2 * entry - y, None if s is None else 2 * entry - s) for t, y, s in rows]
    origin_ns = AT_NS - points * NS
    chunks = tuple(tuple(rows[i : i + 256]) for i in range(0, points, 256))
    verb = "buy" if side > 0 else "sell"
    marks = (
        MarkPart(at_ns=origin_ns + entered * NS, price=entry, kind="entry", text=f"{verb} 195 @ {entry:.2f}"),
        MarkPart(at_ns=origin_ns + (points * 2 // 3) * NS, price=None, kind="veto", text="exhaustion vetoed"),
        MarkPart(at_ns=origin_ns + (points - 20) * NS, price=rows[-20][1], kind="decision", text="OI unwinding"),
    )
    return ChartPart(
        position_id="P0001",
        origin_ns=origin_ns,
        chunks=chunks,
        entry=entry,
        basis="premium",
        stop=rows[-1][2],
        marks=marks,
    )


def ledger() -> tuple[LedgerPart, ...]:
    """Fourteen lines, the newest last."""
    kinds = (
        ("fill", "protective_stop", "sold 130 @ 88.05, booked −1 112; cooldown 60 s × 1.5 = 90 s"),
        ("stop", "staged_trailing_stop", "stage 3 reached at +1 089; trail 400, stop 75.90 → 76.53"),
        ("hold", "theta_decay", "held 490 of 600 s, θ 0.041 of 0.08 per min; loses to the earlier full exit"),
        ("blind", "all rules", "quote 5.0 s old"),
        ("command", "human", "veto exhaustion for 600 s"),
        ("exit", "open_interest_reversal", "OI unwinding 5.3 % > 5.0 %, confidence 0.85 → pending 5 s, vetoable"),
        ("refused", "human", "take half off: one lot cannot be split"),
    )
    lines = [
        LedgerPart(
            at_ns=AT_NS - (14 - i) * 2_300_000_000,
            label="NIFTY 26150 C  18 Aug" if i % 3 else "BANKNIFTY 58400 P  24 Nov",
            rule=kinds[i % 7][1],
            kind=kinds[i % 7][0],
            text=kinds[i % 7][2],
        )
        for i in range(14)
    ]
    return tuple(lines)


def frame(**changed: object) -> Frame:
    """Everything at once: six positions, one decision pending."""
    rows = positions()
    made = Frame(
        status=status(),
        positions=rows,
        pending=(pending(),),
        idle="next by clock: theta decay on NIFTY 26150 C in 1:48 · nearest: staged stop, 1.82 away",
        detail=DetailPart(position=rows[0], rules=rules(), chart=chart()),
        ledger=ledger(),
        ended=False,
    )
    return replace(made, **changed)


def quiet() -> Frame:
    """Nothing pending."""
    return frame(pending=())


def empty() -> Frame:
    """No position yet."""
    return frame(
        positions=(),
        pending=(),
        detail=None,
        ledger=(),
        idle="first entry at 09:20",
        status=status(open_positions=0, blind_left_out=0, day_pnl=0.0, day_peak=0.0, cooldown="never started"),
    )


def short() -> Frame:
    """A short position is watched: a falling premium is its gain."""
    row = replace(positions()[4], id="P0001")
    return frame(positions=(row,), pending=(), detail=DetailPart(position=row, rules=rules(), chart=chart(side=-1)))


def several() -> Frame:
    """Three decisions pending; the third is mandatory and the second waits for a yes."""
    first = pending()
    second = pending(
        position_id="P0003",
        label="BANKNIFTY 58400 P  24 Nov",
        rule="theta_decay",
        sentence="Theta decay sells all 60 of BANKNIFTY 58400 P",
        waits="confirm",
        ends_ns=AT_NS + 11 * NS,
        total_s=15.0,
    )
    third = pending(
        position_id="P0005",
        label="SPXW 6860 P  18 Aug",
        rule="session_cutoff",
        sentence="Session cut-off buys back all 2 of SPXW 6860 P",
        binding="mandatory",
        waits="confirm",
        ends_ns=AT_NS + 14 * NS,
        total_s=15.0,
    )
    return frame(pending=(first, second, third))


def blind() -> Frame:
    """The pending decision cannot be carried out: its position cannot be seen."""
    row = positions()[1]
    decision = pending(
        position_id=row.id,
        label=row.label,
        rule="protective_stop",
        sentence="NIFTY 26200 P is blind: quote 14 s old, limit 5 s",
        because="its stop is not sent on a stale quote",
        binding="mandatory",
        waits="blind",
        expected_price=None,
        books=None,
        spread_cost=None,
    )
    return frame(pending=(decision,), status=status(newest_row_ns=AT_NS - 14 * NS))


def vetoed() -> Frame:
    """The watched position's nearest rule is vetoed."""
    rows = positions()
    return frame(positions=rows, pending=(), detail=DetailPart(position=rows[2], rules=rules(), chart=chart()))


def one_lot() -> Frame:
    """A position that cannot be split."""
    row = positions()[3]
    return frame(positions=(row,), pending=(), detail=DetailPart(position=row, rules=rules(), chart=chart()))


def thirty() -> Frame:
    """More positions than fit."""
    rows = tuple(replace(positions()[i % 6], id=f"P{i + 1:04d}") for i in range(30))
    return frame(positions=rows, status=status(open_positions=30))


def trouble() -> Frame:
    """Things that need words: a stale feed, a halted session, alerts, a journal that cannot write."""
    return frame(
        pending=(),
        status=status(
            newest_row_ns=AT_NS - 14 * NS,
            session="halted",
            alerts=2,
            critical="NIFTY 26200 P: no mark for 60 s, its stop cannot be watched",
            trouble="the journal's disk is full: nothing is acknowledged until there is room",
        ),
    )


ALL = {made.__name__: made for made in (frame, quiet, empty, short, several, blind, vetoed, one_lot, thirty, trouble)}


def noise(seed: int) -> Frame:
    """Random but plausible values in every cell, for columns that must not move."""
    chance = random.Random(seed)

    def maybe(value: float) -> float | None:
        return None if chance.random() < 0.1 else value

    states: tuple[GridState, ...] = ("hold", "due", "blind", "vetoed", "observe", "leaving")
    names = ("theta_decay", "open_interest_reversal", "staged_trailing_stop", "protective_stop", "momentum_reversal")
    rows = tuple(
        position(
            id=f"P{i:04d}",
            label=chance.choice(("NIFTY 24200 P  18 Aug", "BANKNIFTY 58400 P  24 Nov", "SPXW 6860 C  4 Jan")),
            side=chance.choice((1, -1)),
            contracts=chance.randrange(1, 99_999),
            entry=10 ** chance.uniform(-2, 5),
            mark=maybe(10 ** chance.uniform(-2, 5)),
            pnl=maybe(chance.choice((1, -1)) * 10 ** chance.uniform(0, 9)),
            gain_bps=maybe(chance.uniform(-9_999, 99_999)),
            stop=maybe(10 ** chance.uniform(-2, 5)),
            to_stop=maybe(chance.choice((1, -1)) * 10 ** chance.uniform(-2, 4)),
            stage=chance.randrange(5),
            delta=maybe(chance.uniform(-1, 1)),
            gamma=maybe(chance.uniform(-0.05, 0.05)),
            theta=maybe(chance.uniform(-9_999, 9_999)),
            vega=maybe(chance.uniform(-999, 999)),
            iv=maybe(chance.uniform(0, 4)),
            iv_change=maybe(chance.uniform(-1, 1)),
            oi_change_pct=maybe(chance.uniform(-99, 500)),
            put_call_ratio=maybe(chance.uniform(0, 20)),
            nearest_rule=chance.choice(names),
            nearest_text=chance.choice(("1.82", "12 345.65", "1:17:18", "0.031 of 0.08")),
            nearness=maybe(chance.uniform(0, 1.2)),
            mode=chance.choice(("auto", "confirm", "observe", "taken over")),
            state=chance.choice(states),
            opened_ns=AT_NS - int(10 ** chance.uniform(0, 7)) * NS,
            working=chance.choice(("", "sells 130, 65 filled")),
            blind_cause="quote 14 s old",
        )
        for i in range(8)
    )
    return frame(positions=rows)
