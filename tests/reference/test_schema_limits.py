"""Hostile schemas: deep, long, or exponentially abbreviated; each ends in a meaning or in one clean error."""

from __future__ import annotations

import pytest

from reference.errors import InputError
from reference.schema.canonical import canonical_schema
from reference.schema.printer import schema_to_json, schema_to_text
from reference.schema.reader import read_fragments, read_schema

MANY = 20_000


def nested_set(depth: int) -> str:
    """A type of the given depth."""
    return "Set<" * (depth - 1) + "Long" + ">" * (depth - 1)


def test_a_thousand_levels_of_type_are_read_and_written() -> None:
    text = f"entity A tags {nested_set(1_000)};"
    canonical = canonical_schema(read_schema(text))
    assert canonical.count('"Set"') == 999
    assert canonical_schema(read_schema(schema_to_text(read_fragments(text)))) == canonical


@pytest.mark.parametrize("depth", [1_001, 100_000])
def test_deeper_types_are_refused(depth: int) -> None:
    with pytest.raises(InputError, match="deeper than 1,000"):
        read_schema(f"entity A tags {nested_set(depth)};")


def test_depth_counts_through_common_types() -> None:
    deep = nested_set(600).replace("Long", "T")
    with pytest.raises(InputError, match="deeper than 1,000"):
        read_schema(f"type T = {nested_set(600)}; entity A tags {deep};")


def test_types_too_deep_for_json_are_not_written_as_json() -> None:
    with pytest.raises(InputError, match="cannot be written in JSON"):
        schema_to_json(read_fragments(f"entity A tags {nested_set(500)};"))


def test_exponential_abbreviations_are_refused() -> None:
    doubling = "".join(f"type T{i} = {{a: T{i + 1}, b: T{i + 1}}};" for i in range(200))
    with pytest.raises(InputError, match="1,000,000"):
        read_schema(f"{doubling} type T200 = Long;")


@pytest.mark.slow
def test_long_chains_cost_no_recursion() -> None:
    common = "".join(f"type T{i} = T{i + 1};" for i in range(MANY))
    read_schema(f"{common} type T{MANY} = Long;")
    with pytest.raises(InputError, match="by itself"):
        read_schema(f"{common} type T{MANY} = T0;")
    actions = "".join(f"action a{i} in a{i + 1};" for i in range(MANY))
    read_schema(f"{actions} action a{MANY};")
    with pytest.raises(InputError, match="member of itself"):
        read_schema(f"{actions} action a{MANY} in a0;")


@pytest.mark.parametrize("text", ["entity A {x: " * MANY, "[" * MANY, '"' * MANY, "@a " * MANY])
def test_unfinished_texts_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_schema(text)


@pytest.mark.parametrize("text", ["[" * MANY, '{"":' * MANY])
def test_unfinished_json_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_schema(text, "json")
