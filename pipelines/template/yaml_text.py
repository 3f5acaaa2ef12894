"""A template as YAML text: one form, whatever machine writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes every value where it stands: CloudFormation has no use for anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def yaml_text(template: Mapping[str, Any]) -> str:
    """The template in block style, keys in their own order, no line folded."""
    text: str = yaml.dump(
        _plain(template),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=1_000_000,
        default_flow_style=False,
    )
    return text


def _plain(value: Any) -> Any:
    """Only the types that the dumper knows: an expression of the SDK's is a kind of string."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value
