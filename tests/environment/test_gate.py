"""What a gate and its comparison with the champion need of each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.environment.load import load_environment
from pipelines.errors import ConfigError
from tests.environment.projects import DEV, make_project

_CHAMPION = "gate: {{metric: roc_auc, at_least: 0.9, champion: {}}}\n"


@pytest.mark.parametrize(
    ("champion", "words"),
    [
        ("{better_by: 0.1, interval: above zero}", "cannot stand beside better_by: remove one"),
        ("{better_by: null}", "needs better_by or interval"),
        ("{interval: above 0}", "must be 'above zero', is 'above 0'"),
    ],
)
def test_the_champion_has_one_rule(tmp_path: Path, champion: str, words: str) -> None:
    make_project(tmp_path, DEV + _CHAMPION.format(champion))

    with pytest.raises(ConfigError, match=words):
        load_environment(tmp_path, "dev")


def test_an_interval_needs_resamples_to_come_from(tmp_path: Path) -> None:
    dev = DEV + "evaluation: {resamples: 0}\n" + _CHAMPION.format("{interval: above zero}")
    make_project(tmp_path, dev)

    with pytest.raises(ConfigError, match=r"gate\.champion\.interval: needs evaluation\.resamples"):
        load_environment(tmp_path, "dev")


@pytest.mark.parametrize("champion", ["{better_by: 0.0}", "{interval: above zero, enabled: false}"])
def test_without_such_an_interval_there_need_be_none(tmp_path: Path, champion: str) -> None:
    make_project(tmp_path, DEV + "evaluation: {resamples: 0}\n" + _CHAMPION.format(champion))

    environment = load_environment(tmp_path, "dev")

    assert environment.gate is not None
    assert environment.gate.champion is not None
