"""How fast the shared preprocessing is, and how it grows; `python benchmarks/preprocessing.py`.

Everything is measured side by side: each pair runs one after the other in this process, and the
median of the pairs' ratios is printed. Both sides read the same CSV file, make the same scaled and
one-hot float64 matrix (compared before anything is timed), keep every row's number and list the
rows that hold a number that is none. Growth is measured in processes of their own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from preprocessing import encoding
from preprocessing.columns import resolve
from preprocessing.features import Features
from preprocessing.fitting import fit
from preprocessing.parallel import ordered_map
from preprocessing.parsing import MISSING, parse
from preprocessing.reading import Source
from preprocessing.tables import Tables
from preprocessing.transforming import transform_files

ROWS, PAIRS, CHUNK = 1_000_000, 5, 1 << 16
GROWTH = (100_000, 300_000, 1_000_000, 3_000_000)
FEATURES = Features(
    label="label",
    positive="yes",
    numeric=("wage", "gains", "weeks"),
    binned=(("age", 10),),
    categorical=("education", "industry", "state"),
)
# Result of one side: rows, their numbers' sum, the matrix' sum and the rejected rows' numbers.
Result = tuple[int, int, float, list[int]]


def main(words: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args(words)
    if arguments.child:
        print(json.dumps(_grow(arguments.child)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = folder / "made.csv"
        _make(path, arguments.rows)
        _compare(path, arguments.rows, arguments.pairs)
        path.unlink()
        _growth(folder)


def _compare(path: Path, rows: int, pairs: int) -> None:
    tables = _fit(path)
    baseline = _pandas(path, tables)
    ours, theirs = _ours(path, tables), baseline()
    assert ours[0] == theirs[0], "as many rows"
    assert ours[1] == theirs[1], "the same row numbers"
    assert ours[3] == theirs[3], "the same rejected rows"
    assert np.isclose(ours[2], theirs[2], rtol=1e-9), "the same matrix"
    size = f"{path.stat().st_size / 1e6:.0f} MB, {rows:,} rows, {len(ours[3])} of them rejected"
    print(f"CSV of {size}; {len(encoding.onehot_names(tables))} columns of features")
    _ratio(
        "pandas chunks + ColumnTransformer", baseline, lambda: _ours(path, tables), rows, pairs, 1.8
    )
    _ratio(
        "only reading the file",
        lambda: _read(path, tables),
        lambda: _ours(path, tables),
        rows,
        pairs,
    )
    _ratio(
        "only reading, up to codes",
        lambda: _read(path, tables),
        lambda: _codes(path, tables),
        rows,
        pairs,
    )


def _ratio(
    name: str,
    theirs: Callable[[], object],
    ours: Callable[[], object],
    rows: int,
    pairs: int,
    target: float | None = None,
) -> None:
    measured = [(_seconds(theirs), _seconds(ours)) for _ in range(pairs)]
    ratio = statistics.median(a / b for a, b in measured)
    a, b = (statistics.median(column) for column in zip(*measured, strict=True))
    goal = "" if target is None else f"  (target: at least {target}x: {_verdict(ratio >= target)})"
    print(
        f"preprocessing / {name}: {ratio:.2f}x{goal}; "
        f"{rows / b / 1e3:,.0f} against {rows / a / 1e3:,.0f} thousand rows/s, {pairs} pairs"
    )


def _growth(folder: Path) -> None:
    """Fit and transform of ever more rows; time per row and the peak of memory, each on its own."""
    print("growth: fit, transform and write, a process each")
    taken, peak = {}, 0.0
    for rows in GROWTH:
        path = folder / "made.csv"
        _make(path, rows)
        # The fastest of three: the small ones are over in no time, and anything else disturbs them.
        runs = [_child(path) for _ in range(3)]
        taken[rows] = min(run["seconds"] for run in runs)
        megabytes = max(run["megabytes"] for run in runs)
        peak = max(peak, megabytes)
        print(f"  {rows:>9,} rows: {taken[rows]:6.2f} s  {megabytes:4.0f} MB")
        path.unlink()
    # What another million rows costs, early and late: what a process costs by itself falls out.
    small, middle, large = GROWTH[0], GROWTH[-2], GROWTH[-1]
    early = (taken[middle] - taken[small]) / (middle - small) * 1e6
    late = (taken[large] - taken[middle]) / (large - middle) * 1e6
    print(
        f"another million rows: {early:.2f} s from {small:,} on, {late:.2f} s from {middle:,} on: "
        f"{late / early:.2f}x (target: linear, at most 1.25x: {_verdict(late / early <= 1.25)})"
    )
    print(f"peak memory: {peak:.0f} MB (target: under 400 MB: {_verdict(peak < 400)})")


def _child(path: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", str(path)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result: dict[str, float] = json.loads(out)
    return result


def _grow(path: Path) -> dict[str, float]:
    from preprocessing.codes import CodesFile

    start = time.perf_counter()
    tables = _fit(path)
    with CodesFile(path.parent / "codes", tables, labelled=True) as codes:
        for batch, _ in transform_files(tables, Source([path]), labelled=True):
            codes.add(batch)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "megabytes": _peak_megabytes()}


def _peak_megabytes() -> float:
    """Of this process alone: Linux's ru_maxrss begins with that of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _fit(path: Path) -> Tables:
    source = Source([path])
    columns = resolve(FEATURES, source.header(), str(path))
    batches = ordered_map(lambda raw: parse(raw, columns), source.batches(columns.names))
    return fit(FEATURES, columns, batches)


