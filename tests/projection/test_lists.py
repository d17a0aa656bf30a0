"""Orders, alerts, closed positions and the ledger: newest last, bounded, the same tuple while nothing is added."""

from cockpit.brokers.paper import PaperOptions
from cockpit.commands import Close, Enter, Reduce
from cockpit.frame import Frame
from cockpit.projection.lists import SHOWN
from cockpit.state.alarms import raise_alert, resolve_alert
from tests.market_of import Line, Playing, play
from tests.projection.looking import looked, projector

BUY: list[Line] = ["10:00:00 50 50", "10:00:00 buy 100"]


def orders(frame: Frame) -> list[str]:
    return [
        f"{o.purpose} {o.side} {o.filled} of {o.contracts} {o.price} {o.state} {o.average} {o.cause}"
        for o in frame.orders
    ]


def test_an_order_is_shown_from_its_sending_on() -> None:
    lines: list[Line] = [*BUY, "10:00:01 50 50", ("10:00:01", Reduce(position="C", contracts=40)), "10:00:03 50 50"]
    _, _, frames = looked(lines, options=PaperOptions(latency_ms=500))
    told = list(dict.fromkeys(line for frame in frames for line in orders(frame)))
    assert told == [
        "entry buy 0 of 100 market new None script",
        "entry buy 100 of 100 market filled 50.0 script",
        "exit sell 0 of 40 market new None you: reduce",
        "exit sell 40 of 40 market filled 50.0 you: reduce",
    ]
    assert [o.is_working for o in frames[-1].orders] == [False, False]
    last = frames[-1].orders[1]
    assert (last.position_id, last.label) == ("P0001", "NIFTY 20000 C 25 Aug")


def test_an_entry_that_never_filled_is_shown_too() -> None:
    _, _, frames = looked(["10:00:00 50 50", "10:00:00 buy 5"], options=PaperOptions(reject_rate=1.0))
    (only,) = frames[-1].orders
    assert (only.purpose, only.state, only.filled) == ("entry", "rejected", 0)
    assert only.said


def test_only_the_order_that_changes_is_made_anew() -> None:
    lines: list[Line] = [*BUY, ("10:00:00", Reduce(position="C", contracts=40)), "10:00:01 50 50", "10:00:02 50 50"]
    played, window, frames = looked(lines)
    first = frames[-1].orders
    assert window.frame().orders is first
    played.command(Close(position="C"))
    after = window.frame().orders
    assert [a is b for a, b in zip(first, after, strict=False)] == [True, True]
    assert len(after) == 3


def test_orders_of_many_positions_stand_in_the_order_in_which_they_were_sent() -> None:
    lines: list[Line] = ["10:00:00 50 50", "10:00:00 P 50 50", "10:00:00 buy 9", "10:00:00 buy 9 P"]
    played = play(lines)
    window = projector(played)
    window.frame()
    for name in ("P", "C", "P", "C"):
        played.command(Reduce(position=name, contracts=1))
    refs = [o.ref for o in window.frame().orders]
    assert refs == sorted(refs, key=lambda ref: int(ref.rpartition("-")[2]))
    assert len(refs) == 6


def test_a_window_that_opens_late_has_all_orders() -> None:
    played = play([*BUY, "10:00:01 50 50"])
    played.command(Close(position="C"))
    early = orders(projector(played).frame())
    assert [line.split()[0] for line in early] == ["entry", "exit"]
    assert orders(projector(played.killed()).frame()) == early


def test_at_most_200_orders_are_shown() -> None:
    played = play([*BUY[:1], "10:00:00 buy 300", "10:00:01 50 50"])
    window = projector(played)
    for i in range(SHOWN + 20):
        played.command(Reduce(position="C", contracts=1))
        if i % 7 == 0:
            window.frame()
    shown = window.frame().orders
    assert len(shown) == SHOWN
    assert shown[-1].ref.endswith(f"{SHOWN + 21:04d}")


# ---------------------------------------------------------------- alerts


