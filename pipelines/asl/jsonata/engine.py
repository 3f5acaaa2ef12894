"""Evaluates a tree of the library's, where the library and JSONata 2.0.6 differ as 2.0.6 has it.

The library's `Jsonata` walks the tree.  What is put in its place here: numbers are doubles
(infinite ones included), JSON's null is a value of its own in data too, an error has the values
that its sentence names, and depth, steps and memory are bounded.  `None` is undefined.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from pipelines.asl.jsonata.budget import MAX_DEPTH, MAX_WORK, STEP, Budget
from pipelines.asl.jsonata.calls import Calls
from pipelines.asl.jsonata.failures import Exhausted, Failure
from pipelines.asl.jsonata.library import (
    NULL,
    Jsonata,
    LibraryError,
    is_sequence,
    sequence,
)
from pipelines.asl.jsonata.library import Sequence as JList
from pipelines.asl.jsonata.messages import STACK_OVERFLOW, TIMEOUT
from pipelines.asl.jsonata.natives import Frame
from pipelines.asl.jsonata.numbers import as_double, number
from pipelines.asl.jsonata.operators import (
    ARITHMETIC,
    COMPARE,
    compare,
    includes,
    is_integer,
    is_operand,
    same_scalar,
)
from pipelines.asl.jsonata.sorting import merge_sort
from pipelines.asl.jsonata.text import string


class Evaluator(Calls):
    """One evaluation.

    Attributes:
        chance: The source of $random, $uuid and $shuffle.
        now: What $now and $millis say: seconds since 1970.
    """

    def __init__(self, chance: random.Random, now: float) -> None:
        self.chance = chance
        self.now = now
        self.budget = Budget()
        self.input = None
        self.environment = None
        self.parser = None
        self.timestamp = math.floor(now * 1000)

    def run(self, root: Any, frame: Frame) -> Any:
        """The value of an expression, in this thread.

        Raises:
            Failure, Exhausted, LibraryError: it has none.
        """
        current = Jsonata.CURRENT
        before = getattr(current, "jsonata", None)
        current.jsonata = self  # whom the library's functions ask to call a lambda
        try:
            return self.eval(root, None, frame)
        finally:
            current.jsonata = before

    def get_per_thread_instance(self) -> Evaluator:
        return self

    def create_frame(self, enclosing_environment: Any = None) -> Frame:
        return Frame(enclosing_environment)

    def eval(self, expr: Any, input: Any, environment: Any) -> Any:
        budget = self.budget
        budget.depth += 1
        budget.work += STEP
        if budget.depth > MAX_DEPTH:
            raise Exhausted(STACK_OVERFLOW)
        if budget.work > MAX_WORK:
            raise Exhausted(TIMEOUT)
        outer = self.input, self.environment
        self.input, self.environment = input, environment
        try:
            result = _EVALUATE[expr.type](self, expr, input, environment)
            if expr.predicate is not None:
                for stage in expr.predicate:
                    result = self.evaluate_filter(stage.expr, result, environment)
            if expr.group is not None and expr.type != "path":
                result = self.evaluate_group_expression(expr.group, result, environment)
        finally:
            self.input, self.environment = outer
            budget.depth -= 1
        if not is_sequence(result) or result.tuple_stream:
            return result
        budget.spend(len(result))
        if expr.keep_array:
            result.keep_singleton = True
        if not result:
            return None
        return result[0] if len(result) == 1 and not result.keep_singleton else result

    def evaluate_filter(self, predicate: Any, input: Any, environment: Any) -> Any:
        kept = sequence()
        tuples = isinstance(input, JList) and bool(input.tuple_stream)
        kept.tuple_stream = tuples
        items = input if isinstance(input, list) else [input]  # undefined is an item, too
        if predicate.type == "number":
            index = math.floor(predicate.value)
            if -len(items) <= index < len(items) and items[index] is not None:
                found = items[index]
                return found if isinstance(found, list) else sequence([found])
            return kept
        for place, item in enumerate(items):
            context = item["@"] if tuples else item
            frame = self.create_frame_from_tuple(environment, item) if tuples else environment
            result = self.eval(predicate, context, frame)
            indexes = result if isinstance(result, list) else [result]
            if indexes and all(is_operand(each) for each in indexes):
                wanted = (math.floor(each) for each in indexes)
                count = sum(place == (at if at >= 0 else len(items) + at) for at in wanted)
                kept.extend([item] * count)
            elif self.truth(result):
                kept.append(item)
        return kept

    # Operators

    def evaluate_binary(self, expr: Any, input: Any, environment: Any) -> Any:
        left = self.eval(expr.lhs, input, environment)
        operator = str(expr.value)
        if operator in ("and", "or"):
            if self.truth(left) == (operator == "or"):
                return operator == "or"
            try:
                return self.truth(self.eval(expr.rhs, input, environment))
            except Failure as failure:
                failure.values["token"] = operator  # as the reference has it, whatever failed
                raise
        right = self.eval(expr.rhs, input, environment)
        if operator in ARITHMETIC:
            return self.arithmetic(operator, left, right)
        if operator in ("=", "!="):
            if left is None or right is None:
                return False
            return self.equal(left, right) == (operator == "=")
        if operator in COMPARE:
            return compare(operator, left, right)
        if operator == "&":
            return self.budget.text(self.text(left) + self.text(right))
        if operator == "..":
            return self.range(left, right)
        return includes(left, right)

    def arithmetic(self, operator: str, left: Any, right: Any) -> int | float | None:
        if left is not None and not is_operand(left):
            raise Failure("T2001", token=operator, value=left)
        if right is not None and not is_operand(right):
            raise Failure("T2002", token=operator, value=right)
        if left is None or right is None:
            return None
        return number(ARITHMETIC[operator](as_double(left), as_double(right)))

    def range(self, first: Any, last: Any) -> Any:
        if first is not None and not is_integer(first):
            raise Failure("T2003", value=first)
        if last is not None and not is_integer(last):
            raise Failure("T2004", value=last)
        if first is None or last is None or first > last:
            return None
        size = last - first + 1
        if size > 10_000_000:
            raise Failure("D2014", value=size)
        self.budget.hold(size)
        return sequence(range(first, last + 1))

    def evaluate_unary(self, expr: Any, input: Any, environment: Any) -> Any:
        operator = str(expr.value)
        if operator == "{":
            return self.evaluate_group_expression(expr, input, environment)
        if operator == "-":
            value = self.eval(expr.expression, input, environment)
            if value is None:
                return None
            if not is_operand(value):
                raise Failure("D1002", token="-", value=value)
            return number(-value)
        result = JList()
        for item in expr.expressions:
            value = self.eval(item, input, environment)
            if value is None:
                continue
            # An array that is written out is one item; any other array's items are items.
            if isinstance(value, list) and str(item.value) != "[":
                result.extend(value)
            else:
                result.append(value)
        self.budget.hold(len(result))
        result.cons = bool(expr.consarray)
        return result

    def evaluate_variable(self, expr: Any, input: Any, environment: Any) -> Any:
        if expr.value:
            return environment.lookup(expr.value)
        # Without a name it is the context: $.
        return input[0] if isinstance(input, JList) and input.outer_wrapper else input

    def evaluate_literal(self, expr: Any) -> Any:
        return NULL if expr.value is None else expr.value

    def evaluate_group_expression(self, expr: Any, input: Any, environment: Any) -> Any:
        if input == [] and isinstance(input, list):
            input = sequence()  # the library writes into it
        try:
            return super().evaluate_group_expression(expr, input, environment)
        except LibraryError as error:
            raise Failure(error.error, value=error.current) from None

    def truth(self, value: Any) -> bool:
        return bool(Jsonata.boolize(value))

    def equal(self, left: Any, right: Any) -> bool:
        """Whether two values are the same JSON."""
        self.budget.spend(STEP // 2)
        if left is right:
            return True
        if isinstance(left, list) and isinstance(right, list):
            return len(left) == len(right) and all(map(self.equal, left, right))
        if isinstance(left, dict) and isinstance(right, dict):
            return left.keys() == right.keys() and all(
                self.equal(value, right[key]) for key, value in left.items()
            )
        return same_scalar(left, right)

    def text(self, value: Any) -> str:
        """What & makes of an operand."""
        return string(self, value) or ""

    def evaluate_sort_expression(self, expr: Any, input: Any, environment: Any) -> Any:
        tuples = isinstance(input, JList) and bool(input.tuple_stream)
        comparator = Jsonata.ComparatorWrapper(self, expr, environment, tuples)

        def after(left: Any, right: Any) -> bool:
            try:
                return bool(comparator.compare(left, right) == 1)
            except LibraryError as error:
                raise Failure(error.error, value=error.current, value2=error.expected) from None

        result = sequence(merge_sort(self.budget, input, after))
        result.tuple_stream = tuples
        return result

    def recurse_descendants(self, input: Any, results: Any) -> None:
        self.budget.spend(STEP // 2)
        super().recurse_descendants(input, results)

    def flatten(self, arg: Any, flattened: Any) -> Any:
        self.budget.spend(1)
        return super().flatten(arg, flattened)


_EVALUATE: dict[str, Callable[[Evaluator, Any, Any, Any], Any]] = {
    "apply": Evaluator.evaluate_apply_expression,
    "binary": Evaluator.evaluate_binary,
    "bind": Evaluator.evaluate_bind_expression,
    "block": Evaluator.evaluate_block,
    "condition": Evaluator.evaluate_condition,
    "descendant": lambda evaluator, expr, input, _: evaluator.evaluate_descendants(expr, input),
    "function": Evaluator.evaluate_function,
    "lambda": Evaluator.evaluate_lambda,
    "name": Evaluator.evaluate_name,
    "number": lambda _evaluator, expr, _input, _environment: expr.value,
    "parent": lambda _evaluator, expr, _input, env: env.lookup(expr.slot.label),
    "partial": Evaluator.evaluate_partial_application,
    "path": Evaluator.evaluate_path,
    "regex": lambda _evaluator, expr, _input, _environment: expr.value,
    "string": lambda _evaluator, expr, _input, _environment: expr.value,
    "transform": Evaluator.evaluate_transform_expression,
    "unary": Evaluator.evaluate_unary,
    "value": lambda evaluator, expr, _input, _environment: evaluator.evaluate_literal(expr),
    "variable": Evaluator.evaluate_variable,
    "wildcard": lambda evaluator, expr, input, _: evaluator.evaluate_wildcard(expr, input),
}
"""How each kind of node is evaluated."""
