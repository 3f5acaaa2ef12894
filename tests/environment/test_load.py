"""An environment from its two files: what is accepted, and how everything else is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.environment.images import FrameworkImage, UriImage
from pipelines.environment.load import load_environment, resolve
from pipelines.environment.project import environment_names
from pipelines.errors import ConfigError
from tests.environment.projects import BASE, DEV, ROOT, make_project

OWN_IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/mine:1"


def problems(root: Path, dev: str, base: str = BASE) -> list[str]:
    """What is said of `dev`, which gets the required keys if it lacks them, below its own."""
    for line in DEV.splitlines():
        if f"\n{line.split(':')[0]}:" not in f"\n{dev}":
            dev = f"{dev}\n{line}"
    try:
        load_environment(make_project(root, dev, base), "dev")
    except ConfigError as error:
        return [line.strip() for line in str(error).splitlines() if "config/" in line]
    return []


@pytest.mark.parametrize("name", environment_names(ROOT))
def test_every_environment_of_this_project_is_sound(name: str) -> None:
    environment = load_environment(ROOT, name)

    assert environment.name == name
    assert environment.prefix == f"census-income-{name}"


def test_an_environment_says_only_what_differs(tmp_path: Path) -> None:
    over = DEV + "steps: {train: {volume_gb: 99}}\nmodel: {hyperparameters: {max_iter: 7}}\n"
    environment = load_environment(make_project(tmp_path, over), "dev")

    assert environment.steps.train.volume_gb == 99
    assert environment.steps.train.instance_type == "ml.m5.2xlarge"
    assert environment.model.hyperparameters == {
        "max_iter": 7,
        "learning_rate": 0.06,
        "early_stopping": False,
        "random_state": 0,
    }


def test_a_list_replaces_the_base_s(tmp_path: Path) -> None:
    over = DEV + "features: {numeric: [capital gains]}\n"

    assert load_environment(make_project(tmp_path, over), "dev").features.numeric == (
        "capital gains",
    )


@pytest.mark.parametrize(
    ("over", "key", "value"),
    [
        ("data: {test_fraction: 0.2}", "data", {"test": None, "test_fraction": 0.2}),
        ("gate: {metric: error, at_most: 0.05}", "gate", {"at_least": None, "at_most": 0.05}),
        ("features: {id: null}", "features", {"id": None}),
    ],
)
def test_a_key_replaces_what_it_excludes(
    tmp_path: Path, over: str, key: str, value: dict[str, object]
) -> None:
    part = getattr(load_environment(make_project(tmp_path, DEV + over), "dev"), key)

    assert {name: getattr(part, name) for name in value} == value


def test_an_image_of_one_s_own_replaces_one_of_aws(tmp_path: Path) -> None:
    over = DEV + f"image: {{training: {{uri: '{OWN_IMAGE}'}}}}"
    image = load_environment(make_project(tmp_path, over), "dev").image

    assert image.training == UriImage(uri=OWN_IMAGE)
    assert image.serving is None


def test_a_framework_replaces_an_image_of_one_s_own(tmp_path: Path) -> None:
    base = BASE.replace("{framework: sklearn, version: 1.4-2}", f"{{uri: '{OWN_IMAGE}'}}")
    over = DEV + "image: {training: {framework: sklearn, version: 1.2-1}}"

    assert load_environment(
        make_project(tmp_path, over, base), "dev"
    ).image.training == FrameworkImage(framework="sklearn", version="1.2-1")


def test_a_whole_number_is_a_number_and_nothing_else_is_another_type(tmp_path: Path) -> None:
    over = DEV + "gate: {at_least: 1}\nmodel: {hyperparameters: {a: 1, b: true, c: '1', d: 1.0}}"
    environment = load_environment(make_project(tmp_path, over), "dev")
    given = environment.model.hyperparameters

    assert environment.gate.at_least == 1.0
    assert [type(given[name]) for name in "abcd"] == [int, bool, str, float]


# an environment's first line, what is said about it after "config/dev.yaml:1: "
REFUSED = [
    # unknown keys
    ("featuers: {}", "featuers: is not a key; did you mean features?"),
    ("steps: {train: {volum_gb: 3}}", "steps.train.volum_gb: is not a key; did you mean volume_gb"),
    ("steps: {trian: {}}", "steps.trian: is not a key; did you mean train?"),
    ("label: {}", "label: is not a key here, but in features"),
    ("steps: {predict: {spot: {}}}", "steps.predict.spot: is not a key here, but in steps.train"),
    ("colour: red", "colour: is not a key; there are account, approval, approval_within_s, data,"),
    ("name: dev", "name: is not set here: an environment is called as its file is"),
    # types
    ("project: 5", "project: must be text, is 5; write '5'"),
    ("account: 123456789012", "account: must be text, is 123456789012; write '123456789012'"),
    ("image: {training: {version: 1.2}}", "version: must be text, is 1.2; write '1.2'"),
    ("steps: {train: {volume_gb: '30'}}", "volume_gb: must be a whole number, is '30'"),
    ("steps: {train: {volume_gb: 30.0}}", "volume_gb: must be a whole number, is 30.0"),
    ("steps: {train: {volume_gb: true}}", "volume_gb: must be a whole number, is true"),
    ("steps: {train: {max_runtime_s: 1h}}", "max_runtime_s: must be a whole number, is '1h'"),
    ("steps: {train: []}", "steps.train: must be 'key: value' lines, is a list"),
    ("features: {numeric: age}", "features.numeric: must be a list, is 'age'"),
    ("features: {numeric: [a, 5]}", "features.numeric[2]: must be text, is 5; write '5'"),
    ("features: {categorical: rest}", "must be a list or 'the rest', is 'rest'"),
    ("features: {categorical: 5}", "features.categorical: must be a list or 'the rest', is 5"),
    ("features: {categorical: [a, 5]}", "features.categorical[2]: must be text, is 5"),
    ("features: {binned: {age: ten}}", "features.binned.age: must be a whole number, is 'ten'"),
    ("gate: {at_least: '0.9'}", "gate.at_least: must be a number, is '0.9'"),
    ("image: null", "image: must be 'key: value' lines, is null"),
    ("tags: {a: 1}", "tags.a: must be text, is 1; write '1'"),
    (
        "model: {hyperparameters: {max_iter: [1]}}",
        "max_iter: must be true or false, a whole number, a number or text, is a list",
    ),
    # choices
    ("engine: Local", "engine: must be 'aws' or 'local', is 'Local'; did you mean local?"),
    ("approval: true", "approval: must be 'automatic', 'manual' or 'manual when close', is true"),
    ("gate: {metric: rocauc}", "is 'rocauc'; did you mean roc_auc?"),
    ("steps: {train: {instance_count: 2}}", "steps.train.instance_count: must be 1, is 2"),
    # forms
    ("project: My_Project", "must be small letters, digits and single hyphens, a letter first"),
    ("project: " + "a" * 33, "project: must have at most 32 characters, has 33"),
    ("region: europe", "region: must be the name of an AWS region, such as eu-central-1"),
    ("account: '12'", "account: must be the 12 digits of an AWS account, is '12'"),
    ("steps: {train: {instance_type: m5.large}}", "a SageMaker instance type, such as ml.m5.xl"),
    ("image: {training: {uri: mine}}", "image.training.uri: must be like <account>.dkr.ecr."),
    ("image: {training: {version: latest}}", "image.training.version: must be like 1.4-2"),
    ("data: {training: train.csv}", "must be like s3://${bucket}/data/train.csv, is 'train.csv'"),
    ("data: {training: 's3://${bucket}'}", "must be like s3://${bucket}/data/train.csv"),
    ("data: {training: 's3://${bucket}/a/../b'}", "must be like s3://${bucket}/data/train.csv"),
    ('data: {training: "s3://abc/it\'s"}', "must be like s3://${bucket}/data/train.csv"),
    ("data: {training: s3://$bucket/x}", "contains $bucket; the only placeholder is ${bucket}"),
    ("data: {training: 's3://${region}/x'}", "contains ${region}; the only placeholder is"),
    ("data: {training: 's3://${bucket}/${x}'}", "contains ${x}; the only placeholder is ${bucket}"),
    ("data: {training: 's3://abc/${bucket}'}", "contains ${bucket}; the only placeholder is"),
    ("model: {hyperparameters: {a: '${x}'}}", "hyperparameters.a: contains ${; placeholders are"),
    ("model: {hyperparameters: {sagemaker_x: 1}}", "its name must be letters, digits and _, and"),
    # limits
    ("steps: {train: {volume_gb: 0}}", "steps.train.volume_gb: must be at least 1, is 0"),
    ("steps: {train: {volume_gb: 16385}}", "must be at most 16,384, is 16385"),
    ("steps: {predict: {max_runtime_s: 777601}}", "must be at most 777,600, is 777601"),
    ("data: {test_fraction: 1.0}", "data.test_fraction: must be less than 1, is 1.0"),
    ("data: {test_fraction: 0}", "data.test_fraction: must be more than 0, is 0"),
    ("features: {binned: {age: 1}}", "features.binned.age: must be at least 2, is 1"),
    ("features: {id: ''}", "features.id: must not be empty"),
    ("tags: {'aws:x': a}", 'tags."aws:x": its name must be letters, digits, spaces and _ . : /'),
    ("tags: {'AWS:x': a}", "not begin with aws:"),
    ("tags: {a: 'x;y'}", "tags.a: must be letters, digits, spaces and _ . : / = + - @, is 'x;y'"),
    (f"tags: {{{'k' * 129}: a}}", "its name must have at most 128 characters, has 129"),
    (f"tags: {{a: {'v' * 257}}}", "tags.a: must have at most 256 characters, has 257"),
    (
        "tags: {" + ", ".join(f"k{i}: v" for i in range(41)) + "}",
        "tags: must have at most 40 entries, has 41",
    ),
    # what does not go together
    (
        "data: {test: s3://abc/t, test_fraction: 0.5}",
        "data.test_fraction: cannot stand beside test",
    ),
    ("data: {test: null}", "data.test: needs test or test_fraction"),
    ("gate: {at_least: null}", "gate.at_least: needs at_least or at_most"),
    ("gate: {at_least: 94.5}", "gate.at_least: must be from 0 to 1 for roc_auc, is 94.5"),
    ("gate: {at_most: 0.9}", "is on the wrong side: a higher roc_auc is better; use at_least"),
    ("gate: {metric: error, at_least: 0.1}", "a lower error is better; use at_most"),
    (f"image: {{training: {{uri: '{OWN_IMAGE}', version: 1.4-2}}}}", "cannot stand beside uri"),
    ("image: {serving: {}}", "image.serving: needs framework and version, or uri"),
    ("image: {serving: {framework: sklearn}}", "image.serving.version: is missing"),
    ("features: {numeric: [income]}", "names column 'income', which is in label too"),
    ("features: {numeric: [a, a]}", "features.numeric[2]: names column 'a' twice"),
    ("steps: {train: {spot: {max_wait_s: 60}}}", "must be at least max_runtime_s, 3600, which it"),
]


@pytest.mark.parametrize(("line", "said"), REFUSED, ids=lambda text: text[:50])
def test_what_is_wrong_is_said_once_where_it_stands(tmp_path: Path, line: str, said: str) -> None:
    found = problems(tmp_path, line)

    assert len(found) == 1, found
    assert found[0].startswith("config/dev.yaml:1: ")
    assert said in found[0]


def test_every_problem_of_both_files_is_said_at_once_in_their_order(tmp_path: Path) -> None:
    base = BASE.replace("early_stopping: false", "early_stopping: no").replace(
        "gate:\n  metric:", "gate:\n  metrc:"
    )
    dev = "regio: eu-central-1\ntags: {a: 1, a: 2}\ngate: {at_least: high}\nsteps: {train: 5}\n"

    found = [line.split(" ")[:2] for line in problems(tmp_path, dev, base)]

    assert found == [
        ["config/base.yaml:64:", "model.hyperparameters.early_stopping:"],
        ["config/base.yaml:75:", "gate.metrc:"],
        ["config/dev.yaml:1:", "regio:"],
        ["config/dev.yaml:2:", "tags.a:"],
        ["config/dev.yaml:2:", "tags.a:"],
        ["config/dev.yaml:3:", "gate.at_least:"],
        ["config/dev.yaml:4:", "steps.train:"],
    ]


def test_a_problem_of_the_base_is_said_although_the_environment_overrides_it(
    tmp_path: Path,
) -> None:
    base = BASE.replace("max_iter: 300", "max_iter: [300]")

    assert len(problems(tmp_path, "model: {hyperparameters: {max_iter: 3}}", base)) == 1


def test_a_syntax_error_in_one_file_does_not_hide_the_problems_of_the_other(
    tmp_path: Path,
) -> None:
    base = BASE.replace("project:", "projct:")

    assert problems(tmp_path, "tags: {a: 'b}", base) == [
        "config/base.yaml:6: projct: is not a key; did you mean project?",
        "config/dev.yaml:1: opens a quote that is never closed",
    ]


def test_a_refused_value_is_not_also_called_wrong_or_missing(tmp_path: Path) -> None:
    assert len(problems(tmp_path, "approval: no\nengine: *x\nfeatures: {drop: [~]}")) == 3


def test_what_both_files_lack_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load_environment(make_project(tmp_path, "approval: manual"), "dev")

    assert str(error.value) == "config/dev.yaml: region: is missing, here and in config/base.yaml"


def test_one_mistake_does_not_hide_another_in_the_same_part(tmp_path: Path) -> None:
    found = problems(tmp_path, "data: {training: 5, test: s3://abc/t, test_fraction: 0.5}")

    assert len(found) == 2


def test_each_value_knows_where_it_was_written(tmp_path: Path) -> None:
    over = DEV + "model:\n  hyperparameters:\n    max_iter: 7\ntags: {team: a}\n"
    settings = {s.key: s for s in resolve(make_project(tmp_path, over), "dev").settings}
    sources = {".".join(key): str(setting.source) for key, setting in settings.items()}

    assert sources["region"] == "config/dev.yaml:1"
    assert sources["model.hyperparameters.max_iter"] == "config/dev.yaml:5"
    assert sources["tags.team"] == "config/dev.yaml:6"
    assert sources["project"] == "config/base.yaml:6"
    assert settings["engine",].source is None
