"""The catalogue of service integrations: what a Resource calls, takes and answers.

`integration("arn:aws:states:::sagemaker:createTrainingJob.sync")` gives an `Integration`: its
`request_shape` (what Parameters may hold), its `result_type` (a JSON Schema of the result) and
its `error_prefixes`; or a `Problem`, which AWS finds too, when the machine is created.
`start_problems` says what AWS finds in a request when the task is to be started.
"""

from pipelines.asl.integrations.integration import Integration, Problem, integration
from pipelines.asl.integrations.shapes import Shape
from pipelines.asl.integrations.start import start_problems

__all__ = ["Integration", "Problem", "Shape", "integration", "start_problems"]
