"""The event loop whose time jumps: nobody waits, and everything happens in the same order."""

import asyncio
import threading

from pipelines.asl.interpreter.loop import loop_for
from pipelines.clock import JumpingClock, RealClock

WEEK = 7 * 86_400


def run(main, clock=None):
    clock = clock or JumpingClock(1000.0)
    with asyncio.Runner(loop_factory=lambda: loop_for(clock)) as runner:
        return runner.run(main(clock))


def test_a_week_takes_no_time():
    async def main(clock):
        await asyncio.sleep(WEEK)
        return clock.now()

    assert run(main) == 1000.0 + WEEK


def test_timers_go_off_at_their_times_and_at_the_same_time_in_the_order_in_which_they_were_set():
    async def main(clock):
        rings = []
        loop = asyncio.get_running_loop()
        for number, delay in enumerate([5.0, 3.0, 5.0, 3.0]):
            loop.call_later(delay, lambda number=number: rings.append((number, clock.now())))
        await asyncio.sleep(9)
        return rings

    assert run(main) == [(1, 1003.0), (3, 1003.0), (0, 1005.0), (2, 1005.0)]


def test_a_timer_that_was_called_off_does_not_go_off_and_takes_no_time():
    async def main(clock):
        loop, rings = asyncio.get_running_loop(), []
        late = loop.call_later(50, rings.append, "late")
        first = loop.call_later(5, lambda: second.cancel())
        second = loop.call_later(5, rings.append, "second")
        await asyncio.sleep(10)
        late.cancel()
        await asyncio.sleep(0)
        assert first.when() == 1005.0
        return rings, clock.now()

    assert run(main) == ([], 1010.0)


def test_an_alarm_of_the_clock_rings_between_the_timers():
    async def main(clock):
        rings = []
        clock.alarm(1005.0, lambda: rings.append(clock.now()))
        await asyncio.sleep(3)
        rings.append(clock.now())
        await asyncio.sleep(3)
        return [*rings, clock.now()]

    assert run(main) == [1003.0, 1005.0, 1006.0]


def test_time_is_exact_at_any_date():
    async def main(clock):
        async with asyncio.timeout(0.1) as limit:
            try:
                await asyncio.Future()
            except asyncio.CancelledError:
                assert clock.now() == limit.when()
                raise
        return None

    clock = JumpingClock(1_767_225_600.0)
    try:
        run(main, clock)
    except TimeoutError:
        assert clock.now() == 1_767_225_600.1


def test_without_a_timer_it_waits_for_other_threads():
    async def main(clock):
        loop, told = asyncio.get_running_loop(), asyncio.Event()
        threading.Timer(0.05, lambda: loop.call_soon_threadsafe(told.set)).start()
        await told.wait()
        return clock.now()

    assert run(main) == 1000.0


def test_the_real_clock_has_a_real_loop():
    async def main(clock):
        before = clock.now()
        await asyncio.sleep(0.01)
        return clock.now() - before

    assert run(main, RealClock()) >= 0.009
