"""Verdicts as sentences for people: which policy and expression, what is wrong, for which kind of request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from reference.errors import InputError
from reference.support.traversal import walk
from reference.syntax import Expr
from reference.text.expression_printer import print_expression
from reference.text.uid_text import show
from reference.validation.environments import Environment
from reference.validation.problems import Problem, Verdict

LONGEST_EXCERPT = 100
LARGE = 50
"""Nodes of an expression that is not printed."""

MOST_SHOWN = 20
"""Errors and warnings of one policy that are shown; of the others only the number is."""


def explain(verdicts: Mapping[str, Verdict]) -> Iterator[str]:
    """Write a sentence for every error and warning, by policy id."""
    for policy_id in sorted(verdicts):
        groups = alike(verdicts[policy_id])
        yield from lines(policy_id, verdicts[policy_id], groups, map(sentence, groups))


def lines(
    policy_id: str, verdict: Verdict, groups: Sequence[Sequence[Problem]], sentences: Iterable[str]
) -> Iterator[str]:
    """Write the lines about one policy; `sentences` are those of the groups of its errors, in order."""
    for said in islice(sentences, MOST_SHOWN):
        yield f"error in `{policy_id}`: {said}"
    if len(groups) > MOST_SHOWN:
        yield f"error in `{policy_id}`: and {len(groups) - MOST_SHOWN} more"
    for caution in verdict.cautions[:MOST_SHOWN]:
        yield f"warning for `{policy_id}`: {caution.message}"


def alike(verdict: Verdict) -> list[list[Problem]]:
    """Group the errors of a policy that differ in their environments only."""
    groups: dict[tuple[str, int], list[Problem]] = {}
    for problem in verdict.problems:
        groups.setdefault((problem.message, id(problem.expr)), []).append(problem)
    return list(groups.values())


def sentence(problems: list[Problem]) -> str:
    """Say what is wrong, in which expression and environments. The problems differ in these only."""
    first = problems[0]
    place = "" if first.expr is None else f" in `{excerpt(first.expr)}`"
    if first.environment is None:
        return f"{first.message}{place}"
    others = f" and {len(problems) - 1} other kinds of request" if len(problems) > 1 else ""
    return f"{first.message}{place}, {situation(first.environment)}{others}"


def excerpt(expr: Expr) -> str:
    """Print the beginning of an expression; but not of a large one, at every error."""
    if next(islice(walk(expr), LARGE, None), None) is not None:
        return "…"
    try:
        text = print_expression(expr)
    except InputError:
        return "…"
    return text if len(text) <= LONGEST_EXCERPT else f"{text[:LONGEST_EXCERPT]}…"


def situation(environment: Environment) -> str:
    """Put an environment into words."""
    slots = "".join(f", {name} {environment.slots[name]}" for name in sorted(environment.slots))
    action = show(environment.action)
    return f"for principal {environment.principal}, action {action}, resource {environment.resource}{slots}"
