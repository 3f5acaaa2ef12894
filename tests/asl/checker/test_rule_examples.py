"""The examples on the pages of rules: the bad one breaks its rule, the good one breaks none."""

import pytest

from pipelines.asl.checker import check_all
from pipelines.asl.checker.production import PRODUCTION
from pipelines.asl.checker.requests import REQUESTS

RULES = {rule.id: rule for rule in (*REQUESTS, *PRODUCTION)}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_bad_example_breaks_its_rule(rule):
    assert rule.id in {finding.rule for finding in check_all(rule.bad)}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_good_example_breaks_no_rule(rule):
    assert [str(finding) for finding in check_all(rule.good)] == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_what_it_demands_and_where_aws_says_so(rule):
    assert rule.text.rstrip().endswith((".", '"'))
    assert rule.source.startswith("https://docs.aws.amazon.com/")
    assert rule.quote


def test_production_never_refuses():
    assert {rule.severity for rule in PRODUCTION} == {"warning"}
