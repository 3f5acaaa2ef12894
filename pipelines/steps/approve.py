"""Approve: a person is asked whether a registered model may be used, and the execution waits.

    Close call? ──yes──> Approve ──> Close question ──> Approved? ──yes──> Record approval ──>
         │               ├ Ask                             │ no                  ^
         no              └ Read question → Tell people     v                     │
         │                                         Record rejection              │
         │                                         → Rejected, or Not approved   │
         └──────────> Clear call ────────────────────────────────────────────────┘

Ask hands the task token out: it puts the question, with the token, into the table, and waits. A
second branch reads the question back and tells people of it through the topic, for one Task makes
one call. Whoever answers sends the token back with
`{"decision": "approved" | "rejected", "by": …, "at": …, "reason": …}`. Step Functions takes one
answer for a token and refuses every other, so that it is what decides between two people; the table
is told of the answer by the state machine itself, after it.
"""

from __future__ import annotations

from pipelines.environment.model import Environment
from pipelines.sdk import (
    Catch,
    Chain,
    Choice,
    ChoiceRule,
    Expression,
    Fail,
    Parallel,
    Pass,
    State,
    Wait,
    bind,
)
from pipelines.steps import permissions, question, register
from pipelines.steps.api_call import api_call
from pipelines.steps.question import ANSWER, AT, BY, DECISION, PARTS, REASON, RESULT
from pipelines.steps.segment import Segment
from pipelines.steps.step import Scope, Statement, Step
from pipelines.steps.stop import stop

NAME = "Approve"


def approve(scope: Scope, metrics_path: str, *, report: Expression) -> Segment:
    """Let a person decide on the registered model package, if the environment wants one to.

    Goes on only if the model is approved, in the registry too: `$.Approval` says by whom.
    An environment whose approval is automatic has no such step: Register approves.

    Args:
        metrics_path: of the document that Evaluate wrote.
        report: S3 URI of the page to look at before one answers.
    """
    environment = scope.environment
    assert environment.approval != "automatic"
    ask = question.ask(scope, metrics_path, report)
    read = question.read_question(scope)
    tell = question.tell_people(scope, metrics_path, report)
    close = question.close_question(scope)
    waiting = Parallel(
        NAME,
        comment="Ask a person, and wait for the answer",
        result_selector={f"{part}.$": f"$[0].{part}" for part in PARTS},
        result_path=f"$.{RESULT}",
    )
    waiting.add_branch(_until_answered(environment, ask.state))
    waiting.add_branch(_once_asked(read.state, tell.state))

    approved = Choice("Approved?", comment="What the person decided")
    approval = _update(scope, "Record approval", "Approved", _described("Approved"))
    rejection = _update(scope, "Record rejection", "Rejected", _described("Not approved"))
    Chain([waiting, close.state, approved])
    approved.add_choice(
        ChoiceRule.StringEquals(variable=str(DECISION), value="approved"), approval.state
    )
    approved.default_choice(rejection.state)
    Chain([rejection.state, _why_not()])

    start: State = waiting
    if environment.approval == "manual when close":
        start = _only_when_close(metrics_path, waiting, approval.state)
    return Segment(start, (approval.state,), (ask, read, tell, close, approval, rejection))


def _until_answered(environment: Environment, ask: State) -> State:
    """The branch that waits. What is no answer is not taken for one: the question is put again."""
    days, rest = divmod(environment.approval_within_s, 86_400)
    within = f"{days} days" if days and not rest else f"{environment.approval_within_s} seconds"
    answer = Choice("Answer whole?", comment="Anyone with the token can send anything")
    none = Pass(
        "No answer",
        comment="Nobody decided in time",
        parameters=bind(
            {
                "decision": "none",
                "by": "nobody",
                "at": Expression("$$.State.EnteredTime"),
                "reason": f"nobody answered within {within}",
            }
        ),
    )
    ask.add_catch(Catch(error_equals=["States.Timeout"], next_step=none))
    Chain([ask, answer])
    answered = Pass("Answered", comment="The answer as it was sent", input_path=ANSWER)
    answer.add_choice(
        ChoiceRule.And(
            [
                *(
                    rule
                    for part in PARTS
                    for rule in (
                        ChoiceRule.IsPresent(variable=f"{ANSWER}.{part}", value=True),
                        ChoiceRule.IsString(variable=f"{ANSWER}.{part}", value=True),
                    )
                ),
                ChoiceRule.Or(
                    [
                        ChoiceRule.StringEquals(variable=f"{ANSWER}.decision", value=decision)
                        for decision in ("approved", "rejected")
                    ]
                ),
            ]
        ),
        answered,
    )
    answer.default_choice(ask)
    return ask


