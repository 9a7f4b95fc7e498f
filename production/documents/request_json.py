"""The request document (spec 05 §8, §9): its members, its uids in three forms, its context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from ..errors import ArgumentError, JsonError, RequestError
from ..language.arguments import is_a, named, text_of
from ..language.deep_stack import on_fresh_stack
from ..language.near_names import near_name
from ..language.uids import Uid
from ..language.values import Record
from ..text.json_scanner import Repeated
from ..text.json_text import Json, read_json
from .entity_json import read_uid
from .entity_text import read_entity_text
from .plain_json import is_exact, plain_json
from .value_json import ESCAPES, read_record, read_value

_NO_CONTEXT: Final[Record] = {}
_STR: Final = frozenset({str})
_MEMBERS: Final = frozenset({"principal", "action", "resource", "context"})


def request_members(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a request, known ones alone, by exact names. Raises `RequestError`."""
    if type(data) is dict and _STR.issuperset(map(type, data)):
        members = cast("dict[str, Any]", data)
    elif isinstance(data, Mapping):
        members = {}
        for name in data:
            if not is_a(name, str):
                raise RequestError(f"the request has the key {name!r}, which is not a str")
            members[str.__str__(name)] = data[name]
    else:
        raise RequestError(f"a request is a dict, not {named(data)}")
    if not _MEMBERS.issuperset(members):
        unknown = min(members.keys() - _MEMBERS)
        raise RequestError(f"the request has the unknown member {unknown!r}{near_name(unknown, _MEMBERS)}")
    return members


def exact(node: Any, path: str) -> Any:
    """Return JSON data of exact built-in classes; raise `RequestError`, which names the path."""
    if is_exact(node):
        return node
    try:
        return plain_json(node, path)
    except ArgumentError as error:
        raise RequestError(str(error)) from None


def read_request(data: Mapping[str, Any]) -> tuple[Uid, Uid, Uid, Record]:
    """Return the parts of a request, read without a schema; raise `RequestError`."""
    return (
        read_role(data, "principal"),
        read_role(data, "action"),
        read_role(data, "resource"),
        read_context(exact(data.get("context", _NO_CONTEXT), "context")),
    )


def read_role(data: Mapping[str, Any], name: str) -> Uid:
    """Return a uid among the members of a request; raise `RequestError`."""
    try:
        if name not in data:
            raise JsonError("the request has no such member")
        node = exact(data[name], name)
        return read_entity_text(node) if isinstance(node, str) else read_uid(node, 0)
    except JsonError as error:
        raise RequestError(f"{name}: {error}") from None


def request_object(text: str) -> dict[str, Json]:
    """Return the members of a request text, each still as JSON; raise `RequestError`."""
    try:
        node = read_json(text_of(text, "a request"))
    except JsonError as error:
        raise RequestError(str(error)) from None
    if not isinstance(node, dict):
        raise RequestError("a request is an object")
    if isinstance(node, Repeated) and node.names & _MEMBERS:
        raise RequestError(f"the request has {node.name!r} twice")
    if isinstance(node.get("context"), str):
        raise RequestError("context: a context is an object")
    return node


def read_context(node: Any) -> Record:
    """Return a context without type information: a JSON object or the text of one; raise `RequestError`."""
    if not node and node.__class__ is dict:
        return _NO_CONTEXT
    try:
        return _read_context(node)
    except RecursionError:
        return on_fresh_stack(lambda: _read_context(node))


def _read_context(node: Any) -> Record:
    try:
        if isinstance(node, str):
            node = read_json(node)
        if not isinstance(node, dict):
            raise JsonError("a context is an object")
        if len(node) == 1 and ESCAPES.intersection(node):
            value = read_value(node, 0)
            if not isinstance(value, dict):
                raise JsonError("a context is a record")
            return value
        return read_record(node, 0)
    except JsonError as error:
        raise context_error(node, error) from None


def context_error(node: Any, error: JsonError) -> RequestError:
    """Return the error for a context that was refused, with the path of a value that no context can hold."""
    try:
        plain_json(node, "context")
    except ArgumentError as found:
        return RequestError(str(found))
    return RequestError(f"context: {error}")
