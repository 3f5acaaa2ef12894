"""Retry and Catch around what a Task, a Parallel or a Map does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.past import Past
from pipelines.asl.interpreter.retry import Retriers
from pipelines.asl.interpreter.visit import Transition, Visit
from pipelines.asl.jsonata import JsonataError


def _nothing(error: StateError) -> None:
    pass


async def attempt_until_done(
    visit: Visit,
    attempt: Callable[[Past], Awaitable[Any]],
    give_up: Callable[[StateError], None] = _nothing,
) -> Transition:
    """Attempt until it succeeds, or until nothing retries the error; then a catcher takes it.

    Args:
        attempt: Gives the state's result, or raises a StateError; its argument is what had been
            done of the first attempt before the execution was interrupted.
        give_up: Called with an error of `attempt` that is not retried, before the catchers are
            asked.

    Raises:
        StateError: the error that nothing caught.
    """
    frame = visit.frame
    past = frame.take_past()
    retriers = Retriers(visit.fields.get("Retry", ()), frame.run.chance)
    for failure in past.failures:
        retriers.count(failure)
    retry_count, gave_up = len(past.failures), past.gave_up
    while True:
        frame.set_retry_count(retry_count)
        attempted = False
        try:
            result = await attempt(past)
            attempted = True
            return visit.leave(result)
        except StateError as error:
            reported = frame.reported(error)
        failed_at = frame.run.clock.now() if past.failed_at is None else past.failed_at
        delay = None if gave_up else retriers.delay(reported)
        if delay is None and attempted and reported.is_fatal:
            # What ends the execution follows all that the state has recorded, its success too.
            frame.previous_id = max(frame.previous_id, frame.beside_id)
        if delay is None:
            follows_id = frame.previous_id
            if not gave_up and not (attempted and reported.is_fatal):
                give_up(reported)
            try:
                return visit.catch(reported)
            except JsonataError as error:
                # The catcher's failure follows what the state's own did, and fails it again.
                frame.previous_id = follows_id
                again = frame.reported(error)
                give_up(again)
                raise again from None
        frame.run.observe(visit.state.at("Retry", retriers.last or 0))
        await frame.sleep_until(failed_at + delay)
        past = Past()
        retry_count += 1
