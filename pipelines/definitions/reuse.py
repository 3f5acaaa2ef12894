"""Which steps of a definition may be taken over from an earlier execution, and what they need."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.steps.reuse import Ingredients, ingredients, list_data, reusable
from pipelines.steps.segment import Segment
from pipelines.steps.step import Scope, Step


class Reuse:
    """Makes segments reusable where the environment says `reuse: true`, and leaves them otherwise.

    Segments are given in the order of the definition: what one reads the results of comes first.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._made_of: dict[str, Ingredients] = {}

    @property
    def is_on(self) -> bool:
        return self._scope.environment.reuse

    def listings(self) -> list[Step]:
        """The steps that come before every look-up: what the data are."""
        if not self.is_on:
            return []
        names = ["training"] if self._scope.environment.data.test is None else ["training", "test"]
        return [list_data(self._scope, name, is_first=name == names[0]) for name in names]

    def of(
        self,
        segment: Segment,
        *,
        result: str,
        program: str | None,
        documents: Sequence[str] = (),
        reads_data: bool = False,
        after: Sequence[str] = (),
        champion: bool = False,
    ) -> Segment:
        """The segment, reusable if the environment wants it.

        Args:
            result: where its result lies in the execution's data.
            program: the path of its job's program in the bundle, if it is there.
            documents: the bundle's documents that the program reads.
            reads_data: whether it reads the configured data themselves.
            after: the results that it reads, by where they lie.
            champion: whether it reads the approved model.
        """
        if not self.is_on:
            return segment
        data = ("training", "test")[: 1 if self._scope.environment.data.test is None else 2]
        made_of = ingredients(
            self._scope,
            segment,
            program=program,
            documents=documents,
            after=[self._made_of[name] for name in after],
            data=data if reads_data else (),
            champion=champion,
            result=result,
        )
        self._made_of[result] = made_of
        return reusable(self._scope, segment, made_of)
