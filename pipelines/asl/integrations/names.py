"""How Step Functions writes the names of AWS's services, operations and members.

The AWS SDK integrations take the names of AWS's SDK for Java 2, parameters and results with a
capital first letter.  botocore, whose models describe the services, spells many of them another
way: `DBInstanceIdentifier`, which Step Functions calls `DbInstanceIdentifier`.  What follows are
the SDK's conventions; they give every name and exception prefix that AWS's page lists
(https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html).
"""

from __future__ import annotations

import re
from functools import lru_cache

BOTOCORE_NAMES = {
    "applicationdiscovery": "discovery",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "costandusagereport": "cur",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "directory": "ds",
    "directoryservicedata": "ds-data",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "iotjobsdataplane": "iot-jobs-data",
    "lexmodelbuilding": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntimev2": "lexv2-runtime",
    "marketplacemetering": "meteringmarketplace",
    "migrationhub": "mgh",
    "pinpointsmsvoice": "sms-voice",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "simpledb": "sdb",
}
"""Services whose name in a resource is not botocore's without its punctuation."""

RETIRED = frozenset({
    "alexaforbusiness", "codestar", "elasticinference", "elastictranscoder", "evidently",
    "honeycode", "iot1clickdevices", "iot1clickprojects", "iotanalytics", "iotevents",
    "ioteventsdata", "iotfleethub", "lookoutvision", "macie", "mobile", "opsworks", "opsworkscm",
    "panorama", "qldb", "qldbsession", "robomaker", "sms",
})  # fmt: skip
"""Services that Step Functions offered and botocore no longer describes."""

UNSUPPORTED = {
    ("comprehendmedical", "detectEntities"),
    ("efs", "createTags"),
    ("elastictranscoder", "testRole"),
    ("emr", "describeJobFlows"),
    ("iotdeviceadvisor", "listTestCases"),
    ("kinesis", "subscribeToShard"),
    ("lambda", "invokeAsync"),
    ("lexruntimev2", "startConversation"),
    ("mediapackage", "rotateChannelCredentials"),
    ("rdsdata", "executeSql"),
    ("s3", "selectObjectContent"),
    ("shield", "deleteSubscription"),
}
"""Operations that AWS's page lists as not supported, though the service has them."""

_JAVA_WORDS = frozenset({
    "abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "const",
    "continue", "default", "do", "double", "else", "enum", "extends", "final", "finally", "float",
    "for", "goto", "if", "implements", "import", "instanceof", "int", "interface", "long", "native",
    "new", "null", "package", "private", "protected", "public", "return", "short", "static",
    "strictfp", "super", "switch", "synchronized", "this", "throw", "throws", "transient", "true",
    "false", "try", "void", "volatile", "while",
    # The methods that every object of that SDK has.
    "build", "copy", "equals", "getClass", "hashCode", "notify", "notifyAll", "toBuilder",
    "toString", "wait",
})  # fmt: skip


@lru_cache(maxsize=65536)
def first_small(name: str) -> str:
    """A name with its first word in small letters, as operations are written.

    >>> first_small("DescribeDBInstances"), first_small("DBName"), first_small("ETag")
    ('describeDBInstances', 'dbName', 'eTag')
    """
    end = 1
    while end < len(name) and name[end].isupper() and not name[end + 1 : end + 2].islower():
        end += 1
    return name[:end].lower() + name[end:]


@lru_cache(maxsize=65536)
def sdk_member(member: str) -> str:
    """A member of a request or an answer, as the AWS SDK integrations write it.

    >>> sdk_member("DBInstanceIdentifier"), sdk_member("stateMachineArn"), sdk_member("Equals")
    ('DbInstanceIdentifier', 'StateMachineArn', 'EqualsValue')
    """
    name = first_small(member)
    if name == "null":
        return "Nul"  # DynamoDB's, which that SDK renames by hand
    if name in _JAVA_WORDS:
        name += "Value"
    return capital(name)


def capital(name: str) -> str:
    """The same name with a capital first letter."""
    return name[:1].upper() + name[1:]


def sdk_service(service_id: str) -> str:
    """A service's name in a resource, from the service's id.

    >>> sdk_service("Database Migration Service"), sdk_service("CloudWatch Logs")
    ('databasemigration', 'cloudwatchlogs')
    """
    return re.sub(r"[^a-z0-9]", "", _bare(service_id).lower())


def exception_prefix(service_id: str) -> str:
    """What the service's errors begin with in ErrorEquals.

    >>> exception_prefix("DynamoDB"), exception_prefix("SESv2"), exception_prefix("ACM PCA")
    ('DynamoDb', 'SesV2', 'AcmPca')
    """
    return _pascal_case(_bare(service_id))


def exception_name(shape: str) -> str:
    """An error of a service as ErrorEquals names it, after the prefix.

    >>> exception_name("NoSuchKey"), exception_name("DBInstanceNotFoundFault")
    ('NoSuchKeyException', 'DbInstanceNotFoundException')
    """
    return _pascal_case(re.sub(r"(?:Exception|Fault)$", "", shape)) + "Exception"


def _pascal_case(name: str) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", " ", name)
    words = re.sub(r"([^a-z]{2,})v([0-9]+)", r"\1 v\2 ", words)
    words = re.sub(r"([^A-Z]{2,})V([0-9]+)", r"\1 V\2 ", words)
    words = re.sub(r"(?<=[a-z])(?=[A-Z][a-zA-Z0-9])", " ", words)
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", words)
    words = re.sub(r"([0-9])([a-zA-Z])", r"\1 \2", words)
    return "".join(word.capitalize() for word in words.split())


def _bare(service_id: str) -> str:
    return re.sub(r"^(Amazon|AWS)\s*|\s*Service$", "", service_id)
