"""A search on the census data: two trials at a time that share the cores, against one with all.

Both are the same tuning job but for MaxParallelTrainingJobs: the same trials, because random search
with one seed is one sequence. Measured is the job's own time, from its creation to its end.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.pairs import Comparison, command, report, seconds
from pipelines.aws import connect
from pipelines.bundle import ARCHIVE, build_bundle
from pipelines.data.census import fetch
from pipelines.engine import daemon
from pipelines.environment.load import load_environment

ROOT = Path(__file__).parent.parent
PAIRS = 3
TRIALS = 4
BUCKET = "benchmark"
METRIC = "validation:roc_auc"
TRIAL = {
    "algorithm": "hist_gradient_boosting",
    "max_iter": 100,
    "max_leaf_nodes": 31,
    "validation-fraction": 0.2,
}
CORES = os.cpu_count() or 1


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        root = Path(folder)
        environment = load_environment(ROOT, "local")
        bundle = build_bundle(ROOT, environment)
        _preprocess(root, bundle.files["features.json"])
        (root / ARCHIVE).write_bytes(bundle.archive())
        try:
            running = daemon.ensure_started(root)
            connection = connect(environment, endpoint_url=running.url)
            _upload(connection.client("s3"), root)
            client = connection.client("sagemaker")
            runs = [
                (_search(client, f"shared-{run}", 2), _search(client, f"alone-{run}", 1))
                for run in range(PAIRS)
            ]
        finally:
            daemon.stop(root)
    (shared, best), (alone, same) = (
        list(zip(*each, strict=True)) for each in zip(*runs, strict=True)
    )
    if set(best) != set(same):
        raise SystemExit(f"the searches have not found the same: {best} and {same}")
    measured = Comparison(tuple(alone), tuple(shared))
    target = 1.4 if CORES == 2 else 1.0
    report(
        f"{TRIALS} trials, two at a time on {CORES // 2 or 1} cores each, "
        f"against one at a time on {CORES}",
        f"{measured.ratio:.2f}× as fast",
        f"at least {target:g}×" + ("" if CORES == 2 else " (1.4× on 2 cores)"),
        measured.ratio >= target,
        [f"two at a time {seconds(shared)}", f"one at a time {seconds(alone)}"],
    )


def _preprocess(root: Path, features: bytes) -> None:
    """The census data as codes, in `train/` and `preprocessor/`."""
    files = fetch()
    (root / "features.json").write_bytes(features)
    (root / "training").mkdir()
    shutil.copy(files.train, root / "training")
    words: Sequence[str | Path] = (
        *("training", "--features", root / "features.json"),
        *("--training", root / "training", "--test-fraction", "0.2", "--output", root),
    )
    command(
        *(sys.executable, "-m", "jobs.preprocess", *map(str, words)),
        cwd=root,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(root)},
    )()


def _upload(s3: Any, root: Path) -> None:
    s3.create_bucket(Bucket=BUCKET)
    for name in (ARCHIVE, "train", "preprocessor"):
        path = root / name
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            s3.upload_file(str(file), BUCKET, file.relative_to(root).as_posix())


def _search(client: Any, name: str, parallel: int) -> tuple[float, str]:
    """Run a search; the seconds that it took, and the hyperparameters that it found."""
    client.create_hyper_parameter_tuning_job(**_request(name, parallel))
    while True:
        found = client.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        if found["HyperParameterTuningJobStatus"] != "InProgress":
            break
        time.sleep(0.5)
    if found["TrainingJobStatusCounters"]["Completed"] != TRIALS:
        raise SystemExit(f"the search ended {found['HyperParameterTuningJobStatus']}: {found}")
    took = found["HyperParameterTuningEndTime"] - found["CreationTime"]
    return took.total_seconds(), json.dumps(found["BestTrainingJob"]["TunedHyperParameters"])


def _request(name: str, parallel: int) -> dict[str, Any]:
    static = {
        **TRIAL,
        "sagemaker_program": "jobs/train.py",
        "sagemaker_submit_directory": f"s3://{BUCKET}/{ARCHIVE}",
    }
    rates = {"Name": "learning_rate", "MinValue": "0.03", "MaxValue": "0.3"}
    return {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": METRIC},
            "ResourceLimits": {
                "MaxNumberOfTrainingJobs": TRIALS,
                "MaxParallelTrainingJobs": parallel,
            },
            "ParameterRanges": {
                "ContinuousParameterRanges": [{**rates, "ScalingType": "Logarithmic"}]
            },
            "RandomSeed": 0,
        },
        "TrainingJobDefinition": {
            "RoleArn": "arn:aws:iam::000000000000:role/benchmark",
            "AlgorithmSpecification": {
                "TrainingImage": "none",
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": METRIC, "Regex": f"{METRIC}=([0-9.]+);"}],
            },
            "StaticHyperParameters": {key: json.dumps(value) for key, value in static.items()},
            "InputDataConfig": [
                {
                    "ChannelName": channel,
                    "DataSource": {
                        "S3DataSource": {
                            "S3DataType": "S3Prefix",
                            "S3Uri": f"s3://{BUCKET}/{channel}/",
                        }
                    },
                }
                for channel in ("train", "preprocessor")
            ],
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/models"},
            "ResourceConfig": {
                "InstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "VolumeSizeInGB": 1,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        },
    }


if __name__ == "__main__":
    main()
