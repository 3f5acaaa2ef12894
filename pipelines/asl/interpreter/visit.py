"""One visit of a state: what its fields make of its input, in either query language.

What runs states (`states`, `task`, `parallel`, `map`) asks a visit, and knows no language.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.retry import find_catcher
from pipelines.asl.interpreter.run import Frame
from pipelines.asl.model import Place, State


@dataclass(frozen=True)
class Transition:
    """Where a state hands over: to `next` (None: this was the last state), with `output`.

    Attributes:
        assigned: The variables that it sets as it is left.
        by: What in the state says so: ``("Choices", 0)``; empty: its Next or End.
    """

    next: str | None
    output: Any
    assigned: Mapping[str, Any] = field(default_factory=dict)
    by: Place = ()


class Visit(ABC):
    """A state with its input, in the frame in which it runs.

    Every method may raise a StateError: DataError, or JsonataError, where a field's path or
    expression cannot be evaluated, or not to what the field needs.
    """

    def __init__(self, state: State, input: Any, frame: Frame) -> None:
        self.state = state
        self.fields = state.fields
        self.input = input
        self.frame = frame

    @property
    def next(self) -> str | None:
        """The state to go on to; None: the line ends here."""
        return self.fields.get("Next")

    @abstractmethod
    def arguments(self) -> Any:
        """What the state hands on: to its task, its branches, or as a Pass's result."""

    @abstractmethod
    def leave(self, result: Any) -> Transition:
        """Where the state goes on, with what it makes of its result."""

    @abstractmethod
    def pass_on(self) -> Transition:
        """Where a state that has no result goes on."""

    @abstractmethod
    def choose(self) -> Transition:
        """Where a Choice state goes on."""

    @abstractmethod
    def caught(self, number: int, error: StateError) -> Transition:
        """Where the catcher of this number goes on with an error."""

    @abstractmethod
    def seconds(self, name: str) -> int | None:
        """TimeoutSeconds or HeartbeatSeconds; None: there is none."""

    @abstractmethod
    def wait_end(self) -> float:
        """When a Wait state is over, in seconds since the epoch."""

    @abstractmethod
    def told(self, name: str) -> str | None:
        """Error or Cause of a Fail state; None: it has none."""

    @abstractmethod
    def credentials(self) -> Any:
        """The Credentials; None: there are none."""

    @abstractmethod
    def items(self, *, objects: bool = False) -> Any:
        """The array that a Map goes through, or, of a distributed one, the object."""

    @abstractmethod
    def settings(self, name: str) -> Mapping[str, Any]:
        """What ItemReader, ItemBatcher or ResultWriter holds, evaluated.

        What a JSONPath state's field ``…Path`` leads to stands under the name without Path.
        """

    @abstractmethod
    def item_input(self, frame: Frame, item: Any) -> Any:
        """The input of a Map's iteration, whose context object is that of `frame`."""

    @abstractmethod
    def number(self, name: str) -> float:
        """MaxConcurrency, ToleratedFailureCount or ToleratedFailurePercentage; default: 0."""

    def catch(self, error: StateError) -> Transition:
        """Hand over to the state of the catcher that names the error.

        Raises:
            StateError: the error, if there is none, or another one from the catcher's fields.
        """
        catchers = self.fields.get("Catch", ())
        number = find_catcher(catchers, error)
        if number is None:
            raise error
        return self.caught(number, error)