def alerts(played: Playing, window: object = None) -> list[tuple[str, str, str]]:
    frame = (window or projector(played)).frame()  # type: ignore[union-attr]
    return [(a.label, a.text, a.state) for a in frame.alerts]


def test_alerts_stand_newest_last_and_name_their_position() -> None:
    played = play(BUY)
    window = projector(played)
    raise_alert(played.state, "A", played.held, "critical", "blind", "dark")
    raise_alert(played.state, "B", None, "warning", "spread", "wide")
    assert [(a.id, a.label, a.severity) for a in window.frame().alerts] == [
        ("A", "NIFTY 20000 C 25 Aug", "critical"),
        ("B", "session", "warning"),
    ]
    assert (window.frame().status.alerts, window.frame().status.critical) == (2, "dark")
    before = window.frame().alerts
    assert window.frame().alerts is before
    resolve_alert(played.state, "A")
    after = window.frame()
    assert [a.state for a in after.alerts] == ["resolved", "active"]
    assert after.alerts[1] is before[1]
    assert (after.status.alerts, after.status.critical) == (1, "")


def test_an_alert_of_a_position_that_has_closed_still_names_it() -> None:
    played = play([*BUY, "10:00:01 50 50"])
    raise_alert(played.state, "A", played.held, "critical", "blind", "dark")
    played.command(Close(position="C"))
    assert alerts(played) == [("NIFTY 20000 C 25 Aug", "dark", "resolved")]


def test_at_most_200_alerts_are_shown() -> None:
    played = play(BUY)
    for i in range(SHOWN + 5):
        raise_alert(played.state, f"A{i}", None, "info", "blind", f"{i}")
    shown = alerts(played)
    assert (len(shown), shown[-1][1]) == (SHOWN, f"{SHOWN + 4}")


# ---------------------------------------------------------------- closed positions and the ledger


def test_a_closed_position_tells_how_it_ended() -> None:
    played, window, frames = looked([*BUY, "10:00:01 50 50", "10:00:02 37 37", "10:00:03 37 37"])
    (closed,) = frames[-1].closed
    assert (closed.id, closed.side, closed.contracts, closed.entry, closed.exit) == ("P0001", 1, 100, 50.0, 37.0)
    assert (closed.net, closed.rule, closed.trigger) == (-1300.0, "protective_stop", "STOP_HIT")
    assert closed.closed_ns == played.trip.closed_ns
    assert window.frame().closed is frames[-1].closed


def test_all_that_have_closed_are_counted_and_added_up() -> None:
    played = play([*BUY, "10:00:01 50 50", "10:00:02 37 37", "10:00:03 37 37"])
    played.state.closed *= SHOWN + 5
    window = projector(played)
    for number in (SHOWN + 5, SHOWN + 6):
        frame = window.frame()
        assert (len(frame.closed), frame.closed_count, frame.closed_net) == (SHOWN, number, -1300.0 * number)
        played.state.closed.append(played.state.closed[0])


def test_one_that_a_human_closed_says_so() -> None:
    played = play([*BUY, "10:00:01 50 50"])
    played.command(Close(position="C"))
    (closed,) = projector(played).frame().closed
    assert (closed.rule, closed.trigger) == ("human", "close")


def test_the_ledgers_tail_grows_by_what_is_said() -> None:
    played = play(BUY)
    window = projector(played)
    first = window.frame().ledger
    assert window.frame().ledger is first
    played.state.say("x", "y", "alert", "z")
    second = window.frame().ledger
    assert (second[:-1], second[-1].text) == (first, "z")
    assert all(a is b for a, b in zip(first, second, strict=False))
    for i in range(250):
        played.state.say("x", "y", "alert", f"{i}")
    assert [line.text for line in window.frame().ledger] == [f"{i}" for i in range(50, 250)]


def test_a_refused_entry_is_no_order() -> None:
    played = play(["10:00:00 50 50"])
    window = projector(played)
    assert not played.command(Enter(symbol="P", side="buy", contracts=1)).accepted
    assert window.frame().orders == ()
