"""Typed expressions of policies: the checks of spec 09 §1.3 and the tree of spec 09 §2."""

from __future__ import annotations

from collections.abc import Mapping

from reference.partial.errors import Refusal
from reference.partial.request import PartialRequest
from reference.partial.residuals import Known, Open, Residual
from reference.policies import Body, condition
from reference.schema.schema import Schema
from reference.syntax import And, Binary, BinaryOp, HasPath, If, IsIn, Lit, Or, Slot, SlotName, Unary
from reference.validation.environments import Environment
from reference.validation.judgement import Typed
from reference.validation.references import reference_problems
from reference.validation.typechecker import TypeChecker
from reference.values import EntityUid

Links = Mapping[SlotName, EntityUid]

NEGATED: Mapping[BinaryOp, BinaryOp] = {"!=": "==", ">": "<=", ">=": "<"}


def typed_condition(
    policy_id: str, body: Body, links: Links, request: PartialRequest, schema: Schema
) -> Residual:
    """Return the typed condition of a policy in the environment of a request.

    Raises:
        Refusal: stage `policies`, if it is ill-typed there or refers to what is not declared.
    """
    slots = {name: uid.type for name, uid in links.items()}
    context = schema.actions[request.action].context
    environment = Environment(request.principal.type, request.action, request.resource.type, context, slots)
    expr = condition(body)
    checker = TypeChecker(schema, environment)
    typed = checker.condition(expr)
    problems = [*reference_problems(expr, schema), *checker.problems.values()]
    if problems:
        raise Refusal("policies", "ill_typed", f"the policy {policy_id!a}: {problems[0].message}")
    return _Builder(links).tree(typed)


class _Builder:
    """Builds the tree that the specification describes from what the type checker gives."""

    def __init__(self, links: Links) -> None:
        self.links = links

    def tree(self, typed: Typed) -> Residual:
        """Return the tree of an expression: the same forms, but for sugar and what types decide."""
        parts = tuple([self.tree(part) for part in self.operands(typed)])
        match typed.expr, parts:
            case Lit(value), _:
                return Known(value, typed.type)
            case Slot(name), _:
                return Known(self.links[name], typed.type)
            case ((And() | Or()), (left,)):
                return left
            case If(), (guard, reached):
                return Open(typed.expr, typed.type, (guard, reached, reached))
            case IsIn(), (test,):
                return test
            case IsIn(operand, _, ancestor), _:
                return Open(And(operand, ancestor), typed.type, parts)
            case Binary(op, left_form, right_form), _ if op in NEGATED:
                test = Open(Binary(NEGATED[op], left_form, right_form), typed.type, parts)
                return Open(Unary("!", typed.expr), typed.type, (test,))
            case form, _:
                return Open(form, typed.type, parts)

    def operands(self, typed: Typed) -> tuple[Typed, ...]:
        """Return the operands of a form; that of extended `has` is below all that it stands for."""
        if not isinstance(typed.expr, HasPath):
            return typed.parts
        (inner,) = typed.parts
        while isinstance(inner.expr, And):
            inner = inner.parts[0]
        return inner.parts
