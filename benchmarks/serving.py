"""One row to its prediction, census data, 300 trees: our endpoint against others.

Ours by /invocations (python -m jobs.serve) and by InvokeEndpoint on the local engine, mlflow's own
server and FastAPI with the same trees in a plain scikit-learn pipeline, and our prediction without
any server. One client, one connection, all in turn: requests/s and percentiles of the latency.
"""

from __future__ import annotations

import csv
import json
import os
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.pairs import command, report
from benchmarks.plain_pipeline import NUMBERS
from pipelines.aws import connect
from pipelines.bundle import build_bundle
from pipelines.data.census import fetch
from pipelines.engine import daemon
from pipelines.environment.load import load_environment

ROOT = Path(__file__).parent.parent
ROWS = 20_000  # to train on: the time of a prediction depends on the trees, not on these
ROUNDS, REQUESTS = 8, 100
JSON = {"Content-Type": "application/json"}
BUCKET, ROLE = "benchmark", "arn:aws:iam::000000000000:role/benchmark"
Send = Callable[[], object]


def main() -> None:
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        row = _prepare(root)
        ways: dict[str, Send] = {"in-process": _in_process(root, row)}
        ways["ours /invocations"] = stack.enter_context(_ours(root, row))
        ways["ours InvokeEndpoint"] = stack.enter_context(_invoke_endpoint(root, row))
        if find_spec("fastapi"):
            ways["FastAPI, plain pipeline"] = stack.enter_context(_fastapi(root, row))
        if find_spec("mlflow"):
            ways["mlflow models serve"] = stack.enter_context(_mlflow(root, row))
        latencies = _measured(ways)
    _tell(latencies)


def _measured(ways: dict[str, Send]) -> dict[str, list[float]]:
    """Seconds of each request, by way; one way after the other, round by round."""
    latencies: dict[str, list[float]] = {name: [] for name in ways}
    for round in range(-1, ROUNDS):
        for name, send in ways.items():
            send()  # a server may have closed a connection that was idle for a round
            for _ in range(REQUESTS):
                start = time.perf_counter()
                send()
                if round >= 0:
                    latencies[name].append(time.perf_counter() - start)
    return latencies


def _tell(latencies: dict[str, list[float]]) -> None:
    lines = []
    for name, times in latencies.items():
        ordered = sorted(times)
        p50, p99 = (1000 * ordered[int(share * len(ordered))] for share in (0.5, 0.99))
        rate = len(times) / sum(times)
        lines.append(f"{name:<24} {rate:8.0f} requests/s  p50 {p50:7.2f} ms  p99 {p99:7.2f} ms")
    ours = latencies["ours /invocations"]
    p99_ms = 1000 * sorted(ours)[int(0.99 * len(ours))]
    report("p99 of one row", f"{p99_ms:.2f} ms", "under 5 ms", p99_ms < 5, lines)
    for name, target in (("mlflow models serve", 10.0), ("FastAPI, plain pipeline", 1.0)):
        what = f"requests/s against {name}"
        if name not in latencies:
            print(f"NONE  {what}: it is not installed; pip install '.[bench]'")
            continue
        ratio = sum(latencies[name]) / sum(ours)
        report(what, f"{ratio:.1f}×", f"at least {target:g}×", ratio >= target)


def _prepare(root: Path) -> dict[str, str]:
    """Models of both kinds in `root`; a row to predict."""
    training = root / "training" / "rows.csv"
    training.parent.mkdir()
    with fetch().train.open(encoding="utf-8") as file:
        training.write_text("".join(islice(file, ROWS + 1)), encoding="utf-8")
    environment = load_environment(ROOT, "local")
    bundle = build_bundle(ROOT, environment)
    (root / "features.json").write_bytes(bundle.files["features.json"])
    (root / "code.tar.gz").write_bytes(bundle.archive())
    job = (sys.executable, "-m")
    # Threads that wait for one another sleep: the cores may be shared.
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_WAIT_POLICY": "PASSIVE"}
    command(
        *(*job, "jobs.preprocess", "training", "--features", str(root / "features.json")),
        *("--training", str(training.parent), "--test-fraction", "0.1", "--output", str(root)),
        env=env,
    )()
    command(
        *(*job, "jobs.train", "--algorithm", "hist_gradient_boosting", "--max_iter", "300"),
        *("--learning_rate", "0.06", "--train", str(root / "train")),
        *("--preprocessor", str(root / "preprocessor"), "--model-dir", str(root / "model")),
        env=env,
    )()
    with tarfile.open(root / "model.tar.gz", "w:gz") as tar:
        for path in sorted((root / "model").iterdir()):
            tar.add(path, path.name)
    command(*job, "benchmarks.plain_pipeline", "fit", str(training), str(root / "plain"), env=env)()
    with training.open(encoding="utf-8", newline="") as rows:
        row = next(csv.DictReader(rows, skipinitialspace=True))
    row.pop(environment.features.label.column)
    return row


