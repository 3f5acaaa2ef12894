"""Findings as SARIF 2.1.0, which code hosts show beside the lines of a change.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from pipelines.asl.findings import RULES
from pipelines.checks.reported import Reported
from pipelines.checks.text import printable_json

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(findings: Sequence[Reported]) -> str:
    """One run, with a result for each finding and each rule that a finding names."""
    ids = sorted({each.rule for each in findings})
    run = {
        "tool": {"driver": {"name": "pipelines", "rules": [_rule(id) for id in ids]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, ids.index(each.rule)) for each in findings],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return printable_json(document)


def _rule(id: str) -> dict[str, Any]:
    known = RULES.get(id)
    if known is None:
        return {"id": id}
    descriptor: dict[str, Any] = {
        "id": id,
        "name": "".join(word.capitalize() for word in known.name.split()),
        "shortDescription": {"text": known.name},
        "fullDescription": {"text": " ".join(known.text.split())},
        "defaultConfiguration": {"level": known.severity},
    }
    return {**descriptor, "helpUri": known.source} if known.source else descriptor


def _result(each: Reported, index: int) -> dict[str, Any]:
    region = {"startLine": each.line, "startColumn": each.column}
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(each.file)}}
    if each.line is not None:
        physical["region"] = {name: value for name, value in region.items() if value is not None}
    location: dict[str, Any] = {"physicalLocation": physical}
    if each.path:
        location["logicalLocations"] = [{"fullyQualifiedName": each.path, "kind": "member"}]
    result: dict[str, Any] = {
        "ruleId": each.rule,
        "ruleIndex": index,
        "level": each.severity,
        "message": {"text": f"{each.message}. {each.remedy}" if each.remedy else each.message},
        "locations": [location],
    }
    if each.made_at:
        file, line = each.made_at
        made_at = {"artifactLocation": {"uri": _uri(file)}, "region": {"startLine": line}}
        result["relatedLocations"] = [
            {"physicalLocation": made_at, "message": {"text": "The state was made here."}}
        ]
    return result


def _uri(file: str) -> str:
    """Relative, as code hosts want it, unless the user named an absolute path."""
    return PurePath(file).as_uri() if PurePath(file).is_absolute() else quote(file)
