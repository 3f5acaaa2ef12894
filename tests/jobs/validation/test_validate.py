"""Every damage to right data breaks its own expectation, names the rows, and breaks no other."""

import json

import pytest

from jobs.validate import validate
from jobs.validation.expectations import Expectations
from jobs.validation.needs import Needs
from preprocessing.errors import DataError
from preprocessing.rejects import read_rejects
from tests.jobs.made import done, run, write_rows
from tests.jobs.validation.made import (
    EXPECTED,
    FEATURES,
    HEADER,
    changed,
    customers,
    everywhere,
    judged,
    said,
    write,
)

TRAINING, TEST = customers(60), customers(30, first=101)
SEVERITIES = ("allowed", "warning", "error")
KNOWN_ID = "test customer: an id that no training row has"


def test_right_data_break_nothing(tmp_path):
    limits = changed(changed(TRAINING, 3, "age", "18"), 4, "age", "120")
    write(tmp_path, limits, TEST)

    report = judged(tmp_path)

    assert said(report) == []
    assert json.loads((tmp_path / "validation" / "summary.json").read_text()) == {
        "passed": True,
        "errors": 0,
        "warnings": 0,
        "reason": "",
    }
    assert all(outcome["held"] for outcome in report["expectations"])
    assert report["parts"]["training"]["files"] == [
        {"name": "rows.csv", "first_row": 1, "rows": 60}
    ]


