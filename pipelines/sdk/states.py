"""The SDK's states, with what the language has gained since its last release."""

from __future__ import annotations

from enum import Enum
from typing import Any

from pipelines.sdk.door import states
from pipelines.sdk.origin import Made


class _Added(Enum):
    """Fields of the language that the SDK's own table of fields lacks."""

    RESULT_SELECTOR = "result_selector"
    ERROR_PATH = "error_path"
    CAUSE_PATH = "cause_path"
    MAX_DELAY_SECONDS = "max_delay_seconds"
    JITTER_STRATEGY = "jitter_strategy"
    QUERY_LANGUAGE = "query_language"
    ARGUMENTS = "arguments"
    OUTPUT = "output"


class Retry(states.Retry):  # type: ignore[misc]
    """A retrier, with the bounds and the jitter that the SDK lacks."""

    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), _Added.MAX_DELAY_SECONDS, _Added.JITTER_STRATEGY]


class Catch(states.Catch):  # type: ignore[misc]
    """A catcher; one of a state in JSONata has an `output` in place of a result path."""

    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), _Added.OUTPUT]


class Pass(Made, states.Pass):  # type: ignore[misc]
    """A Pass."""


class Wait(Made, states.Wait):  # type: ignore[misc]
    """A Wait."""


class Parallel(Made, states.Parallel):  # type: ignore[misc]
    """A Parallel that can select from its result."""

    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), _Added.RESULT_SELECTOR]


class Choice(Made, states.Choice):  # type: ignore[misc]
    """A Choice."""


class Fail(Made, states.Fail):  # type: ignore[misc]
    """A Fail whose error and cause can be computed from its input."""

    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), _Added.ERROR_PATH, _Added.CAUSE_PATH]


class Task(Made, states.Task):  # type: ignore[misc]
    """A Task that can select from its result, with its retriers as one more argument."""

    def __init__(self, name: str, *, retry: list[Retry], **fields: Any) -> None:
        super().__init__(name, **fields)
        self.add_retry(retry)

    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), _Added.RESULT_SELECTOR]


class JsonataTask(Task):
    """A Task in JSONata, which has `arguments` and `output` in place of paths and parameters."""

    def __init__(self, name: str, *, retry: list[Retry], **fields: Any) -> None:
        super().__init__(name, retry=retry, query_language="JSONata", **fields)

    def allowed_fields(self) -> list[Enum]:
        return [
            *super().allowed_fields(),
            _Added.QUERY_LANGUAGE,
            _Added.ARGUMENTS,
            _Added.OUTPUT,
        ]


class ProcessingStep(Made, states.ProcessingStep):  # type: ignore[misc]
    """A processing job's Task that can select from its result."""

    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), _Added.RESULT_SELECTOR]


class TrainingStep(Made, states.TrainingStep):  # type: ignore[misc]
    """A training job's Task that can select from its result."""

    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), _Added.RESULT_SELECTOR]


class TuningStep(Made, states.TuningStep):  # type: ignore[misc]
    """A tuning job's Task that can select from its result."""

    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), _Added.RESULT_SELECTOR]
