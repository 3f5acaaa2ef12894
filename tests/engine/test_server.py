"""The front door: this machine's programs only, connections that last, bodies of every framing."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.engine.conftest import Engine


@pytest.fixture
def connection(engine: Engine) -> Iterator[HTTPConnection]:
    connection = HTTPConnection(urlsplit(engine.url).netloc, timeout=10)
    yield connection
    connection.close()


def get(connection: HTTPConnection, path: str, **headers: str) -> tuple[int, bytes]:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "attacker.example"},
        {"Host": "127.0.0.1.attacker.example"},
        {"Origin": "http://attacker.example"},
        {"Origin": "null"},
    ],
)
def test_a_web_page_cannot_use_the_engine(
    connection: HTTPConnection, headers: dict[str, str]
) -> None:
    """Another site's page, or a name that was made to point here (DNS rebinding)."""
    status, _ = get(connection, "/", **headers)

    assert status == 403


def test_only_this_machine_is_listened_to(engine: Engine) -> None:
    port = urlsplit(engine.url).port
    with pytest.raises(OSError, match=r"refused|timed out"):
        # Another of this machine's own addresses.
        socket.create_connection(("127.0.0.2", port), timeout=2)


def test_the_status_tells_what_runs(connection: HTTPConnection) -> None:
    status, body = get(connection, "/_engine/status")

    told = json.loads(body)
    assert (status, told["executions"], told["stacks"]) == (200, [], {})


def test_a_connection_lasts_over_many_requests(connection: HTTPConnection) -> None:
    get(connection, "/_engine/status")
    first = connection.sock
    get(connection, "/nope/nope")

    assert connection.sock is first


def test_a_body_that_was_not_read_is_not_the_next_request(connection: HTTPConnection) -> None:
    connection.request("PUT", "/nope/key", body=b"GET / HTTP/1.1\r\n\r\n" * 100)
    refused = connection.getresponse()
    refused.read()

    assert refused.status == 404
    assert get(connection, "/_engine/status")[0] == 200


def test_a_body_without_a_length_comes_in_chunks(
    engine: Engine, connection: HTTPConnection
) -> None:
    engine.application.objects.create_bucket("bucket", "us-east-1")

    connection.request("PUT", "/bucket/k", body=iter([b"abc", b"def"]), encode_chunked=True)
    connection.getresponse().read()

    assert get(connection, "/bucket/k") == (200, b"abcdef")


def test_a_client_that_hangs_up_in_the_middle_leaves_no_object(engine: Engine) -> None:
    store = engine.application.objects
    store.create_bucket("bucket", "us-east-1")
    address = urlsplit(engine.url)
    with socket.create_connection((address.hostname, address.port)) as client:
        host = f"Host: {address.netloc}\r\n".encode()
        client.sendall(b"PUT /bucket/k HTTP/1.1\r\n" + host + b"Content-Length: 100\r\n\r\nhalf")

    deadline = time.monotonic() + 5
    while list(store.new.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)

    assert not store.exists("bucket", "k")


def test_a_warm_call_takes_a_few_milliseconds(engine: Engine) -> None:
    s3 = engine.client("s3")
    s3.list_buckets()
    times = []
    for _ in range(30):
        begun = time.perf_counter()
        s3.list_buckets()
        times.append(time.perf_counter() - begun)

    # Nagle's algorithm with delayed acknowledgements would make it 40 ms.
    assert sorted(times)[len(times) // 2] < 0.02
