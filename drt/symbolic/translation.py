"""Translation validation: what production runs for a policy means what the reference says, for all inputs.

Validates what production's plan for the action holds, in every way in which production runs it: by the stack
machine, by generated code, by an index over scopes. A rule that the plan leaves out must never match.
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
from drt.symbolic.production_code import UNINDEXED, WAYS, Site, WayName, read, status, statuses
from drt.symbolic.python_code import ByStatus
from drt.symbolic.python_values import NotUnderstood
from drt.symbolic.solver import LIMITS, Limits, Satisfiable, Unknown, Unsatisfiable, solve
from drt.symbolic.store import Store
from drt.symbolic.terms import FALSE, Term, and_, eq, not_, or_
from production import Schema as ProductionSchema
from production.errors import FALSE as NOT_SATISFIED
from production.errors import STATUS_OF_KIND
from production.errors import TRUE as SATISFIED
from reference.errors import EvaluationError
from reference.evaluator import evaluate
from reference.policies import Body, condition
from reference.policy_set import PolicySet
from reference.schema.schema import Schema
from reference.validation.environments import Environment
from reference.validation.typed_entities import read_entities_under
from reference.values import Bool


@dataclass(frozen=True, slots=True)
class Equal:
    """Production's code for a policy is equal to its source in an environment."""

    policy: str
    how: str


@dataclass(frozen=True, slots=True)
class Unequal:
    """Production's code differs from the source: the statuses of both on an input, which confirms it."""

    policy: str
    way: WayName
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


class Translation:
    """Validation of policies of one schema."""

    def __init__(self, schema: Source, limits: Limits = LIMITS, solver: Solve = solve) -> None:
        """Read the schema on both sides; raises `Refused`."""
        self.schema = schema_of(schema)
        require_complete(self.schema)
        self.store = Store(self.schema)
        self._limits = limits
        self._solve = solver
        of_text = ProductionSchema.from_cedar if schema.format == "cedar" else ProductionSchema.from_json
        self.production = of_text(schema.text)

    def validate(self, policies: PolicySet) -> Iterator[Validation]:
        """Validate all policies in all environments in which they are valid, so many at a time."""
        bodies = list(policies.plain().items())
        for start in range(0, len(bodies), UNINDEXED):
            chunk = dict(bodies[start : start + UNINDEXED])
            for environment in environments_of(self.schema):
                yield from self.validate_in(chunk, environment)

    def validate_in(self, bodies: Mapping[str, Body], environment: Environment) -> Iterator[Validation]:
        """Validate policies in one environment; those that are not valid there are left out."""
        valid = {
            name: body for name, body in bodies.items() if problem_of(body, self.schema, environment) is None
        }
        compiler = Compiler(self.store, environment)
        compiled = {name: compiler.policy(body) for name, body in valid.items()}
        if not valid:
            return
        site = Site(self.store, self.production, valid, environment)
        for way in WAYS:
            for number, (name, source) in enumerate(compiled.items()):
                yield self._judged(site, way, number, name, source)

    def _judged(self, site: Site, way: WayName, number: int, name: str, source: Compiled) -> Validation:
        try:
            produced = statuses(site, way, number)
        except NotUnderstood as form:
            return Unproved(name, f"code is not understood: {form}")
        assertions = [different(produced, source), *facts(source.footprint, self.store)]
        match self._solve(assertions, self.store.members, self._limits):
            case Unsatisfiable(how):
                return Equal(name, how)
            case Unknown(reason):
                return Unproved(name, reason)
            case Satisfiable(found, _):
                shown = concretize(repaired(found, source.footprint), self.store, site.environment)
                expected = expected_status(site.bodies[name], shown, self.schema)
                got = status(site, way, number, read(self.production, shown))
                return Unequal(name, way, shown, expected, got)


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
