"""Entities under a schema: read by type, checked, the schema's actions added (spec 05 §2.3, §6, §7)."""

from __future__ import annotations

import json

import pytest

from production import Entities, EntitiesError, Entity, Schema, Uid
from production.validation.conforming_entities import EntityReader

SCHEMA = Schema.from_cedar("""
    entity Group in [Group];
    entity User in [Group] {
        name: String, age?: Long, dec?: decimal, addr?: ipaddr, dt?: datetime, dur?: duration, best?: User,
        rec?: {x: Long, y?: Group}, sd?: Set<decimal>, act?: Action, col?: Color, b?: Bool, su?: Set<User>
    } tags decimal;
    entity Color enum ["red", "blue"];
    entity Doc;
    entity NoTag;
    action top; action all in [top]; action read in [all];
    action view in [read] appliesTo {principal: User, resource: Doc};
""")


def loads(document: str) -> bool:
    try:
        SCHEMA.read_entities(document)
    except EntitiesError:
        return False
    return True


def user(attrs: str, parents: str = "[]", tags: str = "{}") -> str:
    uid = '{"type":"User","id":"a"}'
    return f'[{{"uid":{uid},"attrs":{{"name":"n"{attrs}}},"parents":{parents},"tags":{tags}}}]'


EXTN = '{"__extn":{"fn":"ip","arg":"1.1.1.1"}}'

GOOD_ATTRIBUTES = [
    '"age":1',
    '"dec":"1.0","addr":"1.1.1.1","dt":"2024-01-01","dur":"1d"',
    '"dec":{"fn":"decimal","arg":"1.0"}',
    '"dec":{"__extn":{"fn":"decimal","arg":"1.0"}}',
    f'"addr":{EXTN[:-1]},"x":1}}',
    '"addr":{"__extn":{"fn":"ip","arg":"1.1.1.1"},"fn":"ip","arg":"2.2.2.2"}',
    '"addr":{"__extn":5,"fn":"ip","arg":"2.2.2.2"}',
    '"addr":{"fn":"ip","arg":"1.1.1.1","x":1.5}',
    f'"b":{{"__extn":{{"fn":"isIpv4","arg":{EXTN}}}}}',
    '"dt":{"fn":"offset","args":["1970-01-01","5ms"]}',
    '"dt":{"fn":"offset","args":[{"fn":"datetime","arg":"1970-01-01"},{"__extn":{"fn":"duration","arg":"5ms"}}]}',
    '"dur":{"fn":"toTime","arg":"2024-01-01"}',
    '"best":{"type":"User","id":"b"}',
    '"best":{"__entity":{"type":"User","id":"b"}}',
    '"best":{"type":"User","id":"b","x":null}',
    '"best":{"__entity":5,"type":"User","id":"b"}',
    '"rec":{"x":1,"y":{"type":"Group","id":"g"}}',
    '"sd":["1.0",{"fn":"decimal","arg":"2.0"},{"__extn":{"fn":"decimal","arg":"3.0"}}]',
    '"sd":[]',
    '"su":[{"type":"User","id":"b"},{"__entity":{"type":"User","id":"c"}}]',
    '"act":{"type":"Action","id":"view"}',
    '"col":{"type":"Color","id":"red"}',
]

BAD_ATTRIBUTES = [
    '"zz":1',
    '"age":"1"',
    '"age":1.0',
    '"age":null',
    '"age":1,"age":1',
    '"dec":{"__extn":{"fn":"ip","arg":"1.1.1.1"}}',
    '"dec":"zz"',
    '"dec":1',
    '"addr":{"fn":"ip","arg":"1.1.1.1","x":1,"x":2}',
    '"addr":{"fn":"ip","arg":"1.1.1.1","x":{"y":1,"y":2}}',
    '"addr":{"fn":"ip"}',
    '"addr":{"__entity":{"type":"User","id":"b"}}',
    '"addr":{}',
    '"addr":{"fn":"nope","arg":"1.1.1.1"}',
    '"addr":{"fn":"ip","args":["1.1.1.1","1.1.1.1"]}',
    '"b":{"__extn":{"fn":"isIpv4","arg":"1.1.1.1"}}',
    f'"b":{{"__extn":{{"fn":"isIpv4","arg":{EXTN}}},"x":1}}',
    '"age":{"fn":"toDays","arg":{"__extn":{"fn":"duration","arg":"1d"}}}',
    '"best":{"type":"Group","id":"b"}',
    '"best":"User::\\"b\\""',
    '"best":{"type":"User","id":"b","x":1,"x":2}',
    '"rec":{}',
    '"rec":{"x":1,"z":1}',
    '"rec":[]',
    '"sd":"1.0"',
    '"su":[{"type":"Doc","id":"b"}]',
    '"act":{"type":"Action","id":"zzz"}',
    '"col":{"type":"Color","id":"green"}',
]


@pytest.mark.parametrize("attribute", GOOD_ATTRIBUTES)
def test_attributes_of_the_declared_type(attribute: str) -> None:
    SCHEMA.read_entities(user("," + attribute))


@pytest.mark.parametrize("attribute", BAD_ATTRIBUTES)
def test_attributes_of_another_type(attribute: str) -> None:
    with pytest.raises(EntitiesError, match=r'^User::"a": '):
        SCHEMA.read_entities(user("," + attribute))


