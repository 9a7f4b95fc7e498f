"""Reading of schemas, policies and environments, with the refusals in their order (spec 10 §9)."""

from __future__ import annotations

from collections.abc import Iterator

from drt.model.case import Source
from drt.symbolic.problems import Refused
from reference.errors import InputError
from reference.json.policies import parse_policy_set
from reference.policies import Body, condition
from reference.policy_set import PolicySet as PolicySet  # for those who may not import the reference
from reference.policy_set import from_bodies
from reference.schema.reader import read_schema
from reference.schema.schema import Schema
from reference.support.recursion import deep_recursion
from reference.syntax import Lit
from reference.text.parser import parse_expression, parse_policies
from reference.validation.environments import Environment
from reference.validation.problems import Problem
from reference.validation.references import reference_problems
from reference.validation.typechecker import TypeChecker
from reference.values import EntityUid


def schema_of(source: Source) -> Schema:
    """Read a schema; raises `Refused("schema")`."""
    try:
        return read_schema(source.text, source.format)
    except InputError as error:
        raise Refused("schema", str(error)) from None


def policies_of(source: Source) -> PolicySet:
    """Read policies, templates and links; raises `Refused("parse")`."""
    try:
        if source.format == "json":
            return parse_policy_set(source.text)
        return from_bodies(parse_policies(source.text))
    except InputError as error:
        raise Refused("parse", str(error)) from None


def uid_of(text: str) -> EntityUid:
    """Read an entity literal such as `Action::"view"`; raises `Refused("parse")`."""
    try:
        expr = parse_expression(text)
    except InputError as error:
        raise Refused("parse", f"`{text}` is no entity: {error.message}") from None
    match expr:
        case Lit(EntityUid() as uid):
            return uid
    raise Refused("parse", f'`{text}` is no entity such as `Action::"view"`')


def environment_of(schema: Schema, principal: str, action: EntityUid, resource: str) -> Environment:
    """Find an environment of the schema; raises `Refused`."""
    require_complete(schema)
    declared = schema.actions.get(action)
    if declared is None:
        raise Refused("action-not-in-schema", f'the schema has no action `{action.type}::"{action.id}"`')
    for role, name, known in (
        ("principal", principal, declared.principals),
        ("resource", resource, declared.resources),
    ):
        if name not in known:
            types = ", ".join(f"`{one}`" for one in sorted(known)) or "none"
            raise Refused(
                "action-not-in-schema",
                f"the action `{action.id}` does not apply to the {role} type `{name}`: expected {types}",
            )
    return Environment(principal, action, resource, declared.context)


def environments_of(schema: Schema) -> Iterator[Environment]:
    """Every environment of a complete schema; raises `Refused`."""
    require_complete(schema)
    for uid in sorted(schema.actions, key=lambda uid: (uid.type, uid.id)):
        action = schema.actions[uid]
        for principal in sorted(action.principals):
            for resource in sorted(action.resources):
                yield Environment(principal, uid, resource, action.context)


def require_complete(schema: Schema) -> None:
    """Raise `Refused("incomplete-schema")` for a schema with external declarations."""
    external = next(iter(schema.externals()), None)
    if external is not None:
        raise Refused("incomplete-schema", f"the schema is incomplete: it does not define `{external}`")


def require_valid(name: str, body: Body, schema: Schema, environment: Environment) -> None:
    """Raise `Refused("policy-not-well-typed")` for a policy that is not valid in the environment."""
    problem = problem_of(body, schema, environment)
    if problem is not None:
        raise Refused("policy-not-well-typed", f"the policy `{name}` is not valid: {problem.message}")


def problem_of(body: Body, schema: Schema, environment: Environment) -> Problem | None:
    """Find the first validation error in the environment: names and literals first, then types."""
    with deep_recursion():
        expr = condition(body)
        for problem in reference_problems(expr, schema):
            return problem
        checker = TypeChecker(schema, environment)
        checker.condition(expr)
        return next(iter(checker.problems.values()), None)
