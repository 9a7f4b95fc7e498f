"""Entity documents under a schema (spec 05 §2.3, §6, §7, §11)."""

from __future__ import annotations

import json

import pytest

from reference.entities import Entities
from reference.errors import InputError
from reference.extensions.decimal import Decimal
from reference.schema.reader import read_schema
from reference.validation.typed_entities import read_entities_under
from reference.values import EntityUid, Set, canonical
from tests.shared_material import shared_folder

SCHEMA = read_schema(
    """
entity Group in [Group];
entity User in [Group] {name: String, age?: Long, dec?: decimal, addr?: ipaddr, dt?: datetime, dur?: duration,
    best?: User, rec?: {x: Long, y?: Group}, sd?: Set<decimal>, act?: Action, col?: Color, b?: Bool,
    odd?: {"__entity": String, "__extn"?: Long}} tags decimal;
entity Color enum ["red", "blue"];
entity Tinted in [Color];
entity Doc;
entity NoTag;
action all;
action view in [all] appliesTo {principal: User, resource: Doc};
"""
)


def read(*entities: str) -> Entities:
    return read_entities_under(f"[{', '.join(entities)}]", SCHEMA)


def user(attrs: str = "", parents: str = "", tags: str = "") -> str:
    more = f", {attrs}" if attrs else ""
    tagged = f', "tags": {{{tags}}}' if tags else ""
    return f'{{"uid": {{"type": "User", "id": "u"}}, "attrs": {{"name": "n"{more}}}, "parents": [{parents}]{tagged}}}'


def bare(type_name: str, entity_id: str = "x", parents: str = "", more: str = "") -> str:
    uid = json.dumps({"type": type_name, "id": entity_id})
    return f'{{"uid": {uid}, "attrs": {{}}, "parents": [{parents}]{more}}}'


IP = '{"__extn": {"fn": "ip", "arg": "1.1.1.1"}}'
DEEP_ARRAY = "[" * 126 + "]" * 126

GOOD = [
    user(),
    user('"age": 1, "b": false'),
    user('"dec": "1.0", "addr": "1.1.1.1", "dt": "2024-01-01", "dur": "1d"'),
    user('"dec": {"fn": "decimal", "arg": "1.0"}'),
    user('"dec": {"fn": "decimal", "arg": "1.0", "__expr": 5}'),
    user('"dec": {"__extn": {"fn": "decimal", "arg": "1.0", "__expr": "x"}}'),
    user('"dec": {"__extn": {"fn": "decimal", "arg": "1.0"}}'),
    user('"dt": {"fn": "offset", "args": ["1970-01-01", "5ms"]}'),
    user(
        '"dt": {"fn": "offset", "args": [{"fn": "toDate", "arg": "1970-01-01"}, {"fn": "duration", "arg": "5ms"}]}'
    ),
    user('"dur": {"fn": "toTime", "arg": "2024-01-01"}'),
    user('"best": {"type": "User", "id": "b"}'),
    user('"best": {"__entity": {"type": "User", "id": "b"}}'),
    user('"best": {"__entity": {"type": "User", "id": "b"}, "type": "Group", "id": "g", "zz": 1.5}'),
    user('"best": {"__entity": 5, "type": "User", "id": "b"}'),
    user('"rec": {"x": 1, "y": {"type": "Group", "id": "g"}}'),
    user('"rec": {"x": 1}'),
    user('"sd": ["1.0", {"fn": "decimal", "arg": "2.0"}, {"__extn": {"fn": "decimal", "arg": "3.0"}}]'),
    user('"sd": []'),
    user('"act": {"type": "Action", "id": "view"}'),
    user('"col": {"type": "Color", "id": "red"}'),
    user('"odd": {"__entity": "x", "__extn": 1}'),
    user(f'"addr": {IP[:-1]}, "x": 1}}'),
    user(f'"addr": {IP[:-1]}, "fn": "ip", "arg": "nonsense"}}'),
    user('"addr": {"__extn": 5, "fn": "ip", "arg": "2.2.2.2"}'),
    user('"addr": {"fn": "ip", "arg": "1.1.1.1", "x": 1.5}'),
    user('"addr": {"fn": "ip", "arg": "1.1.1.1", "args": []}'),
    user(f'"b": {{"__extn": {{"fn": "isIpv4", "arg": {IP}}}}}'),
    user('"age": {"__extn": {"fn": "toDays", "arg": {"__extn": {"fn": "duration", "arg": "1d"}}}}'),
    user(parents='{"type": "Group", "id": "g"}, {"type": "Group", "id": "h"}'),
    user(tags='"t": "1.0"'),
    bare("Color", "red"),
    bare("Tinted", parents='{"type": "Color", "id": "red"}'),
    bare("Doc", more=', "zz": null'),
    bare("Action", "view", '{"type": "Action", "id": "all"}'),
    bare("Action", "all"),
]

