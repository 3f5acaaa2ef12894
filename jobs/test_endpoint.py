"""An endpoint to a verdict: whether what it serves may stay, and how fast it is.

It asks by InvokeEndpoint, as a client does: golden rows must get the offline predictions (the same
class, scores to 1e-9), bad requests a 4xx with a reason, and what clients of the model before send
an answer. Writes endpoint-test/summary.json (whether it passed, why not, latency and throughput)
and endpoint-test/report.json (every sentence of every check).

An endpoint that fails its test is no failure of this job: it says so, and exits 0.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jobs import archive, endpoint_checks, endpoint_timing, program
from jobs.endpoint_checks import Answer, Ask, Golden
from jobs.endpoint_timing import Timing
from jobs.program import log
from preprocessing.errors import DataError

GOLDEN, EXAMPLE = "golden.json", "example.json"
REASON = 1024


class Unreachable(Exception):
    """The endpoint does not answer at all."""


def main() -> None:
    arguments = _parser().parse_args()
    path = arguments.golden / GOLDEN
    if not path.is_file():
        raise DataError(f"{arguments.golden}: no {GOLDEN}; has the evaluate job written here?")
    golden = Golden.read(path.read_text(encoding="utf-8"), str(path), arguments.rows)
    old = None if arguments.old_client is None else old_rows(arguments.old_client)
    report = examine(
        asking(arguments.endpoint_name, arguments.clients),
        golden,
        old=old,
        requests=arguments.requests,
        clients=arguments.clients,
        max_p99_ms=arguments.max_p99_ms,
        min_requests_per_s=arguments.min_requests_per_s,
    )
    write(arguments.output, arguments.endpoint_name, report)


def examine(
    ask: Ask,
    golden: Golden,
    *,
    old: Sequence[endpoint_checks.Row] | None = None,
    requests: int,
    clients: int,
    max_p99_ms: float | None = None,
    min_requests_per_s: float | None = None,
) -> dict[str, Any]:
    """Every check's sentences by its name, and what was measured; see `write`.

    Args:
        ask: sends a request to the endpoint.
        old: rows as clients of the model before send them; None: there was none.
    """
    checks: dict[str, list[str]] = {}
    timing: Timing | None = None
    try:
        checks["golden rows"] = list(endpoint_checks.golden_rows(ask, golden))
        checks["bad requests"] = list(endpoint_checks.bad_requests(ask, golden))
        if old is not None:
            checks["old client"] = list(endpoint_checks.old_client(ask, old)) if old else []
        bodies = [endpoint_checks.as_json([row]) for row, _ in golden.scored]
        timing = endpoint_timing.measure(ask, bodies, requests, clients)
        checks["speed"] = _too_slow(timing, max_p99_ms, min_requests_per_s)
    except Unreachable as error:
        checks["reachable"] = [str(error)]
    return {
        "checks": checks,
        "timing": timing,
        "rows": len(golden.rows),
        "requests": requests,
        "clients": clients,
        "model_sha256": golden.model_sha256,
    }


def _too_slow(
    timing: Timing, max_p99_ms: float | None, min_requests_per_s: float | None
) -> list[str]:
    sentences = []
    if timing.errors:
        sentences.append(f"{timing.errors} of the measured requests were not answered with a 200")
    if max_p99_ms is not None and timing.p99_ms > max_p99_ms:
        sentences.append(f"p99 is {timing.p99_ms:g} ms, more than the {max_p99_ms:g} ms allowed")
    if min_requests_per_s is not None and timing.requests_per_s < min_requests_per_s:
        sentences.append(
            f"{timing.requests_per_s:g} requests/s, less than the {min_requests_per_s:g} wanted"
        )
    return sentences


def write(output: Path, endpoint_name: str, report: dict[str, Any]) -> None:
    """Write summary.json and report.json below `output`, and log them."""
    target = output / "endpoint-test"
    program.make_folder(target)
    checks: dict[str, list[str]] = report["checks"]
    timing = {} if report["timing"] is None else asdict(report["timing"])
    wrong = [f"{name}: {s}" for name, all_ in checks.items() for s in endpoint_checks.shown(all_)]
    reason = "; ".join(wrong)
    if not wrong:
        reason = f"{report['rows']} golden rows as offline, p99 {timing['p99_ms']:g} ms"
    summary = {
        "passed": not wrong,
        "reason": reason if len(reason) <= REASON else f"{reason[: REASON - 1]}…",
        "endpoint_name": endpoint_name,
        **{key: report[key] for key in ("model_sha256", "rows", "requests", "clients")},
        **timing,
    }
    for name, content in (
        ("summary.json", summary),
        ("report.json", {**summary, "checks": checks}),
    ):
        text = json.dumps(content, indent=1, ensure_ascii=False)
        (target / name).write_text(text + "\n", encoding="utf-8")
    for name, sentences in checks.items():
        log(f"{name}: {'; '.join(endpoint_checks.shown(sentences)) or 'as it should be'}")
    for name, value in timing.items():
        log(f"  {name:<15} {value:g}")


def old_rows(folder: Path) -> list[endpoint_checks.Row]:
    """The example rows in a model's archive; none in one from before there were any.

    Raises:
        DataError: there is no archive, or it is no model's.
    """
    path, _ = archive.find(folder)
    with tempfile.TemporaryDirectory() as temporary:
        archive.unpack(path, Path(temporary))
        example = Path(temporary, EXAMPLE)
        if not example.is_file():
            log(f"the model before has no {EXAMPLE}: its clients' requests are not known")
            return []
        try:
            rows: list[endpoint_checks.Row] = json.loads(example.read_text("utf-8"))["rows"]
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{path}: its {EXAMPLE} holds no rows: {error!r}") from error
        return rows


def asking(endpoint_name: str, clients: int) -> Ask:
    """InvokeEndpoint, with the region and the credentials that the container has."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if region is None:
        raise DataError("neither AWS_REGION nor AWS_DEFAULT_REGION says where the endpoint is")
    client = boto3.client(
        "sagemaker-runtime",
        region_name=region,
        config=Config(max_pool_connections=max(10, clients), retries={"total_max_attempts": 3}),
    )

    def ask(body: bytes, content_type: str) -> Answer:
        try:
            response = client.invoke_endpoint(
                EndpointName=endpoint_name, ContentType=content_type, Body=body
            )
            return Answer(200, response["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] != "ModelError":
                raise Unreachable(str(error)) from error
            status = int(error.response["OriginalStatusCode"])
            return Answer(status, error.response["OriginalMessage"].encode())
        except BotoCoreError as error:
            raise Unreachable(str(error)) from error

    return ask


def _parser() -> argparse.ArgumentParser:
    parser = program.parser(
        "test_endpoint",
        __doc__,
        "python -m jobs.test_endpoint --endpoint-name census-prod --golden out/evaluation \\\n"
        "      --output out --max-p99-ms 100",
    )
    parser.add_argument("--endpoint-name", required=True, help="which endpoint is asked")
    parser.add_argument("--golden", type=Path, required=True, help=f"folder with {GOLDEN}")
    parser.add_argument("--old-client", type=Path, help="folder of the model before, packed")
    parser.add_argument("--output", type=Path, required=True, help="folder to write to")
    parser.add_argument("--rows", type=int, default=200, help="golden rows at most [200]")
    parser.add_argument("--requests", type=int, default=300, help="requests measured [300]")
    parser.add_argument("--clients", type=int, default=4, help="clients at once [4]")
    parser.add_argument("--max-p99-ms", type=float, help="slower than this does not pass")
    parser.add_argument("--min-requests-per-s", type=float, help="fewer than these do not pass")
    return parser


if __name__ == "__main__":
    program.end(main)
