"""Policies from text (spec 01 §4): annotations, effect, scope, conditions."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ..errors import PolicyError
from ..language.gc_pause import without_collection
from ..language.names import is_action_type
from ..language.nodes import Condition, ConditionKind
from ..language.policies import (
    ANY,
    ANY_ACTION,
    PRINCIPAL_SLOT,
    RESOURCE_SLOT,
    ActionOp,
    ActionScope,
    Annotations,
    Effect,
    Policy,
    Scope,
    Slot,
    make_action_scope,
    make_policy,
    make_scope,
)
from ..language.uids import Uid
from .cursor import WORD_START
from .expression_parser import ExpressionParser

_ENTITY_OR_SLOT: Final = {
    slot.name: f"an entity or the slot `{slot.name}`" for slot in (PRINCIPAL_SLOT, RESOURCE_SLOT)
}
_EFFECTS: Final[dict[str, Effect]] = {"permit": "permit", "forbid": "forbid"}
_ENTITY_OPS: Final[dict[str, ActionOp]] = {"==": "==", "in": "in"}
_KINDS: Final[dict[str, ConditionKind]] = {"when": "when", "unless": "unless"}
_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")
_MOST_ERRORS: Final = 100
_NO_ANNOTATIONS: Final[Annotations] = MappingProxyType({})


class PolicyParser(ExpressionParser):
    """A cursor that reads policies."""

    __slots__ = ("actions", "lists", "start")

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.start = 0
        """Where the policy starts that is being read."""
        self.actions: dict[tuple[str, ...], ActionScope] = {}
        """Action constraints of four tokens met so far, such as `== Action::"view"`."""
        self.lists: dict[tuple[Uid, ...], ActionScope] = {}
        """Constraints to actions of a list met so far."""

    def policy(self) -> Policy:
        """Read one policy or template, its semicolon included."""
        self.start = self.at
        tokens = self.tokens
        annotations = self._annotations() if tokens[self.at] == "@" else _NO_ANNOTATIONS
        effect = _EFFECTS.get(tokens[self.at])
        if effect is None:
            self.unexpected("`permit` or `forbid`")
        self.at += 1
        if tokens[self.at] != "(":
            self.unexpected("`(`")
        self.at += 1
        principal = self._constraint("principal", PRINCIPAL_SLOT)
        if tokens[self.at] != ",":
            self.unexpected("`,`")
        self.at += 1
        action = self._action_constraint()
        if tokens[self.at] != ",":
            self.unexpected("`,`")
        self.at += 1
        resource = self._constraint("resource", RESOURCE_SLOT)
        if tokens[self.at] == ",":
            self.at += 1
        if tokens[self.at] != ")":
            self.unexpected("`)`")
        self.at += 1
        conditions: list[Condition] = []
        while tokens[self.at] in _KINDS:
            conditions.append(self._condition())
        if tokens[self.at] != ";":
            self.unexpected("`when`, `unless` or `;`")
        self.at += 1
        return make_policy(effect, principal, action, resource, tuple(conditions), annotations)

    def restart(self, at: int) -> None:
        """Stand before the token at `at`, outside of all nesting."""
        self.at = at
        self.depth = 0

    def _annotations(self) -> Annotations:
        annotations: dict[str, str | None] = {}
        while self.tokens[self.at] == "@":
            self.at += 1
            key = self.tokens[self.at]
            if key[:1] not in WORD_START:
                self.unexpected("an annotation's name")
            if key in annotations:
                self.fail(f"a second annotation `@{key}`")
            self.at += 1
            value = None
            if self.tokens[self.at] == "(":
                self.at += 1
                value = self.string()
                self.take(")")
            annotations[key] = value
        return MappingProxyType(annotations)

    def _constraint(self, variable: str, slot: Slot) -> Scope:
        at = self.at
        if self.tokens[at] != variable:
            self.unexpected(f"`{variable}`")
        self.at = at + 1
        operator = self.tokens[at + 1]
        if operator == "," or operator == ")":
            return ANY
        self.at = at + 2
        op = _ENTITY_OPS.get(operator)
        if op is not None:
            if self.tokens[at + 3] == "::":
                known = self.entities.get((self.tokens[at + 2], self.tokens[at + 4]))
                if known is not None:
                    self.at = at + 5
                    return make_scope(op, known)
            return make_scope(op, self._entity_or_slot(slot))
        if operator != "is":
            self.at = at + 1
            self.unexpected("`==`, `in`, `is`, or the end of the constraint")
        type_name = self.name("an entity type")
        if self.tokens[self.at] != "in":
            return make_scope("is", None, type_name)
        self.at += 1
        return make_scope("is", self._entity_or_slot(slot), type_name)

    def _open_groups(self) -> int:
        start = self.at
        while self.tokens[self.at] == "(":
            self.nest()
            self.at += 1
        return self.at - start

    def _close_groups(self, count: int) -> None:
        for _ in range(count):
            self.take(")")
        self.depth -= count

    def _entity_or_slot(self, slot: Slot) -> Uid | Slot:
        groups = self._open_groups() if self.tokens[self.at] == "(" else 0
        operand: Uid | Slot
        if self.tokens[self.at] == slot.name:
            self.at += 1
            operand = slot
        else:
            operand = self.entity(_ENTITY_OR_SLOT[slot.name])
        if groups:
            self._close_groups(groups)
        return operand

    def _action_constraint(self) -> ActionScope:
        at = self.at
        if self.tokens[at] != "action":
            self.unexpected("`action`")
        key = tuple(self.tokens[at + 1 : at + 5])
        scope = self.actions.get(key)
        if scope is not None:
            self.at = at + 5
            return scope
        self.at = at + 1
        scope = self._action_scope(key[0])
        if self.at == at + 5:
            self.actions[key] = scope
        return scope

    def _action_scope(self, operator: str) -> ActionScope:
        if operator == "==":
            self.at += 1
            return make_action_scope("==", (self._grouped_action(),))
        if operator == "in":
            self.at += 1
            groups = self._open_groups()
            entities = self._action_list() if self.tokens[self.at] == "[" else (self._action(),)
            self._close_groups(groups)
            return self.lists.setdefault(entities, make_action_scope("in", entities))
        if operator != ",":
            self.unexpected("`==`, `in`, or the end of the constraint")
        return ANY_ACTION

    def _action_list(self) -> tuple[Uid, ...]:
        """Return a bracketed list of actions; as a set literal it is one level of nesting."""
        self.nest()
        self.at += 1
        actions: list[Uid] = []
        while self.tokens[self.at] != "]":
            actions.append(self._grouped_action())
            if self.tokens[self.at] == ",":
                self.at += 1
            elif self.tokens[self.at] != "]":
                self.unexpected("`,` or `]`")
        self.at += 1
        self.depth -= 1
        return tuple(actions)

    def _grouped_action(self) -> Uid:
        if self.tokens[self.at] != "(":
            return self._action()
        groups = self._open_groups()
        action = self._action()
        self._close_groups(groups)
        return action

    def _action(self) -> Uid:
        start = self.at
        action = self.entity("an action")
        if not is_action_type(action.type):
            self.fail(f"expected an entity of type Action, found {action!r}", start)
        return action

    def _condition(self) -> Condition:
        kind = _KINDS[self.tokens[self.at]]
        self.at += 1
        self.take("{")
        body = self.expression()
        if self.tokens[self.at] != "}":
            self.unexpected("an operator or `}`")
        self.at += 1
        return Condition(kind, body)


def parse_policies(text: str) -> list[Policy]:
    """Read a policy-set text: its policies and templates in order.

    Raises `PolicyError` with the line, the column and what was expected there, for the first error of each
    policy.
    """
    with without_collection():
        parser = PolicyParser(text)
        policies = []
        try:
            while parser.tokens[parser.at]:
                policies.append(parser.policy())
        except PolicyError as error:
            raise _all_errors(parser, error) from None
        return policies


def _all_errors(parser: PolicyParser, first: PolicyError) -> PolicyError:
    """Return one error for all policies of the text that are wrong; after each the parser starts afresh."""
    errors = [first]
    while len(errors) < _MOST_ERRORS and _skip_policy(parser):
        try:
            while parser.tokens[parser.at]:
                parser.policy()
        except PolicyError as error:
            errors.append(error)
    if len(errors) == 1:
        return first
    together = PolicyError("\n".join(map(str, errors)))
    together.line, together.column, together.others = first.line, first.column, tuple(errors[1:])
    return together


def _skip_policy(parser: PolicyParser) -> bool:
    """Step behind the semicolon that ends the policy in which the parser failed, if there is one.

    That is the next one outside of all brackets, counted from the start of the policy.
    """
    depth = 0
    tokens = parser.tokens
    for at in range(parser.start, len(tokens)):
        token = tokens[at]
        if token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth = max(0, depth - 1)
        elif token == ";" and depth == 0 and at >= parser.at:
            parser.restart(at + 1)
            return True
    return False
