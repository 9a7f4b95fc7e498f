"""Laws of partial evaluation (spec 09), and the planted defects that each of them catches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from production import Authorizer, InsufficientIterations, PolicySet, Request
from production.language.nodes import same_tree
from production.language.uids import Uid
from production.partial import code, evaluator, loading, rules, terms
from production.partial import queries as queries_module
from production.partial.outcome import class_of
from production.partial.residual_nodes import _nodes
from production.partial.scope_table import SideTable
from production.partial.terms import Operand, Term

from .partial_world import DOCS, SCHEMA, USERS, VIEW, Scene, StoreLoader, scene

SEEDS = range(60)
Law = Callable[[Scene], None]


def completion(one: Scene) -> None:
    """Residuals give the response of the policies, for every completion of every partial request."""
    authorizer = Authorizer(one.policies, one.entities)
    for request in one.requests():
        whole = authorizer.authorize(request)
        for partial in (
            SCHEMA.partial_request("User", VIEW, "Doc"),
            SCHEMA.partial_request(request.principal, VIEW, "Doc"),
            SCHEMA.partial_request("User", VIEW, request.resource, request.context),
            SCHEMA.partial_request(request.principal, VIEW, request.resource, request.context),
        ):
            response = SCHEMA.partially_authorize(one.policies, partial, one.partial)
            again = response.reauthorize(request, one.entities)
            assert (again.decision, again.determining, again.erring) == (
                whole.decision,
                whole.determining,
                whole.erring,
            )
            assert response.decision in (None, whole.decision)
            assert response.reason is None or response.reason <= whole.determining
            assert response.true_permits | response.true_forbids <= _satisfied(one, request)
            assert (response.error_permits | response.error_forbids) <= whole.erring


def _satisfied(one: Scene, request: Any) -> frozenset[str]:
    found = Authorizer(one.policies, one.entities).explain(request)
    return frozenset(each.policy_id for each in found.candidates if each.satisfied)


def queries(one: Scene) -> None:
    """Queries answer what asking for each candidate answers."""
    authorizer = Authorizer(one.policies, one.entities)
    context = {"mfa": True, "n": 1}
    for user in USERS:
        expected = {doc for doc in DOCS if doc in one.entities and _allowed(authorizer, user, doc, context)}
        found = SCHEMA.query_resources(one.policies, user, VIEW, "Doc", context, one.entities)
        assert found == expected
    stored = [user for user in USERS if user in one.entities]
    for doc in DOCS:
        expected = {user for user in stored if _allowed(authorizer, user, doc, context)}
        assert SCHEMA.query_principals(one.policies, "User", VIEW, doc, context, one.entities) == expected


def _allowed(authorizer: Authorizer, user: Uid, doc: Uid, context: dict[str, Any]) -> bool:
    return authorizer.authorize(Request(user, VIEW, doc, context)).allowed


def batches(one: Scene) -> None:
    """Batched authorization decides as authorization in memory does, and a call fewer does not."""
    authorizer = Authorizer(one.policies, one.entities)
    for request in one.requests():
        loader = StoreLoader(one.entities)
        decision = SCHEMA.authorize_batched(one.policies, request, loader, 6)
        assert decision == authorizer.authorize(request).decision
        assert all(loader.asked)
        assert len(frozenset().union(*loader.asked)) == sum(map(len, loader.asked))
        calls = len(loader.asked)
        again = SCHEMA.authorize_batched(one.policies, request, StoreLoader(one.entities), calls)
        assert again == decision
        if calls:
            with pytest.raises(InsufficientIterations):
                SCHEMA.authorize_batched(one.policies, request, StoreLoader(one.entities), calls - 1)


def monotone(one: Scene) -> None:
    """More known data keep a decision, and the classes of all policies that are decided."""
    for user in USERS:
        request = SCHEMA.partial_request(user, VIEW, "Doc")
        less = SCHEMA.partially_authorize(one.policies, request, SCHEMA.partial_entities())
        more = SCHEMA.partially_authorize(one.policies, request, one.partial)
        most = SCHEMA.partially_authorize(one.policies, request, SCHEMA.partial_entities(one.entities))
        for before, after in ((less, more), (more, most)):
            assert before.decision in (None, after.decision)
            assert before.true_permits <= after.true_permits
            assert before.true_forbids <= after.true_forbids
            assert before.error_permits <= after.error_permits
            assert before.false_forbids <= after.false_forbids


def round_trip(one: Scene) -> None:
    """Residuals without `error()` read back from text and from JSON to what they were written from."""
    request = SCHEMA.partial_request(USERS[0], VIEW, "Doc")
    response = SCHEMA.partially_authorize(one.policies, request, one.partial)
    kept = {name: policy for name, policy in response.policies.items() if "error()" not in _text(policy)}
    policies = PolicySet(kept)
    assert PolicySet.from_json(policies.to_json()).to_json() == policies.to_json()
    assert PolicySet.from_text(policies.to_text()).to_text() == policies.to_text()


def _text(policy: Any) -> str:
    return PolicySet({"p": policy}).to_text()


def stages(one: Scene) -> None:
    """Evaluating a residual with what is known gives the residual of the condition."""
    known = one.partial._known
    for policy_id, policy in one.policies.policies():
        text = PolicySet({policy_id: policy})
        request = SCHEMA.partial_request("User", VIEW, "Doc")
        response = SCHEMA.partially_authorize(text, request, SCHEMA.partial_entities())
        residual = response._residuals.by_id.get(policy_id, False)
        variables = (USERS[0], VIEW, DOCS[1], {"mfa": True})
        again = evaluator.partially_evaluate(code.code_of(residual), variables, known)
        direct = SCHEMA.partially_authorize(
            text, SCHEMA.partial_request(USERS[0], VIEW, DOCS[1], {"mfa": True}), one.partial
        )._residuals.by_id.get(policy_id, False)
        assert class_of(again) == class_of(direct)
        assert _same(again, direct)


def _same(left: Operand, right: Operand) -> bool:
    return same_tree(_nodes(left, runnable=False), _nodes(right, runnable=False))


def strict_forms(one: Scene) -> None:
    """A form that evaluates all its operands is the error if one of them is (spec 09 §4.2)."""
    request = SCHEMA.partial_request("User", VIEW, "Doc", {"mfa": True})
    response = SCHEMA.partially_authorize(one.policies, request, one.partial)
    for residual in response._residuals.by_id.values():
        for term in terms.distinct_terms(residual):
            if term.op not in (terms.AND, terms.OR, terms.IF):
                assert terms.ERROR not in term.children


LAWS: tuple[Law, ...] = (completion, queries, batches, monotone, round_trip, stages, strict_forms)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("seed", SEEDS)
def test_laws_hold(law: Law, seed: int) -> None:
    law(scene(seed))


# Planted defects: each is caught by the law it stands with.

_IN, _HAS_TAG = rules.BINARY[terms.IN], rules.BINARY[terms.HAS_TAG]


def _lose_errors_of_and(left: Operand, right: Operand) -> Operand:
    return False if right is False else rules.conjunction(left, right)


def _rebuild_over_errors(op: int, extra: Any, children: tuple[Operand, ...]) -> Term:
    return Term(op, extra, children)


def _use_ancestors_of_the_right(left: Operand, right: Operand, never: Any, known: rules.Known) -> Operand:
    if isinstance(left, Uid) and isinstance(right, Uid) and left is not right:
        return left in known.ancestors.get(right, frozenset())
    return _IN(left, right, never, known)


def _take_unknown_tags_for_none(left: Operand, right: Operand, lacks: Any, known: rules.Known) -> Operand:
    if isinstance(left, Uid) and isinstance(right, str):
        return right in known.tags.get(left, {})
    return _HAS_TAG(left, right, lacks, known)


def _decide_by_type_alone(operand: Operand, extra: Any, known: rules.Known) -> Operand:
    return extra[1] is True


def _drop_forbids(found: list[Any], *, is_permit: bool) -> list[Any]:
    return [rule for rule in found if rule.is_permit] if is_permit else []


def _skip_a_load(residual: Operand) -> set[Uid]:
    return {uid for uid in terms.uids_in(residual) if uid.type != "User"}


def _take_everything_from_a_scope_table(self: Any, side: Any) -> Any:
    yield self.rest


PLANTED: tuple[tuple[Law, Any, Any, Any], ...] = (
    (completion, evaluator, "conjunction", _lose_errors_of_and),
    (strict_forms, rules, "rebuilt", _rebuild_over_errors),
    (completion, rules.BINARY, terms.IN, _use_ancestors_of_the_right),
    (completion, rules.BINARY, terms.HAS_TAG, _take_unknown_tags_for_none),
    (completion, rules.UNARY, terms.IS, _decide_by_type_alone),
    (queries, queries_module, "_by_effort", _drop_forbids),
    (batches, loading, "uids_in", _skip_a_load),
    (completion, SideTable, "found", _take_everything_from_a_scope_table),
)


@pytest.mark.parametrize(
    ("law", "place", "name", "defect"), PLANTED, ids=[defect.__name__.strip("_") for *_, defect in PLANTED]
)
def test_a_planted_defect_is_caught(
    law: Law, place: Any, name: Any, defect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenes = [scene(seed) for seed in SEEDS]
    (monkeypatch.setitem if isinstance(place, dict) else monkeypatch.setattr)(place, name, defect)
    with pytest.raises((AssertionError, InsufficientIterations)):
        _check_all(law, scenes)


def _check_all(law: Law, scenes: list[Scene]) -> None:
    for one in scenes:
        law(Scene(PolicySet.from_text(one.policies.to_text()), one.entities, one.partial))
