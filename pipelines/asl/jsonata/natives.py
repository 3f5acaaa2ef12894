"""Variables, and the built-in functions that they start with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.asl.jsonata.library import Jsonata, Symbol
from pipelines.asl.jsonata.numbers import is_number, number
from pipelines.asl.jsonata.signatures import Signature

if TYPE_CHECKING:
    from pipelines.asl.jsonata.engine import Evaluator


class Frame(Jsonata.Frame):  # type: ignore[misc]
    """Variables of a scope; unlike the library's, binding a function does not rename it."""

    def bind(self, name: str, val: Any) -> None:
        self.bindings[name] = val

    def lookup(self, name: str) -> Any:
        frame = self
        while frame is not None:
            if name in frame.bindings:
                return frame.bindings[name]
            frame = frame.parent
        return None


@dataclass(frozen=True, eq=False)
class Native(Jsonata.JFunctionCallable):  # type: ignore[misc]
    """A built-in function: `implementation` gets the evaluator, then the arguments.

    Attributes:
        signature: What validates the arguments; None: any will do.
        arity: How many arguments a function that calls it hands over at most.
        parameters: How many arguments it takes, those that are missing as None; None: any number.
    """

    name: str
    implementation: Callable[..., Any]
    signature: Signature | None
    arity: int
    parameters: int | None

    def invoke(self, evaluator: Evaluator, arguments: Sequence[Any]) -> Any:
        given = list(arguments)
        if self.parameters is not None:
            given = given[: self.parameters] + [None] * (self.parameters - len(given))
        result = self.implementation(evaluator, *given)
        return number(result) if is_number(result) else result


def arity(function: Any) -> int:
    """How many arguments a function takes."""
    if isinstance(function, Symbol):
        return len(function.arguments)
    return function.arity if isinstance(function, Native) else 2
