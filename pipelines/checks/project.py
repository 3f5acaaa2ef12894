"""All that can be known of this project's own templates before a deployment.

Our own rules over the definitions, cfn-lint over the templates, and the model's hyperparameters
against the job that will be given them, which is asked as a job is always asked: by its command
line. None of it needs a network or an account.
"""

from __future__ import annotations

import functools
import json
import logging
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.asl.checker import check_all
from pipelines.asl.documents.json_source import JsonSource
from pipelines.asl.findings import Broken, Severity, rule
from pipelines.asl.model import Machine
from pipelines.checks.reported import Reported
from pipelines.definitions.definition import Definition, canonical
from pipelines.environment.forms import Hyperparameter
from pipelines.environment.model import Environment
from pipelines.template.build import Build
from pipelines.template.pipeline import SUBSTITUTIONS
from pipelines.template.strictness import strict
from pipelines.template.yaml_text import yaml_text

if TYPE_CHECKING:
    from cfnlint.runner import Runner

HYPERPARAMETERS = "P501"


@rule(HYPERPARAMETERS)
def the_train_job_takes_the_hyperparameters(machine: Machine) -> Iterator[Broken]:
    """The configured algorithm has each of the configured hyperparameters, and takes its value.
    The train job itself is asked (`python -m jobs.train --check`)."""
    return iter(())  # `check_builds` says it, for a configuration and not for a machine


def check_builds(builds: Sequence[Build], root: Path) -> list[Reported]:
    """Every finding of every build; empty when all is sound.

    Files are named as `create` writes them.

    Args:
        root: of the project, whose jobs are asked.
    """
    return [
        finding
        for built in builds
        for finding in (*_hyperparameters(built, root), *_definitions(built), *_lint(built))
    ]


def _definitions(built: Build) -> Iterator[Reported]:
    for name, definition in built.definitions.items():
        yield from check_definition(definition, f"build/{built.environment.name}/{name}.asl.json")


def check_definition(definition: Definition, file: str) -> Iterator[Reported]:
    """The findings of one definition, each with the line of Python that made its state."""
    source = JsonSource(canonical(definition.document))
    found = check_all(
        source.value,
        substitutions=SUBSTITUTIONS,
        input_schema=definition.input_schema,
        answers=definition.answers,
    )
    for finding in strict(found):
        made_at = definition.made_at(finding.state)
        yield Reported.of(finding, file, source.position(finding.place), made_at=made_at)


def _hyperparameters(built: Build, root: Path) -> Iterator[Reported]:
    """What the train job would refuse, of what is set and of what a search tries."""
    model = built.environment.model
    if model.algorithm is None:
        return
    tried = [("model.hyperparameters", dict(model.hyperparameters))]
    for name, values in _searched(built.environment):
        tried += [
            (f"model.tune.ranges.{name}", {**model.hyperparameters, name: value})
            for value in values
        ]
    for path, hyperparameters in tried:
        reason = _refused(built.environment, hyperparameters, root)
        if reason is not None:
            yield Reported(
                f"config/{built.environment.name}.yaml",
                HYPERPARAMETERS,
                "error",
                reason,
                path=path,
                remedy=f"python -m jobs.train --help names those of {model.algorithm}.",
            )
            return


def _searched(environment: Environment) -> Iterator[tuple[str, list[Hyperparameter]]]:
    """The ends of what a search tries for each hyperparameter, or all values."""
    tune = environment.model.tune
    if tune is None or not tune.enabled:
        return
    for name, searched in tune.ranges.items():
        ends = [searched.min, searched.max] if searched.values is None else [*searched.values]
        yield name, [end for end in ends if end is not None]


def _refused(
    environment: Environment, hyperparameters: Mapping[str, Hyperparameter], root: Path
) -> str | None:
    """Why the train job would refuse them; None if it would not."""
    model = environment.model
    words = [sys.executable, "-m", "jobs.train", "--check", "--algorithm", str(model.algorithm)]
    words += ["--task", "regression" if environment.is_regression else "classification"]
    if model.threshold is not None:
        words += ["--threshold", str(model.threshold)]
    for name, value in hyperparameters.items():
        words += [f"--{name}", value if isinstance(value, str) else json.dumps(value)]
    # A project may have jobs of its own; the others' are those that came with the tool.
    home = root if (root / "jobs").is_dir() else Path(__file__).parents[2]
    done = subprocess.run(words, cwd=home, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    *_, reason = done.stderr.strip().splitlines() or ["jobs.train --check failed"]
    return reason.removeprefix("Error: ")


@functools.cache
def _linter(region: str) -> Runner:
    """cfn-lint for a region: loading its rules takes longer than checking a template."""
    from cfnlint.config import ConfigMixIn
    from cfnlint.runner import Runner

    # It reports its own progress at the root logger's level.
    logging.getLogger("cfnlint").setLevel(logging.CRITICAL)
    return Runner(ConfigMixIn(regions=[region]))


def _shorten_definitions(template: Any) -> None:
    """Leave one state of each definition: our own rules know more of states than cfn-lint does,
    which would spend most of its time on them."""
    for resource in template["Resources"].values():
        definition = resource["Properties"].get("Definition")
        if resource["Type"] != "AWS::StepFunctions::StateMachine" or definition is None:
            continue
        states, start = definition["States"], definition["StartAt"]
        for name in [*states]:
            if name != start:
                del states[name]
        states[start].clear()
        states[start]["Type"] = "Succeed"


def _lint(built: Build) -> Iterator[Reported]:
    from cfnlint.decode import decode_str

    for stack, template in built.templates.items():
        read, unreadable = decode_str(yaml_text(template))
        if not unreadable:
            _shorten_definitions(read)
        matches = unreadable or _linter(built.environment.region).validate_template(read)
        for match in matches:
            severity: Severity = "error" if match.rule.id.startswith("E") else "warning"
            yield Reported(
                f"build/{built.environment.name}/{stack}.yaml",
                f"cfn-lint:{match.rule.id}",
                severity,
                match.message,
                line=match.linenumber,
                column=match.columnnumber,
            )
