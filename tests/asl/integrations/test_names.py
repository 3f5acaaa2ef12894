"""Names as Step Functions writes them."""

import pytest

from pipelines.asl.integrations import models
from pipelines.asl.integrations.names import (
    BOTOCORE_NAMES,
    RETIRED,
    exception_prefix,
    sdk_member,
    sdk_service,
)


@pytest.mark.parametrize(
    ("member", "written"),
    [
        # From results that AWS recorded, and from the developer guide.
        ("ETag", "ETag"),
        ("ChecksumCRC32", "ChecksumCRC32"),
        ("startDate", "StartDate"),
        ("gpuIds", "GpuIds"),
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("VolumeSizeInGB", "VolumeSizeInGB"),
        ("BOOL", "Bool"),
        ("NULL", "Nul"),
        ("S", "S"),
        ("Equals", "EqualsValue"),
    ],
)
def test_members_are_written_as_the_sdk_for_java_does(member, written):
    assert sdk_member(member) == written


@pytest.mark.parametrize(
    ("service_id", "name", "prefix"),
    [
        ("ACM PCA", "acmpca", "AcmPca"),
        ("Application Discovery Service", "applicationdiscovery", "ApplicationDiscovery"),
        ("CloudHSM V2", "cloudhsmv2", "CloudHsmV2"),
        ("CloudWatch Logs", "cloudwatchlogs", "CloudWatchLogs"),
        ("DynamoDB", "dynamodb", "DynamoDb"),
        ("EC2 Instance Connect", "ec2instanceconnect", "Ec2InstanceConnect"),
        ("Elastic Load Balancing v2", "elasticloadbalancingv2", "ElasticLoadBalancingV2"),
        ("IoT Jobs Data Plane", "iotjobsdataplane", "IoTJobsDataPlane"),
        ("S3", "s3", "S3"),
        ("SESv2", "sesv2", "SesV2"),
        ("SFN", "sfn", "Sfn"),
        ("SageMaker", "sagemaker", "SageMaker"),
        ("WAFV2", "wafv2", "Wafv2"),
    ],
)
def test_services_and_their_errors_are_named_after_the_service_s_id(service_id, name, prefix):
    assert sdk_service(service_id) == name
    if service_id != "IoT Jobs Data Plane":  # which AWS's page writes IotJobsDataPlane
        assert exception_prefix(service_id) == prefix


@pytest.mark.parametrize("name", sorted(BOTOCORE_NAMES))
def test_the_other_names_are_botocore_s(name):
    assert sdk_service(models.service(BOTOCORE_NAMES[name]).id) == name


def test_what_is_retired_is_not_described():
    assert RETIRED.isdisjoint(models.service_names())
