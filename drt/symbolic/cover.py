"""Inputs that reach every outcome of every sub-expression of policies, or a proof that none does.

A goal is a boolean sub-expression that is reached and true, or false, or an operation that is reached and
fails. Random inputs come first; what they miss is solved for, or proved dead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from drt.engines import build
from drt.engines.guard import Guarded, GuardedSession
from drt.model.case import Case, Request, Source
from drt.model.outcome import Authorized
from drt.model.question import Authorize
from drt.symbolic.analyzer import Analyzer
from drt.symbolic.compiler import Compiled, Compiler
from drt.symbolic.confirm import ENGINES, Side, policies_text
from drt.symbolic.counterexample import Counterexample, concretize, repaired
from drt.symbolic.hierarchy import facts
from drt.symbolic.inputs import require_valid
from drt.symbolic.interpreter import Interpretation, values
from drt.symbolic.laws import predicted
from drt.symbolic.outcomes import Outcome
from drt.symbolic.sampling import Sampler, constants_of
from drt.symbolic.solver import Satisfiable, Unknown
from drt.symbolic.sorts import BOOL
from drt.symbolic.terms import FALSE, TRUE, Term, and_, not_
from reference import syntax as ast
from reference.desugar import core
from reference.policies import condition
from reference.support.recursion import deep_recursion
from reference.support.traversal import fold, rebuild
from reference.text.expression_printer import print_expression
from reference.text.uid_text import show
from reference.validation.environments import Environment
from reference.validation.judgement import Typed
from reference.values import EntityUid

RANDOM_INPUTS = 24
"""Drawn in each environment before anything is solved."""

Wanted = Literal["true", "false", "error"]


@dataclass(frozen=True, slots=True)
class Goal:
    """An outcome of one sub-expression of a policy; `place` numbers the sub-expressions in order."""

    policy: str
    place: int
    expression: str
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Covering:
    """An input with what it reaches, and the response that the policies' terms and both engines give."""

    environment: Environment
    found: Counterexample
    response: Authorized
    reached: frozenset[Goal]


@dataclass(slots=True)
class Coverage:
    """Goals by their fate: `dead` is proved for every environment, `undecided` has the solver's reason."""

    cases: list[Covering] = field(default_factory=list)
    reached: set[Goal] = field(default_factory=set)
    dead: set[Goal] = field(default_factory=set)
    undecided: dict[Goal, str] = field(default_factory=dict)
    unconfirmed: list[str] = field(default_factory=list)


