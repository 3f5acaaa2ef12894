"""`why`: what is said of an execution that did not succeed, and of a history that was saved."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.aws import Connection
from pipelines.cli import main
from pipelines.cli.explaining import explained, rerun_command
from pipelines.cli.find_run import Run
from pipelines.cli.why_report import why_document, why_lines
from pipelines.execution.redrive import Obstacle
from pipelines.execution.remedies import REMEDIES
from pipelines.execution.view import View, view_of
from pipelines.execution.why import explain
from tests.conftest import ROOT
from tests.deployment.fakes import environment
from tests.execution.fakes import EXECUTION, Script

LOCAL = Connection("eu-west-1", lambda service: None, endpoint_url="http://x")
AWS = Connection("eu-west-1", lambda service: None)


def failed_script(reason: str = "AlgorithmError: the well is dry, exit code: 3") -> Script:
    script = Script()
    script.enter("Preprocess")
    script.schedule("job-1")
    script.fail_task("SageMaker.AmazonSageMakerException", "throttled")
    script.schedule("job-2")
    cause = json.dumps({"FailureReason": reason})
    script.fail_task("States.TaskFailed", cause)
    return script.fail("States.TaskFailed", cause)


def lines(script: Script, connection: Connection | None = LOCAL, *log: str) -> list[str]:
    return why_lines(explain(view_of(script.events), log=log), connection)


class TestLines:
    def test_state_error_reason_last_words_and_remedy(self) -> None:
        assert lines(failed_script(), LOCAL, "reading", "dry") == [
            "state              Preprocess (attempt 2)",
            "error              States.TaskFailed",
            "reason             AlgorithmError: the well is dry, exit code: 3",
            "job                job-2",
            "log                | reading",
            "                   | dry",
            "",
            "what to do         "
            "The job's program failed: its last lines say where. Mend the data; or",
            f"{'':<19}mend the code, deploy, and start a new execution, since a redrive runs",
            "                   the code that there was.",
        ]

    def test_on_aws_it_also_says_how_to_read_the_whole_log(self) -> None:
        assert (
            "all of it          aws logs tail /aws/sagemaker/ProcessingJobs --since 1d "
            "--region eu-west-1 --log-stream-name-prefix job-2/"
        ) in lines(failed_script(), AWS)

    def test_the_cause_of_a_fail_state_is_shown_in_full(self) -> None:
        script = Script()
        script.enter("Not good enough", type="Fail")
        cause = "The gate wants roc_auc at least 0.99; the model has 0.95. " + "x" * 500
        script.fail("NotGoodEnough", cause)

        assert lines(script)[:3] == [
            "state              Not good enough",
            "error              NotGoodEnough",
            f"reason             {cause}",
        ]

    def test_a_decision_comes_with_the_report_that_it_was_made_from(self) -> None:
        script = Script()
        script.enter("Evaluate")
        outputs = [{"OutputName": "evaluation", "S3Output": {"S3Uri": "s3://b/job-1/evaluation"}}]
        script.schedule("job-1", ProcessingOutputConfig={"Outputs": outputs})
        script.succeed_task()
        script.exit("Evaluate")
        script.enter("Not good enough", type="Fail")
        script.fail("NotGoodEnough", "not passed: …")
        files = {"s3://b/job-1/evaluation/report.html": Path("/here/report.html")}

        said = why_lines(explain(view_of(script.events)), LOCAL, files.get)

        assert said[3:6] == [
            "report             s3://b/job-1/evaluation/report.html",
            "                   /here/report.html",
            "",
        ]

    def test_an_input_of_a_long_name_keeps_its_name(self) -> None:
        why = replace(explain(view_of(failed_script().events)), input={"hyperparameters": "{}"})

        assert "hyperparameters    {}" in why_lines(why, LOCAL)

    def test_an_execution_that_was_stopped_has_its_status_for_an_error(self) -> None:
        script = Script()
        script.enter("Train")

        assert "error              ABORTED" in lines(script.abort())

    def test_why_there_is_no_redrive(self) -> None:
        why = explain(view_of(failed_script().events), obstacle=Obstacle("it is too old"))

        assert "no redrive         it is too old" in why_lines(why, LOCAL)


class TestDocument:
    def test_it_is_json_with_everything_that_people_are_told(self) -> None:
        document = why_document(explain(view_of(failed_script().events), log=["dry"]))

        assert json.loads(json.dumps(document)) == {
            "status": "FAILED",
            "state": "Preprocess",
            "attempts": 2,
            "job": "job-2",
            "error": "States.TaskFailed",
            "reason": "AlgorithmError: the well is dry, exit code: 3",
            "input": {},
            "report": None,
            "log": ["dry"],
            "remedy": REMEDIES[-1].text,
            "redrivable": True,
            "not_redrivable_because": None,
            "next": [],
        }


class States:
    """One execution that failed, whose definition is the one that is deployed."""

    def __init__(self, **changes: Any) -> None:
        self._description = {"status": "FAILED", "redriveStatus": "REDRIVABLE", **changes}

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        return self._description

    def describe_state_machine_for_execution(self, executionArn: str) -> dict[str, Any]:
        return {"definition": "{}"}

    def describe_state_machine(self, stateMachineArn: str) -> dict[str, Any]:
        return {"definition": "{}"}


class Stacks:
    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        output = {"OutputKey": "Bucket", "OutputValue": "a-bucket"}
        stack = {"StackName": StackName, "StackStatus": "CREATE_COMPLETE", "Outputs": [output]}
        return {"Stacks": [{**stack, "Parameters": [], "StackId": "id"}]}


def run(**changes: Any) -> Run:
    clients = {"stepfunctions": States(**changes), "cloudformation": Stacks()}
    connection = Connection("eu-west-1", clients.__getitem__)
    return Run(Path(), environment(), connection, "training", EXECUTION)


class TestCommands:
    def test_what_can_be_redriven_is(self) -> None:
        assert explained(run(), view_of(failed_script().events)).next == [
            "python -m pipelines redrive monday dev"
        ]

    def test_what_the_configuration_decides_wants_a_deployment_and_a_new_execution(self) -> None:
        script = failed_script("AlgorithmError: MemoryError")

        assert explained(run(), view_of(script.events)).next == [
            "python -m pipelines deploy dev a-bucket",
            "python -m pipelines run training dev",
        ]

    def test_what_aws_does_not_redrive_any_more_is_started_anew(self) -> None:
        old = run(redriveStatus="NOT_REDRIVABLE", redriveStatusReason="too old")

        assert explained(old, view_of(failed_script().events)).next == [
            "python -m pipelines run training dev"
        ]

    def test_a_new_execution_has_the_same_input(self) -> None:
        command = rerun_command(run(), json.dumps({"training_data": "s3://b/a b.csv", "n": 3}))

        assert command == (
            "python -m pipelines run training dev --input 'training_data=s3://b/a b.csv' "
            "--input n=3"
        )

    def test_of_a_saved_history_the_names_are_left_to_the_reader(self) -> None:
        assert explained(None, view_of(failed_script().events)).next == [
            "python -m pipelines redrive RUN ENV"
        ]


Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Run the command line; its exit status, standard output and standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(["--project", str(ROOT), *arguments])
        printed = capsys.readouterr()
        return int(caught.value.code or 0), printed.out, printed.err

    return run


def saved(tmp_path: Path, script: Script) -> str:
    path = tmp_path / "history.json"
    document = {"events": script.events}
    path.write_text(json.dumps(document, default=lambda at: at.isoformat()), encoding="utf-8")
    return str(path)


class TestSavedHistory:
    def test_of_any_state_machine(self, said: Said, tmp_path: Path) -> None:
        status, out, err = said("why", saved(tmp_path, failed_script()))

        assert (status, err) == (0, "")
        assert "the well is dry" in out
        assert "python -m pipelines redrive RUN ENV" in out

    def test_as_json(self, said: Said, tmp_path: Path) -> None:
        _, out, _ = said("why", saved(tmp_path, failed_script()), "--json")

        assert json.loads(out)["state"] == "Preprocess"

    def test_of_an_execution_that_succeeded_there_is_nothing_to_explain(
        self, said: Said, tmp_path: Path
    ) -> None:
        status, out, err = said("why", saved(tmp_path, Script().succeed({})))

        assert (status, out) == (0, "")
        assert "succeeded: there is no failure to explain" in err

    def test_a_file_that_is_none_is_refused(self, said: Said, tmp_path: Path) -> None:
        (tmp_path / "x.json").write_text("[]")

        status, out, err = said("why", str(tmp_path / "x.json"))

        assert (status, out) == (2, "")
        assert "is not the history of an execution" in err


def test_a_view_of_nothing_has_no_failed_state() -> None:
    assert View("FAILED").failed_state is None
