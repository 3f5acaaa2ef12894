"""AWS::CloudWatch::Alarm."""

from __future__ import annotations

from pipelines.engine.cloudformation.resources.base import (
    Place,
    Properties,
    ResourceType,
    absent,
    tag_changes,
)

_NO_SUCH = ("ResourceNotFound", "ResourceNotFoundException")


class Alarm(ResourceType):
    """AWS::CloudWatch::Alarm, without actions.

    What it measures is recorded: nothing is measured on this machine, and an alarm is in the state
    that SetAlarmState says. An endpoint's update asks for that state, as it does on AWS.
    """

    type = "AWS::CloudWatch::Alarm"
    named_by = "AlarmName"
    honoured = frozenset({"AlarmDescription", "AlarmName", "Tags"})
    recorded = frozenset(
        {
            "ComparisonOperator",
            "DatapointsToAlarm",
            "Dimensions",
            "EvaluateLowSampleCountPercentile",
            "EvaluationPeriods",
            "ExtendedStatistic",
            "MetricName",
            "Metrics",
            "Namespace",
            "Period",
            "Statistic",
            "Threshold",
            "TreatMissingData",
            "Unit",
        }
    )
    required = frozenset({"ComparisonOperator", "EvaluationPeriods"})
    replacing = frozenset({"AlarmName"})
    attributes = frozenset({"Arn"})

    def physical_id(self, name: str, properties: Properties, place: Place) -> str:
        return name

    def exists(self, name: str, place: Place) -> bool:
        found = place.call("cloudwatch", "DescribeAlarms", AlarmNames=[name])
        return bool(found.get("MetricAlarms"))

    def create(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        self._put(name, properties, place, Tags=properties.get("Tags") or None)
        return {"Arn": self._arn(name, place)}

    def update(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        self._put(name, new, place)
        arn = self._arn(name, place)
        to_set, to_remove = tag_changes(old, new)
        if to_set:
            place.call("cloudwatch", "TagResource", ResourceARN=arn, Tags=to_set)
        if to_remove:
            place.call("cloudwatch", "UntagResource", ResourceARN=arn, TagKeys=to_remove)
        return {"Arn": arn}

    def delete(self, name: str, properties: Properties, place: Place) -> None:
        with absent(*_NO_SUCH):
            place.call("cloudwatch", "DeleteAlarms", AlarmNames=[name])

    def _put(self, name: str, properties: Properties, place: Place, **more: object) -> None:
        """Make it, or put it in the place of the one that there is."""
        given = {key: value for key, value in properties.items() if key != "Tags"}
        place.call("cloudwatch", "PutMetricAlarm", **{**given, "AlarmName": name, **more})

    def _arn(self, name: str, place: Place) -> str:
        return place.arn("cloudwatch", f"alarm:{name}")
