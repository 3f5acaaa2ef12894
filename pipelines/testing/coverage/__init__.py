"""Coverage of state machines: which states, transitions, retriers and catchers a suite exercises.

coverage = Coverage()
coverage.add("training", simulate(…))
print(report(coverage), coverage.percent)
"""

from pipelines.testing.coverage.coverage import Coverage, MachineCoverage
from pipelines.testing.coverage.items import Item, items
from pipelines.testing.coverage.report import report

__all__ = ["Coverage", "Item", "MachineCoverage", "items", "report"]
