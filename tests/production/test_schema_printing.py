"""What is printed means the same (spec 07 §6), or printing fails."""

from __future__ import annotations

import pytest

from production import Schema, SchemaError
from production.schema import printer

RICH = """
@doc("a namespace") @bare
namespace N::M {
  @doc("shared")
  type T = { z: Long, "w w"?: { q: Set<ipaddr>, d: decimal } };
  type Again = Set<T>;
  entity A in [A, B] = { @doc("x") t: T, again?: Again, e: Top, "__cedar": Bool } tags Set<datetime>;
  entity B, C;
  entity Color enum ["red", "\\u{1F600}\\n"];
  action all, "two words";
  action view in [all, Action::"two words"] appliesTo { principal: [A, Top], resource: B, context: T };
  action edit in N::M::Action::"all" appliesTo { principal: A, resource: B, context: { who: Action } };
}
entity Top { l: Long, s: __cedar::String };
entity Long;
"""


def forms(schema: Schema) -> dict[str, Schema]:
    return {
        "cedar": Schema.from_cedar(schema.to_cedar()),
        "json": Schema.from_json(schema.to_json()),
        "compact json": Schema.from_json(schema.to_json(indent=None)),
        "resolved json": Schema.from_json(schema.to_resolved_json()),
        "json, then cedar": Schema.from_cedar(Schema.from_json(schema.to_json()).to_cedar()),
        "resolved json, then cedar": Schema.from_cedar(
            Schema.from_json(schema.to_resolved_json()).to_cedar()
        ),
    }


@pytest.mark.parametrize("text", [RICH, "", "entity A;", "namespace N {}", "action a; entity A {x: Action};"])
def test_every_printed_form_means_the_same(text: str) -> None:
    schema = Schema.from_cedar(text)

    assert {name: form.to_canonical() for name, form in forms(schema).items()} == dict.fromkeys(
        forms(schema), schema.to_canonical()
    )


def test_annotations_and_common_types_survive_translation() -> None:
    text = Schema.from_json(Schema.from_cedar(RICH).to_json()).to_cedar()

    assert '@bare\n@doc("a namespace")\nnamespace N::M {' in text
    assert "context: T" in text
    assert '@doc("x")' in text


def test_a_shape_given_as_a_common_type_is_written_out() -> None:
    schema = Schema.from_json(
        '{"":{"commonTypes":{"T":{"type":"U"},"U":{"type":"Record","attributes":{"a":{"type":"Long"}}}},'
        '"entityTypes":{"A":{"shape":{"type":"T"}}},"actions":{}}}'
    )

    assert "entity A = {\n  a: Long\n};" in schema.to_cedar()
    assert Schema.from_cedar(schema.to_cedar()).to_canonical() == schema.to_canonical()


HIDDEN = (
    '{"":{"commonTypes":{"A":{"type":"Long"}},"entityTypes":{"A":{},"B":{"tags":{"type":"Entity","name":"A"}}},'
    '"actions":{}}}'
)


def test_an_entity_type_behind_a_common_type_is_named_once_common_types_are_written_out() -> None:
    schema = Schema.from_json(HIDDEN)
    assert schema.to_cedar() == "entity A = {};\n\nentity B = {} tags A;\n"
    assert Schema.from_cedar(schema.to_cedar()).to_canonical() == schema.to_canonical()


def test_a_printer_that_writes_names_as_they_stand_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = Schema.from_json(HIDDEN)
    monkeypatch.setattr(printer._Printer, "_spelled", lambda self, reference, scope, position: reference.name)
    text = schema.to_cedar()

    assert Schema.from_cedar(text).to_canonical() != schema.to_canonical()


def test_names_that_both_kinds_share_are_printed_where_they_can_be() -> None:
    schema = Schema.from_json(
        '{"N":{"commonTypes":{"A":{"type":"Long"}},"entityTypes":{"A":{},"B":{"memberOfTypes":["A"],'
        '"tags":{"type":"EntityOrCommon","name":"A"}}},"actions":{}}}'
    )

    assert Schema.from_cedar(schema.to_cedar()).to_canonical() == schema.to_canonical()


def test_an_action_that_applies_to_nothing_is_printed_without_lists() -> None:
    schema = Schema.from_json(
        '{"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":[]}}}}}'
    )

    assert schema.to_cedar() == "entity A;\n\naction a;\n"
    assert Schema.from_cedar(schema.to_cedar()).to_canonical() == schema.to_canonical()


def test_a_type_too_deep_for_json_is_not_written_there() -> None:
    deep = Schema.from_cedar(f"entity A tags {'Set<' * 130}Long{'>' * 130};")

    assert Schema.from_cedar(deep.to_cedar()).to_canonical() == deep.to_canonical()
    for write in (deep.to_json, deep.to_resolved_json):
        with pytest.raises(SchemaError, match="127 levels"):
            write()


def test_a_resolved_form_that_would_name_another_action_type_is_refused() -> None:
    schema = Schema.from_cedar("type T = Action; action a; namespace N { action b; entity E {x: T}; }")

    assert Schema.from_json(schema.to_json()).to_canonical() == schema.to_canonical()
    with pytest.raises(SchemaError, match="hidden"):
        schema.to_resolved_json()
