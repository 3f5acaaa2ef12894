"""What is said of a model's lineage: to people in lines, to programs as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.execution.lineage import Match, ancestors, children
from pipelines.execution.registry import Registered
from pipelines.execution.verify import Finding

_WIDTH = 16
# Each line's word, and what is recorded of it: first the value, then its digest.
_FACTS = (
    ("commit", "git_commit", ""),
    ("code", "code_sha256", ""),
    ("configuration", "configuration_sha256", ""),
    ("image", "image", ""),
    ("packages", "packages", ""),
    ("training data", "training_data", "training_sha256"),
    ("test data", "test_data", "test_sha256"),
    ("preprocessor", "preprocessor_sha256", ""),
)


def model_lines(model: Registered, registry: Sequence[Registered]) -> Iterator[str]:
    """What made a model, and what came after it."""
    yield _line("model package", model.arn)
    yield _line("status", model.status + (f": {model.approval}" if model.approval else ""))
    yield _line("made by", model.get("execution_arn") or "unknown")
    yield _line("registered", f"{model.registered:%Y-%m-%d %H:%M:%S %Z}".strip())
    threshold = f", threshold {model.get('threshold')}" if model.get("threshold") else ""
    yield _line("algorithm", f"{model.get('algorithm')} ({model.get('task')}{threshold})")
    for word, key, digest in _FACTS:
        if model.get(key) or word != "test data":
            yield _line(word, model.get(key) or "unknown")
            if digest and model.get(digest):
                yield _line("", f"sha256 {model.get(digest)}")
    yield _line("model", model.archive)
    yield _line("", f"sha256 {model.get('model_sha256') or 'unknown'}")
    if model.get("gate"):
        yield _line("gate", model.get("gate"))
    if model.report:
        yield _line("report", model.report)
    line = ancestors(model, registry)
    yield _line("parent", line[0] if line else "none: there was no approved model")
    for arn in line[1:]:
        yield _line("", f"whose parent is {arn}")
    for number, child in enumerate(children(model, registry)):
        yield _line("" if number else "children", f"{child.arn} ({child.status})")


def match_lines(matches: Sequence[Match]) -> Iterator[str]:
    """The models that something had a part in, the newest first."""
    for match in matches:
        model = match.model
        yield f"{', '.join(match.roles)} of {model.arn}"
        yield f"  {model.status}, made by {model.execution or 'unknown'}, {model.archive}"


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """What was compared with what is recorded."""
    for finding in findings:
        yield f"{'DIFFERS' if finding.problem else 'agrees':<9}{finding.what}" + (
            f": {finding.problem}" if finding.problem else ""
        )


def model_document(model: Registered, registry: Sequence[Registered]) -> dict[str, Any]:
    """A model for a program: everything that is recorded, under its own keys."""
    return {
        "model_package_arn": model.arn,
        "version": model.version,
        "status": model.status,
        "approval": model.approval,
        "registered": model.registered.isoformat(),
        "model": model.archive,
        "report": model.report,
        "evaluation": model.evaluation,
        "data": model.data,
        "recorded": dict(sorted(model.metadata.items())),
        "ancestors": ancestors(model, registry),
        "children": [child.arn for child in children(model, registry)],
    }


def _line(word: str, text: str) -> str:
    return f"{word:<{_WIDTH}}{text}"
