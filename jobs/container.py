"""A training container without the SageMaker training toolkit: what stands in the files of /opt/ml.

    /opt/ml/input/config/hyperparameters.json     {"name": "text", …}
    /opt/ml/input/data/<channel>/                 a channel's files
    /opt/ml/model/                                becomes model.tar.gz
    /opt/ml/checkpoints/                          is kept, if the job has a CheckpointConfig
    /opt/ml/output/failure                        why it failed

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from preprocessing.errors import DataError


def command_line(arguments: Sequence[str]) -> list[str]:
    """What the files say, as the toolkit would have put it on the command line.

    Args:
        arguments: the folder that holds them, `/opt/ml`, and nothing else.

    Raises:
        DataError: there is no hyperparameters.json, or not as SageMaker writes it.
    """
    if len(arguments) != 1:
        raise DataError("--container takes one folder, /opt/ml, and stands alone")
    root = Path(arguments[0])
    path = root / "input/config/hyperparameters.json"
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        words = [word for name, text in sorted(given.items()) for word in _option(name, str(text))]
    except (OSError, ValueError, AttributeError) as error:
        raise DataError(f"{path} does not hold hyperparameters: {error}") from error
    for channel in ("train", "preprocessor"):
        words += [f"--{channel}", str(root / "input/data" / channel)]
    checkpoints = root / "checkpoints"
    if checkpoints.is_dir():
        words += ["--checkpoints", str(checkpoints)]
    return [*words, "--model-dir", str(root / "model")]


def _option(name: str, text: str) -> tuple[str, str]:
    """Names of one letter have one dash, as the toolkit writes them. SDKs quote texts as JSON."""
    try:
        unquoted = json.loads(text)
    except ValueError:
        unquoted = text
    dashes = "-" if len(name) == 1 else "--"
    return f"{dashes}{name}", unquoted if isinstance(unquoted, str) else text
