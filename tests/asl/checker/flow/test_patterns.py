"""Patterns held against texts of which parts are known."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.checker.flow.patterns import can_match

PATTERNS = [
    "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
    "(https|s3)://([^/]+)/?(.*)",
    r"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
    r"^[\w+=,.@-]{1,64}$",
    "(?:a|b)+?c?",
    "x{2,3}(y{2}|z)",
    "[^a-c]*[]x]",
    r"\S[\s\S]*",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(data=st.data())
def test_whatever_matches_can_match_and_so_can_its_parts(pattern, data):
    text = data.draw(st.from_regex(pattern, fullmatch=True))
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))

    if re.fullmatch(pattern, text):
        assert can_match(pattern, (text,))
        assert can_match(pattern, (text[:first], None, text[last:]))


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=st.text("aAxyz-/:s3.9 ", max_size=8))
def test_what_does_not_match_cannot_where_nothing_is_left_open(pattern, text):
    """Repetitions beyond a few are not counted: these texts are shorter."""
    assert can_match(pattern, (text,)) is (re.fullmatch(pattern, text) is not None)


@pytest.mark.parametrize(
    ("pattern", "pieces"),
    [
        ("(https|s3)://([^/]+)/?(.*)", ("States.Format('s3://", None, "/x')")),
        ("[a-z]+", ("a", None, "B")),
        ("[a-z]+", (None, "B", None)),
        ("a{3}", ("aaaa", None)),
        ("(?!aws:)[a-z]+", ("B", None)),
        ("(?=.{1,32}$)[a-z]+(?<!-)", (None, "-")),
        (r"([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,256}", ("$.name",)),
    ],
)
def test_no_text_can_mend_what_is_known(pattern, pieces):
    assert not can_match(pattern, pieces)


@pytest.mark.parametrize(
    ("pattern", "pieces"),
    [
        ("(https|s3)://([^/]+)/?(.*)", (None, "/x')")),
        (r"([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,256}", ("größe 7",)),
        ("(?!aws:)[a-z:]+", ("aws:",)),
        ("[a-z](?<!a)", ("a",)),
        ("[a-z", ("B",)),
        ("(a", ("B",)),
        ("a)", ("B",)),
        (r"(a)\1", ("B",)),
        (r"\Qa\E", ("B",)),
        ("*", ("B",)),
        ("(" * 2000, ("B",)),
    ],
)
def test_what_is_not_looked_into_lets_everything_pass(pattern, pieces):
    assert can_match(pattern, pieces)
