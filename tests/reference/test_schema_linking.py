"""External declarations and the linking of schemas (spec 13 §5)."""

from __future__ import annotations

import json
from itertools import permutations

import pytest

from reference.authorizer import authorize
from reference.errors import InputError
from reference.policy_set import from_bodies
from reference.schema.canonical import canonical_schema
from reference.schema.linking import LinkErrorKind, Unlinkable, link, link_complete
from reference.schema.printer import plain_schema_json, schema_to_json, schema_to_text
from reference.schema.reader import Syntax, read_fragments, read_schema
from reference.schema.schema import Schema
from reference.text.parser import parse_policies
from reference.validation.typed_entities import read_entities_under
from reference.validation.typed_requests import read_request_under

EXTERNAL = """
@doc("elsewhere") external entity Org;
external entity Team, Club in [Org];
namespace N { external entity external; external action "do it" in [Action::"all"]; }
entity User in [Team] {boss?: Team, of: N::external};
external action all;
action view in [N::Action::"do it"] appliesTo {principal: [User, Team], resource: Org};
"""


def meaning(text: str, syntax: Syntax = "cedar") -> str:
    return canonical_schema(read_schema(text, syntax))


def in_json(entity: str = "{}", action: str = "{}") -> str:
    return f'{{"": {{"entityTypes": {{"E": {entity}}}, "actions": {{"a": {action}}}}}}}'


def test_external_declarations_are_read_and_kept_by_both_translations() -> None:
    fragments = read_fragments(EXTERNAL)
    assert sorted(read_schema(EXTERNAL).externals()) == [
        'Action::"all"', "Club", 'N::Action::"do it"', "N::external", "Org", "Team",
    ]  # fmt: skip
    assert meaning(schema_to_json(fragments), "json") == meaning(EXTERNAL)
    assert meaning(schema_to_text(fragments)) == meaning(EXTERNAL)
    assert meaning(plain_schema_json(read_schema(EXTERNAL)), "json") == meaning(EXTERNAL)
    assert '"external": true' in json.dumps(json.loads(schema_to_json(fragments)))


def test_external_is_no_definition() -> None:
    for external, defined in (
        ("external entity A;", "entity A;"),
        ("external action a;", "action a;"),
    ):
        assert meaning(external) != meaning(defined)


@pytest.mark.parametrize(
    "text",
    [
        "entity external; entity A in [external] {external: external};",
        "namespace external { action external; }",
        'type external = Long; entity A {"external": external};',
        "external entity external; external action external;",
        "@external external entity A;",
        "external entity A in [];",
        "external entity A in A;",
        'entity C enum ["a"]; entity A in [C];',
    ],
)
def test_accepted(text: str) -> None:
    assert meaning(text)


