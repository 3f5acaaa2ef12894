"""What moto is asked to do: the operations whose effects it really has.

Everything else is refused by name: moto would answer, and nothing would have happened (a
command that no machine runs, a mail that nobody gets), or it would not be the same after a restart
(key material, which moto takes from the system's random numbers).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# IAM policies are recorded, not enforced: whoever reaches the engine may do everything.
ALLOWED: Mapping[str, re.Pattern[str]] = {
    service: re.compile("|".join(patterns))
    for service, patterns in {
        "iam": [
            r"(Create|Delete|Get|Tag|Untag|Update)Role",
            r"List(Roles|RoleTags|RolePolicies|AttachedRolePolicies|Policies|PolicyVersions)",
            r"(Put|Get|Delete)RolePolicy",
            r"(Attach|Detach)RolePolicy",
            r"(Create|Delete|Get)Policy(Version)?",
            r"ListEntitiesForPolicy|ListPolicyTags|(Tag|Untag)Policy|SetDefaultPolicyVersion",
            r"(Update)AssumeRolePolicy|UpdateRoleDescription",
            r"(Put|Delete)RolePermissionsBoundary",
        ],
        "sts": [r"GetCallerIdentity"],
        # Recorded: an endpoint on this machine is one process, whatever it would scale to.
        "application-autoscaling": [
            r"(Register|Deregister)ScalableTarget|DescribeScalableTargets",
            r"(Put|Delete)ScalingPolicy|DescribeScalingPolicies",
        ],
        # Nothing on this machine is measured: an alarm is in the state that SetAlarmState says.
        "cloudwatch": [
            r"PutMetricAlarm|(Delete|Describe)Alarms|SetAlarmState",
            r"(Tag|Untag|ListTagsFor)Resource",
        ],
        "sns": [
            r"(Create|Delete)Topic|ListTopics|(Get|Set)TopicAttributes",
            r"Subscribe|Unsubscribe|ListSubscriptions(ByTopic)?|(Get|Set)SubscriptionAttributes",
            r"Publish(Batch)?|(Tag|Untag)Resource|ListTagsForResource",
        ],
        "sqs": [
            r"(Create|Delete|Purge)Queue|GetQueueUrl|ListQueues|(Get|Set)QueueAttributes",
            r"(Send|Delete)Message(Batch)?|ReceiveMessage|ChangeMessageVisibility(Batch)?",
            r"(Tag|Untag)Queue|ListQueueTags|ListDeadLetterSourceQueues",
        ],
        "dynamodb": [
            r"(Create|Delete|Describe|Update)Table|ListTables",
            r"(Put|Get|Delete|Update)Item|Batch(Get|Write)Item|Transact(Get|Write)Items|Query|Scan",
            r"(Tag|Untag)Resource|ListTagsOfResource",
        ],
        # What a rule delivers, and to whom, is in pipelines.engine.events; nothing is scheduled.
        "events": [
            r"(Create|Delete|Describe)EventBus|ListEventBuses",
            r"(Put|Delete|Describe|Enable|Disable)Rule|ListRules|ListRuleNamesByTarget",
            r"(Put|Remove)Targets|ListTargetsByRule|(Tag|Untag|ListTagsFor)Resource",
        ],
        "logs": [
            r"(Create|Delete|Describe)Log(Group|Stream)s?|PutLogEvents|(Get|Filter)LogEvents",
            r"(Put|Delete)RetentionPolicy|(Tag|Untag|ListTagsFor)Resource",
        ],
        "kms": [
            r"(Create|Describe|Enable|Disable)Key|ListKeys|UpdateKeyDescription",
            r"(Create|Delete|Update)Alias|ListAliases|(Get|Put)KeyPolicy|ListKeyPolicies",
            r"(ScheduleKey|CancelKey)Deletion|(Tag|Untag)Resource|ListResourceTags",
            r"(Enable|Disable)KeyRotation|GetKeyRotationStatus",
        ],
        "secretsmanager": [
            r"(Create|Update|Delete|Describe|Restore)Secret|(Get|Put)SecretValue|ListSecrets",
            r"ListSecretVersionIds|(Tag|Untag)Resource",
        ],
        "ssm": [
            r"(Put|Get|Delete)Parameter|(Get|Delete|Describe)Parameters|GetParametersByPath",
            r"GetParameterHistory|(AddTagsTo|RemoveTagsFrom|ListTagsFor)Resource",
        ],
    }.items()
}
# Attempts are not made again here, and what was not delivered is in the engine's log: recorded.
_TARGET_MEMBERS = {
    *("Arn", "Id", "Input", "InputPath", "InputTransformer", "RoleArn"),
    *("DeadLetterConfig", "RetryPolicy", "SqsParameters"),
}
_READS = re.compile(r"(Describe|Get|List|Query$|Scan$|BatchGet|TransactGet|Filter)")


def is_allowed(service: str, operation: str, request: Mapping[str, object]) -> bool:
    """Whether moto does what is asked.

    >>> is_allowed("iam", "CreateRole", {}), is_allowed("ssm", "SendCommand", {})
    (True, False)
    """
    allowed = ALLOWED.get(service)
    if allowed is None or not allowed.fullmatch(operation):
        return False
    match operation:
        case "Subscribe":
            # Nothing leaves this machine: a mail or a web hook would never be sent.
            return request.get("Protocol") == "sqs"
        case "PutRule":
            return "ScheduleExpression" not in request
        case "PutTargets":
            targets = request.get("Targets", ())
            return isinstance(targets, list | tuple) and all(map(_is_delivered_to, targets))
    return True


def takes(service: str, operation: str) -> bool:
    """Whether there are requests of this operation that moto does.

    >>> takes("sns", "Subscribe"), takes("ec2", "RunInstances")
    (True, False)
    """
    allowed = ALLOWED.get(service)
    return allowed is not None and allowed.fullmatch(operation) is not None


def _is_delivered_to(target: object) -> bool:
    """Whether events are delivered to a rule's target, and as it says."""
    if not isinstance(target, Mapping) or target.keys() - _TARGET_MEMBERS:
        return False
    arn = str(target.get("Arn"))
    return re.fullmatch(r"arn:[^:]+:(events|logs|sns|sqs|states):.*", arn) is not None


def changes(operation: str) -> bool:
    """Whether an operation changes something, and so belongs in the journal.

    >>> changes("CreateRole"), changes("ReceiveMessage"), changes("DescribeTable")
    (True, True, False)
    """
    return not _READS.match(operation)
