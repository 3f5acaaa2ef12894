"""`python -m tests.asl.mutation`: checks every mutant of our definitions and writes the page."""

from __future__ import annotations

import sys

from tests.asl.mutation.definitions import ROOT, own_definitions
from tests.asl.mutation.report import Checked, checked, mutants, page

HEAD = """# Mutants of our own definitions

What the checker says of our two definitions, spoilt in one place. Written by
`python -m tests.asl.mutation`; the operators are in `tests/asl/mutation/`.

A change from legal to legal is no mutant, and the checker has no say in what is legal: the
language's specification decides for the language's own fields, botocore's model of the service
for requests, and for data an execution with fakes that accept only what the service's model
allows: one that ended as it should must now end in an error. Rejected is a mutant for which the
checker has a finding of severity error.

"""


def main() -> None:
    results: list[Checked] = []
    for executions in own_definitions():
        results += checked(executions, mutants(executions))
    text = HEAD + page(results)
    (ROOT / "docs" / "mutation.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


main()
