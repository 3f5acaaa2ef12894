"""Signals tell their followers; the jumping clock passes time only when somebody waits."""

import threading

import pytest

from pipelines.clock import JumpingClock, RealClock
from pipelines.signals import Signal, StopSignal


def test_a_follower_is_called_once():
    signal, calls = Signal(), []
    signal.follow(lambda: calls.append("told"))

    signal.set()
    signal.set()

    assert calls == ["told"]


def test_who_follows_too_late_is_told_at_once():
    signal, calls = Signal(), []
    signal.set()

    signal.follow(lambda: calls.append("told"))

    assert calls == ["told"]


def test_who_stops_following_is_not_told():
    signal, calls = Signal(), []
    unfollow = signal.follow(lambda: calls.append("told"))

    unfollow()
    signal.set()

    assert calls == []


def test_the_first_stop_gives_the_reason():
    stop = StopSignal()

    stop.stop("Operator", "wrong data")
    stop.stop("Other", "too late")

    assert (stop.error, stop.cause) == ("Operator", "wrong data")


def test_a_wait_jumps_to_its_end():
    clock = JumpingClock(100.0)

    assert clock.wait(7 * 86400, until=Signal()) is False
    assert clock.now() == 100.0 + 7 * 86400


def test_alarms_ring_in_order_and_at_their_times():
    clock, rings = JumpingClock(), []
    clock.alarm(20.0, lambda: rings.append(("second", clock.now())))
    clock.alarm(10.0, lambda: rings.append(("first", clock.now())))

    clock.wait(30.0, until=Signal())

    assert rings == [("first", 10.0), ("second", 20.0)]


def test_an_alarm_can_end_a_wait():
    clock, done = JumpingClock(), Signal()
    clock.alarm(10.0, done.set)

    assert clock.wait(None, until=done) is True
    assert clock.now() == 10.0


def test_an_alarm_that_was_called_off_does_not_ring():
    clock, rings = JumpingClock(), []
    call_off = clock.alarm(10.0, lambda: rings.append("rang"))

    call_off()
    clock.wait(20.0, until=Signal())

    assert rings == []


def test_a_wait_that_nothing_can_end_is_an_error():
    with pytest.raises(RuntimeError, match="nothing is left"):
        JumpingClock().wait(None, until=Signal())


def test_the_real_clock_is_woken_by_its_signal():
    clock, signal = RealClock(), Signal()
    threading.Thread(target=signal.set).start()

    assert clock.wait(60.0, until=signal) is True


def test_the_real_clock_rings():
    clock, signal = RealClock(), Signal()
    clock.alarm(clock.now(), signal.set)

    assert signal.wait(60.0)
