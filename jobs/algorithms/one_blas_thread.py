"""Linear models on one BLAS thread: their matrices are sparse, and BLAS adds vectors up in parts.

How many parts depends on the number of cores, and the last bits of a sum on the parts.
"""

from __future__ import annotations

from typing import Any

from jobs.algorithms.watch import Watch


def fit_on_one_blas_thread(estimator: Any, matrix: Any, labels: Any, watch: Watch) -> Any:
    """Fit an estimator; the result does not depend on the number of cores."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        return estimator.fit(matrix, labels)
