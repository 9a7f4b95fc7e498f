from __future__ import annotations

import json

import pytest

from drt.model.json_outline import JsonValue, first_difference, members, same, sort_sets, spans


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("[]", []),
        ("{}", []),
        (" [ ] ", []),
        ("[1]", ["1"]),
        ('[1, [2, 3], {"a": [4]}]', ["1", "[2, 3]", '{"a": [4]}']),
        ('["a,]", "\\"["]', ['"a,]"', '"\\"["']),
    ],
)
def test_spans_are_the_direct_elements(document: str, expected: list[str]) -> None:
    assert spans(document) == expected


def test_members_are_found_by_their_unescaped_key() -> None:
    document = '{"a": 1, "\\u0062": {"a": [2]}, "c:": "x:y"}'

    assert members(document) == {"a": "1", "b": '{"a": [2]}', "c:": '"x:y"'}


def test_the_outline_of_a_document_deeper_than_the_json_module_reaches() -> None:
    deep = "[" * 200_000 + "]" * 200_000

    assert members(f'{{"x": {deep}, "y": 1}}') == {"x": deep, "y": "1"}


@pytest.mark.parametrize(
    ("left", "right"),
    [("1", "true"), ("1", "1.0"), ("0", "false"), ('"1"', "1"), ("[1]", "[true]"), ("[]", "{}")],
)
def test_values_of_different_kinds_are_never_the_same(left: str, right: str) -> None:
    assert not same(json.loads(left), json.loads(right))
    assert first_difference(json.loads(left), json.loads(right)).startswith("at $")


def test_objects_are_the_same_in_any_order_and_lists_are_not() -> None:
    assert same({"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1})
    assert not same([1, 2], [2, 1])
    assert first_difference({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}) == "at $.a[1].b: 2 against 3"


def nested(inner: JsonValue, depth: int) -> JsonValue:
    for _ in range(depth):
        inner = {"a": [inner]}
    return inner


def test_values_are_compared_at_any_depth() -> None:
    deep = 5_000

    assert same(nested(1, deep), nested(1, deep))
    assert not same(nested(1, deep), nested(True, deep))
    assert first_difference(nested(1, deep), nested(2, deep)) == f"at ${'.a[0]' * deep}: 1 against 2"
    assert "nests too deeply to show" in first_difference(nested([1], deep), [nested([1], deep)])


def test_sets_are_sorted_inner_ones_first() -> None:
    value: JsonValue = {"a": [[3, 1], [2], {"b": ["y", "x"]}]}
    sort_sets(value)

    assert value == {"a": [[1, 3], [2], {"b": ["x", "y"]}]}
