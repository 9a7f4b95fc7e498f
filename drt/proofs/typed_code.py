"""Code generated for a schema's types responds as the reference does, for policies over typed operands.

Owns the comparison: all policies at once, valid or not, on every conforming request and store.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from drt.proofs.defects import Defect
from drt.proofs.theorem import Goal, Theorem
from drt.proofs.tried import tried
from drt.proofs.typed_conditions import SCHEMA, described, policies, situations
from production.language.deep_stack import at_any_depth
from production.policy_set import PolicySet
from production.schemas import Schema
from reference.authorizer import outcome
from reference.entities import Entities, Entity, store
from reference.evaluator import Evaluator
from reference.json.entities import entities_to_json, uid_to_json, value_to_json
from reference.json.writer import write_json
from reference.policies import Policy, condition
from reference.request import Request
from reference.text.parser import parse_policies

SHARE = 5
"""One situation of so many is tried."""


@cache
def _policies() -> tuple[Policy, ...]:
    bodies = parse_policies("\n".join(policies()))
    return tuple(
        Policy(f"policy{number}", body.effect, condition(body)) for number, body in enumerate(bodies)
    )


@cache
def _right() -> tuple[tuple[Request, Entities, tuple[str, ...]], ...]:
    """Return the situations, each with the reference's status or error of every policy."""
    return tuple(
        (
            request,
            (whole := _with_action(request, entities)),
            tuple(_status(policy, Evaluator(request, whole)) for policy in _policies()),
        )
        for request, entities in situations()[::SHARE]
    )


def _with_action(request: Request, entities: Entities) -> Entities:
    """Return the store with the action, which the store of a schema has."""
    return store((*entities, Entity(request.action, {}, frozenset(), {})))


def _status(policy: Policy, evaluator: Evaluator) -> str:
    found = outcome(policy, evaluator)
    return found.error or found.status


def _goals() -> Sequence[Goal]:
    return (tried("every policy, request and store", _wrong()),)


@at_any_depth
def _wrong() -> Iterator[str]:
    schema, production = Schema.from_text(SCHEMA), PolicySet.from_text("\n".join(policies()))
    authorizer = schema.authorizer(production, schema.read_entities("[]"), validate=False, tier="generated")
    for request, entities, right in _right():
        theirs = schema.read_entities(write_json(entities_to_json(entities)))
        response = authorizer.with_entities(theirs).authorize(schema.read_request(_request(request)))
        errors = dict(response.errors)
        for one, source, expected in zip(_policies(), policies(), right, strict=True):
            status = errors.get(one.id) or ("not satisfied", "satisfied")[one.id in response.determining]
            if status != expected:
                where = described(request, entities)
                yield f"{source} where {where}: reference {expected}, production's code {status}"


def _request(request: Request) -> dict[str, Any]:
    uids = {
        "principal": request.principal, "action": request.action, "resource": request.resource,
    }  # fmt: skip
    return {
        **{name: uid_to_json(uid) for name, uid in uids.items()},
        "context": value_to_json(request.context),
    }


OPERATORS, WRITER = "production.execution.codegen_operators", "production.execution.codegen_writer"
THEOREMS = (
    Theorem(
        "Code for a schema's types responds as the reference does",
        f"For {len(policies()):,} policies over typed operands, valid or not, the code that is generated for a request's types"
        " gives each policy the reference's status or error, on conforming requests and stores.",
        "ours: translation validation",
        "B",
        _goals,
        (
            Defect(
                "an optional attribute is taken for a required one",
                OPERATORS,
                "    return True if target.kind is dict and declared[1] else None",
                "    return True",
            ),
            Defect(
                "`is` looks at no type",
                OPERATORS,
                "str(target.type.name == type_name), bool",
                '"True", bool',
            ),
            Defect(
                "every kind is taken for the right one",
                WRITER,
                "        if operand.kind is None:\n            self.fail(f\"{self.atom(operand)}.__class__ is not {kind.__name__}\", TYPE)\n        else:",
                "        if operand.kind is None:\n            pass\n        else:",
            ),
        ),
        "policies and stores are tried; one request environment in turn",
        (
            f"{OPERATORS}._has_declared", f"{OPERATORS}._equality", f"{OPERATORS}._same_kind", f"{OPERATORS}._tag_operands",
            f"{OPERATORS}.write_var", f"{OPERATORS}.write_const", f"{OPERATORS}.write_bool", f"{OPERATORS}.write_get",
            f"{OPERATORS}.write_has", f"{OPERATORS}.write_is", f"{OPERATORS}.write_get_tag", f"{OPERATORS}.write_has_tag",
            f"{WRITER}.Writer.typed", f"{WRITER}.Writer.require", f"{WRITER}.Writer.record", f"{WRITER}.Writer.above",
            f"{WRITER}.Writer.atom", f"{WRITER}.Writer.push", f"{WRITER}.Writer.fail",
            f"{OPERATORS}.write_in", f"{OPERATORS}.write_contains", f"{OPERATORS}.write_equals",
            "production.execution.codegen_control.write_end_if", "production.execution.codegen_control.write_right",
            "production.serving.compiled_shapes._guard_type", "production.serving.compiled_shapes._guard_scope",
            "production.schema.request_types.RequestTypes.variable", "production.schema.request_types.RequestTypes.attribute",
            "production.schema.request_types.RequestTypes.shape", "production.schema.request_types.RequestTypes.tag",
            "production.schema.request_types.kind_of",
        ),
    ),
)  # fmt: skip
