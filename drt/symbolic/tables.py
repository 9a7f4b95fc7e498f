"""The tables of an analysis (spec 10 §10): findings within one set, and the comparison of two.

Rows are environments. A query without a verdict makes no finding; it is listed in `undecided`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from drt.symbolic.analyzer import Analyzer, Fails, Holds, Verdict
from drt.symbolic.confirm import Side
from drt.symbolic.problems import Refused
from drt.symbolic.queries import QUERIES, QueryName
from reference.policies import Body
from reference.policy_set import PolicySet
from reference.text.uid_text import show
from reference.validation.environments import Environment as Environment
from reference.values import EntityUid

Relation = Literal["equivalent", "less", "more", "incomparable", "unknown"]
Vacuity = Literal["all", "none", "some", "unknown"]

WORDS: Mapping[Relation, str] = {
    "equivalent": "pset1 is equivalent to pset2",
    "less": "pset1 is less permissive than pset2",
    "more": "pset1 is more permissive than pset2",
    "incomparable": "pset1 is incomparable with pset2",
    "unknown": "unknown",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sets in one environment: does the second allow what the first allows, and the other way round."""

    environment: Environment
    forward: Verdict
    backward: Verdict

    @property
    def relation(self) -> Relation:
        """The first set against the second."""
        match self.forward, self.backward:
            case Holds(), Holds():
                return "equivalent"
            case Holds(), Fails():
                return "less"
            case Fails(), Holds():
                return "more"
            case Fails(), Fails():
                return "incomparable"
            case _:
                return "unknown"


@dataclass(frozen=True, slots=True)
class Redundant:
    """Policies that match the same requests."""

    policies: tuple[str, ...]

    def __str__(self) -> str:
        return f"Redundant Policies: {listed(self.policies)}"


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A policy that matches only where another of its effect does."""

    policy: str
    by: str

    def __str__(self) -> str:
        return f"Policy `{self.policy}` shadowed by `{self.by}`"


@dataclass(frozen=True, slots=True)
class Overridden:
    """A permit that matches only where a forbid does."""

    policy: str
    by: str

    def __str__(self) -> str:
        return f"Policy `{self.policy}` overridden by `{self.by}`"


Finding = Redundant | Shadowed | Overridden


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One environment: each policy's vacuity, whether the set allows or denies everything, and findings."""

    environment: Environment
    vacuity: Mapping[str, Vacuity]
    decisions: Vacuity
    findings: tuple[Finding, ...] = ()
    undecided: tuple[str, ...] = ()


def compare(analyzer: Analyzer, first: PolicySet, second: PolicySet) -> Iterator[Comparison]:
    """Compare two sets in every environment of the schema."""
    for environment in analyzer.environments():
        yield compare_in(analyzer, first, second, environment)


def compare_in(
    analyzer: Analyzer, first: PolicySet, second: PolicySet, environment: Environment
) -> Comparison:
    """Compare two sets in one environment."""
    forward = analyzer.implies(first, second, environment)
    return Comparison(environment, forward, analyzer.implies(second, first, environment))


def policies(analyzer: Analyzer, policy_set: PolicySet) -> Iterator[PolicyRow]:
    """Analyse one set in every environment of the schema."""
    for environment in analyzer.environments():
        yield policies_in(analyzer, policy_set, environment)


def policies_in(analyzer: Analyzer, policy_set: PolicySet, environment: Environment) -> PolicyRow:
    """Analyse one set in one environment."""
    return _Row(analyzer, policy_set.plain(), environment).row()


def messages(rows: Sequence[PolicyRow], names: Sequence[str]) -> list[str]:
    """Sum up rows: what holds in every environment, and the number of findings."""
    said = []
    for vacuity, verb in (("all", "allows"), ("none", "denies")):
        if rows and all(row.decisions == vacuity for row in rows):
            said.append(f"Policyset is vacuous. Policyset {verb} all authorization requests.")
    vacuous = [
        f"Policy `{name}` applies to {scope} authorization requests."
        for name in names
        for vacuity, scope in (("all", "all"), ("none", "no"))
        if rows and all(row.vacuity[name] == vacuity for row in rows)
    ]
    if vacuous:
        said += [f"Found {len(vacuous)} vacuous policies:", *vacuous]
    count = sum(len(row.findings) for row in rows)
    return [*said, f"Found {count} request environment specific warnings:"]


def named(policy_set: PolicySet) -> PolicySet:
    """Rename the policies of a text by their `@id`; raises `Refused` for an id that two of them have."""
    bodies: dict[str, Body] = {}
    for name, body in policy_set.static.items():
        chosen = dict(body.annotations).get("id", name) or ""
        if chosen in bodies:
            raise Refused("parse", f"two policies have the id `{chosen}`")
        bodies[chosen] = body
    return PolicySet(bodies, policy_set.templates, policy_set.links)


