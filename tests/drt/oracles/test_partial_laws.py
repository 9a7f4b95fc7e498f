"""Each law of partial evaluation catches an engine that breaks it, alone, and acquits the two real ones."""

from __future__ import annotations

import pytest

from drt.assess.mutation import Defect
from drt.assess.planted.partial_rules import PARTIAL
from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Case, PartialInput, Source, Store
from drt.model.divergence import Divergence
from drt.oracles.partial_inputs import action_queries, action_queries_in_contexts
from drt.oracles.partial_laws import class_of, decision_of
from drt.reduce import reduce_case
from drt.reduce.order import weight
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

CASES = 1_000
COMPARED = ("partial-responses",)
"""Targets whose law needs a second engine."""


def first_found(defect: Defect) -> tuple[Case, Divergence]:
    beside = [Guarded(build("production"))] if defect.target in COMPARED else []
    engines = [*beside, Guarded(defect.make())]
    target = TARGETS[defect.target]
    for seed in range(CASES):
        case = target.draw(RecordingSource(seed))
        if found := target.oracle(case, engines).divergences:
            return case, found[0]
    raise AssertionError(f"not found in {CASES} cases")


@pytest.mark.slow
@pytest.mark.parametrize("defect", PARTIAL, ids=lambda defect: defect.name)
def test_a_planted_defect_is_found(defect: Defect) -> None:
    _, divergence = first_found(defect)

    assert divergence.kind != "crash"


def test_planted_defects_of_filters_are_found() -> None:
    pytest.importorskip("sqlalchemy", reason="the extra `sql` is not installed")
    from drt.assess.planted.filter_rules import FILTERS

    for defect in FILTERS:
        _, divergence = first_found(defect)
        assert divergence.kind == "law"


@pytest.mark.slow
def test_partial_inputs_are_reduced() -> None:
    defect = next(one for one in PARTIAL if one.name == "AndFalseIsFalse")
    engines = [Guarded(defect.make())]
    oracle = TARGETS[defect.target].oracle
    case, _ = first_found(defect)
    reduced = reduce_case(case, lambda other: bool(oracle(other, engines).divergences), 15)

    assert oracle(reduced, engines).divergences
    assert len(reduced.partials) == len(reduced.requests) == 1
    assert weight(reduced)[0] < weight(case)[0] / 2
    smallest = min(len(partial.entities.text) for partial in case.partials)
    assert len(reduced.partials[0].entities.text) <= smallest


@pytest.mark.parametrize(
    ("classes", "decision"),
    [
        ({"true_forbids", "true_permits"}, "deny"),
        ({"residual_forbids", "false_permits", "error_permits"}, "deny"),
        ({"residual_forbids", "true_permits"}, None),
        ({"residual_permits"}, None),
        ({"true_permits", "residual_permits", "error_forbids", "false_forbids"}, "allow"),
        (set(), "deny"),
    ],
)
def test_the_table_of_decisions(classes: set, decision: str | None) -> None:  # type: ignore[type-arg]
    assert decision_of(classes) == decision


def test_the_class_of_a_residual() -> None:
    body = '{"effect": "forbid", "conditions": [{"kind": "when", "body": %s}]}'
    assert class_of(body % '{"Value": true}') == "true_forbids"
    assert class_of(body % '{"error": []}') == "error_forbids"
    assert class_of(body % '{"Var": "context"}') == "residual_forbids"


def test_actions_are_queried_without_a_context_and_with_one() -> None:
    roles = (
        '"principal": {"type": "User"}, "action": {"type": "Action", "id": "a"}, "resource": {"type": "Doc"}'
    )
    store = Store("[]", "partial")
    texts = (f"{{{roles}}}", f'{{{roles}, "context": {{"n": 1}}}}', "no JSON")
    case = Case(Source(""), partials=tuple(PartialInput(text, store) for text in texts))
    known = '{"principal": {"type": "User"}, "resource": {"type": "Doc"}'
    assert [query.request for _, query in action_queries(case)] == [f"{known}}}"] * 2
    assert [query.request for _, query in action_queries_in_contexts(case)] == [
        f'{known}, "context": {{"n": 1}}}}'
    ]
