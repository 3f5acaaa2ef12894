"""Requests and answers that no API of AWS's describes: Step Functions' own.

Written as botocore writes its models, so that one piece of code reads both.  Each is what the
integration's page in the developer guide lists (``…/dg/connect-<service>.html``).
"""

from __future__ import annotations

from typing import Any

from pipelines.asl.integrations.shapes import Shapes, Spec


def _structure(required: str = "", **members: str) -> Spec:
    return {
        "type": "structure",
        "required": required.split(),
        "members": {name: {"shape": shape} for name, shape in members.items()},
    }


def _enum(*values: str) -> Spec:
    return {"type": "string", "enum": values}


def _execution(data: str) -> Spec:
    """What describes an execution, whose input and output have this shape."""
    texts = (
        "ExecutionArn", "MapRunArn", "Name", "RedriveStatus", "RedriveStatusReason",
        "StateMachineAliasArn", "StateMachineArn", "StateMachineVersionArn", "Status",
        "TraceHeader",
    )  # fmt: skip
    return _structure(
        "ExecutionArn Name StartDate StateMachineArn Status StopDate",
        **dict.fromkeys(texts, "Text"),
        **dict.fromkeys(("RedriveDate", "StartDate", "StopDate"), "Time"),
        **dict.fromkeys(("Input", "Output"), data),
        **dict.fromkeys(("InputDetails", "OutputDetails"), "Any"),
        RedriveCount="Integer",
    )


_EMR_CLUSTER: dict[str, str] = {"ClusterId": "ClusterId"}
_KUBERNETES = {"ClusterName": "Text", "CertificateAuthority": "Text", "Endpoint": "Text"}

_SPECS: dict[str, Spec] = {
    "Any": {"type": "structure", "members": {}, "document": True},
    "Boolean": {"type": "boolean"},
    "Integer": {"type": "integer"},
    "Number": {"type": "double"},
    "Text": {"type": "string"},
    "Texts": {"type": "list", "member": {"shape": "Text"}},
    "TextsByName": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Any"}},
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html
    "ApiGatewayRequest": _structure(
        "ApiEndpoint Method",
        ApiEndpoint="Text", Method="ApiMethod", Headers="ListsByName", Stage="Text", Path="Text",
        QueryParameters="TextsByName", RequestBody="Any", AllowNullValues="Boolean",
        AuthType="Text",
    ),
    # A header that is a text ends the execution, as recorded.
    "ListsByName": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "List"}},
    "List": {"type": "list", "member": {"shape": "Any"}},
    "ApiMethod": _enum("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"),
    # https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
    "HttpRequest": _structure(
        "ApiEndpoint Method",
        ApiEndpoint="Text", Method="ApiMethod", Authentication="HttpConnection",
        InvocationConfig="HttpConnection", Headers="TextsByName", QueryParameters="TextsByName",
        RequestBody="Any", Transform="HttpTransform",
    ),
    "HttpConnection": _structure("ConnectionArn", ConnectionArn="Text"),
    "HttpTransform": _structure(
        RequestBodyEncoding="HttpBodyEncoding", RequestEncodingOptions="HttpEncodingOptions"
    ),
    "HttpBodyEncoding": _enum("URL_ENCODED", "NONE"),
    "HttpEncodingOptions": _structure(ArrayFormat="HttpArrayFormat"),
    "HttpArrayFormat": _enum("INDICES", "REPEAT", "COMMAS", "BRACKETS"),
    "HttpAnswer": _structure(
        "StatusCode", Headers="TextsByName", ResponseBody="Any", StatusCode="Integer",
        StatusText="Text",
    ),
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-eks.html
    "KubernetesCall": _structure(
        "ClusterName CertificateAuthority Endpoint Method Path",
        **_KUBERNETES, Method="KubernetesMethod", Path="Text", QueryParameters="TextsByName",
        RequestBody="Any",
    ),
    "KubernetesMethod": _enum("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"),
    "KubernetesJob": _structure(
        "ClusterName CertificateAuthority Endpoint Job",
        **_KUBERNETES, Namespace="Text", Job="Any", LogOptions="KubernetesLogOptions",
    ),
    "KubernetesLogOptions": _structure(
        RetrieveLogs="Boolean", RawLogs="Boolean", LogParameters="TextsByName"
    ),
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr.html
    "ClusterId": {"type": "string", "min": 1, "max": 256},
    "EmrCluster": _structure("ClusterId", **_EMR_CLUSTER),
    "EmrProtection": _structure(
        "ClusterId TerminationProtected", **_EMR_CLUSTER, TerminationProtected="Boolean"
    ),
    "EmrAddStep": _structure(
        "ClusterId Step", **_EMR_CLUSTER, Step="EmrStep", ExecutionRoleArn="Text"
    ),
    "EmrStep": _structure(
        "Name HadoopJarStep",
        Name="Text", ActionOnFailure="EmrActionOnFailure", HadoopJarStep="EmrJar",
        StepMonitoringConfiguration="Any",
    ),
    "EmrActionOnFailure": _enum(
        "TERMINATE_JOB_FLOW", "TERMINATE_CLUSTER", "CANCEL_AND_WAIT", "CONTINUE"
    ),
    "EmrJar": _structure("Jar", Properties="Any", Jar="Text", MainClass="Text", Args="Texts"),
    "EmrCancelStep": _structure("ClusterId StepId", **_EMR_CLUSTER, StepId="Text"),
    "EmrFleet": _structure(
        "ClusterId InstanceFleetName InstanceFleet",
        **_EMR_CLUSTER, InstanceFleetName="Text", InstanceFleet="Any",
    ),
    "EmrGroup": _structure(
        "ClusterId InstanceGroupName InstanceGroup",
        **_EMR_CLUSTER, InstanceGroupName="Text", InstanceGroup="Any",
    ),
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
    "LambdaAnswer": _structure(
        "StatusCode Payload",
        ExecutedVersion="Text", Payload="Any", StatusCode="Integer", LogResult="Text",
        FunctionError="Text",
    ),
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
    "ExecutionAnswer": _execution("Text"),
    "ParsedExecutionAnswer": _execution("Any"),
    "Time": {"type": "timestamp"},
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-bedrock.html
    "BedrockInvocation": _structure(
        "ModelId",
        ModelId="Text", Body="Any", Input="S3Place", Output="S3Place", ContentType="Text",
        Accept="Text", Trace="Text", GuardrailIdentifier="Text", GuardrailVersion="Text",
        PerformanceConfigLatency="Text", ServiceTier="Text",
    ),
    "S3Place": _structure("S3Uri", S3Uri="Text"),
    "BedrockAnswer": _structure("Body", Body="Any", ContentType="Text"),
}  # fmt: skip

OWN = Shapes(_SPECS)
"""These shapes, by name."""

ANY: Any = OWN("Any")
"""The shape of any JSON value."""
