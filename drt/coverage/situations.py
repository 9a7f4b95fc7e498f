"""Situations that no single bin shows: how far up `in` found its target, what met in one response.

Owns how they are recognised; `drt.coverage.events` lists them among the required events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations

from reference.entities import Entities
from reference.errors import ErrorKind
from reference.policies import Policies
from reference.policy_set import PolicySet
from reference.support.traversal import children
from reference.syntax import Binary, Compound, Expr, HasAttr, HasPath, IsIn, Like, Star
from reference.values import TRUE, Bool, EntityUid, Set, String, Value

_ERRORS = ("type", "overflow", "extension", "attr-missing", "tag-missing", "entity-missing")
_TOGETHER = "input: errors: {} is reported, {} is not"
ERRORS_TOGETHER = tuple(_TOGETHER.format(*pair) for pair in permutations(_ERRORS, 2))
"""Pairs of errors of two operands, where the order of evaluation decides which is reported."""

_MOST_STEPS = 6
"""Levels of an expression in which pairs are looked for; a chain may be thousands deep."""

SHOWING = (Binary, IsIn, HasAttr, HasPath, Like)
"""The forms that may show one of the situations."""


def form_situations(
    expr: Compound, operands: Sequence[Value], result: Value | ErrorKind, entities: Entities
) -> Iterator[str]:
    """Yield the situations that one evaluated form shows."""
    match expr:
        case Binary("in") | IsIn() if result == TRUE:
            yield from _ways_up(operands, entities)
        case HasAttr() | HasPath() | Binary("hasTag"):
            if isinstance(operands[0], EntityUid) and entities.find(operands[0]) is None:
                name = "hasTag" if isinstance(expr, Binary) else "has"
                yield f"{name}: of an entity that is not in the store"
        case Like(_, pattern) if result == TRUE and isinstance(operands[0], String):
            yield from _wildcards(operands[0].value, pattern)


def errors_together(expr: Expr, evaluated: Callable[[Expr], Value | ErrorKind]) -> Iterator[str]:
    """Yield the pairs of errors in an expression that errs, along the way to the one that it reports."""
    reported = evaluated(expr)
    inside: Expr | None = expr
    for _ in range(_MOST_STEPS):
        results = [(operand, evaluated(operand)) for operand in children(inside)] if inside else []
        for _, other in results:
            if other in _ERRORS and other != reported:
                yield _TOGETHER.format(reported, other)
        inside = next((operand for operand, result in results if result == reported), None)


def _ways_up(operands: Sequence[Value], entities: Entities) -> Iterator[str]:
    below, target = operands
    if not isinstance(below, EntityUid):
        return
    if isinstance(target, Set):
        yield "in: one of a set"
        return
    entity = entities.find(below)
    if below == target:
        yield "in: itself" if entity is not None else "in: itself, though it is not in the store"
    elif entity is not None and target in entity.parents:
        yield "in: a parent"
        if len(entity.parents) > 1:
            yield "in: one of several parents"
    else:
        yield "in: an ancestor two steps up or more"


def _wildcards(text: str, pattern: Sequence[Star | str]) -> Iterator[str]:
    written = sum(isinstance(element, str) for element in pattern)
    if written == len(pattern):
        yield "like: without a wildcard"
    elif len(text) > written:
        yield "like: a wildcard stood for something"
    else:
        yield "like: a wildcard stood for nothing"
    if "*" in pattern:
        yield "like: a star that is no wildcard"


def response_situations(
    policies: Policies, known: PolicySet, results: Mapping[str, Value | ErrorKind]
) -> Iterator[str]:
    """Yield the situations of one response, from the result of each policy."""
    satisfied = {"permit": set[str](), "forbid": set[str]()}
    erring = {"permit": set[str](), "forbid": set[str]()}
    for policy in policies:
        result = results[policy.id]
        if result == TRUE:
            satisfied[policy.effect].add(policy.id)
        elif not isinstance(result, Bool):
            erring[policy.effect].add(policy.id)
    permits, forbids = satisfied["permit"], satisfied["forbid"]
    if forbids and permits:
        yield "response: a forbid overrode a permit"
    if not forbids and not permits:
        yield "response: nothing applied"
    if len(forbids) > 1:
        yield "response: two forbids or more"
    elif len(permits) > 1 and not forbids:
        yield "response: two permits or more"
    yield from _skipped(permits, forbids, erring, len(results))
    determining = forbids or permits
    yield from _links(determining, known, results)


def _skipped(
    permits: set[str], forbids: set[str], erring: Mapping[str, set[str]], policies: int
) -> Iterator[str]:
    skipped = erring["permit"] | erring["forbid"]
    if permits and not forbids:
        if erring["permit"]:
            yield "response: an erring permit was skipped and another allowed"
        if erring["forbid"]:
            yield "response: an erring forbid was skipped and the request allowed"
    if forbids and skipped:
        yield "response: an erring policy was skipped and a forbid denied"
    if skipped and len(skipped) == policies:
        yield "response: every policy erred"


def _links(
    determining: set[str], known: PolicySet, results: Mapping[str, Value | ErrorKind]
) -> Iterator[str]:
    deciding = determining & known.links.keys()
    if not deciding:
        return
    yield "response: a link decided"
    if len(deciding) < len(determining):
        yield "response: a link and a static policy decided together"
    templates = {known.links[link].template_id for link in deciding}
    if any(len(known.links[link].values) > 1 for link in deciding):
        yield "response: a link whose both slots are filled decided"
    if any(link.template_id in templates and results[id_] != TRUE for id_, link in known.links.items()):
        yield "response: one link of a template applied and another did not"
