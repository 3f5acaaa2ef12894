"""Codes to a model: fits an algorithm of the catalogue.

By hand, or unchanged as a script-mode program in a SageMaker training container, which gives the
folders by SM_CHANNEL_TRAIN, SM_CHANNEL_PREPROCESSOR and SM_MODEL_DIR. Everything else that is given
is a hyperparameter of the algorithm: --name VALUE, or -C VALUE if its name is one letter.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

if not __package__:
    # Run as a script: what stands beside it must not hide other modules, and `jobs` must be found.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from jobs import algorithms, program
from jobs.program import log
from preprocessing.errors import DataError


def main() -> None:
    arguments, rest = _parser().parse_known_args()
    if arguments.check:
        check(arguments.algorithm, _hyperparameters(rest))
        return
    for name in ("train", "preprocessor", "model_dir"):
        if getattr(arguments, name) is None:
            raise DataError(f"--{name.replace('_', '-')} is missing")
    train(
        arguments.algorithm,
        _hyperparameters(rest),
        arguments.train,
        arguments.preprocessor,
        arguments.model_dir,
    )


def check(name: str, given: Mapping[str, str]) -> None:
    """Refuse what `train` would refuse of an algorithm's name and hyperparameters; read nothing.

    Args:
        name: of the algorithm.
        given: hyperparameters as they are written on the command line or in JSON, as in `0.1`,
            `true`, `null` (None) or `balanced`.

    Raises:
        DataError: there is no such algorithm, or lists every hyperparameter that is wrong.
    """
    algorithms.get(name).parse(given)


def train(
    name: str, given: dict[str, str], folder: Path, preprocessor: Path, model_folder: Path
) -> None:
    """Fit the algorithm `name` on the codes in `folder`, and write the model."""
    algorithm = algorithms.get(name)
    hyperparameters = algorithm.parse(given)

    from jobs import matrices, model, preprocess
    from preprocessing import document

    path = preprocessor / model.PREPROCESSOR
    tables, _ = document.load(path)
    rejected = _rejected(preprocessor / preprocess.SUMMARY)
    matrix, labels = matrices.load(folder, algorithm.encoding, tables)
    program.make_folder(model_folder)
    log(f"{name} on {matrix.shape[0]:,} rows, {matrix.shape[1]:,} {algorithm.encoding} columns")
    for key, value in hyperparameters.items():
        log(f"  {key} = {value}" + ("" if key in given else "  (default)"))
    if labels.min() == labels.max():
        raise DataError(f"{folder}: all rows have the same label; there is nothing to learn")
    classifier = algorithm.build(hyperparameters, tables)
    start = time.monotonic()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        classifier.fit(matrix, labels)
    for warning in caught:
        log(f"warning: {' '.join(str(warning.message).split())}")
    log(f"fitted in {time.monotonic() - start:.1f} s")
    model.save(
        model_folder,
        classifier,
        path,
        algorithm=name,
        encoding=algorithm.encoding,
        hyperparameters=hyperparameters,
        rows=len(labels),
        rejected=rejected,
    )
    log("saved " + ", ".join(sorted(path.name for path in model_folder.iterdir())))


def _rejected(summary: Path) -> int | None:
    """How many training rows preprocess rejected; None if it left no summary.

    Raises:
        DataError: the summary is not one that it wrote.
    """
    if not summary.is_file():
        return None
    try:
        return int(json.loads(summary.read_text(encoding="utf-8"))["train"]["rejected"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{summary} is not a summary of preprocess: {error!r}") from error


def _hyperparameters(arguments: Sequence[str]) -> dict[str, str]:
    """`--max_iter 300 -C 0.5 --tol=1e-3` to a mapping of texts.

    Raises:
        DataError: something is no name, has no value, or stands twice.
    """
    given: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        name = rest.pop(0)
        if not name.startswith("-") or not name.strip("-"):
            raise DataError(f"{name!r} is not a hyperparameter; write --name VALUE")
        if "=" in name:
            name, value = name.split("=", 1)
        elif rest:
            value = rest.pop(0)
        else:
            raise DataError(f"hyperparameter {name} has no value")
        name = name.lstrip("-")
        if name in given:
            raise DataError(f"hyperparameter {name} stands twice")
        given[name] = value
    return given


def _parser() -> argparse.ArgumentParser:
    parser = program.parser(
        "train",
        f"{__doc__}\n{_catalogue()}",
        "python -m jobs.train --train out/train --preprocessor out/preprocessor \\\n"
        "      --model-dir out/model --algorithm hist_gradient_boosting --max_iter 300\n"
        "  tar -czf out/model.tar.gz -C out/model .",
    )

    def folder(flag: str, variable: str, help: str) -> None:
        default = os.environ.get(variable)
        parser.add_argument(flag, type=Path, default=default and Path(default), help=help)

    folder("--train", "SM_CHANNEL_TRAIN", "folder of labelled codes  [SM_CHANNEL_TRAIN]")
    folder("--preprocessor", "SM_CHANNEL_PREPROCESSOR", "folder with preprocessor.json")
    folder("--model-dir", "SM_MODEL_DIR", "folder to write the model to  [SM_MODEL_DIR]")
    parser.add_argument("--algorithm", required=True, help=" or ".join(algorithms.NAMES))
    parser.add_argument(
        "--check",
        action="store_true",
        help="only check the algorithm and its hyperparameters: no folder is needed",
    )
    return parser


def _catalogue() -> str:
    lines = []
    for name in algorithms.NAMES:
        lines.append(f"Hyperparameters of {name}:")
        for key, schema in algorithms.get(name).hyperparameters.items():
            lines.append(f"  {key:<20} {schema.meaning}; {schema.wanted}  [{schema.default}]")
    return "\n".join(lines)


if __name__ == "__main__":
    program.end(main, "failure")