BAD = [
    "1",
    bare("User"),
    user('"zz": 1'),
    user('"name": 1'),
    user('"age": "1"'),
    user('"age": 1.5'),
    user('"age": null'),
    user('"dec": {"__extn": {"fn": "ip", "arg": "1.1.1.1"}}'),
    user('"dec": "zz"'),
    user('"dec": 1'),
    user('"dec": null'),
    user('"dec": {"fn": "decimal"}'),
    user('"dec": {"fn": "decimal", "args": ["1.0", "2.0"]}'),
    user('"dec": {"fn": "decimal", "arg": null, "args": ["1.0"]}'),
    user('"dec": {"fn": "unknown", "arg": "1.0"}'),
    user('"dec": {}'),
    user('"dec": {"fn": "decimal", "arg": "1.0", "__expr": "x"}'),
    user('"dec": {"__extn": {"fn": "decimal", "arg": "1.0"}, "__expr": "x"}'),
    user('"dec": {"__entity": {"type": "User", "id": "b"}}'),
    user('"addr": {"fn": "ip", "arg": "1.1.1.1", "x": 1, "x": 2}'),
    user('"best": {"type": "Group", "id": "b"}'),
    user('"best": "User::\\"b\\""'),
    user('"best": {"__entity": {"type": "A :: B", "id": "x"}, "type": "User", "id": "b"}'),
    user('"rec": {"y": {"type": "Group", "id": "g"}}'),
    user('"rec": {"x": 1, "z": 2}'),
    user('"rec": []'),
    user('"sd": {}'),
    user('"sd": ["x"]'),
    user('"act": {"type": "Action", "id": "zzz"}'),
    user('"act": {"type": "N::Action", "id": "view"}'),
    user('"col": {"type": "Color", "id": "green"}'),
    user('"odd": {"__entity": {"type": "User", "id": "b"}}'),
    user('"b": {"__extn": {"fn": "isIpv4", "arg": "1.1.1.1"}}'),
    user(f'"b": {{"__extn": {{"fn": "isIpv4", "arg": {IP}}}, "x": 1}}'),
    user('"age": {"fn": "toDays", "arg": {"__extn": {"fn": "duration", "arg": "1d"}}}'),
    user(parents='{"type": "Doc", "id": "d"}'),
    user(parents='{"type": "User", "id": "v"}'),
    user(parents='{"type": "Action", "id": "view"}'),
    user(tags='"t": "x"'),
    user(tags='"t": 1'),
    bare("NoTag", more=', "tags": {"t": "1.0"}'),
    bare("Zed"),
    bare("Color", "green"),
    bare("Color", "red", '{"type": "Group", "id": "g"}'),
    bare("Color", "red", more=', "tags": {"t": "1.0"}'),
    bare("Tinted", parents='{"type": "Color", "id": "green"}'),
    bare("Action", "view"),
    bare("Action", "zz"),
    bare("Action", "all", '{"type": "Action", "id": "view"}'),
    bare("N::Action", "view"),
    bare("Action", "all", more=', "tags": {"t": 1}'),
    '{"uid": {"type": "Action", "id": "all"}, "attrs": {"a": 1}, "parents": []}',
    ", ".join([user(), user('"age": 1')]),
    bare("Group", "g", '{"type": "Group", "id": "g"}'),
    user(f'"sd": {DEEP_ARRAY}'),
]


@pytest.mark.parametrize("entity", GOOD)
def test_conforming_entities(entity: str) -> None:
    read(entity)


@pytest.mark.parametrize("entity", BAD)
def test_entities_that_do_not_conform(entity: str) -> None:
    with pytest.raises(InputError) as caught:
        read(entity)
    assert caught.value.part == "entities"


