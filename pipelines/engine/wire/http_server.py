"""A WSGI server on a loopback port: threads, HTTP/1.1 with connections kept alive.

The servers that come with Python and werkzeug close each connection, and a new one for each call
costs as much as the call.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_DRAIN_AT_MOST = 1 << 20


class LoopbackServer(ThreadingHTTPServer):
    """Serves one application on 127.0.0.1."""

    daemon_threads = True
    # Threads wait for the next request on kept connections: nobody should wait for them.
    block_on_close = False
    request_queue_size = 128

    def __init__(self, application: Wsgi, port: int = 0) -> None:
        self.application = application
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def server_bind(self) -> None:
        # HTTPServer's own looks the host's name up, which may ask the network.
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def stop(self) -> None:
        """Listen no more; returns when nobody else can connect."""
        # Wakes the loop, which otherwise looks for a shutdown twice a second.
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing to report."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: LoopbackServer

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            self.close_connection = True
            return
        if len(self.raw_requestline) > 65536:
            self.requestline = self.request_version = self.command = ""
            self.send_error(414)
            return
        if self.parse_request():
            self._serve()
            self.wfile.flush()

    def handle_expect_100(self) -> bool:
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def log_message(self, format: str, *arguments: Any) -> None:
        """Requests are not logged: executions have their histories."""

    def _serve(self) -> None:
        body = self._body()
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]]) -> None:
            started.append((status, headers))

        pieces = self.server.application(self._environ(body), start_response)
        try:
            status, headers = started[0]
            self._answer(status, headers, pieces)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()
        # What the application did not read must not be taken for the next request.
        if len(body.read(_DRAIN_AT_MOST)) == _DRAIN_AT_MOST:
            self.close_connection = True

    def _answer(self, status: str, headers: list[tuple[str, str]], pieces: Iterable[bytes]) -> None:
        code, _, reason = status.partition(" ")
        names = {name.lower() for name, _ in headers}
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        bare = self.command == "HEAD" or code in ("204", "304")
        if "content-length" not in names and not bare:
            self.send_header("Connection", "close")
        self.end_headers()
        if not bare:
            for piece in pieces:
                self.wfile.write(piece)

    def _body(self) -> BinaryIO:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return io.BufferedReader(_Chunked(self.rfile), 1 << 16)
        length = int(self.headers.get("Content-Length") or 0)
        return io.BufferedReader(_Limited(self.rfile, length), 1 << 16)

    def _environ(self, body: BinaryIO) -> dict[str, Any]:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "RAW_URI": self.path,
            "PATH_INFO": self.path.partition("?")[0],
            "QUERY_STRING": self.path.partition("?")[2],
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": self.headers.get("Content-Length", ""),
            "wsgi.input": body,
            "wsgi.url_scheme": "http",
            "pipelines.headers": list(self.headers.items()),
        }
        for name, value in self.headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return environ


class _Limited(io.RawIOBase):
    """A connection's next `length` bytes."""

    def __init__(self, source: Any, length: int) -> None:
        self._source = source
        self._left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._source.read1(min(len(buffer), self._left)) if self._left else b""
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)


class _Chunked(io.RawIOBase):
    """The data of a body in HTTP's own chunks; trailers are read and dropped."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._left = 0
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left and not self._ended:
            self._left = int(self._source.readline(1024).split(b";")[0] or b"0", 16)
            if not self._left:
                self._ended = True
                while self._source.readline(8192).strip():
                    pass
        if self._ended:
            return 0
        data = self._source.read1(min(len(buffer), self._left))
        if not data:
            raise ConnectionError("the body ends within a chunk")
        buffer[: len(data)] = data
        self._left -= len(data)
        if not self._left:
            self._source.readline(8)
        return len(data)
