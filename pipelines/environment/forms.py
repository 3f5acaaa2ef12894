"""The forms of single values: names, URIs, instance types, as the services take them.

What does not have its form is answered in words that follow the key: "must be …" or "contains …".
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

NAME_PATTERN = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_PLACEHOLDER = re.compile(r"\$(\{[^}]*\}?|\w+)?")
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
# What S3 calls safe, and what file names hold besides: no quote, brace or backslash, which mean
# something in a state machine's definition.
_S3_KEY = r"[A-Za-z0-9!_.*()=+@,:~ -]+(/[A-Za-z0-9!_.*()=+@,:~ -]+)*/?"


def _wrong(words: str) -> PydanticCustomError:
    return PydanticCustomError("form", "{words}", {"words": words})


def _form(pattern: str, words: str) -> AfterValidator:
    """Text of one form, which `words` describe."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise _wrong(f"must be {words}")
        return text

    return AfterValidator(check)


def _s3_uri(text: str) -> str:
    """`s3://<bucket>/<key>`, where the bucket may be left to the deployment as `${bucket}`."""
    bucket, _, key = text.removeprefix("s3://").partition("/")
    for found in _PLACEHOLDER.finditer(key if bucket == "${bucket}" else text):
        raise _wrong(
            f"contains {found.group()}; the only placeholder is ${{bucket}}, right after s3://"
        )
    if not (
        text.startswith("s3://")
        and (bucket == "${bucket}" or re.fullmatch(_BUCKET, bucket))
        and re.fullmatch(_S3_KEY, key)
        and not {".", ".."} & set(key.split("/"))
        and len(text) <= 1024
    ):
        raise _wrong("must be like s3://${bucket}/data/train.csv")
    return text


def _no_placeholder(value: Any) -> Any:
    """In a definition `${…}` would be replaced, or refused, by CloudFormation."""
    if isinstance(value, str) and "${" in value:
        raise _wrong("contains ${; placeholders are for data only")
    return value


# Letters, digits and single hyphens: the one form that S3, IAM, SageMaker and Step Functions share.
Name = Annotated[
    str,
    StringConstraints(max_length=32),
    _form(NAME_PATTERN, "small letters, digits and single hyphens, a letter first"),
]
AccountId = Annotated[str, _form(r"[0-9]{12}", "the 12 digits of an AWS account")]
Region = Annotated[
    str, _form(r"[a-z]{2}(-[a-z]+)+-[0-9]", "the name of an AWS region, such as eu-central-1")
]
S3Uri = Annotated[str, AfterValidator(_s3_uri)]
InstanceType = Annotated[
    str,
    _form(
        r"ml\.[a-z0-9-]+\.([0-9]*x?large|medium|metal(-[0-9]+xl)?)",
        "a SageMaker instance type, such as ml.m5.xlarge",
    ),
]
ImageUri = Annotated[
    str,
    StringConstraints(max_length=255),
    _form(
        r"[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.[a-z.]+/"
        r"[a-z0-9]+([._/-][a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@sha256:[0-9a-f]{64})?",
        "like <account>.dkr.ecr.<region>.amazonaws.com/<name>@sha256:<64 hexadecimal digits>",
    ),
]
ImageVersion = Annotated[str, _form(r"[0-9]+(\.[0-9]+)*(-[0-9a-z.-]+)?", "like 1.4-2")]
Column = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Email = Annotated[
    str, StringConstraints(max_length=254), _form(r"[^@\s,;${}]+@[^@\s,;${}]+", "an e-mail address")
]
HttpsUrl = Annotated[
    str, StringConstraints(max_length=2048), _form(r"https://[^\s${}]+", "an https:// address")
]
SourceFile = Annotated[
    str,
    StringConstraints(max_length=128),
    _form(
        r"([A-Za-z_][A-Za-z0-9_]*/)*[A-Za-z_][A-Za-z0-9_]*\.py",
        "the path of a Python file from the project's root, such as features/wages.py",
    ),
]
Seconds = Annotated[int, Field(ge=1, le=777_600)]
Hyperparameter = Annotated[
    bool | int | float | Annotated[str, StringConstraints(max_length=2500)] | None,
    BeforeValidator(_no_placeholder),
]
# `sagemaker_…` are the training toolkit's own.
HyperparameterName = Annotated[
    str,
    StringConstraints(max_length=256),
    _form(
        r"(?!sagemaker_)[A-Za-z_][A-Za-z0-9_]*",
        "letters, digits and _, and not begin with sagemaker_",
    ),
]
MetricName = Annotated[
    str, _form(r"[A-Za-z0-9_.-]{1,128}", "the name of a metric, such as roc_auc")
]
_TAG_WORDS = "letters, digits, spaces and _ . : / = + - @"
TagKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128),
    _form(r"(?![aA][wW][sS]:)[\w .:/=+@-]*", _TAG_WORDS + ", and not begin with aws:"),
]
TagValue = Annotated[str, StringConstraints(max_length=256), _form(r"[\w .:/=+@-]*", _TAG_WORDS)]
