"""The catalogue: hyperparameters arrive as text, and are what scikit-learn takes."""

import inspect

import pytest

from jobs import algorithms
from jobs.algorithms.algorithm import Hyperparameter
from preprocessing.tables import Label, Tables

TABLES = Tables(None, 0, Label("y", "a", "b", 1, 1), {}, {}, {})


@pytest.mark.parametrize("name", algorithms.NAMES)
def test_every_hyperparameter_is_one_of_scikit_learns(name):
    algorithm = algorithms.get(name)

    classifier = algorithm.build(algorithm.parse({}), TABLES)

    known = inspect.signature(type(classifier)).parameters
    assert set(algorithm.hyperparameters) <= set(known)
    parameters = classifier.get_params()
    assert all(parameters[n] == h.default for n, h in algorithm.hyperparameters.items())


@pytest.mark.parametrize("name", algorithms.NAMES)
def test_every_default_is_a_value_that_is_allowed(name):
    for hyperparameter in algorithms.get(name).hyperparameters.values():
        assert hyperparameter.parse(str(hyperparameter.default)) == hyperparameter.default


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        (Hyperparameter(bool, False, ""), "True", True),
        (Hyperparameter(bool, False, ""), "false", False),
        (Hyperparameter(int, 1, "", optional=True), "None", None),
        (Hyperparameter(int, 1, "", optional=True), "3", 3),
        (Hyperparameter(float, 1.0, "", least=0, above=True), "1e-3", 0.001),
        (Hyperparameter(str, None, "", choices=("a", "b")), "b", "b"),
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
    ],
)
def test_what_is_not_allowed_is_answered_with_what_is(schema, text, wanted):
    with pytest.raises(ValueError, match=f"^{wanted}$"):
        schema.parse(text)
