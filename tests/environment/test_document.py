"""What the reader of YAML makes of text that people do write."""

from __future__ import annotations

import pytest
import yaml

from pipelines.environment.document import read_document
from pipelines.environment.nodes import plain
from pipelines.environment.text import LARGEST_FILE, decode


def problems_of(text: str) -> str:
    return "\n".join(map(str, read_document(text, "f.yaml")[1]))


def value_of(text: str) -> object:
    node, problems = read_document(text, "f.yaml")
    assert not problems, problems
    assert node is not None
    return plain(node)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 300", 300),
        ("a: 0", 0),
        ("a: -7", -7),
        ("a: 0.06", 0.06),
        ("a: 1e-3", 0.001),
        ("a: 2.5E+3", 2500.0),
        ("a: 9007199254740992", 2**53),
        ("a: true", True),
        ("a: false", False),
        ("a: null", None),
        ("a: the rest", "the rest"),
        ("a: 1.4-2", "1.4-2"),
        ("a: 50000+.", "50000+."),
        ("a: 0.1.2", "0.1.2"),
        ("a: it's", "it's"),
        ("a: s3://${bucket}/x.csv  # where", "s3://${bucket}/x.csv"),
        ("a: 'no'", "no"),
        ('a: "1:00:00"', "1:00:00"),
        ("a: '012345678901'", "012345678901"),
        ("a: ''", ""),
        ("a: >-\n  one\n  line", "one line"),
        ("a: [1, x, '2']", (1, "x", "2")),
        ("a: {b: {c: 1}}", {"b": {"c": 1}}),
        ("a:\n- 1\n- 2", (1, 2)),
        ("--- {a: 1}", 1),
        ("'a': 1", 1),
    ],
)
def test_what_every_reader_reads_alike_is_read(text: str, value: object) -> None:
    assert value_of(text) == {"a": value}
    assert type(plain(read_document(text, "")[0])["a"]) is type(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "# nothing but comments\n", "---\n", "---\n# so\n"])
def test_a_file_of_comments_says_nothing(text: str) -> None:
    assert value_of(text) == {}


# text, what the message must say: where first, then what is wrong and how to write it instead
REFUSED = [
    # booleans of YAML 1.1
    ("a: no", "f.yaml:1: a: no is a boolean to some", "write false, or 'no'"),
    ("a: yes", "write true, or 'yes'"),
    ("a: on", "write true, or 'on'"),
    ("a: off", "write false, or 'off'"),
    ("a: No", "write false, or 'No'"),
    ("a: YES", "write true, or 'YES'"),
    ("a: True", "write true, or 'True'"),
    ("a: FALSE", "write false, or 'FALSE'"),
    ("a: y", "write true, or 'y'"),
    ("a: N", "write false, or 'N'"),
    # nothing
    ("a: ~", "write null, or '~'"),
    ("a: Null", "write null, or 'Null'"),
    ("a: NULL", "write null, or 'NULL'"),
    ("a:", "f.yaml:1: a: is empty; write null for nothing, or ''"),
    ("x: 1\na: # later", "f.yaml:2: a: is empty"),
    ("a: {b: }", "a.b: is empty"),
    ("a: {b c}", 'a."b c": is empty'),
    # numbers
    ("a: 1:00:00", "is 3600 in base 60", "write 3600, or '1:00:00'"),
    ("a: 12:30", "is 750 in base 60"),
    ("a: -1:30.5", "is -90.5 in base 60"),
    ("a: 010", "octal to some readers", "'010'"),
    ("a: 08", "octal to some readers", "'08'"),
    ("a: 012345678901", "octal to some readers", "'012345678901'"),
    ("a: 0o17", "in another base", "decimal"),
    ("a: 0x1F", "in another base", "decimal"),
    ("a: 0b11", "in another base", "decimal"),
    ("a: 1_000", "write 1000, or '1_000'"),
    ("a: +5", "write 5, or '+5'"),
    ("a: .5", "write 0.5, or '.5'"),
    ("a: -.5", "write -0.5, or '-.5'"),
    ("a: 5.", "write 5.0, or '5.'"),
    ("a: .inf", "not a finite number", "'.inf'"),
    ("a: -Infinity", "not a finite number"),
    ("a: NaN", "not a finite number"),
    ("a: nan", "not a finite number"),
    ("a: 1e999", "larger than a number can be"),
    ("a: 9007199254740993", "beyond 2^53"),
    ("a: " + "9" * 5000, "beyond 2^53"),
    # dates
    ("a: 2024-01-02", "is a date to some readers", "'2024-01-02'"),
    ("a: 2024-1-2 10:00:00", "is a date to some readers"),
    ("a: 2024-01-02T10:00:00Z", "is a date to some readers"),
    # keys
    ("a: 1\na: 2", "f.yaml:2: a: is there twice, first in line 1"),
    ("a: {b: 1, c: 2, b: 3}", "a.b: is there twice"),
    ('a: 1\n"a": 2', "f.yaml:2: a: is there twice"),
    ("no: 1", "the key no is not text", "write 'no'"),
    ("1: a", "the key 1 is not text", "write '1'"),
    ("a: {null: 1}", "f.yaml:1: a: the key null is not text"),
    ("2024-01-02: a", "the key 2024-01-02 is not text"),
    ("? [a]\n: b", "a key that is not text"),
    ("{a: 1}: b", "a key that is not text"),
    ("a:1", "must be 'key: value' lines"),
    # what makes one value of another
    ("a: &x 1", "&x is an anchor"),
    ("a: &x [1]\nb: *x", "&x is an anchor", "f.yaml:2: b: *x is an alias; write the value again"),
    ("<<: {a: 1}", "<< merges another mapping"),
    ("a: {<<: {b: 1}}", "f.yaml:1: a: << merges"),
    ("a: <<", "means something else"),
    ("a: =", "means something else"),
    ("a: !!str 5", "has the tag !!str"),
    ("a: !!bool 'no'", "has the tag !!bool"),
    ("a: !secret x", "has the tag !secret"),
    ("a: !!python/object/apply:os.system ['true']", "has the tag !!python/object/apply:os.system"),
    ("!!map\na: 1", "has the tag !!map"),
    ("%YAML 1.1\n---\na: 1", "is a YAML directive"),
    ("%TAG ! tag:x,2000:\n---\na: 1", "is a YAML directive"),
    ("a: 1\n---\nb: 2", "f.yaml:2: begins a second document"),
    # shape
    ("- a", "must be 'key: value' lines"),
    ("just words", "must be 'key: value' lines"),
    ("5", "must be 'key: value' lines"),
    ("[" * 50 + "]" * 50, "nested more than 16 deep"),
    ("[" * 90_000, "nested more than 16 deep"),
    ("a: " + "{b: " * 40, "nested more than 16 deep"),
    # text over several lines
    ("a: b\n  c", "goes on in the next line"),
    ("a: |\n  one\n  two", "contains a line break"),
    ('a: "\\0"', "invisible character U+0000"),
    ('a: "\\ud800"', "invisible character U+D800"),
    # syntax
    ("a: 1\nb: 'x", "f.yaml:2: opens a quote that is never closed"),
    ('a: "x', "opens a quote that is never closed"),
    ("a: [1, 2", "f.yaml:1: opens a bracket that is not closed"),
    ("a: {b: 1\nc: 2", "f.yaml:1: opens a bracket that is not closed"),
    ("a: b: c", "a second ': ' in a line"),
    ("a: @x", "begins a value with @; put it in quotes"),
    ("a: `x`", "begins a value with `; put it in quotes"),
    ("a: %x", "begins a value with %; put it in quotes"),
    ("a: *", "begins a value with & or *"),
    ("a: ?", "begins a value with ?"),
    ('a: "x" y', "has more after the value; put the whole text in quotes"),
    ("a: [b] c", "has more after the value"),
    ('a: "\\q"', "unknown \\ escape"),
    ('a: "\\x1"', "unfinished \\ escape"),
    ('a: 1\nb: "\\UFFFFFFFF"', "is not YAML"),
    ("  a: 1\nb: 2", "f.yaml:2: is indented differently"),
    ("a:\n  - 1\n b: 2", "f.yaml:3: is indented differently"),
    ("a: - b", "where no list can begin"),
    ("a: 1\nb", "f.yaml:2: is neither 'key: value' nor '- item'"),
    ("a: [b, , c]", "lacks a value"),
    ("%YAML " + "9" * 5000 + ".1\n---\na: 1", "is not YAML"),
]


