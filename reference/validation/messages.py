"""Verdicts as sentences for people: which policy and expression, what is wrong, for which kind of request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reference.entities import show
from reference.errors import InputError
from reference.expression_printer import print_expression
from reference.locations import Located
from reference.syntax import Expr
from reference.validation.environments import Environment
from reference.validation.policies import Problem, Verdict

LONGEST_EXCERPT = 100


def explain(verdicts: Mapping[str, Verdict], located: Located | None = None) -> Iterator[str]:
    """What is to be said of every problem and warning, by policy id; once if environments share it.

    `located` is the text that the policies were made from, if there is one; it is shown where they are wrong.
    """
    for policy_id in sorted(verdicts):
        verdict = verdicts[policy_id]
        alike: dict[tuple[str, int], list[Problem]] = {}
        for problem in verdict.problems:
            alike.setdefault((problem.message, id(problem.expr)), []).append(problem)
        for problems in alike.values():
            place = None if located is None else located.place(policy_id, problems[0].expr)
            if located is None or place is None:
                yield f"error in `{policy_id}`: {sentence(problems)}"
            else:
                line, column = place
                where = f"line {line}, column {column}"
                yield f"error in `{policy_id}`, {where}: {sentence(problems)}\n{located.caret(line, column)}"
        if verdict.valid and verdict.impossible:
            yield f"warning for `{policy_id}`: it applies to no request that the schema admits"


def sentence(problems: list[Problem]) -> str:
    """What is wrong, in which expression, and in which environments; the problems differ in these only."""
    first = problems[0]
    place = "" if first.expr is None else f" in `{excerpt(first.expr)}`"
    if first.environment is None:
        return f"{first.message}{place}"
    others = f" and {len(problems) - 1} other kinds of request" if len(problems) > 1 else ""
    return f"{first.message}{place}, {situation(first.environment)}{others}"


def excerpt(expr: Expr) -> str:
    """The beginning of the expression's text."""
    try:
        text = print_expression(expr)
    except InputError:
        return "…"
    return text if len(text) <= LONGEST_EXCERPT else f"{text[:LONGEST_EXCERPT]}…"


def situation(environment: Environment) -> str:
    """The environment in words."""
    slots = "".join(f", {name} {environment.slots[name]}" for name in sorted(environment.slots))
    action = show(environment.action)
    return f"for principal {environment.principal}, action {action}, resource {environment.resource}{slots}"
