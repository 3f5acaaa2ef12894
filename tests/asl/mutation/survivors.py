"""Why the checker lets some mutants pass."""

from __future__ import annotations

import re

from tests.asl.mutation.mutants import Mutant

UNEXPLAINED = "Not explained."

_REASONS: tuple[tuple[str, str, str], ...] = (
    (
        "path",
        r"\.Bodyx",
        "S3 may answer more than the model says, which may be older than the service: what it lacks"
        " is warned of.",
    ),
    (
        "path",
        r"ContainerArguments",
        "The names in CustomerMetadataProperties are data: DescribeModelPackage may answer any.",
    ),
    (
        "misspell",
        r"Parameters\.defaults\.",
        "A default that no input needs is missed only by executions that count on it: the path"
        " to it is warned of, since one that is started with the value itself goes well.",
    ),
    (
        "dollar",
        r"without \.\$",
        "A text that begins with States.Format is a text all the same. It is warned of; that the"
        " service's pattern refuses it cannot be told before its ${…} are filled in.",
    ),
    (
        "dollar",
        r"with \.\$",
        "What ${…} stands for may be a path for all that is known: only its name is.",
    ),
    (
        "type",
        r"\.Bucket: becomes",
        "The service itself refuses this when the state runs; it is warned of.",
    ),
)
"""An operator, what the mutant's text must have (an expression), and the reason."""


def why_it_survives(mutant: Mutant) -> str:
    """The reason, as a sentence."""
    for operator, pattern, reason in _REASONS:
        if operator == mutant.operator and re.search(pattern, str(mutant)):
            return reason
    return UNEXPLAINED
