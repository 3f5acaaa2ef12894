"""What an endpoint is asked and answers: bodies and statuses, without a server.

    application/json   {"rows": [{column: value}, …]}
                       → {"predictions": [{"prediction", "score"}, …], "model_sha256"}
    text/csv           a header and rows  → prediction,score and rows

The answer has the form of the request, except that JSON can be answered as CSV where the request
accepts nothing else. Columns that the model does not know are ignored. A request that cannot be
answered gets a 4xx and {"error": "row 2: age is 'old': not a number"}: all of its rows, or none.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from jobs.scoring import BadRows, Prediction, Row, Scorer

JSON, CSV = "application/json", "text/csv"
MAX_BODY = 6 * 1024 * 1024
"""Bytes of a request: what SageMaker's own servers take."""


class Refused(Exception):
    """A request that cannot be answered; the message is for whoever sent it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status

    @property
    def body(self) -> bytes:
        """The response's body, in JSON whatever was sent."""
        return json.dumps({"error": str(self)}, ensure_ascii=False).encode()


def respond(scorer: Scorer, body: bytes | str, content_type: str, accept: str) -> tuple[bytes, str]:
    """The body of the answer, and its content type.

    Raises:
        Refused: with a status of 400, 406, 413 or 415.
    """
    if len(body) > MAX_BODY:
        raise Refused(413, f"the body has {len(body)} bytes; at most {MAX_BODY} are taken")
    sent = _media_type(content_type) or JSON
    if sent not in (JSON, CSV):
        raise Refused(415, f"the body is {sent}; send {JSON} or {CSV}")
    answered = _answered(sent, accept)
    text = _text(body)
    rows = _json_rows(text) if sent == JSON else _csv_rows(text)
    if not rows:
        raise Refused(400, "no rows")
    try:
        predictions = scorer.predict(rows)
    except BadRows as error:
        raise Refused(400, str(error)) from error
    if answered == CSV:
        return _csv_body(predictions), CSV
    return _json_body(predictions, scorer.model_sha256), JSON


def _media_type(header: str) -> str:
    """
    >>> _media_type("Text/CSV; charset=utf-8")
    'text/csv'
    """
    return header.partition(";")[0].strip().lower()


def _answered(sent: str, accept: str) -> str:
    """The answer's media type.

    Raises:
        Refused: nothing that is accepted can be had.
    """
    accepted = [_media_type(each) for each in accept.split(",") if each.strip()]
    if not accepted or {"*/*", sent, sent.partition("/")[0] + "/*"} & {*accepted}:
        return sent
    for known in (JSON, CSV):
        if known in accepted:
            # AWS's server says that JSON is accepted where the client has said nothing.
            return sent if known == JSON else CSV
    raise Refused(406, f"the answer is {JSON} or {CSV}, not {', '.join(accepted)}")


def _text(body: bytes | str) -> str:
    if isinstance(body, str):
        return body
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(400, f"the body is not UTF-8: {error.reason} at byte {error.start}") from None


def _json_rows(text: str) -> Sequence[Row]:
    try:
        content = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"the body is not JSON: {error}") from None
    rows = content.get("rows") if isinstance(content, dict) else None
    if not isinstance(rows, list):
        raise Refused(400, 'the body is not {"rows": [{column: value, …}, …]}')
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise Refused(400, f"row {number} is no object of columns and values")
    return rows


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON; write null for a missing value")


def _csv_rows(text: str) -> Sequence[Row]:
    try:
        lines = [line for line in csv.reader(io.StringIO(text), strict=True) if line]
    except csv.Error as error:
        raise Refused(400, f"the body is not CSV: {error}") from None
    if not lines:
        raise Refused(400, "the body is empty: not even a header")
    header = [name.strip() for name in lines[0]]
    for name in header:
        if header.count(name) > 1:
            raise Refused(400, f"column {name!r} stands {header.count(name)} times in the header")
    for number, line in enumerate(lines[1:], 1):
        if len(line) != len(header):
            raise Refused(
                400, f"row {number}: {len(line)} fields where the header has {len(header)}"
            )
    return [dict(zip(header, line, strict=True)) for line in lines[1:]]


def _json_body(predictions: Sequence[Prediction], sha256: str) -> bytes:
    answer = {"predictions": [each._asdict() for each in predictions], "model_sha256": sha256}
    return json.dumps(answer, ensure_ascii=False).encode()


def _csv_body(predictions: Sequence[Prediction]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(Prediction._fields)
    writer.writerows(predictions)
    return file.getvalue().encode()
