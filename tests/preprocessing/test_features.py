"""Each column has one role, and what the features say about columns is checked at once."""

import json

import pytest

from preprocessing.columns import resolve
from preprocessing.errors import DataError
from preprocessing.features import Features

LABEL = {"label": {"column": "income", "positive": "high"}}


def test_the_document_reads_back():
    features = Features("income", "high", "id", ("w",), ("pay",), (("age", 10),), ("sex",))

    assert Features.from_json(json.loads(json.dumps(features.to_json()))) == features


def test_a_label_without_a_positive_class_is_a_number():
    features = Features.from_json({"label": {"column": "wage", "positive": None}})

    assert (features.task, features.to_json()["label"]) == ("regression", {"column": "wage"})
    assert Features.from_json(LABEL).task == "classification"


def test_what_is_named_nowhere_is_categorical():
    columns = resolve(Features.from_json(LABEL), ["b", "income", "a"], "x.csv")

    assert columns.categorical == ("b", "a")


def test_dropped_columns_and_the_id_are_no_features():
    features = Features.from_json({**LABEL, "drop": ["w"], "id": "n"})

    columns = resolve(features, ["n", "w", "a", "income"], "x.csv")

    assert (columns.categorical, columns.id) == (("a",), "n")
    assert set(columns.names) == {"n", "a", "income"}


def test_a_column_without_a_role_is_refused_unless_the_rest_is_categorical():
    features = Features.from_json({**LABEL, "categorical": ["a"]})

    with pytest.raises(DataError, match="columns that the features do not name: 'b'"):
        resolve(features, ["a", "b", "income"], "x.csv")


def test_every_column_that_is_missing_is_listed_with_its_role_and_the_nearest_name():
    features = Features.from_json({**LABEL, "numeric": ["pays"], "drop": ["w"]})

    with pytest.raises(DataError) as error:
        resolve(features, ["pay", "income"], "x.csv")

    assert "no drop column 'w'; no numeric column 'pays' (did you mean 'pay'?)" in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": 1}, "unknown key 'labels' (did you mean 'label'?)"),
        (
            {"label": {"positive": "x"}},
            "label needs the key column, and for two classes the key pos",
        ),
        ({"numeric": "pay"}, "numeric is 'pay', not a list"),
        ({"binned": {"age": 1}}, "binned.age is 1, not a number from 2 to 1000"),
        ({"binned": ["age"]}, "binned is not a mapping"),
        ({"numeric": ["a"], "drop": ["a"]}, "name column 'a' twice"),
        ({"drop": ["_row"]}, "'_row' is reserved"),
    ],
)
def test_a_wrong_document_is_refused(change, message):
    with pytest.raises(DataError) as error:
        Features.from_json({**LABEL, **change})

    assert message in str(error.value)


def test_a_file_that_is_no_json_is_named(tmp_path):
    (tmp_path / "features.json").write_text("{")

    with pytest.raises(DataError, match=r"features\.json is not JSON"):
        Features.load(tmp_path / "features.json")
