"""JSON schemas are read quickly where possible; the careful reader, which knows places, has the last word."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import partial
from random import Random
from typing import Any

import pytest

from production import Schema, SchemaError, translate_schema
from production.schema.json_quick import MOST_NESTED, read_json_schema_quickly
from production.schema.json_reader import read_json_schema
from production.schema.syntax import Fragment
from production.text.json_scanner import MAX_DEPTH

TYPES = {
    "Pair": {
        "type": "Record",
        "attributes": {
            "left": {"type": "String"},
            "right": {"type": "Set", "element": {"type": "Long"}, "required": False},
        },
    },
    "Many": {"type": "Set", "element": {"type": "Pair"}, "annotations": {"doc": "two", "internal": None}},
}
DOCUMENT = {
    "": {
        "commonTypes": TYPES,
        "entityTypes": {
            "User": {"memberOfTypes": ["Group"], "shape": {"type": "Pair"}, "tags": {"type": "Many"}},
            "Group": {},
            "Colour": {"enum": ["red", "green"]},
            "Far": {"external": True, "memberOfTypes": ["Group"]},
            "Document": {
                "external": False,
                "shape": {
                    "type": "Record",
                    "additionalAttributes": False,
                    "attributes": {
                        "owner": {"type": "Entity", "name": "User"},
                        "editor": {"type": "EntityOrCommon", "name": "User", "required": False},
                        "size": {"type": "Extension", "name": "decimal", "required": True},
                        "inner": {"type": "Record", "attributes": {}, "annotations": {"doc": ""}},
                        "flag": {"type": "Boolean"},
                    },
                },
            },
        },
        "actions": {
            "view": {
                "memberOf": [{"id": "all", "type": None}, {"id": "far", "type": "Action"}],
                "appliesTo": {
                    "principalTypes": ["User"],
                    "resourceTypes": ["Document", "Colour"],
                    "context": {"type": "Pair"},
                },
                "attributes": None,
            },
            "all": {"appliesTo": None, "memberOf": None},
            "far": {"external": True},
        },
    },
    "Other::Name": {"entityTypes": {}, "actions": {}, "annotations": {"doc": "empty"}},
}
TEXT = json.dumps(DOCUMENT, indent=1)


def without_places(node: Any) -> Any:
    """Declarations as plain data, but for their offsets."""
    if is_dataclass(node):
        return [without_places(getattr(node, part.name)) for part in fields(node) if part.name != "at"]
    return [without_places(part) for part in node] if isinstance(node, tuple) else node


def read(reader: Callable[[str], Fragment], text: str) -> Any:
    """What a reader makes of a text, or nothing."""
    try:
        return without_places(reader(text).namespaces)
    except SchemaError:
        return None


quick = partial(read, read_json_schema_quickly)
careful = partial(read, read_json_schema)


def changed(text: str, random: Random) -> str:
    """A text with a slip: a token gone, doubled, or put in the place of another."""
    tokens = [
        '"a"',
        "1",
        "-0",
        "true",
        "null",
        "{}",
        "[]",
        ",",
        ":",
        '"type"',
        '"required"',
        "NaN",
        "\\u0041",
    ]
    at = random.randrange(len(text))
    until = min(len(text), at + random.choice((0, 1, 1, 2, 8)))
    match random.randrange(3):
        case 0:
            return text[:at] + text[until:]
        case 1:
            return text[:until] + text[at:]
        case _:
            return text[:at] + random.choice(tokens) + text[until:]


def test_a_usual_document_is_read_quickly_and_alike() -> None:
    assert quick(TEXT) == careful(TEXT) is not None


def test_slips_are_found_by_both_readers() -> None:
    random = Random(15)
    verdicts = set()
    for _ in range(3_000):
        text = changed(TEXT, random)
        found = careful(text)
        verdicts.add(found is not None)
        assert quick(text) == found, text
    assert verdicts == {True, False}


def test_a_member_of_another_type_is_found_by_both_readers() -> None:
    others: tuple[Any, ...] = (None, True, False, 0, 1, 1.5, "", "a", "String", [], {}, {"type": "Long"})
    verdicts: set[bool] = set()

    def walk(node: Any) -> None:
        for key in node if isinstance(node, dict) else range(len(node)):
            before = node[key]
            for other in others:
                node[key] = other
                text = json.dumps(document)
                assert quick(text) == careful(text), text
                verdicts.add(quick(text) is None)
            node[key] = before
            if isinstance(before, dict | list):
                walk(before)

    document = json.loads(TEXT)
    walk(document)
    assert verdicts == {True, False}


@pytest.mark.parametrize("required", ["1", "1.0", "0", "true", "null"])
def test_a_number_is_never_taken_for_a_boolean_that_was_read_before(required: str) -> None:
    first, second = '{"type": "Long", "required": true}', f'{{"type": "Long", "required": {required}}}'
    attributes = f'{{"a": {first}, "b": {second}}}'
    shape = f'{{"type": "Record", "attributes": {attributes}}}'
    text = f'{{"": {{"entityTypes": {{"E": {{"shape": {shape}}}}}, "actions": {{}}}}}}'
    assert quick(text) == careful(text)
    assert (quick(text) is None) == (required != "true")


@pytest.mark.parametrize("levels", [1, MOST_NESTED - 2, MOST_NESTED, MAX_DEPTH - 5, MAX_DEPTH - 4, 5_000])
@pytest.mark.parametrize("attribute", [True, False])
def test_what_is_nested_deep_is_left_to_the_careful_reader(levels: int, attribute: bool) -> None:
    opened, closed = (
        ('{"type":"Record","attributes":{"a":', "}}") if attribute else ('{"type":"Set","element":', "}")
    )
    type_ = opened * levels + '{"type": "Long"}' + closed * levels
    text = f'{{"": {{"commonTypes": {{"T": {type_}}}, "entityTypes": {{}}, "actions": {{}}}}}}'
    found = quick(text)
    assert found is None or found == careful(text)
    assert (found is not None) == (levels < MOST_NESTED)


@pytest.mark.parametrize("text", ['"\\ud800"', '"\\ud83d\\ude00"', '"\ud800"', '"\\u00e9"', '"é"', '"a\tb"'])
def test_odd_characters_are_judged_alike(text: str) -> None:
    schema = f'{{"": {{"entityTypes": {{"E": {{"enum": [{text}]}}}}, "actions": {{}}}}}}'
    accepted = careful(schema) is not None
    assert quick(schema) in (None, careful(schema))
    if accepted:
        assert Schema.from_json(schema).entity_types == {"E"}
    else:
        with pytest.raises(SchemaError):
            Schema.from_json(schema)


def test_a_refused_schema_still_says_where() -> None:
    with pytest.raises(
        SchemaError, match=r'^line 3, column 25: no entity type "Usr" is declared; did you mean User'
    ):
        Schema.from_json(
            '{"": {"actions": {}, "entityTypes": {\n"User": {},\n"E": {"memberOfTypes": ["Usr"]}}}}'
        )


def test_a_schema_without_cedar_spelling_still_says_where() -> None:
    text = (
        '{"": {"commonTypes": {"A": {"type": "Long"}}, "actions": {}, "entityTypes": {"A": {},\n'
        '"B": {"tags": {"type": "Entity", "name": "A"}}}}}'
    )
    with pytest.raises(SchemaError, match=r"^line 2, column 42: .* no spelling in Cedar syntax"):
        translate_schema(text, "cedar")
