"""Writing a schema in the other syntax keeps its meaning (spec 07 §6)."""

from __future__ import annotations

import pytest

from reference.errors import InputError
from reference.schema.canonical import canonical_schema
from reference.schema.plain import plain_fragments
from reference.schema.printer import schema_to_json, schema_to_text
from reference.schema.reader import Syntax, read_fragments, read_schema
from reference.schema.resolver import resolve
from reference.schema.schema import Schema
from reference.schema.syntax import Fragment
from reference.schema.text_writer import write_schema_text

SCHEMAS: list[tuple[Syntax, str]] = [
    ("cedar", "entity A in [B] {x?: Set<Long>, \"a b\": {y: B}} tags String; entity B;"),
    ("cedar", 'entity C enum ["y\\n", "\\u{0}\\r\\"\\\\é"]; action "a\\0b", "if" in ["c d"]; action "c d";'),
    ("cedar", "namespace N::M { entity A; type T = {a: A}; "
              "action v appliesTo {principal: A, resource: A, context: T}; }"),
    ("cedar", '@a("x\\ty") @b namespace N { @c entity A { @d("e") x: Long }; }'),
    ("cedar", "type T = Action; action a; namespace N { action b; entity E {x: T, y: Action}; }"),
    ("cedar", "entity Long; entity A {x: Long, y: __cedar::Long}; "
              "namespace N { entity Bool; entity A2 {x: Bool}; }"),
    ("cedar", "namespace N { type A = Long; entity A; entity B {x: A}; }"),
    ("cedar", ""),
    ("json", '{"": {"entityTypes": {"A": {"shape": {"type": "C"}}}, "actions": {}, '
             '"commonTypes": {"C": {"type": "Record", "attributes": '
             '{"x": {"type": "Long", "required": false}}}}}}'),
    ("json", '{"": {"entityTypes": {"A": {}}, "actions": {"a": {"appliesTo": '
             '{"principalTypes": [], "resourceTypes": ["A"]}}}}}'),
    ("json", '{"N": {"entityTypes": {"Long": {}, "A": {"tags": {"type": "Long"}}}, "actions": {}}}'),
]  # fmt: skip

HIDDEN = (
    '{"": {"commonTypes": {"A": {"type": "Long"}}, '
    '"entityTypes": {"A": {}, "B": {"tags": {"type": "Entity", "name": "A"}}}, "actions": {}}}'
)
"""The entity type A cannot be named in the tags of B: the language would read the common type."""


def meaning(schema: Schema) -> str:
    return canonical_schema(schema)


@pytest.mark.parametrize(("syntax", "text"), [*SCHEMAS, ("json", HIDDEN)])
def test_both_translations_keep_the_meaning(syntax: Syntax, text: str) -> None:
    fragments = read_fragments(text, syntax)
    expected = meaning(read_schema(text, syntax))
    assert meaning(read_schema(schema_to_text(fragments), "cedar")) == expected
    assert meaning(read_schema(schema_to_json(fragments), "json")) == expected


@pytest.mark.parametrize(("syntax", "text"), SCHEMAS)
def test_a_resolved_schema_can_be_declared_again(syntax: Syntax, text: str) -> None:
    schema = read_schema(text, syntax)
    assert meaning(resolve(plain_fragments(schema))) == meaning(schema)


def test_names_and_annotations_survive() -> None:
    text = '@doc("x") type T = Long; entity A { @y z: T };'
    assert schema_to_text(read_fragments(schema_to_json(read_fragments(text)), "json")) == (
        '@doc("x") type T = Long;\nentity A = {@y z: T};\n'
    )


def test_a_hidden_entity_type_is_written_without_the_common_type() -> None:
    written = schema_to_text(read_fragments(HIDDEN, "json"))
    assert written == "entity A;\nentity B tags A;\n"


def test_action_types_keep_an_alias_where_they_have_no_other_name() -> None:
    text = (
        '{"": {"entityTypes": {}, "actions": {"a": {}}, "commonTypes": {"T": {"type": "EntityOrCommon", '
        '"name": "Action"}}}, "N": {"commonTypes": {"E": {"type": "Long"}}, "actions": {"b": {}}, '
        '"entityTypes": {"E": {"tags": {"type": "T"}}, "F": {"tags": {"type": "Entity", "name": "E"}}}}}'
    )
    written = schema_to_text(read_fragments(text, "json"))
    assert "type EmptyNamespaceAction = Action;" in written
    assert meaning(read_schema(written)) == meaning(read_schema(text, "json"))


def test_a_schema_without_meaning_is_not_translated() -> None:
    with pytest.raises(InputError):
        schema_to_json(read_fragments("entity A {x: Nope};"))


def test_a_writer_that_loses_tags_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """SC-7 (design/bugs.md §12): every translation is read back before it is given out."""

    def without_tags(fragments: tuple[Fragment, ...]) -> str:
        return write_schema_text(fragments).replace(" tags Long", "")

    monkeypatch.setattr("reference.schema.printer.write_schema_text", without_tags)
    schema_to_text(read_fragments("entity A;"))
    with pytest.raises(InputError, match="changing its meaning"):
        schema_to_text(read_fragments("entity A tags Long;"))
