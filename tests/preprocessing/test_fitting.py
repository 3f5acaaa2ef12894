"""What is learnt from made data is what scikit-learn's transformers learn."""

import inspect
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import KBinsDiscretizer, OrdinalEncoder, StandardScaler

from preprocessing.errors import DataError
from preprocessing.features import Features
from preprocessing.fitting import CATEGORIES
from preprocessing.vocabulary import COUNTED
from tests.preprocessing.made import FEATURES, PEOPLE, fit_source, write


def test_the_tables_of_a_few_people(tmp_path):
    tables = fit_source(FEATURES, write(tmp_path, people=PEOPLE))

    assert tables.rows == 5
    pay = tables.numeric["pay"]
    assert (pay.count, pay.missing, pay.mean) == (4, 1, 28.0)
    age = tables.binned["age"]
    assert (age.count, age.missing, age.edges, age.rank_error) == (4, 1, (22.0, 31.0, 60.0), 0)
    sex = tables.categorical["sex"]
    assert (sex.values, sex.counts, sex.missing, sex.other) == (("F", "M"), (2, 2), 1, 0)
    assert (tables.label.negative, tables.label.positive) == ("low", "high")
    assert (tables.label.negatives, tables.label.positives) == (3, 2)


values = st.lists(
    st.one_of(st.none(), st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-3)),
    min_size=3,
    max_size=60,
).filter(lambda column: sum(value is not None for value in column) >= 2)


def column(name, texts):
    """A file with one feature and a label of two values."""
    rows = [f"{text},{'yes' if i % 2 else 'no'}" for i, text in enumerate(texts)]
    return "\n".join([f"{name},y", *rows, ""])


@given(values)
def test_mean_and_scale_are_those_of_standard_scaler_and_simple_imputer(tmp_path_factory, column_):
    texts = ["" if value is None else repr(value) for value in column_]
    source = write(tmp_path_factory.mktemp("csv"), x=column("x", texts))

    table = fit_source(Features("y", "yes", numeric=("x",)), source).numeric["x"]

    matrix = np.array([[np.nan if value is None else value] for value in column_])
    scaler = StandardScaler().fit(matrix)
    imputer = SimpleImputer(strategy="mean").fit(matrix)
    assert table.mean == pytest.approx(scaler.mean_[0], rel=1e-9, abs=1e-9)
    assert table.mean == pytest.approx(imputer.statistics_[0], rel=1e-9, abs=1e-9)
    assert table.scale == pytest.approx(scaler.scale_[0], rel=1e-9)
    assert table.count == scaler.n_samples_seen_


@pytest.mark.skipif(
    "quantile_method" not in inspect.signature(KBinsDiscretizer).parameters,
    reason="this scikit-learn interpolates quantiles and offers no other method",
)
# Fractions that binary numbers hold: scikit-learn computes ranks in them, and rounds 5/6 of 6 up.
@given(st.lists(st.integers(-50, 50), min_size=3, max_size=60), st.sampled_from([2, 4, 8]))
def test_edges_are_those_of_kbins_discretizer(tmp_path_factory, column_, bins):
    if len(set(column_)) < 2:
        return
    source = write(tmp_path_factory.mktemp("csv"), x=column("x", column_))

    table = fit_source(Features("y", "yes", binned=(("x", bins),)), source).binned["x"]

    discretizer = KBinsDiscretizer(
        bins, strategy="quantile", subsample=None, quantile_method="inverted_cdf"
    )
    with warnings.catch_warnings():
        # It warns when edges are equal; our table has fewer then.
        warnings.simplefilter("ignore", UserWarning)
        discretizer.fit(np.array(column_, float)[:, None])
    assert list(table.edges) == discretizer.bin_edges_[0].tolist()


@given(st.lists(st.text("abé ÅZ09-", min_size=1).map(str.strip).filter(bool), min_size=2))
def test_categories_are_those_of_ordinal_encoder(tmp_path_factory, texts):
    source = write(tmp_path_factory.mktemp("csv"), x=column("x", texts))

    table = fit_source(Features("y", "yes"), source).categorical["x"]

    encoder = OrdinalEncoder().fit(np.array(texts, object)[:, None])
    assert list(table.values) == encoder.categories_[0].tolist()


def test_rare_categories_beyond_the_limit_share_a_code(tmp_path):
    frequent = [f"c{i:03}" for i in range(CATEGORIES)] * 2
    source = write(tmp_path, x=column("x", [*frequent, "rare 1", "rare 2"]))

    table = fit_source(Features("y", "yes"), source).categorical["x"]

    assert len(table.values) == CATEGORIES
    assert (table.other, table.other_code) == (2, 254)


def test_of_equally_rare_categories_the_first_by_code_point_stay(tmp_path):
    source = write(tmp_path, x=column("x", [f"c{i:03}" for i in range(CATEGORIES + 5)][::-1]))

    table = fit_source(Features("y", "yes"), source).categorical["x"]

    assert table.values[-1] == f"c{CATEGORIES - 1:03}"


def test_a_column_of_ids_is_no_category(tmp_path):
    source = write(tmp_path, x=column("x", range(COUNTED + 1)))

    with pytest.raises(DataError, match="'x' has more than 100,000 different values: is it an id"):
        fit_source(Features("y", "yes"), source)


def test_a_constant_column_has_a_scale_of_one(tmp_path):
    source = write(tmp_path, x=column("x", ["0.1"] * 1000))

    assert fit_source(Features("y", "yes", numeric=("x",)), source).numeric["x"].scale == 1.0


def test_a_column_that_is_always_missing_can_be_fitted(tmp_path):
    source = write(tmp_path, x=column("x,z,c", [",,"] * 4))
    features = Features("y", "yes", numeric=("x",), binned=(("z", 3),))

    tables = fit_source(features, source)

    assert (tables.numeric["x"].mean, tables.numeric["x"].scale) == (0.0, 1.0)
    assert (tables.binned["z"].edges, tables.binned["z"].bins) == ((), 1)
    assert tables.categorical["c"].values == ()


def test_a_row_that_cannot_be_parsed_teaches_nothing_in_any_column(tmp_path):
    source = write(tmp_path, x="x,c,y\n1,a,no\n2,a,yes\noops,b,yes\n")

    tables = fit_source(Features("y", "yes", numeric=("x",)), source)

    assert (tables.rows, tables.categorical["c"].values) == (2, ("a",))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["no", "Yes"], "label column 'y' never is 'yes' (did you mean 'Yes'?); it is 'Yes' in 1"),
        (["yes", "yes"], "has one value only, and two are needed: it is 'yes' in 2 rows"),
        (["yes", "no", "maybe"], "has 3 values, and two are needed: it is 'maybe' in 1 rows"),
    ],
)
def test_a_label_has_two_values_of_which_one_is_positive(tmp_path, labels, message):
    source = write(tmp_path, x="x,y\n" + "".join(f"1,{label}\n" for label in labels))

    with pytest.raises(DataError) as error:
        fit_source(Features("y", "yes"), source)

    assert message in str(error.value)


def test_numbers_beyond_float64_are_refused(tmp_path):
    source = write(tmp_path, x=column("x", ["1e300", "-1e300"]))

    with (
        np.errstate(over="ignore"),
        pytest.raises(DataError, match="numbers of column 'x' are too large"),
    ):
        fit_source(Features("y", "yes", numeric=("x",)), source)