def _once_asked(read: State, tell: State) -> State:
    """The branch that tells people; it ends with the other one if the question cannot be put."""
    asked = Choice("Asked?", comment="Ask may take a moment")
    wait = Wait("Not yet asked", comment="A moment", seconds=1)
    Chain([read, asked])
    asked.add_choice(question.is_asked(), tell)
    # A redrive would tell of the question as it was read: it has another token by then.
    not_told = stop(
        "Stop at Tell people",
        "People were not told",
        failure="$.failure",
        again=read,
        comment="Fail as the topic did; a redrive reads the question again",
    )
    tell.add_catch(
        Catch(
            error_equals=["States.TaskFailed", "States.Timeout"],
            result_path="$.failure",
            next_step=not_told,
        )
    )
    asked.default_choice(wait)
    Chain([wait, read])
    return read


def _update(scope: Scope, name: str, status: str, description: Expression) -> Step:
    state = api_call(
        name,
        scope,
        "SageMaker",
        "updateModelPackage",
        {
            "ModelPackageArn": Expression(register.ARN_PATH),
            "ModelApprovalStatus": status,
            "ApprovalDescription": description,
        },
        result=f"{RESULT}.recorded",
        comment="Write the decision into the registry",
    )
    return Step(
        state,
        machine=(
            Statement(
                "RecordDecision",
                ("sagemaker:UpdateModelPackage",),
                permissions.model_packages(scope.environment),
            ),
        ),
    )


def _described(decision: str) -> Expression:
    return Expression(f"States.Format('{decision} by {{}} at {{}}: {{}}', {BY}, {AT}, {REASON})")


def _why_not() -> State:
    """The end of an execution whose model was not approved."""
    answered = Choice("Rejected?", comment="By a person, or by the clock")
    answered.add_choice(
        ChoiceRule.StringEquals(variable=str(DECISION), value="rejected"),
        Fail(
            "Rejected",
            comment="A person said no",
            error="Rejected",
            cause_path=(
                f"States.Format('The model package {{}} was rejected by {{}} at {{}}: {{}}', "
                f"{register.ARN_PATH}, {BY}, {AT}, {REASON})"
            ),
        ),
    )
    answered.default_choice(
        Fail(
            "Not approved in time",
            comment="Nobody said anything",
            error="NotApprovedInTime",
            cause_path=(
                "States.Format('The model package {} is rejected: {}. Run the training pipeline "
                "again, or approve the package in the registry.', "
                f"{register.ARN_PATH}, {REASON})"
            ),
        )
    )
    return answered


def _only_when_close(metrics_path: str, ask: State, approval: State) -> State:
    """Whether it was a close call; if not, the gate's word is enough."""
    close = Choice("Close call?", comment="A person decides only on what the gate finds close")
    clear = Pass(
        "Clear call",
        comment="The gate's word is enough",
        parameters=bind(
            {
                "decision": "approved",
                "by": "the gate",
                "at": Expression("$$.State.EnteredTime"),
                # Which is short enough for the registry's description, whatever stands before it.
                "reason": Expression(f"{metrics_path}.gate.recorded"),
            }
        ),
        result_path=f"$.{RESULT}",
    )
    close.add_choice(
        ChoiceRule.BooleanEquals(variable=f"{metrics_path}.gate.close", value=True), ask
    )
    close.default_choice(clear)
    Chain([clear, approval])
    return close
