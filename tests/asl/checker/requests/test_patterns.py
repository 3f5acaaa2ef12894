"""Patterns of services' models are written for Java, and read as Java reads them."""

import pytest

from pipelines.asl.checker.requests.patterns import compiled
from pipelines.asl.checker.requests.texts import matches
from pipelines.asl.integrations import models


def patterns(service):
    shapes = models.service(service).shapes
    return {spec["pattern"] for spec in shapes.specs.values() if "pattern" in spec}


def test_every_pattern_of_sagemaker_can_be_read():
    found = patterns("sagemaker")

    assert len(found) > 200
    assert [pattern for pattern in sorted(found) if compiled(pattern) is None] == []


@pytest.mark.parametrize(
    "service", ["batch", "ecs", "glue", "lambda", "s3", "sns", "stepfunctions"]
)
def test_patterns_of_other_services_can_be_read(service):
    assert [pattern for pattern in sorted(patterns(service)) if compiled(pattern) is None] == []


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,128}", "a key: 1", True),
        (r"([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,128}", "Schlüssel", True),
        (r"([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,128}", "a;b", False),
        (r"\p{Alnum}{3}", "a1B", True),
        (r"\p{Alnum}{3}", "a-B", False),
        (r"\P{C}+", "text, Ütf", True),
        (r"\P{C}+", "a\tb", False),
        (r"[^\p{C}]*", "Ü", True),
        (r"[^\p{C}]*", "\x00", False),
        (r"[\P{C}\t]*", "a\tb", True),
        (r"[^\p{L}]", "Ü", True),  # which letters there are is not looked up
        (r"[\p{Lu}\p{Pd}]+", "A-B", True),
        (r"[\p{Lu}\p{Pd}]+", "a-b", False),
        (r"[\s-_]+", " -_", True),
        (r"[\s-_]+", ".", False),
        (r"[\p{L}||\p{N}]+", "a1|", True),
        (r"[\x{60}-]+", "`-", True),
        (r"[[a]+", "[a", True),
        (r"\A\d\z", "5", True),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", "a \U0001f600", True),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", "a\nb", False),
        (r"[\p{Print}&&[^|]]+", "\x00", True),  # which cannot be read
        (r"\p{IsWhitespace}", "x", True),
    ],
)
def test_a_text_matches_as_a_whole(pattern, text, expected):
    assert matches(pattern, text) is expected
