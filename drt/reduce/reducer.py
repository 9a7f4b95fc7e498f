"""The reduction: passes in order, round after round, until none finds anything simpler or time is up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from drt.model.case import Case, Source
from drt.reduce.documents import bridge_entities, drop_entities, simplify_documents
from drt.reduce.expressions import simplify_expressions
from drt.reduce.names import simplify_names, simplify_numbers, simplify_strings
from drt.reduce.policies import (
    drop_annotations,
    drop_conditions,
    drop_policies,
    plain_keywords,
    respell,
    simplify_scopes,
    unlink,
)
from drt.reduce.problem import OutOfTime, Problem
from drt.reduce.raw import drop_brackets, drop_characters, drop_statements, drop_tokens, peel_brackets
from drt.reduce.repeated import hoist_repeated_keys
from drt.reduce.sequences import fewer


def drop_requests(problem: Problem) -> None:
    """Leave out requests."""
    fewer(problem.best.requests, lambda kept: problem.consider(replace(problem.best, requests=tuple(kept))))


def drop_expressions(problem: Problem) -> None:
    """Leave out expressions."""
    fewer(
        problem.best.expressions,
        lambda kept: problem.consider(replace(problem.best, expressions=tuple(kept))),
    )


def drop_links(problem: Problem) -> None:
    """Leave out template links."""
    fewer(problem.best.links, lambda kept: problem.consider(replace(problem.best, links=tuple(kept))))


def drop_partials(problem: Problem) -> None:
    """Leave out inputs of partial evaluation."""
    fewer(problem.best.partials, lambda kept: problem.consider(replace(problem.best, partials=tuple(kept))))


def drop_schemas(problem: Problem) -> None:
    """Leave out the schema, or some of the schemas that are linked."""

    def take(kept: list[Source]) -> bool:
        schema = kept[0] if kept else None
        return problem.consider(replace(problem.best, schema=schema, fragments=tuple(kept[1:])))

    fewer(problem.best.schemas, take)


PASSES: tuple[Callable[[Problem], None], ...] = (
    drop_requests,
    drop_partials,
    drop_expressions,
    drop_links,
    drop_policies,
    drop_entities,
    bridge_entities,
    drop_schemas,
    hoist_repeated_keys,
    peel_brackets,
    respell,
    drop_conditions,
    drop_annotations,
    simplify_expressions,
    simplify_scopes,
    unlink,
    simplify_documents,
    drop_statements,
    plain_keywords,
    simplify_names,
    simplify_strings,
    simplify_numbers,
    drop_brackets,
    drop_tokens,
    drop_characters,
)
"""Passes in order: cheap ones that remove most come first."""


def reduce_case(case: Case, interesting: Callable[[Case], bool], seconds: float) -> Case:
    """Reduce an interesting case to the simplest one that the passes reach and that is still interesting.

    Stops after `seconds`, at the best case so far. Reducing a reduced case again gives the same case, unless
    the first reduction ran out of time.
    """
    problem = Problem(case, interesting, seconds)
    try:
        before = None
        while problem.best != before:
            before = problem.best
            for simplify in PASSES:
                simplify(problem)
    except OutOfTime:
        pass
    return problem.best
