"""What these tests need before the first of them."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def _recursion_limit() -> None:
    """The JSONata library raises Python's recursion limit when it first reads an expression.

    Hypothesis would take a change of it within a test for an accident.
    """
    from jsonata import Jsonata

    Jsonata("1")
