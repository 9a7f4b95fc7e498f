"""External declarations and linking (spec 13 §5)."""

from __future__ import annotations

from itertools import permutations

import pytest

from production import (
    Authorizer,
    Entities,
    EntitiesError,
    Entity,
    PolicySet,
    Request,
    RequestError,
    Schema,
    SchemaError,
    SchemaLinkError,
    Uid,
)


def link(*texts: str) -> Schema:
    return Schema.link(*map(Schema.from_cedar, texts))


def refusal(*texts: str) -> str:
    with pytest.raises(SchemaLinkError) as caught:
        link(*texts)
    return caught.value.kind


INCOMPLETE = """
    @doc("elsewhere") external entity P in [Q]; external entity Q;
    entity D in [P] {owner: P};
    external action g in [top]; action top, external; action a in [g] appliesTo {principal: [P, D], resource: D};
    entity external {external: Long};
"""


@pytest.mark.parametrize(
    "text",
    [
        "external entity A {};", "external entity A = {a: Long};", 'external entity A enum ["x"];',
        "external entity A tags Long;", "entity A; external action a appliesTo {principal: A, resource: A};",
        "external action a attributes {};", "external type T = Long;", "external namespace N {}",
        "external entity A in [B];", "external action a in [b];", "external entity A; entity A;",
        'entity E enum ["x"]; external entity A in [E];',
        'entity E enum ["x"]; entity B in [E]; external entity A in [B];',
    ],
)  # fmt: skip
def test_external_declarations_that_are_refused(text: str) -> None:
    with pytest.raises(SchemaError):
        Schema.from_cedar(text)


@pytest.mark.parametrize(
    "members",
    [
        '"external": null', '"external": 1', '"external": true, "shape": {"type": "Record", "attributes": {}}',
        '"external": true, "enum": ["x"]', '"external": true, "tags": {"type": "Long"}',
    ],
)  # fmt: skip
def test_external_members_that_are_refused(members: str) -> None:
    with pytest.raises(SchemaError):
        Schema.from_json(f'{{"": {{"entityTypes": {{"A": {{{members}}}}}, "actions": {{}}}}}}')


@pytest.mark.parametrize("members", ['"appliesTo": null', '"attributes": {}'])
def test_external_actions_have_neither(members: str) -> None:
    with pytest.raises(SchemaError):
        Schema.from_json(
            f'{{"": {{"entityTypes": {{}}, "actions": {{"a": {{"external": true, {members}}}}}}}}}'
        )


def test_false_is_the_same_as_nothing() -> None:
    schema = Schema.from_json(
        '{"": {"entityTypes": {"A": {"external": false, "enum": ["x"]}}, "actions": {}}}'
    )

    assert schema.is_complete


def test_both_syntaxes_keep_external_declarations() -> None:
    schema = Schema.from_cedar(INCOMPLETE)

    for again in (
        Schema.from_cedar(schema.to_cedar()),
        Schema.from_json(schema.to_json()),
        Schema.from_json(schema.to_resolved_json()),
    ):
        assert again.to_canonical() == schema.to_canonical()
        assert again.external_entity_types == {"P", "Q"}
    assert "@doc" in schema.to_cedar()


def test_entities_of_an_external_type_do_not_conform() -> None:
    schema = Schema.from_cedar(INCOMPLETE)
    p = Uid("P", "p")
    below = Entity(Uid("D", "d"), {"owner": p}, frozenset((p,)))

    assert below.uid in schema.conforming_entities([below])
    with pytest.raises(EntitiesError):
        schema.conforming_entities([Entity(p)])


def test_external_actions_are_supplied_and_never_requested() -> None:
    schema = Schema.from_cedar(INCOMPLETE)
    a, g, top = (Uid("Action", name) for name in ("a", "g", "top"))

    assert schema.conforming_entities([]).ancestors(a) == {g, top}
    assert a in schema.conforming_entities([Entity(g, {}, frozenset((top,)))])
    with pytest.raises(EntitiesError):
        schema.conforming_entities([Entity(g)])
    members = {"principal": 'P::"p"', "resource": 'D::"d"'}
    assert schema.read_request({**members, "action": 'Action::"a"'}).action == a
    for check in (True, False):
        with pytest.raises(RequestError, match="external"):
            schema.read_request({**members, "action": 'Action::"g"'}, check=check)