@pytest.mark.parametrize(
    ("text", "said"), [(text, said) for text, *said in REFUSED], ids=lambda x: repr(x)[:40]
)
def test_what_readers_or_people_read_differently_is_refused(text: str, said: list[str]) -> None:
    problems = problems_of(text)
    for piece in said:
        assert piece in problems


def test_every_problem_is_found_not_only_the_first() -> None:
    assert problems_of("a: no\nb: [010, {c: ~}]\nd: *x\na: 1").splitlines() == [
        "f.yaml:1: a: no is a boolean to some readers and text to others; "
        "write false, or 'no' for the text",
        "f.yaml:2: b[1]: 010 is octal to some readers and decimal to others; "
        "write it without leading zeros, or '010' for the text",
        "f.yaml:2: b[2].c: ~ is nothing to some readers and text to others; "
        "write null, or '~' for the text",
        "f.yaml:3: d: *x is an alias; write the value again",
        "f.yaml:4: a: is there twice, first in line 1; remove one",
    ]


def test_a_syntax_error_does_not_hide_what_stands_before_it() -> None:
    assert len(problems_of("a: no\nb: 'x").splitlines()) == 2


def test_pyyaml_itself_is_left_as_it_is() -> None:
    problems_of("a: no")

    assert yaml.safe_load("a: no") == {"a": False}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfea\0", "f.yaml: is UTF-16; save it as UTF-8"),
        (b"a: 1\nb: \xe4h", "f.yaml:2: is not UTF-8 (byte 0xe4, 'b: ' before it)"),
        (b"a: 1\nb: x\0", "f.yaml:2: contains a NUL character"),
        (b"a: x\xc2\xa0y", "f.yaml:1: contains a no-break space; write a plain one"),
        ("a: x\N{RIGHT-TO-LEFT OVERRIDE}y".encode(), "invisible character U+202E right-to-left"),
        (b"a: \x1b[31m", "f.yaml:1: contains the invisible character U+001B"),
        (b"a:\n\tb: 1", "f.yaml:2: is indented with a tab"),
        (b"a:\n  \tb: 1", "f.yaml:2: is indented with a tab"),
        (b"#" * (LARGEST_FILE + 1), "f.yaml: is larger than 200 kB"),
    ],
)
def test_a_file_that_is_not_plain_text_is_refused(content: bytes, said: str) -> None:
    text, problems = decode(content, "f.yaml")

    assert text is None
    assert said in "\n".join(map(str, problems))


@pytest.mark.parametrize(
    "content", [b"a: 1\nb: 2\n", b"\xef\xbb\xbfa: 1\nb: 2\n", b"a: 1\r\nb: 2\r\n", b"a: 1\rb: 2\r"]
)
def test_what_editors_add_unasked_changes_nothing(content: bytes) -> None:
    text, problems = decode(content, "f.yaml")

    assert (text, problems) == ("a: 1\nb: 2\n", [])
