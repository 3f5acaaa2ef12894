"""Which commit is deployed: the one that the project's tree is, as far as git knows."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from pipelines.template.parts import DIRTY, UNKNOWN_COMMIT

# What a deployment is made from. A new file in these is a change; elsewhere it is none.
_DEPLOYED = ("config", "jobs", "pipelines", "preprocessing")
# Nor are these, which the code bundle passes over, too.
_NEVER_DEPLOYED = ("--exclude=__pycache__", "--exclude=*.py[co]", "--exclude=.*")
_TIMEOUT_S = 30


def git_commit(root: Path) -> str:
    """The hash of the commit that is checked out at `root`.

    It ends in `-dirty` if a file that git follows has been changed since, or if there is a new one
    among those that a deployment is made from. It is `unknown` without git, outside a repository,
    before the first commit, and in a repository that does not hold the project.
    """
    head = _git(root, "rev-parse", "--verify", "HEAD")
    # A project may lie in a folder of some other repository, whose commits say nothing about it.
    held = _git(root, "ls-files", "--", "config/base.yaml")
    if not head or not held:
        return UNKNOWN_COMMIT
    changed = _git(root, "status", "--porcelain", "--untracked-files=no", "--", ".")
    added = _git(
        root, "ls-files", "--others", "--exclude-standard", *_NEVER_DEPLOYED, "--", *_DEPLOYED
    )
    if changed is None or added is None:
        return UNKNOWN_COMMIT
    return head.strip() + (DIRTY if changed or added else "")


def _git(root: Path, *arguments: str) -> str | None:
    """What git says, or None if it does not succeed."""
    # GIT_DIR and the like, set within a hook of git's, would lead to another repository.
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(root), *arguments],
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
