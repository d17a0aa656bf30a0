"""The engine's thread: every command is answered, every end is orderly, and nothing is taken after the end."""

import asyncio
import concurrent.futures
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from cockpit.commands import Acknowledged, Base, Close
from cockpit.domain.errors import BadInput
from cockpit.engine import Engine, Gaps, Submit
from cockpit.frame import Frame
from cockpit.turns import SLACK_NS, slack
from tests.driven import Counting, Push

WITHIN_S = 10.0


class Started:
    """An engine that runs, and how it ended."""

    def __init__(self, live: Counting | None = None, **given: object) -> None:
        self.ended: concurrent.futures.Future[BaseException | None] = concurrent.futures.Future()
        self._live = live or Counting()

        def make() -> Counting:
            self._live.made_on = threading.current_thread().name
            return self._live

        self.engine: Engine[Counting] = Engine(make, self.ended.set_result, **given)  # type: ignore[arg-type]
        self.engine.start()

    def live(self) -> Counting:
        """What it drives, once its feed runs."""
        assert self._live.running.wait(WITHIN_S)
        return self._live

    def push(self, *events: object) -> None:
        """Let events arrive, one after the other, and wait until all of them have been offered."""
        live = self.live()
        loop, push = live.loop, live.push
        assert loop is not None
        assert push is not None
        offered = threading.Event()

        def offer() -> None:
            for event in events:
                loop.call_soon(push, event)
            loop.call_soon(offered.set)

        loop.call_soon_threadsafe(offer)
        assert offered.wait(WITHIN_S)

    def end(self) -> BaseException | None:
        """Stop it; how it ended."""
        self.engine.stop()
        assert self.engine.join(WITHIN_S)
        return self.ended.result(WITHIN_S)


@pytest.fixture
def start() -> Iterator[Callable[..., Started]]:
    """Starts engines and ends them."""
    made: list[Started] = []

    def begin(*given: Counting, **more: object) -> Started:
        made.append(Started(*given, **more))
        return made[-1]

    yield begin
    for each in made:
        each.engine.stop()
        each.engine.join(WITHIN_S)


def test_what_it_drives_lives_on_its_own_thread_from_beginning_to_end(start: Callable[..., Started]) -> None:
    started = start()
    live = started.live()
    assert started.end() is None
    assert (live.made_on, live.closed_on) == ("engine", "engine")


def test_a_command_is_answered_after_the_events_before_it_and_after_the_frame_that_shows_it(
    start: Callable[..., Started],
) -> None:
    started = start()
    started.push("one", "two", "three")
    said = started.engine.ask(Close(position="P1")).result(WITHIN_S)
    assert said == Acknowledged(accepted=True, said="3 events before")
    assert started.engine.latest is not None
    assert started.engine.latest.status.refused == 4


def test_frames_are_made_at_most_sixty_times_a_second(start: Callable[..., Started]) -> None:
    started = start()
    live = started.live()
    before = live.frames
    started.push(*range(2_000))
    started.engine.ask(Close(position="P1")).result(WITHIN_S)
    assert len(live.events) == 2_000
    assert live.frames - before < 200


def test_the_last_events_are_shown_though_no_event_follows(start: Callable[..., Started]) -> None:
    started = start()
    started.push("one")
    started.push("two")
    live = started.live()
    seen: concurrent.futures.Future[int] = concurrent.futures.Future()

    def look() -> None:
        assert live.loop is not None
        latest = started.engine.latest
        if latest is not None and latest.status.refused == 2:
            seen.set_result(latest.status.refused)
        else:
            live.loop.call_later(0.001, look)

    assert live.loop is not None
    live.loop.call_soon_threadsafe(look)
    assert seen.result(WITHIN_S) == 2


def test_submit_can_be_awaited_on_another_loop(start: Callable[..., Started]) -> None:
    started = start()
    started.live()

    async def ask() -> Acknowledged:
        return await asyncio.wait_for(started.engine.submit(Close(position="P1")), WITHIN_S)

    assert asyncio.run(ask()).accepted


