"""Training on the census data: through the engine, against the same job modules run by hand.

By hand means what a shell script would do: Preprocess, Train and Evaluate one after the other, on
folders, and `tar` for the model; the other steps are switched off. The engine adds the state
machine, its S3 (inputs copied, outputs moved), the container's folders, logs and history.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.pairs import command, compare, report, seconds
from pipelines.aws import Connection, connect
from pipelines.bundle import documents
from pipelines.data.census import fetch
from pipelines.engine import daemon
from pipelines.environment.load import load_environment
from pipelines.environment.model import Environment

ROOT = Path(__file__).parent.parent
PAIRS = 5
ONLY_TRAINING = """
validation: {enabled: false}
explanation: {enabled: false}
endpoint: {enabled: false}
reuse: false
evaluation: {slices: []}
gate: {champion: null}
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        root = Path(folder)
        for name in ("config", "jobs", "preprocessing"):
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        with (root / "config" / "local.yaml").open("a") as file:
            file.write(ONLY_TRAINING)
        environment = load_environment(root, "local")
        try:
            _pipelines(root, "deploy", "local", "benchmark")
            _pipelines(root, "data", "census", "local")
            running = daemon.find(root)
            assert running is not None
            connection = connect(environment, endpoint_url=running.url)
            measured = compare(
                lambda: _through_the_engine(connection, environment),
                lambda: _by_hand(root, environment),
                pairs=PAIRS,
            )
        finally:
            daemon.stop(root)
    report(
        "training through the engine against the same modules by hand",
        f"{measured.ratio:.3f}×",
        "at most 1.15×",
        measured.ratio <= 1.15,
        [f"engine {seconds(measured.ours)}", f"by hand {seconds(measured.other)}"],
    )


def _pipelines(root: Path, *arguments: str) -> None:
    command(sys.executable, "-m", "pipelines", "--project", str(root), *arguments, cwd=ROOT)()


def _through_the_engine(connection: Connection, environment: Environment) -> None:
    client = connection.client("stepfunctions")
    name = f"{environment.prefix}-training"
    arn = f"arn:aws:states:{environment.region}:000000000000:stateMachine:{name}"
    execution = client.start_execution(stateMachineArn=arn, input="{}")["executionArn"]
    while (state := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
        time.sleep(0.05)
    if state["status"] != "SUCCEEDED":
        raise SystemExit(f"the execution ended {state['status']}: {state.get('cause')}")


def _by_hand(root: Path, environment: Environment) -> None:
    files = fetch()
    with tempfile.TemporaryDirectory(prefix="by-hand-", dir=root) as folder:
        work = Path(folder)
        (work / "features.json").write_bytes(documents(environment)["features.json"])
        for name, source in (("training", files.train), ("unseen", files.test)):
            (work / name).mkdir()
            shutil.copy(source, work / name)
        _job(
            "preprocess",
            "training",
            *("--features", work / "features.json"),
            *("--training", work / "training"),
            *("--test", work / "unseen"),
            *("--output", work),
            cwd=work,
        )
        hyperparameters = {
            "algorithm": environment.model.algorithm,
            **environment.model.hyperparameters,
        }
        _job(
            "train",
            *("--train", work / "train"),
            *("--preprocessor", work / "preprocessor"),
            *("--model-dir", work / "model"),
            *(
                word
                for key, value in hyperparameters.items()
                for word in (f"--{key}", value if isinstance(value, str) else json.dumps(value))
            ),
            cwd=work,
        )
        (work / "packed").mkdir()
        packed = work / "packed" / "model.tar.gz"
        subprocess.run(["tar", "-C", work / "model", "-czf", packed, "."], check=True)
        _job(
            "evaluate",
            *("--model", work / "packed"),
            *("--test", work / "test"),
            *("--output", work),
            cwd=work,
        )


def _job(module: str, *arguments: str | Path, cwd: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(cwd)}
    words = (sys.executable, "-m", f"jobs.{module}", *map(str, arguments))
    command(*words, cwd=cwd, env=environment)()


if __name__ == "__main__":
    main()
