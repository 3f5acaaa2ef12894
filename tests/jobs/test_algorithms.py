"""The catalogue: hyperparameters arrive as text, and are what the libraries take."""

import inspect

import pytest

from jobs import algorithms
from jobs.algorithms.algorithm import Hyperparameter
from jobs.algorithms.watch import stages
from preprocessing.errors import DataError
from preprocessing.tables import Label, Tables

TABLES = Tables(None, 0, Label("y", "a", "b", 1, 1), {}, {}, {})
EVERY = [
    pytest.param(algorithm, id=f"{name}-{task}")
    for name in algorithms.NAMES
    for task, algorithm in algorithms.of_name(name).items()
]


@pytest.mark.parametrize("algorithm", EVERY)
def test_every_hyperparameter_is_one_of_the_librarys_own(algorithm):
    estimator = algorithm.build(algorithm.parse({}), TABLES)

    known = inspect.signature(type(estimator)).parameters
    parameters = estimator.get_params()
    # LightGBM's estimators take any name: it has to be one that they list.
    assert set(algorithm.hyperparameters) <= set(known) & set(parameters)
    assert all(parameters[n] == h.default for n, h in algorithm.hyperparameters.items())


@pytest.mark.parametrize("algorithm", EVERY)
def test_every_default_is_a_value_that_is_allowed(algorithm):
    for hyperparameter in algorithm.hyperparameters.values():
        assert hyperparameter.parse(str(hyperparameter.default)) == hyperparameter.default


@pytest.mark.parametrize("name", algorithms.NAMES)
def test_an_algorithm_says_what_it_is_for(name):
    for task, algorithm in algorithms.of_name(name).items():
        assert (algorithm.name, algorithm.task) == (name, task)
        assert algorithms.get(name, task) is algorithm


def test_an_algorithm_for_another_task_is_refused_with_those_that_can():
    with pytest.raises(DataError) as error:
        algorithms.get("linear_regression", "classification")

    assert str(error.value) == (
        "linear_regression is not for classification; there are hist_gradient_boosting, lightgbm, "
        "random_forest, logistic_regression"
    )


def test_stages_are_even_and_end_with_the_last_iteration():
    assert stages(1, 5) == [1]
    assert stages(300, 5) == [60, 120, 180, 240, 300]
    assert stages(300, 5, after=120) == [180, 240, 300]


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        (Hyperparameter(bool, False, ""), "True", True),
        (Hyperparameter(bool, False, ""), "false", False),
        (Hyperparameter(int, 1, "", optional=True), "None", None),
        (Hyperparameter(int, 1, "", optional=True), "3", 3),
        (Hyperparameter(float, 1.0, "", least=0, above=True), "1e-3", 0.001),
        (Hyperparameter(str, None, "", choices=("a", "b")), "b", "b"),
        (Hyperparameter(float, 1.0, "", choices=("sqrt",)), "sqrt", "sqrt"),
        (Hyperparameter(float, 1.0, "", choices=("sqrt",)), "0.5", 0.5),
    ],
)
def test_text_becomes_a_value(schema, text, value):
    assert schema.parse(text) == value


@pytest.mark.parametrize(
    ("schema", "text", "wanted"),
    [
        (Hyperparameter(int, 1, ""), "1.5", "a whole number"),
        (Hyperparameter(int, 1, "", least=1), "0", "a whole number of at least 1"),
        (Hyperparameter(float, 1.0, "", least=0, above=True), "0", "a number above 0"),
        (Hyperparameter(float, 1.0, "", most=1), "2", "a number of at most 1"),
        (Hyperparameter(float, 1.0, ""), "inf", "a number"),
        (Hyperparameter(bool, True, ""), "1", "true or false"),
        (
            Hyperparameter(str, None, "", choices=("a", "b"), optional=True),
            "c",
            "'a' or 'b' or None",
        ),
        (
            Hyperparameter(float, 1.0, "", most=1, choices=("sqrt",), optional=True),
            "2",
            "'sqrt' or a number of at most 1 or None",
        ),
    ],
)
def test_what_is_not_allowed_is_answered_with_what_is(schema, text, wanted):
    with pytest.raises(ValueError, match=f"^{wanted}$"):
        schema.parse(text)
