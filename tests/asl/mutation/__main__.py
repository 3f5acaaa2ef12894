"""`python -m tests.asl.mutation`: checks every mutant of our definitions and writes the page.

That takes minutes: an execution for each change of data, of which there are thousands.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

from tests.asl.mutation.definitions import ROOT, own_definitions
from tests.asl.mutation.executions import AT_MOST
from tests.asl.mutation.report import Checked, candidates, checked, page

PROCESSES = 2
OWN = list(own_definitions())

HEAD = f"""# Mutants of our own definitions

What the checker says of our two definitions of the environment `dev`, spoilt in one place. Written
by `python -m tests.asl.mutation`; the operators are in `tests/asl/mutation/`.

A change from legal to legal is no mutant, and the checker has no say in what is legal: the
language's specification decides for the language's own fields, botocore's model of the service
for requests, and for data executions with fakes that accept only what the service's model
allows. Those are the executions by which the definitions' own tests exercise every state; up to
{AT_MOST} of those that pass through the changed state are tried, and in one of them there must be
an error of the language's that was not there before, caught or not, or a request that the service
refuses. Rejected is a mutant for which the project's check has a finding of severity error; two
rules are errors there that only warn of definitions that people write
(`pipelines/template/strictness.py`).

"""


def main() -> None:
    for executions in OWN:
        assert executions.scenarios  # found once, and known to the processes that are forked
    with ProcessPoolExecutor(PROCESSES, get_context("fork")) as pool:
        results = [each for share in pool.map(_share, range(PROCESSES)) for each in share]
    results.sort(key=lambda each: (each.pipeline, str(each.mutant), each.mutant.operator))
    text = HEAD + page(results)
    (ROOT / "docs" / "mutation.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def _share(number: int) -> list[Checked]:
    """What one of the processes checks of all mutants."""
    return [
        each
        for executions in OWN
        for each in checked(executions, islice(candidates(executions), number, None, PROCESSES))
    ]


if __name__ == "__main__":
    main()
