"""Every state of our definitions knows the line that made it."""

from __future__ import annotations

import linecache

import pytest

from pipelines.definitions.catalogue import PIPELINES
from tests.conftest import ROOT
from tests.environments import BUNDLE, make_environment


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_every_state_was_made_by_a_line_of_ours(pipeline):
    definition = PIPELINES[pipeline](make_environment(), BUNDLE)

    for name in definition.document["States"]:
        made_at = definition.made_at(name)
        assert made_at is not None, name
        file, line = made_at
        assert linecache.getline(str(ROOT / file), line).strip(), f"{name}: {file}:{line} is empty"


def test_a_step_is_found_where_it_is_written_and_not_where_steps_are_built():
    definition = PIPELINES["training"](make_environment(), BUNDLE)

    file, line = definition.made_at("Train")

    assert file == "pipelines/steps/train.py"
    assert "training_step" in linecache.getline(str(ROOT / file), line)


def test_a_state_that_is_not_ours_was_made_nowhere():
    definition = PIPELINES["training"](make_environment(), BUNDLE)

    assert definition.made_at("Elsewhere") is None
