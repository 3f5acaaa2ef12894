"""DynamoDB's expressions and the names and values that stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.asl.checker.requests.facts.fact import fact
from pipelines.asl.checker.requests.known import Known
from pipelines.asl.findings import Broken

RULE = "P227"

_EXPRESSIONS = (
    "ConditionExpression", "FilterExpression", "KeyConditionExpression", "ProjectionExpression",
    "UpdateExpression",
)  # fmt: skip
_USED = {
    "ExpressionAttributeValues": re.compile(r":[A-Za-z0-9_]+"),
    "ExpressionAttributeNames": re.compile(r"#[A-Za-z0-9_]+"),
}
_ACTIONS = tuple(
    f"{service}:{action}"
    for service in ("dynamodb", "aws-sdk:dynamodb")
    for action in ("getItem", "putItem", "updateItem", "deleteItem", "query", "scan")
)


@fact(RULE, *_ACTIONS)
def expressions_use_what_is_defined(known: Known) -> Iterator[Broken]:
    texts = [known.text(name) for name in known.present(*_EXPRESSIONS)]
    if None in texts:
        return
    expressions = " ".join(str(text) for text in texts)
    for member, pattern in _USED.items():
        defined = known.inner(member)
        if defined is None and known.has(member):
            continue
        names = {} if defined is None else {_plain(name): name for name in defined.value}
        used = set(pattern.findall(expressions))
        for name in sorted(used - names.keys()):
            yield Broken(known.place, f"{name} is used, and not one of {member}")
        for name in sorted(names.keys() - used):
            yield Broken(known.at(member, names[name]), f"{name} is used in no expression")


def _plain(name: str) -> str:
    return name.removesuffix(".$")
