"""A file's text, read as JSON or as YAML: by its name, or by how it begins."""

from __future__ import annotations

from pathlib import Path

from pipelines.asl.documents import functions
from pipelines.asl.documents.json_source import JsonSource
from pipelines.asl.documents.source import MAX_BYTES, Source, Unreadable
from pipelines.asl.documents.yaml_source import YamlSource
from pipelines.errors import InputError


def read_text(path: Path) -> Source:
    """What a file says.

    Raises:
        InputError: it cannot be read, or it is neither JSON nor YAML.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", hint="Name a file of JSON or YAML."
        ) from None
    if len(content) > MAX_BYTES:
        raise InputError(f"{path}: {len(content):,} bytes are more than {MAX_BYTES:,}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start} is not UTF-8", hint="Save the file as UTF-8."
        ) from None
    if not text.strip():
        raise InputError(f"{path}: it is empty", hint="Name a file of JSON or YAML.")
    is_json = path.suffix == ".json" or (
        path.suffix not in (".yaml", ".yml") and text.lstrip()[:1] in ("{", "[")
    )
    try:
        return _json(text) if is_json else YamlSource(text)
    except Unreadable as error:
        raise located(path, error) from None


def _json(text: str) -> JsonSource:
    """JSON in which ``${Name}`` may stand for a whole value, as where Terraform fills it in.

    Raises:
        Unreadable: it is not JSON even then.
    """
    try:
        return JsonSource(text)
    except Unreadable:
        filled = functions.quoted(text)
        if filled == text:
            raise
        return JsonSource(filled)


def located(path: Path, error: Unreadable) -> InputError:
    """The same, with the file and the place in it."""
    at = f":{error.position.line}:{error.position.column}" if error.position else ""
    return InputError(f"{path}{at}: {error.problem}")
