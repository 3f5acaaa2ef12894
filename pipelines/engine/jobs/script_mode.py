"""Script mode: how SageMaker's training images start a Python program of one's own.

The names of the variables and the form of the arguments are those of AWS's sagemaker-training.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

_OWN = "sagemaker_"


def decode(hyperparameters: Mapping[str, str]) -> dict[str, Any]:
    """The values: JSON where they are JSON, texts where they are not.

    >>> decode({"max_iter": "300", "algorithm": '"trees"', "note": "by hand"})
    {'max_iter': 300, 'algorithm': 'trees', 'note': 'by hand'}
    """
    return {name: _decode(text) for name, text in hyperparameters.items()}


def _decode(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def users_own(values: Mapping[str, Any]) -> dict[str, Any]:
    """The hyperparameters that are the program's, not the container's."""
    return {
        name: value
        for name, value in values.items()
        if not name.startswith(_OWN) and name != "_tuning_objective_metric"
    }


def arguments(hyperparameters: Mapping[str, Any]) -> list[str]:
    """The program's command line, sorted by name.

    >>> arguments({"max_iter": 300, "C": 0.5, "early_stopping": False})
    ['-C', '0.5', '--early_stopping', 'False', '--max_iter', '300']
    """
    argv = []
    for name, value in sorted(hyperparameters.items()):
        argv += [f"--{name}" if len(name) > 1 else f"-{name}", _argument(value)]
    return argv


def _argument(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{key}={item}" for key, item in sorted(value.items()))
    return "" if value is None else str(value)


def variables(
    *,
    values: Mapping[str, Any],
    channels: Sequence[str],
    input_data_config: Mapping[str, Any],
    resource_config: Mapping[str, Any],
    job_name: str,
    argv: Sequence[str],
    cores: int,
) -> dict[str, str]:
    """The environment of the program, with the container's own paths in it."""
    own = users_own(values)
    program = values["sagemaker_program"]
    environment: dict[str, Any] = {
        "channels": sorted(channels),
        "channel_input_dirs": {name: f"/opt/ml/input/data/{name}" for name in channels},
        "current_host": "algo-1",
        "hosts": ["algo-1"],
        "hyperparameters": own,
        "input_config_dir": "/opt/ml/input/config",
        "input_data_config": input_data_config,
        "input_dir": "/opt/ml/input",
        "job_name": job_name,
        "log_level": values.get("sagemaker_container_log_level", 20),
        "model_dir": "/opt/ml/model",
        "module_dir": values["sagemaker_submit_directory"],
        "module_name": program.removesuffix(".py"),
        "network_interface_name": "lo",
        "num_cpus": cores,
        "num_gpus": 0,
        "output_data_dir": "/opt/ml/output/data",
        "output_dir": "/opt/ml/output",
        "output_intermediate_dir": "/opt/ml/output/intermediate",
        "resource_config": resource_config,
        "user_entry_point": program,
    }
    named = {
        "CHANNELS": environment["channels"],
        "HPS": own,
        "USER_ARGS": list(argv),
        "TRAINING_ENV": environment,
        **{
            name.upper(): value
            for name, value in environment.items()
            if name not in ("channels", "channel_input_dirs", "hyperparameters", "job_name")
        },
        **{
            f"CHANNEL_{name.upper()}": path
            for name, path in environment["channel_input_dirs"].items()
        },
        **{f"HP_{name.upper()}": value for name, value in own.items()},
    }
    return {f"SM_{name}": _variable(value) for name, value in named.items()}


def _variable(value: Any) -> str:
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else _argument(value)
