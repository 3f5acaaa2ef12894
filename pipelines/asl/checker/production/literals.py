"""P407, P408, P409: what binds a definition to one account or region, and what nobody may read."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from pipelines.asl.checker.contents import contents
from pipelines.asl.checker.once import once_per_machine
from pipelines.asl.checker.one_task import one_task
from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Machine, Place

_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:(?P<region>\$\{[^}]*\}|[^:\s]*):(?P<account>\d{12})?")
_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)"
    r"\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@\s]+)"
)
_QUEUE = re.compile(r"https://sqs\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<account>\d{12})/")
_HOST = re.compile(r"\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")

_AWS_REPOSITORIES = re.compile(
    r"sagemaker-|xgboost|pytorch|tensorflow|mxnet|huggingface|djl-|autogluon|stabilityai|"
    r"blazingtext|factorization-machines|forecasting-deepar|image-classification|ipinsights|"
    r"kmeans|knn|lda|linear-learner|ntm|object-detection|object2vec|pca|randomcutforest|"
    r"semantic-segmentation|seq2seq|ray-|triton"
)
"""What AWS's own images are called; they lie in accounts of AWS's, another one in each region."""
_EXAMPLES = {"123456789012", "111122223333", "444455556666", "000000000000", "111111111111"}
"""Accounts that AWS's documentation uses; nobody has them."""

_SECRET_TEXTS = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[pousr]_[A-Za-z0-9]{36}|"
    r"\bxox[abprs]-[A-Za-z0-9-]{10,}|\bsk_live_[A-Za-z0-9]{16,}|"
    r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\."
)
_SECRET_KEYS = re.compile(
    r"(?i)^(?:.*[_-])?(?:password|passwd|secret|secret_?(?:access_?)?key|api_?key|access_?token|"
    r"auth_?token|private_?key|client_?secret)$"
)
_HARMLESS = re.compile(r"\$\{|\{%|^\{\{|EXAMPLE|^arn:|^<|^\$|REPLACE|CHANGE|YOUR|^x+$|^\*+$|\s")
_SHORTEST_SECRET = 6
_SIGNS = (
    "arn:aws", "amazonaws", "AKIA", "ASIA", "-----BEGIN", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
    "xox", "sk_live_", "eyJ",
)  # fmt: skip
"""Of these every text has one in it that binds to an account or is a secret of a known form."""
_SHORTEST = len("arn:aws:x:")
"""What is shorter, as most names are, does neither."""
_DATA = frozenset({"Parameters", "Arguments", "Result", "Assign", "Output"})
"""The fields that hold data of the definition's own."""


_SUBSTITUTIONS = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
    "aws-resource-stepfunctions-statemachine.html"
)
_INJECTED = (
    "A map (string to string) that specifies the mappings for placeholder variables in the state "
    "machine definition. This enables the customer to inject values obtained at runtime, for "
    "example from intrinsic functions, in the state machine definition."
)
"""What the page says of DefinitionSubstitutions."""


def _publish(topic: str) -> Any:
    return one_task("sns:publish", {"TopicArn": topic, "Message": "Done"})


@rule(
    "P407",
    severity="warning",
    source=_SUBSTITUTIONS,
    quote=_INJECTED,
    bad=_publish("arn:aws:sns:${Region}:210987654321:done"),
    good=_publish("arn:aws:sns:${Region}:${Account}:done"),
)
def no_account_is_written_out(machine: Machine) -> Iterator[Broken]:
    """An account's id comes from a substitution, so that the same definition is deployed
    everywhere. The registries of AWS's own container images are excepted."""
    for found in _literals(machine):
        account = _account(found.text)
        if account is not None:
            message = f"the account {account} is written out"
            yield Broken(found.place, message, "use a substitution")


@rule(
    "P408",
    severity="warning",
    source=_SUBSTITUTIONS,
    quote=_INJECTED,
    bad=_publish("arn:aws:sns:eu-central-1:${Account}:done"),
    good=_publish("arn:aws:sns:${Region}:${Account}:done"),
)
def no_region_is_written_out(machine: Machine) -> Iterator[Broken]:
    """A region comes from a substitution, so that the same definition is deployed everywhere.
    The registries of AWS's own container images are excepted."""
    for found in _literals(machine):
        region = _region(found.text)
        if region is not None:
            yield Broken(found.place, f"the region {region} is written out", "use a substitution")


