"""A model, its preprocessor and whatever predicts with them belong together: parted, they fail.

Two models of the same rows and columns, whose preprocessors differ in what one cannot see of their
codes: in the edges of bins, and in what `derive` makes. Everything here is done once as it should
be, and once with something swapped.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from jobs import inference, model, protocol, test_endpoint
from jobs.archive import sha256
from jobs.endpoint_checks import Answer, Ask, Golden
from jobs.evaluate import evaluate
from jobs.evaluation.settings import Settings
from jobs.gate import Gate
from jobs.predict import predict
from jobs.preprocess import prepare_inference, prepare_training
from jobs.scoring import Scorer
from preprocessing.derive import Derivation
from preprocessing.errors import DataError
from preprocessing.features import Features
from tests.jobs.learnt import learnt
from tests.jobs.made import FEATURES, pack, rows, write_rows

DERIVE = """\
READS = {"age": "number", "visits": "number"}

def derive(columns):
    return {"often": columns["visits"] / columns["age"]}
"""
NUMBERS = {"numeric": ["age", "visits", "often"], "derive": "often.py"}
# Like the other, but for rows that only one of the two can read.
FEW_COLUMNS = {**FEATURES, "numeric": ["age"], "drop": ["visits"]}


class Project(NamedTuple):
    """A model below `root`/model, the preprocessor that made its features, and its archive."""

    root: Path
    digest: str

    @property
    def folder(self) -> Path:
        return self.root / "model"


def rows_to_test() -> list[str]:
    """Rows some of which only one of the models can read, or neither."""
    lines = rows(240, 2)
    lines[5] = lines[5].replace(",", ",x", 1)  # an age that is none: neither
    lines[7] = ",".join([*lines[7].split(",")[:2], "often", *lines[7].split(",")[3:]])  # visits
    return lines


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """The cores are shared with other tests: threads that wait for one another would spin."""
    with threadpool_limits(1):
        yield


def made(root: Path, features: dict[str, Any], derive: str | None = None, **settings: Any) -> Any:
    """A project of its own: preprocessed, trained and packed."""
    train = write_rows(root / "data" / "train", rows(400, settings.pop("seed", 1)))
    tested = write_rows(root / "data" / "test", rows_to_test())
    write_rows(root / "data" / "people", rows_to_test())
    derivation = None
    if derive is not None:
        (root / "derive.py").write_text(derive)
        derivation = Derivation.load(root / "derive.py")
    prepare_training(Features.from_json(features), derivation, train, tested, None, root)
    folder = learnt(root, root / "model" / "files", "hist_gradient_boosting", **settings)
    return Project(root, pack(folder, root / "model"))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The model that is served; its golden rows are in evaluation/."""
    project = made(tmp_path_factory.mktemp("ours"), {**FEATURES, **NUMBERS}, DERIVE)
    evaluate(
        project.folder,
        project.root / "test",
        project.root,
        settings=Settings(resamples=0),
        raw=project.root / "data" / "test",
    )
    return project


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A model with the same columns, learnt from other rows, and another derive.py."""
    derive = DERIVE.replace("/ columns", "* columns")
    return made(tmp_path_factory.mktemp("other"), {**FEATURES, **NUMBERS}, derive, seed=9)


# Something swapped in the archive


def swapped(project: Project, target: Path, new: Path, *names: str, vouched: bool) -> str:
    """An archive with files of another; `vouched`: the manifest has their digests. Its digest."""
    files = target / "files"
    shutil.copytree(project.folder / "files", files)
    for name in names:
        shutil.copy(new / name, files / name)
    manifest = json.loads((files / "manifest.json").read_text())
    if vouched:
        manifest["files"] |= {name: sha256(files / name) for name in names}
    (files / "manifest.json").write_text(json.dumps(manifest))
    return pack(files, target)


BOTH = ("preprocessor.json", "derive.py")


@pytest.mark.parametrize(
    ("names", "vouched", "reason"),
    [
        (BOTH, False, "is damaged: its digest does not match"),
        (BOTH, True, "the preprocessor is not the one that the model was trained on"),
        (("derive.py",), False, r"derive\.py (is damaged|beside it is not the one that)"),
        (("derive.py",), True, "the derive.py beside it is not the one that it was fitted with"),
        (("model.joblib",), False, r"model\.joblib is damaged: its digest does not match"),
    ],
    ids=["preprocessor", "vouched preprocessor", "derive", "vouched derive", "estimator"],
)
def test_a_file_swapped_in_the_archive_is_noticed_by_whatever_predicts(
    ours, other, tmp_path, names, vouched, reason
):
    digest = swapped(ours, tmp_path, other.folder / "files", *names, vouched=vouched)

    def predicted() -> None:
        prepare_inference(tmp_path, digest, ours.root / "data" / "people", tmp_path)
        predict(tmp_path, digest, tmp_path / "features", tmp_path)

    def evaluated() -> None:
        evaluate(tmp_path, ours.root / "test", tmp_path, settings=Settings(resamples=0))

    def served() -> None:
        inference.model_fn(str(tmp_path / "files"))

    for way in (predicted, evaluated, served):
        with pytest.raises(DataError, match=reason):
            way()
    assert not (tmp_path / "predictions").exists()
    assert not (tmp_path / "evaluation").exists()


def test_a_whole_archive_swapped_for_another_is_opened_by_nobody(
    ours, other, tmp_path, monkeypatch
):
    shutil.copy(other.folder / "model.tar.gz", tmp_path)
    monkeypatch.setenv("MODEL_SHA256", ours.digest)
    people, codes = ours.root / "data" / "people", ours.root / "test"
    ways: dict[str, Callable[[], Any]] = {
        "preprocess": lambda: prepare_inference(tmp_path, ours.digest, people, tmp_path),
        "predict": lambda: predict(tmp_path, ours.digest, tmp_path / "features", tmp_path),
        "evaluate": lambda: evaluate(
            tmp_path, codes, tmp_path, settings=Settings(), sha256=ours.digest
        ),
        "serve": lambda: inference.model_fn(str(tmp_path)),
    }
    prepare_inference(ours.folder, ours.digest, people, tmp_path)

    for way in ways.values():
        with pytest.raises(DataError, match="is not the expected model"):
            way()


def test_codes_of_another_preprocessor_are_not_predicted_for(ours, other, tmp_path):
    prepare_inference(other.folder, other.digest, ours.root / "data" / "people", tmp_path)

    with pytest.raises(DataError, match="was made with another preprocessor than this model's"):
        predict(ours.folder, ours.digest, tmp_path / "features", tmp_path)


# Something swapped where it is served


def endpoint(loaded: model.Model, *, compiled: bool) -> Ask:
    """What serves a model."""
    scorer = Scorer(loaded, compiled=compiled)

    def ask(body: bytes, content_type: str) -> Answer:
        try:
            return Answer(200, protocol.respond(scorer, body, content_type, "*/*")[0])
        except protocol.Refused as refused:
            return Answer(refused.status, refused.body)

    return ask


def examined(ours: Project, loaded: model.Model, *, compiled: bool) -> dict[str, list[str]]:
    """What the test of the endpoint finds, which has the golden rows of our model."""
    text = (ours.root / "evaluation" / "golden.json").read_text()
    report = test_endpoint.examine(
        endpoint(loaded, compiled=compiled),
        Golden.read(text, "golden.json", 60),
        requests=2,
        clients=1,
    )
    return {name: sentences for name, sentences in report["checks"].items() if sentences}


def other_derive(ours: model.Model, other: model.Model) -> model.Model:
    return replace(ours, tables=replace(ours.tables, derivation=other.tables.derivation))


def other_edges(ours: model.Model, other: model.Model) -> model.Model:
    return replace(ours, tables=replace(ours.tables, binned=other.tables.binned))


def other_codes(ours: model.Model, other: model.Model) -> model.Model:
    """Categories are coded in another order."""
    city = ours.tables.categorical["city"]
    turned = replace(city, values=city.values[::-1])
    return replace(ours, tables=replace(ours.tables, categorical={"city": turned}))


def other_estimator(ours: model.Model, other: model.Model) -> model.Model:
    return replace(ours, estimator=other.estimator)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "not compiled"])
def test_what_is_served_as_it_was_tested_passes(ours, compiled):
    assert examined(ours, model.load(ours.folder), compiled=compiled) == {}


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "not compiled"])
@pytest.mark.parametrize("swap", [other_derive, other_edges, other_codes, other_estimator])
def test_an_endpoint_that_prepares_or_scores_rows_otherwise_fails_its_test(
    ours, other, swap, compiled
):
    served = swap(model.load(ours.folder), model.load(other.folder))

    found = examined(ours, served, compiled=compiled)

    assert "offline" in found["golden rows"][0]


# The champion


class Own(NamedTuple):
    """The champion on its own, as the inference jobs give it."""

    labels: dict[int, int]
    scores: dict[int, float]
    predictions: dict[int, int]


def on_its_own(champion: Project, people: Path, output: Path) -> Own:
    """Preprocess and Predict with the champion; of each row that it can read, by its number."""
    prepare_inference(champion.folder, champion.digest, people, output)
    predict(champion.folder, champion.digest, output / "features", output)
    with (output / "predictions" / "predictions.csv").open(newline="") as file:
        lines = [line for line in csv.DictReader(file) if not line["rejected"]]
    labels = {n: int(line.endswith("yes")) for n, line in enumerate(rows_to_test(), 1)}
    return Own(
        labels,
        {int(line["row"]): float(line["score"]) for line in lines},
        {int(line["row"]): int(line["prediction"] == "yes") for line in lines},
    )


def compared(new: Project, champion: Project, metric: str, output: Path) -> dict[str, Any]:
    """What the evaluation of the new model says of the champion."""
    rule = {"at_most": 1.0} if metric == "error" else {"at_least": 0.0}
    evaluate(
        new.folder,
        new.root / "test",
        output,
        settings=Settings(resamples=0, gate=Gate(metric, better_by=-1.0, **rule)),
        raw=new.root / "data" / "test",
        champion_folder=champion.folder,
        champion_sha256=champion.digest,
    )
    metrics = json.loads((output / "evaluation" / "metrics.json").read_text())
    found: dict[str, Any] = metrics["champion"]
    return found


@pytest.fixture(scope="module")
def champion(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """With fewer columns and other bins, and a threshold that makes a difference."""
    features = {**FEW_COLUMNS, "binned": {"income": 9}}
    return made(tmp_path_factory.mktemp("champion"), features, seed=5, threshold=0.3)


@pytest.mark.parametrize("turned", [False, True], ids=["reads more", "reads less"])
def test_a_champion_is_worth_what_it_is_worth_on_its_own(ours, champion, tmp_path, turned):
    """With its own preprocessor and its own threshold, on the rows that both models can read."""
    from sklearn.metrics import roc_auc_score

    new, old = (champion, ours) if turned else (ours, champion)
    alone = on_its_own(old, ours.root / "data" / "people", tmp_path)
    readable = on_its_own(new, ours.root / "data" / "people", tmp_path / "new").scores
    both = sorted(set(alone.scores) & set(readable))
    labels = np.array([alone.labels[row] for row in both])
    wrong = np.array([alone.predictions[row] for row in both]) != labels

    by_error = compared(new, old, "error", tmp_path / "error")
    by_ranks = compared(new, old, "roc_auc", tmp_path / "ranks")

    assert (by_error["rows"], by_error["unread"]) == (len(both), len(readable) - len(both))
    assert len(both) == 238
    assert by_error["value"] == pytest.approx(wrong.mean(), abs=1e-12)
    scores = [alone.scores[row] for row in both]
    assert by_ranks["value"] == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    if not turned:
        at_half = (np.array(scores) > 0.5) != labels
        assert at_half.mean() != pytest.approx(wrong.mean()), "the threshold decides some rows"


def test_a_model_is_as_good_as_itself(ours, tmp_path):
    found = compared(ours, ours, "roc_auc", tmp_path)

    assert (found["difference"], found["value"]) == (0.0, found["new_value"])


def test_a_champion_whose_preprocessor_was_swapped_is_not_compared_with(
    ours, champion, other, tmp_path
):
    folder = tmp_path / "model"
    digest = swapped(champion, folder, other.folder / "files", *BOTH, vouched=True)

    found = compared(ours, Project(tmp_path, digest), "error", tmp_path)

    assert (found["value"], found["difference"]) == (None, None)
    assert "the preprocessor is not the one that the model was trained on" in found["error"]
