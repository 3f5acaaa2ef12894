"""The same tables in scikit-learn's own transformers, on the same text read by pandas' rules."""

import csv

import numpy as np
import pyarrow as pa
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, OrdinalEncoder, StandardScaler

from preprocessing import encoding
from preprocessing.parsing import MISSING
from preprocessing.reading import Source
from preprocessing.tables import Tables

RELATIVE = 1e-9


def assert_equals_scikit_learn(tables: Tables, source: Source, batch: pa.RecordBatch) -> None:
    """Every value of both encodings of `batch`, against the rows of `source` with its numbers."""
    texts = _texts(tables, source, batch.column("_row").to_pylist())
    assert_matrices_equal(tables, batch, _numbers(tables, texts), _categories(tables, texts))


def assert_matrices_equal(
    tables: Tables, batch: pa.RecordBatch, numbers: np.ndarray, categories: np.ndarray
) -> None:
    """Both encodings of `batch`, against scikit-learn's of the same values.

    Args:
        tables: what both are made with.
        batch: our codes.
        numbers: shape (rows, numeric + binned), float64, NaN where missing.
        categories: shape (rows, categorical), texts, None where missing.
    """
    numeric, binned = numbers[:, : len(tables.numeric)], numbers[:, len(tables.numeric) :]
    bins, codes = _bins(tables, binned), _codes(tables, categories)

    expected = np.hstack([numeric, bins, codes])
    np.testing.assert_allclose(
        encoding.ordinal(tables, batch), expected, rtol=RELATIVE, atol=0, equal_nan=True
    )
    expected = np.hstack([_scaled(tables, numeric), _onehot(tables, bins, codes)])
    np.testing.assert_allclose(
        encoding.onehot(tables, batch).dense(), expected, rtol=RELATIVE, atol=0
    )


def _scaled(tables: Tables, numeric: np.ndarray) -> np.ndarray:
    """SimpleImputer and StandardScaler with our means and scales."""
    if not tables.numeric:
        return numeric
    means = np.array([table.mean for table in tables.numeric.values()])
    pipeline = Pipeline([("fill", SimpleImputer()), ("scale", StandardScaler())])
    pipeline.fit(np.vstack([np.zeros_like(means), np.ones_like(means)]))
    pipeline["fill"].statistics_ = means
    pipeline["scale"].mean_ = means
    pipeline["scale"].scale_ = np.array([table.scale for table in tables.numeric.values()])
    return pipeline.transform(numeric)


def _bins(tables: Tables, binned: np.ndarray) -> np.ndarray:
    """KBinsDiscretizer with our edges; it knows no missing values, which have the bin after."""
    result = np.empty(binned.shape)
    for i, table in enumerate(tables.binned.values()):
        edges = np.array(table.edges if len(table.edges) > 1 else [0.0, 1.0])
        discretizer = KBinsDiscretizer(2, encode="ordinal", strategy="uniform", subsample=None)
        discretizer.fit([[0.0], [1.0]])
        discretizer.bin_edges_[0], discretizer.n_bins_[0] = edges, table.bins
        missing = np.isnan(binned[:, i])
        filled = np.where(missing, 0.0, binned[:, i])[:, None]
        known = discretizer.transform(filled)[:, 0] if table.bins > 1 else np.zeros(len(filled))
        result[:, i] = np.where(missing, table.bins, known)
    return result


def _codes(tables: Tables, categories: np.ndarray) -> np.ndarray:
    """OrdinalEncoder with our categories, a sentinel for missing, and a code for unknown."""
    result = np.empty(categories.shape)
    for i, table in enumerate(tables.categorical.values()):
        # Not sorted, and longer than anything that a test makes: it stands behind the others.
        sentinel = "\U0010ffff missing"
        encoder = OrdinalEncoder(
            categories=[[*table.values, sentinel]],
            handle_unknown="use_encoded_value",
            unknown_value=table.other_code,
            dtype=np.float64,
        )
        texts = np.array([sentinel if t is None else t for t in categories[:, i]], object)
        result[:, i] = encoder.fit([[sentinel]]).transform(texts[:, None])[:, 0]
    return result


def _onehot(tables: Tables, bins: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """OneHotEncoder of all bins and codes that there can be."""
    counts = [table.bins + 1 for table in tables.binned.values()]
    counts += [len(table.values) + 2 for table in tables.categorical.values()]
    if not counts:
        return np.empty((len(bins), 0))
    encoder = OneHotEncoder(categories=[np.arange(float(n)) for n in counts], sparse_output=False)
    whole = np.hstack([bins, codes])
    return encoder.fit(whole).transform(whole)


def _texts(tables: Tables, source: Source, rows: list[int]) -> list[dict[str, str]]:
    """The wanted rows, read by Python's own csv module."""
    read = []
    for path in source.paths:
        with path.open(newline="", encoding="utf-8") as file:
            read += list(csv.DictReader(file, skipinitialspace=True))
    return [read[row - 1] for row in rows]


def _numbers(tables: Tables, texts: list[dict[str, str]]) -> np.ndarray:
    names = [*tables.numeric, *tables.binned]
    values = [[np.nan if _missing(t[n]) else float(t[n]) for n in names] for t in texts]
    return np.array(values, float).reshape(len(texts), len(names))


def _categories(tables: Tables, texts: list[dict[str, str]]) -> np.ndarray:
    values = [[None if _missing(t[n]) else t[n].strip() for n in tables.categorical] for t in texts]
    return np.array(values, object).reshape(len(texts), len(tables.categorical))


def _missing(text: str) -> bool:
    return text.strip() in MISSING
