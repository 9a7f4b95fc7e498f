"""A survey: several engines, or versions of one, on the same material, feature by feature.

    found = survey(["reference", "production", "cedarpy"], Material(seeds, records), seconds=30)
    found.columns[2].cells[Feature("seed cases", "datetime")]  # Cell(right=…, wrong=…, unsupported=…)

Each engine is asked in a process of its own, so that one that dies leaves the others their columns.
"""

from __future__ import annotations

from drt.assess.survey.bisection import bisect_versions
from drt.assess.survey.engines import survey
from drt.assess.survey.recorded import Material
from drt.assess.survey.table import Cell, Column, Feature, Survey, Wrong
from drt.assess.survey.versions import Change, changes

__all__ = [
    "Cell",
    "Change",
    "Column",
    "Feature",
    "Material",
    "Survey",
    "Wrong",
    "bisect_versions",
    "changes",
    "survey",
]
