"""The foundation: the registry, the topic, the tables, and who hears."""

from __future__ import annotations

from typing import Any

from pipelines.template.foundation import build_foundation
from tests.environments import make_environment


def resources(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = build_foundation(make_environment(**changes))["Resources"]
    return made


def subscriptions(**notify: Any) -> dict[str, Any]:
    return {
        name: resource["Properties"]
        for name, resource in resources(notify=notify).items()
        if resource["Type"] == "AWS::SNS::Subscription"
    }


def test_what_pipelines_take_as_parameters_are_its_outputs() -> None:
    outputs = build_foundation(make_environment(reuse=True))["Outputs"]

    assert {"Bucket", "ModelPackageGroupName", "TopicArn", "ApprovalsTable", "ReuseTable"} <= set(
        outputs
    )


def test_every_environment_has_the_table_of_questions_and_it_outlives_the_stack() -> None:
    for approval in ("automatic", "manual"):
        table = resources(approval=approval)["ApprovalsTable"]
        assert table["DeletionPolicy"] == "RetainExceptOnCreate"
        assert table["UpdateReplacePolicy"] == "Retain"


def test_results_are_remembered_only_where_they_are_reused_and_not_for_ever() -> None:
    assert "ReuseTable" not in resources()
    table = resources(reuse=True)["ReuseTable"]
    assert table["Properties"]["TimeToLiveSpecification"]["Enabled"] is True
    assert table["DeletionPolicy"] == "Delete"


def test_each_address_is_subscribed_once_under_a_name_that_stays() -> None:
    one = subscriptions(emails=("a@b.org", "c@d.org", "a@b.org"), urls=("https://e.org/x",))
    other = subscriptions(emails=("c@d.org",), urls=())

    assert sorted((each["Protocol"], each["Endpoint"]) for each in one.values()) == [
        ("email", "a@b.org"),
        ("email", "c@d.org"),
        ("https", "https://e.org/x"),
    ]
    assert other.items() <= one.items()


def test_who_names_nobody_subscribes_nobody() -> None:
    assert subscriptions() == {}
