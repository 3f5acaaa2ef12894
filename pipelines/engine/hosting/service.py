"""SageMaker's operations on models, endpoint configurations and endpoints."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pipelines.engine.allow_list import Supported
from pipelines.engine.calls import request_region
from pipelines.engine.hosting import supported
from pipelines.engine.hosting.deployment import container_of, problems, settle
from pipelines.engine.hosting.describe import describe_endpoint
from pipelines.engine.hosting.endpoint import Endpoint, Surroundings, log_folder
from pipelines.engine.hosting.resources import (
    ENDPOINT,
    ENDPOINT_CONFIG,
    MODEL,
    Resource,
    Resources,
)
from pipelines.engine.hosting.rollout import Rollout
from pipelines.engine.jobs.record import milliseconds
from pipelines.engine.logs import LogStream
from pipelines.engine.processes.log import read_forward
from pipelines.engine.wire.service import ServiceError, UnknownOperation
from pipelines.engine.wire.validation import validate
from pipelines.regions import partition

Request = Mapping[str, Any]
LOG_GROUP = "/aws/sagemaker/Endpoints/"
MAX_INSTANCES = 16
"""Processes of a variant: more than that is another machine's work."""
_IN_PROGRESS = ("Creating", "Updating", "Deleting")


class Hosting:
    """Answers what is said of hosting, and leaves the rest to others."""

    def __init__(self, surroundings: Surroundings, account: str) -> None:
        self._around = surroundings
        self._account = account
        root = surroundings.root
        self._models = Resources(root, MODEL, account)
        self._configs = Resources(root, ENDPOINT_CONFIG, account)
        self._endpoints = Resources(root, ENDPOINT, account)
        self._lock = threading.Lock()
        self._live: dict[tuple[str, str], Endpoint] = {}
        self.operations: dict[str, Callable[[Request], dict[str, Any]]] = {
            "AddTags": self._add_tags,
            "CreateEndpoint": self._create_endpoint,
            "CreateEndpointConfig": self._create_config,
            "CreateModel": self._create_model,
            "DeleteEndpoint": self._delete_endpoint,
            "DeleteTags": self._delete_tags,
            "DescribeEndpoint": self._describe_endpoint,
            "ListTags": self._list_tags,
            "UpdateEndpoint": self._update_endpoint,
        }
        for resources in (self._models, self._configs, self._endpoints):
            self.operations[f"List{resources.noun.member}s"] = _listing(resources)
        for resources in (self._models, self._configs):
            self.operations[f"Describe{resources.noun.member}"] = _describing(resources)
            self.operations[f"Delete{resources.noun.member}"] = _deleting(resources)

    def handle(self, operation: str, request: Request) -> dict[str, Any]:
        if operation not in self.operations:
            raise UnknownOperation(operation)
        return self.operations[operation](request)

    def endpoint(self, region: str, name: str) -> Endpoint | None:
        """The endpoint of this name."""
        return self._live.get((region, name.lower()))

    def log_streams(self, group: str) -> list[LogStream] | None:
        """An endpoint's logs, if the group is one that SageMaker has for endpoints."""
        if not group.startswith(LOG_GROUP):
            return None
        name = group.removeprefix(LOG_GROUP)
        streams = []
        for region in self._regions():
            arn = f"arn:{partition(region)}:logs:{region}:{self._account}:log-group:{group}"
            for path in log_folder(self._around.root, region, name).glob("*.txt"):
                first, _ = read_forward(path, 0, 1)
                modified = path.stat().st_mtime
                created = first[0].timestamp / 1000 if first else modified
                stream = path.stem.replace("~", "/")
                streams.append(LogStream(stream, path, created, modified, arn))
        return sorted(streams, key=lambda stream: stream.created)

    # The engine's own start and end

    def recover(self) -> None:
        """Have every endpoint serve again, and finish what was being done to it."""
        for region, record in list(self._endpoints.all()):
            self._add(region, record["EndpointName"]).recover()

    def shutdown(self) -> None:
        """End every process; when this returns, none is left."""
        threads = [threading.Thread(target=each.shutdown) for each in self._live.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    # Models and configurations

    def _create_model(self, request: Request) -> dict[str, Any]:
        _check("CreateModel", request, supported.MODEL)
        containers = [request["PrimaryContainer"]] if "PrimaryContainer" in request else []
        containers += request.get("Containers", ())
        if len(containers) != 1:
            raise _invalid("The local engine serves models of one container.")
        if found := list(problems(containers[0])):
            raise _invalid(f"{'; '.join(found)}.")
        return self._created(self._models, request)

    def _create_config(self, request: Request) -> dict[str, Any]:
        _check("CreateEndpointConfig", request, supported.ENDPOINT_CONFIG)
        variants = request["ProductionVariants"]
        names = [variant["VariantName"] for variant in variants]
        if len({*names}) != len(names):
            raise _invalid("Two production variants have the same VariantName.")
        for variant in variants:
            _check_variant(variant)
            self._models.get(request_region.get(), variant["ModelName"])
        return self._created(self._configs, request)

    def _created(self, resources: Resources, request: Request) -> dict[str, Any]:
        made = resources.create(request_region.get(), request)
        return {resources.noun.arn: made[resources.noun.arn]}

    # Endpoints

    def _create_endpoint(self, request: Request) -> dict[str, Any]:
        _check("CreateEndpoint", request, supported.ENDPOINT)
        region, now = request_region.get(), milliseconds()
        Rollout.of(request.get("DeploymentConfig", {}))
        with self._lock:
            record = self._endpoints.create(
                region,
                {key: value for key, value in request.items() if key != "DeploymentConfig"},
                EndpointStatus="Creating",
                LastModifiedTime=now,
                Deployment=self._settled(request, 1),
                Number=1,
            )
        self._add(region, request["EndpointName"]).create()
        return {"EndpointArn": record["EndpointArn"]}

    def _update_endpoint(self, request: Request) -> dict[str, Any]:
        _check("UpdateEndpoint", request, supported.UPDATE)
        region, name = request_region.get(), request["EndpointName"]
        Rollout.of(request.get("DeploymentConfig", {}))
        self._endpoints.get(region, name)
        settled = self._settled(request, 0)

        def change(record: Resource) -> None:
            _require_settled(record)
            if record["EndpointStatus"] == "Failed":
                raise _invalid(f'Cannot update failed endpoint "{record["EndpointArn"]}".')
            config = request.get("DeploymentConfig")
            if config is None and request.get("RetainDeploymentConfig"):
                config = record.get("LastDeploymentConfig")
            record.pop("LastDeploymentConfig", None)
            record["Number"] += 1
            record.update(
                EndpointStatus="Updating",
                LastModifiedTime=milliseconds(),
                Pending={**settled, "folder": str(record["Number"]), "since": milliseconds()},
                **({"LastDeploymentConfig": config} if config else {}),
            )

        record = self._endpoints.change(region, name, change)
        self._get(region, name).update()
        return {"EndpointArn": record["EndpointArn"]}

    def _delete_endpoint(self, request: Request) -> dict[str, Any]:
        validate("sagemaker", "DeleteEndpoint", request)
        region, name = request_region.get(), request["EndpointName"]

        def change(record: Resource) -> None:
            _require_settled(record)
            record.update(EndpointStatus="Deleting", LastModifiedTime=milliseconds())

        self._endpoints.change(region, name, change)
        endpoint = self._get(region, name)
        endpoint.delete()
        return {}

    def _describe_endpoint(self, request: Request) -> dict[str, Any]:
        validate("sagemaker", "DescribeEndpoint", request)
        return describe_endpoint(self._endpoints.get(request_region.get(), request["EndpointName"]))

    def _settled(self, request: Request, number: int) -> dict[str, Any]:
        """What an endpoint is to run, with the folder for it."""
        region = request_region.get()
        config = self._configs.get(region, request["EndpointConfigName"])
        names = {variant["ModelName"] for variant in config["ProductionVariants"]}
        models = {name: self._models.get(region, name) for name in names}
        return {**settle(config, models).to_json(), "folder": str(number)}

    def _regions(self) -> list[str]:
        logs = self._around.root / "logs"
        return [path.name for path in logs.iterdir()] if logs.exists() else []

    def _add(self, region: str, name: str) -> Endpoint:
        key = region, name.lower()
        forget = partial(self._live.pop, key, None)
        self._live[key] = Endpoint(self._endpoints, region, name, self._around, forget)
        return self._live[key]

    def _get(self, region: str, name: str) -> Endpoint:
        return self._live[region, name.lower()]

    # Tags

    def _add_tags(self, request: Request) -> dict[str, Any]:
        def change(resource: Resource) -> None:
            tags = {tag["Key"]: tag for tag in [*resource.get("Tags", ()), *request["Tags"]]}
            resource["Tags"] = list(tags.values())

        return {"Tags": self._change_tagged(request, change)["Tags"]}

    def _delete_tags(self, request: Request) -> dict[str, Any]:
        def change(resource: Resource) -> None:
            kept = [t for t in resource.get("Tags", ()) if t["Key"] not in request["TagKeys"]]
            resource["Tags"] = kept

        self._change_tagged(request, change)
        return {}

    def _list_tags(self, request: Request) -> dict[str, Any]:
        return {"Tags": self._change_tagged(request, lambda resource: None).get("Tags", [])}

    def _change_tagged(self, request: Request, change: Callable[[Resource], None]) -> Resource:
        arn = str(request.get("ResourceArn", ""))
        for resources in (self._models, self._configs, self._endpoints):
            marker = f":{resources.noun.arn_type}/"
            if marker in arn:
                region, name = arn.split(":")[3], arn.partition(marker)[2]
                return resources.change(region, name, change)
        raise UnknownOperation(arn)  # something else's tags


def _check(operation: str, request: Request, allowed: Supported) -> None:
    validate("sagemaker", operation, request)
    allowed.require(request)


def _check_variant(variant: Mapping[str, Any]) -> None:
    name = variant["VariantName"]
    if "ModelName" not in variant:
        raise _invalid(f"Production variant {name} has no ModelName.")
    if "ServerlessConfig" in variant:
        if "InstanceType" in variant or "InitialInstanceCount" in variant:
            raise _invalid(f"Production variant {name} is serverless and has instances, too.")
        return
    if "InstanceType" not in variant or "InitialInstanceCount" not in variant:
        raise _invalid(f"Production variant {name} has no InstanceType and InitialInstanceCount.")
    if variant["InitialInstanceCount"] > MAX_INSTANCES:
        raise _invalid(
            f"Production variant {name} has {variant['InitialInstanceCount']} instances; the local "
            f"engine starts a process for each, at most {MAX_INSTANCES}."
        )


def _require_settled(record: Resource) -> None:
    if record["EndpointStatus"] in _IN_PROGRESS:
        raise _invalid(f'Cannot update in-progress endpoint "{record["EndpointArn"]}".')


def _listing(resources: Resources) -> Callable[[Request], dict[str, Any]]:
    def list_(request: Request) -> dict[str, Any]:
        validate("sagemaker", f"List{resources.noun.member}s", request)
        return resources.page(request_region.get(), request)

    return list_


def _describing(resources: Resources) -> Callable[[Request], dict[str, Any]]:
    def describe(request: Request) -> dict[str, Any]:
        validate("sagemaker", f"Describe{resources.noun.member}", request)
        found = resources.get(request_region.get(), request[resources.noun.name])
        if resources.noun is MODEL:
            found = {"EnableNetworkIsolation": False, **found}
            found["PrimaryContainer"] = {"Mode": "SingleModel", **container_of(found)}
        return {key: value for key, value in found.items() if key != "Tags"}

    return describe


def _deleting(resources: Resources) -> Callable[[Request], dict[str, Any]]:
    def delete(request: Request) -> dict[str, Any]:
        validate("sagemaker", f"Delete{resources.noun.member}", request)
        resources.delete(request_region.get(), request[resources.noun.name])
        return {}

    return delete


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
