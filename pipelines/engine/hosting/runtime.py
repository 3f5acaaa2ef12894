"""What an image does around the functions of a program: an HTTP server with /ping and /invocations.

    python runtime.py MODULE MODEL_DIR PORT_FILE

It stands in for AWS's scikit-learn image, with the same functions (`model_fn`, and `transform_fn`
or `input_fn`, `predict_fn` and `output_fn`), arguments and defaults of the headers. This file is
the whole program of an instance: it runs beside the user's code, and imports nothing of ours.

It calls the program for one request at a time, as a worker of the image does. The port that it
listens at is written to PORT_FILE once the model is loaded.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

JSON, CSV = "application/json", "text/csv"
_TEXTS = (JSON, CSV)
DEFAULT_ACCEPT = "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT"
_PARTS = ("input_fn", "predict_fn", "output_fn")
_GRACE_S = 30
_KEEP_ALIVE_S = 3600

Transform = Callable[[bytes, str, str], "Answer"]
Answer = tuple[int, str, bytes]
"""Status, content type and body."""


class ProgramError(Exception):
    """The program lacks a function."""


def transformer(program: Any, model_dir: str) -> Transform:
    """Load the model; from then on a body, its content type and what is accepted give an answer.

    Raises:
        ProgramError: a function is missing for which the image's default would not do.
    """
    if not hasattr(program, "model_fn"):
        raise ProgramError(f"{program.__name__} has no model_fn(model_dir)")
    has = [name for name in _PARTS if hasattr(program, name)]
    if hasattr(program, "transform_fn"):
        if has:
            raise ProgramError(
                f"{program.__name__} has transform_fn and {', '.join(has)}: too much"
            )
        transform = program.transform_fn
    elif len(has) == len(_PARTS):
        transform = _in_parts(program)
    else:
        missing = ", ".join(name for name in _PARTS if name not in has)
        raise ProgramError(
            f"{program.__name__} has neither transform_fn nor {missing}; the local engine has no "
            "defaults for them"
        )
    model = program.model_fn(model_dir)

    def respond(body: bytes, content_type: str, accept: str) -> Answer:
        content = body.decode() if content_type in _TEXTS else body
        return _answer(transform(model, content, content_type, accept))

    return respond


def _in_parts(program: Any) -> Callable[[Any, Any, str, str], Any]:
    def transform(model: Any, content: Any, content_type: str, accept: str) -> Any:
        prediction = program.predict_fn(program.input_fn(content, content_type), model)
        return program.output_fn(prediction, accept)

    return transform


def _answer(result: Any) -> Answer:
    """What a function has returned: (body, content type), a Flask response, or a body."""
    if isinstance(result, tuple):
        body, content_type = result
        return 200, content_type, _bytes(body)
    if hasattr(result, "get_data"):
        return result.status_code, result.content_type or JSON, result.get_data()
    return 200, JSON, _bytes(result)


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else str(body).encode()


class Application:
    """The ASGI application."""

    def __init__(self, respond: Transform, default_accept: str = JSON) -> None:
        self._respond = respond
        self._default_accept = default_accept

    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        body = bytearray()
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        else:
            return  # the client has gone
        status, content_type, content = self._answer(scope, bytes(body))
        headers = [
            (b"content-type", content_type.encode("latin-1", "replace")),
            (b"content-length", str(len(content)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, scope: Mapping[str, Any], body: bytes) -> Answer:
        if scope["path"] == "/ping":
            return 200, JSON, b""
        if scope["path"] != "/invocations":
            return _error(404, f"no {scope['path']}: there are /ping and /invocations")
        if scope["method"] != "POST":
            return _error(405, "send a POST")
        headers = dict(scope["headers"])
        accept = headers.get(b"accept", b"*/*").decode("latin-1")
        if accept in ("", "*/*"):
            accept = self._default_accept
        content_type = headers.get(b"content-type", b"").decode("latin-1") or JSON
        try:
            return self._respond(body, content_type, accept)
        except Exception as error:  # the program's: the image, too, answers 500 and lives on
            traceback.print_exc()
            return _error(500, f"{type(error).__name__}: {error}")


def _error(status: int, reason: str) -> Answer:
    return status, JSON, json.dumps({"error": reason}).encode()


def main(module: str, model_dir: str, port_file: Path) -> None:
    import uvicorn

    respond = transformer(importlib.import_module(module), model_dir)
    application = Application(respond, os.environ.get(DEFAULT_ACCEPT, JSON))
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(2048)
    new = port_file.with_suffix(".new")
    new.write_text(str(listening.getsockname()[1]), encoding="ascii")
    os.replace(new, port_file)
    config = uvicorn.Config(
        application,
        lifespan="off",
        interface="asgi3",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )
    sys.stdout.write(f"serving {module}\n")
    sys.stdout.flush()
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
