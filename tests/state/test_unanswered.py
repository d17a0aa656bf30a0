"""A broker that is there and says nothing."""

import pytest

from cockpit.commands import CancelExit, Close, Enter
from cockpit.domain.order import Said
from cockpit.risk.limits import Limits
from tests.state.at_broker import Live, bought


def unanswered(live: Live) -> list[str]:
    """The alerts that say so."""
    return [text for text in live.alerts if "not answered" in text]


def test_a_cancel_that_nobody_answers_is_sent_until_it_is_and_everything_asked() -> None:
    live = bought(10)
    live.command(Close(position="C"))
    exit_ = live.last
    live.book.answers = False
    live.command(CancelExit(position="C"))
    live.wait(14.5)
    assert not unanswered(live)
    live.book.calls.clear()
    live.wait(60)
    text = f"the cancel of order {exit_.ref} is not answered by the broker: asked again"
    assert unanswered(live) == [f"critical {text}"]
    assert live.book.calls == [f"cancel {exit_.ref}", "reconcile"] * 4
    live.confirm()
    assert not unanswered(live)


def test_an_order_that_nobody_acknowledges_is_asked_for() -> None:
    live = Live(limits=Limits())
    live.wait(15)
    live.rows("10:00:16 under 20000", "10:00:16 49.95 50.05")
    live.book.acknowledges = False
    live.command(Enter(symbol="C", side="buy", contracts=1))
    entry, child = live.book.placed
    live.book.calls.clear()
    live.wait(60)
    assert len(unanswered(live)) == 2
    assert live.book.calls == ["reconcile"]
    assert [order.ref for order in live.book.placed] == [entry.ref, child.ref], "it is never sent twice"
    live.tell(Said(ref=entry.ref, told="acknowledged", words="", at_ns=live.state.now_ns))
    assert len(unanswered(live)) == 1
    live.fill(entry, 1)
    assert unanswered(live) == [f"critical order {child.ref} is not answered by the broker: asked again"]


@pytest.mark.parametrize("to", ["no server", "synchronising"])
def test_nobody_is_asked_who_is_not_there_and_it_has_its_time_when_it_is_back(to: str) -> None:
    live = bought(10)
    live.book.answers = False
    live.command(Close(position="C"))
    live.command(CancelExit(position="C"))
    live.wait(10)
    live.link(to)  # type: ignore[arg-type]
    live.wait(20)
    live.link("up")
    live.wait(14.5)
    assert not unanswered(live)
    live.wait(1)
    assert len(unanswered(live)) == 1


def test_the_stop_of_a_position_that_has_closed_is_not_forgotten() -> None:
    live = bought(10)
    (stop,) = live.working("protect")
    live.book.answers = False
    live.outside("sell", 10)
    assert not live.state.held
    live.wait(16)
    assert unanswered(live) == [
        f"critical the cancel of order {stop.order.ref} is not answered by the broker: asked again"
    ]
