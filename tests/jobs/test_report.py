"""The report: complete in itself, safe to open, and drawn by a real browser."""

import os
import re
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pytest

from jobs.evaluation import summarise
from jobs.report import build_report

HOSTILE = "<script>alert('x')</script>&"


def evaluation(labels, name="income", positive="high"):
    random = np.random.default_rng(0)
    scores = np.clip(labels * 0.5 + random.uniform(0, 0.5, len(labels)), 0, 1)
    return {
        **summarise(labels, scores, 0.5),
        "rejected": 3,
        "training": {"rows": 199_523, "rejected": 0},
        "model_sha256": "ab" * 32,
        "preprocessor_sha256": "cd" * 32,
        "model": {
            "algorithm": "logistic_regression",
            "encoding": "onehot",
            "hyperparameters": {"C": 1.0, "class_weight": None},
            "features": ["a", "b"],
            "label": {"column": name, "values": ["low", positive]},
            "rows": 1000,
            "packages": {"python": "3.10.1"},
        },
    }


PAGE = build_report(evaluation(np.random.default_rng(1).integers(0, 2, 2000)))


def test_it_needs_nothing_from_elsewhere():
    # The one address is a name, not a place: the namespace of SVG.
    addresses = set(re.findall(r"[a-z]+://[^\"' <>]+", PAGE))

    assert addresses == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(script|link|img|iframe|object)|@import|url\(|\bon\w+=", PAGE)


def test_every_tag_is_closed_in_order():
    open_tags = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag != "meta":
                open_tags.append(tag)

        def handle_startendtag(self, tag, attrs):
            pass

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

    Reader().feed(PAGE)

    assert open_tags == []


def test_it_says_the_numbers():
    for text in ("Evaluation: income", "2,000 rows", "3 more could not be parsed", "ab" * 32):
        assert text in PAGE


def test_it_says_what_the_model_was_trained_on():
    assert ">training rows</th><td>199,523, 0 rejected</td>" in PAGE

    unknown = {**evaluation(np.array([0, 1] * 50)), "training": {"rows": 5, "rejected": None}}
    assert ">training rows</th><td>5</td>" in build_report(unknown)


def test_text_from_the_data_cannot_become_markup():
    page = build_report(evaluation(np.array([0, 1] * 50), name=HOSTILE, positive=HOSTILE))

    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_is_said_instead_of_drawn(label):
    page = build_report(evaluation(np.full(20, label)))

    assert page.count("Undefined: the test rows all have the same label.") == 2
    assert "undefined</strong>" in page


@pytest.fixture(scope="module")
def chromium():
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        reason = "no browser has looked at the report: `apt-get install chromium`"
        # Continuous integration installs one; there, to do without would go unnoticed.
        assert os.environ.get("CI") is None, reason
        pytest.skip(reason)
    return found


def browse(chromium, folder, *arguments):
    quiet = ("quic", "background-networking", "component-update", "sync")
    flags = ["--headless", "--no-sandbox", "--no-first-run", "--disable-gpu"]
    flags += [f"--disable-{service}" for service in quiet]
    profile = f"--user-data-dir={folder / 'profile'}"
    return subprocess.run(
        [chromium, *flags, profile, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout


@pytest.mark.browser
def test_a_browser_draws_every_picture(chromium, tmp_path):
    # The page has no script; this copy gets one, which writes down what was laid out.
    probe = """<script>addEventListener("load", () => {
      const seen = [...document.querySelectorAll("svg")].map(svg => {
        const box = svg.getBoundingClientRect();
        const shapes = [...svg.querySelectorAll("polyline.curve, rect")];
        const drawn = shapes.every(shape => shape.getBBox().width > 20);
        return `${svg.querySelector("title").textContent}:${box.width > 200 && drawn}`;
      });
      const wide = document.documentElement.scrollWidth > innerWidth;
      document.body.innerHTML = `<p>${seen.join("|")}|too wide:${wide}</p>`;
    })</script>"""
    (tmp_path / "report.html").write_text(PAGE.replace("</body>", probe + "</body>"), "utf-8")

    page = (tmp_path / "report.html").as_uri()
    seen = browse(chromium, tmp_path, "--window-size=1100,1600", "--dump-dom", page)

    expected = "ROC curve:true|Precision-recall curve:true|Confusion matrix:true|too wide:false"
    assert expected in seen


@pytest.mark.browser
def test_a_browser_shows_it_in_colour(chromium, tmp_path):
    (tmp_path / "report.html").write_text(PAGE, encoding="utf-8")

    picture = tmp_path / "report.png"
    page = (tmp_path / "report.html").as_uri()
    browse(chromium, tmp_path, "--window-size=1100,1600", f"--screenshot={picture}", page)

    # A blank page of this size is 7 kB.
    assert picture.stat().st_size > 50_000
