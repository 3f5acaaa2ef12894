"""Jobs run as programs on a made data set, and archives packed as SageMaker packs them."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tarfile
from pathlib import Path

from jobs.archive import sha256
from tests.jobs import warm

ROOT = Path(__file__).parents[2]
FEATURES = {
    "label": {"column": "bought", "positive": "yes"},
    "id": "customer",
    "numeric": ["age", "visits"],
    "binned": {"income": 4},
}
HEADER = "customer,age,visits,income,city,bought"


def rows(count: int, seed: int) -> list[str]:
    """Customers whose buying depends on age, visits and city, and a little on chance."""
    chance = random.Random(seed)
    lines = []
    for number in range(count):
        age, visits = chance.randint(18, 90), chance.randint(0, 30)
        income = round(chance.lognormvariate(10, 0.5), 2)
        city = chance.choice(["Bonn", "Köln", "Ulm", "?"])
        score = visits / 10 - age / 60 + (city == "Ulm") + chance.gauss(0, 0.4)
        lines.append(f"c{number},{age},{visits},{income},{city},{'yes' if score > 0.6 else 'no'}")
    return lines


def write_project(folder: Path, train: int = 600, test: int = 300) -> Path:
    """features.json, and folders of training, test and unlabelled rows."""
    (folder / "features.json").write_text(json.dumps(FEATURES))
    for name, count, seed in (("train", train, 1), ("test", test, 2)):
        write_rows(folder / "data" / name, rows(count, seed))
    people = [line.rsplit(",", 1)[0] for line in rows(test, 2)]
    write_rows(folder / "data" / "people", people, HEADER.rsplit(",", 1)[0])
    return folder


def write_rows(folder: Path, lines: list[str], header: str = HEADER) -> Path:
    """One CSV file in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rows.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return folder


def run(
    module: str, *arguments: str | Path, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a job by hand."""
    if not environment:
        return warm.run_module(f"jobs.{module}", [*map(str, arguments)], cwd, _environment())
    return run_program([sys.executable, "-m", f"jobs.{module}"], *arguments, cwd=cwd, **environment)


def run_program(
    command: list[str], *arguments: str | Path, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a program with no more of our environment than it needs.

    The cores are shared with other tests: threads that wait for one another do not spin.
    """
    return subprocess.run(
        [*command, *map(str, arguments)],
        cwd=cwd,
        env={**_environment(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def _environment() -> dict[str, str]:
    path = os.environ["PATH"]
    return {"PATH": path, "PYTHONPATH": str(ROOT), "OMP_WAIT_POLICY": "PASSIVE"}


def done(result: subprocess.CompletedProcess[str]) -> str:
    """The log of a job that has to have succeeded."""
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return result.stdout


def pack(folder: Path, target: Path) -> str:
    """`target`/model.tar.gz from a model folder; its digest."""
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(target / "model.tar.gz", "w:gz") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, path.name)
    return sha256(target / "model.tar.gz")


def prepare(project: Path, output: Path) -> None:
    """Preprocess training and test rows of a project."""
    data = project / "data"
    arguments = ("--features", project / "features.json", "--training", data / "train")
    done(run("preprocess", "training", *arguments, "--test", data / "test", "--output", output))


def train(output: Path, name: str, algorithm: str, *hyperparameters: str) -> str:
    """Train on what `prepare` wrote; <output>/<name>/model.tar.gz and its digest."""
    folders = ("--train", output / "train", "--preprocessor", output / "preprocessor")
    model = output / name / "model"
    done(run("train", *folders, "--model-dir", model, "--algorithm", algorithm, *hyperparameters))
    return pack(model, output / name)
