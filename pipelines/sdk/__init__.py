"""The one door to AWS's Data Science SDK (`stepfunctions`) and to `sagemaker`.

Importing the two changes the process: the root logger's level, `yaml.SafeDumper`, two lines on
standard output, warnings. Building with them reads ambient settings: the caller's region (for the
partition in an ARN), SageMaker's configuration files, the clock (for a job name in the
hyperparameters). All of it is undone or shut out in this package, and nowhere else. Importing costs
seconds, so only what builds definitions imports it.

What the SDK (last released in January 2022) does not know of the language is added by subclassing
its states: `ResultSelector`, `ErrorPath` and `CausePath`, `MaxDelaySeconds` and `JitterStrategy`,
and JSONata.
"""

from pipelines.sdk.door import Chain, ChoiceRule, Graph, State
from pipelines.sdk.expressions import Expression, bind
from pipelines.sdk.images import framework_image_uri
from pipelines.sdk.jobs import processing_step
from pipelines.sdk.origin import Origin, origins
from pipelines.sdk.states import (
    Catch,
    Choice,
    Fail,
    JsonataTask,
    Parallel,
    Pass,
    Retry,
    Task,
    Wait,
)
from pipelines.sdk.training import TrainingJob, training_step
from pipelines.sdk.tuning import tuning_step

__all__ = [
    "Catch",
    "Chain",
    "Choice",
    "ChoiceRule",
    "Expression",
    "Fail",
    "Graph",
    "JsonataTask",
    "Origin",
    "Parallel",
    "Pass",
    "Retry",
    "State",
    "Task",
    "TrainingJob",
    "Wait",
    "bind",
    "framework_image_uri",
    "origins",
    "processing_step",
    "training_step",
    "tuning_step",
]
