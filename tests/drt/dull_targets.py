"""Targets gone dull: what they draw is well formed and never holds a tag."""

from __future__ import annotations

from dataclasses import replace

from drt.model.case import Case
from drt.targets.table import TARGETS as GOOD
from generators.choice.sources import RecordingSource, Source

WELL = replace(GOOD["evaluate"], watched=1)


def tagless(source: Source) -> Case:
    """A case whose policies and expressions never ask for a tag."""
    while True:
        case = WELL.draw(source)
        if not any("Tag(" in text for text in (case.policies.text, *case.expressions)):
            return case
        source = RecordingSource(source.integer(0, 2**32))


TARGETS = {
    "well": replace(WELL, name="well"),
    "tagless": replace(WELL, name="tagless", draw=tagless),
}
