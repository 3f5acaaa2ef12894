"""``${Name}``: what CloudFormation fills in when it deploys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.asl.findings import Broken, nearest, rule
from pipelines.asl.model import Machine, strings

_SUBSTITUTION = re.compile(r"\$\{([^}]*)(\}?)")
_NAME = re.compile(r"[A-Za-z0-9_]+")


@rule(
    "P155",
    "warning",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
    "aws-resource-stepfunctions-statemachine.html",
    quote="A map (string to string) that specifies the mappings for placeholder variables in the "
    "state machine definition.",
    bad="""
Resources:
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: arn:aws:iam::123456789012:role/machine
      DefinitionSubstitutions: {Bucket: data}
      Definition:
        StartAt: Only
        States: {Only: {Type: Pass, Result: "s3://${Buckt}/x", End: true}}
""",
    good="""
Resources:
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: arn:aws:iam::123456789012:role/machine
      DefinitionSubstitutions: {Bucket: data}
      Definition:
        StartAt: Only
        States: {Only: {Type: Pass, Result: "s3://${Bucket}/x", End: true}}
""",
)
def substitutions_are_declared(machine: Machine) -> Iterator[Broken]:
    """In a template ${Name} is replaced when the machine is deployed: its name is in
    DefinitionSubstitutions and has only letters, digits and underscores.  What is not declared
    stays in the definition as it stands.  Without a template nobody knows who fills it in, and
    every ${…} passes."""
    known = machine.substitutions
    if known is None:
        return
    for place, text in strings((), machine.definition):
        for match in _SUBSTITUTION.finditer(text) if "${" in text else ():
            name, closed = match[1], match[2]
            if closed and name in known:
                continue
            if not closed or not _NAME.fullmatch(name):
                yield Broken(place, f"{match[0]!r} is not a substitution like ${{Name}}")
            else:
                near = nearest(name, sorted(known))
                yield Broken(
                    place,
                    f"the substitution ${{{name}}} is not declared{near}",
                    f"Add {name} to DefinitionSubstitutions.",
                )
