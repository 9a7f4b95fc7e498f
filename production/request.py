"""Requests: three uids and a context, from JSON or plain Python data (spec 05 §8, §9)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from .documents.entity_json import read_uid
from .documents.json_scanner import Repeated
from .documents.json_text import Json, read_json
from .documents.usual_requests import Unusual, usual_parts, usual_record
from .documents.value_json import ESCAPES, read_record, read_value
from .errors import ArgumentError, JsonError, RequestError
from .language.arguments import instance_of, named, text_of
from .language.deep_stack import at_any_depth, on_fresh_stack
from .language.names import is_name
from .language.plain import is_exact, plain_json, plain_record
from .language.uids import Uid, uid
from .language.values import Record
from .language.views import View
from .schema.errors import near_name
from .text.escapes import EscapeError, unescape

if TYPE_CHECKING:
    from .schema.request_types import RequestTypes

_NO_CONTEXT: Final[Record] = {}
_STR: Final = frozenset({str})
_MEMBERS: Final = frozenset({"principal", "action", "resource", "context"})
_ENTITY_TEXT: Final = re.compile(r'([^"]*)::("[\s\S]*")')


class _Open:
    """A request that is still being made: its slots take values faster than those of an immutable object."""

    __slots__ = ("_context", "_types", "action", "principal", "resource")

    principal: Uid
    action: Uid
    resource: Uid
    _context: Record
    _types: RequestTypes | None
    """The types by which a schema admits this very object."""


class Request(_Open):
    """One authorization question. Immutable.

    The constructor copies the context, and raises `ArgumentError` for what is no Cedar value.
    """

    __slots__ = ()

    def __init__(
        self, principal: Uid, action: Uid, resource: Uid, context: Mapping[str, Any] = _NO_CONTEXT
    ) -> None:
        _set(self, "principal", instance_of(principal, Uid, "principal"))
        _set(self, "action", instance_of(action, Uid, "action"))
        _set(self, "resource", instance_of(resource, Uid, "resource"))
        _set(self, "_context", plain_record(context, "context"))
        _set(self, "_types", None)

    def __init_subclass__(cls) -> None:
        raise TypeError("requests have no subclasses")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Request:
        """Read `{"principal", "action", "resource", "context"}`, which has no other members.

        A uid is an object in either form or a normalized entity literal; the context is an object in
        value form,
        or JSON text of one, or missing. Raises `RequestError`.
        """
        try:
            principal, action, resource, context = usual_parts(data)
            return make_request(principal, action, resource, usual_record(context))
        except (Unusual, RecursionError):
            pass
        members = request_members(data)
        try:
            return _read(members)
        except RecursionError:
            return on_fresh_stack(lambda: _read(members))

    @classmethod
    @at_any_depth
    def from_json(cls, text: str) -> Request:
        """Read a JSON object with the keys of `from_dict`; raises `RequestError`."""
        return _read(request_members(request_object(text)))

    @property
    def context(self) -> View[str]:
        """A read-only view of the context."""
        return View(self._context)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a request is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a request is immutable")

    def __copy__(self) -> Request:
        return self

    def __deepcopy__(self, memo: object) -> Request:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        # A request is checked again in another process: the types are those of one schema's objects.
        return make_request, (self.principal, self.action, self.resource, self._context)

    def __repr__(self) -> str:
        return f"Request({self.principal!r}, {self.action!r}, {self.resource!r}, {self._context!r})"


_set: Final = object.__setattr__


def make_request(
    principal: Uid, action: Uid, resource: Uid, context: Record, types: RequestTypes | None = None
) -> Request:
    """A request of parts that are checked; it takes over the context."""
    made = _Open()
    made.principal, made.action, made.resource = principal, action, resource
    made._context = context
    made._types = types
    made.__class__ = Request
    return cast(Request, made)


def request_members(data: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a request, known ones alone, by exact names. Raises `RequestError`."""
    if data.__class__ is dict and _STR.issuperset(map(type, data)):
        members = cast("dict[str, Any]", data)
    elif isinstance(data, Mapping):
        members = {}
        for name in data:
            if not isinstance(name, str):
                raise RequestError(f"the request has the key {name!r}, which is not a str")
            members[str.__str__(name)] = data[name]
    else:
        raise RequestError(f"a request is a dict, not {named(data)}")
    if not _MEMBERS.issuperset(members):
        unknown = min(members.keys() - _MEMBERS)
        raise RequestError(f"the request has the unknown member {unknown!r}{near_name(unknown, _MEMBERS)}")
    return members


