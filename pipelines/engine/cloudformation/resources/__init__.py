"""The resource types that the engine makes, and what it honours of each.

A type or property that is not here is refused before anything is made. A property under `recorded`
is accepted and kept, and changes nothing on this machine: its class says why.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.engine.cloudformation.resources.alarms import Alarm
from pipelines.engine.cloudformation.resources.base import ResourceType
from pipelines.engine.cloudformation.resources.dynamodb import Table
from pipelines.engine.cloudformation.resources.events import Rule
from pipelines.engine.cloudformation.resources.functions import Function
from pipelines.engine.cloudformation.resources.iam import ManagedPolicy, Policy, Role
from pipelines.engine.cloudformation.resources.logs import LogGroup
from pipelines.engine.cloudformation.resources.messaging import Queue, Topic
from pipelines.engine.cloudformation.resources.sagemaker import ModelPackageGroup
from pipelines.engine.cloudformation.resources.states import StateMachine

TYPES: Mapping[str, ResourceType] = {
    each.type: each
    for each in (
        Alarm(),
        Function(),
        LogGroup(),
        ManagedPolicy(),
        ModelPackageGroup(),
        Policy(),
        Queue(),
        Role(),
        Rule(),
        StateMachine(),
        Table(),
        Topic(),
    )
}
