"""Where two readers part: the token that one refuses, or the first place where their documents differ."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from drt.case import Case
from drt.engines.guard import Guarded
from drt.json_outline import first_difference
from drt.localise.located import Located
from drt.oracles.checked import Divergence
from drt.outcome import Accepted, Rejected

PLACE = re.compile(r"line (\d+),? column (\d+)")
CHAPTERS = {
    "policies": "spec 01, 06", "expression": "spec 01", "entities": "spec 05", "schema": "spec 07",
    "request": "spec 05 §8", "link": "spec 04 §1.1",
}  # fmt: skip
SHOWN = 60


def in_text(case: Case, engines: Sequence[Guarded], divergence: Divergence) -> Located | None:
    """Where reading goes different ways."""
    refused = [(name, outcome) for name, outcome in divergence.answers if isinstance(outcome, Rejected)]
    taken = [(name, outcome) for name, outcome in divergence.answers if isinstance(outcome, Accepted)]
    if refused:
        name, rejection = refused[0]
        part = rejection.part
        text, said = _refused(_text_of(case, part, divergence), rejection.detail)
        told = f"{name} stops there: {said}" if said else ""
        rule = f"reading the {part}"
        return Located("reading", rule, CHAPTERS[part], part, text, divergence.answers, (), told)
    documents = [outcome.canonical for _, outcome in taken if outcome.canonical]
    if len(documents) < 2:
        return None
    what = divergence.question.split()[0]
    try:
        where = first_difference(json.loads(documents[0]), json.loads(documents[1]))
    except (ValueError, RecursionError):
        where = ""
    rule = f"what the {what} mean" if what.endswith("s") else f"what the {what} means"
    return Located("reading", rule, CHAPTERS.get(what, "spec 06"), what, where, divergence.answers)


def _text_of(case: Case, part: str, divergence: Divergence) -> str:
    match part:
        case "policies":
            return case.policies.text
        case "entities":
            return case.entities
        case "schema":
            return case.schema.text if case.schema else ""
        case "expression" if divergence.expression is not None:
            return case.expressions[divergence.expression]
        case _:
            return ""


def _refused(text: str, detail: str) -> tuple[str, str]:
    """What stands where a reader stopped, and its first words about it."""
    said = detail.strip().partition("\n")[0]
    found = PLACE.search(detail)
    if found is None:
        return "", said
    line, column = int(found[1]), int(found[2])
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return "", said
    return lines[line - 1][column - 1 : column - 1 + SHOWN].strip(), said
