"""AWS::SageMaker::ModelPackageGroup."""

from __future__ import annotations

from pipelines.engine.cloudformation.resources.base import (
    Place,
    Properties,
    ResourceType,
    absent,
    found,
    tag_changes,
)

_NO_SUCH = "ValidationException"


class ModelPackageGroup(ResourceType):
    """AWS::SageMaker::ModelPackageGroup. One that holds packages is not deleted, as on AWS."""

    type = "AWS::SageMaker::ModelPackageGroup"
    named_by = "ModelPackageGroupName"
    honoured = frozenset({"ModelPackageGroupDescription", "ModelPackageGroupName", "Tags"})
    required = frozenset({"ModelPackageGroupName"})
    replacing = frozenset({"ModelPackageGroupDescription", "ModelPackageGroupName"})
    attributes = frozenset({"CreationTime", "ModelPackageGroupArn", "ModelPackageGroupStatus"})

    def physical_id(self, name: str, properties: Properties, place: Place) -> str:
        return place.arn("sagemaker", f"model-package-group/{name}")

    def exists(self, name: str, place: Place) -> bool:
        return found(
            lambda: place.call(
                "sagemaker", "DescribeModelPackageGroup", ModelPackageGroupName=name
            ),
            _NO_SUCH,
        )

    def create(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        place.call(
            "sagemaker",
            "CreateModelPackageGroup",
            ModelPackageGroupName=name,
            ModelPackageGroupDescription=properties.get("ModelPackageGroupDescription"),
            Tags=properties.get("Tags"),
        )
        return self._attributes(name, place)

    def update(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        arn = self.physical_id(name, new, place)
        to_set, to_remove = tag_changes(old, new)
        if to_set:
            place.call("sagemaker", "AddTags", ResourceArn=arn, Tags=to_set)
        if to_remove:
            place.call("sagemaker", "DeleteTags", ResourceArn=arn, TagKeys=to_remove)
        return self._attributes(name, place)

    def delete(self, name: str, properties: Properties, place: Place) -> None:
        with absent(_NO_SUCH):
            place.call("sagemaker", "DeleteModelPackageGroup", ModelPackageGroupName=name)

    def _attributes(self, name: str, place: Place) -> dict[str, str]:
        group = place.call("sagemaker", "DescribeModelPackageGroup", ModelPackageGroupName=name)
        return {key: str(group[key]) for key in self.attributes}
