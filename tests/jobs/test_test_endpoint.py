"""The test of an endpoint: what it lets pass, and everything that it finds."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from jobs import protocol, test_endpoint
from jobs.endpoint_checks import Answer, Ask, Golden
from jobs.endpoint_timing import measure
from jobs.scoring import BadRows, Prediction, Row
from preprocessing.errors import DataError
from tests.jobs.made import pack

ROWS: list[dict[str, str | None]] = [{"age": str(age), "city": None} for age in range(70)]
SHA256 = "5e1f"


class Scorer:
    """Predicts by age alone."""

    model_sha256 = SHA256

    def predict(self, rows: Any) -> list[Prediction]:
        return [self._predicted(number, row) for number, row in enumerate(rows, 1)]

    def _predicted(self, number: int, row: Row) -> Prediction:
        try:
            score = float(str(row["age"])) / 100
        except (KeyError, ValueError):
            raise BadRows(f"row {number}: age is not a number") from None
        return Prediction("old" if score > 0.5 else "young", score)


def endpoint(body: bytes, content_type: str) -> Answer:
    """An endpoint that does what it should."""
    try:
        content, _ = protocol.respond(Scorer(), body, content_type, "*/*")  # type: ignore[arg-type]
        return Answer(200, content)
    except protocol.Refused as refused:
        return Answer(refused.status, refused.body)


def golden() -> Golden:
    predictions: list[Any] = [each._asdict() for each in Scorer().predict(ROWS)]
    return Golden([*ROWS, {"age": "old", "city": None}], [*predictions, None], SHA256)


def examined(ask: Ask, **more: Any) -> dict[str, list[str]]:
    """What is wrong, by check; nothing of those that pass."""
    report = test_endpoint.examine(ask, golden(), requests=30, clients=2, **more)
    return {name: sentences for name, sentences in report["checks"].items() if sentences}


def changed(change: Callable[[dict[str, Any]], Any], *, alone: bool = True) -> Ask:
    """An endpoint whose answers in JSON are changed: to single rows, or to several at once."""

    def ask(body: bytes, content_type: str) -> Answer:
        answer = endpoint(body, content_type)
        if answer.status != 200 or content_type != "application/json":
            return answer
        content = json.loads(answer.body)
        if (len(content["predictions"]) == 1) == alone:
            change(content)
        return Answer(200, json.dumps(content).encode())

    return ask


def test_an_endpoint_that_does_what_the_model_did_passes():
    assert examined(endpoint, old=ROWS[:3]) == {}


@pytest.mark.parametrize("alone", [True, False], ids=["one row", "many rows"])
def test_a_score_that_is_off_by_more_than_1e_9_is_found(alone):
    def off(content: dict[str, Any], by: float) -> None:
        content["predictions"][-1]["score"] += by

    found = examined(changed(lambda content: off(content, 2e-9), alone=alone))

    assert "offline" in found["golden rows"][0]
    assert examined(changed(lambda content: off(content, 1e-10), alone=alone)) == {}


def test_another_class_another_model_and_a_lost_row_are_found():
    def other_class(content: dict[str, Any]) -> None:
        content["predictions"][0]["prediction"] = "?"

    assert "golden rows" in examined(changed(other_class))
    assert "not 5e1f" in str(
        examined(changed(lambda content: content.update(model_sha256="0")))["golden rows"]
    )
    assert "50 golden rows got 49" in str(
        examined(changed(lambda content: content["predictions"].pop(), alone=False))["golden rows"]
    )


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (500, b"{}", "got a 500, not a 4xx"),
        (200, b'{"predictions": []}', "got a 200, not a 4xx"),
        (400, b"", "got a 400 without a reason"),
    ],
)
def test_a_bad_request_that_gets_no_4xx_with_a_reason_is_found(status, body, sentence):
    def ask(sent: bytes, content_type: str) -> Answer:
        answer = endpoint(sent, content_type)
        return answer if answer.status == 200 else Answer(status, body)

    found = examined(ask)["bad requests"]

    assert all(each.endswith(sentence) for each in found)
    assert "a request that is no JSON" in found[0]
    assert "a request of rejected golden row 1" in found[-1]


def test_clients_that_the_new_model_would_break_are_found():
    found = examined(endpoint, old=[{"years": "3"}])

    assert "row 1: age is not a number; they would break" in found["old client"][0]


def test_what_is_slower_than_allowed_does_not_pass():
    found = examined(endpoint, max_p99_ms=0.0, min_requests_per_s=1e9)

    assert "more than the 0 ms allowed" in found["speed"][0]
    assert "less than the 1e+09 wanted" in found["speed"][1]


def test_latencies_are_those_of_the_clock():
    ticks = count()

    timing = measure(endpoint, [b"{"], 4, 1, clock=lambda: float(next(ticks)))

    assert (timing.p50_ms, timing.p99_ms) == (1000, 1000)
    assert timing.errors == 8


def test_an_endpoint_that_does_not_answer_fails_its_test_and_not_the_job(tmp_path):
    def nobody(body: bytes, content_type: str) -> Answer:
        raise test_endpoint.Unreachable("Endpoint x not found")

    report = test_endpoint.examine(nobody, golden(), requests=1, clients=1)
    test_endpoint.write(tmp_path, "x", report)

    summary = json.loads((tmp_path / "endpoint-test" / "summary.json").read_text())
    assert (summary["passed"], summary["reason"]) == (False, "reachable: Endpoint x not found")


def test_the_summary_says_what_was_found_and_measured(tmp_path):
    good = test_endpoint.examine(endpoint, golden(), requests=5, clients=1)
    test_endpoint.write(tmp_path, "ep", good)
    summary = json.loads((tmp_path / "endpoint-test" / "summary.json").read_text())

    assert summary["passed"] is True
    assert summary["reason"].startswith("71 golden rows as offline, p99 ")
    assert {"p50_ms", "p99_ms", "requests_per_s", "errors", "model_sha256"} <= {*summary}

    bad = test_endpoint.examine(endpoint, golden(), old=[{}] * 2, requests=5, clients=1)
    bad["checks"]["golden rows"] = ["x" * 400] * 9
    test_endpoint.write(tmp_path, "ep", bad)
    summary = json.loads((tmp_path / "endpoint-test" / "summary.json").read_text())
    report = json.loads((tmp_path / "endpoint-test" / "report.json").read_text())

    assert (summary["passed"], len(summary["reason"])) == (False, 1024)
    assert len(report["checks"]["golden rows"]) == 9


def test_the_old_clients_rows_come_from_the_archive_of_the_model_before(tmp_path):
    model = tmp_path / "model"
    model.mkdir()
    (model / "example.json").write_text(json.dumps({"rows": ROWS[:2]}))
    pack(model, tmp_path / "packed")
    (model / "example.json").unlink()
    (model / "other").touch()
    pack(model, tmp_path / "older")

    assert test_endpoint.old_rows(tmp_path / "packed") == ROWS[:2]
    assert test_endpoint.old_rows(tmp_path / "older") == []


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"rows": [{}], "predictions": [null], "model_sha256": "x"}']
)
def test_golden_rows_that_are_none_are_the_fault_of_who_gave_them(text):
    with pytest.raises(DataError, match=r"golden\.json (holds|has) no"):
        Golden.read(text, str(Path("golden.json")), 10)