DAMAGES = {
    "one value of another type": (
        lambda lines: changed(lines, 7, "age", "old"),
        ["training: rows that can be read", "training age: whole numbers"],
        "row 7: age is 'old': not a number",
    ),
    "a retyped column": (
        lambda lines: everywhere(lines, "age", "adult"),
        ["training: rows that can be read", "training age: whole numbers"],
        "60 rows (100 %) hold something else (row 1: 'adult', row 2: 'adult', …)",
    ),
    "a fraction": (
        lambda lines: changed(lines, 7, "age", "20.5"),
        ["training age: whole numbers"],
        "age: expected whole numbers; 1 row (1.7 %) holds something else (row 7: 20.5)",
    ),
    "above the range": (
        lambda lines: changed(changed(lines, 7, "age", "121"), 9, "age", "999"),
        ["training age: at most 120"],
        "expected at most 120; 2 rows (3.3 %) are above (row 7: 121, row 9: 999)",
    ),
    "below the range": (
        lambda lines: changed(lines, 7, "age", "17"),
        ["training age: at least 18"],
        "1 row (1.7 %) is below (row 7: 17)",
    ),
    "a missing value": (
        lambda lines: changed(lines, 7, "age", "?"),
        ["training age: a value in every row"],
        "1 row (1.7 %) has none (row 7: nothing)",
    ),
    "an empty column": (
        lambda lines: everywhere(lines, "visits", ""),
        ["training visits: at most 20 % missing", "training visits: more than one value"],
        "60 rows (100 %) have none",
    ),
    "an unknown category": (
        lambda lines: changed(lines, 60, "city", "Paris"),
        ["training city: only 'Bonn', 'Köln', 'Ulm'"],
        "1 row (1.7 %) holds something else (row 60: 'Paris')",
    ),
    "an id that stands twice": (
        lambda lines: changed(lines, 60, "customer", "c1"),
        ["training customer: no value twice"],
        "1 row (1.7 %) repeats a value of an earlier row (row 60: 'c1')",
    ),
    "a label that is NaN": (
        lambda lines: changed(lines, 5, "bought", "NaN"),
        ["training bought: a label in every row"],
        "1 row (1.7 %) has none (row 5: nothing)",
    ),
    "no label at all": (
        lambda lines: everywhere(lines, "bought", "NaN"),
        [
            "training bought: a label in every row",
            "training bought: two classes, one of them 'yes'",
            "training bought: at least 20 % of rows in the rarer class",
            "test bought: labels that training rows have",
        ],
        "every label is missing",
    ),
    "a third class": (
        lambda lines: changed(lines, 5, "bought", "maybe"),
        [
            "training bought: two classes, one of them 'yes'",
            "training bought: at least 20 % of rows in the rarer class",
        ],
        "there are 'maybe', 'no', 'yes'",
    ),
    "one class": (
        lambda lines: lines[::2],
        [
            "training bought: two classes, one of them 'yes'",
            "training bought: at least 20 % of rows in the rarer class",
            "test bought: labels that training rows have",
        ],
        "there is only 'yes'",
    ),
    "hardly any of one class": (
        lambda lines: [*lines[::2], lines[1]],
        ["training bought: at least 20 % of rows in the rarer class"],
        "'no' is 3.2 % of them (1 row)",
    ),
    "the positive class misspelt": (
        lambda lines: [line.replace("yes", "Yes") for line in lines],
        [
            "training bought: two classes, one of them 'yes'",
            "test bought: labels that training rows have",
        ],
        "'yes' is nowhere (did you mean 'Yes'?); there are 'Yes', 'no'",
    ),
    "a constant column": (
        lambda lines: everywhere(lines, "city", "Ulm"),
        ["training city: more than one value"],
        "it is 'Ulm' in every row; a model learns nothing from it",
    ),
    "few rows": (
        lambda lines: lines[:9],
        ["training: at least 10 rows"],
        "training: expected at least 10 rows; there are 9",
    ),
    "no rows": (
        lambda lines: [],
        ["training: at least 10 rows"],
        "training: expected at least 10 rows; there are 0",
    ),
    "a row with too few fields": (
        lambda lines: [*lines[:6], "c,1", *lines[6:]],
        ["training: rows that can be read"],
        "(row 7: 2 fields where the header has 5)",
    ),
    "test rows among the training rows": (
        lambda lines: [*lines, TEST[3], changed(TEST, 5, "bought", "yes")[4]],
        ["test: no row that stands among the training rows, too", KNOWN_ID],
        "2 rows (6.7 %) do (row 4: age=",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damage_is_told_with_its_rows_and_nothing_else_is(tmp_path, name):
    damage, broken, words = DAMAGES[name]
    write(tmp_path, damage(TRAINING), TEST)

    report = judged(tmp_path)

    assert sorted(said(report)) == sorted(broken)
    assert words in report["reason"]
    assert report["passed"] == (report["errors"] == 0)


@pytest.mark.parametrize(
    ("header", "broken", "found"),
    [
        (
            HEADER.replace("visits", "visit"),
            ["training visits: a column of every file", "test visit: a column of every file"],
            "it is not there (did you mean 'visit'?)",
        ),
        (
            HEADER.replace("bought", "sold"),
            ["training bought: a column of every file", "test sold: a column of every file"],
            "it is not there",
        ),
        (
            HEADER.replace("city", "age"),
            ["training: files that can be read", "training city: a column of every file"],
            "rows.csv: column 'age' stands 2 times",
        ),
    ],
    ids=["renamed", "no label", "twice"],
)
def test_columns_that_are_not_there_are_told_of_the_header(tmp_path, header, broken, found):
    write(tmp_path, TRAINING, TEST)
    write_rows(tmp_path / "training", TRAINING, header)

    report = judged(tmp_path, {**EXPECTED, "other_columns": "allowed"})

    assert said(report) == broken
    assert found in report["reason"]


@pytest.mark.parametrize(
    "options", [{}, {"test": None, "test_fraction": 0.5}], ids=["own", "split"]
)
def test_a_slice_must_be_a_column_of_the_rows_that_a_model_is_tested_on(tmp_path, options):
    """Else Evaluate would find out, when the training has been paid for."""
    write(tmp_path, TRAINING, TEST)
    part = "training" if options else "test"

    report = judged(tmp_path, slices=("city", "ctiy"), **options)

    assert said(report) == [f"{part} ctiy: a column of every file"]
    assert "did you mean 'city'" in report["reason"]


def test_a_column_without_an_expectation_is_as_configured(tmp_path):
    write(
        tmp_path, *([line + ",1" for line in part] for part in (TRAINING, TEST)), HEADER + ",plan"
    )

    severe = {word: judged(tmp_path, {**EXPECTED, "other_columns": word}) for word in SEVERITIES}

    plans = [
        f"{part}: no column but those of `validation.columns`" for part in ("training", "test")
    ]
    constant = "training plan: more than one value"
    assert {word: said(report) for word, report in severe.items()} == {
        "allowed": [constant],
        "warning": [*plans, constant],
        "error": [*plans, constant],
    }
    assert [report["passed"] for report in severe.values()] == [True, True, False]


def test_a_column_that_some_files_lack_is_told_and_rows_are_counted_through_all_files(tmp_path):
    write(tmp_path, [], TEST)
    (tmp_path / "training" / "rows.csv").unlink()
    short = [line.replace(line.split(",")[3] + ",", "") for line in TRAINING]
    (tmp_path / "training" / "a.csv").write_text("\n".join([HEADER, *TRAINING[:30], ""]))
    (tmp_path / "training" / "b.csv").write_text(
        "\n".join([HEADER.replace(",city", ""), *changed(short, 40, "age", "300")[30:], ""])
    )

    report = judged(tmp_path)

    assert said(report) == ["training city: a column of every file", "training age: at most 120"]
    assert "it is not in b.csv" in report["reason"]
    assert report["violations"][1]["first_rows"] == [40]


def test_a_file_that_cannot_be_read_is_told_like_everything_else(tmp_path):
    write(tmp_path, TRAINING, TEST)
    (tmp_path / "training" / "empty.csv").write_bytes(b"")
    (tmp_path / "training" / "zeros.parquet").write_bytes(b"PAR1")

    report = judged(tmp_path)

    assert said(report) == ["training: files that can be read"] * 2
    assert "empty.csv is empty" in report["reason"]
    assert "zeros.parquet cannot be read as Parquet" in report["reason"]


def test_numbers_are_expected_of_the_label_of_a_regression(tmp_path):
    wages = {**FEATURES, "label": {"column": "visits"}, "numeric": ["age"]}
    write(tmp_path, changed(TRAINING, 3, "visits", "many"), everywhere(TEST, "visits", "1"))

    report = judged(tmp_path, {"max_rejected_share": 0.1}, wages)

    assert said(report) == [
        "training visits: labels that are numbers",
        "test visits: labels that differ",
        "training: rows that can be read",
    ]
    assert "name the positive one: features.label.positive (row 3: 'many')" in report["reason"]


def test_rows_are_split_numbered_and_refused_as_preprocess_does(tmp_path):
    lines = changed(changed(customers(200), 12, "age", "old"), 40, "visits", "1e999")
    lines = [*lines[:20], "x", "", *lines[20:], "y"]
    write(tmp_path, lines, TEST)
    (tmp_path / "features.json").write_text(json.dumps(FEATURES))
    folders = ("--features", "features.json", "--training", "training", "--output", "out")
    done(run("preprocess", "training", *folders, "--test-fraction", "0.3", cwd=tmp_path))
    summary = json.loads((tmp_path / "out" / "preprocessor" / "summary.json").read_text())

    report = judged(tmp_path, {"max_rejected_share": 0.5}, test=None, test_fraction=0.3)

    refused = {v["part"]: v for v in report["violations"]}
    assert len(refused) == len(report["violations"]) == 2
    for part, name in (("training", "train"), ("test", "test")):
        rejects = list(read_rejects(tmp_path / "out" / name / "rejected.csv"))
        assert report["parts"][part]["rows"] == sum(summary[name].values())
        assert refused[part]["first_rows"] == [reject.row for reject in rejects]
        assert [s["value"] for s in refused[part]["samples"]] == [r.sentence for r in rejects]


DERIVE = """
READS = {"visits": "number", "city": "text"}

def derive(columns):
    return {"visits in a week": columns["visits"] / 52}
"""


@pytest.mark.parametrize(
    ("header", "row", "broken"),
    [
        (HEADER, "", []),
        (HEADER, "often", ["training: rows that can be read"]),
        (
            HEADER.replace("visits", "visit"),
            "",
            [
                "training visits: a column of every file",
                "test visits: a column of every file",
                # Under a name that means nothing it is a column of categories.
                "test visit: values that training rows have",
            ],
        ),
    ],
)
def test_what_derives_columns_must_find_those_it_reads(tmp_path, header, row, broken):
    derived = {"numeric": ["age", "visits in a week"], "derive": "weeks.py"}
    (tmp_path / "features.json").write_text(json.dumps({**FEATURES, **derived}))
    (tmp_path / "derive.py").write_text(DERIVE)
    write(tmp_path, changed(TRAINING, 4, "visits", row), TEST, header)

    folders = (tmp_path / "training", tmp_path / "test", None, tmp_path)
    validate(Needs.load(tmp_path / "features.json"), Expectations(max_rejected_share=0), *folders)

    assert said(json.loads((tmp_path / "validation" / "report.json").read_text())) == broken


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"min_row": 3}, "there is no min_row (did you mean 'min_rows'?)"),
        ({"columns": {"age": {"maximum": "9"}}}, "columns.age.maximum is '9'"),
        ({"columns": {"age": {"severity": "bad"}}}, "columns.age.severity is 'bad'"),
        ({"columns": ["age"]}, "columns: ['age'] is not a mapping"),
        ({"max_shared_share": True}, "max_shared_share is True"),
    ],
)
def test_wrong_expectations_are_refused(document, words):
    with pytest.raises(DataError) as error:
        Expectations.from_json(document)

    assert words in str(error.value)


def test_the_job_succeeds_and_leaves_its_report_where_the_data_do_not_pass(tmp_path):
    write(tmp_path, changed(TRAINING, 7, "age", "old"), TEST)
    (tmp_path / "features.json").write_text(json.dumps(FEATURES))
    (tmp_path / "validation.json").write_text(json.dumps({**EXPECTED, "python": None}))
    files = ("--features", "features.json", "--validation", "validation.json")
    folders = ("--training", "training", "--test", "test", "--output", ".")

    log = done(run("validate", *files, *folders, cwd=tmp_path))

    assert "error: training: age: expected whole numbers; 1 row" in log
    assert {path.name for path in (tmp_path / "validation").iterdir()} == {
        "summary.json",
        "report.json",
        "report.html",
    }
    assert json.loads((tmp_path / "validation" / "summary.json").read_text())["passed"] is False


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        judged(tmp_path)
