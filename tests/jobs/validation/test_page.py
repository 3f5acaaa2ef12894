"""The report of the tests: complete in itself, safe to open, and laid out by a real browser."""

import re
from html.parser import HTMLParser

import pytest

from jobs.validation.page import build_page_of
from tests.jobs.browser import browse
from tests.jobs.validation.made import changed, customers, judged, write

HOSTILE = "<script>alert('x')</script>&"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    rows = changed(changed(customers(60), 7, "city", HOSTILE), 9, "age", "old")
    write(folder, rows, changed(customers(30, first=101), 2, "bought", HOSTILE))
    return judged(folder)


@pytest.fixture(scope="module")
def page(report):
    return build_page_of(report)


def test_it_needs_nothing_from_elsewhere(page):
    assert not re.findall(r"[a-z]+://", page)
    assert not re.search(r"<(script|link|img|iframe|object)|@import|url\(|\bon\w+=", page)


def test_text_from_the_data_cannot_become_markup(page):
    assert "alert(" in page
    assert "<script" not in page


def test_every_tag_is_closed_in_order(page):
    open_tags = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag not in ("meta", "br"):
                open_tags.append(tag)

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

    Reader().feed(page)

    assert open_tags == []


def test_it_says_what_is_broken_and_where(page):
    for text in (
        "60 training rows and 30 test rows",
        "5 broken expectations: training does not begin",
        "expected: only &#x27;Bonn&#x27;",
        "In rows 7<",
        "age is &#x27;old&#x27;: not a number",
    ):
        assert text in page


def test_data_that_pass_are_said_to(report):
    good = {**report, "errors": 0, "warnings": 0, "violations": []}

    assert "every expectation holds" in build_page_of(good)
    assert "with 2 warnings" in build_page_of({**good, "warnings": 2})
    assert "What is broken" not in build_page_of(good)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1100, 400])
def test_a_browser_lays_it_out_within_its_window(tmp_path, page, width):
    # The page has no script; this copy gets one, which writes down what was laid out.
    probe = """<script>addEventListener("load", () => {
      const cards = [...document.querySelectorAll(".card")];
      const seen = cards.every(card => card.getBoundingClientRect().width > 200);
      const wide = document.documentElement.scrollWidth > innerWidth;
      document.body.innerHTML = `<p>cards:${cards.length > 5 && seen}|too wide:${wide}</p>`;
    })</script>"""
    probed = page.replace("</body>", probe + "</body>")

    seen = browse(tmp_path, probed, f"--window-size={width},1600", "--dump-dom")

    assert "cards:true|too wide:false" in seen