@pytest.mark.parametrize(
    "text",
    [
        "external entity A {};",
        "external entity A = {};",
        "external entity A tags Long;",
        'external entity A enum ["a"];',
        "external entity A in [B];",
        "external type T = Long;",
        "external namespace N {}",
        "external action a appliesTo {principal: A, resource: A}; entity A;",
        "external action a attributes {};",
        "external action a in [b];",
        "external entity A; entity A;",
        "external entity A, A;",
        "external action a; action a;",
        "external external entity A;",
        'external entity A in [C]; entity C enum ["a"];',
        'external entity A in [B]; entity B in [C]; entity C enum ["a"];',
        "external action a in [a];",
        "external entity Action;",
        "external entity A; namespace N { entity A; }",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_schema(text)


@pytest.mark.parametrize(
    ("entity", "action", "accepted"),
    [
        ('{"external": true}', '{"external": true}', True),
        ('{"external": true, "memberOfTypes": ["E"], "annotations": {"a": "b"}}', "{}", True),
        ("{}", '{"external": true, "memberOf": [], "annotations": {}}', True),
        ('{"external": false, "shape": {"type": "Record", "attributes": {}}}', '{"external": false}', True),
        ('{"external": false, "enum": ["a"]}', '{"external": false, "appliesTo": null}', True),
        ('{"external": null}', "{}", False),
        ('{"external": "true"}', "{}", False),
        ('{"external": true, "shape": {"type": "Record", "attributes": {}}}', "{}", False),
        ('{"external": true, "tags": {"type": "Long"}}', "{}", False),
        ('{"external": true, "enum": ["a"]}', "{}", False),
        ("{}", '{"external": null}', False),
        ("{}", '{"external": true, "appliesTo": null}', False),
        ("{}", '{"external": true, "appliesTo": {"principalTypes": [], "resourceTypes": []}}', False),
        ("{}", '{"external": true, "attributes": {}}', False),
        ("{}", '{"external": true, "attributes": null}', False),
    ],
)
def test_external_in_json(entity: str, action: str, accepted: bool) -> None:
    if accepted:
        external = sum('"external": true' in each for each in (entity, action))
        assert len(read_schema(in_json(entity, action), "json").externals()) == external
    else:
        with pytest.raises(InputError):
            read_schema(in_json(entity, action), "json")


UNLINKABLE: list[tuple[LinkErrorKind, tuple[str, ...]]] = [
    ("DuplicateEntityType", ("entity A;", "entity A;")),
    ("DuplicateEntityType", ('entity A enum ["a"];', 'entity A enum ["a"];')),
    ("DuplicateEntityType", ("entity A;", "external entity A;", "entity A;")),
    ("ExternalIsEnum", ("external entity A;", 'entity A enum ["a"];')),
    ("DefinedEntityAncestorsChanged", ("external entity A in [B]; entity B;", "entity A;")),
    ("DefinedEntityAncestorsChanged", ("entity A in [B]; external entity B;", "entity B in [C]; entity C;")),
    ("DefinedEntityAncestorsChanged", ("external entity A in A;", "entity A;")),
    ("DuplicateAction", ("action a;", "action a;")),
    ("ExternalActionParentsMismatch", ("external action a in [g]; external action g;", "action a, g;")),
    ("ExternalActionParentsMismatch", ("external action a;", "action a in [g]; action g;")),
    ("ExternalActionParentsMismatch", ("external action a;", "external action a in [g]; action g;")),
    ("Schema", ("entity A;", "namespace N { entity A; }")),
    ("Schema", ("external action a;", "namespace N { external action a; }")),
    ("Schema", ("external entity A in [B]; external entity B;", 'external entity B in [C]; external entity C;',
                'external entity A; external entity D; entity E;', 'namespace N { entity E; }')),
    ("ShadowsBuiltinType", ("entity String;", "entity U {s: String};")),
    ("ShadowsBuiltinType", ("external entity Long;", "entity Long;", "entity A;")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "texts"), UNLINKABLE)
def test_unlinkable_in_every_order(kind: LinkErrorKind, texts: tuple[str, ...]) -> None:
    for order in permutations(texts):
        with pytest.raises(Unlinkable) as caught:
            link([read_schema(text) for text in order])
        assert caught.value.kind == kind


def test_the_first_offender_by_name_is_reported() -> None:
    first = "external entity B; entity A; action z, y;"
    second = 'entity B enum ["b"]; entity A; action y, z;'
    with pytest.raises(Unlinkable, match="`A`") as caught:
        link([read_schema(first), read_schema(second)])
    assert caught.value.kind == "DuplicateEntityType"
    with pytest.raises(Unlinkable, match='Action::"y"'):
        link([read_schema("action z, y;"), read_schema("action y, z;")])


ORDERED: list[tuple[LinkErrorKind, str, str]] = [
    ("DuplicateEntityType",
     'namespace A::B { entity X; } namespace A0 { entity X enum ["x"]; }',
     "namespace A::B { entity X; } namespace A0 { external entity X; }"),
    ("ExternalIsEnum",
     'namespace A { entity X; } namespace B { entity W enum ["x"]; }',
     "namespace A { entity X; } namespace B { external entity W; }"),
    ("DuplicateAction",
     "action z; namespace A { external action b in [q]; action q; }",
     "action z; namespace A { action b; }"),
    ("DuplicateAction",
     "namespace A::B { action z; } namespace A0 { external action b in [q]; action q; }",
     "namespace A::B { action z; } namespace A0 { action b; }"),
    ("ExternalActionParentsMismatch",
     "namespace A { action z; external action b in [q]; external action q; }",
     "namespace A { action z, b, q; }"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "left", "right"), ORDERED)
def test_names_are_ordered_by_base_name_and_then_by_namespace_components(
    kind: LinkErrorKind, left: str, right: str
) -> None:
    for order in permutations([read_schema(left), read_schema(right)]):
        with pytest.raises(Unlinkable) as caught:
            link(order)
        assert caught.value.kind == kind


LINKABLE = [
    ("entity A in [B]; external entity B in [C]; external entity C;", "entity B in [C]; entity C;"),
    ("external entity A;", "entity A in [B]; entity B;"),
    ("external entity A;", "external entity A in [B]; entity B;", "external entity A in [C]; external entity C;"),
    ("external entity Long;", "entity Long; entity A {x: Long};"),
    ("type T = {n: Long}; external entity P; entity U {t: T};", "type T = String; entity P {t: T};"),
    ("external action a in [g]; external action g;", "action a in [g]; external action g;", "action g;"),
    ("external entity A, B;", "external entity B in [A]; external entity A;", "external entity A in [B]; external entity B;"),
    ("entity A in [B, C]; external entity B, C;", "entity B, C;", "entity D; action v appliesTo {principal: D, resource: D};"),
]  # fmt: skip


@pytest.mark.parametrize("texts", LINKABLE)
def test_the_result_depends_neither_on_order_nor_on_grouping(texts: tuple[str, ...]) -> None:
    whole = canonical_schema(link([read_schema(text) for text in texts]))
    for order in permutations(texts):
        schemas = [read_schema(text) for text in order]
        assert canonical_schema(link(schemas)) == whole
        assert canonical_schema(link([link(schemas[:1]), link(schemas[1:])])) == whole
        assert canonical_schema(link([link(schemas[:-1]), *schemas[-1:]])) == whole


def test_definitions_win_and_external_ancestors_unite() -> None:
    linked = link([read_schema(text) for text in LINKABLE[0]])
    assert linked.externals() == []
    assert linked.entity_ancestors("A") == {"B", "C"}
    united = link([read_schema(text) for text in LINKABLE[2]])
    assert united.entity_ancestors("A") == {"B", "C"}
    assert united.externals() == ["A", "C"]


def test_no_schemas_and_one_schema() -> None:
    assert link([]) == Schema()
    one = read_schema("entity A in [B]; entity B;")
    assert canonical_schema(link([one])) == canonical_schema(one)


def test_complete_linking() -> None:
    external, defined = read_schema("external entity A; external action g;"), read_schema("entity A;")
    with pytest.raises(Unlinkable, match='Action::"g"') as caught:
        link_complete([external, defined])
    assert caught.value.kind == "Incomplete"
    assert link_complete([external, defined, read_schema("action g;")]).externals() == []


def test_what_is_linked_can_be_read_again() -> None:
    linked = link([read_schema(EXTERNAL), read_schema("entity Org;")])
    again = read_schema(plain_schema_json(linked), "json")
    assert canonical_schema(link([again])) == canonical_schema(linked)
    assert plain_schema_json(link([again])) == plain_schema_json(linked)


@pytest.mark.parametrize("actions", ["", "action b;"])
def test_the_type_of_actions_of_the_empty_namespace_is_written_inside_others(actions: str) -> None:
    text = f"action a; namespace N {{ entity E {{x: Action}} tags Action; {actions} }}"
    if actions:
        text = text.replace("Action}", "A}").replace("tags Action", "tags A") + "type A = Action;"
    schema = read_schema(text)
    assert canonical_schema(read_schema(plain_schema_json(schema), "json")) == canonical_schema(schema)


UNDER = read_schema(
    "external entity P; entity U in [P] {p?: P}; external action g; external action k in [g];"
    "action v in [k] appliesTo {principal: [U, P], resource: U, context: {n?: Long}};"
)


def document(uid: str, attrs: str = "{}", parents: str = "[]") -> str:
    kind, name = uid.split("::")
    return f'[{{"uid": {{"type": "{kind}", "id": "{name}"}}, "attrs": {attrs}, "parents": {parents}}}]'


@pytest.mark.parametrize(
    ("entities", "conforms"),
    [
        (document("P::a"), False),
        (document("U::a"), True),
        (document("U::a", '{"p": {"type": "P", "id": "x"}}'), True),
        (document("U::a", "{}", '[{"type": "P", "id": "x"}]'), True),
        (document("Action::k", "{}", '[{"type": "Action", "id": "g"}]'), True),
        (document("Action::k"), False),
        (document("Action::k", '{"a": 1}', '[{"type": "Action", "id": "g"}]'), False),
    ],
)
def test_entities_under_an_incomplete_schema(entities: str, conforms: bool) -> None:
    if conforms:
        read_entities_under(entities, UNDER)
    else:
        with pytest.raises(InputError):
            read_entities_under(entities, UNDER)


def request(principal: str, action: str) -> str:
    return json.dumps(
        {
            "principal": {"type": principal, "id": "a"},
            "action": {"type": "Action", "id": action},
            "resource": {"type": "U", "id": "a"},
        }
    )


def test_requests_under_an_incomplete_schema() -> None:
    read_request_under(request("U", "v"), UNDER)
    read_request_under(request("P", "v"), UNDER)
    for checked in (True, False):
        with pytest.raises(InputError, match="external"):
            read_request_under(request("U", "k"), UNDER, checked=checked)
    read_request_under(request("U", "undeclared"), UNDER, checked=False)


def test_the_schema_supplies_external_actions() -> None:
    policies = from_bodies(
        parse_policies('permit(principal, action, resource) when { Action::"k" in Action::"g" };')
    )
    store = read_entities_under("[]", UNDER)
    response = authorize(policies.policies(), read_request_under(request("U", "v"), UNDER), store)
    assert response.decision == "allow"
