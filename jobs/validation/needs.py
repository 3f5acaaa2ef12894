"""What the jobs after this one need of the columns: those they reject rows, or files, for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from preprocessing.derive import FILE as DERIVE
from preprocessing.derive import Derivation
from preprocessing.features import Features


@dataclass(frozen=True)
class Needs:
    """The features, what makes columns from columns, and what the model is evaluated by.

    Attributes:
        reads: the columns that derive.py reads, each "number" or "text"; empty without one.
        slices: the columns by whose values Evaluate measures the test rows.
    """

    features: Features
    reads: Mapping[str, str] = field(default_factory=dict)
    slices: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: Path, slices: Sequence[str] = ()) -> Needs:
        """Read features.json and, if columns are derived, the derive.py beside it.

        Raises:
            DataError: one of the two cannot be used.
        """
        features = Features.load(path)
        if features.derive is None:
            return cls(features, slices=tuple(slices))
        return cls(features, Derivation.load(path.with_name(DERIVE)).reads, tuple(slices))

    @property
    def columns(self) -> tuple[str, ...]:
        """Those that every file must have.

        Where columns are derived, one that is named and not in the files may be made: only those
        that derive.py reads are known to be needed.
        """
        named = self.features.named()
        if self.features.derive is None:
            return tuple(named)
        known = (column for column, role in named.items() if role in ("label", "id"))
        return tuple(dict.fromkeys([*known, *self.reads]))

    @property
    def numbers(self) -> set[str]:
        """Those whose rows are left out if they hold no number."""
        roles = {"numeric", "binned", *(["label"] if self.features.positive is None else [])}
        learnt = {column for column, role in self.features.named().items() if role in roles}
        return learnt | {column for column, kind in self.reads.items() if kind == "number"}
