"""Debian's chromium, to look at a page as a person would see it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def chromium() -> str:
    """The browser's path; where there is none, the test is skipped and says so."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        reason = "no browser has looked at the report: `apt-get install chromium`"
        # Continuous integration installs one; there, to do without would go unnoticed.
        assert os.environ.get("CI") is None, reason
        pytest.skip(reason)
    return found


def browse(folder: Path, page: str, *arguments: str) -> str:
    """Open a page; what the browser prints.

    Args:
        folder: for the page and the browser's own files.
        arguments: such as `--dump-dom`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.html").write_text(page, encoding="utf-8")
    quiet = ("quic", "background-networking", "component-update", "sync")
    flags = ["--headless", "--no-sandbox", "--no-first-run", "--disable-gpu"]
    flags += [f"--disable-{service}" for service in quiet]
    profile = f"--user-data-dir={folder / 'profile'}"
    address = (folder / "report.html").as_uri()
    return subprocess.run(
        [chromium(), *flags, profile, *arguments, address],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
