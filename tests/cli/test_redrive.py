"""`redrive`, `stop`, `list` and `why` against an engine: what they do, and what they refuse."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import main
from pipelines.engine.daemon import process_start
from tests.end_to_end.project import Project
from tests.engine.whole import REGION, Whole

MACHINE = "demo-local-training"
DECIDES = {"Not good enough": {"Type": "Fail", "Error": "NotGoodEnough", "Cause": "0.8"}}
WAITS = {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}
DONE = {"Done": {"Type": "Pass", "End": True}}


@dataclass
class Engine:
    """An engine in this process, which the project's commands take for theirs."""

    whole: Whole
    project: Project
    arn: str

    def deploy(self, states: Any) -> None:
        """Another definition of the training pipeline."""
        definition = {"StartAt": next(iter(states)), "States": states}
        self.whole.client("stepfunctions").update_state_machine(
            stateMachineArn=self.arn, definition=json.dumps(definition)
        )

    def run(self, states: Any, name: str) -> str:
        """The ARN of an execution of this definition, once it has ended or stands still."""
        self.deploy(states)
        arn = self.whole.start(self.arn, name=name)
        if states is not WAITS:
            self.whole.ended(arn)
        return arn

    def status(self, arn: str) -> str:
        described = self.whole.client("stepfunctions").describe_execution(executionArn=arn)
        status: str = described["status"]
        return status


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    root = tmp_path_factory.mktemp("project")
    project = Project.make(root)
    project.configure("local", f"engine: local\nregion: {REGION}\n")
    whole = Whole(root / ".local")
    record = {"url": whole.url, "pid": os.getpid(), "started": process_start(os.getpid())}
    (root / ".local" / "engine.json").write_text(json.dumps({**record, "since": 0.0}))
    arn = whole.machine(DONE, MACHINE)
    template = {
        "Resources": {"Log": {"Type": "AWS::Logs::LogGroup", "Properties": {}}},
        "Outputs": {"StateMachineArn": {"Value": arn}},
    }
    whole.client("cloudformation").create_stack(
        StackName=MACHINE, TemplateBody=json.dumps(template)
    )
    yield Engine(whole, project, arn)
    whole.close()


Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(engine: Engine, capsys: pytest.CaptureFixture[str]) -> Said:
    """Run a command; its exit status, standard output and standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(["--project", str(engine.project.root), *arguments])
        printed = capsys.readouterr()
        return int(caught.value.code or 0), printed.out, printed.err

    return run


def test_a_stopped_execution_is_redriven_and_followed_to_its_end(
    engine: Engine, said: Said
) -> None:
    """The Wait is over by then: a redrive goes on with the rest of it."""
    waits = {"Wait": {**WAITS["Wait"], "Seconds": 2}}
    engine.deploy(waits)
    arn = engine.whole.start(engine.arn, name="stopped")

    status, _, err = said("stop", "stopped", "--reason", "wrong data")
    assert (status, engine.status(arn)) == (0, "ABORTED")
    assert "stopped has ended: ABORTED" in err
    status, out, _ = said("redrive", "stopped", "local", "--json")

    assert (status, engine.status(arn)) == (0, "SUCCEEDED")
    assert json.loads(out)["status"] == "SUCCEEDED"


def test_a_stop_keeps_its_reason(engine: Engine, said: Said) -> None:
    engine.run(WAITS, "reasoned")

    said("stop", "reasoned", "local", "--reason", "wrong data")

    _, out, _ = said("why", "reasoned", "local")
    assert "reason             wrong data" in out
    assert "python -m pipelines redrive reasoned local" in out


def test_what_has_ended_is_not_stopped_again(engine: Engine, said: Said) -> None:
    engine.run(DONE, "over")

    status, out, err = said("stop", "over")

    assert (status, out) == (2, "")
    assert "over has ended already: SUCCEEDED" in err


def test_a_decision_is_not_redriven_and_the_new_execution_is_told(
    engine: Engine, said: Said
) -> None:
    arn = engine.run(DECIDES, "decided")

    status, _, err = said("redrive", "decided")

    assert status == 2
    assert "by a decision of the state machine's" in err
    assert "python -m pipelines run training local" in err
    assert (
        engine.whole.client("stepfunctions").describe_execution(executionArn=arn)["redriveCount"]
        == 0
    )


def test_what_succeeded_is_not_redriven(engine: Engine, said: Said) -> None:
    engine.run(DONE, "succeeded")

    status, _, err = said("redrive", "succeeded")

    assert status == 2
    assert "it succeeded" in err


def test_after_another_deployment_a_person_has_to_insist(engine: Engine, said: Said) -> None:
    arn = engine.run(WAITS, "older")
    said("stop", "older")
    engine.deploy(DONE)

    status, _, err = said("redrive", "older", "local")
    assert status == 2
    assert "another definition has been deployed since" in err
    assert "--old-definition" in err
    status, out, _ = said("redrive", "older", "local", "--old-definition", "--detach")

    assert (status, out.strip()) == (0, arn)
    assert engine.status(arn) == "RUNNING"
    said("stop", "older")


def test_an_execution_that_there_is_not(said: Said) -> None:
    for command in ("why", "redrive", "stop"):
        status, out, err = said(command, "nobody", "local")

        assert (status, out) == (2, "")
        assert "there is no execution nobody" in err


def test_executions_are_listed_newest_first_with_what_went_wrong(
    engine: Engine, said: Said
) -> None:
    engine.run(DONE, "first")
    engine.run(DECIDES, "second")

    status, out, _ = said("list", "training", "local", "--limit", "2")
    assert status == 0
    second, first = out.splitlines()
    assert second.startswith("second  FAILED")
    assert second.endswith("NotGoodEnough: 0.8")
    assert first.startswith("first   SUCCEEDED")
    _, out, _ = said("list", "training", "local", "--status", "failed", "--limit", "1", "--json")

    assert [each["name"] for each in json.loads(out)] == ["second"]


def test_a_pipeline_that_there_is_not(said: Said) -> None:
    status, out, err = said("list", "trainning", "local")

    assert (status, out) == (2, "")
    assert "Did you mean training?" in err


def test_what_is_refused_leaves_no_traceback(said: Said, tmp_path: Path) -> None:
    status, _, err = said("why", str(tmp_path / "nothing.json"))

    assert status == 2
    assert "Traceback" not in err
