"""A request and a response, between WSGI and the services."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

StartResponse = Callable[..., Any]
Environ = Mapping[str, Any]


class Headers(Mapping[str, str]):
    """Header fields by name, in any case; absent ones are a KeyError, as in any mapping."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self._fields = {name.lower(): value for name, value in fields}

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


@dataclass(frozen=True)
class Request:
    """One HTTP request.

    Attributes:
        path: As sent, still percent-encoded: an S3 key may hold an encoded slash.
        query: Parameters in the order sent; one without a value has the empty string.
        query_string: All of them as sent, also those that come more than once.
        body: Ends where the request's body ends.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Headers
    body: BinaryIO
    query_string: str = ""

    @classmethod
    def from_environ(cls, environ: Environ) -> Request:
        fields = [
            (name[5:].replace("_", "-"), value)
            for name, value in environ.items()
            if name.startswith("HTTP_")
        ]
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if environ.get(name):
                fields.append((name.replace("_", "-"), environ[name]))
        # User metadata may hold underscores, which CGI's names cannot: a server that knows the
        # names as sent tells them.
        path, _, query = environ["RAW_URI"].partition("?")
        return cls(
            method=environ["REQUEST_METHOD"],
            path=path,
            query=dict(parse_qsl(query, keep_blank_values=True)),
            headers=Headers(environ.get("pipelines.headers") or fields),
            body=environ["wsgi.input"],
            query_string=query,
        )


@dataclass(frozen=True)
class Response:
    """One HTTP response; `body` in pieces when it is too large to hold."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""

    def send(self, start_response: StartResponse) -> Iterable[bytes]:
        headers = dict(self.headers)
        if isinstance(self.body, bytes):
            headers.setdefault("Content-Length", str(len(self.body)))
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", list(headers.items()))
        return [self.body] if isinstance(self.body, bytes) else self.body