def _ours(path: Path, tables: Tables) -> Result:
    rows, numbers, total, rejected = 0, 0, 0.0, []

    for codes, rejects in transform_files(tables, Source([path]), labelled=False):
        matrix = encoding.onehot(tables, codes).dense()
        rows += len(matrix)
        numbers += int(codes.column("_row").to_numpy().sum())
        total += float(matrix.sum())
        rejected += [reject.row for reject in rejects]
    return rows, numbers, total, rejected


def _codes(path: Path, tables: Tables) -> int:
    return sum(c.num_rows for c, _ in transform_files(tables, Source([path]), labelled=False))


def _read(path: Path, tables: Tables) -> int:
    """pyarrow reads the wanted columns as text, as we do, and that is all."""
    source = Source([path])
    return sum(len(raw.rows) for raw in source.batches(tables.columns(labelled=False).names))


def _pandas(path: Path, tables: Tables) -> Callable[[], Result]:
    """The usual way: chunks of pandas through a ColumnTransformer that was fitted beforehand."""
    import pandas as pd
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, StandardScaler

    numeric = list(tables.numeric)
    age = tables.binned["age"]
    categorical = list(tables.categorical)
    categories = [[*table.values, "missing"] for table in tables.categorical.values()]
    columns = ColumnTransformer(
        [
            ("numeric", make_pipeline(SimpleImputer(), StandardScaler()), numeric),
            ("binned", KBinsDiscretizer(age.bins, encode="onehot-dense"), ["age"]),
            (
                "categorical",
                OneHotEncoder(categories=categories, sparse_output=False, handle_unknown="ignore"),
                categorical,
            ),
        ]
    )
    some = next(_chunks(pd, path, categorical))[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        columns.fit(some)
    imputer, scaler = columns.named_transformers_["numeric"]
    imputer.statistics_ = scaler.mean_ = np.array([t.mean for t in tables.numeric.values()])
    scaler.scale_ = np.array([t.scale for t in tables.numeric.values()])
    columns.named_transformers_["binned"].bin_edges_[0] = np.array(age.edges)

    def run() -> Result:
        rows, numbers, total, rejected = 0, 0, 0.0, []
        for chunk, bad in _chunks(pd, path, categorical):
            matrix = columns.transform(chunk)
            rows += len(matrix)
            numbers += int(chunk.index.to_numpy().sum()) + len(chunk)
            total += float(matrix.sum())
            rejected += [row + 1 for row in bad]
        return rows, numbers, total, rejected

    return run


def _chunks(pd: Any, path: Path, categorical: list[str]) -> Iterator[tuple[Any, list[int]]]:
    numbers = [*FEATURES.numeric, "age"]
    reader = pd.read_csv(
        path,
        chunksize=CHUNK,
        usecols=[*numbers, *categorical],
        skipinitialspace=True,
        keep_default_na=False,
        na_values=list(MISSING),
        low_memory=False,
    )
    with reader:
        for chunk in reader:
            bad = np.zeros(len(chunk), bool)
            for name in numbers:
                column = chunk[name]
                if column.dtype.kind not in "if":
                    chunk[name] = pd.to_numeric(column, errors="coerce")
                    bad |= (chunk[name].isna() & column.notna()).to_numpy()
            rejected = chunk.index[bad].tolist()
            chunk = chunk[~bad]
            chunk[categorical] = chunk[categorical].fillna("missing")
            yield chunk, rejected


def _make(path: Path, rows: int) -> None:
    """Census-like rows, always the same; one value in 1,000 is missing, one in 100,000 is bad."""
    random = np.random.default_rng(0)
    with path.open("wb") as file:
        for start in range(0, rows, 500_000):
            count = min(500_000, rows - start)
            gains = random.integers(0, 20_000, count) * (random.random(count) < 0.1)
            numbers = {
                "age": random.integers(0, 91, count).astype(str),
                "wage": np.round(random.gamma(2, 500, count), 2).astype(str),
                "gains": gains.astype(str),
                "weeks": random.integers(0, 53, count).astype(str),
            }
            columns = {}
            for name, values in numbers.items():
                if name != "age":
                    values[random.random(count) < 0.001] = ""
                    values[random.random(count) < 0.00001] = "unknown"
                columns[name] = pa.array(values)
            for name, size in (("education", 17), ("industry", 24), ("state", 4)):
                texts = pa.array([f"{name} number {i}" for i in range(size)] + ["?"])
                share = [0.999 / size] * size + [0.001]
                columns[name] = texts.take(pa.array(random.choice(size + 1, count, p=share)))
            columns["label"] = pa.array(["no", "yes"]).take(pa.array(random.integers(0, 2, count)))
            options = csv.WriteOptions(include_header=start == 0, quoting_style="none")
            csv.write_csv(pa.table(columns), file, options)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"


if __name__ == "__main__":
    main(sys.argv[1:])
