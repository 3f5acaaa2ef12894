"""Holds the interpreter against executions recorded from AWS.

python -m pipelines.testing.compare FOLDER…
"""

from pipelines.testing.compare.compare import Comparison, compare, compare_run
from pipelines.testing.compare.normalised import NORMALISED, Normalised
from pipelines.testing.compare.report import report

__all__ = ["NORMALISED", "Comparison", "Normalised", "compare", "compare_run", "report"]
