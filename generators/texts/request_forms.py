"""Rewrites requests into the other forms that a request document has, right and wrong (spec 05 §9).

A uid is an object, an `__entity` object or a string; only one spelling of the string is right. The context
may be missing, and further members are refused.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from generators.choice.sources import Source

Json = Any

NAMED = {"\0": "\\0", "\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "'": "\\'", "\\": "\\\\"}
ESCAPED = frozenset({"Cc", "Cf", "Cn", "Co", "Zl", "Zp", "Zs"})

PARTS = ("principal", "action", "resource")
OBJECT, ENTITY, STRING, WRONG = "object", "__entity", "string", "wrong string"
FORMS = (OBJECT,) * 7 + (ENTITY,) * 5 + (STRING,) * 7 + (WRONG,)
"""Three uids make a request, so wrong ones are rare."""

UNKNOWN_MEMBER, NO_CONTEXT, NULL_CONTEXT = 0.08, 0.1, 0.03


def reformed(source: Source, text: str) -> str:
    """Rewrite each uid in a form of its own; sometimes drop the context or add an unknown member."""
    document = json.loads(text)
    for part in PARTS:
        document[part] = _uid(source, document[part])
    if source.boolean(NO_CONTEXT):
        del document["context"]
    elif source.boolean(NULL_CONTEXT):
        document["context"] = None
    if source.boolean(UNKNOWN_MEMBER):
        document[source.choice(("", "Principal", "validate", "é"))] = source.choice((None, 1, {}))
    return json.dumps(document, ensure_ascii=source.boolean())


def _uid(source: Source, uid: Json) -> Json:
    plain = uid.get("__entity", uid)
    match source.choice(FORMS):
        case "__entity":
            return {"__entity": plain}
        case "string" if _is_text(plain["id"]):
            return literal(plain["type"], plain["id"])
        case "wrong string" if _is_text(plain["id"]):
            return _wrong(source, plain["type"], plain["id"])
        case _:
            return plain


def literal(type_name: str, identity: str) -> str:
    """Write a uid as Cedar text in its canonical spelling, combining and ignorable characters aside."""
    return f'{type_name}::"{"".join(map(_spelled, identity))}"'


def _spelled(character: str) -> str:
    if character in NAMED:
        return NAMED[character]
    if character != " " and unicodedata.category(character) in ESCAPED:
        return f"\\u{{{ord(character):x}}}"
    return character


def _wrong(source: Source, type_name: str, identity: str) -> str:
    """Draw a spelling that a parser of expressions would read, or nearly, and that no request may have."""
    right = literal(type_name, identity)
    end = right[:-1]
    wrong = (
        f" {right}",
        f"{right} ",
        f"{right}//",
        f"({right})",
        right.replace('::"', ' :: "', 1),
        f'{end}\\x41"',
        f'{end}\\u{{e9}}"',
        f'{end}\\u{{00e9}}"',
        f"{end}'\"",
        f'{end}\n"',
        end,
        f'::"{identity}"',
        f'if::"{identity}"',
        "",
    )
    return source.choice(wrong)


def _is_text(identity: str) -> bool:
    return not any(unicodedata.category(character) == "Cs" for character in identity)
