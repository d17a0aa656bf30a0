"""The engine goes first: its waits end at once, those of the window's thread late, and all is as it was afterwards."""

import sys
import threading

import pytest

from cockpit.turns import EAGER_S, PATIENT_S, PATIENT_SLACK_NS, SLACK_NS, eager, slack, yielding


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
