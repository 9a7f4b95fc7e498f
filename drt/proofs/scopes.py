"""Scopes: what each constraint means, that none errs, and that a scope that fails hides the conditions.

Owns the store of which nothing is known: whether one entity is in another is a symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from itertools import product
from typing import Any

import z3

from drt.proofs.defects import Defect
from drt.proofs.explore import Path, explore
from drt.proofs.policies import ERRORS
from drt.proofs.symbols import Truth, decided, formula
from drt.proofs.theorem import Counterexample, Goal, Theorem
from reference.entities import Entities, Entity, store
from reference.errors import EvaluationError
from reference.request import Request
from reference.values import Bool, EntityUid, Record

MODULE = "reference.policies"
ALICE, BOB, VIEW, EDIT, DOC = (
    EntityUid("User", "alice"),
    EntityUid("User", "bob"),
    EntityUid("Action", "view"),
    EntityUid("Action", "edit"),
    EntityUid("Doc", "doc"),
)
REQUEST = Request(ALICE, VIEW, DOC, Record({}))


def _above(member: EntityUid, group: EntityUid) -> Any:
    """Return the symbol for one entity being above another; nothing is above itself."""
    return z3.BoolVal(False) if member == group else z3.Bool(f"{group.id} above {member.id}")


def _inside(member: EntityUid, group: EntityUid) -> Any:
    """One entity is in another if it is that or below it."""
    return z3.BoolVal(True) if member == group else _above(member, group)


class AnyAncestors:
    """The ancestors of an entity: whether another is among them is a symbol."""

    def __init__(self, member: EntityUid) -> None:
        self.member = member

    def __contains__(self, group: EntityUid) -> bool:
        return decided(_above(self.member, group))

    def isdisjoint(self, groups: Sequence[EntityUid]) -> Truth:
        return Truth(z3.Not(z3.Or(*(_above(self.member, group) for group in groups))))


class AnyStore(Entities):
    """A store of which nothing is known but who is above whom; the rest is the store's own code."""

    def ancestors(self, uid: EntityUid) -> Any:
        return AnyAncestors(uid)

    def plain(self, model: Any) -> Entities:
        """Return a store in which those are above others that are so in a model."""
        above = {uid: _groups(uid, model) for uid in (ALICE, VIEW, DOC)}
        return store(Entity(uid, {}, frozenset(groups), {}) for uid, groups in above.items())


def _groups(uid: EntityUid, model: Any) -> list[EntityUid]:
    others = (EDIT,) if uid == VIEW else (BOB,)
    return [one for one in others if z3.is_true(model.eval(_above(uid, one), model_completion=True))]


def _constraints(policies: Any) -> Iterator[tuple[str, Any, Any]]:
    """Constraints on the principal in words, as records, and what they mean of alice."""
    yield "any", policies.Anything(), True
    yield "== alice", policies.Equals(ALICE), True
    yield "== bob", policies.Equals(BOB), False
    yield "in bob", policies.Within(BOB), _inside(ALICE, BOB)
    yield "is User", policies.OfType("User"), True
    yield "is Doc", policies.OfType("Doc"), False
    yield "is User in bob", policies.OfTypeWithin("User", BOB), _inside(ALICE, BOB)
    yield "is Doc in bob", policies.OfTypeWithin("Doc", BOB), False


def _actions(policies: Any) -> Iterator[tuple[str, Any, Any]]:
    yield "any", policies.Anything(), True
    yield "== view", policies.ActionEquals(VIEW), True
    yield "== edit", policies.ActionEquals(EDIT), False
    yield "in []", policies.ActionIn(()), False
    yield "in [edit]", policies.ActionIn((EDIT,)), _inside(VIEW, EDIT)
    yield "in [edit, view]", policies.ActionIn((EDIT, VIEW)), True


def _goals() -> Sequence[Goal]:
    """Every combination of constraints, before a condition that fails wherever it is reached."""
    policies, evaluator = import_module(MODULE), import_module("reference.evaluator")
    failing = {kind: (policies.Clause("when", ERRORS[kind]),) for kind in ("type", "unlinked-slot")}
    goals = []
    for principal, action in product(_constraints(policies), _actions(policies)):
        meant = z3.And(_term(principal[2]), _term(action[2]))
        for kind, clauses in {"": (), **failing}.items():
            body = policies.Body("permit", (), principal[1], action[1], policies.Anything(), clauses)
            description = f"principal {principal[0]}, action {action[0]}{f', then a condition that fails by {kind}' if kind else ''}"
            evaluate = partial(evaluator.evaluate, policies.condition(body), REQUEST)
            goals.append(_goal(description, evaluate, meant, kind))
    return goals


def _goal(description: str, evaluate: Callable[[Any], Any], meant: Any, failing: str) -> Goal:
    paths = explore(evaluate, [AnyStore({})], errors=(EvaluationError,))
    claim = z3.And(*(z3.Implies(path.condition, _right(path, meant, failing)) for path in paths))

    def decode(model: Any) -> Counterexample:
        try:
            path = Path(None, evaluate(AnyStore({}).plain(model)))
        except EvaluationError as error:
            path = Path(None, None, error)
        came = f"fails: {path.error}" if path.error else f"is {path.value}"
        right = model.eval(_right(path, meant, failing), model_completion=True)
        return Counterexample(f"{description}, where {model}: {came}", not z3.is_true(right))

    return Goal(description, claim, (), decode)


def _right(path: Any, meant: Any, failing: str) -> Any:
    """State that the scope decides, and that the condition fails behind it, by this kind of error, and only there."""
    if path.error is not None:
        return meant if path.error.kind == failing else z3.BoolVal(False)
    if not isinstance(path.value, Bool):
        return z3.BoolVal(False)
    value = formula(path.value.value)
    return z3.And(z3.Not(meant), z3.Not(value)) if failing else value == meant


def _term(meaning: Any) -> Any:
    return z3.BoolVal(meaning) if isinstance(meaning, bool) else meaning


THEOREMS = (
    Theorem(
        "A scope never errs, and hides the conditions when it fails",
        "Every constraint means what it says of any store, fails without error, and no condition behind it is then evaluated.",
        "Lean PolicySlice: scope false => policy false; policy yields bool or error",
        "S",
        _goals,
        (
            Defect(
                "`in` is taken for `==`",
                MODULE,
                '        case Within(target):\n            return Binary("in", Var(variable), _operand(target))',
                '        case Within(target):\n            return Binary("==", Var(variable), _operand(target))',
            ),
            Defect(
                "`is T in E` forgets the type",
                MODULE,
                'return And(Is(Var(variable), type_name), Binary("in", Var(variable), _operand(target)))',
                'return Binary("in", Var(variable), _operand(target))',
            ),
            Defect(
                "conditions come before the scope",
                MODULE,
                "return conjunction([*scope, *[clause_condition(clause) for clause in body.clauses]])",
                "return conjunction([*[clause_condition(clause) for clause in body.clauses], *scope])",
            ),
        ),
        "one proof per combination of constraint forms, on any store",
        functions=(
            "reference.policies.condition",
            "reference.policies.conjunction",
            "reference.policies.scope_condition",
            "reference.policies.action_condition",
            "reference.policies.clause_condition",
            "reference.evaluator.Evaluator.value",
        ),
    ),
)
