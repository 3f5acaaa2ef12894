"""Codes to a model: fits an algorithm of the catalogue.

By hand, or unchanged as a script-mode program in a SageMaker training container, which gives the
folders by SM_CHANNEL_TRAIN, SM_CHANNEL_PREPROCESSOR and SM_MODEL_DIR; or, as the entrypoint of a
container of one's own, with the one argument --container /opt/ml, below which SageMaker has written
everything down. What else is given is a hyperparameter of the algorithm: --name VALUE, or -C VALUE
if its name is one letter.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

if not __package__:
    # Run as a script: what stands beside it must not hide other modules, and `jobs` must be found.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from jobs import algorithms, checkpoints, container, program, thresholds
from preprocessing.errors import DataError
from preprocessing.features import Task

TASKS: tuple[Task, ...] = ("classification", "regression")


def main() -> None:
    words = sys.argv[1:]
    if words[:1] == ["--container"]:
        words = container.command_line(words[1:])
    arguments, rest = _parser().parse_known_args(words)
    hyperparameters = _hyperparameters(rest)
    threshold = None if arguments.threshold is None else thresholds.parse(arguments.threshold)
    if arguments.check:
        check(arguments.algorithm, hyperparameters, arguments.task, threshold)
        return
    for name in ("train", "preprocessor", "model_dir"):
        if getattr(arguments, name) is None:
            raise DataError(f"--{name.replace('_', '-')} is missing")
    # Only now: what checks a configuration has no numpy, nor needs it.
    from jobs import training

    settings = training.Settings(
        arguments.algorithm,
        hyperparameters,
        arguments.validation_fraction,
        threshold,
        arguments.checkpoints,
    )
    training.train(settings, arguments.train, arguments.preprocessor, arguments.model_dir)


def check(
    name: str,
    given: Mapping[str, str],
    task: Task = "classification",
    threshold: float | str | None = None,
) -> None:
    """Refuse what training would refuse of an algorithm and its hyperparameters; read nothing.

    Args:
        name: of the algorithm.
        given: hyperparameters as they are written on the command line or in JSON, as in `0.1`,
            `true`, `null` (None) or `balanced`.
        task: what the label is for.
        threshold: as `training.Settings` has it.

    Raises:
        DataError: there is no such algorithm for this task, or lists every hyperparameter that is
            wrong.
    """
    algorithms.get(name, task).parse(given)
    if threshold is not None and task == "regression":
        raise DataError("a threshold is for a label of two classes, and this one is a number")


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
        "--validation-fraction",
        type=_fraction,
        help="share of the rows to measure on instead of fitting on them",
    )
    parser.add_argument(
        "--threshold",
        help="score above which a row is predicted positive: a number, or "
        f"{' or '.join(map(repr, thresholds.BEST))} on rows held out  [0.5]",
    )
    parser.add_argument(
        "--checkpoints",
        type=Path,
        default=checkpoints.default_folder(),
        help="folder to go on from, after a fit that was cut off  [/opt/ml/checkpoints, if there]",
    )
    parser.add_argument("--container", help="alone: /opt/ml, where SageMaker's files are")
    parser.add_argument(
        "--check",
        action="store_true",
        help="only check the algorithm and its hyperparameters: no folder is needed",
    )
    parser.add_argument(
        "--task", choices=TASKS, default=TASKS[0], help="what to check for  [classification]"
    )
    return parser


def _fraction(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"must be a number between 0 and 1, not {text!r}")
    return value


def _catalogue() -> str:
    lines = []
    for name in algorithms.NAMES:
        able = algorithms.of_name(name)
        lines.append(f"Hyperparameters of {name} ({' and '.join(able)}):")
        merged = {key: None for each in able.values() for key in each.hyperparameters}
        for key in merged:
            told = {
                task: f"{schema.meaning}; {schema.wanted}  [{schema.default}]"
                for task, each in able.items()
                if (schema := each.hyperparameters.get(key)) is not None
            }
            for text in dict.fromkeys(told.values()):
                tasks = [task for task in told if told[task] == text]
                only = "" if len(tasks) == len(able) else f"  ({' and '.join(tasks)} only)"
                lines.append(f"  {key:<20} {text}{only}")
    return "\n".join(lines)


if __name__ == "__main__":
    program.end(main, "failure")
