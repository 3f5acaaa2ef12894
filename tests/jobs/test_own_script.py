"""The script that docs/algorithms.md shows does all that a training script has to do."""

import re
import sys

from tests.jobs.learnt import prepared
from tests.jobs.made import FEATURES, ROOT, done, pack, run, run_program


def test_the_script_in_the_documentation_makes_a_model_that_the_other_jobs_take(tmp_path):
    out = prepared(tmp_path / "project", FEATURES)
    text = (ROOT / "docs" / "algorithms.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    bundle, model = tmp_path / "code", tmp_path / "trained" / "model"
    for package in ("jobs", "preprocessing"):
        bundle.mkdir(exist_ok=True)
        (bundle / package).symlink_to(ROOT / package)
    (bundle / "training").mkdir()
    (bundle / "training" / "bayes.py").write_text(script)
    model.mkdir(parents=True)

    done(
        run_program(
            [sys.executable, "training/bayes.py"],
            cwd=bundle,
            PYTHONPATH="",
            SM_CHANNEL_TRAIN=str(out / "train"),
            SM_CHANNEL_PREPROCESSOR=str(out / "preprocessor"),
            SM_MODEL_DIR=str(model),
        )
    )

    digest = pack(model, model.parent)
    trusted = ("--model", model.parent, "--model-sha256", digest)
    people = ("--inference", tmp_path / "project" / "data" / "people")
    done(run("preprocess", "inference", *trusted, *people, "--output", tmp_path))
    done(run("predict", *trusted, "--features", tmp_path / "features", "--output", tmp_path))
    lines = (tmp_path / "predictions" / "predictions.csv").read_text().splitlines()
    assert len(lines) == 1 + 200
    assert {line.split(",")[2] for line in lines[1:]} == {"yes", "no"}
