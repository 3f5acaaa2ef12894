"""What a Task's Resource calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, cast

from pipelines.asl.findings import nearest
from pipelines.asl.integrations import models
from pipelines.asl.integrations.answers import (
    ANYTHING,
    TEXT,
    JsonSchema,
    schema_of,
    with_members,
    with_metadata,
)
from pipelines.asl.integrations.names import (
    RETIRED,
    UNSUPPORTED,
    capital,
    exception_name,
    exception_prefix,
    sdk_member,
)
from pipelines.asl.integrations.optimized import CALLBACK, OPTIMIZED, Action, Answer, Pattern
from pipelines.asl.integrations.own_requests import OWN
from pipelines.asl.integrations.shapes import Shape

Kind = Literal["optimized", "aws-sdk", "function", "activity"]

_PARTITION = re.compile(r"arn:(?:\$\{[^}]*\}|<[^>]*>|aws[a-z-]*):")
"""Written out, or a substitution: ``arn:${AWS::Partition}:states:::sns:publish``."""
_TASK = re.compile(
    r"states:[^:]*:[^:]*:(?P<service>aws-sdk:[A-Za-z0-9-]+|[A-Za-z0-9-]+):"
    r"(?P<action>[A-Za-z0-9]+)(?:\.(?P<pattern>[A-Za-z0-9:]+))?"
)
_MEANT = re.compile(r"states:|[a-z-]+:::")
"""What is certainly meant as a service integration, and is none if it has not its form."""
_EXAMPLE = re.compile(r"(?:states|swf):[^:]*:[^:]*:task:.+")
"""The specification's own examples of a Task, arn:aws:states:us-east-1:123456789012:task:X: old
samples have them where a function's ARN is to be."""
_OPEN = re.compile(r"\$\{|[<>%#{}\[\]]|REPLACE")
"""What something else will stand for."""
_FORM = "arn:aws:states:::<service>:<action>, or …:aws-sdk:<service>:<action>"
_FUNCTION = re.compile(r"lambda:[^:]*:[^:]*:function:.+")
_ACTIVITY = re.compile(r"states:[^:]*:[^:]*:activity:.+")


@dataclass(frozen=True)
class Problem:
    """Why a Resource can call nothing, as AWS finds when the machine is created.

    Attributes:
        remedy: What to write instead, if that is known.
    """

    message: str
    remedy: str = ""


@dataclass(frozen=True)
class Integration:
    """What a Resource calls, and what is known of it.

    Attributes:
        kind: optimized or aws-sdk; function (a Lambda function's ARN); activity.
        service: As the history's resourceType has it: `sagemaker`, `aws-sdk:s3`, `lambda`.
        action: `createTrainingJob`; empty for a function or an activity.
        pattern: How it is waited for.
        patterns: All that the action has; an Express workflow has only request and response.
        model: botocore's name of the service; empty if it describes none.
        operation: The name of the operation behind the action; empty if there is none.
        error_prefixes: What its errors begin with in ErrorEquals, before the dot.
    """

    kind: Kind
    service: str
    action: str = ""
    pattern: Pattern = ""
    patterns: tuple[Pattern, ...] = ("",)
    model: str = ""
    operation: str = ""
    error_prefixes: tuple[str, ...] = ()

    @cached_property
    def name(self) -> str:
        """`sagemaker:createTrainingJob`."""
        return f"{self.service}:{self.action}" if self.action else self.service

    @property
    def is_sdk(self) -> bool:
        """Whether it is one of the AWS SDK integrations."""
        return self.kind == "aws-sdk"

    @cached_property
    def any_json(self) -> Collection[str]:
        """Members, by the model's names, for which any JSON value is made the text it wants."""
        return self._action.any_json if self.kind == "optimized" else ()

    @cached_property
    def from_text(self) -> Collection[str]:
        """Structures, by the model's names, for which a text can be given."""
        return OPTIMIZED[self.service].from_text if self.kind == "optimized" else ()

    @cached_property
    def member(self) -> Callable[[str], str]:
        """How a member of the model is written in a request and in an answer."""
        if self.is_sdk:
            return sdk_member
        optimized = OPTIMIZED.get(self.service)
        return capital if optimized is not None and optimized.in_capitals else str

    @cached_property
    def is_adapted(self) -> bool:
        """Whether Step Functions takes other members than the service's API, in places."""
        return self.kind == "optimized" and OPTIMIZED[self.service].is_adapted

    @cached_property
    def is_strict(self) -> bool:
        """Whether the service enforces its model: SageMaker.

        For others Step Functions makes JSON of what the API wants as a text, and a number of "5";
        and their patterns are not all enforced.
        """
        return self.service in ("sagemaker", "aws-sdk:sagemaker")

    @cached_property
    def request_shape(self) -> Shape | None:
        """What it takes as Parameters or Arguments; None: anything (a function, an activity)."""
        if self.kind == "optimized" and self._action.own:
            return OWN(self._action.own)
        return self._operation.request if self._operation is not None else None

    @cached_property
    def takes_nothing(self) -> bool:
        """Whether the operation has no parameters at all."""
        return self._operation is not None and self._operation.request is None

    @cached_property
    def result_type(self) -> JsonSchema:
        """What the state gets as its result, before ResultSelector; empty: anything."""
        if self.pattern == "waitForTaskToken" or self.kind in ("function", "activity"):
            return ANYTHING
        if self.is_sdk:
            return self._described(self._operation.answer if self._operation else None)
        action = self._action
        if self.pattern:
            return self._of(action.job_answer.get(self.pattern, Answer(is_open=True)))
        schema = self._of(action.answer or Answer(self.operation))
        return with_metadata(schema) if action.has_metadata else schema

    @property
    def error_names(self) -> tuple[str, ...]:
        """The errors that the service documents for the operation, as ErrorEquals names them."""
        if self._operation is None or not self.error_prefixes:
            return ()
        return tuple(
            f"{self.error_prefixes[0]}.{exception_name(error)}" for error in self._operation.errors
        )

    @property
    def _action(self) -> Action:
        return OPTIMIZED[self.service].actions[self.action]

    @cached_property
    def _operation(self) -> models.Operation | None:
        return models.service(self.model).operation(self.operation) if self.operation else None

    def _of(self, answer: Answer) -> JsonSchema:
        if answer.is_open:
            return {"type": "object"}
        if answer.own:
            return schema_of(OWN(answer.own), str)
        shape = models.service(self.model).operation(answer.operation).answer
        for member in answer.inside if shape is not None else ():
            shape = cast(Shape, shape).members[member]
            shape = shape.member if shape.kind == "list" else shape
        return with_members(self._described(shape), answer.extra)

    def _described(self, shape: Shape | None) -> JsonSchema:
        if shape is None:
            return {"type": "object"}
        # An object's Body is its text; nowhere is told in which form other streams arrive.
        stream = TEXT if self.service == "aws-sdk:s3" else ANYTHING
        return schema_of(shape, self.member, stream)


