"""The analyser: the eleven queries about policies of one schema, for one environment at a time.

    analyzer = Analyzer(Source(schema_text))
    environment = analyzer.environment("User", 'Action::"view"', "Photo")
    match analyzer.implies(old, new, environment): ...

Policies are compiled once for each environment. A counterexample is shown only after both engines have
confirmed it; one that they do not confirm is a defect of the analyser and reported as `Unconfirmed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from drt.model.case import Source
from drt.symbolic import inputs
from drt.symbolic.compiler import Compiled, Compiler
from drt.symbolic.confirm import Side, confirm
from drt.symbolic.counterexample import Counterexample, concretize, repaired
from drt.symbolic.hierarchy import facts
from drt.symbolic.interpreter import Interpretation
from drt.symbolic.problems import Refused
from drt.symbolic.queries import QUERIES, Query, QueryName, allows
from drt.symbolic.smtlib import script
from drt.symbolic.solver import (
    LIMITS,
    Answer,
    Limits,
    Members,
    Satisfiable,
    Unknown,
    Unsatisfiable,
    solve_apart,
)
from drt.symbolic.sorts import BOOL
from drt.symbolic.store import Store
from drt.symbolic.strings import require_alphabet
from drt.symbolic.terms import TRUE, Symbol, Term, apply, not_
from reference.json.entities import NoJson
from reference.policies import Body
from reference.policy_set import PolicySet
from reference.validation.environments import Environment

Solve = Callable[[Sequence[Term], Members, Limits], Answer]


@dataclass(frozen=True, slots=True)
class Holds:
    """The property holds for every valid request and conforming store; `how` names the proof."""

    how: str


@dataclass(frozen=True, slots=True)
class Fails:
    """The property does not hold: both engines confirm the counterexample."""

    counterexample: Counterexample
    how: str


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """The solver's counterexample does not violate the property on an engine: a defect of ours."""

    counterexample: Counterexample
    problem: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """No verdict: `reason` names the limit."""

    reason: str


Verdict = Holds | Fails | Unconfirmed | Undecided


class Analyzer:
    """Queries about policies of one schema."""

    def __init__(
        self,
        schema: Source,
        limits: Limits = LIMITS,
        solve: Solve = solve_apart,
        compiler: type[Compiler] = Compiler,
    ) -> None:
        """Read the schema; raises `Refused("schema")`."""
        self.source = schema
        self.schema = inputs.schema_of(schema)
        self.store = Store(self.schema)
        self.limits = limits
        self._solve = solve
        self._compiler = compiler
        self._compiled: dict[tuple[int, int], tuple[Body, Environment, Compiled]] = {}

    def environment(self, principal: str, action: str, resource: str) -> Environment:
        """Find an environment of the schema; raises `Refused`."""
        return inputs.environment_of(self.schema, principal, inputs.uid_of(action), resource)

    def environments(self) -> Iterator[Environment]:
        """Every environment of the schema; raises `Refused` for an incomplete one."""
        return inputs.environments_of(self.schema)

    def implies(self, first: PolicySet, second: PolicySet, environment: Environment) -> Verdict:
        """Decide whether the second set allows whatever the first allows."""
        return self.ask("implies", [first, second], environment)

    def ask(self, name: QueryName, policies: Sequence[PolicySet], environment: Environment) -> Verdict:
        """Answer a query; raises `Refused` for one that cannot be asked."""
        query, sides = _sides(name, policies)
        return self.decide(query, sides, environment)

    def script(self, name: QueryName, policies: Sequence[PolicySet], environment: Environment) -> str:
        """Write a query as SMT-LIB text, unsatisfiable if the property holds; raises `Refused`."""
        query, sides = _sides(name, policies)
        assertions, _ = self._assertions(query, sides, environment)
        return script(assertions, self.store.members)

    def decide(self, query: Query, sides: Sequence[Side], environment: Environment) -> Verdict:
        """Answer a query about sides that fit it."""
        assertions, footprint = self._assertions(query, sides, environment)
        match self.answer(assertions):
            case Unsatisfiable(how):
                return Holds(how)
            case Satisfiable(found, how):
                return self._shown(query, sides, environment, repaired(found, footprint), how)
            case Unknown(reason):
                return Undecided(reason)

    def _assertions(
        self, query: Query, sides: Sequence[Side], environment: Environment
    ) -> tuple[list[Term], frozenset[Term]]:
        """Negate the property and state the facts about the footprint; returns both."""
        compiled = [self.compiled(side, environment) for side in sides]
        footprint = frozenset(term for side in compiled for policy in side for term in policy.footprint)
        error = compiled[0][0].failure.any if query.single else TRUE
        holding = [side[0].matches if query.single else allows(side) for side in compiled]
        assumed = list(facts(footprint, self.store))
        if (
            query.property(_opaque(error, 0), [_opaque(one, n) for n, one in enumerate(holding, 1)]).op
            != "const"
        ):
            require_alphabet([error, *holding, *assumed])
        return [not_(query.property(error, holding)), *assumed], footprint

    def answer(self, assertions: Sequence[Term]) -> Answer:
        """Ask the solver whether some input satisfies assertions."""
        return self._solve(assertions, self.store.members, self.limits)

    def compiled(self, side: Side, environment: Environment) -> list[Compiled]:
        """Compile the policies of a side; raises `Refused` for the first that is not valid."""
        found = []
        for name, body in side.items():
            key = (id(body), id(environment))
            if key not in self._compiled:
                inputs.require_valid(name, body, self.schema, environment)
                compiled = self._compiler(self.store, environment).policy(body)
                self._compiled[key] = body, environment, compiled  # kept, so that no other has their ids
            found.append(self._compiled[key][2])
        return found

    def _shown(
        self,
        query: Query,
        sides: Sequence[Side],
        environment: Environment,
        found: Interpretation,
        how: str,
    ) -> Verdict:
        counterexample = concretize(found, self.store, environment)
        try:
            confirmation = confirm(query, sides, self.source, counterexample)
        except NoJson as error:
            raise Refused("concretize-error", str(error)) from None
        if not confirmation.confirmed:
            return Unconfirmed(counterexample, confirmation.problem)
        return Fails(counterexample, how)


def _opaque(term: Term, number: int) -> Term:
    """Return a variable in a term's place, unless the term is a constant.

    A query that constants decide needs no encoding. Whether terms happen to be equal does not count here:
    texts that cannot be encoded are refused however well terms fold.
    """
    return term if term.op == "const" else apply(Symbol("request", f"side {number}"), BOOL)


def _sides(name: QueryName, policies: Sequence[PolicySet]) -> tuple[Query, list[dict[str, Body]]]:
    query, sides = QUERIES[name], [one.plain() for one in policies]
    require_sides(query, sides)
    return query, sides


def require_sides(query: Query, sides: Sequence[Side]) -> None:
    """Raise `Refused("not-one-policy")` where a side must be one policy and is not."""
    for side in sides:
        if query.single and len(side) != 1:
            raise Refused("not-one-policy", f"expected one policy, found {len(side)}")
