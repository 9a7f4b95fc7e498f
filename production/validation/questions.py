"""Questions about a schema (spec 13 §1): what it declares, and what fits together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..entities import Entities
from ..language.arguments import instance_of, text_of
from ..language.entity import make_entity
from ..language.policies import Policy, Scope, Slot
from ..language.uids import Uid
from ..schema.model import Action, ActionUid, Reach, SchemaModel
from .environments import Environment


@dataclass(frozen=True, slots=True)
class RequestEnvironment:
    """A kind of request: its action and the types of the others.

    For a template also the types of the slots that it uses.
    """

    principal: str
    """The type of the principal."""
    action: Uid
    """The action."""
    resource: str
    """The type of the resource."""
    principal_slot: str | None = None
    """The type of what fills `?principal`, if the template has it."""
    resource_slot: str | None = None
    """The type of what fills `?resource`, if the template has it."""


class SchemaQuestions:
    """The answers of one schema. Types are full names; `None` is the answer for what is not declared."""

    __slots__ = ()
    _model: SchemaModel

    @property
    def entity_types(self) -> frozenset[str]:
        """All declared entity types, enumerated and external ones included."""
        return frozenset(self._model.entity_types)

    @property
    def actions(self) -> frozenset[Uid]:
        """All declared actions, external ones included."""
        return _uids(self._model.actions)

    @property
    def action_groups(self) -> frozenset[Uid]:
        """The actions that some other action has among its ancestors."""
        return _uids(parent for action in self._model.actions.values() for parent in action.parents)

    @property
    def principals(self) -> frozenset[str]:
        """The entity types that are listed as a principal of some action."""
        return frozenset[str]().union(*(action.principals for action in self._model.actions.values()))

    @property
    def resources(self) -> frozenset[str]:
        """The entity types that are listed as a resource of some action."""
        return frozenset[str]().union(*(action.resources for action in self._model.actions.values()))

    def principals_for_action(self, action: Uid) -> frozenset[str] | None:
        """Return the types listed as principals of the action."""
        declared = self._declared(action)
        return None if declared is None else declared.principals

    def resources_for_action(self, action: Uid) -> frozenset[str] | None:
        """Return the types listed as resources of the action."""
        declared = self._declared(action)
        return None if declared is None else declared.resources

    def _declared(self, action: Uid) -> Action | None:
        uid = instance_of(action, Uid, "action")
        return self._model.actions.get((uid.type, uid.id))

    def actions_for_types(self, principal: str, resource: str) -> frozenset[Uid]:
        """Return the actions that take a principal and a resource of these types.

        None for undeclared types.
        """
        principal, resource = text_of(principal, "principal"), text_of(resource, "resource")
        return _uids(
            action.uid
            for action in self._model.actions.values()
            if principal in action.principals and resource in action.resources
        )

    def request_environments(self) -> Iterator[RequestEnvironment]:
        """Yield each combination of an action and the types that it takes."""
        for action in self._model.actions.values():
            uid = Uid(*action.uid)
            for principal in sorted(action.principals):
                for resource in sorted(action.resources):
                    yield RequestEnvironment(principal, uid, resource)

    def ancestors(self, entity_type: str) -> frozenset[str] | None:
        """Return the types that an entity of this type can have as ancestor.

        The type itself only on a cycle.
        """
        if text_of(entity_type, "an entity type") not in self._model.entity_types:
            return None
        return self._model.entity_ancestors.of(entity_type)

    @property
    def external_entity_types(self) -> frozenset[str]:
        """The entity types that are declared without a definition (spec 13 §5)."""
        return self._model.external_types

    @property
    def defined_entity_types(self) -> frozenset[str]:
        """The declared entity types that are not external."""
        return self.entity_types - self._model.external_types

    @property
    def external_actions(self) -> frozenset[Uid]:
        """The actions that are declared without a definition (spec 13 §5)."""
        return _uids(self._model.external_actions)

    @property
    def defined_actions(self) -> frozenset[Uid]:
        """The declared actions that are not external."""
        return _uids(self._model.actions.keys() - self._model.external_actions)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is external."""
        return self._model.is_complete

    def action_entities(self) -> Entities:
        """Return a store of the defined actions, each with all its ancestors as parents."""
        reach = self._model.action_ancestors
        return Entities.from_entities(
            make_entity(action, {}, _uids(reach.of((action.type, action.id))))
            for action in self.defined_actions
        )


def with_slots(
    environment: Environment, policy: Policy, ancestors: Reach[str]
) -> Iterator[RequestEnvironment]:
    """Yield the environment with each combination of types that the slots of a template are tried with."""
    for principal_slot in _slot_types(policy.principal, environment.principal, ancestors):
        for resource_slot in _slot_types(policy.resource, environment.resource, ancestors):
            yield RequestEnvironment(
                environment.principal, environment.action, environment.resource, principal_slot, resource_slot
            )


def _slot_types(scope: Scope, type_name: str, ancestors: Reach[str]) -> Iterable[str | None]:
    """Return the types tried for the slot of a constraint on a variable of this type (spec 08 §2)."""
    if not isinstance(scope.entity, Slot):
        return (None,)
    return (type_name,) if scope.op == "==" else sorted({type_name, *ancestors.of(type_name)})


def _uids(uids: Iterable[ActionUid]) -> frozenset[Uid]:
    return frozenset(Uid(*uid) for uid in uids)
