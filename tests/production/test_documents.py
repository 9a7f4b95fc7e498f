"""Entity documents, contexts and requests are read as spec 05 says."""

from __future__ import annotations

import json

import pytest

from production import CedarError, Entities, EntitiesError, Entity, Request, RequestError, Uid
from production.language.values import SetValue
from production.text.json_scanner import scan
from production.text.json_text import read_json
from tests.shared_material import shared_folder

UID = '{"type":"User","id":"a"}'


def entity(attrs: str = "{}", parents: str = "[]", uid: str = UID, more: str = "") -> str:
    return f'[{{"uid":{uid},"attrs":{attrs},"parents":{parents}{more}}}]'


@pytest.mark.shared
def test_recorded_documents() -> None:
    wrong = []
    path = shared_folder("conformance", "extra", "entities") / "entities.jsonl"
    for line in path.read_text().split("\n")[:-1]:
        record = json.loads(line)
        verdict = record["without_schema"]
        try:
            count = len(Entities.from_json(record["entities"]))
        except EntitiesError:
            count = -1
        if count != (verdict["n"] if verdict["accept"] else -1):
            wrong.append(record["entities"])

    assert wrong == []


@pytest.mark.parametrize(
    "uid",
    [
        '{"__entity":{"type":"User","id":"x","z":1,"z":2},"type":1,"x":null,"x":1.5}',
        '{"__entity":5,"type":"User","id":"x"}',
        '{"__entity":{"type":"Zed"},"type":"User","id":"x"}',
        '{"type":"User","id":"x","__extn":{"fn":"ip","arg":"1"},"__expr":5}',
    ],
)
def test_uids_in_odd_shapes(uid: str) -> None:
    assert Uid("User", "x") in Entities.from_json(entity(uid=uid))


@pytest.mark.parametrize(
    "uid",
    [
        '{"__entity":{"type":"A :: B","id":"x"},"type":"User","id":"y"}',
        '{"type":"User","type":"User","id":"x"}',
        '{"type":"User","id":"x","id":"x"}',
        '{"type":"User","id":"x","__expr":"a"}',
        '{"type":"User","id":"x","z":1e400}',
        '{"type":"User","id":"x","z":"\\ud800"}',
        '{"type":"if","id":"x"}',
        '{"type":"","id":"x"}',
        '["User","a"]',
        '"User::\\"a\\""',
        "null",
    ],
)
def test_uids_that_are_refused(uid: str) -> None:
    with pytest.raises(EntitiesError):
        Entities.from_json(entity(uid=uid))


@pytest.mark.parametrize(
    "attrs",
    [
        '{"a":null}',
        '{"a":1.0}',
        '{"a":-0}',
        '{"a":9223372036854775808}',
        '{"a":1,"\\u0061":2}',
        '{"a":{"b":[{"c":1,"c":2}]}}',
        '{"a":{"__extn":{"fn":"ip","arg":"1.1.1.1","x":1,"x":2}}}',
        '{"a":{"__extn":{"fn":"ip","arg":"1.1.1.1","x":1.5}}}',
        '{"a":{"__extn":{"fn":"ip","arg":null,"args":["1.1.1.1"]}}}',
        '{"a":{"__extn":{"fn":"ip","arg":"bad"}}}',
        '{"a":{"__extn":{"fn":"unknown","arg":"x"}}}',
        '{"a":{"__expr":"1"}}',
        '{"a":"\\udc00"}',
        '{"a":' + "[" * 125 + "]" * 125 + "}",
        '{"a":NaN}',
        "[]",
    ],
)
def test_attributes_that_are_refused(attrs: str) -> None:
    with pytest.raises(EntitiesError):
        Entities.from_json(entity(attrs))


def test_escapes_and_their_look_alikes() -> None:
    attrs = """{"ip":{"__extn":{"fn":"isIpv4","arg":{"__extn":{"fn":"ip","arg":"1.1.1.1"}},"x":null}},
      "beside":{"__extn":{"fn":"ip","arg":"1.1.1.1"},"x":1}, "shape":{"__entity":{"type":"User"}},
      "number":{"__expr":5}, "plain":{"type":"User","id":"a"}, "pair":"\\ud83d\\ude00"}"""
    read = Entities.from_json(entity(attrs)).get(Uid("User", "a"))

    assert read is not None
    assert read.attributes == {
        "ip": True,
        "beside": {"__extn": {"fn": "ip", "arg": "1.1.1.1"}, "x": 1},
        "shape": {"__entity": {"type": "User"}},
        "number": {"__expr": 5},
        "plain": {"type": "User", "id": "a"},
        "pair": "😀",
    }


@pytest.mark.parametrize(
    "more", [',"z":1,"z":2', ',"z":1e400', ',"z":"\\ud800"', ',"z":' + "[" * 100_000 + "]" * 100_000]
)
def test_ignored_keys_of_an_entity_are_harmless(more: str) -> None:
    assert len(Entities.from_json(entity(more=more))) == 1


@pytest.mark.parametrize("more", [',"tags":null', ',"uid":1', ',"\\ud800":1', ',"tags":{"a":null}', ",}"])
def test_other_keys_are_not(more: str) -> None:
    with pytest.raises(EntitiesError):
        Entities.from_json(entity(more=more))


@pytest.mark.parametrize(
    "text", ["", "\ufeff[]", "[] x", "[,]", "[1]", "{}", "[{}]", "// c\n[]", '["\x01"]', "[" * 100_000]
)
def test_no_documents(text: str) -> None:
    with pytest.raises(EntitiesError):
        Entities.from_json(text)