def test_an_outer_escape_wins_over_the_keys_beside_it() -> None:
    store = SCHEMA.read_entities(user("," + GOOD_ATTRIBUTES[5]))
    entity = store.get(Uid("User", "a"))

    assert entity is not None
    assert str(entity.attributes["addr"]) == "1.1.1.1/32"


@pytest.mark.parametrize(
    ("parents", "tags", "fits"),
    [
        ('[{"type":"Group","id":"g"}]', "{}", True),
        ('[{"type":"Doc","id":"g"}]', "{}", False),
        ('[{"type":"User","id":"g"}]', "{}", False),
        ('[{"type":"Action","id":"view"}]', "{}", False),
        ("[]", '{"t":"1.0"}', True),
        ("[]", '{"t":"x"}', False),
        ("[]", '{"t":1}', False),
        ("[]", '{"t":"1.0","t":"1.0"}', False),
        ("[]", "[]", False),
    ],
)
def test_parents_and_tags(parents: str, tags: str, fits: bool) -> None:
    assert loads(user("", parents, tags)) is fits


@pytest.mark.parametrize(
    ("document", "fits"),
    [
        ('[{"uid":{"type":"User","id":"a"},"attrs":{},"parents":[]}]', False),
        ('[{"uid":{"type":"Zed","id":"a"},"attrs":{},"parents":[]}]', False),
        ('[{"uid":{"type":"Color","id":"red"},"attrs":{},"parents":[]}]', True),
        ('[{"uid":{"type":"Color","id":"green"},"attrs":{},"parents":[]}]', False),
        ('[{"uid":{"type":"Color","id":"red"},"attrs":{},"parents":[{"type":"Group","id":"g"}]}]', False),
        ('[{"uid":{"type":"NoTag","id":"a"},"attrs":{},"parents":[],"tags":{}}]', True),
        ('[{"uid":{"type":"NoTag","id":"a"},"attrs":{},"parents":[],"tags":{"t":"1.0"}}]', False),
        ('[{"uid":{"type":"Group","id":"a"},"attrs":{},"parents":[{"type":"Group","id":"b"}]}]', True),
        ('[{"uid":{"type":"Group","id":"a"},"attrs":{},"parents":[{"type":"Group","id":"a"}]}]', False),
    ],
)
def test_entities(document: str, fits: bool) -> None:
    assert loads(document) is fits


def actions(**parents: list[str]) -> str:
    return json.dumps(
        [
            {
                "uid": {"type": "Action", "id": name},
                "attrs": {},
                "parents": [{"type": "Action", "id": above} for above in groups],
            }
            for name, groups in parents.items()
        ]
    )


@pytest.mark.parametrize(
    ("document", "fits"),
    [
        (actions(view=["read"]), False),
        (actions(view=["read"], read=["all"]), False),
        (actions(view=["read", "all", "top"]), True),
        (actions(view=["read"], read=["all", "top"]), True),
        (actions(view=["read"], read=["all"], all=["top"]), True),
        (actions(view=["read", "all", "top", "zz"]), False),
        (actions(zz=[]), False),
        (actions(top=[]).replace('"attrs": {}', '"attrs": {"a": 1}'), False),
    ],
)
def test_an_action_in_a_document_is_the_declared_one(document: str, fits: bool) -> None:
    assert loads(document) is fits


def test_the_actions_of_the_schema_are_added_with_their_groups() -> None:
    store = SCHEMA.read_entities("[]")

    assert {entity.uid.id for entity in store} == {"top", "all", "read", "view"}
    assert {uid.id for uid in store.ancestors(Uid("Action", "view"))} == {"read", "all", "top"}


def test_entities_made_in_python_are_checked_too() -> None:
    good = Entity(Uid("User", "a"), {"name": "n"}, frozenset({Uid("Group", "g")}))

    assert len(SCHEMA.conforming_entities([good])) == 5
    with pytest.raises(EntitiesError, match="expected Long, found a Bool"):
        SCHEMA.conforming_entities([Entity(Uid("User", "a"), {"name": "n", "age": True})])


@pytest.mark.parametrize(("levels", "fits"), [(118, True), (100_000, False)])
def test_deep_types_cost_what_the_document_costs(levels: int, fits: bool) -> None:
    schema = Schema.from_cedar(f"entity A {'{a: ' * 119}Long{'}' * 119};")
    value = '{"a":' * levels + "1" + "}" * levels
    document = f'[{{"uid":{{"type":"A","id":"a"}},"attrs":{{"a":{value}}},"parents":[]}}]'

    if fits:
        schema.read_entities(document)
    else:
        with pytest.raises(EntitiesError):
            schema.read_entities(document)


def test_an_error_names_the_entity_the_place_and_a_near_name() -> None:
    with pytest.raises(EntitiesError, match=r'User::"a": rec: the attribute .* is missing'):
        SCHEMA.read_entities(user(',"rec":{"y":{"type":"Group","id":"g"}}'))
    with pytest.raises(EntitiesError, match="did you mean Group"):
        SCHEMA.read_entities('[{"uid":{"type":"Grup","id":"a"},"attrs":{},"parents":[]}]')


def test_a_check_that_forgets_tags_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted defect RV-3: tags of the wrong type must not get into a store."""
    wrong = Entity(Uid("User", "a"), {"name": "n"}, tags={"t": 1})
    with pytest.raises(EntitiesError):
        SCHEMA.conforming_entities([wrong])
    monkeypatch.setattr(EntityReader, "_tag_problem", lambda self, entity, declared: None)

    assert isinstance(SCHEMA.conforming_entities([wrong]), Entities)
