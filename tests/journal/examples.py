"""Records of one small session that adds up: a long call of 100 contracts, half of it scaled out, the rest stopped."""

from dataclasses import replace

from cockpit.journal.ledger import Ledger
from cockpit.journal.store import Store
from cockpit.records import (
    AlertRecord,
    CheckpointRecord,
    CommandRecord,
    DecisionRecord,
    ExecutionRecord,
    OrderRecord,
    PositionSampleRecord,
    Record,
    RoundTripRecord,
    SessionRecord,
    StopRecord,
    VerdictRecord,
)

NS = 1_000_000_000
START = 1_700_000_000 * NS  # 2023-11-14T22:13:20Z


def session(session_id: str = "S0001") -> SessionRecord:
    return SessionRecord(
        id=session_id,
        started_ns=START,
        ended_ns=None,
        feed="demo",
        broker="paper",
        market="nse",
        profile="scalp",
        seed=7,
        resumed=0,
        ledger_sha256=None,
    )


def verdict(number: int = 0, *, why: str = "sample") -> VerdictRecord:
    return VerdictRecord(
        at_ns=START + number * NS,
        position_id="P0001",
        rule="theta_decay",
        kind="hold",
        trigger=None,
        confidence=None,
        because="theta accelerating 0.031 of 0.08 per minute",
        readings={"rate": (0.031, 0.08, "points/min"), "iv": (None, 0.1, "")},
        why=why,
        status="",
    )


def decision(number: int, rule: str, trigger: str, contracts: int) -> DecisionRecord:
    return DecisionRecord(
        id=f"D{number:05d}",
        at_ns=START + number * 60 * NS,
        position_id="P0001",
        rule=rule,
        trigger=trigger,
        kind="exit",
        confidence=0.8,
        fraction=contracts / 100,
        contracts=contracts,
        because=f"{rule} says so",
        readings={"gain": (80.0, 50.0, "bps")},
        suppressed=(("exhaustion", "VOLUME_CLIMAX"),),
        quote={"bid": 52.3, "ask": 52.5, "mark": 52.4, "underlying": None},
        parameters_sha256="ab" * 32,
    )


def order(number: int, side: str, contracts: int, *, decided: int | None = None, state: str = "filled") -> OrderRecord:
    return OrderRecord(
        ref=f"P0001-{number:04d}",
        position_id="P0001",
        decision_id=None if decided is None else f"D{decided:05d}",
        symbol="NIFTY 20000 C",
        side=side,
        contracts=contracts,
        limit_price=None,
        purpose="entry" if decided is None else "exit",
        state=state,
        filled=contracts if state == "filled" else 0,
        placed_ns=START + number * 60 * NS,
        changed_ns=START + number * 60 * NS,
        said="",
    )


def execution(number: int, side: str, contracts: int, price: str) -> ExecutionRecord:
    return ExecutionRecord(
        id=f"E{number}",
        order_ref=f"P0001-{number:04d}",
        position_id="P0001",
        symbol="NIFTY 20000 C",
        side=side,
        contracts=contracts,
        price=price,
        fees="0",
        at_ns=START + number * 60 * NS,
    )


def stop(number: int, level: float | None, *, rule: str = "protective_stop", why: str = "trailed") -> StopRecord:
    return StopRecord(
        at_ns=START + number * 60 * NS, position_id="P0001", level=level, basis="premium", rule=rule, why=why
    )


def sample(second: int, level: float | None, **known: float | None) -> PositionSampleRecord:
    values = dict.fromkeys(("mark", "stop", "delta", "gamma", "theta", "vega", "iv", "oi")) | {"mark": level} | known
    return PositionSampleRecord(at_ns=START + second * NS, position_id="P0001", level=level, **values)


def round_trip(*, closed: bool = True) -> RoundTripRecord:
    return RoundTripRecord(
        id="P0001",
        symbol="NIFTY 20000 C",
        underlying="NIFTY",
        side="long",
        contracts=100,
        opened_ns=START,
        closed_ns=START + 120 * NS if closed else None,
        entry_price="50",
        exit_price="51.05" if closed else None,
        gross="105",
        fees="0",
        net="105",
        mae=-0.5,
        mfe=None,
        profile="scalp",
        parameters_sha256="ab" * 32,
        currency="INR",
        multiplier=1.0,
        in_cooldown=False,
        entry_context={"delta": 0.52, "iv": None},
        exit_context={},
    )


def command(number: int, arguments: dict[str, object], *, accepted: bool = True) -> CommandRecord:
    return CommandRecord(
        id=f"C{number}",
        at_ns=START + number * NS,
        author="human",
        command="veto",
        arguments=arguments,
        accepted=accepted,
        answer="done",
    )


def alert(*, count: int = 1, state: str = "active") -> AlertRecord:
    return AlertRecord(
        id="A-P0001-unmarked",
        at_ns=START,
        position_id="P0001",
        severity="critical",
        kind="blind",
        text="the mark has been unknown for 60 s",
        count=count,
        state=state,
    )


def checkpoint(key: str, body: bytes | None) -> CheckpointRecord:
    return CheckpointRecord(key=key, at_ns=START, body=body)


STORY: tuple[Record, ...] = (
    order(0, "buy", 100),
    execution(0, "buy", 100, "50"),
    stop(0, 37.5, why="entry"),
    verdict(1),
    sample(1, 50.5, stop=37.5, delta=0.52),
    command(2, {"position": "P0001", "rule": "exhaustion"}),
    alert(),
    stop(1, 49.0),
    decision(1, "scale_out", "FIRST_IMPULSE", 50),
    order(1, "sell", 50, decided=1, state="pending_new"),
    order(1, "sell", 50, decided=1),
    execution(1, "sell", 50, "52.3"),
    verdict(2, why="decision"),
    decision(2, "protective_stop", "STOP_HIT", 50),
    order(2, "sell", 50, decided=2),
    execution(2, "sell", 50, "49.8"),
    round_trip(),
)


def ended(records: tuple[Record, ...], session_id: str = "S0001") -> SessionRecord:
    ledger = Ledger()
    for record in records:
        ledger.add(record)
    return replace(session(session_id), ended_ns=START + 300 * NS, ledger_sha256=ledger.hexdigest())


def tell(store: Store, records: tuple[Record, ...] = STORY, session_id: str = "S0001") -> None:
    """A whole session, one transaction a record."""
    store.begin(session(session_id))
    for record in records:
        store.write([record], durable=False)
    store.write([ended(records, session_id)], durable=True)
