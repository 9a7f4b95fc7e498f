"""Policies and templates: effect, annotations, scope, conditions (spec 01 §4, 04 §1).

A scope constraint holds an entity or a slot; a policy that holds a slot is a template.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from ..errors import ArgumentError, PolicyError
from .arguments import choice_of, instance_of, text_of
from .entity_literals import count_literals, replace_literals
from .frozen import frozen, unchecked
from .lowering import Code, lower_conditions
from .names import is_action_type, is_name
from .nodes import Condition as Condition
from .nodes import Node, same_tree
from .strings import counted
from .uids import Uid

Effect = Literal["permit", "forbid"]
SlotName = Literal["?principal", "?resource"]


@frozen(eq=True)
class Slot:
    """A placeholder for an entity in a template's scope."""

    name: SlotName


PRINCIPAL_SLOT: Final = Slot("?principal")
RESOURCE_SLOT: Final = Slot("?resource")


_SCOPE_OPS: Final = ("All", "==", "in", "is")
_ACTION_OPS: Final = ("All", "==", "in")
_EFFECTS: Final = ("permit", "forbid")


@frozen(eq=True)
class Scope:
    """A constraint on the principal or the resource.

    `entity` is there for `==` and `in`, and for `is T in E`; `type_name` for `is`.
    """

    op: Literal["All", "==", "in", "is"]
    entity: Uid | Slot | None = None
    type_name: str | None = None

    def __post_init__(self) -> None:
        choice_of(self.op, _SCOPE_OPS, "op")
        if self.entity is not None and type(self.entity) is not Slot:
            instance_of(self.entity, Uid, "entity")
        has_type, has_entity = self.type_name is not None, self.entity is not None
        if has_type and not (type(self.type_name) is str and is_name(self.type_name)):
            raise ArgumentError(f"{self.type_name!r} is not a normalized entity type")
        if has_type is not (self.op == "is") or (not has_type and has_entity is not (self.op != "All")):
            raise ArgumentError(f"a constraint {self.op!r} has not these parts")


ActionOp = Literal["All", "==", "in"]


@frozen(eq=True)
class ActionScope:
    """A constraint on the action.

    `in A` and `in [A]` are the same; order and duplicates of a list are kept.
    """

    op: ActionOp
    entities: tuple[Uid, ...] = ()

    def __post_init__(self) -> None:
        choice_of(self.op, _ACTION_OPS, "op")
        for uid in instance_of(self.entities, tuple, "entities"):
            instance_of(uid, Uid, "an action")
        if (self.op == "All" and self.entities) or (self.op == "==" and len(self.entities) != 1):
            raise ArgumentError(f"a constraint {self.op!r} has not {len(self.entities)} actions")


make_scope: Final = unchecked(Scope)
make_action_scope: Final = unchecked(ActionScope)
"""Constraints of parts that are checked."""

ANY: Final = Scope("All")
ANY_ACTION: Final = ActionScope("All")


Annotations: TypeAlias = Mapping[str, str | None]
"""Annotation values by key; `None` where the text has no value."""


