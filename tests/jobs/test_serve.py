"""The server as a process, and AWS's functions: one model, whoever calls it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from jobs import archive, inference, serve
from jobs.protocol import MAX_BODY
from preprocessing.errors import DataError
from tests.jobs.made import ROOT
from tests.jobs.served import load, prepared, raw_rows, trained

ROW = {"age": 40, "visits": 12, "income": 30000.0, "city": "Ulm", "pet": "cat"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model's archive."""
    return trained(prepared(tmp_path_factory.mktemp("model"), "classification"), "random_forest")


class Served:
    """`python -m jobs.serve` on a free port."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jobs.serve", "--model", folder, "--port", "0", *arguments],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        found = re.search(r":(\d+)$", self.process.stdout.readline().strip())
        assert found is not None
        self.connection = HTTPConnection("127.0.0.1", int(found[1]), timeout=60)

    def ask(self, method: str, path: str, body: Any = b"", **headers: str) -> tuple[int, Any]:
        """Status and content of an answer."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, names)
        response = self.connection.getresponse()
        content = response.read()
        is_json = response.getheader("content-type") == "application/json"
        return response.status, json.loads(content) if is_json else content.decode()

    def end(self) -> int:
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    served = Served(folder, "--model-sha256", archive.sha256(folder / "model.tar.gz"))
    yield served
    served.end()


def test_a_server_that_is_up_answers_pings_and_predicts(served, folder):
    body = json.dumps({"rows": [ROW, *raw_rows(40, 5)]})

    assert served.ask("GET", "/ping") == (200, {})
    status, answer = served.ask("POST", "/invocations", body)

    assert status == 200
    assert len(answer["predictions"]) == 41
    assert answer["predictions"][0]["prediction"] in ("yes", "no")
    assert answer["model_sha256"] == archive.sha256(folder / "model.tar.gz")


def test_csv_is_asked_and_answered(served):
    body = ",".join(ROW) + "\n" + ",".join(map(str, ROW.values())) + "\n"

    status, answer = served.ask("POST", "/invocations", body, Content_Type="text/csv")

    assert (status, answer.splitlines()[0]) == (200, "prediction,score")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/invocations", b"{", 400),
        ("POST", "/invocations", b" " * (MAX_BODY + 1), 413),
        ("GET", "/invocations", b"", 405),
        ("POST", "/elsewhere", b"", 404),
    ],
)
def test_a_bad_request_gets_a_4xx_with_a_reason_and_the_server_lives_on(
    served, method, path, body, status
):
    answered, content = served.ask(method, path, body)

    assert (answered, bool(content["error"])) == (status, True)
    assert served.ask("GET", "/ping")[0] == 200


def test_workers_share_a_port_and_end_together(folder):
    served = Served(folder, "--workers", "2")
    try:
        assert served.ask("GET", "/ping")[0] == 200
    finally:
        assert served.end() == 0


def test_a_model_that_is_not_the_expected_one_is_not_served(folder):
    with socket.socket() as listening, pytest.raises(DataError, match="not the expected model"):
        serve.serve(folder, "0" * 64, listening)


# As AWS's image calls it


@pytest.mark.parametrize("packed", [True, False], ids=["archive", "unpacked"])
def test_the_images_functions_load_the_archive_or_what_was_in_it(folder, packed, monkeypatch):
    digest = archive.sha256(folder / "model.tar.gz")
    monkeypatch.setenv("MODEL_SHA256", digest)

    scorer = inference.model_fn(str(folder if packed else folder / "model"))
    body, content_type = inference.transform_fn(
        scorer, json.dumps({"rows": [ROW]}), "application/json", "application/json"
    )

    assert content_type == "application/json"
    assert json.loads(body)["model_sha256"] == digest
    assert scorer.predict([ROW]) == inference.Scorer(load(folder)).predict([ROW])


def test_a_file_that_was_changed_after_the_archive_was_unpacked_is_not_loaded(folder, tmp_path):
    archive.unpack(folder / "model.tar.gz", tmp_path)
    (tmp_path / "model.joblib").write_bytes(b"something else")

    with pytest.raises(DataError, match=r"model\.joblib is damaged"):
        inference.model_fn(str(tmp_path))


def test_the_image_gets_a_response_of_its_own_kind_for_a_bad_request(folder):
    scorer = inference.model_fn(str(folder / "model"))

    response = inference.transform_fn(scorer, b"\x93NUMPY", "application/x-npy", "*/*")

    assert response.status_code == 415
    assert "application/x-npy" in json.loads(response.get_data())["error"]
