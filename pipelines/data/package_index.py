"""Where a file of a package lies: asked of the configured indexes (PEP 503 and PEP 691)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from pipelines.data.http import Opener, UnreachableError, split_credentials
from pipelines.errors import DataError

_ACCEPT = (
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html, text/html;q=0.5"
)
_LARGEST_PAGE = 20_000_000


def find_file(package: str, filename: str, opener: Opener) -> Iterator[str]:
    """The URLs of `filename`, from each place that is configured and has it, best first.

    One after the other, so that a place is asked only if the file from those before was no good.

    Raises:
        DataError: when no place is left; it names what each of them said.
    """
    said = []
    for page in _pages(package, opener):
        try:
            links = _read_links(page, opener)
        except UnreachableError as error:
            said.append(str(error))
            continue
        if url := links.get(filename):
            said.append(f"{split_credentials(url)[0]} is not the file that is wanted")
            yield url
        else:
            said.append(f"{split_credentials(page)[0]} has no {filename}")
    raise DataError(
        "\n  ".join([f"{filename} was not found where packages come from:", *said]),
        hint="`pip config list` shows what is configured; PIP_INDEX_URL names another index.",
    )


def _pages(package: str, opener: Opener) -> Iterator[str]:
    """Pages or folders with links to files: what lies nearest first, as it needs no network."""
    for place in opener.settings.find_links:
        yield place if "://" in place else Path(place).expanduser().resolve().as_uri()
    name = re.sub("[-_.]+", "-", package).lower()
    for index in opener.settings.indexes:
        yield f"{index}/{name}/"


def _read_links(page: str, opener: Opener) -> dict[str, str]:
    """File name → URL, of one page or folder."""
    parts = urlsplit(page)
    if parts.scheme == "file":
        path = Path(unquote(parts.path))
        if path.is_file() and path.suffix not in {".html", ".htm"}:
            return {path.name: path.as_uri()}
        if path.is_dir() and not (path / "index.html").is_file():
            return {file.name: file.as_uri() for file in path.iterdir() if file.is_file()}
        page = (path / "index.html").as_uri() if path.is_dir() else page
    response = opener.open(page, {"Accept": _ACCEPT})
    with response:
        content = response.read(_LARGEST_PAGE)
        here, kind = response.url, response.headers.get_content_type()
    hrefs = _hrefs_of_json(content) if kind.endswith("json") else _hrefs_of_html(content)
    urls = (_with_credentials(urljoin(here, href), page) for href in hrefs)
    # A page from elsewhere has no business with files of this machine.
    allowed = {"http", "https", "file"} if here.startswith("file:") else {"http", "https"}
    return {
        unquote(urlsplit(url).path.rpartition("/")[2]): url
        for url in urls
        if urlsplit(url).scheme in allowed
    }


def _hrefs_of_json(content: bytes) -> list[str]:
    try:
        files = json.loads(content)["files"]
        return [file["url"] for file in files if isinstance(file["url"], str)]
    except (ValueError, KeyError, TypeError):
        return []


def _hrefs_of_html(content: bytes) -> list[str]:
    links = _Links()
    links.feed(content.decode("utf-8", "replace"))
    return links.hrefs


class _Links(HTMLParser):
    """The targets of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.hrefs += [value for name, value in attributes if name == "href" and value]


def _with_credentials(url: str, page: str) -> str:
    """`url` without its fragment, with the credentials of `page` if it is on the same host."""
    parts = urlsplit(url)._replace(fragment="")
    origin = urlsplit(page)
    if "@" in origin.netloc and "@" not in parts.netloc:
        credentials, _, host = origin.netloc.rpartition("@")
        if (parts.scheme, parts.netloc) == (origin.scheme, host):
            parts = parts._replace(netloc=f"{credentials}@{host}")
    return urlunsplit(parts)
