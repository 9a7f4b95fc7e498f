"""Translation validation: what production runs for a policy means what the reference says, for all inputs.

Validates what production's plan for the action holds, with the code that it generates for the rules of the
plan, for any request and for requests of the environment's types. A rule that the plan leaves out must never
match.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from drt.model.case import Source
from drt.symbolic.analyzer import Solve
from drt.symbolic.compiler import Compiled, Compiler
from drt.symbolic.counterexample import Counterexample, concretize, repaired
from drt.symbolic.hierarchy import facts
from drt.symbolic.inputs import environments_of, problem_of, require_complete, schema_of
from drt.symbolic.python_code import ByStatus, Executor
from drt.symbolic.python_expressions import Expressions
from drt.symbolic.python_values import NotUnderstood
from drt.symbolic.solver import LIMITS, Limits, Satisfiable, Unknown, Unsatisfiable, solve
from drt.symbolic.store import Store
from drt.symbolic.terms import FALSE, TRUE, Term, and_, eq, not_, or_
from production import Request as ProductionRequest
from production import Schema as ProductionSchema
from production import Uid
from production.errors import FALSE as NOT_SATISFIED
from production.errors import STATUS_BITS, STATUS_OF_KIND
from production.errors import TRUE as SATISFIED
from production.policy_set import PolicySet as ProductionPolicies
from production.schema.request_types import RequestTypes
from production.serving.compiled_shapes import Program
from production.serving.plans import Plan, Plans
from reference.errors import EvaluationError
from reference.evaluator import evaluate
from reference.policies import Body, condition
from reference.policy_set import PolicySet
from reference.schema.schema import Schema
from reference.support.recursion import deep_recursion
from reference.text.printer import print_body
from reference.validation.environments import Environment
from reference.validation.typed_entities import read_entities_under
from reference.values import Bool, EntityUid


@dataclass(frozen=True, slots=True)
class Equal:
    """Production's code for a policy is equal to its source in an environment."""

    policy: str
    how: str


@dataclass(frozen=True, slots=True)
class Unequal:
    """Production's code differs from the source: the statuses of both on an input, which confirms it."""

    policy: str
    typed: bool
    counterexample: Counterexample
    expected: int
    got: int

    @property
    def confirmed(self) -> bool:
        """Whether running the code shows the difference."""
        return self.expected != self.got


@dataclass(frozen=True, slots=True)
class Unproved:
    """No verdict: a limit of the solver, or code of a form that is not understood."""

    policy: str
    reason: str


Validation = Equal | Unequal | Unproved

MOST_POLICIES = 16
"""As many rules production runs without an index over scopes."""


class Translation:
    """Validation of policies of one schema."""

    def __init__(self, schema: Source, limits: Limits = LIMITS, solver: Solve = solve) -> None:
        """Read the schema on both sides; raises `Refused`."""
        self.schema = schema_of(schema)
        require_complete(self.schema)
        self.store = Store(self.schema)
        self._limits = limits
        self._solve = solver
        read = ProductionSchema.from_cedar if schema.format == "cedar" else ProductionSchema.from_json
        self.production = read(schema.text)

    def validate(self, policies: PolicySet) -> Iterator[Validation]:
        """Validate all policies in all environments in which they are valid, so many at a time."""
        bodies = list(policies.plain().items())
        for start in range(0, len(bodies), MOST_POLICIES):
            chunk = dict(bodies[start : start + MOST_POLICIES])
            for environment in environments_of(self.schema):
                yield from self.validate_in(chunk, environment)

    def validate_in(self, bodies: Mapping[str, Body], environment: Environment) -> Iterator[Validation]:
        """Validate policies in one environment; those that are not valid there are left out."""
        valid = {
            name: body for name, body in bodies.items() if problem_of(body, self.schema, environment) is None
        }
        compiler = Compiler(self.store, environment)
        compiled = {name: compiler.policy(body) for name, body in valid.items()}
        for typed in (False, True):
            code = _Code(self, valid, environment, typed)
            for number, (name, source) in enumerate(compiled.items()):
                yield self._judged(code, number, name, source)

    def _judged(self, code: _Code, number: int, name: str, source: Compiled) -> Validation:
        try:
            statuses = code.statuses(number)
        except NotUnderstood as form:
            return Unproved(name, f"generated code is not understood: {form}")
        assertions = [different(statuses, source), *facts(source.footprint, self.store)]
        match self._solve(assertions, self.store.members, self._limits):
            case Unsatisfiable(how):
                return Equal(name, how)
            case Unknown(reason):
                return Unproved(name, reason)
            case Satisfiable(found, _):
                shown = concretize(repaired(found, source.footprint), self.store, code.environment)
                body = code.bodies[name]
                expected = expected_status(body, shown, self.schema)
                return Unequal(name, code.typed, shown, expected, code.run(number, shown))


