"""Projects made for tests: the real base.yaml, or a changed one, and one environment."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
BASE = (ROOT / "config" / "base.yaml").read_text(encoding="utf-8")
DEV = "region: eu-central-1\napproval: automatic\n"


def make_project(root: Path, dev: str | bytes = DEV, base: str | bytes = BASE) -> Path:
    """A project in `root` with the environment `dev`; text is written as it stands."""
    (root / "config").mkdir(exist_ok=True)
    for name, content in (("base", base), ("dev", dev)):
        encoded = content.encode() if isinstance(content, str) else content
        (root / "config" / f"{name}.yaml").write_bytes(encoded)
    return root
