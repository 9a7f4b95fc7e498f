"""Partial evaluation is sound and monotone: every small condition of a grammar, under every amount of knowledge.

A residual has the value of its condition, or errs as it does, on every completion (spec 09 §4.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest

from reference.authorizer import outcome
from reference.evaluator import Evaluator
from reference.partial import application, decisions, evaluator
from reference.partial import residuals as residual_module
from reference.partial.evaluator import PartialEvaluator
from reference.partial.request import PartialRequest, Participant
from reference.partial.residuals import (
    Failing,
    Known,
    Open,
    Residual,
    ResidualEvaluator,
    error_free,
    expression,
)
from reference.partial.store import PartialEntities, known_store
from reference.partial.typed import typed_condition
from reference.policies import Anything, Body, Clause, Policy
from reference.request import Request
from reference.text.parser import parse_expression
from reference.values import TRUE, Bool, EntityUid, Record
from tests.reference.partial_world import CONCRETE, SCHEMA

ATOMS = (
    "true",
    "false",
    "context.mfa",
    "resource.pub",
    "1 + 9223372036854775807 == 0",
    "resource.level + 9223372036854775806 > 0",
    'principal in Group::"h"',
    "resource.owner is User",
    "resource.owner has nope",
    "resource has owner.manager",
    'principal.hasTag("k") && principal.getTag("k") == 7',
    "principal has age && [principal.age, 3].contains(resource.level)",
    "{a: resource.level, b: 1}.b == 1",
    "resource == principal",
)
FORMS = ("({0}) && ({1})", "({0}) || ({1})", "if {0} then {1} else {2}", "!({0}) == ({1})")
CONTEXT = Record({"mfa": TRUE})
COMPLETIONS = [
    Request(EntityUid("User", user), EntityUid("Action", "view"), EntityUid("Doc", doc), CONTEXT)
    for user, doc in product(("a", "b", "gone"), ("d", "e", "gone"))
]


def conditions() -> Iterator[str]:
    for form in FORMS:
        for one, other in product(ATOMS, repeat=2):
            yield form.format(one, other, "resource.pub")


def knowledge(request: Request) -> list[PartialEvaluator]:
    """Amounts of knowledge about a completion, each including the one before."""
    principal, resource = request.principal, request.resource
    p, r = Participant(principal.type), Participant(resource.type)
    nothing = PartialRequest(p, request.action, r)
    ids = replace(nothing, principal=replace(p, id=principal.id), resource=replace(r, id=resource.id))
    everything = replace(ids, context=CONTEXT)
    whole = known_store(CONCRETE, SCHEMA)
    attrs = {uid: replace(e, ancestors=None, tags=None) for uid, e in whole.by_uid.items() if uid.id != "b"}
    stores = [PartialEntities({}), PartialEntities({}), PartialEntities(attrs), whole]
    pairs = zip((nothing, ids, everything, everything), stores, strict=True)
    return [PartialEvaluator(known, store, SCHEMA) for known, store in pairs]


KNOWLEDGE = {request: knowledge(request) for request in COMPLETIONS}


@cache
def typed(text: str) -> tuple[Residual, Policy]:
    body = Body("permit", (), Anything(), Anything(), Anything(), (Clause("when", parse_expression(text)),))
    tree = typed_condition("p", body, {}, KNOWLEDGE[COMPLETIONS[0]][0].request, SCHEMA)
    return tree, Policy("p", "permit", body.clauses[0].body)


def faults(text: str) -> Iterator[str]:
    """What is wrong with the residuals of a condition."""
    tree, policy = typed(text)
    for request in COMPLETIONS:
        expected = outcome(policy, Evaluator(request, CONCRETE)).status
        decided: Residual | None = None
        for step, partial in enumerate(KNOWLEDGE[request]):
            left = partial.pe(tree)
            what = f"{text} with knowledge {step} of {request}"
            shown = outcome(replace(policy, condition=expression(left)), ResidualEvaluator(request, CONCRETE))
            if shown.status != expected:
                yield f"{what}: {shown.status}, not {expected}"
            if error_free(left) and expected == "erring":
                yield f"{what}: it errs and is called error-free"
            if decided is not None and _end(left) != _end(decided):
                yield f"{what}: a decision is lost"
            decided = None if isinstance(left, Open) else left


def _end(residual: Residual) -> Any:
    match residual:
        case Known(Bool(truth)):
            return truth
        case Failing():
            return "error"
        case _:
            return None


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_residuals_mean_what_conditions_mean(form: str) -> None:
    found = [
        fault for pair in product(ATOMS, repeat=2) for fault in faults(form.format(*pair, "resource.pub"))
    ]
    assert found == []


DEFECTS: list[tuple[Any, str, Any]] = [
    (residual_module, "_may_err_itself", lambda form: False),
    (evaluator, "error_free", lambda residual: True),
    (evaluator, "conjunction", lambda node, left, right: left if isinstance(left, Known) else node),
    (evaluator, "disjunction", lambda node, left, right: right if isinstance(left, Known) else node),
    (evaluator, "conditional", lambda node, c, t, f: t if isinstance(c, Failing) else node),
    (application, "Failing", lambda type: Known(TRUE, type)),
    (decisions, "error_free", lambda residual: True),
    (decisions, "_cannot_be_in", lambda t, group, schema: True),
    (decisions, "_declares_no_tags", lambda t, schema: True),
    (decisions, "_declares_no", lambda attr, t, schema: True),
    (PartialEntities, "ancestors", lambda self, uid: frozenset()),
    (PartialEntities, "tags", lambda self, uid: {}),
    (PartialEntities, "attrs", lambda self, uid: {}),
]


@pytest.mark.parametrize(("owner", "name", "defect"), DEFECTS)
def test_an_unsound_rule_is_caught(
    owner: Any, name: str, defect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, defect)
    typed.cache_clear()
    try:
        assert any(True for text in conditions() for _ in faults(text))
    finally:
        typed.cache_clear()
