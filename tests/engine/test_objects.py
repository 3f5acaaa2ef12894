"""Keys and files: every key has one, whatever it looks like; listings are S3's; nothing is lost."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.engine.s3.listing import page
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError

# What S3 has against these is nothing; what file systems have against them differs.
awkward = st.sampled_from(["a", "b", ".", "..", "", ".keys", "é", "A", "a" * 256, "%2F", "-", "\n"])
keys = (
    st.lists(awkward | st.text("ab./-", max_size=3), min_size=1, max_size=5)
    .map("/".join)
    .filter(lambda key: 0 < len(key.encode()) <= 1024)
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ObjectStore]:
    store = ObjectStore(tmp_path / "s3")
    store.create_bucket("bucket", "us-east-1")
    yield store
    store.close()


def put(store: ObjectStore, key: str, body: bytes) -> None:
    new = store.new_path()
    new.write_bytes(body)
    store.put_file("bucket", key, new, move=True)


def listed(store: ObjectStore, prefix: str = "") -> list[str]:
    return [item.key for item in store.list("bucket", prefix)]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.booleans(), keys), max_size=30))
def test_a_store_is_a_mapping_whatever_the_keys(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, str]]
) -> None:
    """Against a dict as the model: put, delete, and after each the same keys and bytes."""
    store = ObjectStore(tmp_path_factory.mktemp("store") / "s3")
    store.create_bucket("bucket", "us-east-1")
    model: dict[str, bytes] = {}
    for number, (is_put, key) in enumerate(steps):
        if is_put:
            model[key] = str(number).encode()
            put(store, key, model[key])
        else:
            model.pop(key, None)
            store.delete("bucket", key)

    assert listed(store) == sorted(model, key=str.encode)
    assert {key: store.read("bucket", key) for key in model} == model
    outside = [path for path in store.root.parent.iterdir() if path != store.root]
    assert outside == []
    store.close()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.sets(st.text("ab/-", min_size=1, max_size=4), max_size=25),
    prefix=st.text("ab/", max_size=2),
    delimiter=st.sampled_from(["", "/", "-", "ab"]),
    limit=st.integers(1, 5),
)
def test_pages_of_a_listing_make_up_the_whole(
    tmp_path_factory: pytest.TempPathFactory,
    names: set[str],
    prefix: str,
    delimiter: str,
    limit: int,
) -> None:
    """Against S3's definition: keys that hold the delimiter after the prefix are one."""
    store = ObjectStore(tmp_path_factory.mktemp("store") / "s3")
    store.create_bucket("bucket", "us-east-1")
    for name in names:
        put(store, name, b"")
    expected_keys, expected_prefixes = [], []
    for name in sorted(names):
        cut = name.find(delimiter, len(prefix)) if delimiter else -1
        if name.startswith(prefix) and cut < 0:
            expected_keys.append(name)
        elif name.startswith(prefix) and name[: cut + len(delimiter)] not in expected_prefixes:
            expected_prefixes.append(name[: cut + len(delimiter)])

    found_keys, found_prefixes, after = [], [], ""
    while True:
        part = page(store, "bucket", prefix=prefix, delimiter=delimiter, after=after, limit=limit)
        assert len(part.objects) + len(part.prefixes) <= limit
        found_keys += [item.key for item in part.objects]
        found_prefixes += part.prefixes
        if not part.truncated:
            break
        after = part.last

    assert (found_keys, found_prefixes) == (expected_keys, expected_prefixes)
    store.close()


def test_a_key_below_another_object_is_an_object_of_its_own(store: ObjectStore) -> None:
    put(store, "a", b"1")
    put(store, "a/b", b"2")

    assert (store.read("bucket", "a"), store.read("bucket", "a/b")) == (b"1", b"2")


def test_a_key_never_leads_out_of_its_bucket(store: ObjectStore) -> None:
    put(store, "../../../escaped", b"")

    assert store.get_path("bucket", "../../../escaped").is_relative_to(store.root / "bucket")


def test_a_file_edited_by_hand_is_the_object_and_its_etag_says_so(store: ObjectStore) -> None:
    put(store, "k", b"before")
    store.get_path("bucket", "k").write_bytes(b"after!")

    (item,) = store.list("bucket")

    assert item.etag == hashlib.md5(b"after!").hexdigest()


def test_a_file_deleted_by_hand_is_no_object_any_more(store: ObjectStore) -> None:
    put(store, "k", b"")
    store.get_path("bucket", "k").unlink()

    assert listed(store) == []
    with pytest.raises(ServiceError, match="no object 'k'"):
        store.head("bucket", "k")


def test_a_persons_own_file_is_not_overwritten(store: ObjectStore) -> None:
    own = store.root / "bucket" / "notes"
    own.write_text("mine")

    put(store, "notes", b"the object")

    assert own.read_text() == "mine"
    assert store.read("bucket", "notes") == b"the object"


def test_a_reader_keeps_what_it_opened_while_the_key_is_written(store: ObjectStore) -> None:
    put(store, "k", b"old")
    _, file = store.open("bucket", "k")

    put(store, "k", b"new")

    with file:
        assert file.read() == b"old"
    assert store.read("bucket", "k") == b"new"


def test_deleting_the_last_key_makes_room_for_its_folders_name(store: ObjectStore) -> None:
    put(store, "a/b/c", b"")
    store.delete("bucket", "a/b/c")
    put(store, "a", b"now a file")

    assert store.get_path("bucket", "a") == store.root / "bucket" / "a"


def test_an_object_that_a_crash_cut_short_is_what_it_was(tmp_path: Path) -> None:
    """The entry of the new bytes was written, and the rename never happened."""
    store = ObjectStore(tmp_path / "s3")
    store.create_bucket("bucket", "us-east-1")
    put(store, "k", b"old")
    path = store.get_path("bucket", "k")
    keep = tmp_path / "keep"
    os.link(path, keep)
    put(store, "k", b"new")
    os.replace(keep, path)
    store.close()

    store = ObjectStore(tmp_path / "s3")

    assert store.head("bucket", "k").etag == hashlib.md5(b"old").hexdigest()
    store.close()


def test_bytes_that_nobody_was_told_of_are_gone_after_a_restart(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path / "s3")
    store.new_path().write_bytes(b"half")
    store.close()

    store = ObjectStore(tmp_path / "s3")

    assert list(store.new.iterdir()) == []
    store.close()
