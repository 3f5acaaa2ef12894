"""Everything that `create` writes for an environment, as bytes by file name. Nothing is written."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines import naming
from pipelines.asl.checker import check
from pipelines.bundle import Bundle, build_bundle, documents
from pipelines.definitions.catalogue import PIPELINES
from pipelines.definitions.definition import Definition, canonical
from pipelines.environment.model import Environment
from pipelines.errors import CheckError
from pipelines.template.foundation import build_foundation
from pipelines.template.pipeline import SUBSTITUTIONS, build_pipeline
from pipelines.template.strictness import strict
from pipelines.template.yaml_text import yaml_text

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
TEMPLATE_LIMIT = 1_000_000


@dataclass(frozen=True)
class Build:
    """An environment's definitions and templates.

    Attributes:
        definitions: by pipeline.
        templates: by stack.
    """

    environment: Environment
    definitions: Mapping[str, Definition]
    templates: Mapping[str, Mapping[str, Any]]

    @functools.cached_property
    def files(self) -> Mapping[str, bytes]:
        """Contents by file name, as they lie in `build/<environment>/`."""
        texts = {f"{stack}.yaml": yaml_text(body) for stack, body in self.templates.items()}
        for pipeline, definition in self.definitions.items():
            texts[f"{pipeline}.asl.json"] = canonical(definition.document)
            texts[f"{pipeline}.input.json"] = canonical(definition.input_schema)
        files = {name: text.encode() for name, text in texts.items()}
        return {**files, **documents(self.environment)}


def build(
    environment: Environment,
    bundle: Bundle,
    pipelines: Sequence[str] = naming.PIPELINES,
) -> Build:
    """Build the foundation's template and those of `pipelines`, and hold them to our own rules.

    Raises:
        CheckError: a definition breaks a rule, or something is larger than AWS accepts.
        ConfigError: AWS has no image such as configured.
    """
    definitions = {name: PIPELINES[name](environment, bundle) for name in pipelines}
    broken = [
        f"{environment.name}/{name}: {finding}"
        for name, definition in definitions.items()
        for finding in strict(check(definition.document, substitutions=SUBSTITUTIONS))
        if finding.severity == "error"
    ]
    if broken:
        raise CheckError("\n".join(broken), hint="Nothing was written.")
    templates = {"foundation": build_foundation(environment)}
    for name, definition in definitions.items():
        templates[name] = build_pipeline(environment, definition)
    built = Build(environment, definitions, templates)
    for file, content in built.files.items():
        if file.endswith(".yaml") and len(content) > TEMPLATE_LIMIT:
            raise CheckError(
                f"{environment.name}/{file} has {len(content):,} bytes; "
                f"CloudFormation takes {TEMPLATE_LIMIT:,}"
            )
    return built


def build_project(
    root: Path, environments: Sequence[Environment], pipelines: Sequence[str] = naming.PIPELINES
) -> list[Build]:
    """Build several environments of the project at `root`, each with its own code bundle."""
    return [
        build(environment, build_bundle(root, environment), pipelines)
        for environment in environments
    ]
