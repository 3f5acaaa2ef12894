"""What is proposed from data: accepted by the configuration, and met by these data."""

from __future__ import annotations

import csv
import json
import math
import string
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from jobs.profile import profile
from jobs.validate import validate
from jobs.validation.expectations import Expectations
from jobs.validation.needs import Needs
from pipelines.cli import main
from pipelines.cli.data_profile import profile as command
from pipelines.data.proposal import propose
from pipelines.environment.load import load_environment
from pipelines.environment.model import Environment
from pipelines.errors import InputError
from preprocessing.errors import DataError
from preprocessing.features import Features
from tests.environment.projects import BASE, make_project

DEV = """\
region: eu-central-1
approval: automatic
steps: {validate_data: {instance_type: ml.m5.large, volume_gb: 30, max_runtime_s: 900}}
"""


def without(section: str, text: str) -> str:
    """A file without one of its sections."""
    lines, skipping = [], False
    for line in text.splitlines():
        if line[:1].isalpha():
            skipping = line.startswith(f"{section}:")
        lines += [] if skipping else [line]
    return "\n".join(lines) + "\n"


def loaded(root: Path, proposal: str) -> Environment:
    """The configuration into which a proposal was pasted."""
    base = BASE
    for section in ("validation", "features", "gate", "evaluation", "explanation", "model"):
        base = without(section, base)
    model = "model: {algorithm: hist_gradient_boosting}\n"
    return load_environment(make_project(root, DEV, base + model + proposal), "dev")


