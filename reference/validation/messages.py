"""Verdicts as sentences for people: which policy and expression, what is wrong, for which kind of request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from reference.entities import show
from reference.errors import InputError
from reference.expression_printer import print_expression
from reference.locations import Located
from reference.suggest import did_you_mean
from reference.syntax import Expr
from reference.validation.environments import Environment
from reference.validation.problems import Problem, Verdict

LONGEST_EXCERPT = 100
MOST_SHOWN = 20
"""Errors and warnings of one policy that are shown; of the others only the number is."""


def explain(verdicts: Mapping[str, Verdict], located: Located | None = None) -> Iterator[str]:
    """Sentences for all errors and warnings, by policy id; one for environments that share an error.

    `located` is the text that the policies were made from, if there is one; it is shown where they are wrong.
    """
    for policy_id in sorted(verdicts):
        verdict = verdicts[policy_id]
        alike: dict[tuple[str, int], list[Problem]] = {}
        for problem in verdict.problems:
            alike.setdefault((problem.message, id(problem.expr)), []).append(problem)
        for problems in islice(alike.values(), MOST_SHOWN):
            where, shown = _place(policy_id, problems[0].expr, located)
            yield f"error in `{policy_id}`{where}: {sentence(problems)}{shown}"
        if len(alike) > MOST_SHOWN:
            yield f"error in `{policy_id}`: and {len(alike) - MOST_SHOWN} more"
        for caution in verdict.cautions[:MOST_SHOWN]:
            where, shown = _place(policy_id, caution.expr, located)
            yield f"warning for `{policy_id}`{where}: {caution.message}{shown}"


def _place(policy_id: str, expr: Expr | None, located: Located | None) -> tuple[str, str]:
    """Line and column of an expression in words, and the line itself; empty where there is no text."""
    place = None if located is None else located.place(policy_id, expr)
    if located is None or place is None:
        return "", ""
    line, column = place
    return f", line {line}, column {column}", f"\n{located.caret(line, column)}"


def sentence(problems: list[Problem]) -> str:
    """What is wrong, in which expression, and in which environments; the problems differ in these only."""
    first = problems[0]
    message = first.message + nearest(first)
    place = "" if first.expr is None else f" in `{excerpt(first.expr)}`"
    if first.environment is None:
        return f"{message}{place}"
    others = f" and {len(problems) - 1} other kinds of request" if len(problems) > 1 else ""
    return f"{message}{place}, {situation(first.environment)}{others}"


def nearest(problem: Problem) -> str:
    """The known name that is nearest to an unknown one, in words."""
    unknown = problem.unknown
    return "" if unknown is None else did_you_mean(unknown.name, unknown.known())


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
