"""Where a command connects to is what the environment's configuration says."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.cli.connection import open_connection
from tests.deployment.fakes import environment


def test_an_environment_on_aws_never_starts_an_engine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = open_connection(tmp_path, environment(engine="aws", region="eu-north-1"))

    assert (connection.region, connection.endpoint_url) == ("eu-north-1", None)
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err == ""
