"""Requests: three uids and a context, from JSON or plain Python data (spec 05 §8, §9)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from production.entity_json import read_uid
from production.errors import JsonError, RequestError
from production.escapes import EscapeError, unescape
from production.fresh_stack import with_stack
from production.json_scanner import Repeated
from production.json_text import Json, read_json
from production.names import is_name
from production.uids import Uid, known_uid, uid
from production.value_json import ESCAPES, read_record, read_value
from production.values import Record

_NO_CONTEXT: Final[Record] = {}
_ENTITY_TEXT: Final = re.compile(r'([^"]*)::("[\s\S]*")')


@dataclass(slots=True, eq=False)
class Request:
    """One authorization question. Never changed once made."""

    principal: Uid
    action: Uid
    resource: Uid
    context: Record = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Request:
        """Read `{"principal", "action", "resource", "context"}`.

        A uid is an object in either form or a normalized entity literal; the context is an object in
        value form,
        or JSON text of one, or missing. Raises `RequestError`.
        """
        return cls(
            _member(data, "principal"),
            _member(data, "action"),
            _member(data, "resource"),
            read_context(data.get("context", _NO_CONTEXT)),
        )

    @classmethod
    def from_json(cls, text: str) -> Request:
        """Read a JSON object with the keys of `from_dict`; raises `RequestError`."""
        return cls.from_dict(request_object(text))


def _member(data: Mapping[str, Any], name: str) -> Uid:
    """A uid among the members of a request; raises `RequestError`."""
    node = data.get(name)
    if node.__class__ is dict and len(node) == 2:
        type_name, entity_id = node.get("type"), node.get("id")
        if type_name.__class__ is str and entity_id.__class__ is str:
            found = known_uid(type_name, entity_id)
            if found is not None:
                return found
    try:
        if name not in data:
            raise JsonError("the request has no such member")
        return read_entity_text(node) if isinstance(node, str) else read_uid(node, 0)
    except JsonError as error:
        raise RequestError(f"{name}: {error}") from None


def request_object(text: str) -> dict[str, Json]:
    """The members of a request text, each still as JSON; raises `RequestError`."""
    try:
        node = read_json(text)
    except JsonError as error:
        raise RequestError(str(error)) from None
    if not isinstance(node, dict):
        raise RequestError("a request is an object")
    if isinstance(node, Repeated) and node.names & {"principal", "action", "resource", "context"}:
        raise RequestError(f"the request has {node.name!r} twice")
    return node


def read_context(node: Any) -> Record:
    """A context without type information: a JSON object or the text of one; raises `RequestError`."""
    if not node and node.__class__ is dict:
        return _NO_CONTEXT
    return with_stack(lambda: _read_context(node))


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
        raise RequestError(f"context: {error}") from None


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
