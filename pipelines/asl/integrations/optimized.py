"""The optimized integrations: which service, which actions, which patterns, what they answer.

From https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html and the page
of each service.  AWS refuses any other action or pattern when the machine is created.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Pattern = Literal["", "sync", "sync:2", "waitForTaskToken"]
"""How the service is waited for; empty: request and response."""

REQUEST: tuple[Pattern, ...] = ("",)
JOB: tuple[Pattern, ...] = ("", "sync")
CALLBACK: tuple[Pattern, ...] = ("", "waitForTaskToken")
JOB_OR_CALLBACK: tuple[Pattern, ...] = ("", "sync", "waitForTaskToken")
EXECUTION: tuple[Pattern, ...] = ("", "sync", "sync:2", "waitForTaskToken")


@dataclass(frozen=True)
class Answer:
    """Where the result of a task is described.

    Attributes:
        operation: An operation of the same service whose output it is.
        inside: The member of that output, and within a list its elements, that it is.
        own: Instead, the name of one of our own shapes.
        extra: Members that Step Functions adds: texts.
        is_open: There may be more members than these.
    """

    operation: str = ""
    inside: tuple[str, ...] = ()
    own: str = ""
    extra: tuple[str, ...] = ()
    is_open: bool = False


@dataclass(frozen=True)
class Action:
    """What one action takes and answers.

    Attributes:
        patterns: Those it has; in an Express workflow, only request and response.
        operation: The service's operation behind it; empty: the capitalised action.
        own: Instead, the name of one of our own shapes for the request.
        any_json: Members that hold any JSON value, where the API wants a text or bytes.
        answer: Of request and response; None: the operation's own output.
        job_answer: Of .sync (and of sync:2).
        has_metadata: Whether the answer has SdkHttpMetadata and SdkResponseMetadata.
    """

    patterns: tuple[Pattern, ...] = REQUEST
    operation: str = ""
    own: str = ""
    any_json: frozenset[str] = frozenset()
    answer: Answer | None = None
    job_answer: Mapping[Pattern, Answer] = field(default_factory=dict)
    has_metadata: bool = True


@dataclass(frozen=True)
class Optimized:
    """A service that Step Functions integrates by itself.

    Attributes:
        model: botocore's name of the service; empty: none describes it.
        error_prefix: What its errors begin with.
        in_capitals: Whether the API's members are small and Step Functions' are not.
        is_adapted: Whether Step Functions takes other members than the API, in places.
        from_text: Structures of the API's for which a text can be given, by their names.
    """

    model: str
    error_prefix: str
    actions: Mapping[str, Action]
    in_capitals: bool = False
    is_adapted: bool = False
    from_text: frozenset[str] = frozenset()


_OPEN = Answer(is_open=True)


def _request(**fields: str) -> Action:
    return Action(REQUEST, **fields)  # type: ignore[arg-type]


def _job(answer: Answer = _OPEN, operation: str = "", own: str = "") -> Action:
    return Action(JOB, operation=operation, own=own, job_answer={"sync": answer})


def _described(operation: str, *inside: str, extra: tuple[str, ...] = ()) -> Answer:
    return Answer(operation, inside, extra=extra)


_EKS = Action(JOB_OR_CALLBACK, job_answer={"sync": _OPEN})
_API_ANSWER = Answer(own="HttpAnswer")

OPTIMIZED: dict[str, Optimized] = {
    "apigateway": Optimized("", "ApiGateway", {
        "invoke": Action(CALLBACK, own="ApiGatewayRequest", answer=_API_ANSWER,
                         has_metadata=False),
    }),
    "athena": Optimized("athena", "Athena", {
        "startQueryExecution": _job(_described("GetQueryExecution")),
        "stopQueryExecution": _request(),
        "getQueryExecution": _request(),
        "getQueryResults": _request(),
    }),
    "batch": Optimized("batch", "Batch", in_capitals=True, actions={
        "submitJob": Action(JOB_OR_CALLBACK,
                            job_answer={"sync": _described("DescribeJobs", "jobs")}),
    }),
    "bedrock": Optimized("bedrock", "Bedrock", in_capitals=True, actions={
        "invokeModel": Action(CALLBACK, own="BedrockInvocation",
                              answer=Answer(own="BedrockAnswer")),
        "createModelCustomizationJob": Action(
            JOB_OR_CALLBACK, job_answer={"sync": _described("GetModelCustomizationJob")}),
    }),
    "codebuild": Optimized("codebuild", "CodeBuild", in_capitals=True, actions={
        "startBuild": _job(_described("StartBuild")),
        "stopBuild": _request(),
        "batchDeleteBuilds": _request(),
        "batchGetReports": _request(),
        "startBuildBatch": _job(_described("StartBuildBatch")),
        "stopBuildBatch": _request(),
        "retryBuildBatch": _job(_described("RetryBuildBatch")),
        "deleteBuildBatch": _request(),
    }),
    "databrew": Optimized("databrew", "DataBrew", {"startJobRun": _job()}),
    "dynamodb": Optimized("dynamodb", "DynamoDB", {
        "getItem": _request(),
        "putItem": _request(),
        "updateItem": _request(),
        "deleteItem": _request(),
    }, from_text=frozenset({"AttributeValue"})),  # "a1" is put as {"S": "a1"}
    "ecs": Optimized("ecs", "ECS", in_capitals=True, actions={
        "runTask": Action(JOB_OR_CALLBACK,
                          job_answer={"sync": _described("DescribeTasks", "tasks")}),
    }),
    "eks": Optimized("eks", "EKS", in_capitals=True, is_adapted=True, actions={
        "createCluster": _EKS,
        "deleteCluster": _EKS,
        "createFargateProfile": _EKS,
        "deleteFargateProfile": _EKS,
        "createNodegroup": _EKS,
        "deleteNodegroup": _EKS,
        "call": Action(CALLBACK, own="KubernetesCall", answer=_OPEN),
        "runJob": Action(JOB_OR_CALLBACK, own="KubernetesJob", answer=_OPEN,
                         job_answer={"sync": _OPEN}),
    }),
    "elasticmapreduce": Optimized("emr", "EMR", is_adapted=True, actions={
        "createCluster": Action(JOB, operation="RunJobFlow", answer=_OPEN,
                                job_answer={"sync": _OPEN}),
        "setClusterTerminationProtection": Action(own="EmrProtection", answer=_OPEN),
        "terminateCluster": Action(JOB, own="EmrCluster", answer=_OPEN,
                                   job_answer={"sync": _OPEN}),
        "addStep": Action(JOB, own="EmrAddStep", answer=_OPEN, job_answer={"sync": _OPEN}),
        "cancelStep": Action(own="EmrCancelStep", answer=_OPEN),
        "modifyInstanceFleetByName": Action(own="EmrFleet", answer=_OPEN),
        "modifyInstanceGroupByName": Action(own="EmrGroup", answer=_OPEN),
    }),
    "emr-containers": Optimized("emr-containers", "EMRContainers", in_capitals=True,
                                is_adapted=True, actions={
        "createVirtualCluster": _request(),
        "deleteVirtualCluster": _job(),
        "startJobRun": _job(),
    }),
    "emr-serverless": Optimized("emr-serverless", "EMRServerless", in_capitals=True,
                                is_adapted=True, actions={
        "createApplication": _job(),
        "startApplication": _job(),
        "stopApplication": _job(),
        "deleteApplication": _job(),
        "startJobRun": _job(),
        "cancelJobRun": _job(),
    }),
    "events": Optimized("events", "EventBridge", {
        "putEvents": Action(CALLBACK, any_json=frozenset({"Detail"}), has_metadata=False),
    }),
    "glue": Optimized("glue", "Glue", {
        "startJobRun": Action(
            JOB,
            answer=_described("StartJobRun", extra=("JobName",)),
            job_answer={"sync": _described("GetJobRun", "JobRun")},
        ),
    }),
    "http": Optimized("", "States.Http", {
        "invoke": Action(own="HttpRequest", answer=_API_ANSWER, has_metadata=False),
    }),
    "lambda": Optimized("lambda", "Lambda", {
        "invoke": Action(CALLBACK, any_json=frozenset({"Payload", "ClientContext"}),
                         answer=Answer(own="LambdaAnswer")),
    }),
    "mediaconvert": Optimized("mediaconvert", "MediaConvert", in_capitals=True, actions={
        "createJob": _job(_described("CreateJob")),
    }),
    "sagemaker": Optimized("sagemaker", "SageMaker", {
        "createEndpoint": _request(),
        "createEndpointConfig": _request(),
        "createHyperParameterTuningJob": _job(_described("DescribeHyperParameterTuningJob")),
        "createLabelingJob": _job(_described("DescribeLabelingJob")),
        "createModel": _request(),
        "createProcessingJob": _job(_described("DescribeProcessingJob")),
        "createTrainingJob": _job(_described("DescribeTrainingJob")),
        "createTransformJob": _job(_described("DescribeTransformJob")),
        "updateEndpoint": _request(),
    }),
    "sns": Optimized("sns", "SNS", {
        "publish": Action(CALLBACK, any_json=frozenset({"Message"})),
    }),
    "sqs": Optimized("sqs", "SQS", {
        "sendMessage": Action(CALLBACK, any_json=frozenset({"MessageBody"})),
    }),
    "states": Optimized("stepfunctions", "StepFunctions", in_capitals=True, actions={
        "startExecution": Action(
            EXECUTION,
            any_json=frozenset({"input"}),
            job_answer={
                "sync": Answer(own="ExecutionAnswer"),
                "sync:2": Answer(own="ParsedExecutionAnswer"),
            },
        ),
    }),
}  # fmt: skip
"""By the service's name in a resource."""