@lru_cache(maxsize=1024)
def integration(resource: str) -> Integration | Problem | None:
    """What a Task's Resource calls; None: it is none of AWS's ARNs as far as it is known.

    Names that are no part of the ARN's literal text (``${Function}``) are not guessed.

    >>> integration("arn:aws:states:::aws-sdk:s3:getObject").service
    'aws-sdk:s3'
    >>> integration("arn:aws:states:::sqs:sendMesage").message
    "sqs has no action 'sendMesage' here; did you mean sendMessage?"
    """
    partition = _PARTITION.match(resource)
    if partition is None:
        return None
    rest = resource[partition.end() :]
    if _FUNCTION.fullmatch(rest):
        return Integration("function", "lambda", error_prefixes=("Lambda",))
    if _ACTIVITY.fullmatch(rest):
        return Integration("activity", "activity")
    if _EXAMPLE.fullmatch(rest):
        return None
    found = _TASK.fullmatch(rest)
    if found is None:
        is_meant = _MEANT.match(rest) is not None and not _OPEN.search(rest)
        return Problem(f"{resource!r} names no action of a service", _FORM) if is_meant else None
    service, action, pattern = found["service"], found["action"], found["pattern"] or ""
    if service.startswith("aws-sdk:"):
        return _sdk(service.removeprefix("aws-sdk:"), action, pattern)
    return _optimized(service, action, pattern)


def _optimized(service: str, action: str, pattern: str) -> Integration | Problem:
    offered = OPTIMIZED.get(service)
    if offered is None:
        known = nearest(service, OPTIMIZED)
        return Problem(f"there is no optimized integration {service!r}{known}", _as_sdk(service))
    known_action = offered.actions.get(action)
    if known_action is None:
        known = nearest(action, offered.actions)
        return Problem(f"{service} has no action {action!r} here{known}", _as_sdk(offered.model))
    if pattern not in known_action.patterns:
        return _no_pattern(f"{service}:{action}", pattern, known_action.patterns)
    operation = "" if known_action.own else known_action.operation or capital(action)
    return Integration(
        kind="optimized",
        service=service,
        action=action,
        pattern=pattern,
        patterns=known_action.patterns,
        model=offered.model,
        operation=operation,
        error_prefixes=(offered.error_prefix,),
    )


def _sdk(name: str, action: str, pattern: str) -> Integration | Problem | None:
    if name in RETIRED:
        return None
    known_services = models.service_names()
    if name not in known_services:
        return Problem(f"there is no service aws-sdk:{name}{_near_service(name)}")
    if (name, action) in UNSUPPORTED:
        return Problem(f"Step Functions does not support {action} of aws-sdk:{name}")
    model = models.service(known_services[name])
    operation = model.actions.get(action)
    if operation is None:
        known = nearest(action, model.actions)
        return Problem(f"aws-sdk:{name} has no operation {action!r}{known}")
    if pattern not in CALLBACK:
        return _no_pattern(f"aws-sdk:{name}:{action}", pattern, CALLBACK)
    return Integration(
        kind="aws-sdk",
        service=f"aws-sdk:{name}",
        action=action,
        pattern=pattern,
        patterns=CALLBACK,
        model=model.name,
        operation=operation,
        error_prefixes=(exception_prefix(model.id),),
    )


def _near_service(name: str) -> str:
    names = models.service_names()
    renamed = [aws for aws, botocore in names.items() if botocore.replace("-", "") == name]
    return f"; did you mean {renamed[0]}?" if renamed else nearest(name, names)


def _as_sdk(service: str) -> str:
    names = models.service_names()
    found = [aws for aws, botocore in names.items() if service in (aws, botocore)]
    return f"the service's other operations are those of aws-sdk:{found[0]}" if found else ""


def _no_pattern(name: str, pattern: str, patterns: Collection[str]) -> Problem:
    offered = [f".{each}" for each in patterns if each]
    return Problem(
        f"{name} has no .{pattern}{nearest(pattern, [each for each in patterns if each])}",
        f"it has {' and '.join(offered)}" if offered else "it has only request and response",
    )
