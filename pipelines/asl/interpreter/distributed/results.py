"""ResultWriter: what came of the child executions, as the Map's result or as objects in S3.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.distributed.map_run import Child, MapRun
from pipelines.asl.interpreter.distributed.seam import Items
from pipelines.asl.interpreter.run import timestamp
from pipelines.asl.json_text import dumps

RESULT_WRITER_FAILED = "States.ResultWriterFailed"


def result_of(run: MapRun, writer: Mapping[str, Any] | None, store: Items) -> Any:
    """The Map's result: what came of the children, or where that was written to.

    Args:
        writer: ResultWriter, evaluated; None: there is none.

    Raises:
        StateError: States.ResultWriterFailed.
    """
    if writer is None:
        return transformed(run.children, "COMPACT")
    config = writer.get("WriterConfig", {})
    if "Resource" in writer:
        return _exported(run, writer, config, store)
    results = transformed(run.children, str(config.get("Transformation", "NONE")))
    return _lines(results) if config.get("OutputType") == "JSONL" else results


def transformed(children: Iterable[Child], transformation: str) -> list[Any]:
    """The children's results as WriterConfig has them; those that failed keep their metadata."""
    results: list[Any] = []
    for child in children:
        if transformation == "NONE" or child.status != "SUCCEEDED":
            results.append(metadata(child))
            continue
        output = child.outcome.output if child.outcome else None
        if transformation == "FLATTEN" and isinstance(output, list):
            results.extend(output)
        else:
            results.append(output)
    return results


def metadata(child: Child) -> dict[str, Any]:
    """A child execution with what DescribeExecution would say of it."""
    told: dict[str, Any] = {
        "ExecutionArn": child.arn,
        "Input": dumps(child.input),
        "InputDetails": {"Included": True},
        "Name": child.name,
        "StateMachineArn": child.state_machine_arn,
        "Status": child.status,
    }
    if child.started_at is not None:
        told["StartDate"] = timestamp(child.started_at)
    if child.outcome is None or child.ended_at is None:
        return dict(sorted(told.items()))
    told["StopDate"] = timestamp(child.ended_at)
    if not child.express:
        told["RedriveCount"] = 0
        told["RedriveStatus"] = "NOT_REDRIVABLE"
        told["RedriveStatusReason"] = f"Execution is {child.status} and cannot be redriven"
        if child.status != "SUCCEEDED":
            told["RedriveStatus"] = "REDRIVABLE_BY_MAP_RUN"
            del told["RedriveStatusReason"]
    if child.status == "SUCCEEDED":
        told["Output"] = dumps(child.outcome.output)
        told["OutputDetails"] = {"Included": True}
    for name, text in (("Error", child.outcome.error), ("Cause", child.outcome.cause)):
        if text:
            told[name] = text
    return dict(sorted(told.items()))


def _exported(
    run: MapRun, writer: Mapping[str, Any], config: Mapping[str, Any], store: Items
) -> dict[str, Any]:
    """Write a file for each status there is, and a manifest that names them."""
    target = writer.get("Parameters", writer.get("Arguments", {}))
    bucket, prefix = str(target.get("Bucket", "")), str(target.get("Prefix", ""))
    folder = (prefix + "/" if prefix and not prefix.endswith("/") else prefix) + run.id
    lines = config.get("OutputType") == "JSONL"
    transformation = str(config.get("Transformation", "NONE"))
    files: dict[str, list[dict[str, Any]]] = {}
    try:
        for name, statuses in _FILES.items():
            children = [child for child in run.children if child.status in statuses]
            files[name] = []
            if children:
                results = transformed(children, transformation)
                text = _lines(results) if lines else dumps(results)
                key = f"{folder}/{name}_0.{'jsonl' if lines else 'json'}"
                body = text.encode("utf-8", "replace")
                store.write(bucket, key, body)
                files[name].append({"Key": key, "Size": len(body)})
        manifest = {"DestinationBucket": bucket, "MapRunArn": run.arn, "ResultFiles": files}
        key = f"{folder}/manifest.json"
        store.write(bucket, key, json.dumps(manifest, ensure_ascii=False).encode())
    except StateError as error:
        raise StateError(RESULT_WRITER_FAILED, error.cause) from None
    return {"MapRunArn": run.arn, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}


_FILES = {
    "FAILED": ("FAILED", "TIMED_OUT", "ABORTED"),
    "PENDING": ("PENDING",),
    "SUCCEEDED": ("SUCCEEDED",),
}


def _lines(results: Iterable[Any]) -> str:
    return "".join(f"{dumps(each)}\n" for each in results)
