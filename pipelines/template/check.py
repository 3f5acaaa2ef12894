"""All that can be known before a deployment: what `create` does not take the time for.

cfn-lint over the templates, each Task's request against botocore's model of the service, and the
model's hyperparameters against the job that will be given them, which is asked as a job is always
asked: by its command line. None of it needs a network or an account.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines.asl.checker.requests import check_requests
from pipelines.template.build import Build
from pipelines.template.yaml_text import yaml_text


def check(builds: Sequence[Build], root: Path) -> list[str]:
    """Every finding of every build, as `<environment>/<file>: …`; empty when all is sound.

    Args:
        root: of the project, whose jobs are asked.
    """
    return [
        finding
        for built in builds
        for finding in (*_hyperparameters(built, root), *_requests(built), *_lint(built))
    ]


def _hyperparameters(built: Build, root: Path) -> list[str]:
    """What the train job would refuse, before a machine is paid for it."""
    model = built.environment.model
    words = [sys.executable, "-m", "jobs.train", "--check", "--algorithm", model.algorithm]
    for name, value in model.hyperparameters.items():
        words += [f"--{name}", value if isinstance(value, str) else json.dumps(value)]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    *_, reason = done.stderr.strip().splitlines() or ["jobs.train --check failed"]
    return [f"{built.environment.name}: model.hyperparameters: {reason.removeprefix('Error: ')}"]


def _requests(built: Build) -> list[str]:
    return [
        f"{built.environment.name}/{name}.asl.json: {finding}"
        for name, definition in built.definitions.items()
        for finding in check_requests(definition.document)
    ]


def _lint(built: Build) -> list[str]:
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs

    # It reports its own progress at the root logger's level.
    logging.getLogger("cfnlint").setLevel(logging.CRITICAL)
    findings = []
    for stack, template in built.templates.items():
        matches = lint(yaml_text(template), config=ManualArgs(regions=[built.environment.region]))
        findings += [
            f"{built.environment.name}/{stack}.yaml:{match.linenumber}: "
            f"{match.rule.id} {match.message}"
            for match in matches
        ]
    return findings
