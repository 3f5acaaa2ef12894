"""Looking at the endpoint, again and again, until it is what it is to become.

A look gives {"status", "configuration", "reason", "looks"}: the status is SageMaker's own, ABSENT
if there is no endpoint, or UNREADABLE if it cannot be described. Each wait between two looks is a
second longer than the one before: a second look comes after one second, and an hour takes 85.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

from pipelines import naming
from pipelines.regions import partition
from pipelines.sdk import Catch, ChoiceRule, JsonataTask, State, Wait
from pipelines.steps import retry
from pipelines.steps.endpoint import CONFIGURATION, NAME, NONE, hosting, section
from pipelines.steps.endpoint_calls import retry_soon
from pipelines.steps.step import Scope, Step

ABSENT, UNREADABLE = "Absent", "Unreadable"
# Statuses that an endpoint has until something is done to it.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
SETTLED = ("InService", "Failed", "OutOfService", "UpdateRollbackFailed")
# What SageMaker may take beyond an update's own limit: a creation has none, and takes minutes.
_OVERHEAD_S = 1800
# What the endpoint is like if it cannot be described. SageMaker has no error of its own for what
# is not there: it says so in its message.
_CAUSE = "$states.errorOutput.Cause"
_NOT_DESCRIBED = f"($contains({_CAUSE}, 'Could not find') ? '{ABSENT}' : '{UNREADABLE}')"


def look(name: str, scope: Scope, at: str, *, comment: str, then: State) -> Step:
    """Describe the endpoint, whether there is one or not; what is found is at `$.Endpoint.<at>`."""

    before = f"$states.input.{NAME}.{at}.looks"

    def found(status: str, configuration: str, reason: str) -> str:
        value = (
            f"{{'status': {status}, 'configuration': {configuration}, 'reason': {reason}, "
            f"'looks': ($exists({before}) ? {before} : 0) + 1}}"
        )
        return f"{{% {_merged('$states.input', (NAME, at), value)} %}}"

    answer = "$states.result"
    state = JsonataTask(
        name,
        comment=comment,
        resource=(
            f"arn:{partition(scope.environment.region)}:states:::aws-sdk:sagemaker:describeEndpoint"
        ),
        arguments={"EndpointName": naming.endpoint_name(scope.environment)},
        output=found(
            f"{answer}.EndpointStatus",
            f"{answer}.EndpointConfigName",
            _or_none(f"{answer}.FailureReason"),
        ),
        timeout_seconds=retry.CALL_TIMEOUT_S,
        retry=retry_soon(),
    )
    state.add_catch(
        Catch(
            error_equals=["States.ALL"],
            output=found(_NOT_DESCRIBED, f"'{NONE}'", _or_none(_CAUSE)),
            next_step=then,
        )
    )
    state.next(then)
    return Step(state, machine=(hosting(scope.environment),))


def _merged(whole: str, path: Sequence[str], value: str) -> str:
    """JSONata: an object with a value set at a path; what is beside it stays.

    >>> _merged("$x", ["a", "b"], "1")
    "$merge([$x, {'a': $merge([$x.a, {'b': 1}])}])"
    """
    first, *rest = path
    inner = _merged(f"{whole}.{first}", rest, value) if rest else value
    return f"$merge([{whole}, {{'{first}': {inner}}}])"


def _or_none(text: str) -> str:
    return f"($exists({text}) ? {text} : 'no reason was given')"


def wait(name: str, at: str, *, comment: str, then: State) -> State:
    """Wait until the next look: as many seconds as there have been looks."""
    state = Wait(name, comment=comment, seconds_path=f"$.{NAME}.{at}.looks")
    state.next(then)
    return state


def too_often(scope: Scope, at: str) -> ChoiceRule:
    """Whether there have been as many looks as the longest deployment takes."""
    limit_s = section(scope).update.max_s + _OVERHEAD_S
    return ChoiceRule.NumericGreaterThanEquals(
        variable=f"$.{NAME}.{at}.looks", value=ceil(sqrt(2 * limit_s))
    )


def has_status(at: str, *statuses: str) -> ChoiceRule:
    """Whether the endpoint was found with one of these statuses."""
    rules = [
        ChoiceRule.StringEquals(variable=f"$.{NAME}.{at}.status", value=each) for each in statuses
    ]
    return rules[0] if len(rules) == 1 else ChoiceRule.Or(rules)


def has_new_configuration(at: str) -> ChoiceRule:
    """Whether the endpoint was found with the configuration that this execution deploys."""
    return ChoiceRule.StringEqualsPath(
        variable=f"$.{NAME}.{at}.configuration", value=str(CONFIGURATION)
    )
