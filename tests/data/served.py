"""A package index on this machine, with the manners and the faults that tests ask for."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Served:
    """What a server has, how it behaves, and what it was asked.

    Attributes:
        files: Path → content.
        ranges: Whether it answers a Range with a part.
        says_length: Whether it tells the length of what it sends.
        cut_after: Bytes after which it closes the connection, for as many answers as are listed.
        statuses: Statuses that it answers first, before it does as it should.
        asked: Each request's path and headers.
    """

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    says_length: bool = True
    cut_after: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def asked_for(self, path: str) -> list[str | None]:
        """The Range of each request for `path`."""
        return [headers.get("range") for asked, headers in self.asked if asked == path]


@contextmanager
def serve() -> Iterator[Served]:
    served = Served()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, served)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(request: BaseHTTPRequestHandler, served: Served) -> None:
    headers = {name.lower(): value for name, value in request.headers.items()}
    served.asked.append((request.path, headers))
    if served.statuses:
        request.send_error(served.statuses.pop(0))
        return
    if request.path in served.redirects:
        request.send_response(302)
        request.send_header("Location", served.redirects[request.path])
        request.end_headers()
        return
    content = served.files.get(request.path)
    if content is None:
        request.send_error(404)
        return
    whole, begin = len(content), 0
    wanted = re.fullmatch(r"bytes=(\d+)-", headers.get("range", ""))
    if served.ranges and wanted:
        begin = int(wanted[1])
        if begin >= whole:
            request.send_error(416)
            return
        request.send_response(206)
        request.send_header("Content-Range", f"bytes {begin}-{whole - 1}/{whole}")
    else:
        request.send_response(200)
    body = content[begin:]
    request.send_header("Content-Type", served.types.get(request.path, "text/html"))
    if served.says_length:
        request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    if served.cut_after:
        body = body[: served.cut_after.pop(0)]
    with suppress(ConnectionError):  # the client may have had enough
        request.wfile.write(body)