class _Observer(Compiler):
    """A compiler that notes under which condition each outcome is reached."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.reach: Term = TRUE
        self.notes: list[tuple[ast.Expr, Wanted, Term]] = []

    def outcome(self, typed: Typed) -> Outcome:
        """Compile an expression; what follows it is reached only if it does not fail."""
        before = self.reach
        outcome = super().outcome(typed)
        self.reach = and_(before, not_(outcome.failure.any))
        if isinstance(typed.expr, ast.Lit) or _is_padding(typed.expr):
            return outcome
        if outcome.value.sort == BOOL:
            self.notes.append((typed.expr, "true", and_(self.reach, outcome.value)))
            self.notes.append((typed.expr, "false", and_(self.reach, not_(outcome.value))))
        elif outcome.failure.any is not FALSE and isinstance(typed.expr, ast.Unary | ast.Binary | ast.Call):
            self.notes.append((typed.expr, "error", and_(before, outcome.failure.any)))
        return outcome

    def _outcome(self, typed: Typed) -> Outcome:
        match typed.expr, typed.parts:
            case ast.And(), (left, right):
                first = self.outcome(left)
                self.reach = and_(self.reach, first.value)
                return self._conjunction(first, self.outcome(right))
            case ast.Or(), (left, right):
                first = self.outcome(left)
                self.reach = and_(self.reach, not_(first.value))
                return self._disjunction(first, self.outcome(right))
            case ast.If(), (test, then, otherwise):
                tested = self.outcome(test)
                after = self.reach
                self.reach = and_(after, tested.value)
                taken = self.outcome(then)
                self.reach = and_(after, not_(tested.value))
                return self._choice(tested, taken, self.outcome(otherwise))
            case _:
                return super()._outcome(typed)


def _is_padding(expr: ast.Expr) -> bool:
    """Return whether an expression is only there because a scope has no constraint."""
    return isinstance(expr, ast.And) and isinstance(expr.left, ast.Lit)


def as_written(expr: ast.Expr) -> str:
    """Print an expression with the comparisons that people write."""
    return print_expression(fold(expr, _sugared))


def _sugared(expr: ast.Expr, parts: Sequence[ast.Expr]) -> ast.Expr:
    match expr, parts:
        case ast.Unary("!"), [ast.Binary("<=" | "<" | "==" as op, left, right)]:
            return ast.Binary(NEGATIONS[op], left, right)
    return rebuild(expr, parts)


NEGATIONS: Mapping[str, ast.BinaryOp] = {"<=": ">", "<": ">=", "==": "!="}


def cover(analyzer: Analyzer, side: Side) -> Coverage:
    """Cover policies in all environments of the schema; raises `Refused` for policies that are not valid."""
    coverage = Coverage()
    with deep_recursion():
        conditions = {name: core(condition(body)) for name, body in side.items()}
    dead_in: dict[Goal, bool] = {}
    for environment in analyzer.environments():
        _Round(analyzer, side, conditions, environment, coverage, dead_in).run()
    coverage.dead = {goal for goal, dead in dead_in.items() if dead} - coverage.reached
    for goal in [*coverage.undecided]:
        if goal in coverage.reached:
            del coverage.undecided[goal]
    coverage.cases = minimal(coverage.cases)
    coverage.unconfirmed = [
        problem for case in coverage.cases if (problem := _problem(analyzer.source, side, case)) is not None
    ]
    return coverage


def minimal(cases: list[Covering]) -> list[Covering]:
    """Choose cases greedily until they reach all that all cases reach."""
    left = {goal for case in cases for goal in case.reached}
    chosen = []
    while left:
        best = max(cases, key=lambda case: len(case.reached & left))
        chosen.append(best)
        left -= best.reached
    return chosen


@dataclass(slots=True)
class _Round:
    """The work on one environment."""

    analyzer: Analyzer
    side: Side
    conditions: Mapping[str, ast.Expr]
    environment: Environment
    coverage: Coverage
    dead_in: dict[Goal, bool]
    compiled: dict[str, Compiled] = field(default_factory=dict)
    goals: dict[Goal, Term] = field(default_factory=dict)

    def run(self) -> None:
        self._compile()
        for goal in self.goals:
            self.dead_in.setdefault(goal, True)
        for found in self._drawn():
            self._take(found)
        footprint = frozenset(term for one in self.compiled.values() for term in one.footprint)
        assumed = list(facts(footprint, self.analyzer.store))
        for goal, term in self.goals.items():
            if goal in self.coverage.reached or term is FALSE:
                continue
            match self.analyzer.answer([term, *assumed]):
                case Satisfiable(found, _):
                    self._take(repaired(found, footprint))
                case Unknown(reason):
                    self.dead_in[goal] = False
                    self.coverage.undecided[goal] = reason

    def _compile(self) -> None:
        for name, body in self.side.items():
            require_valid(name, body, self.analyzer.schema, self.environment)
            observer = _Observer(self.analyzer.store, self.environment)
            with deep_recursion():
                self.compiled[name] = observer.condition(body.effect, self.conditions[name])
                places: dict[int, int] = {}
                for expr, wanted, term in observer.notes:
                    place = places.setdefault(id(expr), len(places))
                    self.goals[Goal(name, place, as_written(expr), wanted)] = term

    def _drawn(self) -> Iterator[Interpretation]:
        random = Random(f"{self.environment.principal} {self.environment.action} {self.environment.resource}")
        sampler = Sampler(self.analyzer.store, self.environment, constants_of(self.goals.values()), random)
        for _ in range(RANDOM_INPUTS):
            yield sampler.sample()

    def _take(self, found: Interpretation) -> None:
        """Keep an input that reaches something new."""
        held = values(self.goals.values(), found)
        reached = frozenset(goal for goal, term in self.goals.items() if held[term])
        if reached <= self.coverage.reached:
            return
        self.coverage.reached |= reached
        for goal in reached:
            self.dead_in[goal] = False
        shown = concretize(found, self.analyzer.store, self.environment)
        response = predicted(self.compiled, found)
        self.coverage.cases.append(Covering(self.environment, shown, response, reached))


def _problem(schema: Source, side: Side, case: Covering) -> str | None:
    """Find the engine that does not respond as the terms say."""
    names = list(side)
    for name in ENGINES:
        derived = Case(Source(policies_text(side)), case.found.entities_json(), schema)
        loaded = Guarded(build(name)).load(derived)
        if not isinstance(loaded, GuardedSession):
            return f"{name}: {loaded}"
        outcome = loaded.ask(Authorize(Request(case.found.request_json())))
        if not isinstance(outcome, Authorized) or _renamed(outcome, names) != case.response:
            return f"{name}: {outcome}, the terms say {case.response}"
    return None


def _renamed(outcome: Authorized, names: list[str]) -> Authorized:
    """Name policies as the user does: in the text that engines were given, they are numbered."""
    named = {f"policy{number}": name for number, name in enumerate(names)}
    determining = tuple(sorted(named[one] for one in outcome.determining))
    return Authorized(
        outcome.decision, determining, tuple(sorted((named[one], kind) for one, kind in outcome.erring))
    )


def run_tests_document(coverage: Coverage) -> list[dict[str, Any]]:
    """Write the cases as a file for `run-tests` (spec 12 §6)."""
    tests = []
    for number, case in enumerate(coverage.cases, 1):
        request = json.loads(case.found.request_json())
        uids = {part: _literal(request[part]) for part in ("principal", "action", "resource")}
        tests.append(
            {
                "name": f"case {number}",
                "request": {**uids, "context": request["context"]},
                "entities": json.loads(case.found.entities_json()),
                "decision": case.response.decision,
                "reason": list(case.response.determining),
                "num_errors": len(case.response.erring),
            }
        )
    return tests


def _literal(uid: Mapping[str, str]) -> str:
    return show(EntityUid(uid["type"], uid["id"]))
