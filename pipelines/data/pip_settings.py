"""Where packages come from on this machine: pip's own settings, from its files and variables.

Read here rather than asked of `pip config`, which an environment need not have installed.
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_PYPI = "https://pypi.org/simple"
# Later sections win over earlier ones, as with `pip download`.
_SECTIONS = ("global", "download")


@dataclass(frozen=True)
class PipSettings:
    """What pip would use.

    Attributes:
        indexes: URLs of package indexes, the first one first asked.
        find_links: Folders, files or URLs of pages with links.
        cert: A file of certificate authorities, if not the system's.
        proxy: For https and http, if not the environment's.
        timeout_s: For a connection, and for each wait within one.
    """

    indexes: tuple[str, ...] = (_PYPI,)
    find_links: tuple[str, ...] = ()
    cert: Path | None = None
    proxy: str | None = None
    timeout_s: float = 15.0


def read_pip_settings(
    variables: Mapping[str, str] | None = None, files: Iterable[Path] | None = None
) -> PipSettings:
    """The settings from `files`, later ones over earlier ones, and PIP_… variables over all.

    Without arguments: this process's variables, and the files that pip reads.
    """
    variables = os.environ if variables is None else variables
    options: dict[str, str] = {}
    for file in _files(variables) if files is None else files:
        options |= _read(file)
    for name, value in variables.items():
        if name.startswith("PIP_") and value:
            options[_option(name.removeprefix("PIP_"))] = value
    return _settings(options)


def _settings(options: Mapping[str, str]) -> PipSettings:
    indexes = [] if _is_true(options.get("no-index", "")) else [options.get("index-url", _PYPI)]
    if indexes:
        indexes += options.get("extra-index-url", "").split()
    cert = options.get("cert")
    try:
        timeout_s = float(options.get("timeout") or options.get("default-timeout") or 15)
    except ValueError:
        timeout_s = 15.0
    return PipSettings(
        indexes=tuple(dict.fromkeys(index.rstrip("/") for index in indexes)),
        find_links=tuple(options.get("find-links", "").split()),
        cert=Path(cert).expanduser() if cert else None,
        proxy=options.get("proxy"),
        timeout_s=timeout_s,
    )


def _files(variables: Mapping[str, str]) -> list[Path]:
    """pip's files, in its order: the machine's, the user's, the virtual environment's."""
    named = variables.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    home = Path(variables.get("HOME", "~")).expanduser()
    machine = variables.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")
    user = Path(variables.get("XDG_CONFIG_HOME") or home / ".config")
    files = [
        *(Path(folder) / "pip" / "pip.conf" for folder in reversed(machine) if folder),
        Path("/etc/pip.conf"),
        home / ".pip" / "pip.conf",
        user / "pip" / "pip.conf",
        Path(sys.prefix) / "pip.conf",
    ]
    if sys.platform == "darwin":
        support = Path("Library/Application Support/pip/pip.conf")
        files[:0] = [Path("/") / support]
        files[-1:-1] = [home / support]
    return [*files, Path(named)] if named else files


def _read(file: Path) -> dict[str, str]:
    """The options of one file; an unreadable one has none, as pip itself will say."""
    parser = configparser.RawConfigParser()
    try:
        parser.read(file, encoding="utf-8")
    except (OSError, configparser.Error, UnicodeDecodeError):
        return {}
    return {
        _option(name): value
        for section in _SECTIONS
        if parser.has_section(section)
        for name, value in parser.items(section)
    }


def _option(name: str) -> str:
    return name.lower().replace("_", "-")


def _is_true(value: str) -> bool:
    return value.lower() in {"1", "true", "yes", "on"}