def write(folder: Path, columns: dict[str, list[str]]) -> Path:
    """A file of rows; where no column has a value in a row, a quoted nothing keeps it a row."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, quoting=csv.QUOTE_ALL)
        lines.writerow(columns)
        lines.writerows(zip(*columns.values(), strict=True))
    return folder / "rows.csv"


def proposed(folder: Path, columns: dict[str, list[str]], label: str | None = None) -> str:
    return propose(profile([write(folder, columns)], label), label)


def section(text: str, name: str = "validation") -> Any:
    return yaml.safe_load(text)[name]


def column(folder: Path, values: list[str]) -> Any:
    """What is proposed for a column of these values."""
    return section(proposed(folder, {"x": values, "y": ["1"] * len(values)}))["columns"]["x"]


CELLS = st.one_of(
    st.sampled_from(["", "?", "no", "1:30", "0o17", "1e400", "007", "~", "null", "true", "-0"]),
    st.integers(-(10**6), 10**6).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(str),
    st.text(string.printable.strip() + " äß€\t", max_size=6),
)
ROWS = 24
COLUMNS = st.dictionaries(
    st.text(string.ascii_letters + " #:'\"{}[],&*-0é", min_size=1, max_size=8).map(str.strip),
    st.one_of(
        st.lists(CELLS, min_size=ROWS, max_size=ROWS),
        st.lists(CELLS, min_size=1, max_size=3).map(lambda few: (few * ROWS)[:ROWS]),
        st.lists(st.floats(-1e9, 1e9).map(repr), min_size=ROWS, max_size=ROWS),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=25)
@given(COLUMNS, st.sampled_from(["classes", "numbers"]))
@example(
    {"a": [str(n * 1e300) for n in range(ROWS)], "b": [f"{n}e-9" for n in range(ROWS)]}, "numbers"
)
@example({"a": ["it's, [so]", "no: #"] * 12, "- b": ["\x85"] * ROWS}, "classes")
def test_data_meet_what_is_proposed_from_them(columns: dict[str, list[str]], kind: str) -> None:
    assume(all(columns) and not {"_row", "_id", "_label", "the label"} & columns.keys())
    labels = {"classes": ["no", "yes"] * 12, "numbers": [str(n / 7) for n in range(ROWS)]}[kind]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        text = proposed(root / "data", {**columns, "the label": labels}, "the label")

        environment = loaded(root, text)

        assert environment.validation is not None
        expected = environment.validation.model_dump(mode="json")
        validate(
            Needs(Features.from_json(environment.features.model_dump(mode="json"))),
            Expectations.from_json({**expected, "max_shared_share": None}),
            root / "data",
            root / "data",
            None,
            root,
        )
        report = json.loads((root / "validation" / "report.json").read_text(encoding="utf-8"))
        broken = [violation["found"] for violation in report["violations"]]
        errors = [v for v in report["violations"] if v["severity"] == "error"]
        assert not errors, broken


def test_numbers_get_a_range_with_slack(tmp_path: Path) -> None:
    ages, degrees = [str(n) for n in range(91)], [str(n / 10 - 3) for n in range(91)]

    assert column(tmp_path, ages) == {
        "type": "integer",
        "minimum": 0,
        "maximum": 120,
        "missing": 0.01,
    }
    assert column(tmp_path, degrees) == {
        "type": "number",
        "minimum": -5.3,
        "maximum": 8.3,
        "missing": 0.01,
    }


def test_texts_get_a_list_only_if_it_seems_complete(tmp_path: Path) -> None:
    complete = column(tmp_path, ["a", "b", "c"] * 5)
    growing = column(tmp_path, [*["a", "b", "c"] * 5, "d"])
    many = column(tmp_path, [f"v{n % 60}" for n in range(240)])

    assert complete == {"values": ["a", "b", "c"], "missing": 0.01}
    assert growing == many == {"type": "text", "missing": 0.01}


def test_more_than_what_is_missing_may_be(tmp_path: Path) -> None:
    assert column(tmp_path, ["1", "", "?", "4", *["5"] * 96])["missing"] == 0.03


@pytest.mark.parametrize("codes", [["007", "008", "1"], ["1234567890123456", "2", "3"]])
def test_codes_are_texts(tmp_path: Path, codes: list[str]) -> None:
    assert column(tmp_path, codes)["type"] == "text"


def test_a_few_strays_do_not_make_numbers_texts_and_are_told(tmp_path: Path) -> None:
    numbers = {"x": ["old", *(str(n) for n in range(200))]}

    text = proposed(tmp_path, numbers)

    assert section(text)["columns"]["x"]["type"] == "integer"
    assert "but in 1 rows, as in row 1: 'old'" in text


def test_twins_and_the_rarer_class_are_counted(tmp_path: Path) -> None:
    twins = [*(str(n) for n in range(98)), "7", "7"]
    labels = ["yes" if n % 10 == 0 else "no" for n in range(100)]

    said = section(proposed(tmp_path, {"x": twins, "bought": labels}, "bought"))

    assert said["min_rows"] == 10
    assert said["min_minority_share"] == 0.05
    assert said["max_shared_share"] == pytest.approx(0.045)


def test_every_column_gets_a_role_with_a_reason(tmp_path: Path) -> None:
    rows = range(40)
    columns = {
        "customer id": [f"c{n}" for n in rows],
        "number": [str(100 + n + n // 2) for n in rows],  # every third row was left out
        "remarks": [f"said {n}" for n in rows],
        "nothing": ["" for _ in rows],
        "same": ["1" for _ in rows],
        "wage": [str(n * 1.5) for n in rows],
        "branch code": [str(n % 9) for n in rows],
        "children": [str(n % 3) for n in rows],
        "city": [f"city {n % 4}" for n in rows],
        "bought": [str(n % 2) for n in rows],
    }

    text = proposed(tmp_path, columns, "bought")

    assert section(text, "features") == {
        "label": {"column": "bought", "positive": "1"},
        "id": "customer id",
        "drop": ["number", "remarks", "nothing", "same"],
        "numeric": ["wage"],
        "categorical": "the rest",
    }
    assert "  # - children  (3 whole numbers; numeric, if they are amounts)" in text
    assert "  # - branch code  (so named; numeric, if it is an amount)" in text


def test_a_number_is_predicted_by_a_regression(tmp_path: Path) -> None:
    text = proposed(tmp_path, {"x": ["a", "b"] * 5, "wage": [str(n) for n in range(10)]}, "wage")

    assert section(text, "features")["label"] == {"column": "wage"}


def test_what_is_neither_of_two_classes_nor_a_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="city has 3 different values, and is no label"):
        proposed(tmp_path, {"city": ["a", "b", "c"], "x": ["1", "2", "3"]}, "city")


def test_the_command_prints_what_can_be_pasted(tmp_path: Path) -> None:
    file = write(tmp_path, {"x": ["1", "2"], "the label": ["a", "b"]})

    said = CliRunner().invoke(command, [str(file), "--label", "the label"])

    assert said.exit_code == 0
    assert math.isclose(section(said.stdout)["min_minority_share"], 0.25)
    assert section(said.stdout, "features")["label"]["column"] == "the label"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "no column 'c'"),
        ("a,b\n", "rows.csv: no rows"),
        ("", "rows.csv is empty: not even a header"),
    ],
)
def test_what_cannot_be_profiled_is_refused(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "rows.csv").write_text(content)

    with pytest.raises(DataError, match=words):
        profile([tmp_path / "rows.csv"], "c")


def test_files_with_other_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    (tmp_path / "b.csv").write_text("a,B\n1,2\n")

    with pytest.raises(DataError, match=r"b.csv: no column 'b' \(did you mean 'B'\?\)"):
        profile([tmp_path / "a.csv", tmp_path / "b.csv"])


def test_an_error_of_the_job_is_one_of_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n")

    with pytest.raises(SystemExit) as exit:
        main(["data", "profile", str(tmp_path / "rows.csv")])

    said = capsys.readouterr()
    assert (exit.value.code, said.out) == (2, "")
    assert said.err == "Error: rows.csv: no rows\n"
