"""The report: complete in itself, safe to open, and drawn by a real browser."""

import re
from dataclasses import asdict
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from jobs.evaluation import slices
from jobs.evaluation.champion import Comparison
from jobs.evaluation.leaks import Leak
from jobs.evaluation.measures import Measure
from jobs.gate import Gate, decide
from jobs.report import build_report
from tests.jobs.browser import browse

HOSTILE = "<script>alert('x')</script>&"
LABELS = np.array([0, 1] * 50)


def about(task, label):
    return {
        "confidence": 0.95,
        "champion": None,
        "gate": None,
        "leaks": [],
        "slices": [],
        "worst_slice": None,
        "rejected": 3,
        "training": {"rows": 199_523, "rejected": 0},
        "model_sha256": "ab" * 32,
        "preprocessor_sha256": "cd" * 32,
        "packages": "python 3.10.1",
        "data": {"training_sha256": "ef" * 32, "test_sha256": None},
        "model": {
            "algorithm": "logistic_regression" if task == "classification" else "ridge",
            "encoding": "onehot",
            "hyperparameters": {"C": 1.0, "class_weight": None},
            "features": ["a", "b"],
            "label": label,
        },
    }


def evaluation(labels, name="income", positive="high", **changes):
    random = np.random.default_rng(0)
    scores = np.clip(labels * 0.5 + random.uniform(0, 0.5, len(labels)), 0, 1)
    kind = Measure("classification", 0.5)
    summary = kind.summarise(labels, scores)
    groups = {"sex": slices.group(pa.array(["F", "M"] * (len(labels) // 2)))}
    settings = slices.Settings(min_rows=5, confidence=0.95, resamples=5)
    measured = slices.measure(groups, kind, "roc_auc", labels, scores, settings)
    return {
        **summary,
        **about("classification", {"column": name, "values": ["low", positive]}),
        "intervals": {metric: (0.25, 0.75) for metric in summary["metrics"]},
        "slices": measured,
        "worst_slice": slices.worst(measured, "roc_auc", summary["metrics"]["roc_auc"]),
        **changes,
    }


def gated(passed=True, close=False):
    """What the page is told of a gate and a champion."""
    gate = Gate("roc_auc", at_least=0.5 if passed else 0.999, better_by=0.0)
    comparison = Comparison("12" * 32, "roc_auc", 0.95, 0.9, 0.05, (0.01, 0.09), 2000, 0)
    leaks = [Leak("refund <b>", 0.99, "alone")] if not passed else []
    decision = decide(gate, {"roc_auc": 0.95}, {"roc_auc": (0.94, 0.96)}, leaks, comparison)
    return {
        "gate": {
            **decision.to_json(),
            "close": close,
            "conditions": [asdict(condition) for condition in decision.conditions],
        },
        "champion": {
            "model_sha256": "12" * 32,
            "metric": "roc_auc",
            "value": 0.9,
            "new_value": 0.95,
            "difference": 0.05,
            "interval": [0.01, 0.09],
            "rows": 2000,
            "unread": 0,
            "error": None,
        },
        "leaks": [{**leak._asdict(), "allowed": False} for leak in leaks],
    }


def explanation(additive=True):
    effects = [
        {"column": f"column {n}", "value": HOSTILE, "effect": 0.5 / n * (-1) ** n}
        for n in range(1, 15)
    ]
    total = sum(each["effect"] for each in effects)
    row = {
        "row": 17,
        "label": HOSTILE,
        "prediction": "high",
        "score": 0.75,
        "base": 0.1,
        "output": 0.1 + total,
        "effects": effects,
    }
    return {
        "method": "shap",
        "meaning": "How much each column moves the score.",
        "of_row": "They add up.",
        "unit": "score",
        "additive": additive,
        "importances": [
            {"column": f"column {n}", "value": 1 / n, "interval": [0.9 / n, 1.1 / n]}
            for n in range(1, 30)
        ],
        "effects": [
            {"column": "city", "values": [{"value": "Ulm", "effect": -0.2, "rows": 9}] * 3}
        ],
        "rows": [row, {**row, "row": 18}],
    }


PAGE = build_report(
    evaluation(np.random.default_rng(1).integers(0, 2, 2000), **gated()), explanation()
)


def numbers():
    random = np.random.default_rng(0)
    labels = random.lognormal(6, 1, 500)
    summary = Measure("regression").summarise(labels, labels * random.lognormal(0, 0.2, 500))
    return {
        **summary,
        **about("regression", {"column": "wage"}),
        "intervals": dict.fromkeys(summary["metrics"]),
        "confidence": None,
    }


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

    unknown = {**evaluation(LABELS), "training": {"rows": 5, "rejected": None}}
    assert ">training rows</th><td>5</td>" in build_report(unknown)


def test_text_from_the_data_cannot_become_markup():
    page = build_report(evaluation(LABELS, name=HOSTILE, positive=HOSTILE))

    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_is_said_instead_of_drawn(label):
    page = build_report(evaluation(np.full(20, label)))

    assert page.count("Undefined: the test rows all have the same label.") == 2
    assert "undefined</strong>" in page


def test_the_verdict_is_the_first_thing_said():
    for page, word in (
        (build_report(evaluation(LABELS, **gated(close=True))), "Passed, but close"),
        (build_report(evaluation(LABELS, **gated(passed=False))), "Not passed"),
        (PAGE, "Passed"),
    ):
        assert f"<strong>{word}</strong>" in page
        assert page.index(word) < page.index("ROC AUC")


def test_a_leak_is_named_even_without_a_gate():
    leaks = [{"column": "refund", "score": 1.0, "sign": "alone", "allowed": False}]

    page = build_report(evaluation(LABELS, leaks=leaks))

    assert "<strong>Look twice</strong><span>refund:" in page


def test_a_part_that_was_not_measured_is_absent():
    page = build_report(evaluation(LABELS, slices=[]))

    assert "What it goes by" not in page
    assert ">Groups</h2>" not in page
    assert ">Decision</h2>" not in page


def test_a_number_has_pictures_of_its_own():
    page = build_report(numbers())

    for words in ("Predicted against actual", "Residuals", "Low and high predictions", "RMSE"):
        assert words in page
    assert "ROC" not in page


def test_effects_that_do_not_add_up_are_not_drawn_as_if_they_did():
    page = build_report(evaluation(LABELS), explanation(additive=False))

    assert "What the score would lose without each value." in page
    assert "other columns" not in page


def test_headings_go_down_one_step_at_a_time_and_every_link_leads_somewhere():
    levels = [int(level) for level in re.findall(r"<h([1-6])", PAGE)]
    links = re.findall(r'href="#([^"]+)"', PAGE)

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert links
    assert all(f'<section id="{link}"' in PAGE for link in links)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "page"), [(1100, PAGE), (520, build_report(numbers()))])
def test_a_browser_draws_every_picture(tmp_path, width, page):
    # The page has no script; this copy gets one, which opens what is closed and writes down what
    # was laid out.
    probe = """<script>addEventListener("load", () => {
      document.querySelectorAll("details").forEach(each => { each.open = true; });
      const pictures = [...document.querySelectorAll("svg")];
      const seen = pictures.filter(svg => {
        const shapes = [...svg.querySelectorAll(".curve, rect, circle")];
        return svg.getBoundingClientRect().width > 200 && shapes.length > 0
          && shapes.every(shape => shape.getBoundingClientRect().width > 0.2);
      });
      const clipped = pictures.flatMap(svg => [...svg.querySelectorAll("text")].filter(text => {
        const [box, own] = [svg.getBoundingClientRect(), text.getBoundingClientRect()];
        return own.left < box.left - 1 || own.right > box.right + 1;
      }).map(text => text.textContent));
      const wide = document.documentElement.scrollWidth > innerWidth;
      document.body.innerHTML =
        `<p>${pictures.length - seen.length} missing, clipped: ${clipped}, too wide: ${wide}</p>`;
    })</script>"""
    page = page.replace("</body>", probe + "</body>")

    seen = browse(tmp_path, page, f"--window-size={width},1600", "--dump-dom")

    assert "<p>0 missing, clipped: , too wide: false</p>" in seen


@pytest.mark.browser
def test_a_browser_shows_it_in_colour(tmp_path):
    picture = tmp_path / "report.png"
    browse(tmp_path, PAGE, "--window-size=1100,1600", f"--screenshot={picture}")

    # A blank page of this size is 7 kB.
    assert picture.stat().st_size > 50_000
