"""The builder behind `cedar.lark`, with the checks that no grammar can state (spec 01 §4.2)."""

from __future__ import annotations

from typing import cast

from reference.names import is_action_type
from reference.policies import (
    ActionEquals,
    ActionIn,
    Anything,
    Body,
    Clause,
    Effect,
    Equals,
    OfType,
    OfTypeWithin,
    ScopeConstraint,
    Within,
)
from reference.syntax import Expr, Slot, SlotName
from reference.text.expression_builder import ExpressionBuilder, Refusal, text_of
from reference.text.lalr import Token
from reference.text.uid_text import show
from reference.values import EntityUid

Annotation = tuple[Token, str | None]


class Builder(ExpressionBuilder):
    """The rules for policies and scopes, on top of those for expressions."""

    def policies(self, *bodies: Body) -> tuple[Body, ...]:
        return bodies

    def policy(
        self,
        annotations: tuple[tuple[str, str | None], ...],
        effect: Token,
        principal: ScopeConstraint,
        action: Anything | ActionEquals | ActionIn,
        resource: ScopeConstraint,
        clauses: tuple[Clause, ...],
    ) -> Body:
        return Body(cast(Effect, str(effect)), annotations, principal, action, resource, clauses)

    def annotations(self, *annotations: Annotation) -> tuple[tuple[str, str | None], ...]:
        found: dict[str, str | None] = {}
        for key, value in annotations:
            if key in found:
                raise Refusal(f"the annotation `{key}` is repeated", key)
            found[str(key)] = value
        return tuple(found.items())

    def annotation(self, key: Token, value: Token) -> Annotation:
        return key, text_of(value)

    def bare_annotation(self, key: Token) -> Annotation:
        return key, None

    def conditions(self, *clauses: Clause) -> tuple[Clause, ...]:
        return clauses

    def condition(self, kind: Token, body: Expr) -> Clause:
        return Clause("when" if kind == "when" else "unless", body)

    # Scopes

    def principal(self, variable: Token, constraint: ScopeConstraint) -> ScopeConstraint:
        return with_own_slot(variable, constraint)

    def resource(self, variable: Token, constraint: ScopeConstraint) -> ScopeConstraint:
        return with_own_slot(variable, constraint)

    def action(self, _: Token, constraint: Anything | ActionEquals | ActionIn) -> object:
        return constraint

    def anything(self) -> Anything:
        return Anything()

    def equals(self, target: EntityUid | Slot) -> Equals:
        return Equals(target)

    def within(self, target: EntityUid | Slot) -> Within:
        return Within(target)

    def of_type(self, name: list[Token]) -> OfType:
        return OfType("::".join(name))

    def of_type_within(self, name: list[Token], target: EntityUid | Slot) -> OfTypeWithin:
        return OfTypeWithin("::".join(name), target)

    def slot(self, token: Token) -> Slot:
        if token not in ("?principal", "?resource"):
            raise Refusal(f"there is no slot `{token}`, only `?principal` and `?resource`", token)
        return Slot(cast(SlotName, str(token)))

    def action_equals(self, action: EntityUid) -> ActionEquals:
        return ActionEquals(action)

    def action_in(self, action: EntityUid) -> ActionIn:
        return ActionIn((action,))

    def action_in_list(self, actions: tuple[EntityUid, ...]) -> ActionIn:
        return ActionIn(actions)

    def action_uid(self, name: list[Token], entity_id: Token) -> EntityUid:
        uid = self.entity_uid(name, entity_id)
        if not is_action_type(uid.type):
            raise Refusal(f"{show(uid)} is no action: the name of its type must end in `Action`", name[-1])
        return uid


def with_own_slot(variable: Token, constraint: ScopeConstraint) -> ScopeConstraint:
    """Return the constraint, whose slot must be the one of its variable."""
    slot = getattr(constraint, "target", None)
    if isinstance(slot, Slot) and slot.name != f"?{variable}":
        raise Refusal(f"`{slot.name}` cannot stand in the scope of `{variable}`", variable)
    return constraint
