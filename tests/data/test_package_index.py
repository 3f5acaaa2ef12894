"""Where a file lies, as pip would find it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.data.http import Opener
from pipelines.data.package_index import find_file
from pipelines.data.pip_settings import PipSettings
from pipelines.errors import DataError
from tests.data.served import Served, serve

FILE = "made-thing-1.0.tar.gz"


@pytest.fixture
def served() -> Iterator[Served]:
    with serve() as server:
        yield server


def find(settings: PipSettings) -> list[str]:
    """Every URL that is offered, until the places are used up."""
    urls: list[str] = []
    try:
        urls.extend(find_file("Made_Thing", FILE, Opener(settings)))
    except DataError as error:
        urls.append(str(error))
    return urls


def first(settings: PipSettings) -> str:
    return next(find_file("Made_Thing", FILE, Opener(settings)))


def test_a_page_of_links_is_read(served: Served) -> None:
    served.files["/simple/made-thing/"] = (
        b'<a href="../../files/made-thing-0.9.tar.gz">0.9</a>'
        b'<a data-x="1" href="../../files/made-thing-1.0.tar.gz#sha256=00" >1.0</a>'
    )

    assert first(PipSettings((f"{served.url}/simple",))) == f"{served.url}/files/{FILE}"


def test_a_json_page_is_read(served: Served) -> None:
    page = {"files": [{"filename": FILE, "url": f"https://files.example.org/{FILE}"}]}
    served.files["/simple/made-thing/"] = json.dumps(page).encode()
    served.types["/simple/made-thing/"] = "application/vnd.pypi.simple.v1+json"

    assert first(PipSettings((f"{served.url}/simple",))) == f"https://files.example.org/{FILE}"


def test_links_are_relative_to_where_a_redirect_led(served: Served) -> None:
    served.redirects["/simple/made-thing/"] = f"{served.url}/other/made-thing/"
    served.files["/other/made-thing/"] = f'<a href="{FILE}">x</a>'.encode()

    assert first(PipSettings((f"{served.url}/simple",))) == f"{served.url}/other/made-thing/{FILE}"


def test_the_next_index_is_asked_when_one_does_not_have_it(served: Served) -> None:
    served.files["/extra/made-thing/"] = f'<a href="{FILE}">x</a>'.encode()
    settings = PipSettings((f"{served.url}/main", f"{served.url}/extra"))

    assert first(settings) == f"{served.url}/extra/made-thing/{FILE}"


def test_what_lies_on_this_machine_comes_first(served: Served, tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / FILE).touch()
    index = tmp_path / "simple" / "made-thing"
    index.mkdir(parents=True)
    (index / "index.html").write_text(f'<a href="../../files/{FILE}">x</a>')
    settings = PipSettings(
        ((tmp_path / "simple").as_uri(), f"{served.url}/simple"),
        find_links=(str(tmp_path / "wheels"),),
    )

    found = find(settings)

    assert found[:2] == [
        (tmp_path / "wheels" / FILE).as_uri(),
        (tmp_path / "files" / FILE).as_uri(),
    ]


def test_a_file_that_no_place_has_is_an_error_that_names_each(
    served: Served, tmp_path: Path
) -> None:
    served.files["/has/made-thing/"] = b"<a href='made-thing-2.0.tar.gz'>x</a>"
    settings = PipSettings(
        (f"{served.url}/has", f"{served.url}/not"), find_links=(str(tmp_path / "gone"),)
    )

    (said,) = find(settings)

    assert f"{FILE} was not found where packages come from:" in said
    assert f"{served.url}/has/made-thing/ has no {FILE}" in said
    assert f"{served.url}/not/made-thing/ answers 404" in said
    assert "No such file or directory" in said


def test_credentials_go_to_the_index_and_its_files_and_are_never_shown(served: Served) -> None:
    host = served.url.removeprefix("http://")
    served.files["/simple/made-thing/"] = f'<a href="{FILE}">x</a>'.encode()
    settings = PipSettings((f"http://me:s3cr%40t@{host}/simple", f"http://me:s3cr%40t@{host}/no"))

    *urls, said = find(settings)
    Opener(settings).open(f"http://me:s3cr%40t@{host}/simple/made-thing/").close()

    assert urls == [f"http://me:s3cr%40t@{host}/simple/made-thing/{FILE}"]
    assert {headers["authorization"] for _, headers in served.asked} == {"Basic bWU6czNjckB0"}
    assert "s3cr" not in said


def test_a_page_from_elsewhere_cannot_point_at_files_of_this_machine(served: Served) -> None:
    served.files["/simple/made-thing/"] = f'<a href="file:///etc/{FILE}">x</a>'.encode()

    (said,) = find(PipSettings((f"{served.url}/simple",)))

    assert f"has no {FILE}" in said
