"""Request environments, and which of them a policy's scope admits (spec 08 §2, §4).

Law (scope): an environment that the scope does not admit types the policy False before any condition is
reached; so a policy applies to some action exactly when an environment is left, and conditions are checked in
those only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..language.policies import ActionScope, Policy, Scope, Slot
from ..language.uids import Uid
from ..schema.model import Action, ActionUid, SchemaModel
from ..schema.types import RecordType


@dataclass(frozen=True, slots=True)
class Environment:
    """One kind of request: the action, the types of principal and resource, and the type of the context."""

    principal: str
    action: Uid
    resource: str
    context: RecordType

    def parts(self, variables: frozenset[str]) -> tuple[object, ...]:
        """Return the parts of the environment that these variables mention: equal parts, equal types."""
        return (
            "principal" in variables and self.principal,
            "action" in variables and self.action,
            "resource" in variables and self.resource,
            "context" in variables and self.context,
        )


class Hierarchy:
    """Who can be below whom, by type and for actions by uid."""

    def __init__(self, model: SchemaModel) -> None:
        self._model = model
        self._above_action_type: dict[str, frozenset[str]] | None = None

    def can_be_in(self, below: str, above: str) -> bool:
        """Return whether an entity of one type can be `in` an entity of another (spec 08 §6.5 rule 2)."""
        if below == above:
            return True
        if below in self._model.action_types:
            return above in self._action_type_ancestors().get(below, ())
        return above in self._model.entity_ancestors.of(below)

    def action_is_in(self, action: Uid, others: Iterable[Uid]) -> bool:
        """Return whether a declared action is, or is below, one of the others."""
        uid = (action.type, action.id)
        wanted = {(other.type, other.id) for other in others}
        return uid in wanted or not wanted.isdisjoint(self._model.action_ancestors.of(uid))

    def _action_type_ancestors(self) -> dict[str, frozenset[str]]:
        """Return for each action type the types that some action of it has among its ancestors."""
        if self._above_action_type is None:
            of_action: dict[ActionUid, frozenset[str]] = {}
            found: dict[str, frozenset[str]] = {}
            todo = list(self._model.actions.values())
            while todo:
                action = todo[-1]
                waiting = [uid for uid in action.parents if uid not in of_action]
                if waiting:
                    todo.extend(self._model.actions[uid] for uid in waiting)
                    continue
                todo.pop()
                if action.uid not in of_action:
                    above = frozenset(name for name, _ in action.parents)
                    above = above.union(*(of_action[uid] for uid in action.parents))
                    of_action[action.uid] = above
                    found[action.uid[0]] = found.get(action.uid[0], frozenset()) | above
            self._above_action_type = found
        return self._above_action_type


class Environments:
    """The environments of a schema."""

    def __init__(self, model: SchemaModel) -> None:
        self._model = model
        self.hierarchy = Hierarchy(model)
        self._uids = {uid: Uid(*uid) for uid in model.actions}
        self._all: tuple[Environment, ...] | None = None

    def admitted_by(self, policy: Policy) -> Iterator[Environment]:
        """Yield those in which no part of the scope has type False.

        An open slot admits what any value could.
        """
        if policy.principal.op == policy.action.op == policy.resource.op == "All":
            yield from self.all()
            return
        principals: dict[frozenset[str], list[str]] = {}
        resources: dict[frozenset[str], list[str]] = {}
        for action in self._actions(policy.action):
            if action.principals not in principals:
                principals[action.principals] = self._fitting(policy.principal, action.principals)
            if action.resources not in resources:
                resources[action.resources] = self._fitting(policy.resource, action.resources)
            for principal in principals[action.principals]:
                for resource in resources[action.resources]:
                    yield Environment(principal, self._uids[action.uid], resource, action.context)

    def applies(self, policy: Policy) -> bool:
        """Return whether some action takes a principal and a resource that the scope admits (spec 08 §4).

        An action that is not declared makes a list match nothing.
        """
        declared = all((uid.type, uid.id) in self._model.actions for uid in policy.action.entities)
        return declared and any(True for _ in self.admitted_by(policy))

    def all(self) -> tuple[Environment, ...]:
        """Return every environment of the schema."""
        if self._all is None:
            self._all = tuple(
                Environment(principal, self._uids[action.uid], resource, action.context)
                for action in self._model.actions.values()
                for principal in sorted(action.principals)
                for resource in sorted(action.resources)
            )
        return self._all

    def _actions(self, scope: ActionScope) -> Iterable[Action]:
        actions = self._model.actions
        if scope.op == "All":
            return actions.values()
        listed = [(uid.type, uid.id) for uid in scope.entities if (uid.type, uid.id) in actions]
        if scope.op == "in":
            below = self._model.action_descendants
            listed = list(dict.fromkeys(uid for top in listed for uid in (top, *below.of(top))))
        return [actions[uid] for uid in listed]

    def _fitting(self, scope: Scope, types: frozenset[str]) -> list[str]:
        return sorted(name for name in types if self._fits(scope, name))

    def _fits(self, scope: Scope, name: str) -> bool:
        if scope.type_name is not None and scope.type_name != name:
            return False
        if scope.entity is None or isinstance(scope.entity, Slot):
            return True
        if scope.op == "==":
            return scope.entity.type == name
        return self.hierarchy.can_be_in(name, scope.entity.type)
