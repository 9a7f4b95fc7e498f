"""Which schemas mean something, in both syntaxes, and what (spec 07 §2 to §4)."""

from __future__ import annotations

import json

import pytest

from reference.errors import InputError
from reference.schema.canonical import canonical_schema
from reference.schema.reader import Syntax, read_schema


def meaning(text: str, syntax: Syntax = "cedar") -> str:
    return canonical_schema(read_schema(text, syntax))


def refusal(text: str, syntax: Syntax = "cedar") -> InputError:
    with pytest.raises(InputError) as caught:
        read_schema(text, syntax)
    assert caught.value.part == "schema"
    return caught.value


def json_schema(entity_types: str = "{}", actions: str = "{}", more: str = "", namespace: str = "") -> str:
    return f'{{"{namespace}": {{"entityTypes": {entity_types}, "actions": {actions}{more}}}}}'


ACCEPTED = [
    "",
    "// only a comment",
    "entity A, B;",
    "entity A in [];",
    "entity A in B; entity B;",
    "entity A = {};",
    "entity A {};",
    "entity A {x: Long, y?: Set<String>,};",
    "entity A tags Set<{a: Bool}>;",
    'entity A enum ["a", "a"];',
    "entity Set; entity B {x: Set<Set>};",
    'entity A {"if": Long, __cedar: Long, in_: Bool};',
    "entity A {x: __cedar::Long};",
    'action "a b", "if", __cedar;',
    "action a in b; action b;",
    'action a in [Action::"b", "c"]; action b, c;',
    "action a attributes {};",
    "entity A; action a appliesTo {principal: A, resource: [A], context: {},};",
    "entity A; action a appliesTo {context: C, resource: A, principal: A}; type C = {};",
    "namespace A::B { entity C in [A::B::C]; }",
    "namespace N { action a; } namespace M { action a; }",
    '@doc("x") @if @__cedar entity A { @x y: Long };',
    "@x namespace N { @y action a; }",
    "type A = Long; entity A; entity B {x: A};",
    "type decimal = Long; entity B {x: decimal, y: __cedar::decimal};",
    "entity Long; entity B {a: Long};",
    "entity A in [B]; entity B in [A];",
    "entity A in [A];",
    'entity A enum ["a"]; entity B in [A];',
    "action a; namespace N { action b in [a]; }",
    "type Action = Long; action a; entity A {x: Action};",
    "action a; entity A {x: Action};",
    "entity entity, type, namespace, action, principal, resource, context;",
    "entity tags, enum, attributes, appliesTo, Set, Record, Entity, Extension, Boolean;",
    "entity A\u00a0\u2028;",
    r'entity A {"\u{61}": Long};',
]

