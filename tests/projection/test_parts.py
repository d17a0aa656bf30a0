"""Every part of a frame is frozen, pickles, and stays the same object while nothing of it has changed."""

import dataclasses
import pickle
from decimal import Decimal
from typing import Any

import pytest

from cockpit.commands import ApplyProfile, Close, WatchChain
from cockpit.events import (
    AccountTold,
    BrokerPosition,
    Heartbeat,
    LinkChanged,
    MarginTold,
    OutsideOrder,
    Snapshot,
    Unsupervised,
)
from cockpit.frame import ConnectionPart, Frame
from cockpit.projection.projector import Projector
from tests.market_of import Line, Playing, play, profile
from tests.projection.looking import detail, looked, projector

NAMES = [field.name for field in dataclasses.fields(Frame) if field.name != "ended"]
DETAILS = ["position", "rules", "chart", "ladder", "conflict", "open_interest", "regime"]
FULL: list[Line] = [
    "10:00:00 under 20000",
    "10:00:00 49.9 50 gamma=.020 delta=.5 theta=-5 vega=2 iv=.2 open_interest=100",
    "10:00:00 P 30 30.1 gamma=.02 delta=-.4 theta=-5 vega=2 iv=.2 open_interest=300",
    "10:00:00 buy 100",
    "10:00:00 buy 10 P",
    "10:00:02 P 30 30.1 open_interest=310",
    "10:00:02 50.75 50.85 gamma=.004 delta=.5",
    ("10:00:02", WatchChain(underlying="NIFTY")),
]
RULES = profile("exhaustion grace_s=60", "scale_out grace_s=0", "greeks_trailing_stop")


def full() -> Playing:
    """Something in every part."""
    played = play(FULL, RULES)
    assert played.command(Close(position="P")).accepted
    at_ns = played.state.now_ns
    order = OutsideOrder("7", "NIFTY 20000 P 25 Aug", "buy", 2, 0, "LMT 4.55 DAY", "Submitted", "by hand in TWS")
    unsupervised = Unsupervised("NIFTY FUT AUG", 1, "futures are not supervised here")
    positions = (BrokerPosition("C", 100, Decimal(50)), BrokerPosition("P", 3, Decimal(30)))
    for told in (
        LinkChanged(at_ns, "up", "connected"),
        AccountTold(at_ns, "DU1", "INR", net_liquidation=1e6),
        Snapshot(at_ns, positions, (unsupervised,), (order,)),
        MarginTold(at_ns, "C", "buy", 2, "INR", 1500.0),
    ):
        played.session.take(told)
    return played


def looking_at(played: Playing) -> Projector:
    """With a connection that says the same, in another object each time."""
    window = projector(played)
    window.connection = connected
    return window


def connected() -> ConnectionPart:
    """All is well."""
    return ConnectionPart(
        address="127.0.0.1:7497", state="up", words="connected", since_ns=1, account="DU1", is_live_account=False,
        latency_ms=2.0, clock_off_s=0.1, messages_per_s=1.0, messages_limit=30.0, lines=4, lines_limit=100,
        synchronised_ns=1, reconnects=0,
    )  # fmt: skip


def test_every_part_pickles() -> None:
    frame = looking_at(full()).frame()
    for name in NAMES:
        part = getattr(frame, name)
        assert part or name == "alerts", f"{name} is to be tested"
        assert pickle.loads(pickle.dumps(part)) == part
    for name in DETAILS:
        assert getattr(detail(frame), name), name


def test_every_part_is_frozen() -> None:
    frame = looking_at(full()).frame()
    parts: list[Any] = [frame, frame.status, detail(frame), *(getattr(detail(frame), name) for name in DETAILS)]
    parts += [part for name in NAMES for part in (getattr(frame, name),)]
    rows: list[Any] = [row for part in parts if isinstance(part, tuple) for row in part]  # type: ignore[misc]
    assert len(rows) > 10
    for part in [part for part in parts if not isinstance(part, tuple)] + rows:
        if dataclasses.is_dataclass(part):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(part, dataclasses.fields(part)[0].name, None)


@pytest.mark.parametrize("name", NAMES)
def test_without_an_event_every_part_is_the_same_object(name: str) -> None:
    window = looking_at(full())
    first = window.frame()
    assert getattr(window.frame(), name) is getattr(first, name)


@pytest.mark.parametrize("name", [*NAMES, *DETAILS])
def test_a_heartbeat_that_says_nothing_new_leaves_all_but_the_clocks(name: str) -> None:
    played = full()
    window = looking_at(played)
    played.take(Heartbeat(played.state.now_ns + 250_000_000))
    first = window.frame()
    played.take(Heartbeat(played.state.now_ns + 250_000_000))
    second = window.frame()
    if name in DETAILS:
        same = getattr(detail(second), name) is getattr(detail(first), name)
    else:
        same = getattr(second, name) is getattr(first, name)
    assert same == (name not in ("status", "detail", "chart")), name


def test_the_charts_full_chunks_and_the_other_row_stay_when_one_position_moves() -> None:
    played, window, frames = looked([*FULL, "10:00:02.1 50.8 50.9 gamma=.004"], RULES)
    first = frames[-1]
    played.take(Heartbeat(played.state.now_ns + 150_000_000))
    second = window.frame()
    assert second.positions[1] is first.positions[1]
    assert second.profiles is first.profiles


def test_a_profile_that_is_applied_is_listed() -> None:
    played = play(["10:00:00 50 50", "10:00:00 buy 1", "10:00:01 50 50"])
    window = projector(played)
    first = window.frame().profiles
    assert [(p.name, p.is_default, p.open_positions) for p in first] == [("test", True, 1)]
    assert first[0].toml == profile().toml
    text = profile("holding_limit").toml.replace('"test"', '"mine"', 1)
    played.command(ApplyProfile(toml=text, positions=("C",)))
    second = window.frame().profiles
    assert [(p.name, p.is_default, p.open_positions) for p in second] == [("mine", True, 1), ("test", False, 0)]
    assert second[0].toml == text
