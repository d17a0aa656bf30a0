"""The clock of a live session never runs backwards, whatever the machine's does."""

from cockpit.events import NS
from cockpit.feeds.wall_clock import WallClock


class Machine:
    """Both clocks of a machine."""

    def __init__(self) -> None:
        self.wall_ns, self.steady_ns = 1_000 * NS, 5 * NS

    def clock(self) -> WallClock:
        return WallClock(lambda: self.wall_ns, lambda: self.steady_ns)

    def goes_on(self, seconds: float) -> None:
        self.wall_ns += round(seconds * NS)
        self.steady_ns += round(seconds * NS)


def test_it_is_the_machines() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.goes_on(3.5)
    assert clock() == machine.wall_ns
    assert clock.behind_s == 0.0


def test_set_back_it_goes_on_at_its_pace_until_the_machine_has_caught_up() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall_ns -= 60 * NS
    assert clock() == 1_000 * NS
    assert clock.behind_s == 60.0
    machine.goes_on(10.0)
    assert clock() == 1_010 * NS
    machine.wall_ns += 70 * NS
    assert clock() == machine.wall_ns == 1_020 * NS
    assert clock.behind_s == 0.0


def test_a_step_ahead_as_after_a_suspend_is_taken() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall_ns += 3_600 * NS
    assert clock() == machine.wall_ns


def test_what_time_servers_do_all_day_is_not_told() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall_ns -= NS
    assert clock() == 1_000 * NS
    assert clock.behind_s == 0.0


def test_it_begins_where_an_earlier_run_stopped() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.begin_at(1_030 * NS)
    assert clock() == 1_030 * NS
    machine.goes_on(1.0)
    assert clock() == 1_031 * NS
    clock.begin_at(1_000 * NS)
    assert clock() == 1_031 * NS
