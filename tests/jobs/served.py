"""Small models of every algorithm, made in this process, and raw rows for them."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from jobs import model, preprocess, train
from jobs.model import Model
from tests.jobs.made import pack

HEADER = ("person", "age", "visits", "income", "city", "pet", "bought")
FEATURES: dict[str, Any] = {
    "id": "person",
    "numeric": ["age", "visits"],
    "binned": {"income": 4},
    "categorical": ["city", "pet"],
}
CITIES = ("Bonn", "Köln", "Ulm", "a, b", 'say "hi"')
FAST = {
    "hist_gradient_boosting": ("--max_iter", "12", "--min_samples_leaf", "5"),
    "lightgbm": ("--n_estimators", "12", "--min_child_samples", "5"),
    "random_forest": ("--n_estimators", "12"),
    "logistic_regression": (),
    "linear_regression": (),
}
CASES = [
    *((name, "classification") for name in FAST if name != "linear_regression"),
    *((name, "regression") for name in FAST if name != "logistic_regression"),
]


def raw_rows(count: int, seed: int, *, task: str = "classification") -> list[dict[str, Any]]:
    """Rows as texts and None; some values are missing, some categories are rare."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        age, visits = chance.randint(18, 90), chance.randint(0, 30)
        city = chance.choice(CITIES)
        score = visits / 10 - age / 60 + (city == "Ulm") + chance.gauss(0, 0.4)
        label = ("yes" if score > 0.6 else "no") if task == "classification" else f"{score:.4f}"
        rows.append(
            {
                "person": f"p{number}",
                "age": chance.choice([str(age), f" {age}.5", "?"]),
                "visits": None if chance.random() < 0.1 else str(visits),
                "income": chance.choice([f"{chance.lognormvariate(10, 0.5):.2f}", ""]),
                "city": chance.choice([city, city, None]),
                "pet": chance.choice(["cat", "dog", "", f"rare {number % 40}"]),
                "bought": label,
            }
        )
    return rows


def write(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """Rows as one CSV file in a folder of its own."""
    import csv

    folder.mkdir(parents=True)
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows([[row[name] for name in HEADER] for row in rows])
    return folder


def prepared(folder: Path, task: str) -> Path:
    """What the Preprocess job writes for some training rows."""
    label = {"column": "bought"} | ({"positive": "yes"} if task == "classification" else {})
    document = folder / "features.json"
    document.write_text(json.dumps({"label": label, **FEATURES}))
    arguments = [
        *("training", "--features", str(document), "--output", str(folder)),
        *("--training", str(write(folder / "rows", raw_rows(500, 1, task=task)))),
        *("--test-fraction", "0.2"),
    ]
    run_preprocess(arguments)
    return folder


def run_preprocess(arguments: list[str]) -> None:
    """The Preprocess job."""
    call(preprocess.main, arguments)


def trained(folder: Path, algorithm: str, *hyperparameters: str) -> Path:
    """A model's archive, in a folder below what `prepared` wrote."""
    target = folder / algorithm
    arguments = [
        *("--train", str(folder / "train"), "--preprocessor", str(folder / "preprocessor")),
        *("--model-dir", str(target / "model"), "--algorithm", algorithm),
        *(hyperparameters or FAST[algorithm]),
    ]
    call(train.main, arguments)
    pack(target / "model", target)
    return target


def load(folder: Path) -> Model:
    return model.load(folder)


def call(main: Any, arguments: list[str]) -> None:
    """A job's `main`, without a process of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["job", *arguments])
        main()
