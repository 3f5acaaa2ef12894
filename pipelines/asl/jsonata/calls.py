"""Calling functions: the half of the evaluator that applies them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from pipelines.asl.jsonata.failures import Failure
from pipelines.asl.jsonata.library import NO_ARGUMENT, NULL, Jsonata, Symbol, is_function
from pipelines.asl.jsonata.natives import Native
from pipelines.asl.jsonata.patterns import Pattern
from pipelines.asl.jsonata.signatures import Signature
from pipelines.asl.jsonata.text import clone


class Calls(Jsonata):  # type: ignore[misc]
    """Applies functions, whatever they are: lambdas, built-in ones, regular expressions."""

    @abstractmethod
    def eval(self, expr: Any, input: Any, environment: Any) -> Any:
        """The value of a node."""

    def evaluate_function(
        self, expr: Any, input: Any, environment: Any, applied: Any = NO_ARGUMENT
    ) -> Any:
        procedure = self.eval(expr.procedure, input, environment)
        name = _name(expr.procedure)
        if procedure is None and expr.procedure.type == "path" and environment.lookup(name):
            raise Failure("T1005", token=name)
        arguments = [] if applied is NO_ARGUMENT else [applied]
        arguments += [self.eval(each, input, environment) for each in expr.arguments or ()]
        try:
            return self.apply(procedure, arguments, input, environment)
        except Failure as failure:
            failure.name(name)
            raise

    def apply(self, proc: Any, args: Any, input: Any, environment: Any) -> Any:
        result = self.apply_inner(proc, args, input, environment)
        while isinstance(result, Symbol) and result.thunk:
            # A tail call: the lambda gave back the call that it ends in.
            call = result.body
            procedure = self.eval(call.procedure, result.input, result.environment)
            arguments = [self.eval(a, result.input, result.environment) for a in call.arguments]
            try:
                result = self.apply_inner(procedure, arguments, input, environment)
            except Failure as failure:
                failure.name(_name(call.procedure))
                raise
        return result

    def apply_inner(self, proc: Any, args: Any, input: Any, environment: Any) -> Any:
        if isinstance(proc, Pattern):
            return _next_match(proc.matches(args[0])) if args and isinstance(args[0], str) else None
        if not is_function(proc):
            raise Failure("T1006")
        if proc.signature is not None:
            args = proc.signature.validate(args, input)
        if isinstance(proc, Symbol):
            return self.apply_procedure(proc, args)
        return proc.invoke(self, args)

    def evaluate_partial_application(self, expr: Any, input: Any, environment: Any) -> Any:
        arguments = [
            NO_ARGUMENT
            if each.type == "operator" and each.value == "?"
            else self.eval(each, input, environment)
            for each in expr.arguments
        ]
        procedure = self.eval(expr.procedure, input, environment)
        name = _name(expr.procedure)
        if procedure is None and expr.procedure.type == "path" and environment.lookup(name):
            raise Failure("T1007", token=name)
        if not is_function(procedure):
            raise Failure("T1008", token=name)

        def call(_evaluator: Any, *rest: Any) -> Any:
            waiting = iter(rest)
            filled = [next(waiting, None) if a is NO_ARGUMENT else a for a in arguments]
            return self.apply(procedure, filled, NULL, environment)

        return Native(str(name), call, None, arguments.count(NO_ARGUMENT), None)

    def is_function_like(self, o: Any) -> bool:
        return is_function(o)

    def evaluate_apply_expression(self, expr: Any, input: Any, environment: Any) -> Any:
        left = self.eval(expr.lhs, input, environment)
        if expr.rhs.type == "function":
            return self.evaluate_function(expr.rhs, input, environment, left)
        function = self.eval(expr.rhs, input, environment)
        if not is_function(function):
            raise Failure("T2006", value=function)
        if not is_function(left):
            try:
                return self.apply(function, [left], NULL, environment)
            except Failure as failure:
                failure.name(function.name if isinstance(function, Native) else None)
                raise

        def chained(_evaluator: Any, value: Any) -> Any:
            inner = self.apply(left, [value], NULL, environment)
            return self.apply(function, [inner], NULL, environment)

        return Native("", chained, None, 1, 1)

    def evaluate_transform_expression(self, expr: Any, input: Any, environment: Any) -> Any:
        def transform(_evaluator: Any, value: Any) -> Any:
            if value is None:
                return None
            result = clone(self, value)
            matches = self.eval(expr.pattern, result, environment)
            for match in matches if isinstance(matches, list) else [matches]:
                if match is not None:
                    self._change(expr, match, environment)
            return result

        return Native("", transform, Signature("<(oa):o>"), 1, 1)

    def _change(self, expr: Any, match: Any, environment: Any) -> None:
        update = self.eval(expr.update, match, environment)
        if update is not None:
            if not isinstance(update, dict):
                raise Failure("T2011", value=update)
            if isinstance(match, dict):
                match.update(update)
        if expr.delete is None:
            return
        names = self.eval(expr.delete, match, environment)
        if names is None:
            return
        listed = names if isinstance(names, list) else [names]
        if not all(isinstance(each, str) for each in listed):
            raise Failure("T2012", value=names)
        if isinstance(match, dict):
            for each in listed:
                match.pop(each, None)


def _next_match(matches: Iterator[Any]) -> dict[str, Any] | None:
    """A match as JSONata's functions hand it on; its `next` gives the one after."""
    match = next(matches, None)
    if match is None:
        return None
    if not match[0]:
        raise Failure("D1004", value=match[0])
    return {
        "match": match[0],
        "start": match.start(),
        "end": match.end(),
        "groups": [NULL if each is None else each for each in match.groups()],
        "next": Native("next", lambda _evaluator: _next_match(matches), None, 0, 0),
    }


def _name(procedure: Any) -> Any:
    return procedure.steps[0].value if procedure.type == "path" else procedure.value
