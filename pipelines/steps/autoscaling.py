"""Autoscaling: as many instances as the invocations need, through Application Auto Scaling.

An update that changes the type of machines is refused while the variant is a scalable target, and
a target from an older configuration would go on scaling by its bounds. So it is deregistered before
each update, and registered again when the endpoint is in service.
https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html
"""

from __future__ import annotations

from pipelines import naming
from pipelines.environment.serving import Autoscaling
from pipelines.regions import partition
from pipelines.sdk import Catch, State, Task, bind
from pipelines.steps import retry
from pipelines.steps.endpoint import NAME, VARIANT
from pipelines.steps.step import Scope, Statement, Step

_DIMENSION = "sagemaker:variant:DesiredInstanceCount"
_SERVICE = "sagemaker.application-autoscaling.amazonaws.com"
_HERE = "${AWS::Region}:${AWS::AccountId}"


def stop_scaling(scope: Scope, then: State) -> Step:
    """Deregister the endpoint's variant, with its policies; it may never have been registered."""
    state = _call(
        "Stop scaling",
        scope,
        "deregisterScalableTarget",
        {},
        comment="An endpoint that scales is not to be updated",
    )
    state.add_catch(
        Catch(
            error_equals=["ApplicationAutoScaling.ObjectNotFoundException"],
            result_path=f"$.{NAME}.scaling",
            next_step=then,
        )
    )
    state.next(then)
    return Step(state, machine=(_may(scope, "StopScaling", "DeregisterScalableTarget"),))


def scale(scope: Scope, scaling: Autoscaling, names: tuple[str, str]) -> tuple[Step, Step]:
    """Register the variant and give it its policy: two Tasks of these names, linked."""
    register, set_policy = names
    first = _call(
        register,
        scope,
        "registerScalableTarget",
        {"MinCapacity": scaling.min_count, "MaxCapacity": scaling.max_count},
        comment=f"From {scaling.min_count} to {scaling.max_count} instances",
    )
    second = _call(
        set_policy,
        scope,
        "putScalingPolicy",
        {
            "PolicyName": f"{scope.environment.prefix}-invocations",
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": scaling.invocations_per_minute,
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
                },
            },
        },
        comment=f"{scaling.invocations_per_minute} invocations a minute for each instance",
    )
    first.next(second)
    need = _may(scope, "Scale", "PutScalingPolicy", "RegisterScalableTarget")
    return (
        Step(first, machine=(need, *_what_scaling_does(scope))),
        Step(second, machine=(need, *_what_scaling_does(scope))),
    )


def _call(
    name: str, scope: Scope, operation: str, request: dict[str, object], *, comment: str
) -> State:
    endpoint = naming.endpoint_name(scope.environment)
    return Task(
        name,
        resource=(
            f"arn:{partition(scope.environment.region)}"
            f":states:::aws-sdk:applicationautoscaling:{operation}"
        ),
        parameters=bind(
            {
                "ServiceNamespace": "sagemaker",
                "ResourceId": f"endpoint/{endpoint}/variant/{VARIANT}",
                "ScalableDimension": _DIMENSION,
                **request,
            }
        ),
        comment=comment,
        timeout_seconds=retry.CALL_TIMEOUT_S,
        retry=retry.calling("ApplicationAutoScaling"),
        result_path=f"$.{NAME}.scaling",
    )


def _may(scope: Scope, what: str, *operations: str) -> Statement:
    """Targets have names that Application Auto Scaling makes up; their dimension is the limit."""
    return Statement(
        what,
        tuple(f"application-autoscaling:{each}" for each in operations),
        (f"arn:${{AWS::Partition}}:application-autoscaling:{_HERE}:scalable-target/*",),
        {
            "StringEquals": {
                "application-autoscaling:scalable-dimension": _DIMENSION,
                "application-autoscaling:service-namespace": "sagemaker",
            }
        },
    )


def _what_scaling_does(scope: Scope) -> tuple[Statement, ...]:
    """What Application Auto Scaling does as whoever registers a target.

    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html
    """
    here = f"arn:${{AWS::Partition}}:sagemaker:{_HERE}"
    endpoint = naming.endpoint_name(scope.environment)
    alarms = (
        f"arn:${{AWS::Partition}}:cloudwatch:{_HERE}:alarm:TargetTracking-endpoint/{endpoint}/*"
    )
    role = (
        f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/aws-service-role/{_SERVICE}"
        "/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    )
    return (
        Statement(
            "ChangeCapacity",
            ("sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities"),
            (f"{here}:endpoint/{endpoint}",),
        ),
        Statement(
            "WatchInvocations",
            ("cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"),
            (alarms,),
        ),
        Statement(
            "FirstScaling",
            ("iam:CreateServiceLinkedRole",),
            (role,),
            {"StringEquals": {"iam:AWSServiceName": _SERVICE}},
        ),
    )
