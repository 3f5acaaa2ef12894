"""The catalogue of service integrations: what a Resource calls, takes and answers.

`integration("arn:aws:states:::sagemaker:createTrainingJob.sync")` gives an `Integration`: its
`request_shape` (what Parameters may hold), its `result_type` (a JSON Schema of the result) and
its `error_prefixes`; or a `Problem`, which AWS finds too, when the machine is created.
"""

from pipelines.asl.integrations.integration import Integration, Problem, integration
from pipelines.asl.integrations.shapes import Shape

__all__ = ["Integration", "Problem", "Shape", "integration"]