def _account(text: str) -> str | None:
    """The account that the first address in a text binds to that has one, if it is anybody's."""
    account = next((each for each, _ in _addresses(text) if each), None)
    return None if account in _EXAMPLES else account


def _region(text: str) -> str | None:
    """The region that the first address in a text binds to that has one."""
    return next((each for _, each in _addresses(text) if _REGION.fullmatch(each)), None)


def _addresses(text: str) -> Iterator[tuple[str, str]]:
    """The account (or nothing) and the region (or nothing) of each address in a text."""
    image = _IMAGE.search(text)
    if image is not None:
        if not _AWS_REPOSITORIES.search(image["repository"]):
            yield image["account"], image["region"]
        return
    for pattern in (_ARN, _QUEUE):
        for found in pattern.finditer(text):
            yield found["account"] or "", found["region"]
    for found in _HOST.finditer(text):
        yield "", found["region"]


def _call(authorization: Any) -> Any:
    return one_task("http:invoke", {
        "ApiEndpoint": "https://example.com/runs",
        "Method": "POST",
        "Authentication": {"ConnectionArn": "${Connection}"},
        "RequestBody": authorization,
    })  # fmt: skip


@rule(
    "P409",
    severity="warning",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html",
    quote="Do not include any security-sensitive information including account access IDs, "
    "secrets, or tokens in any hyperparameter fields.",
    bad=_call({"api_key": "9f86d081884c7d65"}),
    good=_call({"run.$": "$$.Execution.Name"}),
)
def no_secret_is_written_out(machine: Machine) -> Iterator[Broken]:
    """A definition holds no password, token or key: whoever may read the state machine, or the
    history of an execution, reads it too. Secrets Manager, or a connection of EventBridge's,
    keeps it."""
    for found in _literals(machine):
        if _is_secret(found.text) or (_is_data(found.place) and _is_key_with_secret(found)):
            yield Broken(
                found.place,
                "a secret is written out, for every reader to see",
                "read it from Secrets Manager",
            )


def _is_secret(text: str) -> bool:
    """Whether a text has the form of a key or a token."""
    return _SECRET_TEXTS.search(text) is not None and "EXAMPLE" not in text


class _Literal(NamedTuple):
    """A text of the definition, and where it stands."""

    place: Place
    text: str


@once_per_machine
def _literals(machine: Machine) -> list[_Literal]:
    """The texts that bind or may be a secret, once for all three rules: where they stand is asked
    only if there are any."""
    found: list[_Literal] = []
    there = contents(machine)
    if _one_tells(there.texts) or any(map(_may_hold_a_secret, there.keys)):
        _collect((), machine.definition, found)
    return found


def _one_tells(texts: Collection[str]) -> bool:
    whole = "\n".join(texts)
    signs = [sign for sign in _SIGNS if sign in whole]
    return any(_tells(text) for sign in signs for text in texts if sign in text)


def _collect(place: Place, value: Any, found: list[_Literal]) -> None:
    """Add the texts of a value; only those that are looked at are given a place."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str):
                if (_tells(item) or _may_hold_a_secret(key)) and key != "Comment":
                    found.append(_Literal((*place, key), item))
            elif isinstance(item, (dict, list)):
                _collect((*place, key), item, found)
    else:
        for number, item in enumerate(value):
            if isinstance(item, str):
                if _tells(item):
                    found.append(_Literal((*place, number), item))
            elif isinstance(item, (dict, list)):
                _collect((*place, number), item, found)


@lru_cache(maxsize=4096)
def _tells(text: str) -> bool:
    """Whether a text binds to an account or region, or is a secret of a known form."""
    if len(text) < _SHORTEST or not any(map(text.__contains__, _SIGNS)):
        return False
    return bool(_account(text) or _region(text) or _is_secret(text))


@lru_cache(maxsize=4096)
def _may_hold_a_secret(step: Hashable) -> bool:
    return isinstance(step, str) and _SECRET_KEYS.match(step) is not None


def _is_data(place: Place) -> bool:
    """Whether it lies in the data that a state makes."""
    return not _DATA.isdisjoint(place[:-1])


def _is_key_with_secret(found: _Literal) -> bool:
    is_long = len(found.text) >= _SHORTEST_SECRET
    return _may_hold_a_secret(found.place[-1]) and is_long and not _HARMLESS.search(found.text)
