"""Schemas in both syntaxes are taken or refused as spec 07 says, with a place and what was expected."""

from __future__ import annotations

import json

import pytest

from production import Schema, SchemaError


def cedar_accepts(text: str) -> bool:
    try:
        Schema.from_cedar(text)
    except SchemaError:
        return False
    return True


def json_accepts(text: str) -> bool:
    try:
        Schema.from_json(text)
    except SchemaError:
        return False
    return True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "// nothing\n",
        "entity Set; entity B {x: Set<Set>};",
        "entity A in [];",
        "entity A = {a: Long,} tags Set<String>;",
        "entity entity, namespace, tags, type {};",
        'entity A enum ["x", "x"];',
        'action "a b", if2, "if" attributes {};',
        "entity A; action a appliesTo {resource: A, context: {}, principal: [A],};",
        "namespace N { entity A; } entity B {x: N::A};",
        "entity A; namespace N { entity B {x: A}; }",
        "type A = Long; entity A; entity B {x: A};",
        "entity Long; entity B {a: Long};",
        "type decimal = Long; entity A {a: decimal, b: __cedar::decimal};",
        "action a; namespace N { action b in [a]; }",
        "entity A in [B]; entity B in [A];",
        "entity A in [A];",
        "action a; entity A {x: Action};",
        "type Action = Long; action a; entity A {x: Action};",
        'entity A enum ["a"]; entity B in [A];',
        'entity A {__cedar: Long, "if"?: Bool};',
        'entity A;\u00a0entity B enum ["\\u{1F600}\\x41\\0"];//',
        '@a("x") @if @__cedar namespace N { @a entity A {@b("c") d: Long}; }',
    ],
)
def test_cedar_schemas_that_load(text: str) -> None:
    Schema.from_cedar(text)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("entity A", "line 1, column 9", "expected `;`"),
        ("entity A;\n  entity A;", "line 2, column 10", "declared twice"),
        ("entity A, A;", "column 11", "twice"),
        ("entity A::B;", "column 9", "`;`"),
        ("entity A {a: Long, a: Long};", "column 20", "twice"),
        ("entity A {if: Long};", "column 11", "reserved"),
        ("entity A {a: Boolean};", "column 14", "did you mean Bool?"),
        ("entity Usr; entity B {a: User};", "column 26", "did you mean Usr?"),
        ("entity A tags Long {};", "column 20", "`;`"),
        ("entity A enum [];", "column 16", "a string"),
        ("action a in [];", "column 14", "an action"),
        ('action a in ["b",];', "column 18", "an action"),
        ("action a appliesTo {};", "column 21", "`principal`"),
        ("entity A; action a appliesTo {context: {}};", "column 30", "without `principal`"),
        ("entity A; action a appliesTo {principal: [], resource: A};", "column 42", "at least one"),
        ("entity A; action a appliesTo {principal: A, principal: A, resource: A};", "column 45", "twice"),
        ("entity A; action a appliesTo {principal: A, resource: A, context: A};", "column 67", "common type"),
        ("action a attributes {x: Long};", "column 22", "no attributes"),
        ("namespace N {} namespace N {}", "column 16", "opened twice"),
        ("namespace N { namespace M {} }", "column 15", "`entity`"),
        ("namespace N::__cedar {}", "column 1", "__cedar"),
        ("entity A; namespace N { entity A; }", "column 32", "hide"),
        ("type A = Long; namespace N { entity A; }", "column 37", "hide"),
        ("action a; namespace N { action a; }", "column 32", "hide"),
        ("type Bool = Long;", "column 6", "reserved"),
        ("entity Action;", "column 8", "reserved"),
        ("action a; entity A in [Action];", "column 24", "Action"),
        ("type T = Set<{a: T}>;", "column 6", "by itself"),
        ("action a in [a];", "column 8", "its own ancestor"),
        ("action a in [b]; action b in [a];", "column", "its own ancestor"),
        ('namespace N { action a; } action b in [Action::"a"];', "column 40", "no action"),
        ("namespace N::M { entity B {x: C}; } namespace N { entity C; }", "column 31", "no type"),
        ("type T = Nope;", "column 10", "no type"),
        ('@a @a("b") entity A;', "column 5", "twice"),
        ("entity A; /* no */", "column 11", "unexpected character"),
        ('entity A enum ["x];', "column 16", "does not end"),
        ('entity A enum ["\\q"];', "column 16", "escape"),
        ("entity \u00c9;", "column 8", "unexpected character"),
        ("\ufeffentity A;", "column 1", "unexpected character"),
    ],
)
def test_cedar_schemas_that_do_not(text: str, place: str, words: str) -> None:
    with pytest.raises(SchemaError) as refused:
        Schema.from_cedar(text)

    assert place in str(refused.value)
    assert words in str(refused.value)


def entity(members: str) -> str:
    return f'{{"":{{"entityTypes":{{"A":{{{members}}}}},"actions":{{}}}}}}'


def action(members: str) -> str:
    return f'{{"":{{"entityTypes":{{"A":{{}}}},"actions":{{"a":{{{members}}}}}}}}}'


