"""A model as an HTTP server: GET /ping and POST /invocations, as SageMaker wants of a container.

For an image of one's own, and by hand; AWS's scikit-learn image has a server already, which calls
`jobs.inference` instead. What is asked and answered is the same: see jobs/protocol.py.

SIGTERM lets the requests that are being answered finish, and ends it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from types import FrameType
from typing import Any

from jobs import model, program, protocol, requirements
from jobs.program import log
from jobs.scoring import Scorer

PORT = 8080
"""Where SageMaker looks for it."""
_GRACE_S = 30
_KEEP_ALIVE_S = 75
Headers = list[tuple[bytes, bytes]]


def main() -> None:
    arguments = _parser().parse_args()
    if arguments.descriptor is not None:
        listening = socket.socket(fileno=arguments.descriptor)
    else:
        listening = socket.create_server((arguments.host, arguments.port), backlog=2048)
        log(f"listening at http://{arguments.host}:{listening.getsockname()[1]}")
    if arguments.workers > 1:
        _workers(arguments, listening)
    else:
        serve(arguments.model, arguments.model_sha256, listening)


def serve(folder: Path, sha256: str | None, listening: socket.socket) -> None:
    """Load the model from its archive in `folder`, and serve it until SIGTERM."""
    requirements.need("uvicorn")
    import uvicorn

    scorer = Scorer(model.load(folder, sha256))
    log(scorer.remark)
    config = uvicorn.Config(
        Application(scorer),
        lifespan="off",
        interface="asgi3",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )
    uvicorn.Server(config).run(sockets=[listening])


class Application:
    """The ASGI application: one model, one request at a time."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer

    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return  # the client has gone
            # What is more than can be answered is read, not kept: the client still listens.
            if len(body) <= protocol.MAX_BODY:
                body += message.get("body", b"")
            if not message.get("more_body"):
                break
        try:
            status, (content, content_type) = 200, self._answer(scope, bytes(body))
        except protocol.Refused as refused:
            status, content, content_type = refused.status, refused.body, protocol.JSON
        headers = [
            (b"content-type", content_type.encode()),
            (b"content-length", str(len(content)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, scope: Mapping[str, Any], body: bytes) -> tuple[bytes, str]:
        path, method = scope["path"], scope["method"]
        if path == "/ping" and method in ("GET", "HEAD"):
            return b"{}", protocol.JSON
        if path == "/invocations" and method == "POST":
            headers = scope["headers"]
            content_type, accept = _header(headers, b"content-type"), _header(headers, b"accept")
            return protocol.respond(self._scorer, body, content_type, accept)
        if path in ("/ping", "/invocations"):
            raise protocol.Refused(405, f"{path} is not for {method}")
        raise protocol.Refused(404, f"there is no {json.dumps(path)}; POST to /invocations")


def _header(headers: Headers, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in headers if key == name), "")


def _workers(arguments: argparse.Namespace, listening: socket.socket) -> None:
    """Processes that share the socket, each with a model and its part of the cores."""
    cores = max(1, (os.cpu_count() or 1) // arguments.workers)
    command = [sys.executable, "-m", "jobs.serve", "--model", str(arguments.model)]
    if arguments.model_sha256 is not None:
        command += ["--model-sha256", arguments.model_sha256]
    command += ["--descriptor", str(listening.fileno())]
    environment = {**os.environ, "OMP_NUM_THREADS": str(cores)}
    workers = [
        subprocess.Popen(command, pass_fds=[listening.fileno()], env=environment)
        for _ in range(arguments.workers)
    ]

    def terminate(number: int, frame: FrameType | None) -> None:
        for worker in workers:
            worker.terminate()

    signal.signal(signal.SIGTERM, terminate)
    signal.signal(signal.SIGINT, terminate)
    listening.close()
    # One that cannot go on takes the others with it: half a server is seen by nobody.
    first, status = os.wait()
    terminate(signal.SIGTERM, None)
    statuses = {worker.pid: worker.wait() for worker in workers}
    statuses[first] = os.waitstatus_to_exitcode(status)
    if any(code not in (0, -signal.SIGTERM) for code in statuses.values()):
        raise program.JobError("a worker has failed; its reason is above")


def _parser() -> argparse.ArgumentParser:
    parser = program.parser(
        "serve",
        __doc__,
        "python -m jobs.serve --model out --port 8080\n"
        '  curl -H "Content-Type: application/json" http://127.0.0.1:8080/invocations \\\n'
        '      -d \'{"rows": [{"age": 39, "sex": "Female"}]}\'',
    )
    parser.add_argument("--model", type=Path, required=True, help="folder with model.tar.gz")
    parser.add_argument("--model-sha256", help="digest that it must have, if it is known")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at [127.0.0.1]")
    parser.add_argument("--port", type=int, default=PORT, help=f"0: any that is free [{PORT}]")
    parser.add_argument("--workers", type=int, default=1, help="processes [1]")
    parser.add_argument("--descriptor", type=int, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    program.end(main)