def different(produced: ByStatus, source: Compiled) -> Term:
    """State that some status is produced where the source does not have it, or the other way round."""
    failure = source.failure
    expected: ByStatus = {
        NOT_SATISFIED: and_(not_(failure.any), not_(source.matches)),
        SATISFIED: source.matches,
        STATUS_OF_KIND["overflow"]: and_(failure.any, not_(failure.extension)),
        STATUS_OF_KIND["extension"]: failure.extension,
    }
    return or_(
        *(
            not_(eq(produced.get(status, FALSE), expected.get(status, FALSE)))
            for status in sorted(expected.keys() | produced.keys())
        )
    )


def expected_status(body: Body, found: Counterexample, schema: Schema) -> int:
    """Return the status that the reference gives to a policy; the schema adds the actions to the store."""
    entities = read_entities_under(found.entities_json(), schema)
    try:
        value = evaluate(condition(body), found.request, entities)
    except EvaluationError as error:
        return STATUS_OF_KIND[error.kind]
    return SATISFIED if value == Bool(True) else NOT_SATISFIED


class _Code:
    """The programs of production's plan for one environment, with or without types."""

    def __init__(
        self, owner: Translation, bodies: Mapping[str, Body], environment: Environment, typed: bool
    ) -> None:
        self.bodies = bodies
        self.environment = environment
        self.typed = typed
        self._owner = owner
        action = _uid(environment.action)
        above = owner.schema.action_ancestors(environment.action) - {environment.action}
        with deep_recursion():
            text = "\n".join(print_body(body) for body in bodies.values())
        self._plan: Plan = Plans(ProductionPolicies.from_text(text)).plan(action, frozenset(map(_uid, above)))
        self._programs = self._plan.fused(self._types() if typed else None).programs
        self._statuses: dict[int, dict[int, ByStatus]] = {}

    def _types(self) -> RequestTypes:
        """Return the types that production has for requests of the environment."""
        environment = self.environment
        principal, resource = (Uid(name, "") for name in (environment.principal, environment.resource))
        request = ProductionRequest(principal, _uid(environment.action), resource, {})
        return self._owner.production._types.types_of(request)

    def statuses(self, number: int) -> ByStatus:
        """Return the conditions of each status of a policy; raises `NotUnderstood`."""
        if self._plan.indexes:
            raise NotUnderstood("an index over scopes")
        for program, rules in self._programs:
            ids = [rule.policy_id for rule in rules]
            if f"policy{number}" in ids:
                return self._executed(program).get(ids.index(f"policy{number}"), {})
        if any(rule.policy_id == f"policy{number}" for rule in self._plan.always):
            raise NotUnderstood("no code is generated for so large a policy")
        return {NOT_SATISFIED: TRUE}

    def _executed(self, program: Program) -> dict[int, ByStatus]:
        compiler = Compiler(self._owner.store, self.environment)
        variables = {
            "p": compiler.variable("principal"),
            "a": compiler.variable("action"),
            "r": compiler.variable("resource"),
            "c": compiler.variable("context"),
        }
        if id(program) not in self._statuses:
            python = Expressions(self._owner.store, program.names)
            self._statuses[id(program)] = Executor(python).run(program.text, variables)
        return self._statuses[id(program)]

    def run(self, number: int, found: Counterexample) -> int:
        """Run the code on an input and return a policy's status."""
        entities = self._owner.production.read_entities(found.entities_json())
        request = self._owner.production.read_request(found.request_json())
        for program, rules in self._programs:
            ids = [rule.policy_id for rule in rules]
            if f"policy{number}" in ids:
                responses: dict[int, int] = {}
                function = program.bind(entities, responses=responses, respond=_same)
                mask = function(request.principal, request.action, request.resource, request._context)
                return int(mask) >> ids.index(f"policy{number}") * STATUS_BITS & (1 << STATUS_BITS) - 1
        return NOT_SATISFIED


def _same(mask: int) -> int:
    return mask


def _uid(entity: EntityUid) -> Uid:
    return Uid(entity.type, entity.id)
