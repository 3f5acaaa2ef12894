"""Why the checker lets some mutants pass."""

from __future__ import annotations

import re
from collections.abc import Collection

from tests.asl.mutation.mutants import Mutant

UNEXPLAINED = "Not explained."

_REASONS: tuple[tuple[str, str, str, str], ...] = (
    (
        "path",
        r"\.Bodyx",
        "",
        "S3 may answer more than the model says, which may be older than the service: what it lacks"
        " is warned of.",
    ),
    (
        "path",
        r"ContainerArguments|CustomerMetadataProperties|Champion\.metadata\.|Environment\.",
        "",
        "The names in CustomerMetadataProperties, and in a container's Environment, are data:"
        " SageMaker may answer any.",
    ),
    (
        "path",
        r"EndpointTestSummary\.document",
        "",
        "The summary of the endpoint's test may have more members than are declared.",
    ),
    (
        "path|misspell",
        r"Arguments\.Prefix",
        "",
        "An expression with ${…} in it is read only when that is filled in: it may be any part"
        " of it.",
    ),
    (
        "path",
        r"Output: becomes",
        "P302",
        "In JSONata a path to nothing is no error where it stands, and what is read may be absent:"
        " it is warned of.",
    ),
    (
        "misspell",
        r"Parameters\.defaults\.",
        "P302",
        "A default that no input needs is missed only by executions that count on it: the path"
        " to it is warned of, since one that is started with the value itself goes well.",
    ),
    (
        "misspell",
        r"chances?.*Parameters\.number",
        "",
        "How many chances a job has had may be absent, the first time: without it, it has chances"
        " without end, which is no rule's business.",
    ),
    (
        "misspell",
        "",
        "P302",
        "Other ways lead to the state that reads this, or it was there before: not every execution"
        " that reads it fails. It is warned of.",
    ),
    (
        "dollar",
        r"without \.\$",
        "P157",
        "A text that looks like a path or a call is a text all the same. It is warned of; what"
        " reads it does so on other ways too, on which it is none of these, or its service's"
        " pattern cannot be tried before its ${…} are filled in.",
    ),
    (
        "dollar",
        r"with \.\$",
        "",
        "What ${…} stands for may be a path for all that is known: only its name is.",
    ),
    (
        "dollar",
        r"without {% %}",
        "P302",
        "The states after it are reached on other ways too, on which their data are there: it is"
        " warned of.",
    ),
    (
        "dollar",
        r"Remember Train.*without {% %}",
        "",
        "What comes after the last job that is remembered reads what it gave only where that is"
        " there.",
    ),
    (
        "dollar",
        r"within {% %}",
        "P309",
        "A text that is JSON is an expression as well, of an object in place of the text: whether"
        " the service takes it for one, it says itself; it is warned of.",
    ),
    (
        "type",
        "",
        "P214",
        "The service itself refuses this when the state runs, or converts it; it is warned of.",
    ),
)
"""Operators, what the mutant's text must have (an expression), a rule that warns of it (if there
must be one), and the reason; the first that fits counts."""


def why_it_survives(mutant: Mutant, warnings: Collection[str]) -> str:
    """The reason, as a sentence."""
    for operators, pattern, rule, reason in _REASONS:
        fits = mutant.operator in operators.split("|") and re.search(pattern, str(mutant))
        if fits and (not rule or rule in warnings):
            return reason
    return UNEXPLAINED
