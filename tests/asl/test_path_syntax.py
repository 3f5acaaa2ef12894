"""Which texts are paths, as AWS reads them, and what their steps are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.path_syntax import parse_path_syntax


@pytest.mark.parametrize(
    ("text", "root", "steps"),
    [
        ("$", "$", ()),
        ("$$", "$$", ()),
        ("$order", "order", ()),
        ("$.a.b", "$", ("a", "b")),
        ("$.a[0][1].b", "$", ("a", 0, 1, "b")),
        ("$['a b'][\"c\"]", "$", ("a b", "c")),
        (r"$['it\'s']", "$", ("it's",)),
        ("$.a[-1]", "$", ("a", -1)),
        ("$.a[(@.length-1)]", "$", ("a", -1)),
        ("$$.Map.Item.Value", "$$", ("Map", "Item", "Value")),
        ("$order.items[0]", "order", ("items", 0)),
        # Jayway's own: nothing of this is RFC 9535.
        ("$.[0].['x']", "$", (0, "x")),
        ("$.1st", "$", ("1st",)),
        ("$.a[0]b", "$", ("a", 0, "b")),
        ("$.detail-type", "$", ("detail-type",)),
        ("$.a:b/c@d", "$", ("a:b/c@d",)),
        ("$.&Ж中", "$", ("&Ж中",)),
        # The specification's examples of escapes.
        (r"$.store\.book", "$", ("store.book",)),
        (r"$.foo\@bar.baz\[\[.\?pretty", "$", ("foo@bar", "baz[[", "?pretty")),
    ],
)
def test_a_path_to_one_place_has_steps(text, root, steps):
    path = parse_path_syntax(text)

    assert (path.root, path.steps) == (root, steps)


@pytest.mark.parametrize(
    "text",
    [
        "$.a[*]",
        "$.*",
        "$..a",
        "$..*",
        "$..['a']",
        "$.a[0,1]",
        "$['a','b']",
        "$.a[1:]",
        "$.a[-2:]",
        "$.[?(@.ou > 0)]",
        "$.a[?(@.b == ']' && @.c =~ /x.*/i)].d",
        "$.a[?(@.b == $.c)]",
    ],
)
def test_a_path_to_several_places_has_no_steps(text):
    assert parse_path_syntax(text).steps is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "begins with \\$"),
        ("a.b", "begins with \\$"),
        (" $.a", "begins with \\$"),
        ("$.", "a name is missing"),
        ("$.a.", "a name is missing"),
        ("$.a..", "a name is missing"),
        ("$...a", "unexpected"),
        ("$$$", "after \\$"),
        ("$1", "after \\$"),
        ("$ .a", "after \\$"),
        ("$.a b", "blanks"),
        ("$.a]", "unexpected"),
        ("$.a,b", "unexpected"),
        ("$.{a}", "unexpected"),
        ("$[", "not closed"),
        ("$.a[0", "not closed"),
        ("$['a", "not closed"),
        ("$.a[]", "in brackets stands"),
        ("$.a[b]", "in brackets stands"),
        ("$.a[?@.b]", r"written \?"),
        ("$.a[?()]", "filter cannot be read"),
        ("$.a[?(@.b == )]", "filter cannot be read"),
        ("$.a[?(@.b = 1)]", "filter cannot be read"),
        ("$.a[?(@.b && )]", "filter cannot be read"),
        ("$.a[?((@.b)]", "filter cannot be read"),
        ("$.a.length()", "functions"),
        ("$.a.sum($.b)", "functions"),
    ],
)
def test_what_is_no_path_is_refused_with_the_reason(text, reason):
    with pytest.raises(AslSyntaxError, match=reason):
        parse_path_syntax(text)


@given(st.text(alphabet="$.[]*?()@'\"ab01 \\,:{}<&|=", max_size=12))
def test_any_text_is_a_path_or_refused(text):
    try:
        path = parse_path_syntax(text)
    except AslSyntaxError:
        return
    assert path.root
    assert path.standard.startswith("$")


@given(st.lists(st.text(min_size=1) | st.integers(0, 99), max_size=4))
def test_every_name_can_be_written_in_brackets(steps):
    written = "$"
    for step in steps:
        if isinstance(step, int):
            written += f"[{step}]"
        else:
            escaped = step.replace("\\", "\\\\").replace("'", "\\'")
            written += f"['{escaped}']"

    assert parse_path_syntax(written).steps == tuple(steps)
