"""Stop: an end of the execution with an error of its own, from which a redrive leads back.

A Fail alone is no such end: a redrive would enter the Fail again, with the same input. But what is
not input has changed then, the execution's count of redrives; so the Fail stands in a Parallel of
one branch, gives the error `Redriven` as soon as the count is another one, and the Parallel catches
that and leads back. No permission and no call is needed for it.
https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
"""

from __future__ import annotations

from pipelines.sdk import Catch, Chain, Expression, Fail, Parallel, Pass, State, bind

REDRIVEN = "Redriven"
# One place in the array if the two counts are equal, two if the execution was redriven since.
_WHICH = (
    "States.ArrayLength(States.ArrayUnique(States.Array($.redrives, $$.Execution.RedriveCount)))"
)


def stop(
    name: str, fail: str, *, failure: str, again: State, comment: str, replaces: str | None = None
) -> State:
    """Fail with the error and the cause that lie at the path `failure`; redriven, go to `again`.

    Args:
        name: of the state that the execution ends in, and `fail` of the Fail inside it.
        failure: the path of `{"Error": …, "Cause": …}`, as a catcher writes it.
        again: its input is what `name` got, with the failure replaced by one named `Redriven`.
        replaces: what that error replaces, if it is more than the failure: a path above it.
    """
    # A redrive enters the Fail with the input that it had: with the count as it was then.
    before = Pass(
        f"Redrives before {name[:1].lower()}{name[1:]}",
        parameters=bind(
            {
                "error": Expression(f"{failure}.Error"),
                "cause": Expression(f"{failure}.Cause"),
                "redrives": Expression("$$.Execution.RedriveCount"),
            }
        ),
    )
    end = Fail(
        fail,
        comment=f"{REDRIVEN}, if the execution was redriven since",
        error_path=f"States.ArrayGetItem(States.Array('', $.error, '{REDRIVEN}'), {_WHICH})",
        cause_path="$.cause",
    )
    state = Parallel(name, comment=comment)
    state.add_branch(Chain([before, end]))
    state.add_catch(
        Catch(error_equals=[REDRIVEN], result_path=replaces or failure, next_step=again)
    )
    return state
