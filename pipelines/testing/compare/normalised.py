"""What two histories of one execution may differ in, each with its reason.

Everything else must be equal: the events' number, types and order, `id` and `previousEventId`,
and every member of every event, to the type of each number.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Normalised:
    """A difference that is none.

    Attributes:
        what: What is compared otherwise than byte by byte.
        how: How it is compared.
        why: Why it cannot be the same twice, even on AWS.
    """

    what: str
    how: str
    why: str


NORMALISED = (
    Normalised(
        "timestamp",
        "not compared",
        "the time at which an event happened",
    ),
    Normalised(
        "input, output, parameters, taskCredentials, assignedVariables, and a cause that is JSON",
        "as JSON values: spaces and the order of an object's members do not count",
        "JSON text is a value; the state that reads it sees no difference",
    ),
    Normalised(
        "task tokens",
        "any text in its place; the same one wherever ours is the same",
        "AWS makes a new one for each attempt",
    ),
    Normalised(
        "UUIDs",
        "any text in its place; the same one wherever ours is the same",
        "States.UUID and $uuid are random, and AWS names Map runs and child executions by them",
    ),
    Normalised(
        "times of the context object (StartTime, EnteredTime) and of $now",
        "any text in its place",
        "they tell when the execution ran",
    ),
    Normalised(
        "the execution's and the state machine's name and ARN, if the recording does not tell them",
        "any text in its place; the same one wherever ours is the same",
        "they are the account's; a recording with DescribeExecution's answer has them",
    ),
)
"""The table that the comparison goes by, and prints."""