REJECTED = [
    "entity A",
    "entity A,;",
    "entity A, A;",
    "entity A in [B,]; entity B;",
    "entity A::B;",
    'entity "A";',
    "entity if;",
    "entity __cedar;",
    "entity Action;",
    "namespace N { entity Action; }",
    "entity A in [Action]; action a;",
    "entity A tags Long {};",
    "entity A {x: Long} in [B]; entity B;",
    "entity A {x Long};",
    "entity A {in: Long};",
    "entity A {a: Nope};",
    "entity A {a: Boolean};",
    "entity A {a: __cedar::Nope};",
    "entity A {x: Long, x: String};",
    r'entity A {x: Long, "\x78": Long};',
    "entity A enum [];",
    'entity A enum ["a",];',
    'entity A enum ["a"] {};',
    "type A = {}; entity B A;",
    "type Long = Bool;",
    "type Entity = Bool;",
    "type T = T;",
    "type T = Set<U>; type U = {x: T};",
    "type T = Nope;",
    "action if;",
    "action in;",
    "action a, a;",
    "action a in [];",
    "action a in [a];",
    "action a in [b]; action b in [a];",
    "action a in [b];",
    'action a in [B::"b"]; action b;',
    "action a appliesTo {};",
    "entity A; action a appliesTo {principal: A};",
    "entity A; action a appliesTo {principal: A, resource: A, principal: A};",
    "entity A; action a appliesTo {principal: A, resource: []};",
    "entity A; action a appliesTo {principal: A, resource: A, context: A};",
    "entity A; action a appliesTo {principal: A, resource: A, context: Long};",
    "entity A; action a appliesTo {principal: A, resource: A, context: Set<Long>};",
    "action b; action a appliesTo {principal: Action, resource: Action};",
    "action a attributes {x: Long};",
    "action a attributes {} appliesTo {};",
    "namespace N { namespace M {} }",
    "namespace N {} namespace N {}",
    "namespace N {};",
    "namespace N::__cedar {}",
    "namespace if {}",
    "namespace N { entity A; } entity B {x: A};",
    "namespace N::M { entity A {x: B}; } namespace N { entity B; }",
    'namespace N { action a; } action b in [Action::"a"];',
    "entity A; namespace N { entity A; }",
    "type A = Long; namespace N { entity A; }",
    "entity A; namespace N { type A = Long; }",
    "action a; namespace N { action a; }",
    "@x @x entity A;",
    "@x() entity A;",
    '@x("\\*") entity A;',
    'entity A {"a\rb": Long};',
    "entity A; /* no */",
    "entity Ä;",
    "\ufeffentity A;",
    "entity A\u200b;",
    "entity \ud800;",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_schemas_with_a_meaning(text: str) -> None:
    read_schema(text)


@pytest.mark.parametrize("text", REJECTED)
def test_schemas_without_a_meaning(text: str) -> None:
    refusal(text)


RECORD = '{"type": "Record", "attributes": {}}'

ACCEPTED_JSON = [
    "{}",
    json_schema(),
    json_schema('{"A": {}}'),
    json_schema('{"A": {"memberOfTypes": ["B", "B"]}, "B": {"shape": ' + RECORD + "}}"),
    json_schema('{"A": {"tags": {"type": "Set", "element": {"type": "Boolean"}}}}'),
    json_schema('{"A": {"enum": ["x", "x"]}}'),
    json_schema('{"A": {"shape": {"type": "Record", "attributes": {}, "additionalAttributes": false}}}'),
    json_schema('{"A": {"tags": {"type": "EntityOrCommon", "name": "A"}}}'),
    json_schema('{"A": {"tags": {"type": "EntityOrCommon", "name": "Long"}}}'),
    json_schema('{"A": {"tags": {"type": "__cedar::Long"}}}'),
    json_schema('{"A": {"tags": {"type": "decimal"}}}'),
    json_schema('{"A": {"tags": {"type": "Extension", "name": "ipaddr"}}}'),
    json_schema('{"Long": {}, "A": {"tags": {"type": "Long"}}}'),
    json_schema('{"A": {"shape": {"type": "C"}}}', more=', "commonTypes": {"C": ' + RECORD + "}"),
    json_schema(actions='{"a": {"appliesTo": null, "memberOf": null, "attributes": null}}'),
    json_schema(actions='{"a": {"appliesTo": {"principalTypes": [], "resourceTypes": []}}}'),
    json_schema(actions='{"": {"memberOf": [{"id": "b", "type": null}, {"id": "b"}]}, "b": {}}'),
    json_schema(more=', "annotations": {}'),
    json_schema(more=', "annotations": {"if": null, "b": "c"}', namespace="N::M"),
    json_schema('{"\\u0041": {}}'),
]

REJECTED_JSON = [
    "",
    "[]",
    "null",
    "{} {}",
    '{"": {}}',
    '{"": {"entityTypes": {}}}',
    json_schema(more=', "nope": 1'),
    json_schema(more=', "annotations": {"a": null}'),
    json_schema(more=', "annotations": null', namespace="N"),
    json_schema(more=', "annotations": {"a b": null}', namespace="N"),
    json_schema(namespace="N :: M"),
    json_schema(namespace="if"),
    json_schema(namespace="__cedar"),
    json_schema('{"A": {}, "\\u0041": {}}'),
    json_schema('{"A::B": {}}'),
    json_schema('{"if": {}}'),
    json_schema('{"A": []}'),
    json_schema('{"A": null}'),
    json_schema('{"A": {"nope": 1}}'),
    json_schema('{"A": {"shape": {"type": "Record"}}}'),
    json_schema('{"A": {"shape": {"type": "Long"}}}'),
    json_schema('{"A": {"shape": null}}'),
    json_schema('{"A": {"tags": null}}'),
    json_schema('{"A": {"memberOfTypes": null}}'),
    json_schema('{"A": {"memberOfTypes": ["B"]}}'),
    json_schema('{"A": {"enum": []}}'),
    json_schema('{"A": {"enum": ["x"], "memberOfTypes": []}}'),
    json_schema('{"A": {"enum": [1]}}'),
    json_schema('{"A": {"shape": {"type": "Record", "attributes": {}, "additionalAttributes": true}}}'),
    json_schema('{"A": {"shape": {"type": "Record", "attributes": {}, "additionalAttributes": null}}}'),
    json_schema('{"A": {"shape": {"type": "Record", "attributes": {}, "annotations": {}}}}'),
    json_schema(
        '{"A": {"shape": {"type": "Record", "attributes": {"a": {"type": "Long", "required": null}}}}}'
    ),
    json_schema('{"A": {"tags": {"type": "Set"}}}'),
    json_schema('{"A": {"tags": {"type": "Long", "required": true}}}'),
    json_schema('{"A": {"tags": {"type": "Entity"}}}'),
    json_schema('{"A": {"tags": {"type": "Entity", "name": "A", "x": 1}}}'),
    json_schema('{"A": {"tags": {"type": "Entity", "name": "__cedar::Long"}}}'),
    json_schema('{"A": {"tags": {"type": "A"}}}'),
    json_schema('{"A": {"tags": {"type": "Extension", "name": "ip"}}}'),
    json_schema('{"A": {"tags": {"type": "EntityOrCommon", "name": "Boolean"}}}'),
    json_schema('{"A": {"tags": {"type": ["Long"]}}}'),
    json_schema('{"A": {"tags": "Long"}}'),
    json_schema('{"decimal": {}, "A": {"tags": {"type": "decimal"}}}'),
    json_schema(more=', "commonTypes": {"C": {"type": "Long", "required": true}}'),
    json_schema(more=', "commonTypes": {"Bool": {"type": "Long"}}'),
    json_schema(more=', "commonTypes": null'),
    json_schema(actions='{"a": {"attributes": {}}}'),
    json_schema(actions='{"a": {"appliesTo": {"principalTypes": []}}}'),
    json_schema(actions='{"a": {"appliesTo": {"principalTypes": [], "resourceTypes": [], "context": null}}}'),
    json_schema(actions='{"a": {"memberOf": [{"__entity": {"id": "b", "type": "Action"}}]}, "b": {}}'),
    json_schema(actions='{"a": {"memberOf": [{"id": "b", "type": "N :: Action"}]}, "b": {}}'),
    json_schema(actions='{"a": {}, "a": {}}'),
    json_schema('{"A": {"tags": {"type": NaN}}}'),
    json_schema('{"A": {"enum": ["\\ud800"]}}'),
]


@pytest.mark.parametrize("text", ACCEPTED_JSON)
def test_json_schemas_with_a_meaning(text: str) -> None:
    read_schema(text, "json")


@pytest.mark.parametrize("text", REJECTED_JSON)
def test_json_schemas_without_a_meaning(text: str) -> None:
    refusal(text, "json")


def test_the_canonical_form() -> None:
    text = (
        "entity A in [B] {x?: Set<Long>} tags String; entity B; "
        'entity C enum ["y", "x"]; action v in [g] appliesTo {principal: A, resource: [B, A]}; action g;'
    )
    empty = {"attributes": {}, "type": "Record"}
    assert json.loads(meaning(text)) == {
        "entityTypes": {
            "A": {
                "memberOf": ["B"],
                "shape": {
                    "attributes": {
                        "x": {"required": False, "type": {"element": {"type": "Long"}, "type": "Set"}}
                    },
                    "type": "Record",
                },
                "tags": {"type": "String"},
            },
            "B": {"memberOf": [], "shape": empty, "tags": None},
            "C": {"enum": ["x", "y"]},
        },
        "actions": {
            'Action::"g"': {"appliesTo": None, "memberOf": []},
            'Action::"v"': {
                "appliesTo": {"context": empty, "principals": ["A"], "resources": ["A", "B"]},
                "memberOf": ['Action::"g"'],
            },
        },
    }
    assert meaning(text) == json.dumps(json.loads(meaning(text)), sort_keys=True, separators=(",", ":"))


def attribute_type(text: str, of: str, attribute: str = "x") -> object:
    found: object = json.loads(meaning(text))["entityTypes"][of]["shape"]["attributes"][attribute]["type"]
    return found


LONG = {"type": "Long"}


@pytest.mark.parametrize(
    ("text", "of", "expected"),
    [
        ("type A = Long; entity A; entity B {x: A};", "B", LONG),
        ("entity Long; entity B {x: Long};", "B", {"name": "Long", "type": "Entity"}),
        ("entity Long; namespace N { entity B {x: Long}; }", "N::B", {"name": "Long", "type": "Entity"}),
        ("namespace N { entity Long; entity B {x: Long}; }", "N::B", {"name": "N::Long", "type": "Entity"}),
        ("entity Long; entity B {x: __cedar::Long};", "B", LONG),
        ("type decimal = Long; entity B {x: decimal};", "B", LONG),
        (
            "type decimal = Long; entity B {x: __cedar::decimal};",
            "B",
            {"name": "decimal", "type": "Extension"},
        ),
        ("action a; entity B {x: Action};", "B", {"name": "Action", "type": "Entity"}),
        (
            "action a; namespace N { action b; entity B {x: Action}; }",
            "N::B",
            {"name": "N::Action", "type": "Entity"},
        ),
        ("type Action = Long; action a; entity B {x: Action};", "B", LONG),
        ("namespace N { type A = Long; entity A; entity B {x: A}; }", "N::B", LONG),
        ("type T = {y: U}; type U = Long; entity B {x: U};", "B", LONG),
    ],
)
def test_what_a_name_refers_to(text: str, of: str, expected: object) -> None:
    assert attribute_type(text, of) == expected


def test_a_path_is_not_a_list_of_namespaces_to_search() -> None:
    """Inside `N::M` an unqualified name never means a declaration of `N`."""
    error = refusal("namespace N { entity Outer; } namespace N::M { entity A {x: Outer}; }")
    assert "Outer" in error.message


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("entity A\n  B;", 2, 3, ["`B`", "`;`", "`in`"]),
        ("entity A {x: Strin};", 1, 14, ["Strin"]),
        ("entity A;\nentity A;", 2, 8, ["twice"]),
        ("entity A {\n  x: Set<", 2, 10, ["the text ends", "a name"]),
        ("entity A %", 1, 10, ["'%'"]),
        ('action a; action b in [\n"aa"];', 2, 1, ["aa"]),
    ],
)
def test_errors_say_where_and_what_was_expected(text: str, line: int, column: int, words: list[str]) -> None:
    error = refusal(text)
    assert (error.line, error.column) == (line, column)
    for word in words:
        assert word in error.message


def test_errors_in_json_name_the_path_and_the_key() -> None:
    error = refusal(json_schema('{"User": {"memberOfType": []}}'), "json")
    assert "'User'" in error.message
    assert "'memberOfType'" in error.message
