"""Why an execution did not succeed, and what to do, from what is known of it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.execution.reason import reason_of
from pipelines.execution.redrive import Obstacle
from pipelines.execution.remedies import Remedy, remedy_for
from pipelines.execution.view import State, View

_LONGEST_INPUT = 1200
# What a person reads of a job's output, by the output's name.
_REPORTS = {
    "validation": "report.html",
    "evaluation": "report.html",
    "explanation": "report.html",
    "endpoint-test": "report.json",
}


@dataclass(frozen=True)
class Why:
    """An execution that did not succeed.

    Attributes:
        status: Step Functions' own.
        state: whose failure it was; None, if it was in none.
        reason: the job's own words, or the state machine's.
        input: what the failing state was given: by name, in the order of the request.
        log: the end of the job's log.
        report: the S3 URI of what a decision was made from; empty, if none is known.
        next: commands, the first to be typed first.
    """

    status: str
    state: State | None
    error: str
    reason: str
    input: Mapping[str, str]
    remedy: Remedy
    obstacle: Obstacle | None = None
    log: Sequence[str] = ()
    next: Sequence[str] = ()
    report: str = ""


def explain(view: View, *, obstacle: Obstacle | None = None, log: Sequence[str] = ()) -> Why:
    """Put together why an execution that has ended did not succeed."""
    state = view.failed_state
    error = view.error or (state.error if state else "") or view.status
    reason = reason_of(view.cause or (state.cause if state else ""))
    return Why(
        view.status,
        state,
        error,
        reason,
        input_of(state, view),
        remedy_for(view.status, error, reason),
        obstacle,
        tuple(log),
        report=_report(view) if state is not None and state.type == "Fail" else "",
    )


def input_of(state: State | None, view: View) -> dict[str, str]:
    """What went into a failure, each a text that a person can take in.

    Of a job: where its inputs lie, and its arguments or hyperparameters. Of another state: what it
    asked for, or was given; of a Fail nothing, whose cause says what it went by. Always: the
    execution's own input, if it had one.
    """
    found: dict[str, str] = {}
    request = _loaded(state.request) if state is not None else None
    if isinstance(request, Mapping) and state is not None and state.job is not None:
        found |= _of_job(request)
    elif state is not None and state.type != "Fail" and (state.request or state.input):
        found["state"] = _trimmed(state.request or state.input)
    if view.input.strip() not in ("", "{}"):
        found["execution"] = _trimmed(view.input)
    return found


def _report(view: View) -> str:
    """The latest report that a job of the execution has written."""
    for state in reversed(view.states):
        request = _loaded(state.request) if state.job is not None else None
        if state.status != "succeeded" or not isinstance(request, Mapping):
            continue
        for output in (request.get("ProcessingOutputConfig") or {}).get("Outputs") or ():
            if file := _REPORTS.get(output.get("OutputName")):
                return f"{output['S3Output']['S3Uri']}/{file}"
    return ""


def _of_job(request: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in request.get("ProcessingInputs") or ():
        found[str(item.get("InputName"))] = str((item.get("S3Input") or {}).get("S3Uri", ""))
    for channel in request.get("InputDataConfig") or ():
        source = (channel.get("DataSource") or {}).get("S3DataSource") or {}
        found[str(channel.get("ChannelName"))] = str(source.get("S3Uri", ""))
    arguments = (request.get("AppSpecification") or {}).get("ContainerArguments")
    if arguments:
        found["arguments"] = _trimmed(" ".join(map(str, arguments)))
    own = {
        name: value
        for name, value in (request.get("HyperParameters") or {}).items()
        if not name.startswith("sagemaker_")
    }
    if own:
        found["hyperparameters"] = _trimmed(json.dumps(own, ensure_ascii=False))
    return found


def _trimmed(text: str) -> str:
    """
    >>> _trimmed("x" * 1300)[-26:]
    'xxxxx … (1,300 characters)'
    """
    if len(text) <= _LONGEST_INPUT:
        return text
    return f"{text[:_LONGEST_INPUT]} … ({len(text):,} characters)"


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