def test_the_actions_of_the_schema_are_added() -> None:
    view, group = EntityUid("Action", "view"), EntityUid("Action", "all")
    store = read(user())
    assert store.is_in(view, group)
    assert len(store.by_uid) == 3
    assert read().by_uid.keys() == {view, group}
    again = read(bare("Action", "view", '{"type": "Action", "id": "all"}'), bare("Action", "all"))
    assert again.by_uid.keys() == {view, group}


def test_values_that_the_schema_implies() -> None:
    u = EntityUid("User", "u")
    plain = read(user('"sd": ["1.0", "1.00"], "best": {"type": "User", "id": "b"}')).by_uid[u]
    assert plain.attrs["sd"] == Set(frozenset([Decimal(10_000)]))
    assert plain.attrs["best"] == EntityUid("User", "b")
    assert canonical(read(user(tags='"t": "2.5"')).by_uid[u].tags["t"]) == canonical(Decimal(25_000))


@pytest.mark.parametrize(
    ("documents", "good"),
    [
        ([("view", ["read"])], False),
        ([("view", ["read"]), ("read", ["all"])], False),
        ([("view", ["read", "all", "top"])], True),
        ([("view", ["read"]), ("read", ["all", "top"])], True),
        ([("view", ["read"]), ("read", ["all"]), ("all", ["top"])], True),
        ([("view", ["read", "all", "top", "other"])], False),
        ([("top", [])], True),
    ],
)
def test_actions_of_a_document_must_have_exactly_their_ancestors(
    documents: list[tuple[str, list[str]]], good: bool
) -> None:
    schema = read_schema(
        "action read in [all]; action all in [top]; action top, other; action view in [read];"
    )
    entities = [
        {
            "uid": {"type": "Action", "id": name},
            "attrs": {},
            "parents": [{"type": "Action", "id": p} for p in parents],
        }
        for name, parents in documents
    ]
    if good:
        store = read_entities_under(json.dumps(entities), schema)
        assert store.is_in(EntityUid("Action", "view"), EntityUid("Action", "top"))
    else:
        with pytest.raises(InputError):
            read_entities_under(json.dumps(entities), schema)


def test_nested_record_types_take_linear_time() -> None:
    depth = 100
    type_text = "{r: " * depth + "Long" + "}" * depth
    value = '{"r": ' * depth + "1" + "}" * depth
    schema = read_schema(f"entity E {{a: {type_text}}};")
    read_entities_under(
        f'[{{"uid": {{"type": "E", "id": ""}}, "attrs": {{"a": {value}}}, "parents": []}}]', schema
    )


def test_messages_name_the_entity_the_attribute_and_what_was_expected() -> None:
    with pytest.raises(
        InputError, match=r"""User::"u".*'age'.*expected Long, found a value of kind String"""
    ):
        read(user('"age": "1"'))
    with pytest.raises(InputError, match=r"'agee' is not declared"):
        read(user('"agee": 1'))


@pytest.mark.shared
def test_recorded_documents() -> None:
    folder = shared_folder("conformance", "extra", "entities")
    fixture = json.loads((folder / "fixture.json").read_text("utf-8"))["schema"]
    wrong, counted = [], 0
    for line in (folder / "entities.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        if "with_schema" not in record:
            continue
        given = (
            (fixture, "cedar")
            if record["schema"] == "fixture"
            else (record["schema"], record["schema_format"])
        )
        expected = record["with_schema"]
        counted += 1
        try:
            number = len(read_entities_under(record["entities"], read_schema(*given)).by_uid)
        except InputError:
            number = None
        if number != (expected["n"] if expected["accept"] else None):
            wrong.append(record["id"])
    assert wrong == []
    assert counted > 300


@pytest.mark.slow
def test_a_long_chain_of_actions_takes_linear_time() -> None:
    many = 20_000
    schema = read_schema("".join(f"action a{i} in a{i + 1};" for i in range(many)) + f"action a{many};")
    entities = [
        {"uid": action(i), "attrs": {}, "parents": [action(i + 1)] if i < many else []}
        for i in range(many + 1)
    ]
    assert len(read_entities_under(json.dumps(entities), schema).by_uid) == many + 1


def action(number: int) -> dict[str, str]:
    return {"type": "Action", "id": f"a{number}"}
