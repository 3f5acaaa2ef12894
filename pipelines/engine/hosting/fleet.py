"""The instances of one deployment: started together, chosen from by weight, and stopped.

A request holds the fleet that answers it: one that is replaced meanwhile ends when its last
request has its answer.
"""

from __future__ import annotations

import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.engine.hosting.deployment import Deployment, Variant
from pipelines.engine.hosting.instance import Instance, Unhealthy
from pipelines.engine.jobs.container import MAX_REASON
from pipelines.engine.processes.guardian import Guardian
from pipelines.signals import Signal


class Throttled(Exception):
    """More requests at a time than a serverless variant takes."""


class Fleet:
    """What answers an endpoint's requests."""

    def __init__(
        self,
        deployment: Deployment,
        folder: Path,
        *,
        logs: Path,
        region: str,
        guardian: Guardian,
        grace_s: float,
    ) -> None:
        """Args:
        folder: The deployment's, with the archives of its variants.
        logs: The folder of the endpoint's log streams.
        """
        self.deployment = deployment
        self.folder = folder
        self.instances: dict[str, list[Instance]] = {
            variant.name: [
                Instance(
                    folder / variant.name / f"instance-{number}",
                    variant,
                    folder / variant.name,
                    log_path=logs / f"{variant.name}~i-{uuid.uuid4().hex[:17]}.txt",
                    region=region,
                    guardian=guardian,
                    grace_s=grace_s,
                )
                for number in range(variant.count)
            ]
            for variant in deployment.variants
        }
        self._busy = threading.Condition()
        self._requests = {variant.name: 0 for variant in deployment.variants}
        self._served = {variant.name: 0 for variant in deployment.variants}

    def start(self, stop: Signal) -> None:
        """Start every instance; returns when all of them serve.

        Raises:
            Unhealthy: one does not; then none is left.
        """
        try:
            for instances in self.instances.values():
                for instance in instances:
                    instance.log_path.parent.mkdir(parents=True, exist_ok=True)
                    instance.log_path.touch()
                    instance.start()
            for variant, instances in self.instances.items():
                for instance in instances:
                    try:
                        instance.wait_until_healthy(stop)
                    except Unhealthy as error:
                        raise Unhealthy(_not_healthy(variant, str(error))) from error
        except BaseException:
            self._stop_instances()
            raise

    @contextmanager
    def request(self, variant_name: str | None = None) -> Iterator[tuple[Variant, Instance]]:
        """The variant and the instance for a request, which hold on until it is answered.

        Raises:
            KeyError: there is no variant of that name.
            Throttled: a serverless variant has as many requests as it takes.
        """
        with self._busy:
            variant = self._choose(variant_name)
            limit = variant.max_concurrency
            if limit is not None and self._requests[variant.name] >= limit:
                raise Throttled(f"{variant.name} takes {limit} requests at a time")
            self._requests[variant.name] += 1
            self._served[variant.name] += 1
            instances = self.instances[variant.name]
            instance = instances[self._served[variant.name] % len(instances)]
        try:
            yield variant, instance
        finally:
            with self._busy:
                self._requests[variant.name] -= 1
                self._busy.notify_all()

    def stop(self, drain_s: float = 0.0) -> None:
        """End every instance, once no request holds one or `drain_s` seconds have gone by."""
        with self._busy:
            self._busy.wait_for(lambda: not any(self._requests.values()), drain_s)
        self._stop_instances()

    def delete(self) -> None:
        """Delete what a fleet that was stopped was made of."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _choose(self, name: str | None) -> Variant:
        """The variant that has had least of its share: in the long run exactly by the weights."""
        variants = {each.name: each for each in self.deployment.variants}
        if name is not None:
            return variants[name]
        willing = [each for each in variants.values() if each.weight > 0] or [*variants.values()]
        return min(willing, key=lambda each: (self._served[each.name] + 1) / (each.weight or 1))

    def _stop_instances(self) -> None:
        for instances in self.instances.values():
            for instance in instances:
                instance.stop()


def _not_healthy(variant: str, reason: str) -> str:
    """In the words of SageMaker, and with the reason that one has to look for there."""
    said = (
        f"The primary container for production variant {variant} did not pass the ping health "
        f"check. Please check CloudWatch logs for this endpoint. The process: {reason}"
    )
    return said[:MAX_REASON]