def _in_process(root: Path, row: dict[str, str]) -> Send:
    from jobs import model
    from jobs.scoring import Scorer

    scorer = Scorer(model.load(root))
    return lambda: scorer.predict([row])


@contextmanager
def _ours(root: Path, row: dict[str, str]) -> Iterator[Send]:
    port = _free_port()
    words = ("-m", "jobs.serve", "--model", str(root), "--port", str(port))
    with _process(sys.executable, *words), _posting(port, {"rows": [row]}) as send:
        yield send


@contextmanager
def _fastapi(root: Path, row: dict[str, str]) -> Iterator[Send]:
    port = _free_port()
    words = ("-m", "benchmarks.plain_pipeline", "serve", str(root / "plain"), str(port))
    with _process(sys.executable, *words), _posting(port, {"rows": [_typed(row)]}) as send:
        yield send


@contextmanager
def _mlflow(root: Path, row: dict[str, str]) -> Iterator[Send]:
    port = _free_port()
    model = ("--model-uri", str(root / "plain" / "mlflow"), "--env-manager", "local")
    words = ("-m", "mlflow", "models", "serve", *model, "--port", str(port))
    body = {"dataframe_records": [_typed(row)]}
    with _process(sys.executable, *words), _posting(port, body) as send:
        yield send


@contextmanager
def _invoke_endpoint(root: Path, row: dict[str, str]) -> Iterator[Send]:
    """The same model as an endpoint of the local engine, asked by boto3."""
    home = root / "project"
    home.mkdir()
    try:
        running = daemon.ensure_started(home)
        connection = connect(load_environment(ROOT, "local"), endpoint_url=running.url)
        s3, sagemaker = connection.client("s3"), connection.client("sagemaker")
        s3.create_bucket(Bucket=BUCKET)
        s3.upload_file(str(root / "model.tar.gz"), BUCKET, "model.tar.gz")
        s3.upload_file(str(root / "code.tar.gz"), BUCKET, "code.tar.gz")
        container = {
            "Image": "none",
            "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz",
            "Environment": {
                "SAGEMAKER_PROGRAM": "jobs.inference",
                "SAGEMAKER_SUBMIT_DIRECTORY": f"s3://{BUCKET}/code.tar.gz",
            },
        }
        sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container)
        variant = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1}
        sagemaker.create_endpoint_config(
            EndpointConfigName="c", ProductionVariants=[{**variant, "InstanceType": "ml.m5.large"}]
        )
        sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")
        while (found := sagemaker.describe_endpoint(EndpointName="e"))["EndpointStatus"] == (
            "Creating"
        ):
            time.sleep(0.1)
        if found["EndpointStatus"] != "InService":
            raise SystemExit(found["FailureReason"])
        client, body = connection.client("sagemaker-runtime"), json.dumps({"rows": [row]})
        yield lambda: client.invoke_endpoint(
            EndpointName="e", ContentType="application/json", Body=body
        )["Body"].read()
    finally:
        daemon.stop(home)


def _typed(row: dict[str, str]) -> dict[str, Any]:
    """The row as a pipeline of pandas' types wants it."""
    return {name: float(value) if name in NUMBERS else value for name, value in row.items()}


@contextmanager
def _process(*words: str) -> Iterator[None]:
    # mlflow's command starts `uvicorn`, wherever that is.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        words,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        # mlflow's server is a child of its command's.
        os.killpg(process.pid, 15)
        process.wait()


@contextmanager
def _posting(port: int, body: object) -> Iterator[Send]:
    """Posts to /invocations once the server answers its pings."""
    end = time.monotonic() + 120
    while not _answers(port):
        if time.monotonic() > end:
            raise SystemExit(f"nothing answers at port {port}")
        time.sleep(0.1)
    content = json.dumps(body).encode()
    connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def send() -> object:
        try:
            connection.request("POST", "/invocations", content, JSON)
            response = connection.getresponse()
        except ConnectionError:
            connection.close()
            connection.request("POST", "/invocations", content, JSON)
            response = connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise SystemExit(f"port {port} answered {response.status}: {answer[:500]!r}")
        return answer

    yield send
    connection.close()


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