def test_a_command_that_was_given_up_in_time_is_not_carried_out(start: Callable[..., Started]) -> None:
    started = start()
    live = started.live()
    assert live.loop is not None
    held, go = threading.Event(), threading.Event()
    live.loop.call_soon_threadsafe(lambda: (held.set(), go.wait(WITHIN_S)))
    assert held.wait(WITHIN_S)
    given_up = started.engine.ask(Close(position="P1"))
    assert given_up.cancel()
    go.set()
    started.engine.ask(Close(position="P2")).result(WITHIN_S)
    assert live.commands == [Close(position="P2")]


def test_an_event_that_breaks_the_session_ends_the_engine_and_says_so(start: Callable[..., Started]) -> None:
    started = start()
    started.push("one", "break", "two")
    error = started.ended.result(WITHIN_S)
    assert isinstance(error, ValueError)
    assert started.live().events == ["one"]
    with pytest.raises(ConnectionError, match="the engine has stopped"):
        started.engine.ask(Close(position="P1")).result(WITHIN_S)


def test_a_command_that_breaks_the_session_carries_its_error(start: Callable[..., Started]) -> None:
    started = start()
    started.live()
    with pytest.raises(ValueError, match="the command broke the session"):
        started.engine.ask(Close(position="P1", author="breaker")).result(WITHIN_S)
    assert isinstance(started.ended.result(WITHIN_S), ValueError)


def test_a_session_that_cannot_begin_ends_the_engine_with_its_reason() -> None:
    ended: concurrent.futures.Future[BaseException | None] = concurrent.futures.Future()

    def make() -> Counting:
        raise BadInput("There is no recording x.parquet; name one that exists.")

    engine = Engine(make, ended.set_result)
    with pytest.raises(ConnectionError):
        engine.ask(Close(position="P1")).result(WITHIN_S)
    engine.start()
    assert isinstance(ended.result(WITHIN_S), BadInput)
    assert engine.join(WITHIN_S)
    assert engine.latest is None
    engine.stop()


def test_the_end_of_the_feed_ends_the_engine_after_its_last_event(start: Callable[..., Started]) -> None:
    async def script(live: Counting, push: Push) -> None:
        push("one")
        push("two")

    started = start(Counting(script))
    assert started.ended.result(WITHIN_S) is None
    assert started.live().events == ["one", "two"]
    assert started.engine.latest is not None
    assert started.engine.latest.status.refused == 2


def test_what_runs_beside_may_submit_and_its_failure_ends_the_engine(start: Callable[..., Started]) -> None:
    async def beside(submit: Submit) -> None:
        assert (await submit(Close(position="P1"))).accepted
        raise BadInput("Another cockpit listens there.")

    started = start(beside=beside)
    assert isinstance(started.ended.result(WITHIN_S), BadInput)
    assert started.live().commands == [Close(position="P1")]


class Left(Counting):
    """Says whether it was left in order before it was closed."""

    left = False

    def leave(self) -> None:
        """In order."""
        assert not self.closed_on
        self.left = True


def test_only_an_orderly_end_is_one(start: Callable[..., Started]) -> None:
    ones = stopped, broken, failed = start(Left()), start(Left()), start(Left())
    told = [each.live() for each in ones]
    assert stopped.end() is None
    broken.push("one", "break")
    assert isinstance(broken.ended.result(WITHIN_S), ValueError)
    with pytest.raises(ValueError, match="the command broke"):
        failed.engine.ask(Close(position="P1", author="breaker")).result(WITHIN_S)
    assert isinstance(failed.ended.result(WITHIN_S), ValueError)
    assert [live.left for live in told if isinstance(live, Left)] == [True, False, False]
    assert [live.closed_on for live in told] == ["engine"] * 3


def test_what_others_on_its_loop_raise_is_shown_and_logged_and_ends_nothing(
    start: Callable[..., Started], caplog: pytest.LogCaptureFixture
) -> None:
    def foreign() -> None:
        raise OSError("too many open files")

    started = start()
    live = started.live()
    assert live.loop is not None
    live.loop.call_soon_threadsafe(foreign)
    assert started.engine.ask(Close(position="P1")).result(WITHIN_S).accepted
    assert "contained: OSError: too many open files" in started.engine.gaps.words()
    assert "too many open files" in caplog.text
    assert started.end() is None


def test_a_frame_that_cannot_be_made_later_ends_the_engine(start: Callable[..., Started]) -> None:
    class Unshown(Counting):
        def frame(self) -> Frame:
            if len(self.events) > 1:
                raise ZeroDivisionError("the frame broke")
            return super().frame()

    started = start(Unshown())
    started.push("one", "two")
    assert isinstance(started.ended.result(WITHIN_S), ZeroDivisionError)