def test_an_external_type_gets_its_definition() -> None:
    schema = Schema.link_complete(
        Schema.from_cedar(
            "external entity P; entity U {p: P}; action a appliesTo {principal: U, resource: P};"
        ),
        Schema.from_cedar("entity P {n: Long}; external entity U; external action a;"),
    )
    policy = PolicySet.from_text("permit(principal, action, resource) when { principal.p.n == resource.n };")

    assert schema.validate(policy).valid
    read = Schema.from_cedar(schema.to_cedar())
    assert read.to_canonical() == schema.to_canonical()
    assert Schema.from_json(schema.to_json()).to_canonical() == schema.to_canonical()


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["entity A;", "entity A;"], "DuplicateEntityType"),
        (['entity A enum ["x"];', 'entity A enum ["x"];'], "DuplicateEntityType"),
        (["external entity A;", 'entity A enum ["x"];'], "ExternalIsEnum"),
        (["external entity A in [B]; entity B;", "entity A;"], "DefinedEntityAncestorsChanged"),
        (["entity A in [B]; external entity B;", "entity B in [C]; entity C;"], "DefinedEntityAncestorsChanged"),
        (["action a;", "action a;"], "DuplicateAction"),
        (["external action a in [b]; external action b;", "action a; action b;"], "ExternalActionParentsMismatch"),
        (["external action a;", "external action a in [b]; action b;"], "ExternalActionParentsMismatch"),
        (["entity A;", "namespace N { entity A; }"], "Schema"),
        (["action a;", "namespace N { action a; }"], "Schema"),
        (["external entity A in [B]; external entity B;", "external entity B in [C]; external entity C;",
          "entity D;", 'external entity B in [E]; external entity E;', 'external entity C; external entity F;',
          "external entity A in [F]; external entity F;", 'entity G enum ["x"];'], ""),
        (["entity String;", "entity A {s: String};"], "ShadowsBuiltinType"),
        (["entity decimal;", "entity A;"], "ShadowsBuiltinType"),
        (["external entity String;", "entity String;"], ""),
        (["entity A in [B]; external entity B in [C]; external entity C;", "entity B in [C]; entity C;"], ""),
        (["external action a in [b]; external action b;", "action a in [b]; action b;"], ""),
        (["type T = Long; entity A {t: T};", "type T = String; entity B {t: T};"], ""),
    ],
)  # fmt: skip
def test_what_links(texts: list[str], kind: str) -> None:
    if not kind:
        linked = {link(*order).to_canonical() for order in list(permutations(texts))[:24]}
        assert len(linked) == 1
        return
    assert {refusal(*order) for order in permutations(texts)} == {kind}


def test_the_first_offence_by_name_is_reported() -> None:
    with pytest.raises(SchemaLinkError, match="`A`"):
        link("entity B; entity A;", "entity A; entity B;")
    assert refusal("action a; entity String; entity Z;", "action a; entity Z;") == "DuplicateEntityType"
    late_base = "namespace A { entity Z; } namespace B { external entity A; }"
    assert (
        refusal(late_base, 'namespace A { entity Z; } namespace B { entity A enum ["a"]; }')
        == "ExternalIsEnum"
    )


def test_the_kinds_of_several_offences_are_those_of_the_rust_engine() -> None:
    grown = "entity A in [B]; external entity B; ", "entity B in [C]; entity C; "
    assert refusal(*grown) == "DefinedEntityAncestorsChanged"
    assert refusal(grown[0] + "entity X;", grown[1] + "namespace N { entity X; }") == "Schema"
    assert refusal(grown[0] + "entity String;", grown[1]) == "ShadowsBuiltinType"
    assert refusal("entity String; entity X;", "namespace N { entity X; }") == "ShadowsBuiltinType"


def test_law_grouping() -> None:
    first, second, third = map(
        Schema.from_cedar,
        (
            "external entity A in [B]; external entity B; entity U {a: A};",
            "external entity A in [C]; external entity C; external action g;",
            "entity A in [B, C] {n: Long}; entity B, C; action g;",
        ),
    )
    whole = Schema.link(first, second, third)

    assert whole.is_complete
    for grouped in (
        Schema.link(Schema.link(first, second), third),
        Schema.link(first, Schema.link(second, third)),
        Schema.link(Schema.link(third, first), second),
        Schema.link(whole, Schema.link()),
    ):
        assert grouped.to_canonical() == whole.to_canonical()


def test_one_schema_links_to_itself_and_none_to_the_empty_one() -> None:
    schema = Schema.from_cedar(INCOMPLETE)

    assert Schema.link(schema) is schema
    assert Schema.link().to_canonical() == Schema.from_cedar("").to_canonical()


def test_an_incomplete_result_names_what_is_missing() -> None:
    with pytest.raises(SchemaLinkError, match="`P`") as caught:
        Schema.link_complete(Schema.from_cedar(INCOMPLETE))
    assert caught.value.kind == "Incomplete"
    with pytest.raises(SchemaLinkError, match='Action::"g"'):
        Schema.link_complete(Schema.from_cedar("external action g;"))


def test_an_incomplete_schema_evaluates_as_usual() -> None:
    schema = Schema.from_cedar(INCOMPLETE)
    policies = PolicySet.from_text('permit(principal in Q::"q", action in Action::"top", resource);')
    request = Request(Uid("Q", "q"), Uid("Action", "a"), Uid("D", "d"), {})
    entities: Entities = schema.conforming_entities([])

    assert Authorizer(policies, entities).authorize(request).allowed
