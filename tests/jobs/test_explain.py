"""Explain: the columns that matter come first, and SHAP values add up to the score, by each way."""

import json

import numpy as np
import pytest

from jobs import model
from jobs.evaluate import evaluate
from jobs.evaluation import rows as tested_rows
from jobs.evaluation.settings import Explanation, Settings
from jobs.explain import explain
from jobs.explanation.columns import Columns
from jobs.explanation.shapley import Values, _adds_up, _first_right
from preprocessing.errors import DataError
from tests.jobs.made import FEATURES, HEADER, rows
from tests.jobs.trained import fitted, preprocessed

MODELS = {
    "hist_gradient_boosting": {"max_iter": "20", "min_samples_leaf": "5"},
    "random_forest": {"n_estimators": "10"},
    "lightgbm": {"n_estimators": "10"},
    "logistic_regression": {},
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Every model on the same rows: buying depends on age, visits and city, and not on income."""
    root = preprocessed(
        tmp_path_factory.mktemp("project"), FEATURES, HEADER, rows(600, 1), rows(200, 2)
    )
    for name, hyperparameters in MODELS.items():
        fitted(root, name, name, **hyperparameters)
        evaluate(root / name, root / "test", root / name, settings=Settings(resamples=0))
    return root


def explained(root, name, output, **how):
    folder = root / name
    how = Explanation(**{"method": "permutation", "rows": 7, "sample": 60, **how})
    explain(folder, root / "test", folder / "evaluation", output, how)
    return json.loads((output / "explanation" / "explanation.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["hist_gradient_boosting", "logistic_regression"])
def test_columns_that_matter_come_before_those_that_do_not(root, name, tmp_path):
    found = explained(root, name, tmp_path, sample=200)

    order = [each["column"] for each in found["importances"]]
    assert set(order) == {"age", "visits", "income", "city"}
    assert order[-1] == "income"
    assert found["importances"][0]["value"] > 0.05 > abs(found["importances"][-1]["value"])


def test_importances_are_those_of_scikit_learn_but_for_chance(root, tmp_path):
    from sklearn.inspection import permutation_importance
    from sklearn.metrics import roc_auc_score

    found = explained(root, "hist_gradient_boosting", tmp_path, sample=200)

    columns = Columns.of(model.load(root / "hist_gradient_boosting"))
    tested = tested_rows.read(root / "test", columns.model.tables)
    expected = permutation_importance(
        columns.model.estimator,
        columns.matrix(tested.take(np.arange(200))),
        tested.labels,
        scoring=lambda _, matrix, labels: roc_auc_score(labels, columns.score(matrix)),
        n_repeats=30,
        random_state=1,
    )
    ours = {each["column"]: each["value"] for each in found["importances"]}
    assert [ours[name] for name in columns.names] == pytest.approx(
        expected.importances_mean.tolist(), abs=0.02
    )
    assert expected.importances_mean.max() > 0.1


def test_many_matrices_are_scored_as_each_alone(root, monkeypatch):
    """Whether a call takes several of them, or one is more than a call takes."""
    columns = Columns.of(model.load(root / "logistic_regression"))
    tested = tested_rows.read(root / "test", columns.model.tables)
    matrix = columns.matrix(tested.take(np.arange(60)))
    parts = [matrix[:5], matrix[5:8], matrix[8:30], matrix[30:31], matrix[31:]]
    alone = [columns.score(part).tolist() for part in parts]

    for limit in (1, 8, 22, 1000):
        monkeypatch.setattr("jobs.explanation.columns._AT_ONCE", limit)

        assert [scores.tolist() for scores in columns.scores_of(parts)] == alone


@pytest.mark.parametrize("name", MODELS)
def test_shap_values_add_up_to_what_the_model_says(root, name, tmp_path):
    found = explained(root, name, tmp_path, method="shap")

    assert found["additive"]
    for row in found["rows"]:
        total = row["base"] + sum(each["effect"] for each in row["effects"])
        assert total == pytest.approx(row["output"], abs=1e-6)
        said = row["output"]
        if found["unit"] == "log-odds":
            said = 1 / (1 + np.exp(-said))
        assert said == pytest.approx(row["score"], abs=1e-6)
    assert [each["column"] for each in found["importances"]][-1] == "income"


def test_the_way_that_is_exact_for_a_linear_model_is_taken(root):
    columns = Columns.of(model.load(root / "logistic_regression"))
    matrix = columns.matrix(
        tested_rows.read(root / "test", columns.model.tables).take(np.arange(50))
    )

    values = _first_right(columns, matrix, 5, matrix)

    # Of a sum of functions of one column each, a column's effect is its function's distance from
    # its mean: two rows that differ in one column differ in this effect only.
    other = matrix.copy()
    place = columns.names.index("age")
    other[:, place] += 10
    moved = _first_right(columns, other, 5, matrix).effects - values.effects
    assert np.abs(np.delete(moved, place, axis=1)).max() < 1e-9
    assert np.abs(moved[:, place]).min() > 1e-3


def test_trees_that_split_on_sets_of_categories_are_not_read_as_if_they_were_numbers(
    root, tmp_path
):
    assert explained(root, "lightgbm", tmp_path / "a", method="shap")["unit"] == "log-odds"
    found = explained(root, "hist_gradient_boosting", tmp_path / "b", method="shap")
    assert found["unit"] == "score"  # only asked for scores


def test_the_effect_of_each_value_is_the_mean_over_its_rows(root, tmp_path):
    found = explained(root, "logistic_regression", tmp_path, method="shap", sample=100)

    shown = {each["column"]: each["values"] for each in found["effects"]}
    assert {line["value"] for line in shown["city"]} == {"Bonn", "Köln", "Ulm", "missing"}
    assert shown["city"][-1]["value"] == "Ulm"  # where one buys
    for column, rises in (("visits", 1), ("age", -1)):  # in their order, not in that of texts
        effects = [rises * line["effect"] for line in shown[column]]
        assert effects == sorted(effects)
    for lines in shown.values():
        assert sum(line["rows"] for line in lines) == 100


def test_values_that_do_not_add_up_are_noticed():
    effects = np.array([[0.1, 0.2], [0.0, -0.1]])

    assert _adds_up(Values(np.full(2, 0.5), effects, np.array([0.8, 0.4]), "score"))
    assert not _adds_up(Values(np.full(2, 0.5), effects, np.array([0.8, 0.41]), "score"))


def test_rows_are_spread_from_the_lowest_score_to_the_highest(root, tmp_path):
    found = explained(root, "logistic_regression", tmp_path)

    scores = [row["score"] for row in found["rows"]]
    assert len(scores) == 7
    assert scores == sorted(scores)
    assert scores[0] < 0.1 < 0.9 < scores[-1]
    assert found["rows"][-1]["prediction"] == "yes"
    words = {each["column"]: each["value"] for each in found["rows"][0]["effects"]}
    assert words["city"] in {"Bonn", "Köln", "Ulm", "missing"}
    assert "below" in words["income"] or "above" in words["income"]


def test_the_same_again_gives_the_same_bytes(root, tmp_path):
    for method in ("permutation", "shap"):
        once = explained(root, "hist_gradient_boosting", tmp_path / "a", method=method)
        again = explained(root, "hist_gradient_boosting", tmp_path / "b", method=method)

        assert json.dumps(once) == json.dumps(again)


def test_the_page_is_evaluates_with_the_explanation_in_it(root, tmp_path):
    explained(root, "logistic_regression", tmp_path, method="shap")

    page = (tmp_path / "explanation" / "report.html").read_text(encoding="utf-8")
    assert "What it goes by" in page
    assert "ROC curve" in page
    assert "Why row" in page


def test_rows_need_not_be_explained_one_by_one(root, tmp_path):
    assert explained(root, "logistic_regression", tmp_path, rows=0)["rows"] == []


def test_the_evaluation_of_another_model_is_refused(root, tmp_path):
    measured = root / "lightgbm" / "evaluation"

    with pytest.raises(DataError, match="is the evaluation of another model"):
        explain(root / "random_forest", root / "test", measured, tmp_path, Explanation())