USER, GROUP, TOP = Uid("User", "a"), Uid("Group", "g"), Uid("Group", "top")


def test_duplicates_must_be_deeply_equal() -> None:
    one = Entity(USER, {"s": SetValue([1, 2])}, frozenset({GROUP}))

    assert (
        len(Entities.from_entities([one, Entity(USER, {"s": SetValue([2, 1, 1])}, frozenset({GROUP}))])) == 1
    )
    for other in (
        Entity(USER, {"s": SetValue([1, 2])}, frozenset({GROUP, TOP})),
        Entity(USER, {"s": SetValue([1, True])}, frozenset({GROUP})),
        Entity(USER, {"s": SetValue([1, 2])}, frozenset({GROUP}), {"t": 1}),
    ):
        with pytest.raises(EntitiesError):
            Entities.from_entities([one, other])


def test_cycles_and_strange_parents_of_actions_are_refused() -> None:
    for pairs in ([(USER, USER)], [(USER, GROUP), (GROUP, TOP), (TOP, GROUP)], [(Uid("Action", "x"), USER)]):
        with pytest.raises(EntitiesError):
            Entities.from_entities(Entity(child, {}, frozenset({parent})) for child, parent in pairs)
    assert Entities.from_entities([Entity(Uid("Action", "x"), {}, frozenset({Uid("N::Action", "y")}))])


def test_changing_a_store_gives_another_and_leaves_the_first() -> None:
    first = Entities.from_entities(
        [Entity(USER, {}, frozenset({GROUP})), Entity(GROUP, {}, frozenset({TOP}))]
    )
    second = first.upsert([Entity(GROUP, {"n": 1})])
    third = first.remove([GROUP])

    assert first.ancestors(USER) == {GROUP, TOP}
    assert second.ancestors(USER) == {GROUP}
    assert third.ancestors(USER) == frozenset()
    assert GROUP not in third
    with pytest.raises(EntitiesError):
        first.upsert([Entity(GROUP, {}, frozenset({USER}))])


def test_writing_lists_all_ancestors_and_reads_back() -> None:
    attrs = (
        '{"d":{"__extn":{"fn":"decimal","arg":"1.5"}},"s":[3,1,2],"e":{"__entity":{"type":"A::B","id":"é"}}}'
    )
    document = entity(attrs, '[{"type":"Group","id":"g"}]', more=',"tags":{"t":true}')
    written = Entities.from_json(document).to_json()

    assert Entities.from_json(written).to_json() == written


@pytest.mark.parametrize(
    "text",
    ['U::"é*"', 'U::"\\n"', 'U::"\\\'"', 'U::"\\u{a0}"', 'A::B::"c"', 'U::"\\u{301}a"', 'U::"a\u0301"'],
)
def test_canonical_entity_literals(text: str) -> None:
    request = Request.from_dict({"principal": text, "action": text, "resource": text})

    assert request.principal is request.action


@pytest.mark.parametrize(
    "text",
    [
        'U ::"a"',
        ' U::"a"',
        'U::"a"//x',
        'U::"\\u{61}"',
        'U::"\\x41"',
        'U::"\'"',
        'U::"\\u{A0}"',
        'U::"\\u{00a0}"',
    ]
    + [
        'U::"\\u{0}"',
        'U::"\n"',
        'if::"a"',
        '__cedar::"a"',
        'U::"\u0301a"',
        'U::"a\\u{301}"',
        'U::"\xa0"',
        '"a"',
    ]
    + ['U::"a""', "U::a", ""],
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(RequestError):
        Request.from_dict({"principal": text, "action": UID, "resource": UID})


@pytest.mark.parametrize(
    "context",
    ['{"a":null}', "[]", '{"a":1,"a":2}', '{"__entity":{"type":"A","id":"b"}}', '{"a":1.5}', "1", "null"]
    + ['{"a":' * 128 + "1" + "}" * 128],
)
def test_contexts_that_are_refused(context: str) -> None:
    with pytest.raises(RequestError):
        Request.from_json(f'{{"principal":{UID},"action":{UID},"resource":{UID},"context":{context}}}')


def test_plain_python_data_is_read_as_strictly() -> None:
    uid = {"type": "User", "id": "a"}
    for context in ({"a": 1.0}, {"a": None}, {1: 2}, {"a": "\ud800"}, {"a": 2**63}, {"a": (1,)}):
        with pytest.raises(RequestError):
            Request.from_dict({"principal": uid, "action": uid, "resource": uid, "context": context})


@pytest.mark.parametrize(
    "text",
    [
        '{"a":[1,-2,true,null,"x\\n\\ud83d\\ude00\\u00e9"],"b":{}}',
        "[]",
        ' [ 1 , {"a" : [ ] } ] ',
        '"x"',
        "12",
    ],
)
def test_both_json_readers_agree(text: str) -> None:
    assert scan(text) == read_json(text) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1,]",
        '{"a"}',
        '{"a":}',
        "[1 2]",
        "01",
        "1.",
        "+1",
        '"\t"',
        '"\\x"',
        "]",
        "[}",
        "tru",
        "[1]]",
        "{,}",
    ],
)
def test_both_json_readers_refuse(text: str) -> None:
    for read in (scan, read_json):
        with pytest.raises(CedarError):
            read(text)
