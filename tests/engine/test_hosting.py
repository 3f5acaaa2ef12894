"""Endpoints as processes: how they come up, are replaced, fail, and come back."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.engine.hosting.service import LOG_GROUP
from pipelines.engine.wire.service import ServiceError
from tests.engine.hosted import (
    PROGRAM,
    add_config,
    add_endpoint,
    add_model,
    invoke,
    settled,
)
from tests.engine.running import IMAGE, Running, eventually, is_alive

ARN = "arn:aws:sagemaker:eu-central-1:000000000000"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / ".local")
    yield running
    running.close()


@pytest.fixture
def serving(running: Running) -> Running:
    """With an endpoint `ep` of the configuration `c1`, whose model `one` says `first`."""
    return with_endpoint(running)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """As `serving`, for tests that leave the endpoint as it is."""
    running = with_endpoint(Running(tmp_path_factory.mktemp("shared") / ".local"))
    yield running
    running.close()


def with_endpoint(running: Running) -> Running:
    add_endpoint(running, "ep", add_config(running, "c1", add_model(running, "one", "first")))
    return running


def answer(running: Running, name: str = "ep", **request: Any) -> dict[str, Any]:
    """What the program answers."""
    content: dict[str, Any] = json.loads(
        invoke(running, name, json.dumps(request).encode())["Body"]
    )
    return content


def refusal(running: Running, operation: str, **request: Any) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        running.sagemaker(operation, **request)
    return caught.value


def logged(running: Running, name: str = "ep") -> str:
    events = running.call("logs", "FilterLogEvents", logGroupName=f"{LOG_GROUP}{name}")["events"]
    return "\n".join(event["message"] for event in events)


# Coming up


def test_an_endpoint_serves_its_model_with_the_program_in_its_archive(shared):
    response = invoke(shared, "ep")

    assert json.loads(response["Body"])["model"] == "first"
    assert response["ContentType"] == "application/json"
    assert response["InvokedProductionVariant"] == "of-one"
    eventually(lambda: "in place of the image" in logged(shared))


def test_what_the_program_prints_is_in_the_endpoints_log_group(shared):
    answer(shared, print="hello from the model")

    eventually(lambda: "hello from the model" in logged(shared))


def test_a_model_that_cannot_be_loaded_fails_the_endpoint_with_the_reason(running):
    broken = "def model_fn(model_dir): raise SystemExit('no such model')\n" + PROGRAM.replace(
        "def model_fn", "def other"
    )
    model = add_model(running, "broken", "x", broken)

    endpoint = add_endpoint(running, "ep", add_config(running, "c", model))

    assert endpoint["EndpointStatus"] == "Failed"
    assert "did not pass the ping health check" in endpoint["FailureReason"]
    assert "no such model" in endpoint["FailureReason"]
    with pytest.raises(ServiceError, match="not in service: its status is Failed"):
        invoke(running, "ep")


def test_a_model_whose_archive_is_gone_fails_the_endpoint(running):
    config = add_config(running, "c", add_model(running, "one", "first"))
    running.objects.delete("bucket", "models/one/model.tar.gz")

    endpoint = add_endpoint(running, "ep", config)

    assert endpoint["EndpointStatus"] == "Failed"
    assert "s3://bucket/models/one/model.tar.gz" in endpoint["FailureReason"]


def test_a_program_without_what_the_image_calls_is_told_what_it_lacks(running):
    model = add_model(running, "one", "x", "def model_fn(model_dir): pass\n")

    endpoint = add_endpoint(running, "ep", add_config(running, "c", model))

    assert "neither transform_fn nor input_fn, predict_fn, output_fn" in endpoint["FailureReason"]


def test_a_program_in_parts_is_called_part_by_part(running):
    program = (
        "def model_fn(model_dir): return 2\n"
        "def input_fn(content, content_type): return int(content)\n"
        "def predict_fn(data, model): return data * model\n"
        "def output_fn(prediction, accept): return f'{prediction} {accept}', 'text/plain'\n"
    )
    model = add_model(running, "one", "x", program)
    add_endpoint(running, "ep", add_config(running, "c", model))

    assert invoke(running, "ep", b"21", Accept="text/x")["Body"] == b"42 text/x"


def test_a_models_archive_is_given_as_it_is_where_it_is_not_compressed(running):
    program = (
        "import os\n"
        "def model_fn(model_dir): return ' '.join(os.listdir(model_dir))\n"
        "def transform_fn(model, *_): return model, 'text/plain'\n"
    )
    add_model(running, "unused", "x", program)
    source = {"S3Uri": "s3://bucket/models/unused/model.tar.gz", "S3DataType": "S3Object"}
    running.sagemaker(
        "CreateModel",
        ModelName="packed",
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataSource": {"S3DataSource": {**source, "CompressionType": "None"}},
            "Environment": {
                "SAGEMAKER_PROGRAM": "served.program",
                "SAGEMAKER_SUBMIT_DIRECTORY": "s3://bucket/models/unused/code.tar.gz",
            },
        },
    )
    add_endpoint(running, "ep", add_config(running, "c", "packed"))

    assert invoke(running, "ep")["Body"] == b"model.tar.gz"


# Being asked


def test_a_4xx_of_the_model_is_a_model_error_that_holds_it(shared):
    with pytest.raises(ServiceError) as caught:
        invoke(shared, "ep", ContentType="text/csv")

    assert (caught.value.code, caught.value.status) == ("ModelError", 424)
    assert caught.value.members["OriginalStatusCode"] == 415
    assert caught.value.members["OriginalMessage"] == '{"error": "send JSON"}'
    assert "client error (415)" in caught.value.message


def test_an_exception_in_the_program_is_a_500_and_the_process_lives_on(shared):
    before = answer(shared)["pid"]
    with pytest.raises(ServiceError) as caught:
        answer(shared, **{"raise": "bad"})

    assert caught.value.members["OriginalStatusCode"] == 500
    assert answer(shared)["pid"] == before
    eventually(lambda: "ValueError: bad" in logged(shared))


def test_a_process_that_ends_is_started_again(serving):
    with pytest.raises(ServiceError, match="does not answer"):
        answer(serving, exit=3)

    def comes_back() -> bool:
        try:
            return answer(serving)["model"] == "first"
        except ServiceError:
            return False

    eventually(comes_back)
    eventually(lambda: "exit code 3" in logged(serving))


def test_requests_are_shared_out_by_the_variants_weights(running):
    add_model(running, "one", "first")
    add_model(running, "two", "second")
    variant = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    running.sagemaker(
        "CreateEndpointConfig",
        EndpointConfigName="c",
        ProductionVariants=[
            {"VariantName": "a", "ModelName": "one", "InitialVariantWeight": 3.0, **variant},
            {"VariantName": "b", "ModelName": "two", "InitialVariantWeight": 1.0, **variant},
        ],
    )
    add_endpoint(running, "ep", "c")

    asked = [invoke(running, "ep")["InvokedProductionVariant"] for _ in range(40)]

    assert (asked.count("a"), asked.count("b")) == (30, 10)
    assert invoke(running, "ep", TargetVariant="b")["InvokedProductionVariant"] == "b"
    with pytest.raises(ServiceError, match="Variant c not found"):
        invoke(running, "ep", TargetVariant="c")


def test_a_serverless_variant_takes_so_many_requests_at_a_time(running):
    running.sagemaker(
        "CreateEndpointConfig",
        EndpointConfigName="c",
        ProductionVariants=[
            {
                "VariantName": "AllTraffic",
                "ModelName": add_model(running, "one", "first"),
                "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1},
            }
        ],
    )
    add_endpoint(running, "ep", "c")
    slow = threading.Thread(target=lambda: answer(running, sleep=2))
    slow.start()

    def throttled() -> bool:
        try:
            invoke(running, "ep")
        except ServiceError as error:
            return error.code == "ThrottlingException"
        return False

    eventually(throttled, every_s=0.001)
    slow.join()
    assert answer(running)["model"] == "first"


# Being updated


def test_an_update_takes_over_and_no_request_is_lost(serving):
    config = add_config(serving, "c2", add_model(serving, "two", "second"))
    answers: list[str] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            answers.append(answer(serving, sleep=0.1)["model"])

    clients = [threading.Thread(target=ask) for _ in range(3)]
    for client in clients:
        client.start()
    serving.sagemaker("UpdateEndpoint", EndpointName="ep", EndpointConfigName=config)
    pending = serving.sagemaker("DescribeEndpoint", EndpointName="ep")
    after = settled(serving, "ep")
    eventually(lambda: answers[-1] == "second")
    done.set()
    for client in clients:
        client.join()

    assert (pending["EndpointStatus"], pending["EndpointConfigName"]) == ("Updating", "c1")
    assert pending["PendingDeploymentSummary"]["EndpointConfigName"] == "c2"
    assert (after["EndpointStatus"], after["EndpointConfigName"]) == ("InService", "c2")
    # In the order of their answers a few of the old one's may come late; none is missing.
    assert {*answers} == {"first", "second"}


def test_an_update_that_does_not_come_up_leaves_the_old_one_serving(serving):
    broken = add_model(serving, "broken", "x", "raise RuntimeError('cannot import')")
    pid = answer(serving)["pid"]

    serving.sagemaker(
        "UpdateEndpoint", EndpointName="ep", EndpointConfigName=add_config(serving, "c2", broken)
    )
    after = settled(serving, "ep")

    assert (after["EndpointStatus"], after["EndpointConfigName"]) == ("InService", "c1")
    assert "RuntimeError: cannot import" in after["FailureReason"]
    assert answer(serving) == {"model": "first", "pid": pid}


BLUE_GREEN = {
    "TrafficRoutingConfiguration": {
        "Type": "CANARY",
        "WaitIntervalInSeconds": 3600,
        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 50},
    }
}


def test_a_canary_gets_its_share_first(serving):
    config = add_config(serving, "c2", add_model(serving, "two", "second"))
    serving.sagemaker(
        "UpdateEndpoint",
        EndpointName="ep",
        EndpointConfigName=config,
        DeploymentConfig={"BlueGreenUpdatePolicy": BLUE_GREEN},
    )

    eventually(lambda: answer(serving)["model"] == "second")
    shared = [answer(serving)["model"] for _ in range(20)]
    updating = serving.sagemaker("DescribeEndpoint", EndpointName="ep")

    assert shared.count("first") == 10
    assert updating["LastDeploymentConfig"] == {"BlueGreenUpdatePolicy": BLUE_GREEN}


@pytest.mark.parametrize(
    ("state", "reason"),
    [("ALARM", r"transitioned to ALARM: \[errors\]"), (None, r"do not exist: \[errors\]")],
)
def test_an_alarm_turns_an_update_back(running, state, reason):
    class Alarms:
        operations = ("DescribeAlarms",)

        def handle(self, operation: str, request: Any) -> dict[str, Any]:
            found = [] if state is None else [{"AlarmName": "errors", "StateValue": state}]
            return {"MetricAlarms": found}

    running.calls.call = _with(running.calls.call, "cloudwatch", Alarms())  # type: ignore[method-assign]
    add_endpoint(running, "ep", add_config(running, "c1", add_model(running, "one", "first")))
    config = add_config(running, "c2", add_model(running, "two", "second"))

    running.sagemaker(
        "UpdateEndpoint",
        EndpointName="ep",
        EndpointConfigName=config,
        DeploymentConfig={
            "BlueGreenUpdatePolicy": BLUE_GREEN,
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
        },
    )
    after = settled(running, "ep")

    assert (after["EndpointStatus"], after["EndpointConfigName"]) == ("InService", "c1")
    assert re.search(reason, after["FailureReason"])
    assert answer(running)["model"] == "first"


def test_what_is_in_progress_is_neither_updated_nor_deleted(serving):
    config = add_config(serving, "c2", add_model(serving, "two", "second"))
    serving.sagemaker("UpdateEndpoint", EndpointName="ep", EndpointConfigName=config)

    message = f'Cannot update in-progress endpoint "{ARN}:endpoint/ep".'
    update = refusal(serving, "UpdateEndpoint", EndpointName="ep", EndpointConfigName=config)
    assert update.message == message
    assert refusal(serving, "DeleteEndpoint", EndpointName="ep").message == message


# Coming back


def test_endpoints_come_back_when_the_engine_does(serving):
    pid = answer(serving)["pid"]
    serving.objects.delete("bucket", "models/one/model.tar.gz")
    serving.close()
    assert not is_alive(pid)

    again = Running(serving.root)
    assert answer(again)["model"] == "first"
    again.close()


def test_an_update_that_the_engines_end_interrupts_is_taken_up_again(serving):
    config = add_config(serving, "c2", add_model(serving, "two", "second"))
    serving.sagemaker(
        "UpdateEndpoint",
        EndpointName="ep",
        EndpointConfigName=config,
        DeploymentConfig={"BlueGreenUpdatePolicy": BLUE_GREEN},
    )
    eventually(lambda: answer(serving)["model"] == "second")
    serving.close()

    again = Running(serving.root)
    assert again.sagemaker("DescribeEndpoint", EndpointName="ep")["EndpointStatus"] == "Updating"
    eventually(lambda: answer(again)["model"] == "second")
    again.close()


def test_nothing_serves_when_the_engine_was_killed(serving):
    pid = answer(serving)["pid"]
    guardian = serving.services.guardian.pid
    # What happens to the guardian when the engine is killed: its pipe ends.
    serving.services.guardian.close()

    eventually(lambda: not is_alive(pid))
    assert not is_alive(guardian)


# Being deleted, described, listed


def test_a_deleted_endpoint_is_gone_and_its_log_stays(serving):
    pid = answer(serving)["pid"]

    serving.sagemaker("DeleteEndpoint", EndpointName="ep")
    eventually(lambda: not is_alive(pid))
    eventually(lambda: not serving.sagemaker("ListEndpoints")["Endpoints"])

    error = refusal(serving, "DescribeEndpoint", EndpointName="ep")
    assert (error.code, error.message) == (
        "ValidationException",
        f'Could not find endpoint "{ARN}:endpoint/ep".',
    )
    eventually(lambda: "in place of the image" in logged(serving))
    with pytest.raises(ServiceError, match="Endpoint ep of account 000000000000 not found"):
        invoke(serving, "ep")


def test_models_and_configurations_are_described_as_they_were_made(shared):
    model = add_model(shared, "described", "first")
    add_config(shared, "c", model)

    described = shared.sagemaker("DescribeModel", ModelName="described")
    config = shared.sagemaker("DescribeEndpointConfig", EndpointConfigName="c")

    assert described["ModelArn"] == f"{ARN}:model/described"
    assert described["PrimaryContainer"]["Mode"] == "SingleModel"
    assert config["ProductionVariants"][0]["ModelName"] == "described"
    listed = shared.sagemaker("ListModels", NameContains="descr")["Models"]
    assert [each["ModelName"] for each in listed] == ["described"]
    shared.sagemaker("DeleteModel", ModelName="described")
    shared.sagemaker("DeleteEndpointConfig", EndpointConfigName="c")
    assert refusal(shared, "DescribeModel", ModelName="described").message == (
        f'Could not find model "{ARN}:model/described".'
    )
    assert refusal(shared, "DeleteEndpointConfig", EndpointConfigName="c").message == (
        f'Could not find endpoint configuration "{ARN}:endpoint-config/c".'
    )


def test_a_name_is_given_once(shared):
    again = refusal(shared, "CreateEndpoint", EndpointName="ep", EndpointConfigName="c1")

    assert again.message == f'Cannot create already existing endpoint "{ARN}:endpoint/ep".'


def test_tags_are_kept_with_what_they_are_of(shared):
    arn, tag = f"{ARN}:model/one", {"Key": "team", "Value": "a"}

    shared.sagemaker("AddTags", ResourceArn=arn, Tags=[tag, {"Key": "x", "Value": ""}])
    shared.sagemaker("DeleteTags", ResourceArn=arn, TagKeys=["x"])

    assert shared.sagemaker("ListTags", ResourceArn=arn) == {"Tags": [tag]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SAGEMAKER_PROGRAM": "jobs/inference.py"}, "cannot be imported: .* write a module's"),
        ({"SAGEMAKER_PROGRAM": ""}, "serves a program in script mode only"),
        ({"SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/code"}, "is not an S3 URI"),
    ],
)
def test_a_model_that_cannot_be_served_here_is_refused(shared, changes, message):
    environment = {
        "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "s3://b/c.tar.gz",
        **changes,
    }
    container = {"Image": IMAGE, "ModelDataUrl": "s3://b/m.tar.gz", "Environment": environment}

    error = refusal(shared, "CreateModel", ModelName="m", PrimaryContainer=container)

    assert re.search(message, error.message)


def test_what_the_engine_does_not_do_is_refused_by_name(shared):
    variant = {
        "VariantName": "a",
        "ModelName": "one",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    asynchronous = {"OutputConfig": {"S3OutputPath": "s3://b/out"}}

    error = refusal(
        shared,
        "CreateEndpointConfig",
        EndpointConfigName="c",
        ProductionVariants=[variant],
        AsyncInferenceConfig=asynchronous,
    )

    assert "AsyncInferenceConfig" in error.message


def _with(call: Any, service: str, answering: Any) -> Any:
    """`Calls.call`, with a service that moto would supply."""

    def answered(name: str, operation: str, request: Any, *, region: str) -> Any:
        if name == service:
            return answering.handle(operation, request)
        return call(name, operation, request, region=region)

    return answered
