"""What a run without a window says, event by event, and what it says that it leaves behind."""

from cockpit.cli.telling import Telling, ends, supervises
from cockpit.commands import Close, Enter
from cockpit.events import Heartbeat, Unsupervised
from cockpit.state.alarms import raise_alert
from tests.state.at_broker import Live, bought

FUTURE = Unsupervised("ESZ0 FUT", 1, "type FUT")


class Heard:
    """What is said of a session, looked at by hand."""

    def __init__(self, live: Live) -> None:
        self.live, self.said, self.is_up = live, list[str](), False
        self.telling = Telling(live.state, lambda: self.is_up, self.said.append)

    def look(self) -> list[str]:
        """What is new, without the time."""
        self.said.clear()
        self.telling.look(Heartbeat(self.live.state.now_ns))
        return [line if line.startswith("Supervising") else line.partition(" ")[2] for line in self.said]


def test_it_supervises_once_the_connection_stands_with_what_is_held_then() -> None:
    heard = Heard(bought(10))
    assert heard.look() == []
    heard.live.outside("buy", 2, symbol="P")
    heard.is_up = True
    said = heard.look()
    assert said[0] == supervises(heard.live.state)
    assert said[0].startswith("Supervising 2 positions of DU1 (+10 ")
    assert heard.look() == []


def test_what_is_not_supervised_and_not_armed_is_said_at_the_start() -> None:
    live = Live(is_live_account=True)
    live.snapshot(unsupervised=[FUTURE])
    assert supervises(live.state) == (
        "Supervising 0 positions of DU1; held and not supervised: +1 ESZ0 FUT (type FUT); DU1 is not armed: "
        "nothing is opened, no rule acts and nothing rests until its name has been typed; your own exits are sent at "
        "once."
    )


def test_exits_fills_and_what_rests_are_told_once() -> None:
    heard = Heard(Live())
    live = heard.live
    live.command(Enter(symbol="C", side="buy", contracts=10))
    live.fill(live.book.placed[0], 10, "50")
    live.wait(1)
    said = heard.look()
    assert any(line.endswith(": bought 10 @ 50.00") for line in said)
    (rests,) = [line for line in said if ": a stop of 10 rests at " in line]
    assert heard.look() == []
    live.command(Close(position="C"))
    assert any("sells 10 of 10" in line for line in heard.look())
    live.fill(live.book.placed[-1], 10, "51")
    said = heard.look()
    assert any(line.endswith(": sold 10 @ 51.00") for line in said)
    assert any("round trip closed" in line for line in said)
    assert rests not in said


def test_a_critical_alert_is_told_when_it_comes_and_again_when_it_comes_back() -> None:
    heard = Heard(bought(10))
    state = heard.live.state
    heard.look()
    raise_alert(state, "A-x", None, "warning", "order", "mild")
    assert heard.look() == []
    raise_alert(state, "A-y", heard.live.held, "critical", "order", "grave")
    (said,) = heard.look()
    assert said.startswith("ALERT ")
    assert said.endswith(": grave")
    assert heard.look() == []


def test_a_time_is_that_of_the_exchange() -> None:
    heard = Heard(bought(10))
    raise_alert(heard.live.state, "A-y", None, "critical", "order", "grave")
    heard.look()
    assert any(line.startswith("10:0") and line.endswith("ALERT: grave") for line in heard.said)


def test_a_stop_that_no_longer_rests_is_told() -> None:
    heard = Heard(bought(10))
    live = heard.live
    live.wait(1)
    heard.look()
    (stop,) = live.working("protect")
    stop.state = "unknown"
    assert [line for line in heard.look() if line.endswith(": no stop rests any more")]


def test_nothing_left_is_said() -> None:
    live = Live()
    live.snapshot()
    assert ends(live.state) == "Stopped; nothing is held, and no entry works."


def test_what_is_held_and_what_rests_for_it_is_named() -> None:
    live = bought(10)
    live.snapshot()
    live.wait(1)
    said = ends(live.state)
    assert said.startswith("Stopped, and nobody watches any more: held: +10 ")
    assert "(a stop of 10 rests at " in said
    live.held.resting = None
    assert "(no stop rests)" in ends(live.state)
    live.command(Close(position="C"))
    assert ", 10 leaving)" in ends(live.state)


def test_an_entry_that_still_works_is_named_though_nothing_is_held() -> None:
    live = Live()
    live.snapshot()
    assert live.command(Enter(symbol="C", side="buy", contracts=2, price=45.0, rests="gtc")).accepted
    said = ends(live.state)
    assert said.startswith("Stopped, and nobody watches any more: entries that still work at the broker: buys 2 ")
    assert said.endswith(" at 45.00 (GTC). The next start goes on with it.")


def test_what_cannot_be_supervised_is_named() -> None:
    live = Live()
    live.snapshot(unsupervised=[FUTURE])
    assert "held and not supervised: +1 ESZ0 FUT (type FUT)." in ends(live.state)


def test_a_position_that_has_just_been_reported_is_named() -> None:
    live = Live()
    live.snapshot()
    live.snapshot(("C", 3, "48"))
    assert not live.state.held
    assert "held and not supervised: +3 " in ends(live.state)


def test_before_the_broker_was_asked_nobody_says_that_nothing_is_held() -> None:
    assert "was not known" in ends(Live().state)


def test_in_practice_there_is_no_broker_to_have_been_asked() -> None:
    assert ends(Live(protection="practice", account="").state) == "Stopped; nothing is held, and no entry works."
