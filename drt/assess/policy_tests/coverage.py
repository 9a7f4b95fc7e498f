"""Coverage of policies by their tests: which scopes matched, which clauses decided, and which never did.

The engine is asked about *probes*: for each policy one that keeps its scope alone, and one for each clause
alone under a scope that matches everything. All probes permit, so that the determining ones are those that
hold. Nothing but the engine's answers is used, and any engine can be asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from drt.assess.policy_tests.reading import PolicyTest
from drt.engines.guard import Guarded, GuardedSession
from drt.model.case import Case, Link, Source
from drt.model.errors import InputProblem
from drt.model.outcome import Accepted, Authorized
from drt.model.question import Authorize, ReadPolicies

ALL = {"op": "All"}


@dataclass(frozen=True, slots=True)
class ClauseCoverage:
    """How often a clause was reached, and what came of it: it held, did not hold, or erred.

    A clause is reached when the scope matches and all clauses before it hold.
    """

    keyword: str
    held: int = 0
    did_not_hold: int = 0
    erred: int = 0

    @property
    def decided_both_ways(self) -> bool:
        """Whether tests saw the clause hold and not hold."""
        return bool(self.held and (self.did_not_hold or self.erred))


@dataclass(frozen=True, slots=True)
class PolicyCoverage:
    """How many tests match a policy's scope and how many do not, and what its clauses did.

    `unanswered` counts tests that the engine did not answer about this policy.
    """

    policy: str
    matched: int
    did_not_match: int
    clauses: tuple[ClauseCoverage, ...]
    unanswered: int = 0

    def lines(self) -> Iterator[str]:
        """Yield what people read: a line for the policy, and one for each clause."""
        satisfied = self.clauses[-1].held if self.clauses else self.matched
        note = "" if satisfied else "  <- no test satisfies this policy"
        yield f"  {self.policy}: scope matched by {self.matched}, not by {self.did_not_match}{note}"
        for number, clause in enumerate(self.clauses, 1):
            note = "" if clause.decided_both_ways else "  <- not decided both ways"
            counts = f"held {clause.held}, did not hold {clause.did_not_hold}, erred {clause.erred}"
            yield f"    {clause.keyword} clause {number}: {counts}{note}"
        if self.unanswered:
            yield f"    unanswered: {self.unanswered}"

    def to_json(self) -> dict[str, object]:
        """Write the counts for programs."""
        clauses = [
            {
                "keyword": clause.keyword,
                "held": clause.held,
                "did_not_hold": clause.did_not_hold,
                "erred": clause.erred,
            }
            for clause in self.clauses
        ]
        scope = {"matched": self.matched, "did_not_match": self.did_not_match}
        return {"policy": self.policy, "scope": scope, "clauses": clauses, "unanswered": self.unanswered}


@dataclass(frozen=True, slots=True)
class _Policy:
    """A static or linked policy: the probes of its scope and clauses, and the keywords of the clauses."""

    name: str
    scope: str
    clauses: tuple[str, ...]
    keywords: tuple[str, ...]


def coverage_of(
    engine: Guarded, case: Case, tests: Sequence[PolicyTest], named: Mapping[str, str]
) -> tuple[PolicyCoverage, ...]:
    """Ask about the probes of a case's policies under each test; `named` as in `results`.

    Raises `InputProblem` if the engine cannot write the policies as JSON.
    """
    read = engine.ask(ReadPolicies(case.policies))
    if not isinstance(read, Accepted):
        raise InputProblem(f"the engine {engine.name} cannot write these policies as JSON")
    probes, links, policies = _probes(json.loads(read.canonical), case.links)
    probing = replace(case, policies=Source(json.dumps(probes), "json"), links=links)
    answers = [_answer(engine, probing, test) for test in tests]
    return tuple(
        _covered(replace(policy, name=named.get(policy.name, policy.name)), answers) for policy in policies
    )


def _probes(
    document: dict[str, dict[str, dict[str, object]]], links: Sequence[Link]
) -> tuple[dict[str, object], tuple[Link, ...], list[_Policy]]:
    """Make the probes: a policy set in JSON, its links, and the policies whose probes they are."""
    static: dict[str, object] = {}
    templates: dict[str, object] = {}
    policies = []
    for name, policy in document.get("staticPolicies", {}).items():
        static[f"{name}#scope"] = _permit(policy, [])
        policies.append(_with_clauses(name, f"{name}#scope", policy, static))
    linked = [(link, document["templates"][link[0]]) for link in links]
    for (template, new, _), policy in linked:
        templates[f"{template}#scope"] = _permit(policy, [])
        policies.append(_with_clauses(new, f"{new}#scope", policy, static))
    probes: dict[str, object] = {"staticPolicies": static, "templates": templates, "templateLinks": []}
    return (
        probes,
        tuple((f"{template}#scope", f"{new}#scope", values) for template, new, values in links),
        policies,
    )


def _with_clauses(name: str, scope: str, policy: Mapping[str, object], static: dict[str, object]) -> _Policy:
    conditions = policy["conditions"]
    assert isinstance(conditions, list)
    for number, clause in enumerate(conditions):
        static[f"{name}#{number}"] = _permit({}, [clause])
    clauses = tuple(f"{name}#{number}" for number in range(len(conditions)))
    return _Policy(name, scope, clauses, tuple(str(clause["kind"]) for clause in conditions))


def _permit(scope: Mapping[str, object], conditions: Sequence[object]) -> dict[str, object]:
    parts = {part: scope.get(part, ALL) for part in ("principal", "action", "resource")}
    return {"effect": "permit", **parts, "conditions": list(conditions)}


def _answer(engine: Guarded, case: Case, test: PolicyTest) -> Authorized | None:
    session = engine.load(replace(case, entities=test.entities))
    if not isinstance(session, GuardedSession):
        return None
    answer = session.ask(Authorize(test.request))
    return answer if isinstance(answer, Authorized) else None


def _covered(policy: _Policy, answers: Sequence[Authorized | None]) -> PolicyCoverage:
    """Count over all answers what the scope and the clauses of a policy did."""
    answered = [
        (frozenset(answer.determining), frozenset(name for name, _ in answer.erring))
        for answer in answers
        if answer is not None
    ]
    reached = [holds for holds in answered if policy.scope in holds[0]]
    matched = len(reached)
    clauses = []
    for keyword, clause in zip(policy.keywords, policy.clauses, strict=True):
        held = [holds for holds in reached if clause in holds[0]]
        erred = sum(clause in errors for _, errors in reached)
        clauses.append(ClauseCoverage(keyword, len(held), len(reached) - len(held) - erred, erred))
        reached = held
    left_out = len(answers) - len(answered)
    return PolicyCoverage(policy.name, matched, len(answered) - matched, tuple(clauses), left_out)