def attribute(type_: str) -> str:
    return entity(f'"shape":{{"type":"Record","attributes":{{"x":{type_}}}}}')


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        entity(""),
        entity('"memberOfTypes":["A","A"]'),
        entity('"shape":{"type":"Record","attributes":{},"additionalAttributes":false}'),
        action('"appliesTo":null,"memberOf":null,"attributes":null'),
        action('"appliesTo":{"principalTypes":[],"resourceTypes":["A"]}'),
        action('"memberOf":[{"id":"b","type":null}]},"b":{'),
        attribute('{"type":"decimal"}'),
        attribute('{"type":"__cedar::Long","required":false,"annotations":{"k":null}}'),
        attribute('{"type":"EntityOrCommon","name":"A"}'),
        attribute('{"type":"EntityOrCommon","name":"Bool"}'),
        attribute('{"type":"Entity","name":"A"}'),
        '{"":{"entityTypes":{},"actions":{},"annotations":{}}}',
        '{"":{"commonTypes":{"T":{"type":"Record","attributes":{}}},"entityTypes":{"A":{"shape":{"type":"T"}}},'
        '"actions":{}}}',
    ],
)
def test_json_schemas_that_load(text: str) -> None:
    Schema.from_json(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a JSON value"),
        ("[]", "as an object"),
        ("{} {}", "the end of the text"),
        ('{"":{"entityTypes":{},"actions":{},}}', "a string as a key"),
        ('{"":{"entityTypes":{}}}', '"actions"'),
        ('{"":{"entityTypes":{},"actions":{}},"":{"entityTypes":{},"actions":{}}}', "twice"),
        ('{"N :: M":{"entityTypes":{},"actions":{}}}', "normal form"),
        ('{"":{"entityTypes":{},"actions":{},"annotations":{"a":"b"}}}', "empty namespace"),
        ('{"":{"entityTypes":{"A":{},"\\u0041":{}},"actions":{}}}', "twice"),
        ('{"":{"entityTypes":{"A::B":{}},"actions":{}}}', "identifier"),
        ('{"":{"entityTypes":{"if":{}},"actions":{}}}', "identifier"),
        (entity('"memberOf":[]'), "did you mean memberOfTypes?"),
        (entity('"shape":null'), "found null"),
        (entity('"shape":{"type":"Record"}'), '"attributes"'),
        (entity('"shape":{"type":"Long"}'), "not a record"),
        (entity('"enum":[]'), "at least one"),
        (entity('"enum":["a"],"memberOfTypes":[]'), "together"),
        (entity('"tags":{"type":"Set"}'), '"element"'),
        (entity('"tags":{"type":"A"}'), "no common type"),
        (entity('"tags":{"type":"Long","name":"A"}'), "unknown key"),
        (entity('"tags":{"type":"Long","annotations":{}}'), "unknown key"),
        (entity('"tags":{"type":"Extension","name":"ip"}'), "ipaddr"),
        (attribute('{"type":"EntityOrCommon","name":"Boolean"}'), "no type"),
        (attribute('{"type":"Entity","name":"__cedar::Long"}'), "no entity type"),
        (attribute('{"type":"Long","required":null}'), "true or false"),
        (attribute('{"type":"Record","attributes":{},"additionalAttributes":true}'), "only be false"),
        (action('"attributes":{}'), "no attributes"),
        (action('"appliesTo":{"principalTypes":[]}'), "resourceTypes"),
        (action('"memberOf":[{"__entity":{"type":"Action","id":"a"}}]'), "unknown key"),
        (action('"memberOf":[{"id":"a"}]'), "its own ancestor"),
        (action('"memberOf":[["a"]]'), "as an object"),
        (entity('"tags":{"type":"Long"},"tags":{"type":"Long"}'), "twice"),
        (entity('"enum":["\\ud800"]'), "surrogate"),
        (entity('"enum":[1]'), "a number"),
        (entity('"enum":[NaN]'), "a JSON value"),
    ],
)
def test_json_schemas_that_do_not(text: str, words: str) -> None:
    with pytest.raises(SchemaError, match="line 1, column") as refused:
        Schema.from_json(text)

    assert words in str(refused.value)


def test_names_that_shadow_a_built_in_mean_the_declaration_everywhere() -> None:
    schema = Schema.from_cedar("entity Long; namespace N { entity B {x: Long, y: __cedar::Long}; }")
    shape = json.loads(schema.to_canonical())["entityTypes"]["N::B"]["shape"]["attributes"]

    assert shape["x"]["type"] == {"name": "Long", "type": "Entity"}
    assert shape["y"]["type"] == {"type": "Long"}


def test_a_one_word_kind_is_never_looked_up() -> None:
    text = '{"":{"entityTypes":{"Long":{},"A":{"tags":{"type":"Long"}}},"actions":{}}}'

    assert json.loads(Schema.from_json(text).to_canonical())["entityTypes"]["A"]["tags"] == {"type": "Long"}


def test_fragments_see_each_other_and_may_not_repeat() -> None:
    both = Schema.from_cedar("namespace N { entity A; }", "namespace N { entity B {a: A}; }")

    assert set(both.model.entity_types) == {"N::A", "N::B"}
    with pytest.raises(SchemaError, match="twice"):
        Schema.from_cedar("entity A;", "entity A;")


def test_the_canonical_form_is_the_documented_one() -> None:
    schema = Schema.from_cedar(
        'entity A in [B] {x?: Set<Long>} tags String; entity B; entity C enum ["y","x"];'
        "action v in [g] appliesTo {principal: A, resource: [B,A]}; action g;"
    )

    assert schema.to_canonical() == (
        r'{"actions":{"Action::\"g\"":{"appliesTo":null,"memberOf":[]},"Action::\"v\"":{"appliesTo":{"context":'
        r'{"attributes":{},"type":"Record"},"principals":["A"],"resources":["A","B"]},"memberOf":["Action::\"g\""]}},'
        r'"entityTypes":{"A":{"memberOf":["B"],"shape":{"attributes":{"x":{"required":false,"type":{"element":'
        r'{"type":"Long"},"type":"Set"}}},"type":"Record"},"tags":{"type":"String"}},"B":{"memberOf":[],"shape":'
        r'{"attributes":{},"type":"Record"},"tags":null},"C":{"enum":["x","y"]}}}'
    )
