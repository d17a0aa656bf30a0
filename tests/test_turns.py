"""The engine goes first: its waits end at once, those of the window's thread late, and all is as it was afterwards."""

import sys
import threading
from pathlib import Path

import pytest

from cockpit import turns
from cockpit.turns import (
    CROWDED,
    CROWDED_S,
    EAGER_S,
    PATIENT_S,
    PATIENT_SLACK_NS,
    SLACK_NS,
    Crowding,
    eager,
    queued_s,
    slack,
    yielding,
)


def test_the_window_waits_longer_than_the_engine_and_only_while_it_is_there() -> None:
    before = sys.getswitchinterval(), slack()
    with yielding():
        during = sys.getswitchinterval(), slack()
    if sys.platform == "linux":
        assert during == (pytest.approx(EAGER_S), PATIENT_SLACK_NS)
    else:
        assert during == (pytest.approx(PATIENT_S), None)
    assert (sys.getswitchinterval(), slack()) == before


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads do not differ")
def test_it_is_each_threads_own() -> None:
    seen: list[int | None] = []

    def other() -> None:
        eager()
        seen.append(slack())

    before, thread = slack(), threading.Thread(target=other)
    thread.start()
    thread.join()
    assert seen == [SLACK_NS]
    assert slack() == before


def test_where_others_have_the_cores_nobody_spins(monkeypatch: pytest.MonkeyPatch) -> None:
    clock_s, queued = 100.0, 0.0
    monkeypatch.setattr(turns, "queued_s", lambda: queued)
    monkeypatch.setattr(turns.time, "monotonic", lambda: clock_s)
    with yielding():
        crowding = Crowding()
        for waited_s, interval_s in ((CROWDED + 0.01, CROWDED_S), (CROWDED - 0.01, EAGER_S), (0.5, CROWDED_S)):
            clock_s, queued = clock_s + 1.0, queued + waited_s
            crowding.look()
            assert sys.getswitchinterval() == pytest.approx(interval_s)


def test_where_the_kernel_does_not_tell_the_interval_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "queued_s", lambda: None)
    before = sys.getswitchinterval()
    Crowding().look()
    assert sys.getswitchinterval() == before


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="this kernel does not tell")
def test_a_thread_of_ours_is_asked_by_its_number() -> None:
    own, again = queued_s(), queued_s(threading.get_native_id())
    assert own is not None
    assert again is not None
    assert again >= own
    assert queued_s(2**30) is None
