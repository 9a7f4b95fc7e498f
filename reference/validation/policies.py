"""Validation of policies, templates and links (spec 08 §1): every check of a policy, and its verdict.

A policy is valid when nothing is wrong with it; warnings do not count. A check that runs out of anything
raises: an exception is never taken for a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from math import inf

from reference.names import is_action_type
from reference.policies import Body, condition
from reference.schema import Schema
from reference.suggest import did_you_mean
from reference.syntax import Expr, Is, IsIn, Lit, walk
from reference.templates import PolicySet
from reference.validation.applicability import SlotValues
from reference.validation.capabilities import Expressions
from reference.validation.conformance import uid_problem
from reference.validation.environments import Environment, environments
from reference.validation.judgement import IllTyped, Setting
from reference.validation.levels import least_level
from reference.validation.typechecker import check
from reference.validation.types import FALSE, describe, is_boolean
from reference.values import EntityUid

MOST_PROBLEMS = 10
"""So many references of one policy are reported, no more."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in which expression, and in which environment, as far as there is one."""

    message: str
    expr: Expr | None = None
    environment: Environment | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The problems of one policy; `impossible` warns that it applies to no request of the schema."""

    problems: tuple[Problem, ...] = ()
    impossible: bool = False

    @property
    def valid(self) -> bool:
        return not self.problems


def validate(body: Body, schema: Schema, *, permissive: bool = False, level: int | None = None) -> Verdict:
    """The verdict on a static policy or a template."""
    expr = condition(body)
    problems = tuple(islice(reference_problems(expr, schema), MOST_PROBLEMS))
    if problems:
        return Verdict(problems)
    expressions = Expressions()
    impossible = True
    found: list[Problem] = []
    for environment in environments(body, schema):
        setting = Setting(schema, environment, permissive, expressions)
        try:
            typed = check(expr, setting).typed
        except IllTyped as problem:
            found.append(Problem(problem.message, problem.expr, environment))
            continue
        impossible = impossible and typed.type == FALSE
        if not is_boolean(typed.type):
            found.append(Problem(f"expected Bool, found {describe(typed.type)}", expr, environment))
        elif level is not None and (needed := least_level(typed, environment.action)) > level:
            reason = "an entity literal is dereferenced" if needed == inf else f"level {needed:.0f} is needed"
            found.append(Problem(f"not valid at level {level}: {reason}", expr, environment))
    return Verdict(tuple(found), impossible)


def validate_link(body: Body, values: SlotValues, schema: Schema) -> Verdict:
    """The verdict on the values of a link; its template has its own (spec 08 §1, §4)."""
    for uid in values.values():
        if not is_action_type(uid.type) and uid.type not in schema.entity_types:
            near = did_you_mean(uid.type, schema.entity_types)
            return Verdict((Problem(f"the entity type {uid.type} is not declared{near}"),))
    return Verdict()


def validate_set(
    policies: PolicySet, schema: Schema, *, permissive: bool = False, level: int | None = None
) -> dict[str, Verdict]:
    """The verdict on every static policy, template and link, by id; the set is valid if all of them are."""
    bodies = {**policies.static, **policies.templates}
    verdicts = {
        policy_id: validate(body, schema, permissive=permissive, level=level)
        for policy_id, body in bodies.items()
    }
    for new_id, link in policies.links.items():
        verdicts[new_id] = validate_link(policies.templates[link.template_id], link.values, schema)
    return verdicts


def reference_problems(expr: Expr, schema: Schema) -> Iterator[Problem]:
    """Undeclared types and actions, and ids that are not listed, anywhere in the policy (spec 08 §3)."""
    for node in walk(expr):
        match node:
            case Lit(EntityUid() as uid):
                if not is_action_type(uid.type) and uid.type not in schema.entity_types:
                    yield _unknown_type(uid.type, node, schema)
                else:
                    problem = uid_problem(uid, schema)
                    if problem is not None:
                        yield Problem(problem, node)
            case Is(_, name) | IsIn(_, name, _):
                # As in the Rust engine, every type called Action counts as known here (spec 08 §3, note).
                if not is_action_type(name) and name not in schema.entity_types:
                    yield _unknown_type(name, node, schema)


def _unknown_type(name: str, node: Expr, schema: Schema) -> Problem:
    near = did_you_mean(name, schema.entity_types)
    return Problem(f"the entity type {name} is not declared{near}", node)
