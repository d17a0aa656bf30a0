"""The broker's state beside ours, the account, and how often the connection is asked."""

from dataclasses import replace

from cockpit.events import AccountTold, Heartbeat, OutsideOrder, Unsupervised
from cockpit.frame import AccountPart, ConnectionPart, OutsideOrderPart, ReconciliationPart
from cockpit.projection.projector import Projector
from tests.market_of import play
from tests.projection.test_parts import connected
from tests.state.at_broker import QUARTER_NS, Live, bought

NAME = "NIFTY 20000 C 25 Aug"


def part(window: Projector) -> ReconciliationPart:
    """There is one."""
    found = window.frame().reconciliation
    assert found is not None
    return found


def test_in_practice_there_is_none_of_it() -> None:
    played = play(["10:00:00 50 50", "10:00:00 buy 1"])
    frame = Projector(played.state, "a feed", "DEMO").frame()
    assert (frame.connection, frame.account, frame.reconciliation) == (None, None, None)


def test_before_the_first_comparison_it_says_so() -> None:
    made = part(Projector(Live().state, "ib", "PAPER"))
    assert made == ReconciliationPart(at_ns=None, positions=(), differences=(), orders=(), unsupervised=())


def test_both_sides_stand_beside_each_other() -> None:
    live = bought(10)
    window = Projector(live.state, "ib", "PAPER")
    live.snapshot()
    live.snapshot(("C", 7, "50"), ("P", -2, "30"))
    made = part(window)
    assert made.at_ns == live.state.now_ns
    assert made.positions == ((NAME, 10, 7), ("NIFTY 20000 P 25 Aug", 0, -2))
    assert [(d.label, d.ours, d.theirs, d.is_open) for d in made.differences] == [
        ("NIFTY 20000 P 25 Aug", "none", "\u22122", True),
        (NAME, "+10", "+7", True),
    ]
    live.snapshot(("C", 7, "50"), ("P", -2, "30"))
    made = part(window)
    assert made.positions == ((NAME, 7, 7), ("NIFTY 20000 P 25 Aug", -2, -2))
    assert not any(d.is_open for d in made.differences)


def test_a_fill_changes_our_side_at_once() -> None:
    live = bought(10)
    live.snapshot()
    window = Projector(live.state, "ib", "PAPER")
    assert part(window).positions == ((NAME, 10, 10),)
    live.outside("sell", 4)
    assert part(window).positions == ((NAME, 6, 10),)


def test_orders_of_others_and_what_is_not_supervised() -> None:
    live = Live()
    order = OutsideOrder("7", NAME, "buy", 2, 1, "LMT 4.55 DAY", "Submitted", "by hand in TWS")
    live.snapshot(("C", 0, "1"), unsupervised=[Unsupervised("NIFTY FUT", 1, "why")], orders=(order,))
    made = part(Projector(live.state, "ib", "PAPER"))
    assert made.positions == ()
    assert made.unsupervised == (("NIFTY FUT", 1, "why"),)
    assert made.orders == (
        OutsideOrderPart(
            id="7", label=NAME, side="buy", contracts=2, filled=1, words="LMT 4.55 DAY", state="Submitted",
            whose="by hand in TWS",
        ),
    )  # fmt: skip


def test_it_stays_the_same_object_while_nothing_changed() -> None:
    live = bought(10)
    window = Projector(live.state, "ib", "PAPER")
    live.snapshot()
    first = part(window)
    live.snapshot()
    assert part(window) is first  # at the same instant, and the same
    live.beat()
    assert part(window) is first


def test_the_account_as_told() -> None:
    live = Live(account="U1", is_live_account=True)
    window = Projector(live.state, "ib", "LIVE")
    assert window.frame().account is None
    live.tell(AccountTold(5, "U1", "USD", net_liquidation=1.0, excess=2.0))
    first = window.frame().account
    assert first == AccountPart(
        account="U1", is_live=True, currency="USD", at_ns=5, net_liquidation=1.0, available=None, buying_power=None,
        excess=2.0, initial_margin=None, maintenance_margin=None, unrealised=None, realised=None,
    )  # fmt: skip
    assert window.frame().account is first


def test_the_connection_is_asked_four_times_a_second_and_when_the_link_is_another() -> None:
    live = Live()
    window = Projector(live.state, "ib", "PAPER")
    asked: list[int] = []

    def connection() -> ConnectionPart:
        asked.append(live.state.now_ns)
        return replace(connected(), lines=len(asked))

    window.connection = connection
    frames = [window.frame() for _ in range(3)]
    assert len(asked) == 1
    assert frames[2].connection is frames[0].connection
    live.session.take(Heartbeat(live.state.now_ns + QUARTER_NS - 1))
    window.frame()
    assert len(asked) == 1
    live.session.take(Heartbeat(live.state.now_ns + 1))
    part_now = window.frame().connection
    assert part_now is not None
    assert part_now.lines == len(asked) == 2
    live.link("no server")
    window.frame()
    assert len(asked) == 3
