"""Every row of the census-income data: transformed as scikit-learn transforms it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import compute as pc
from pyarrow import csv

from preprocessing.features import Features
from preprocessing.parsing import MISSING
from preprocessing.reading import Source
from preprocessing.transforming import transform_files
from tests.preprocessing.made import fit_source
from tests.preprocessing.parity import assert_matrices_equal

pytestmark = pytest.mark.census
FEATURES = Features(
    "income",
    "50000+.",
    drop=("instance weight",),
    numeric=("wage per hour", "capital gains", "dividends from stocks", "weeks worked in year"),
    binned=(("age", 10), ("capital losses", 5)),
)


@pytest.fixture(scope="session")
def census():
    """The files, as the command line fetches them: once, then from the cache."""
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "data", "census", "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, f"the census data could not be fetched: {done.stderr}"
    # Large batches: what takes time is setting up scikit-learn's transformers for each.
    paths = json.loads(done.stdout)
    return {role: Source([Path(path)], block_bytes=1 << 24) for role, path in paths.items()}


@pytest.fixture(scope="session")
def tables(census):
    return fit_source(FEATURES, census["training"])


@pytest.mark.parametrize(("role", "rows"), [("training", 199_523), ("test", 99_762)])
def test_every_row_is_transformed_as_scikit_learn_does_it(census, tables, role, rows):
    whole = _texts(census[role])
    numbers = _numbers(whole, [*tables.numeric, *tables.binned])
    categories = _categories(whole, [*tables.categorical])
    done = 0
    for batch, rejects in transform_files(tables, census[role], labelled=True):
        assert rejects == []
        part = slice(done, done + batch.num_rows)
        assert_matrices_equal(tables, batch, numbers[part], categories[part])
        done += batch.num_rows
    assert done == rows


def test_what_is_fitted_is_what_scikit_learn_fits(census, tables):
    from sklearn.preprocessing import OrdinalEncoder, StandardScaler

    whole = _texts(census["training"])
    scaler = StandardScaler().fit(_numbers(whole, [*tables.numeric]))
    encoder = OrdinalEncoder().fit(_categories(whole, [*tables.categorical]))

    means = [table.mean for table in tables.numeric.values()]
    scales = [table.scale for table in tables.numeric.values()]
    np.testing.assert_allclose(means, scaler.mean_, rtol=1e-9)
    np.testing.assert_allclose(scales, scaler.scale_, rtol=1e-9)
    for table, categories in zip(tables.categorical.values(), encoder.categories_, strict=True):
        assert list(table.values) == [c for c in categories.tolist() if c is not None]
    ages = _numbers(whole, ["age"])[:, 0]
    edges = np.quantile(ages, np.linspace(0, 1, 11), method="inverted_cdf")
    assert list(tables.binned["age"].edges) == np.unique(edges).tolist()


def _texts(source: Source) -> pa.Table:
    types = dict.fromkeys(source.header(), "string")
    return csv.read_csv(source.paths[0], convert_options=csv.ConvertOptions(column_types=types))


def _numbers(whole: pa.Table, names: list[str]) -> np.ndarray:
    return np.column_stack([whole[name].cast("float64").to_numpy() for name in names])


def _categories(whole: pa.Table, names: list[str]) -> np.ndarray:
    columns = []
    for name in names:
        texts = pc.utf8_trim_whitespace(whole[name])
        texts = pc.if_else(pc.is_in(texts, pa.array(MISSING)), None, texts)
        columns.append(texts.to_numpy(zero_copy_only=False).astype(object))
    return np.column_stack(columns)
