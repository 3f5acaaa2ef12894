"""All that can be known before a deployment: what `create` does not take the time for.

cfn-lint over the templates, and each Task's request against botocore's model of the service. Both
read files that they bring along; neither needs a network or an account.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from pipelines.asl.requests import check_requests
from pipelines.template.build import Build
from pipelines.template.yaml_text import yaml_text


def check(builds: Sequence[Build]) -> list[str]:
    """Every finding of every build, as `<environment>/<file>: …`; empty when all is sound."""
    return [finding for built in builds for finding in (*_requests(built), *_lint(built))]


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
