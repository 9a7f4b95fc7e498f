"""Validator soundness of single policies: what a validator promises, for all inputs of the schema.

A policy that is valid in an environment raises nothing there but overflow, errors of extension functions and
missing entities (spec 08 §1); that is proved. A policy that is rejected should be able to raise something
else: an input that shows it is a witness, and a rejection without one is counted as harmless.

The formulas trust no type: what the type checker states of a value is an obligation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from drt.symbolic.compiler import Compiler, is_noted
from drt.symbolic.counterexample import Counterexample, concretize, repaired
from drt.symbolic.hierarchy import facts
from drt.symbolic.inputs import problem_of
from drt.symbolic.outcomes import Failure, Outcome, excluded
from drt.symbolic.problems import Refused
from drt.symbolic.sampling import Sampler
from drt.symbolic.solver import LIMITS, Limits, Satisfiable, Unknown, Unsatisfiable, solve
from drt.symbolic.sorts import LONG, STRING, EntitySort, Sort
from drt.symbolic.store import Store
from drt.symbolic.strings import require_alphabet
from drt.symbolic.terms import FALSE, Term, eq, not_, truth
from reference import syntax as ast
from reference.desugar import core
from reference.entities import Entities, Entity
from reference.errors import ErrorKind, EvaluationError
from reference.evaluator import evaluate
from reference.policies import Body, condition
from reference.schema.schema import Schema
from reference.schema.types import FalseType, TrueType, UnknownType
from reference.support.recursion import deep_recursion
from reference.support.traversal import walk
from reference.validation.environments import Environment
from reference.validation.judgement import Typed
from reference.validation.typechecker import TypeChecker
from reference.values import EntityUid, Long, String

EXCLUDED: tuple[ErrorKind, ...] = ("type", "attr-missing", "tag-missing", "arity", "unlinked-slot")
"""Kinds of errors that a valid policy does not raise."""

SAMPLES = 24
"""Inputs drawn in search of a witness."""


@dataclass(frozen=True, slots=True)
class Safe:
    """The policy raises no excluded error on any input of the environment; `how` names the proof."""

    how: str


@dataclass(frozen=True, slots=True)
class Unsafe:
    """The reference raises an excluded error on this input, or else the formulas and it differ."""

    shown: Counterexample
    raised: ErrorKind | Literal["nothing"]


@dataclass(frozen=True, slots=True)
class Harmless:
    """No excluded error was found: `proved` means that there is none."""

    proved: bool


@dataclass(frozen=True, slots=True)
class Undecided:
    """No verdict; the reason is a limit of the solver or of its alphabet."""

    reason: str


Judged = Safe | Unsafe | Harmless | Undecided


class Untrusting(Compiler):
    """A compiler for which types are claims: a value that contradicts its type is an excluded failure.

    Operands that the type checker does not judge lie behind such a claim.
    """

    def outcome(self, typed: Typed) -> Outcome:
        """Compile an expression by its parts; a type that states the value is an obligation."""
        found = self._outcome(typed)
        match typed.type:
            case TrueType() | FalseType() as claimed:
                broken = not_(eq(found.value, truth(isinstance(claimed, TrueType))))
                return Outcome(found.failure.then(excluded(broken)), found.value)
        if is_noted(typed.expr):
            self._note(found.value)
        return found


def judge(body: Body, store: Store, environments: Iterable[Environment], limits: Limits = LIMITS) -> Judged:
    """Judge a policy in environments: rejected if rejected in any, safe if safe in all of them."""
    findings: list[Judged] = []
    for environment in environments:
        accepted = problem_of(body, store.schema, environment) is None
        findings.append((valid_policy if accepted else rejected_policy)(body, store, environment, limits))
    for kind in (Unsafe, Undecided, Harmless):
        for found in findings:
            if isinstance(found, kind):
                return found
    return findings[0] if findings else Safe("no environment")


def valid_policy(body: Body, store: Store, environment: Environment, limits: Limits = LIMITS) -> Judged:
    """Judge a policy that is valid in an environment."""
    compiled = Untrusting(store, environment).policy(body)
    return _solved(body, compiled.failure, compiled.footprint, store, environment, limits)


def rejected_policy(body: Body, store: Store, environment: Environment, limits: Limits = LIMITS) -> Judged:
    """Search for an input on which a rejected policy raises an excluded error."""
    for shown in _drawn(body, store, environment):
        raised = raised_by(body, shown, store.schema)
        if raised in EXCLUDED:
            return Unsafe(shown, raised)
    typed = _typed_but_for_guards(body, store.schema, environment)
    if typed is None:
        return Harmless(proved=False)
    compiler = Untrusting(store, environment)
    outcome = compiler.outcome(typed)
    found = _solved(body, outcome.failure, frozenset(compiler.footprint), store, environment, limits)
    return Harmless(proved=True) if isinstance(found, Safe) else found


def _solved(
    body: Body,
    failure: Failure,
    footprint: frozenset[Term],
    store: Store,
    environment: Environment,
    limits: Limits,
) -> Judged:
    if failure.excluded is FALSE:
        return Safe("folded")
    assertions = [failure.excluded, *facts(footprint, store)]
    try:
        require_alphabet(assertions)
        answer = solve(assertions, store.members, limits)
    except Refused as refused:
        return Undecided(f"refused: {refused.kind}")
    match answer:
        case Unsatisfiable(how):
            return Safe(how)
        case Unknown(reason):
            return Undecided(reason)
        case Satisfiable(found, _):
            shown = concretize(repaired(found, footprint), store, environment)
            return Unsafe(shown, raised_by(body, shown, store.schema) or "nothing")


def raised_by(body: Body, shown: Counterexample, schema: Schema) -> ErrorKind | None:
    """Return the kind of error that the reference raises on an input, if it does."""
    actions = {uid: Entity(uid, {}, action.parents, {}) for uid, action in schema.actions.items()}
    entities = Entities({**shown.entities.by_uid, **actions})
    try:
        evaluate(condition(body), shown.request, entities)
    except EvaluationError as error:
        return error.kind
    return None


def _drawn(body: Body, store: Store, environment: Environment) -> Iterator[Counterexample]:
    """Draw inputs of an environment around the literals of a policy."""
    with deep_recursion():
        literals = [node.value for node in walk(condition(body)) if isinstance(node, ast.Lit)]
    sampler = Sampler(store, environment, _constants(literals), Random(len(literals)))
    for _ in range(SAMPLES):
        yield concretize(sampler.sample(), store, environment)


def _constants(literals: list[Any]) -> Mapping[Sort, list[Any]]:
    found: dict[Sort, list[Any]] = {}
    for literal in literals:
        match literal:
            case Long(number):
                found.setdefault(LONG, []).append(number)
            case String(text):
                found.setdefault(STRING, []).append(text)
            case EntityUid(name, _):
                found.setdefault(EntitySort(name), []).append(literal)
    return found


def _typed_but_for_guards(body: Body, schema: Schema, environment: Environment) -> Typed | None:
    """Type a policy whose only fault is that attributes or tags are not guarded; None for another."""
    with deep_recursion():
        checker = TypeChecker(schema, environment)
        typed = checker.condition(core(condition(body)))
        kinds = {problem.kind for problem in checker.problems.values()}
        guards = {"unsafe_optional_attribute_access", "unsafe_tag_access"}
        return typed if kinds and kinds <= guards and _is_typed(typed) else None


def _is_typed(typed: Typed) -> bool:
    return not isinstance(typed.type, UnknownType) and all(map(_is_typed, typed.parts))
