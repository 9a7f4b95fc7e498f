"""Planted defects of database filters: one rule of production's filters changed each (extra `sql`)."""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy import not_

from drt.assess.mutation import Defect
from drt.assess.planted.engines import Fault, Patches, Planted
from production.filters import formulas, sql

resource_filter = sys.modules["production.filters.resource_filter"]
"""The module; the package has a function of the same name."""

_condition = sql.SqlWriter.condition


def _null_is_false_only_outside_negations(self: sql.SqlWriter, formula: formulas.Formula) -> Any:
    if isinstance(formula, formulas.No):
        return not_(_condition(self, formula.formula))
    return _condition(self, formula)


def _forbids_dropped(_: formulas.Formula) -> formulas.Formula:
    return formulas.TRUE


def _defect(name: str, sentence: str, patches: Patches) -> Defect:
    return Defect(
        name,
        "database filters",
        sentence,
        lambda: Planted(Fault(patches), "production"),
        "filter",
        ("the rows of a filter",),
    )


FILTERS: tuple[Defect, ...] = (
    _defect("ForbidsDropped", "A filter forgets the forbids.", {(resource_filter, "no"): _forbids_dropped}),
    _defect("NullIsFalse", "A negation is true where its operand is NULL, or not true of false.",
            {(sql.SqlWriter, "condition"): _null_is_false_only_outside_negations}),
)  # fmt: skip