@frozen()
class Policy:
    """A static policy or a template, without its id. Never changed once made."""

    effect: Effect
    """`permit` or `forbid`."""
    principal: Scope
    """The constraint on the principal."""
    action: ActionScope
    """The constraint on the action."""
    resource: Scope
    """The constraint on the resource."""
    conditions: tuple[Condition, ...]
    """The `when` and `unless` clauses, in order."""
    annotations: Annotations
    """The annotations, a read-only mapping."""
    lowered: Code | None = field(default=None, init=False)
    """The code of the conditions, once it was asked for."""

    def __post_init__(self) -> None:
        choice_of(self.effect, _EFFECTS, "effect")
        instance_of(self.principal, Scope, "principal")
        instance_of(self.action, ActionScope, "action")
        instance_of(self.resource, Scope, "resource")
        for condition in instance_of(self.conditions, tuple, "conditions"):
            instance_of(condition, Condition, "a condition")
        if type(self.annotations) is not MappingProxyType:
            listed = instance_of(self.annotations, dict, "annotations").items()
            exact = {
                text_of(key, "an annotation"): value if value is None else text_of(value, "an annotation")
                for key, value in listed
            }
            object.__setattr__(self, "annotations", MappingProxyType(exact))

    def __repr__(self) -> str:
        kind = "template" if self.slots else "policy"
        return f"<{self.effect} {kind}: {counted(len(self.conditions), 'condition')}>"

    def __copy__(self) -> Policy:
        return self

    def __deepcopy__(self, memo: object) -> Policy:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        scopes = self.principal, self.action, self.resource
        return Policy, (self.effect, *scopes, self.conditions, dict(self.annotations))

    @property
    def slots(self) -> tuple[SlotName, ...]:
        """The slots that the scope uses, principal first."""
        if self.principal.entity.__class__ is not Slot and self.resource.entity.__class__ is not Slot:
            return ()
        return tuple(
            scope.entity.name for scope in (self.principal, self.resource) if isinstance(scope.entity, Slot)
        )

    @property
    def is_static(self) -> bool:
        """Whether the scope has no slot."""
        return not self.slots

    @property
    def has_conditions(self) -> bool:
        """Whether there is a `when` or an `unless`, whatever it says."""
        return bool(self.conditions)

    def entity_literals(self) -> Counter[Uid]:
        """Return how often each entity or action literal occurs in the policy's condition (spec 13 §2).

        Parts that are never reached count; types after `is` and slots do not. The left side of `is … in` is
        a part of two tests, so its literals count twice.
        """
        counts = Counter(self.action.entities)
        for scope in (self.principal, self.resource):
            if isinstance(scope.entity, Uid):
                counts[scope.entity] += 1
        for body in self.expressions():
            count_literals(body, counts)
        return counts

    def replacing(self, replacements: Mapping[Uid, Uid]) -> Policy:
        """Return this policy with entity literals replaced, all at once: `{a: b, b: a}` swaps (spec 13 §2).

        Raises `PolicyError` where that puts an ordinary entity into the action scope.
        """
        instance_of(replacements, Mapping, "replacements")  # type: ignore[type-abstract]
        if replacements.keys().isdisjoint(self.entity_literals()):
            return self
        return replace(
            self,
            principal=_in_scope(self.principal, replacements),
            action=_in_action_scope(self.action, replacements),
            resource=_in_scope(self.resource, replacements),
            conditions=tuple(
                Condition(condition.kind, replace_literals(condition.body, replacements))
                for condition in self.conditions
            ),
        )

    def linked(self, values: Mapping[SlotName, Uid]) -> Policy:
        """Return this template with its slots filled; every slot has a value."""
        return replace(
            self, principal=_filled(self.principal, values), resource=_filled(self.resource, values)
        )

    @property
    def code(self) -> Code:
        """The code of the conditions, made when first asked for."""
        code = self.lowered
        if code is None:
            code = lower_conditions(self.conditions)
            object.__setattr__(self, "lowered", code)
        return code

    def expressions(self) -> Iterator[Node]:
        """Return the conditions' bodies, in order."""
        return (condition.body for condition in self.conditions)


make_policy: Final = unchecked(Policy)
"""A policy of parts that are checked; its annotations are a `MappingProxyType`."""


def _filled(scope: Scope, values: Mapping[SlotName, Uid]) -> Scope:
    if not isinstance(scope.entity, Slot):
        return scope
    return Scope(scope.op, values.get(scope.entity.name), scope.type_name)


def _in_scope(scope: Scope, replacements: Mapping[Uid, Uid]) -> Scope:
    if not isinstance(scope.entity, Uid) or scope.entity not in replacements:
        return scope
    return Scope(scope.op, replacements[scope.entity], scope.type_name)


def _in_action_scope(scope: ActionScope, replacements: Mapping[Uid, Uid]) -> ActionScope:
    entities = tuple(replacements.get(uid, uid) for uid in scope.entities)
    for uid in entities:
        if not is_action_type(uid.type):
            raise PolicyError(f"the action scope cannot hold `{uid}`, which is not an action")
    return ActionScope(scope.op, entities)


def same_policy(left: Policy, right: Policy) -> bool:
    """Return whether two policies have the same content (spec 06 §4).

    An annotation without value equals an empty one.
    """
    return (
        left.effect == right.effect
        and (left.principal, left.action, left.resource) == (right.principal, right.action, right.resource)
        and {k: v or "" for k, v in left.annotations.items()}
        == {k: v or "" for k, v in right.annotations.items()}
        and len(left.conditions) == len(right.conditions)
        and all(
            a.kind == b.kind and same_tree(a.body, b.body)
            for a, b in zip(left.conditions, right.conditions, strict=True)
        )
    )


@dataclass(frozen=True, slots=True)
class Link:
    """A linked policy: its template and the entities that fill its slots."""

    template_id: str
    """The id of the template."""
    template: Policy
    """The template."""
    principal: Uid | None = None
    """The entity that fills `?principal`, if the template has it."""
    resource: Uid | None = None
    """The entity that fills `?resource`, if the template has it."""

    @property
    def values(self) -> dict[SlotName, Uid]:
        """The entities by slot."""
        values: dict[SlotName, Uid] = {}
        if self.principal is not None:
            values["?principal"] = self.principal
        if self.resource is not None:
            values["?resource"] = self.resource
        return values

    def policy(self) -> Policy:
        """Return the plain policy that the link stands for."""
        return self.template.linked(self.values)

    def entity_literals(self) -> Counter[Uid]:
        """Return the literals of the template; the values of the slots are none of them (spec 13 §2)."""
        return self.template.entity_literals()
