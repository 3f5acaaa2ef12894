"""Hypothesis strategies: well-formed definitions of the whole language, and broken ones."""

from tests.asl.strategies.broken import any_json, mutated
from tests.asl.strategies.machines import machines
from tests.asl.strategies.values import answers, inputs, json_values

__all__ = ["answers", "any_json", "inputs", "json_values", "machines", "mutated"]
