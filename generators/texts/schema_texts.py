"""Small schemas as Cedar schema text, wrong in one place or in none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generators.choice.sources import Source
from generators.texts.odd_blanks import with_odd_blank
from generators.texts.odd_ids import RESERVED, STRANGE, WORDS
from generators.texts.small_schemas import small_schema
from generators.texts.tiny_references import tiny_references
from generators.texts.tiny_schemas import tiny_schema

Json = Any

_WORD = re.compile("[_a-zA-Z][_a-zA-Z0-9]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[_a-zA-Z][_a-zA-Z0-9]*|::|\s+|.', re.DOTALL)
_DEFINITION = re.compile(r"^((?:external )?(?:entity|action) [^ ;]+) .*;$")
_FLAWS = ("whole",) * 5 + ("blank", "blank", "slip", "slip", "twice")
"""What is odd about a text: a declaration, a blank, a token, or a declaration that comes twice."""
SHORT = 0.3
"""Probability of a text of few declarations, which leaves time for more of them."""

_DECLARATIONS = """\
type Long = String;
type Set = Long;
type T = Set;
type W = W;
type W = Set<Set<Long>>;
type decimal = Long;
type P = {a: Q};
entity Set;
entity Action;
entity __cedar;
entity type, tags;
entity A, A;
entity E enum [];
entity E enum ["a", "a"];
entity E enum ["a",];
entity E = {};
entity E {a: Long,};
entity E {a: Long a: Long};
entity E {a: Long, a: Long};
entity E in [] tags Long;
entity E tags Long {a: Long};
entity E in E;
entity E tags Set<Long>;
@doc("x") entity E, F, G in E;
@a @b("") entity E enum ["a"];
@a("") external entity X, Y;
@a external action y, z;
@doc("\\"") action "a b", c;
@a type U = {@b("") x: Long};
entity D {x: __cedar::Long, y: decimal?};
entity D {"": Long, "a b"?: Set<E>};
entity D {if: Long};
entity D {a: Set < Long >};
entity D {a: Set};
entity D {a: Boolean};
entity D {a: Record, b: Entity};
entity D tags Extension;
entity é;
entity D\u00a0;
entity D; // x
entity D
;
external entity X in [E];
action "", "a b";
action a attributes {};
action a in [];
action a in [b]; action b in a;
action a in Action::"a";
action a in a;
action a in [b]; action b in [c]; action c in [a];
action a in N::Action::"view N";
action b in [N::M::Action::"view N::M", a]; action a;
action a in Action;
action "Q::a"; action c in Q::a;
action "a::b"; action c in [a::b];
action a in Q::Action::"a";
action b in [a, "a b",];
action "" in "a";
entity D {a: __cedar::Q::Long};
entity D {a: __cedar::ipaddr, "a": Long};
entity D in [E, E] {a?: Long,} tags Set<Long>;
type Q = __cedar::X;
type __cedar = Long;
external entity X, Y in [X];
external entity X {};
external action y in [a];
entity D {@doc("x") a: Long, @doc @doc b: Long};
@doc("\\q") entity D;
action a appliesTo {principal: E, principal: E, resource: E};
action a appliesTo {context: {}, principal: E, resource: E, context: {}};
action a appliesTo {resource: [E,], context: {a?: Long}, principal: E,};
action a appliesTo {principal: Action, resource: E};
action a appliesTo {principal: E resource: E};
action a appliesTo {};
action a appliesTo {principal: E};
action a appliesTo {principal: [], resource: E};
action a appliesTo {principal: E, resource: []};
action a appliesTo {principal: E, resource: E, context: T};
external action x;
@doc @doc entity D;
@doc("a", "b") entity D;
@if entity D;
entity decimal; entity D {a: decimal, b: __cedar::decimal};
entity ipaddr; entity D {a: Set<ipaddr>} tags ipaddr;
namespace Q {}
namespace Q { namespace R {} }
namespace Q {} namespace Q {}
namespace in {}
namespace Q::__cedar {}
namespace __cedar {}"""
_WHOLE = tuple(_DECLARATIONS.split("\n"))
"""Declarations, most of them wrong by one rule, the others at its edge."""


def _whole(source: Source) -> str:
    """Draw a declaration with what else it needs to be right, if it is."""
    text = source.choice(_WHOLE)
    needed = [name for name in "EQ" if re.search(rf"\b{name}\b", text) and f"entity {name}" not in text]
    return " ".join((*(f"entity {name};" for name in needed if f"namespace {name}" not in text), text))


def _again(declaration: str) -> str:
    """Repeat a declaration, with another definition where that is easily written."""
    return _DEFINITION.sub(r"\1;", declaration)


def _quoted(text: str) -> str:
    return f'"{"".join(map(_written, text))}"'


def _written(character: str) -> str:
    is_plain = character.isascii() and (character.isalnum() or character in " _-")
    return character if is_plain else f"\\u{{{ord(character):x}}}"


def _word(name: str) -> str:
    return name if _WORD.fullmatch(name) and name not in RESERVED else _quoted(name)


def _type(node: Json) -> str:
    match node:
        case {"type": "Set", "element": element}:
            return f"Set<{_type(element)}>"
        case {"type": "Record", "attributes": attributes}:
            parts = (
                f"{_notes(part)}{_word(name)}{'' if part.get('required', True) else '?'}: {_type(part)}"
                for name, part in attributes.items()
            )
            return "{" + ", ".join(parts) + "}"
        case {"type": "Boolean"}:
            return "Bool"
        case {"name": name} | {"type": name}:
            return str(name)
    return "{}"


def _notes(node: Json) -> str:
    written = (
        f"@{key} " if value is None else f"@{key}({_quoted(value)}) "
        for key, value in node.get("annotations", {}).items()
    )
    return "".join(written)


def _group(group: Json) -> str:
    id_ = _quoted(group["id"])
    return f"{group['type']}::{id_}" if "type" in group else id_


def _declarations(space: Json) -> Iterator[str]:
    for name, definition in space.get("commonTypes", {}).items():
        yield f"type {name} = {_type(definition)};"
    for name, entity in space.get("entityTypes", {}).items():
        if entity.get("enum"):
            yield f"{_notes(entity)}entity {name} enum [{', '.join(map(_quoted, entity['enum']))}];"
            continue
        above = f" in [{', '.join(entity['memberOfTypes'])}]" if "memberOfTypes" in entity else ""
        shape = f" {_type(entity['shape'])}" if "shape" in entity else ""
        tags = f" tags {_type(entity['tags'])}" if "tags" in entity else ""
        yield f"{_notes(entity)}entity {name}{above}{shape}{tags};"
    for name, action in space.get("actions", {}).items():
        groups = ", ".join(map(_group, action.get("memberOf", ())))
        applies = action.get("appliesTo")
        parts = "" if applies is None else f" appliesTo {{{', '.join(_applies(applies))}}}"
        yield f"{_notes(action)}action {_word(name)}{f' in [{groups}]' if groups else ''}{parts};"


def _applies(applies: Json) -> Iterator[str]:
    for side in ("principal", "resource"):
        yield f"{side}: [{', '.join(applies[f'{side}Types'])}]"
    if "context" in applies:
        yield f"context: {_type(applies['context'])}"


def short_schema(source: Source) -> str:
    """Draw a text of few declarations, wrong by one rule or just right."""
    match source.integer(0, 9):
        case 0 | 1:
            schema = tiny_references(source, plain=True)
            return "\n".join(_block(space, body, list(_declarations(body))) for space, body in schema.items())
        case 2 | 3 | 4:
            text = _whole(source)
        case _:
            text = tiny_schema(source)
    return _slip(source, text) if source.boolean(0.3) else text


def schema_text(source: Source) -> str:
    """Draw a schema text; most are wrong in one place, and many are short."""
    if source.boolean(SHORT):
        return short_schema(source)
    schema = small_schema(source, 0.0, by_name=False)
    blocks = {space: list(_declarations(body)) for space, body in schema.items()}
    declarations = source.choice(tuple(blocks.values()))
    flaw = source.choice(_FLAWS)
    match flaw:
        case "whole":
            declarations.insert(source.integer(0, len(declarations)), _whole(source))
        case "twice" if declarations:
            declarations.append(_again(source.choice(declarations)))
    text = "\n".join(_block(space, schema[space], inside) for space, inside in blocks.items())
    match flaw:
        case "blank":
            return with_odd_blank(source, _TOKEN.findall(text))
        case "slip":
            return _slip(source, text)
    return text


def _block(space: str, body: Json, declarations: list[str]) -> str:
    inside = "\n".join(declarations)
    return f"{_notes(body)}namespace {space} {{\n{inside}\n}}" if space else inside


def _slip(source: Source, text: str) -> str:
    """Leave a token out, double it, swap it with the next, replace it, or put one beside it."""
    tokens = _TOKEN.findall(text)
    at = source.integer(0, len(tokens) - 1)
    token = tokens[at]
    match source.integer(0, 4):
        case 0:
            new = []
        case 1:
            new = [token, " ", token]
        case 2 if at + 1 < len(tokens):
            tokens[at], tokens[at + 1] = tokens[at + 1], token
            return "".join(tokens)
        case 3:
            new = [source.choice((*WORDS, *RESERVED, ",", ";", "{", "}", "?", "@", "::", '"x"'))]
        case _:
            new = [token, source.choice((*STRANGE, ",", "?", "=", " in ", " Set "))]
    return "".join([*tokens[:at], *new, *tokens[at + 1 :]])
