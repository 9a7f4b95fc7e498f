"""Partial requests (spec 09 §1.1): the ids of principal and resource, and the context, may be unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from ..documents.entity_json import read_uid
from ..documents.request_json import exact, read_context
from ..errors import ArgumentError, JsonError, PartialRequestError, RequestError
from ..language.arguments import instance_of, is_a, named, text_of
from ..language.deep_stack import at_any_depth
from ..language.names import is_name
from ..language.near_names import near_name
from ..language.uids import Uid
from ..language.values import Record, plain_record
from ..language.views import View
from ..schema.model import Action, EnumeratedEntityType, SchemaModel
from ..schema.typed_values import misfit, near_action, unlisted
from ..text.json_writer import write_json
from ..validation.conforming_requests import read_typed_context
from .written import record_json, role_json

Role: TypeAlias = Uid | str
"""An entity, or the name of an entity type where the id is unknown."""

_MEMBERS: Final = frozenset({"principal", "action", "resource", "context"})


class PartialRequest:
    """A request of which ids and context may be unknown, checked against a schema. Immutable.

    Made by `Schema.partial_request` and `Schema.read_partial_request`.
    """

    __slots__ = ("_context", "_model", "action", "principal", "resource")

    principal: Role
    """The principal, or its type."""
    action: Uid
    """The action."""
    resource: Role
    """The resource, or its type."""
    _context: Record | None
    _model: SchemaModel

    def __init__(self) -> None:
        raise TypeError("make a partial request by `Schema.partial_request`")

    def __init_subclass__(cls) -> None:
        raise TypeError("partial requests have no subclasses")

    @property
    def principal_type(self) -> str:
        """The type of the principal."""
        return type_of(self.principal)

    @property
    def resource_type(self) -> str:
        """The type of the resource."""
        return type_of(self.resource)

    @property
    def context(self) -> View[str] | None:
        """A read-only view of the context, if it is known."""
        return None if self._context is None else View(self._context)

    @at_any_depth
    def to_json(self) -> str:
        """Return the document that `Schema.read_partial_request` reads; raise `PrintError`."""
        members = {
            "principal": role_json(self.principal),
            "action": role_json(self.action),
            "resource": role_json(self.resource),
        }
        context = self._context
        return write_json(members if context is None else members | {"context": record_json(context)})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a partial request is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a partial request is immutable")

    def __repr__(self) -> str:
        return f"PartialRequest({self.principal!r}, {self.action!r}, {self.resource!r}, {self._context!r})"


def type_of(role: Role) -> str:
    """Return the type of a principal or resource."""
    return role.type if isinstance(role, Uid) else role


def role_of(value: object, what: str) -> Role:
    """Return an argument that is a uid or the name of an entity type; raise `ArgumentError`."""
    if is_a(value, Uid):
        return value
    if not is_a(value, str):
        raise ArgumentError(f"{what} is a Uid or the name of an entity type, not {named(value)}")
    name = text_of(value, what)
    if not is_name(name):
        raise ArgumentError(f"{what}: {name!r} is not a normalized entity type")
    return name


def make_partial_request(
    model: SchemaModel,
    principal: Role,
    action: Uid,
    resource: Role,
    context: Mapping[str, Any] | None = None,
) -> PartialRequest:
    """Return a checked partial request; raise `PartialRequestError` with the first fault."""
    principal, resource = role_of(principal, "principal"), role_of(resource, "resource")
    instance_of(action, Uid, "action")
    record = None if context is None else plain_record(context, "context")
    check_parts(model, principal, action, resource, record)
    made = PartialRequest.__new__(PartialRequest)
    for name, value in (
        ("principal", principal),
        ("action", action),
        ("resource", resource),
        ("_context", record),
        ("_model", model),
    ):
        object.__setattr__(made, name, value)
    return made


def check_parts(
    model: SchemaModel, principal: Role, action: Uid, resource: Role, context: Record | None
) -> None:
    """Raise `PartialRequestError` unless a request of these parts fits the schema (spec 09 §1.1)."""
    if not model.is_complete:
        raise PartialRequestError("incomplete_schema", "the schema has external declarations")
    declared = model.actions.get((action.type, action.id))
    if declared is None:
        message = f"the action {action!r} is not declared{near_action(action, model)}"
        raise PartialRequestError("undeclared_action", message)
    _check_type(model, "principal", type_of(principal), declared)
    _check_type(model, "resource", type_of(resource), declared)
    for role in (principal, resource):
        if isinstance(role, Uid) and isinstance(model.entity_types[role.type], EnumeratedEntityType):
            problem = unlisted(role, model)
            if problem is not None:
                raise PartialRequestError("enumerated_id", problem)
    problem = None if context is None else misfit(context, declared.context, model)
    if problem is not None:
        message = f"the context does not fit the action {action!r}: {problem}"
        raise PartialRequestError("context", message)


def _check_type(model: SchemaModel, role: str, name: str, action: Action) -> None:
    allowed = action.principals if role == "principal" else action.resources
    if name in allowed:
        return
    if name not in model.entity_types:
        message = f"the {role}'s type {name} is not declared{near_name(name, model.entity_types)}"
    else:
        fitting = ", ".join(sorted(allowed)) or "nothing"
        message = f"the action {Uid(*action.uid)!r} does not take a {role} of type {name}, but {fitting}"
    raise PartialRequestError("principal_type" if role == "principal" else "resource_type", message)


def read_partial_request(
    model: SchemaModel, data: Mapping[str, Any], *, is_text: bool = False
) -> PartialRequest:
    """Return a partial request from the members of its JSON object; raise `RequestError`.

    The members are `principal` and `resource`, each with `type` and maybe `id`, `action`, and maybe
    `context`, which is read by the action's context type; `is_text` says that all were one text, in which the
    context is no text of its own.
    """
    if not is_a(data, Mapping):  # type: ignore[type-abstract]
        raise RequestError(f"a partial request is a dict, not {named(data)}")
    for name in data:
        if name not in _MEMBERS:
            hint = near_name(str(name), _MEMBERS)
            raise RequestError(f"the partial request has the unknown member {name!r}{hint}")
    principal, resource = _read_role(data, "principal"), _read_role(data, "resource")
    try:
        action = read_uid(exact(data.get("action"), "action"), 0)
    except JsonError as error:
        raise RequestError(f"action: {error}") from None
    context = None
    if "context" in data:
        node = exact(data["context"], "context")
        context = _read_context(model, [node] if is_text and isinstance(node, str) else node, action)
    return make_partial_request(model, principal, action, resource, context)


def _read_role(data: Mapping[str, Any], name: str) -> Role:
    node = exact(data.get(name), name)
    if type(node) is dict and node.keys() == {"type"} and type(node["type"]) is str:
        if is_name(node["type"]):
            return node["type"]
        raise RequestError(f"{name}: {node['type']!r} is not a normalized entity type")
    if type(node) is dict and not node.keys() <= {"type", "id"}:
        raise RequestError(f"{name}: expected an object with `type` and maybe `id`, and nothing else")
    try:
        return read_uid(node, 0)
    except JsonError as error:
        raise RequestError(f"{name}: {error}") from None


def _read_context(model: SchemaModel, node: Any, action: Uid) -> Record:
    """Return a context read by type if that is possible, else without types, for the check to refuse it."""
    if not model.is_complete:
        raise PartialRequestError("incomplete_schema", "the schema has external declarations")
    try:
        return read_typed_context(model, node, action)
    except RequestError:
        try:
            return read_context(node)
        except RequestError as error:
            raise PartialRequestError("unreadable_context", str(error)) from None
