"""Verdicts as sentences for people: which policy, for which kind of request, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reference.entities import show
from reference.validation.environments import Environment
from reference.validation.policies import Problem, Verdict


def explain(verdicts: Mapping[str, Verdict]) -> Iterator[str]:
    """A line for every problem and warning, by policy id."""
    for policy_id in sorted(verdicts):
        verdict = verdicts[policy_id]
        for problem in verdict.problems:
            yield f"error in `{policy_id}`: {sentence(problem)}"
        if verdict.valid and verdict.impossible:
            yield f"warning for `{policy_id}`: it applies to no request that the schema admits"


def sentence(problem: Problem) -> str:
    """What is wrong, and in which environment."""
    if problem.environment is None:
        return problem.message
    return f"{problem.message} ({situation(problem.environment)})"


def situation(environment: Environment) -> str:
    """The environment in words."""
    slots = "".join(f", {name} {environment.slots[name]}" for name in sorted(environment.slots))
    action = show(environment.action)
    return f"for principal {environment.principal}, action {action}, resource {environment.resource}{slots}"
