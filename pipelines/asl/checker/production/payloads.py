"""P410, P413: results that can be larger than a state may hand on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.asl.checker.one_task import one_task
from pipelines.asl.checker.requests.known import Known
from pipelines.asl.checker.requests.tasks import Request, requests_of
from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Machine, State

_QUOTAS = "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"
_QUOTE = "262,144 bytes of data as a UTF-8 encoded string."
_LIMITS = (
    "Limit", "MaxItems", "MaxKeys", "MaxRecords", "MaxResults", "MaxNumberOfMessages", "PageSize",
)  # fmt: skip
_UNBOUNDED = {
    "athena:getQueryResults",
    "aws-sdk:athena:getQueryResults",
    "aws-sdk:cloudwatchlogs:getLogEvents",
    "aws-sdk:cloudwatchlogs:getQueryResults",
    "aws-sdk:dynamodb:batchGetItem",
    "aws-sdk:dynamodb:query",
    "aws-sdk:dynamodb:scan",
    "aws-sdk:s3:getObject",
    "aws-sdk:s3:listObjects",
    "aws-sdk:s3:listObjectsV2",
    "aws-sdk:s3:listObjectVersions",
}
"""What answers as much as there is, up to a page of 1 MB or a thousand entries."""


def _read(**fields: Any) -> Any:
    return one_task("aws-sdk:s3:getObject", {"Bucket": "${Bucket}", "Key": "run.json"}, **fields)


@rule(
    "P410",
    severity="warning",
    source=_QUOTAS,
    quote=_QUOTE,
    bad=_read(),
    good=_read(ResultSelector={"score.$": "States.StringToJson($.Body)"}),
)
def results_are_kept_small(machine: Machine) -> Iterator[Broken]:
    """What can be large, the body of an object of S3's, a page of a table or of a listing, is not
    kept whole: ResultSelector (or Output) takes what is needed, a limit bounds it, or ResultPath
    null drops it. A state that hands on more than 256 KiB fails with States.DataLimitExceeded."""
    for request in requests_of(machine):
        is_large = request.found.name in _UNBOUNDED and not _is_bounded(request)
        if is_large and _keeps_all(request.state):
            yield Broken(
                request.state.place,
                f"the answer of {request.found.name} is kept whole, and can pass 256 KiB",
                "select what is needed, or bound it",
            )


def _keeps_all(state: State) -> bool:
    if state.language == "JSONata":
        return "Output" not in state.fields and "Assign" not in state.fields
    drops = (
        state.fields.get("ResultPath", "$") is None or state.fields.get("OutputPath", "") is None
    )
    return not drops and "ResultSelector" not in state.fields


def _is_bounded(request: Request) -> bool:
    if request.value is None:
        return True
    known = Known(request.place, request.value, request.state.language == "JSONPath")
    return bool(known.present(*_LIMITS, "Range", "PartNumber", "ProjectionExpression"))


def _distributed(**fields: Any) -> Any:
    work = one_task("lambda:invoke", {"FunctionName": "${Function}", "Payload.$": "$"})
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    each = {
        "Type": "Map",
        "ItemProcessor": {"ProcessorConfig": config, **work},
        "MaxConcurrency": 100,
        **fields,
        "End": True,
    }
    return {"StartAt": "Each", "States": {"Each": each}}


@rule(
    "P413",
    severity="warning",
    source=_QUOTAS,
    quote=_QUOTE,
    bad=_distributed(),
    good=_distributed(ResultPath=None),
)
def results_of_many_children_go_to_s3(machine: Machine) -> Iterator[Broken]:
    """A Distributed Map writes its results with a ResultWriter, or does not keep them: an array
    of what thousands of child executions answer passes 256 KiB."""
    for state in machine.of_type("Map"):
        config = _processor_config(state)
        if config.get("Mode") != "DISTRIBUTED" or "ResultWriter" in state.fields:
            continue
        if _keeps_all(state):
            yield Broken(
                state.place,
                "the answers of all child executions are kept as one array",
                "add a ResultWriter, or set ResultPath to null",
            )


def _processor_config(state: State) -> dict[str, Any]:
    processor = state.fields.get("ItemProcessor")
    config = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
    return config if isinstance(config, dict) else {}
