"""The engine's process: `python -m pipelines.engine.server <.local> <file descriptor>`.

Started by `daemon`, which reads from the descriptor what came of it: one JSON object, with the URL
or the reason why there is none.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any


def main(local: Path, report: int) -> None:
    """Become a process of its own, serve until SIGTERM, and end with every job ended."""
    # The one that started us waits for this process only: the engine has no parent to leave
    # a zombie with.
    if os.fork():
        os._exit(0)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    since = time.time()
    try:
        _serve(local, report, since, ended)
    except Exception as error:
        from pipelines.errors import PipelinesError

        if isinstance(error, PipelinesError):
            _tell(report, {"error": str(error), "hint": error.hint})
        else:
            logging.exception("the engine failed")
            _tell(report, {"error": f"The local engine failed: {error}"})
        sys.exit(1)


def _serve(local: Path, report: int, since: float, ended: threading.Event) -> None:
    from pipelines.engine import daemon
    from pipelines.engine.application import Application
    from pipelines.engine.wire.http_server import LoopbackServer

    application = Application(local)
    server = LoopbackServer(application)
    # What goes on at the start may already call us: it is heard when we listen.
    application.calls.url = server.url
    try:
        remarks = application.start()
        for remark in remarks:
            logging.warning(remark)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        daemon.write_record(local, server.url, since)
        logging.info("ready at %s after %.2f s", server.url, time.time() - since)
        answer = {"url": server.url, "pid": os.getpid(), "since": since, "remarks": remarks}
        _tell(report, answer)
        ended.wait()
        logging.info("stopping")
        server.stop()
    finally:
        application.shutdown()
    (local / "engine.json").unlink(missing_ok=True)
    logging.info("stopped")


def _tell(report: int, answer: dict[str, Any]) -> None:
    try:
        os.write(report, json.dumps(answer).encode())
        os.close(report)
    except OSError:
        # Whoever asked is gone, or has been told before.
        logging.info("nobody waits for %s", answer)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
