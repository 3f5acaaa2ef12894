"""P210, P211, P217: the task token and the pattern that waits for it go together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipelines.asl.checker.one_task import one_task
from pipelines.asl.checker.requests.tasks import FIELDS, Request, requests_of
from pipelines.asl.checker.templates import template
from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Machine, Place, State, strings

_SOURCE = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html"
_TOKEN = re.compile(r"\$\$\.Task\.Token\b|\$\$\[['\"]Task['\"]\]|\$states\.context\.Task\.Token\b")
_MAY_BE_TOKEN = re.compile(
    r"\$\$(?:\.Task(?!\w)|\.\*|\.\.|\[|(?![.\w]))|"
    r"\$states\.context(?:\.Task\b|(?!\s*\.))|\$states(?!\s*\.)|\$eval"
)
"""The token, or something that has it within: the Task object, the whole context."""


def _send(pattern: str, *, has_token: bool, ends: bool = True) -> Any:
    body = {"Question": "Deploy?", **({"Token.$": "$$.Task.Token"} if has_token else {})}
    fields: dict[str, Any] = {"HeartbeatSeconds": 600} if pattern and ends else {}
    if not ends:
        fields = {"TimeoutSeconds": None}
    request = {"QueueUrl": "${Queue}", "MessageBody": body}
    return one_task(f"sqs:sendMessage{pattern}", request, **fields)


@rule(
    "P210",
    source=_SOURCE,
    quote="Callback tasks provide a way to pause a workflow until a task token is returned.",
    bad=_send(".waitForTaskToken", has_token=False, ends=False),
    good=_send(".waitForTaskToken", has_token=True),
)
def whoever_is_waited_for_gets_the_token(machine: Machine) -> Iterator[Broken]:
    """A request of the pattern .waitForTaskToken hands on the task token, from
    $$.Task.Token or $states.context.Task.Token. Without it nobody can answer; and with no
    TimeoutSeconds or HeartbeatSeconds the task waits for a year."""
    for request in _without_token(machine):
        if not _ends_by_itself(request.state):
            yield _unanswerable(request)


@rule(
    "P217",
    severity="warning",
    source=_SOURCE,
    quote="Callback tasks provide a way to pause a workflow until a task token is returned.",
    bad=_send(".waitForTaskToken", has_token=False),
    good=_send(".waitForTaskToken", has_token=True),
)
def waiting_ends_by_an_answer(machine: Machine) -> Iterator[Broken]:
    """A task that waits for an answer and hands on no task token can only time out."""
    for request in _without_token(machine):
        if _ends_by_itself(request.state):
            yield _unanswerable(request)


def _without_token(machine: Machine) -> Iterator[Request]:
    for request in requests_of(machine):
        if request.found.pattern != "waitForTaskToken" or _is_made_whole(request):
            continue
        if not any(_MAY_BE_TOKEN.search(text) for _, text in _expressions(request)):
            yield request


def _ends_by_itself(state: State) -> bool:
    limits = ("TimeoutSeconds", "HeartbeatSeconds")
    return any(limit in state.fields or f"{limit}Path" in state.fields for limit in limits)


def _unanswerable(request: Request) -> Broken:
    is_jsonpath = request.state.language == "JSONPath"
    return Broken(
        request.place if request.value is not None else request.state.place,
        "the task token is not handed on: nobody can answer",
        'put "TaskToken.$": "$$.Task.Token" into what is sent'
        if is_jsonpath
        else "put {% $states.context.Task.Token %} into what is sent",
    )


@rule(
    "P211",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html",
    quote="The context object is an internal JSON structure that is available during an "
    "execution, and contains information about your state machine and execution.",
    bad=_send("", has_token=True),
    good=_send("", has_token=False),
)
def a_token_is_only_where_it_is_waited_for(machine: Machine) -> Iterator[Broken]:
    """The context object has a task token only while a Task that waits (.waitForTaskToken, and
    .sync where both are offered) prepares its request; in one that calls and goes on, the path
    leads nowhere and the state fails."""
    for request in requests_of(machine):
        if request.found.pattern or request.found.kind == "activity":
            continue
        for place, text in _expressions(request):
            if "Task" in text and _TOKEN.search(text):
                yield Broken(
                    place,
                    "there is no task token here: the task is not waited for",
                    f"{request.state.fields['Resource']}.waitForTaskToken waits for it"
                    if "waitForTaskToken" in request.found.patterns
                    else "",
                )


def _is_made_whole(request: Request) -> bool:
    """Whether an expression, or nothing that is known, makes the whole request."""
    field = request.state.fields.get(str(request.place[-1]))
    return isinstance(field, str)


def _expressions(request: Request) -> Iterator[tuple[Place, str]]:
    """Every text of the request that is computed."""
    if request.state.language == "JSONPath":
        for place, text in template(request.state, FIELDS["JSONPath"]).expressions:
            if isinstance(text, str):
                yield place, text
        return
    for place, text in strings(request.place, request.value):
        if text.startswith("{%"):
            yield place, text
