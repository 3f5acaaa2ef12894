"""What an endpoint is asked and answers, with a scorer that only counts."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from jobs.protocol import CSV, JSON, MAX_BODY, Refused, respond
from jobs.scoring import BadRows, Prediction, Row


class Scorer:
    """Predicts how many columns a row has; a row with `bad` has a value that cannot be parsed."""

    model_sha256 = "5e1f"

    def predict(self, rows: Sequence[Row]) -> list[Prediction]:
        for number, row in enumerate(rows, 1):
            if "bad" in row:
                raise BadRows(f"row {number}: bad is {row['bad']!r}: not a number")
        return [Prediction("many" if len(row) > 1 else "few", len(row) / 3) for row in rows]


def ask(body: bytes | str, content_type: str = JSON, accept: str = "*/*") -> tuple[str, str]:
    content, answered = respond(Scorer(), body, content_type, accept)  # type: ignore[arg-type]
    return content.decode(), answered


def refused(body: bytes | str, content_type: str = JSON, accept: str = "*/*") -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        ask(body, content_type, accept)
    return caught.value.status, json.loads(caught.value.body)["error"]


def test_json_is_answered_with_json():
    content, answered = ask(b'{"rows": [{"a": 1}, {"a": null, "b": "x"}]}')

    assert answered == JSON
    assert json.loads(content) == {
        "predictions": [
            {"prediction": "few", "score": 1 / 3},
            {"prediction": "many", "score": 2 / 3},
        ],
        "model_sha256": "5e1f",
    }


def test_csv_is_answered_with_csv():
    content, answered = ask(
        b'\xef\xbb\xbfa, b\r\n1,"x, y"\r\n\r\n2,\r\n', "text/csv; charset=utf-8"
    )

    assert answered == CSV
    assert content.splitlines()[0] == "prediction,score"
    assert len(content.splitlines()) == 3


@pytest.mark.parametrize(
    ("sent", "accept", "answered"),
    [
        (JSON, "", JSON),
        (JSON, "text/csv", CSV),
        (JSON, "text/html, application/json;q=0.9", JSON),
        (CSV, "*/*", CSV),
        (CSV, JSON, CSV),  # what AWS's server says where the client has said nothing
        ("", "application/*", JSON),
    ],
)
def test_the_answer_has_the_requests_form_unless_only_csv_is_accepted(sent, accept, answered):
    body = "a\n1\n" if sent == CSV else '{"rows": [{"a": 1}]}'

    assert ask(body, sent, accept)[1] == answered


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{", "the body is not JSON"),
        ("", "the body is not JSON"),
        ('{"rows": [{"a": NaN}]}', "NaN is no JSON; write null"),
        ("[" * 100_000, "the body is not JSON"),
        ("[]", 'the body is not {"rows"'),
        ('{"rows": {}}', 'the body is not {"rows"'),
        ('{"rows": []}', "no rows"),
        ('{"rows": [{"a": 1}, 2]}', "row 2 is no object"),
        ('{"rows": [{"a": 1}, {"bad": "old"}]}', "row 2: bad is 'old': not a number"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_bad_json_is_a_400_with_the_reason(body, reason):
    status, said = refused(body)

    assert status == 400
    assert reason in said


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not even a header"),
        ("a,b\n", "no rows"),
        ("a,b\n1,2\n3\n", "row 2: 1 fields where the header has 2"),
        ("a,a\n1,2\n", "column 'a' stands 2 times"),
        ('a\n"x', "the body is not CSV"),
        ("bad\nold\n", "row 1: bad is 'old'"),
    ],
)
def test_bad_csv_is_a_400_with_the_reason(body, reason):
    status, said = refused(body, CSV)

    assert status == 400
    assert reason in said


def test_what_is_neither_json_nor_csv_is_a_415_and_what_nobody_can_give_a_406():
    assert refused(b"x", "application/x-npy") == (
        415,
        "the body is application/x-npy; send application/json or text/csv",
    )
    assert refused('{"rows": [{"a": 1}]}', JSON, "image/png")[0] == 406


def test_a_body_that_is_too_large_is_a_413():
    assert refused(b" " * (MAX_BODY + 1))[0] == 413
