"""A small project of its own for end-to-end tests: made data, real commands, a real engine."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.aws import Connection, connect
from pipelines.engine import daemon
from pipelines.environment.load import load_environment
from tests.conftest import ROOT

BUCKET = "test-bucket"
BASE = """\
    project: demo
    image:
      training: {framework: sklearn, version: 1.4-2}
    data:
      training: s3://${bucket}/data/train.csv
      test: s3://${bucket}/data/test.csv
      inference: s3://${bucket}/data/people.csv
    features:
      label: {column: income, positive: high}
      id: name
      numeric: [hours]
      binned: {age: 4}
      categorical: [job]
    model:
      algorithm: hist_gradient_boosting
      hyperparameters: {max_iter: 20, random_state: 0}
    gate: {metric: roc_auc, at_least: 0.7}
    approval: automatic
    steps:
      preprocess: {instance_type: ml.m5.large, volume_gb: 5, max_runtime_s: 120}
      train: {instance_type: ml.m5.large, volume_gb: 5, max_runtime_s: 120}
      evaluate: {instance_type: ml.m5.large, volume_gb: 5, max_runtime_s: 120}
      predict: {instance_type: ml.m5.large, volume_gb: 5, max_runtime_s: 120}
"""
LOCAL = """\
    engine: local
    region: us-east-1
"""


def made_rows(count: int, seed: int) -> list[tuple[str, str, str, str, str]]:
    """(name, age, hours, job, income): income follows from the rest, with some noise."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        age, hours = chance.randint(18, 80), chance.randint(0, 60)
        job = chance.choice(["baker", "lawyer", "teacher"])
        score = age / 80 + hours / 60 + (job == "lawyer") + chance.gauss(0, 0.3)
        rows.append((f"p{number}", str(age), str(hours), job, "high" if score > 1.4 else "low"))
    return rows


def csv_text(rows: Sequence[tuple[str, ...]], *header: str) -> str:
    """Rows as CSV, cut to as many columns as the header has."""
    return "".join(",".join(row[: len(header)]) + "\n" for row in [header, *rows])


@dataclass(frozen=True)
class Project:
    """A project in a folder of its own, with its own engine."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> Project:
        """Code of this repository, a configuration of its own; nothing is deployed."""
        for package in ("jobs", "preprocessing"):
            shutil.copytree(
                ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__")
            )
        shutil.copy(ROOT / "deploy.sh", root)
        (root / "config").mkdir()
        project = cls(root)
        project.configure("base", BASE)
        project.configure("local", LOCAL)
        return project

    def configure(self, name: str, text: str) -> None:
        """Write `config/<name>.yaml`."""
        (self.root / "config" / f"{name}.yaml").write_text(textwrap.dedent(text))

    def pipelines(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`python -m pipelines …` as a process, in the project's folder."""
        return self.command(sys.executable, "-m", "pipelines", *arguments)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Any command, with nothing of the caller's environment but a path to this Python."""
        return subprocess.run(
            words, cwd=self.root, env=self.env(), capture_output=True, text=True, check=False
        )

    def command_at_home(self, *words: str) -> subprocess.CompletedProcess[str]:
        """As `command`, with the caller's HOME and settings of pip: fetched data are kept there."""
        env = {**os.environ, **self.env(), "HOME": os.environ.get("HOME", str(self.root))}
        return subprocess.run(
            words, cwd=self.root, env=env, capture_output=True, text=True, check=False
        )

    def env(self) -> dict[str, str]:
        """What a process of the project's is given."""
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.root),
        }

    def connection(self) -> Connection:
        """A connection to the project's engine, which is up."""
        running = daemon.find(self.root)
        assert running is not None, "the engine is not up"
        return connect(load_environment(self.root, "local"), endpoint_url=running.url)

    def put(self, key: str, text: str) -> None:
        """Store an object in the project's bucket."""
        self.connection().client("s3").put_object(Bucket=BUCKET, Key=key, Body=text.encode())

    def deploy(self) -> None:
        """Deploy `local`, and upload made data to where the configuration says."""
        deployed = self.command("./deploy.sh", "local", BUCKET)
        assert deployed.returncode == 0, deployed.stderr
        columns = ("name", "age", "hours", "job")
        (self.root / "train.csv").write_text(csv_text(made_rows(4000, 1), *columns, "income"))
        (self.root / "test.csv").write_text(csv_text(made_rows(1000, 2), *columns, "income"))
        (self.root / "people.csv").write_text(csv_text(made_rows(500, 3), *columns))
        uploaded = self.pipelines(
            *("data", "upload", "local", "--training", "train.csv"),
            *("--test", "test.csv", "--inference", "people.csv"),
        )
        assert uploaded.returncode == 0, uploaded.stderr

    def run_json(self, *arguments: str) -> tuple[int, dict[str, Any], str]:
        """`run … --json`: exit status, the document on standard output, standard error."""
        done = self.pipelines("run", *arguments, "--json")
        return done.returncode, json.loads(done.stdout or "{}"), done.stderr

    def stop(self) -> None:
        """Stop the engine, if it is up."""
        daemon.stop(self.root)