def exact(node: Any, path: str) -> Any:
    """JSON data of exact built-in classes; raises `RequestError`, which names the path."""
    if is_exact(node):
        return node
    try:
        return plain_json(node, path)
    except ArgumentError as error:
        raise RequestError(str(error)) from None


def _read(data: Mapping[str, Any]) -> Request:
    """A request of its members; raises `RequestError`."""
    return make_request(
        _member(data, "principal"),
        _member(data, "action"),
        _member(data, "resource"),
        read_context(exact(data.get("context", _NO_CONTEXT), "context")),
    )


def _member(data: Mapping[str, Any], name: str) -> Uid:
    """A uid among the members of a request; raises `RequestError`."""
    try:
        if name not in data:
            raise JsonError("the request has no such member")
        node = exact(data[name], name)
        return read_entity_text(node) if isinstance(node, str) else read_uid(node, 0)
    except JsonError as error:
        raise RequestError(f"{name}: {error}") from None


def request_object(text: str) -> dict[str, Json]:
    """The members of a request text, each still as JSON; raises `RequestError`."""
    try:
        node = read_json(text_of(text, "a request"))
    except JsonError as error:
        raise RequestError(str(error)) from None
    if not isinstance(node, dict):
        raise RequestError("a request is an object")
    if isinstance(node, Repeated) and node.names & _MEMBERS:
        raise RequestError(f"the request has {node.name!r} twice")
    return node


def read_context(node: Any) -> Record:
    """A context without type information: a JSON object or the text of one; raises `RequestError`."""
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
    """The error for a context that was refused, with the path of a value that no context can hold."""
    try:
        plain_json(node, "context")
    except ArgumentError as found:
        return RequestError(str(found))
    return RequestError(f"context: {error}")


def read_entity_text(text: str) -> Uid:
    """A uid from a normalized entity literal, in its one spelling (spec 05 §9); raises `JsonError`."""
    match = _ENTITY_TEXT.fullmatch(text)
    if match is None or not is_name(match[1]):
        raise JsonError('expected a normalized entity literal such as User::"alice"')
    try:
        entity_id = unescape(match[2])
    except EscapeError as error:
        raise JsonError(str(error)) from None
    if canonical_id(entity_id) != match[2]:
        raise JsonError(f"the id is not in its canonical spelling {canonical_id(entity_id)}")
    return uid(match[1], entity_id)


_SIMPLE: Final = {"\0": "\\0", "\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "'": "\\'", "\\": "\\\\"}
_PLAIN: Final = re.compile(r"[ !#-&(-\[\]-~]*+")
_IGNORABLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Zl", "Zp", "Zs"})
_OTHER_GRAPHEME_EXTEND: Final = frozenset(
    "\u09be\u09d7\u0b3e\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u1b35\u200c\u302e\u302f\uff9e\uff9f"
    "\U0001133e\U00011357\U000114b0\U000114bd\U000115af\U00011930\U0001d165"
    "\U0001d16e\U0001d16f\U0001d170\U0001d171\U0001d172"
)


def canonical_id(text: str) -> str:
    """The one spelling of an id as a string literal (spec 05 §9)."""
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    return '"' + "".join(_spelling(character, at == 0) for at, character in enumerate(text)) + '"'


def _spelling(character: str, is_first: bool) -> str:
    simple = _SIMPLE.get(character)
    if simple is not None:
        return simple
    if character == " ":
        return character
    category = unicodedata.category(character)
    extends = category in ("Mn", "Me") or character in _OTHER_GRAPHEME_EXTEND
    if category in _INVISIBLE or _IGNORABLE.match(character) or (is_first and extends):
        return f"\\u{{{ord(character):x}}}"
    return character
