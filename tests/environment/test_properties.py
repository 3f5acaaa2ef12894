"""What holds for any configuration, however it was damaged."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.environment.document import read_document
from pipelines.environment.load import Setting, load_environment, resolve
from pipelines.environment.model import Environment
from pipelines.environment.nodes import plain
from pipelines.environment.project import environment_names
from pipelines.environment.written import write_scalar, write_settings
from pipelines.errors import ConfigError
from tests.environment.projects import BASE, DEV, ROOT, make_project

OVER = """\
region: eu-central-1
approval: manual
model: {hyperparameters: {max_iter: 7, l2_regularization: 1.5}}
features:
  numeric: [capital gains, "capital losses"]
  drop:
    - instance weight
steps:
  train: {spot: {max_wait_s: 7200}}
tags: {'a b': "c:d", e: 'no'}
"""
# Bits that mean something to YAML or to the schema, besides any character.
BITS = st.characters() | st.sampled_from([
    "\n", " ", "  ", "\t", "\r", "\0", "\ufeff", "\ud800", ": ", "- ", ", ", "? ", "#", "%", ">",
    "|", "[", "]", "{", "}", "'", '"', "\\", "&a ", "*a", "!!str ", "<<: ", "---\n", "...\n",
    "${a}", "~", "no", "null", "1:00", "0x1", "name: x\n", "uri: x", "test_fraction: 0.5",
    "at_most: 1",
])  # fmt: skip
KEYS = st.sampled_from(
    [*Environment.model_fields, "uri", "training", "train", "spot", "numeric", "metric", "x y", ""]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "a", "s3://${bucket}/a", "ml.m5.large", "sklearn", "the rest", "age"])
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)


def outcome(dev: str, base: str = BASE) -> Environment | ConfigError:
    """What loading gives; anything but an environment or a ConfigError fails the test."""
    with tempfile.TemporaryDirectory() as folder:
        encoded = [text.encode("utf-8", "surrogatepass") for text in (dev, base)]
        root = make_project(Path(folder), *encoded)
        try:
            return load_environment(root, "dev")
        except ConfigError as error:
            return error


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 12))
        text = text[:at] + "".join(draw(st.lists(BITS, max_size=3))) + text[at + length :]
    return text


@settings(max_examples=150, deadline=None)
@given(damaged(OVER), damaged(BASE))
def test_damaged_text_gives_an_environment_or_says_what_is_wrong(dev: str, base: str) -> None:
    result = outcome(dev, base)

    if isinstance(result, ConfigError):
        # Every line can be shown, and says where.
        for line in str(result).splitlines()[1:] or [str(result)]:
            assert line.isprintable()
            assert "config/" in line


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_replaced_value_gives_an_environment_or_says_where_it_is(data: st.DataObject) -> None:
    node, _ = read_document(BASE, "base.yaml")
    assert node is not None
    document: Any = json.loads(json.dumps(plain(node)))
    part = document
    while True:
        key = data.draw(st.sampled_from(sorted(part)) | KEYS) if part else data.draw(KEYS)
        if not isinstance(part.get(key), dict) or data.draw(st.booleans()):
            break
        part = part[key]
    part[key] = data.draw(VALUES)

    result = outcome(DEV, json.dumps(document))

    if isinstance(result, ConfigError):
        assert "config/" in str(result)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(OVER.splitlines()), st.integers(0, 5))
def test_an_order_of_lines_does_not_matter(line: str, position: int) -> None:
    top = [part for part in re.split(r"(?m)^(?=\S)", OVER) if part]
    moved = top[position:] + top[:position]

    assert outcome("".join(moved)) == outcome(OVER)


def test_each_source_is_a_line_that_holds_the_value(tmp_path: Path) -> None:
    make_project(tmp_path, OVER)
    for root, name in [(tmp_path, "dev"), *((ROOT, name) for name in environment_names(ROOT))]:
        for setting in resolve(root, name).settings:
            if setting.source is not None:
                assert _first_text(setting) in _line(root, setting)


def _first_text(setting: Setting) -> str:
    value = setting.value[0] if isinstance(setting.value, tuple) else setting.value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # 0 and 0.0 may stand where a number is wanted
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _line(root: Path, setting: Setting) -> str:
    assert setting.source is not None
    lines = (root / setting.source.file).read_text(encoding="utf-8").splitlines()
    return lines[setting.source.line - 1]


def test_what_is_written_is_itself_the_configuration(tmp_path: Path) -> None:
    make_project(tmp_path, OVER)
    for root, name in [(tmp_path, "dev"), *((ROOT, name) for name in environment_names(ROOT))]:
        resolved = resolve(root, name)
        text = "\n".join(line.text for line in write_settings(resolved.settings))

        node, problems = read_document(text, "written")

        assert not problems
        assert node is not None
        assert {**plain(node), "name": name} == resolved.environment.model_dump()


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["C", "Zl", "Zp"])).filter(str.isprintable)
    | BITS.filter(str.isprintable)
)
def test_a_written_value_reads_back_as_itself(value: Any) -> None:
    node, problems = read_document(f"a: {write_scalar(value)}", "")

    assert not problems
    assert node is not None
    assert plain(node)["a"] == value

    node, problems = read_document(f"a: [{write_scalar(value, in_list=True)}]", "")

    assert not problems
    assert node is not None
    assert plain(node)["a"] == (value,)
