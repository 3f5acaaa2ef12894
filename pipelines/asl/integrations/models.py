"""botocore's description of AWS's services, as far as it says what operations take and answer.

The files are read without importing botocore's code, which takes a quarter of a second for what
is a JSON file in a folder that AWS's tools have kept stable for ten years: `botocore/data/
<service>/<version>/service-2.json.gz`.  Only the services that a definition uses are read.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipelines.asl.integrations.names import BOTOCORE_NAMES, first_small
from pipelines.asl.integrations.shapes import Shape, Shapes


@dataclass(frozen=True)
class Operation:
    """Attributes:
    name: `CreateTrainingJob`.
    request: The shape of its input; None: it takes nothing.
    answer: The shape of its output; None: it answers nothing.
    errors: The names of the errors that it documents.
    """

    name: str
    request: Shape | None
    answer: Shape | None
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Service:
    """One service's model.

    Attributes:
        name: botocore's.
        id: AWS's name for it in its SDKs: `CloudWatch Logs`.
    """

    name: str
    id: str
    operations: Mapping[str, Any]
    shapes: Shapes

    @cached_property
    def actions(self) -> dict[str, str]:
        """Its operations, by their names in a resource."""
        return {first_small(name): name for name in self.operations}

    def operation(self, name: str) -> Operation:
        """Raises:
        KeyError: the service has no such operation.
        """
        spec = self.operations[name]
        return Operation(
            name=name,
            request=self._shape(spec.get("input")),
            answer=self._shape(spec.get("output")),
            errors=tuple(error["shape"] for error in spec.get("errors", ())),
        )

    def _shape(self, reference: Mapping[str, str] | None) -> Shape | None:
        return self.shapes(reference["shape"]) if reference else None


@cache
def service_names() -> dict[str, str]:
    """Every service that botocore describes: its name in a resource, and botocore's."""
    folders = sorted(path.name for path in _data().iterdir() if path.is_dir())
    renamed = set(BOTOCORE_NAMES.values())
    plain = {folder.replace("-", ""): folder for folder in folders if folder not in renamed}
    return plain | BOTOCORE_NAMES


@cache
def service(name: str) -> Service:
    """A service by botocore's name.  The first time takes 15 to 200 ms.

    Raises:
        LookupError: botocore describes no such service.
    """
    versions = sorted((_data() / name).glob("*/service-2.json*"))
    if not versions:
        raise LookupError(f"botocore describes no service {name!r}")
    newest = versions[-1]
    text = gzip.decompress(newest.read_bytes()) if newest.suffix == ".gz" else newest.read_bytes()
    model = json.loads(text)
    return Service(
        name, model["metadata"]["serviceId"], model["operations"], Shapes(model["shapes"])
    )


@cache
def _data() -> Path:
    found = find_spec("botocore")
    if found is None or not found.submodule_search_locations:
        raise LookupError("botocore is not installed; the checker reads its models of the services")
    return Path(found.submodule_search_locations[0]) / "data"