def plain_names(environment: Environment) -> tuple[str, str, str]:
    """Name an environment without namespaces."""
    principal, resource = (name.rpartition("::")[2] for name in (environment.principal, environment.resource))
    return principal, environment.action.id, resource


def listed(names: Sequence[str]) -> str:
    """Write names as a list in a sentence."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) < 3:
        return " and ".join(quoted)
    return f"{', '.join(quoted[:-1])}, and {quoted[-1]}"


@dataclass(slots=True)
class _Row:
    analyzer: Analyzer
    side: Side
    environment: Environment
    undecided: list[str] = field(default_factory=list)

    def row(self) -> PolicyRow:
        self.analyzer.compiled(self.side, self.environment)
        vacuity = {name: self._vacuity(name) for name in self.side}
        return PolicyRow(
            self.environment,
            vacuity,
            self._scope("always-allows", "always-denies", self.side),
            tuple(self._findings(vacuity)),
            tuple(self.undecided),
        )

    def _vacuity(self, name: str) -> Vacuity:
        return self._scope("always-matches", "never-matches", {name: self.side[name]})

    def _scope(self, everything: QueryName, nothing: QueryName, side: Side) -> Vacuity:
        always, never = self._holds(everything, side), self._holds(nothing, side)
        if always:
            return "all"
        if never:
            return "none"
        return "unknown" if always is None or never is None else "some"

    def _findings(self, vacuity: Mapping[str, Vacuity]) -> Iterator[Finding]:
        permits, forbids = (
            sorted(name for name, body in self.side.items() if body.effect == effect)
            for effect in ("permit", "forbid")
        )
        redundant: list[Redundant] = []
        shadowed: list[list[Shadowed]] = []
        for names in (permits, forbids):
            same, under = self._pairs(names, vacuity)
            redundant += classes(same)
            shadowed.append(sorted(under, key=lambda found: (found.policy, found.by)))
        yield from sorted(redundant, key=lambda found: found.policies)
        yield from shadowed[0]
        yield from self._overridden(permits, forbids, vacuity)
        yield from shadowed[1]

    def _pairs(
        self, names: Sequence[str], vacuity: Mapping[str, Vacuity]
    ) -> tuple[list[tuple[str, str]], list[Shadowed]]:
        """Compare policies of one effect, two at a time."""
        same: list[tuple[str, str]] = []
        under: list[Shadowed] = []
        for one, other in combinations(names, 2):
            match vacuity[one], vacuity[other]:
                case "all", "all":
                    same.append((one, other))
                case "all", "some":
                    under.append(Shadowed(other, one))
                case "some", "all":
                    under.append(Shadowed(one, other))
                case "some", "some":
                    there, back = self._implies(one, other), self._implies(other, one)
                    if there and back:
                        same.append((one, other))
                    elif there:
                        under.append(Shadowed(one, other))
                    elif back:
                        under.append(Shadowed(other, one))
        return same, under

    def _overridden(
        self, permits: Sequence[str], forbids: Sequence[str], vacuity: Mapping[str, Vacuity]
    ) -> Iterator[Overridden]:
        for permit in permits:
            for forbid in forbids:
                if vacuity[permit] == vacuity[forbid] == "some" and self._implies(permit, forbid):
                    yield Overridden(permit, forbid)

    def _implies(self, one: str, other: str) -> bool | None:
        return self._holds("matches-implies", {one: self.side[one]}, {other: self.side[other]})

    def _holds(self, query: QueryName, *sides: Side) -> bool | None:
        match self.analyzer.decide(QUERIES[query], sides, self.environment):
            case Holds():
                return True
            case Fails():
                return False
            case other:
                names = ", ".join(f"`{name}`" for side in sides for name in side)
                self.undecided.append(f"{query} of {names}: {other}")
                return None


def classes(pairs: Sequence[tuple[str, str]]) -> list[Redundant]:
    """Join pairs of equivalent policies to classes."""
    found: list[set[str]] = []
    for pair in pairs:
        joined = set(pair).union(*(one for one in found if not one.isdisjoint(pair)))
        found = [one for one in found if one.isdisjoint(pair)] + [joined]
    return [Redundant(tuple(sorted(one))) for one in found]


def migration_notes(before: Iterable[Environment], after: Sequence[Environment]) -> list[str]:
    """Say which environments a migration of the schema adds and removes."""
    old, new = ({_key(one): one for one in environments} for environments in (before, after))
    added = [f"new in the schema: {_described(new[key])}" for key in new if key not in old]
    return added + [f"no longer in the schema: {_described(old[key])}" for key in old if key not in new]


def _key(environment: Environment) -> tuple[str, EntityUid, str]:
    return environment.principal, environment.action, environment.resource


def _described(environment: Environment) -> str:
    return f"{environment.principal}, {show(environment.action)}, {environment.resource}"
