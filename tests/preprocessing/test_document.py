"""preprocessor.json reads back, cannot be changed unnoticed, and repeats to the byte."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from preprocessing.document import from_text, load, to_text
from preprocessing.errors import DocumentError
from preprocessing.reading import Source
from tests.preprocessing.made import FEATURES, PEOPLE, fit_source, write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tables(tmp_path):
    return fit_source(FEATURES, write(tmp_path / "people", people=PEOPLE))


def test_it_reads_back_as_it_was(tables):
    assert from_text(to_text(tables))[0] == tables


def test_a_person_can_read_it(tables):
    document = json.loads(to_text(tables))

    assert document["categorical"]["sex"]["categories"] == {"F": 2, "M": 2}
    assert document["label"]["positive"] == "high"


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["numeric"]["pay"].update(mean=28.1),
        lambda d: d["categorical"]["sex"]["categories"].pop("F"),
        lambda d: d["features"]["drop"].append("age"),
        lambda d: d.update(sha256="0" * 64),
        lambda d: d.pop("sha256"),
        lambda d: d.update(added=1),
    ],
)
def test_a_change_by_hand_is_noticed(tables, change):
    document = json.loads(to_text(tables))
    change(document)

    with pytest.raises(DocumentError, match="changed after it was written"):
        from_text(json.dumps(document))


def test_the_order_of_columns_is_digested_too(tables):
    document = json.loads(to_text(tables))
    document["categorical"] = {"b": {}, **document["categorical"]}
    first = from_digest(document)
    document["categorical"] = dict(reversed(document["categorical"].items()))

    assert from_digest(document) != first


def from_digest(document):
    from preprocessing.document import _digest

    return _digest(document)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "p.json is not JSON"),
        ("[]", "is not a fitted preprocessor"),
        ('{"format": "preprocessor", "version": 2}', "has version 2, this code reads version 1"),
    ],
)
def test_another_document_is_refused(text, message):
    with pytest.raises(DocumentError, match=message):
        from_text(text, "p.json")


def test_a_document_that_lacks_a_part_is_refused_even_with_a_right_digest(tables):
    document = json.loads(to_text(tables))
    del document["numeric"]["pay"]["scale"]
    document["sha256"] = from_digest(document)

    with pytest.raises(DocumentError, match="lacks a part"):
        from_text(json.dumps(document))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DocumentError, match=r"preprocessor\.json cannot be read"):
        load(tmp_path / "preprocessor.json")


def test_it_does_not_depend_on_blocks_or_on_how_rows_lie_in_files(tables, tmp_path):
    header, *rows = PEOPLE.splitlines(keepends=True)
    split = write(tmp_path / "split", a=header + "".join(rows[:2]), b=header + "".join(rows[2:]))
    small = Source([tmp_path / "people" / "people.csv"], block_bytes=64)

    assert to_text(fit_source(FEATURES, split)) == to_text(tables)
    assert to_text(fit_source(FEATURES, small)) == to_text(tables)


def test_it_does_not_depend_on_the_hash_seed(tables, tmp_path):
    program = (
        "import sys; from pathlib import Path; from preprocessing.document import to_text;"
        "from tests.preprocessing.made import *; sys.stdout.buffer.write("
        "to_text(fit_source(FEATURES, Source.find(Path(sys.argv[1])))).encode())"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program, tmp_path / "people"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert texts == {to_text(tables).encode()}
