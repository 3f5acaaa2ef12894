"""The code bundle: everything of ours that runs inside a container, named by its digest."""

from pipelines.bundle.bundle import ARCHIVE, Bundle
from pipelines.bundle.documents import documents
from pipelines.bundle.project import DERIVE, EXPECTATIONS, PACKAGES, build_bundle

__all__ = [
    "ARCHIVE",
    "DERIVE",
    "EXPECTATIONS",
    "PACKAGES",
    "Bundle",
    "build_bundle",
    "documents",
]
