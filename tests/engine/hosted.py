"""Models, configurations and endpoints for tests: a program of a few lines serves a text."""

from __future__ import annotations

from typing import Any

from tests.engine.running import IMAGE, ROLE, Running, archive, eventually

PROGRAM = """
import json, os, sys, time
def model_fn(model_dir):
    with open(f"{model_dir}/model.txt") as file:
        return file.read()
def transform_fn(model, content, content_type, accept):
    if content_type != "application/json":
        from werkzeug.wrappers import Response
        return Response('{"error": "send JSON"}', 415, mimetype="application/json")
    request = json.loads(content)
    time.sleep(request.get("sleep", 0))
    if "exit" in request:
        os._exit(request["exit"])
    if "raise" in request:
        raise ValueError(request["raise"])
    if "print" in request:
        print(request["print"], flush=True)
    return json.dumps({"model": model, "pid": os.getpid()}), "application/json"
"""


def add_model(running: Running, name: str, text: str, program: str = PROGRAM) -> str:
    """A model whose archive says `text`; its name."""
    running.put(f"models/{name}/model.tar.gz", archive({"model.txt": text}))
    running.put(f"models/{name}/code.tar.gz", archive({"served/program.py": program}))
    running.sagemaker(
        "CreateModel",
        ModelName=name,
        ExecutionRoleArn=ROLE,
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": f"s3://bucket/models/{name}/model.tar.gz",
            "Environment": {
                "SAGEMAKER_PROGRAM": "served.program",
                "SAGEMAKER_SUBMIT_DIRECTORY": f"s3://bucket/models/{name}/code.tar.gz",
            },
        },
    )
    return name


def add_config(running: Running, name: str, *models: str, **more: Any) -> str:
    """A configuration with a variant of one instance for each model; its name."""
    running.sagemaker(
        "CreateEndpointConfig",
        EndpointConfigName=name,
        ProductionVariants=[
            {
                "VariantName": f"of-{model}",
                "ModelName": model,
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 1,
            }
            for model in models
        ],
        **more,
    )
    return name


def add_endpoint(running: Running, name: str, config: str) -> dict[str, Any]:
    """An endpoint; its description once it is settled."""
    running.sagemaker("CreateEndpoint", EndpointName=name, EndpointConfigName=config)
    return settled(running, name)


def settled(running: Running, name: str) -> dict[str, Any]:
    """The endpoint's description, once nothing is being done to it."""

    def done() -> bool:
        status = running.sagemaker("DescribeEndpoint", EndpointName=name)["EndpointStatus"]
        return status in ("InService", "Failed")

    eventually(done, 30)
    return running.sagemaker("DescribeEndpoint", EndpointName=name)


def invoke(running: Running, name: str, body: bytes = b"{}", **more: Any) -> dict[str, Any]:
    """InvokeEndpoint's response."""
    request = {"EndpointName": name, "Body": body, "ContentType": "application/json", **more}
    return running.call("sagemaker-runtime", "InvokeEndpoint", **request)
