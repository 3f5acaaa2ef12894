"""A training container without the SageMaker training toolkit: what stands in the files of /opt/ml.

    /opt/ml/input/config/hyperparameters.json     {"name": "text", …}
    /opt/ml/input/data/<channel>/                 a channel's files
    /opt/ml/model/                                becomes model.tar.gz
    /opt/ml/output/failure                        why it failed

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

from __future__ import annotations

import json
from pathlib import Path

from preprocessing.errors import DataError

ROOT = Path("/opt/ml")


def command_line(root: Path = ROOT) -> list[str]:
    """What the files say, as the toolkit would have put it on the command line.

    Without the files, as on the machine of someone who forgot the arguments: nothing.

    Raises:
        DataError: hyperparameters.json is not what SageMaker writes.
    """
    path = root / "input/config/hyperparameters.json"
    if not path.is_file():
        return []
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        words = [word for name, text in sorted(given.items()) for word in _option(name, str(text))]
    except (OSError, ValueError, AttributeError) as error:
        raise DataError(f"{path} does not hold hyperparameters: {error}") from error
    for channel in ("train", "preprocessor"):
        words += [f"--{channel}", str(root / "input/data" / channel)]
    return [*words, "--model-dir", str(root / "model")]


def _option(name: str, text: str) -> tuple[str, str]:
    """Names of one letter have one dash, as the toolkit writes them. SDKs quote texts as JSON."""
    try:
        unquoted = json.loads(text)
    except ValueError:
        unquoted = text
    dashes = "-" if len(name) == 1 else "--"
    return f"{dashes}{name}", unquoted if isinstance(unquoted, str) else text
