"""What an endpoint must do before it keeps its model: pure, given a way to ask it.

Each check says in sentences what is wrong; none is how it passes.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from preprocessing.errors import DataError

JSON, CSV = "application/json", "text/csv"
TOLERANCE = 1e-9
"""How far a score may be from the one made offline; of numbers above 1, relative to them."""
# Requests of one row and of many take different ways in the server.
_ALONE, _TOGETHER = 20, 50
# So many sentences of a kind are enough to see what is wrong.
_SHOWN = 5

Row = Mapping[str, str | None]


class Answer(NamedTuple):
    """What the endpoint answered."""

    status: int
    body: bytes


Ask = Callable[[bytes, str], Answer]
"""Sends a body of a content type."""


class Golden(NamedTuple):
    """Raw rows with what was predicted for them offline; None: the row cannot be scored."""

    rows: Sequence[Row]
    predictions: Sequence[Mapping[str, Any] | None]
    model_sha256: str

    @classmethod
    def read(cls, text: str, source: str, most: int) -> Golden:
        """At most `most` rows of golden.json.

        Raises:
            DataError: it is something else, or has no row that can be scored.
        """
        try:
            document = json.loads(text)
            rows, predictions = document["rows"][:most], document["predictions"][:most]
            golden = cls(rows, predictions, str(document["model_sha256"]))
            if len(rows) != len(predictions) or not all(isinstance(row, dict) for row in rows):
                raise ValueError("rows and predictions do not belong together")
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{source} holds no golden rows: {error!r}") from error
        if not golden.scored:
            raise DataError(f"{source} has no row with a prediction")
        return golden

    @property
    def scored(self) -> list[tuple[Row, Mapping[str, Any]]]:
        """The rows that have a prediction."""
        pairs = zip(self.rows, self.predictions, strict=True)
        return [(row, prediction) for row, prediction in pairs if prediction is not None]

    @property
    def refused(self) -> list[Row]:
        """The rows that cannot be scored."""
        pairs = zip(self.rows, self.predictions, strict=True)
        return [row for row, prediction in pairs if prediction is None]


def golden_rows(ask: Ask, golden: Golden) -> Iterator[str]:
    """The offline predictions, for rows alone and together, as JSON and as CSV."""
    scored = golden.scored
    batches = [[pair] for pair in scored[:_ALONE]]
    batches += [scored[at : at + _TOGETHER] for at in range(0, len(scored), _TOGETHER)]
    for batch in batches:
        answer = ask(as_json([row for row, _ in batch]), JSON)
        if answer.status != 200:
            yield f"{len(batch)} golden rows got a {answer.status}: {_reason(answer)}"
            continue
        try:
            content = json.loads(answer.body)
            sha256, served = content.get("model_sha256"), content["predictions"]
        except (ValueError, KeyError, TypeError, AttributeError):
            yield f"golden rows were answered with {answer.body[:200]!r}"
            continue
        if sha256 != golden.model_sha256:
            yield f"the endpoint serves the model {sha256}, not {golden.model_sha256}"
            return
        yield from _differences(batch, served)
    yield from _as_csv(ask, scored[0])


def _differences(
    batch: Sequence[tuple[Row, Mapping[str, Any]]], served: Sequence[Any]
) -> Iterator[str]:
    if len(served) != len(batch):
        yield f"{len(batch)} golden rows got {len(served)} predictions"
        return
    for (row, offline), online in zip(batch, served, strict=True):
        if not _agrees(offline, online):
            yield f"a golden row is predicted {online}, offline {dict(offline)}; the row: {row}"


def _agrees(offline: Mapping[str, Any], online: Any) -> bool:
    try:
        scores = float(offline["score"]), float(online["score"])
        same = offline["prediction"] == online["prediction"]
    except (KeyError, TypeError, ValueError):
        return False
    if isinstance(offline["prediction"], int | float):
        same = _is_near(float(offline["prediction"]), float(online["prediction"]))
    return same and _is_near(*scores)


def _is_near(offline: float, online: float) -> bool:
    """
    >>> _is_near(0.5, 0.5 + 1e-10), _is_near(0.5, 0.5 + 1e-8), _is_near(1e6, 1e6 + 1e-4)
    (True, False, True)
    """
    return math.isclose(offline, online, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _as_csv(ask: Ask, pair: tuple[Row, Mapping[str, Any]]) -> Iterator[str]:
    row, offline = pair
    answer = ask(as_csv([row]), CSV)
    lines = [*csv.DictReader(io.StringIO(answer.body.decode("utf-8", "replace")))]
    served: dict[str, Any] = dict(lines[0]) if answer.status == 200 and len(lines) == 1 else {}
    if isinstance(offline["prediction"], int | float) and served:
        served["prediction"] = float(served["prediction"])
    if not _agrees(offline, served):
        yield f"a golden row as CSV got a {answer.status}: {answer.body[:200]!r}"


def bad_requests(ask: Ask, golden: Golden) -> Iterator[str]:
    """Each request that cannot be answered gets a 4xx with a reason."""
    row, _ = golden.scored[0]
    lists: dict[str, Any] = {name: [value] for name, value in row.items()}
    requests = {
        "that is no JSON": (b"{", JSON),
        "without rows": (b'{"instances": []}', JSON),
        "of no row": (as_json([]), JSON),
        # Which columns the model needs is not known here: it needs some.
        "without a column": (as_json([{}]), JSON),
        "with lists for values": (as_json([row, lists]), JSON),
        "whose second row is a text": (json.dumps({"rows": [row, "row"]}).encode(), JSON),
        "of ragged CSV": (b"a,b\n1\n", CSV),
        "of an unknown content type": (as_json([row]), "application/x-unknown"),
    }
    for number, refused in enumerate(golden.refused, 1):
        requests[f"of rejected golden row {number}"] = (as_json([refused]), JSON)
    for what, (body, content_type) in requests.items():
        answer = ask(body, content_type)
        if not 400 <= answer.status < 500:
            yield f"a request {what} got a {answer.status}, not a 4xx"
        elif not _reason(answer):
            yield f"a request {what} got a {answer.status} without a reason"


def old_client(ask: Ask, rows: Sequence[Row]) -> Iterator[str]:
    """What a client of the model before sends is still answered."""
    answer = ask(as_json(rows), JSON)
    if answer.status != 200:
        yield (
            f"what clients of the model before send got a {answer.status}: {_reason(answer)}; "
            "they would break"
        )
        return
    found = json.loads(answer.body).get("predictions", [])
    if len(found) != len(rows):
        yield f"{len(rows)} rows of an old client got {len(found)} predictions"


def shown(sentences: Sequence[str]) -> list[str]:
    """The first few sentences, and how many more there are."""
    more = len(sentences) - _SHOWN
    return [*sentences[:_SHOWN], *([f"and {more} more"] if more > 0 else [])]


def as_json(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A request's body."""
    return json.dumps({"rows": rows}, ensure_ascii=False).encode()


def as_csv(rows: Sequence[Row]) -> bytes:
    """The same as CSV."""
    file = io.StringIO()
    writer = csv.DictWriter(file, [*rows[0]])
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def _reason(answer: Answer) -> str:
    """The reason that a 4xx gives."""
    try:
        return str(json.loads(answer.body)["error"])
    except (ValueError, KeyError, TypeError):
        return ""