class Slicing(Counting):
    """Its frames are made in fifty bits; with each bit of the first one an event comes in."""

    def __init__(self, further: int = 0) -> None:
        super().__init__()
        self.further = further  # frames that are still to come though nothing happens
        self.seen: list[list[int]] = []  # events taken before each bit, frame by frame
        self.made = threading.Event()

    @property
    def lags(self) -> bool:
        return bool(self.events) and len(self.seen) <= self.further

    def slices(self, since_s: float, /) -> Iterator[Frame | None]:
        assert since_s > 0.0
        seen = list[int]()
        self.seen.append(seen)
        for _ in range(50):
            if len(self.seen) == 1 and self.loop is not None and self.push is not None:
                self.loop.call_soon(self.push, "meanwhile")
            seen.append(len(self.events))
            yield None
        if not self.lags:
            self.made.set()
        yield self.frame()


def test_an_event_waits_for_a_slice_of_a_frame_only(
    start: Callable[..., Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.engine.SLICE_S", 0.0)
    monkeypatch.setattr("cockpit.engine.FRAME_S", 0.5)
    live = Slicing()
    start(live).push("one")
    assert live.made.wait(WITHIN_S)
    assert live.seen[0] == list(range(1, 51))


def test_a_frame_that_takes_too_long_is_finished_at_once(
    start: Callable[..., Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.engine.SLICE_S", 0.0)
    monkeypatch.setattr("cockpit.engine.FRAME_S", 0.0)
    live = Slicing()
    start(live).push("one")
    assert live.made.wait(WITHIN_S)
    assert live.seen[0] == [1] + [2] * 49


def test_a_command_in_the_middle_of_a_frame_is_answered_after_a_whole_one(
    start: Callable[..., Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(Slicing):
        said: "concurrent.futures.Future[Acknowledged] | None" = None

        def slices(self, since_s: float, /) -> Iterator[Frame | None]:
            for frame in super().slices(since_s):
                if self.said is None:
                    self.said = started.engine.ask(Close(position="P1"))
                    asked.set()
                yield frame

    asked = threading.Event()
    monkeypatch.setattr("cockpit.engine.SLICE_S", 0.0)
    monkeypatch.setattr("cockpit.engine.FRAME_S", 0.5)
    live = Interrupted()
    started = start(live)
    started.push("one")
    assert asked.wait(WITHIN_S)
    assert live.said is not None
    assert live.said.result(WITHIN_S).accepted
    assert len(live.seen[0]) < 50
    assert started.engine.latest is not None
    assert started.engine.latest.status.refused >= 2
    assert started.end() is None
    assert len(live.seen) == 1  # what was left is not gone on with, and nothing calls for another


def test_frames_go_on_while_rows_lag(start: Callable[..., Started]) -> None:
    live = Slicing(further=4)
    start(live).push("one")
    assert live.made.wait(WITHIN_S)
    assert len(live.seen) == 5


def test_what_lags_is_shown_though_the_feed_is_silent(start: Callable[..., Started]) -> None:
    live = Slicing()
    begun = start(live)
    live.events.append("not pushed")
    assert live.made.wait(WITHIN_S)
    assert begun.engine.latest is not None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads do not differ")
def test_its_thread_takes_its_turn_at_once(start: Callable[..., Started]) -> None:
    seen: list[int | None] = []

    class Telling(Counting):
        def close(self) -> None:
            seen.append(slack())
            super().close()

    assert start(Telling()).end() is None
    assert seen == [SLACK_NS]
    assert slack() != SLACK_NS


def test_stopping_before_it_stands_ends_it_when_it_stands() -> None:
    ended: concurrent.futures.Future[BaseException | None] = concurrent.futures.Future()
    begin = threading.Event()

    def make() -> Counting:
        assert begin.wait(WITHIN_S)
        return Counting()

    engine = Engine(make, ended.set_result)
    assert engine.join(0.0)
    engine.start()
    engine.stop()
    begin.set()
    assert ended.result(WITHIN_S) is None
    assert engine.join(WITHIN_S)


def test_no_answer_is_left_open_when_submits_race_with_the_end(campaign: Callable[[int], range]) -> None:
    for _ in campaign(100):
        started = Started()
        started.live()
        acks: list[concurrent.futures.Future[Acknowledged]] = []
        ready = threading.Barrier(4)

        def submit(engine: Engine[Counting], ready: threading.Barrier, acks: list[object]) -> None:
            ready.wait(WITHIN_S)
            acks.extend(engine.ask(Close(position="P1")) for _ in range(200))

        threads = [threading.Thread(target=submit, args=(started.engine, ready, acks)) for _ in range(3)]
        for thread in threads:
            thread.start()
        ready.wait(WITHIN_S)
        assert started.end() is None
        for thread in threads:
            thread.join(WITHIN_S)
        done, open_ones = concurrent.futures.wait(acks, WITHIN_S)
        assert len(done) == 600
        assert not open_ones
        assert all(ack.exception() is None or isinstance(ack.exception(), ConnectionError) for ack in acks)


def hog() -> int:
    """Keeps the interpreter for some time, as a long paint does."""
    return len(sorted(range(600_000, 0, -1), key=str))


def test_a_gap_is_counted_and_its_culprit_named(start: Callable[..., Started]) -> None:
    started = start()
    started.live()
    for _ in range(20):
        hog()
        for _ in range(2):
            started.engine.ask(Close(position="P1")).result(WITHIN_S)
        if "hog" in started.engine.gaps.culprit:
            break
    gaps = started.engine.gaps
    assert gaps.count >= 1
    assert gaps.worst_s > 0.02
    assert "hog (test_engine.py, line" in gaps.culprit
    assert gaps.words().startswith("Engine late")


def test_gaps_in_words() -> None:
    assert Gaps().words() == "No engine gap over 20 ms"
    assert Gaps(2, 0.0412, "paint (x.py, line 3)").words() == (
        "Engine late 2 times, at worst 41 ms; last held up by paint (x.py, line 3)"
    )


def test_its_own_work_is_named_when_that_is_what_took_so_long(start: Callable[..., Started]) -> None:
    class Slow(Counting):
        def take(self, event: object) -> Acknowledged | None:
            if not isinstance(event, Base):
                hog()
            return super().take(event)

    started = start(Slow())
    for _ in range(20):  # a busy machine may hold it up in between, and the last culprit is the one that is kept
        started.push("one")
        for _ in range(2):
            started.engine.ask(Close(position="P1")).result(WITHIN_S)
        if started.engine.gaps.culprit == "its own work":
            break
    assert started.engine.gaps.culprit == "its own work"


class Connecting:
    """What is to be driven, but connects first: for ever, unless it is let go on."""

    def __init__(self, error: Exception | None = None, *, is_quick: bool = False) -> None:
        self.ended: concurrent.futures.Future[BaseException | None] = concurrent.futures.Future()
        self.begun, self.cancelled = threading.Event(), threading.Event()
        self.live = Counting()
        self._error, self._is_quick = error, is_quick
        self.engine: Engine[Counting] = Engine(self._make, self.ended.set_result)

    async def _make(self) -> Counting:
        self.begun.set()
        try:
            await (asyncio.sleep(0) if self._is_quick or self._error else asyncio.Event().wait())
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        if self._error is not None:
            raise self._error
        return self.live


def test_what_connects_first_is_driven_once_it_stands() -> None:
    made = Connecting(is_quick=True)
    made.engine.start()
    assert made.live.running.wait(WITHIN_S)
    assert made.engine.latest is not None
    made.engine.stop()
    assert made.ended.result(WITHIN_S) is None
    assert made.live.closed_on == "engine"


def test_a_stop_while_it_connects_ends_it_in_order() -> None:
    made = Connecting()
    made.engine.start()
    assert made.begun.wait(WITHIN_S)
    with pytest.raises(ConnectionError):
        made.engine.ask(Close(position="P0001")).result(WITHIN_S)
    made.engine.stop()
    assert made.ended.result(WITHIN_S) is None
    assert made.cancelled.is_set()
    assert made.engine.latest is None


def test_what_fails_to_connect_is_told_to_the_one_who_started_it() -> None:
    made = Connecting(BadInput("nobody listens"))
    made.engine.start()
    error = made.ended.result(WITHIN_S)
    assert isinstance(error, BadInput)
    assert made.engine.live is None
