"""The section `model.tune`: what it takes, and how what cannot be meant is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.environment.load import load_environment
from pipelines.environment.tuning import Tune
from pipelines.errors import ConfigError
from tests.environment.projects import DEV, make_project

FINE = "metric: roc_auc, max_jobs: 9, ranges: {l2_regularization: {min: 0.01, max: 0.3}}"


def loaded(root: Path, tune: str) -> Tune:
    section = f"model: {{tune: {{{tune}}}}}\n"
    tune_ = load_environment(make_project(root, DEV + section), "dev").model.tune
    assert tune_ is not None
    return tune_


def problem(root: Path, tune: str) -> str:
    """What is said of a section that cannot be meant."""
    with pytest.raises(ConfigError) as error:
        loaded(root, tune)
    [line] = [line for line in str(error.value).splitlines() if "config/dev.yaml" in line]
    return line.partition(": ")[2]


def test_a_search_reads_like_what_it_does(tmp_path: Path) -> None:
    tune = loaded(tmp_path, FINE)

    assert (tune.strategy, tune.jobs, tune.max_parallel_jobs) == ("Bayesian", 9, 1)
    assert not tune.lower_is_better


def test_a_grid_has_as_many_trials_as_combinations(tmp_path: Path) -> None:
    ranges = "{max_depth: {values: [1, 2, 3]}, max_leaf_nodes: {values: [7, null]}}"
    tune = loaded(tmp_path, f"metric: log_loss, strategy: Grid, ranges: {ranges}")

    assert tune.jobs == 6
    assert tune.lower_is_better


def test_a_metric_of_ones_own_has_a_goal(tmp_path: Path) -> None:
    tune = loaded(tmp_path, FINE.replace("roc_auc", "pinball, goal: minimize"))

    assert tune.lower_is_better


RANGES = "ranges: {l2_regularization: {min: 0.01, max: 0.3}}"
VALUES = "ranges: {max_depth: {values: [1, 2]}}"


@pytest.mark.parametrize(
    ("tune", "said"),
    [
        (f"metric: roc_auc, {RANGES}", "model.tune: needs max_jobs, too"),
        (FINE.replace("roc_auc", "pinball"), "model.tune: needs goal, too"),
        (
            FINE.replace("roc_auc", "roc_auc, goal: minimize"),
            "model.tune.goal: is maximize for roc_auc: remove it",
        ),
        (f"{FINE}, hyperband: {{max_resource: 9}}", "is for the strategy Hyperband only"),
        (f"{FINE}, strategy: Hyperband", "model.tune: needs hyperband, too"),
        (
            f"{FINE}, strategy: Hyperband, hyperband: {{min_resource: 9, max_resource: 9}}",
            "model.tune.hyperband.max_resource: must be above min_resource, 9; is 9",
        ),
        (
            f"{FINE}, strategy: Hyperband, hyperband: {{max_resource: 9}}, early_stopping: true",
            "model.tune.early_stopping: must be false",
        ),
        (
            f"metric: roc_auc, strategy: Grid, {RANGES}",
            "model.tune.ranges.l2_regularization: needs values: a grid has no other ranges",
        ),
        (
            f"metric: roc_auc, strategy: Grid, max_jobs: 3, {VALUES}",
            "model.tune.max_jobs: is 3, and the grid has 2 combinations: remove it",
        ),
        (FINE.replace("max: 0.3", "max: 0.001"), "max: must be above min, 0.01; is 0.001"),
        (FINE.replace("min: 0.01", "min: 0, scale: log"), "min: must be above 0 on the scale log"),
        (FINE.replace(", max: 0.3", ""), "model.tune.ranges.l2_regularization: needs max, too"),
        (
            FINE.replace("min: 0.01, max: 0.3", "values: [0.1], scale: log"),
            "model.tune.ranges.l2_regularization.scale: is not for values: remove it",
        ),
        (FINE.replace("max_jobs: 9", "max_jobs: 0"), "model.tune.max_jobs: must be at least 1"),
        (
            FINE.replace("roc_auc", "'a b', goal: maximize"),
            "model.tune.metric: must be the name of a metric",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, tune: str, said: str) -> None:
    assert said in problem(tmp_path, tune)


def test_what_is_searched_is_not_fixed_too(tmp_path: Path) -> None:
    ranges = "{max_iter: {min: 10, max: 99}}"
    section = (
        "model: {hyperparameters: {max_iter: 30}, "
        f"tune: {{metric: roc_auc, max_jobs: 3, ranges: {ranges}}}}}\n"
    )
    with pytest.raises(ConfigError, match="is fixed in hyperparameters, too"):
        load_environment(make_project(tmp_path, DEV + section), "dev")


def test_a_command_of_ones_own_is_not_searched(tmp_path: Path) -> None:
    """SageMaker's tuning jobs take no command: they run the image's own."""
    section = f"model: {{algorithm: null, entrypoint: [fit], tune: {{{FINE}}}}}\n"
    with pytest.raises(ConfigError, match="cannot stand beside entrypoint"):
        load_environment(make_project(tmp_path, DEV + section), "dev")


def test_an_empty_list_of_values_is_told_so(tmp_path: Path) -> None:
    said = problem(tmp_path, "metric: roc_auc, max_jobs: 9, ranges: {max_depth: {values: []}}")

    assert said == "model.tune.ranges.max_depth.values: must have at least 1 entry"
