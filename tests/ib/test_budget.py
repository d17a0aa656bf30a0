"""A few messages at once, then at equal distances, urgent ones first; on a clock moved by the waits, and over TCP."""

import asyncio
from itertools import pairwise

from cockpit.ib.budget import BURST, PER_S, Budget
from cockpit.ib.connection import connect, hang_up
from tests.feeds.ib.feeding import address
from tests.tws.driving import in_loop
from tests.tws.scene import spy
from tests.tws.server import LoopbackTws


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def now(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        await asyncio.sleep(0)


async def send(budget: Budget, clock: Clock, sent: list[tuple[str, float]], name: str) -> None:
    await budget.turn()
    sent.append((name, clock.now_s))


LIBRARY_PER_S = 45  # above that it holds back, whatever is urgent


def most_in_a_second(times: list[float]) -> int:
    return max(sum(begin <= at < begin + 1.0 for at in times) for begin in times)


def test_turns_are_in_order_and_at_equal_distances() -> None:
    async def run() -> list[tuple[str, float]]:
        clock, sent = Clock(), list[tuple[str, float]]()
        budget = Budget(30.0, burst=1, now=clock.now, sleep=clock.sleep)
        await asyncio.gather(*(send(budget, clock, sent, str(n)) for n in range(90)))
        return sent

    sent = asyncio.run(run())
    assert [name for name, _ in sent] == [str(n) for n in range(90)]
    steps = [after - before for (_, before), (_, after) in pairwise(sent)]
    assert all(abs(step - 1 / 30) < 1e-6 for step in steps)


def test_after_a_pause_a_few_go_at_once_and_no_more() -> None:
    async def run() -> list[tuple[str, float]]:
        clock, sent = Clock(), list[tuple[str, float]]()
        budget = Budget(10.0, burst=2, now=clock.now, sleep=clock.sleep)
        await send(budget, clock, sent, "first")
        clock.now_s += 60.0
        await asyncio.gather(*(send(budget, clock, sent, "more") for _ in range(4)))
        return sent

    times = [at for _, at in asyncio.run(run())]
    assert times[1:3] == [160.0, 160.0]
    assert [round(at, 6) for at in times[3:]] == [160.1, 160.2]


def test_in_no_second_there_are_so_many_that_the_library_would_hold_back_an_exit() -> None:
    async def run() -> list[float]:
        clock, sent = Clock(), list[tuple[str, float]]()
        budget = Budget(now=clock.now, sleep=clock.sleep)
        await asyncio.gather(*(send(budget, clock, sent, str(n)) for n in range(90)))
        clock.now_s += 60.0
        await asyncio.gather(*(send(budget, clock, sent, str(n)) for n in range(90)))
        return [at for _, at in sent]

    most = most_in_a_second(asyncio.run(run()))
    assert BURST < most <= BURST + PER_S == 40.0 < LIBRARY_PER_S


def test_an_urgent_message_waits_for_none_of_150_and_they_make_room_for_it() -> None:
    async def run() -> tuple[float, list[tuple[str, float]]]:
        clock, sent = Clock(), list[tuple[str, float]]()
        budget = Budget(30.0, burst=1, now=clock.now, sleep=clock.sleep)
        waiting = [asyncio.create_task(send(budget, clock, sent, str(n))) for n in range(150)]
        await asyncio.sleep(0)
        asked = clock.now_s
        budget.urgent()  # not a coroutine: it cannot wait
        urgent_s = clock.now_s - asked
        await asyncio.gather(*waiting)
        return urgent_s, sent

    urgent_s, sent = asyncio.run(run())
    assert urgent_s == 0.0
    assert len(sent) == 150
    assert round(sent[-1][1] - sent[0][1], 6) == round(150 / 30.0, 6)  # 149 steps, and the one that it took


@in_loop
async def test_an_urgent_message_reaches_the_server_before_150_subscriptions(tws: LoopbackTws) -> None:
    ib = await connect(address(tws))
    budget = Budget()

    async def subscribe() -> None:
        await budget.turn()
        ib.reqMktData(spy())

    waiting = [asyncio.create_task(subscribe()) for _ in range(150)]
    await asyncio.sleep(0)
    budget.urgent()
    ib.client.reqCurrentTime()
    await tws.soon(lambda control: control.await_received("reqCurrentTime"))
    assert len(tws.control.received("reqMktData")) < 50
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    await hang_up(ib)
