"""Classes of input: every bin is in the table, a case reaches those of its documents, and targets most rules."""

from __future__ import annotations

from collections import Counter

import pytest

from drt.coverage.coverage import coverage
from drt.coverage.events import Seen, happened, never
from drt.coverage.input_classes import INPUT_CLASSES, PREFIX, input_bins
from drt.model.case import Case, Request, Source
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

EVERY = {name for names in INPUT_CLASSES.values() for name in names}
CASES = 60
DRAWN = ("schema-rules", "shapes", "store-rules", "trees", "odd-tokens", "parse-text", "literals")
FEWEST_RULES = 54
"""So many rules at least are broken by so few cases of a handful of targets."""

REQUEST = '{"principal": {"type": "A", "id": "a b"}, "action": {"type": "Action", "id": "x"}}'


def policies(text: str) -> Case:
    return Case(Source(text))


@pytest.mark.parametrize(
    ("case", "bin_"),
    [
        (policies("permit(principal, action, resource)"), "tokens: … where … is expected"),
        (policies('@a @a("x") permit(principal, action, resource);'), "policy text: the annotation …"),
        (Case(Source("{}", "json")), "policy JSON: the keys …"),
        (Case(Source(""), schema=Source("entity A, A;")), "schema text: … is declared twice"),
        (Case(Source(""), schema=Source('{"": []}', "json")), "policy JSON: … is no object"),
        (Case(Source(""), entities="{}"), "entities and requests: no array"),
        (Case(Source(""), requests=(Request(REQUEST),)), "entities and requests: no request"),
        (Case(Source(""), requests=(Request(REQUEST),)), "id of entity: blank"),
        (Case(Source(""), expressions=('decimal("1.0")',)), "decimal: read"),
        (Case(Source(""), expressions=('decimal("1")',)), "decimal: refused"),
        (policies("// a\r\n"), "CR LF in or behind a comment"),
        (Case(Source(""), expressions=('"a\nb"',)), "LF in or behind a string"),
        (Case(Source(""), expressions=("1 +\x85 1",)), "NEL in or behind a token"),
        (policies("@if permit(principal, action, resource);"), "id of annotation: reserved word"),
        (policies('permit(principal, action, resource) when { context["\\""] };'), "id of attribute: quote"),
    ],
)
def test_a_case_reaches_the_bins_of_its_documents(case: Case, bin_: str) -> None:
    assert f"{PREFIX}{bin_}" in input_bins(case)


def test_a_right_document_breaks_no_rule() -> None:
    request = Request(REQUEST.replace("}}", '}, "resource": {"type": "A", "id": ""}}'))
    case = Case(Source("permit(principal, action, resource);"), requests=(request,), expressions=("1 + 1",))
    assert not input_bins(case) & set(INPUT_CLASSES["rules broken"])


def test_targets_break_most_rules_and_reach_no_other_bins() -> None:
    found: Counter[str] = Counter()
    for name in DRAWN:
        for seed in range(CASES):
            found.update(input_bins(TARGETS[name].draw(RecordingSource(seed))))
    assert set(found) <= EVERY
    assert len(set(found) & set(INPUT_CLASSES["rules broken"])) >= FEWEST_RULES
    assert set(INPUT_CLASSES["literals"]) <= set(found)


def test_bins_are_events_that_a_run_must_reach_if_it_is_asked_to() -> None:
    nothing = happened(Seen())
    assert set(nothing) >= EVERY
    assert set(never(nothing, (f"{PREFIX}*",))) == EVERY
    assert not set(never(nothing)) & EVERY


def test_the_report_has_denominators() -> None:
    found = coverage({}, {f"{PREFIX}decimal: read": 3})
    assert {kind: tuple(counts) for kind, counts in found.inputs.items()} == INPUT_CLASSES
    assert found.inputs["literals"][f"{PREFIX}decimal: read"] == 3
