"""Entity documents, requests and strict JSON without a schema (spec 05)."""

from __future__ import annotations

import json

import pytest

from reference.entities import Entity, store
from reference.errors import InputError
from reference.json.document import Number
from reference.json.entities import entities_to_json, read_entities
from reference.json.reader import read_json
from reference.json.requests import read_request
from reference.json.writer import write_json
from reference.values import Bool, EntityUid, Long, Record, Set, String, Value

A = '{"type":"User","id":"a"}'


def one(uid: str = A, attrs: str = "{}", parents: str = "[]", more: str = "") -> str:
    return f'[{{"uid":{uid},"attrs":{attrs},"parents":{parents}{more}}}]'


def attribute(text: str) -> Value:
    return read_entities(one(attrs=f'{{"x":{text}}}')).by_uid[EntityUid("User", "a")].attrs["x"]


@pytest.mark.parametrize(
    ("uid", "expected"),
    [
        ('{"type":"A::B","id":""}', EntityUid("A::B", "")),
        ('{"__entity":{"type":"User","id":"x","z":null},"y":1.5}', EntityUid("User", "x")),
        ('{"__entity":{"type":"User","id":"x"},"type":"Group","id":"y"}', EntityUid("User", "x")),
        ('{"__entity":5,"type":"User","id":"y"}', EntityUid("User", "y")),
        ('{"__entity":{"type":"Zed"},"type":"User","id":"y"}', EntityUid("User", "y")),
        ('{"type":"User","id":"a","x":1,"x":2}', EntityUid("User", "a")),
    ],
)
def test_uids(uid: str, expected: EntityUid) -> None:
    assert list(read_entities(one(uid)).by_uid) == [expected]


@pytest.mark.parametrize(
    "uid",
    [
        '{"type":"A :: B","id":"x"}', '{"type":"A::if","id":"x"}', '{"type":"__cedar","id":"x"}',
        '{"type":"","id":"x"}', '"User::\\"a\\""', '{"__expr":"User::\\"a\\""}', '["User","a"]', "null",
        '{"__entity":{"type":"A :: B","id":"x"},"type":"User","id":"y"}', '{"type":"User"}',
        '{"type":"User","type":"User","id":"a"}', '{"type":"User","id":"\\ud800"}', '{"type":"User","id":1}',
        '{"type":"User","id":"a","x":1e400}',
    ],
)  # fmt: skip
def test_no_uids(uid: str) -> None:
    with pytest.raises(InputError, match="entities"):
        read_entities(one(uid))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", Bool(True)), ("9223372036854775807", Long(2**63 - 1)), ("-9223372036854775808", Long(-(2**63))),
        ('"\\ud83d\\ude00"', String("\U0001f600")), ("[1,1,true]", Set(frozenset([Long(1), Bool(True)]))),
        ('{"type":"User","id":"a"}', Record({"type": String("User"), "id": String("a")})),
        ('{"__entity":{"type":"User","id":"b"}}', EntityUid("User", "b")),
        ('{"__entity":{"type":"User"}}', Record({"__entity": Record({"type": String("User")})})),
        ('{"__expr":5}', Record({"__expr": Long(5)})), ('{"":{}}', Record({"": Record({})})),
        ('{"__extn":{"fn":"isIpv4","arg":{"__extn":{"fn":"ip","arg":"1.1.1.1","x":null}}}}', Bool(True)),
        ('{"__extn":{"fn":"toDays","args":[{"__extn":{"fn":"duration","arg":"36h"}}]}}', Long(1)),
        ('{"__extn":["ip","1.1.1.1"]}', Record({"__extn": Set(frozenset([String("ip"), String("1.1.1.1")]))})),
    ],
)  # fmt: skip
def test_values(text: str, expected: Value) -> None:
    assert attribute(text) == expected


def test_a_key_beside_an_escape_undoes_it() -> None:
    value = attribute('{"__extn":{"fn":"ip","arg":"1.1.1.1"},"x":1}')
    assert value == Record({"x": Long(1), "__extn": Record({"fn": String("ip"), "arg": String("1.1.1.1")})})


@pytest.mark.parametrize(
    "text",
    [
        "null", "1.5", "1.0", "1e2", "-0", "9223372036854775808", '"\\ud800"', '{"__expr":"a"}', "1e400", "[1,null]",
        '{"__extn":{"fn":"ip","arg":"x"}}', '{"__extn":{"fn":"nope","arg":"x"}}', '{"__extn":{"fn":"ip","args":[]}}',
        '{"__extn":{"fn":"ip","arg":null,"args":["1.1.1.1"]}}', '{"__extn":{"fn":"ip","arg":"1.1.1.1","x":1.5}}',
        '{"__extn":{"fn":"ip","arg":"1.1.1.1","x":1,"x":2}}', '{"a":1,"a":2}', '{"__extn":{"fn":"unknown","arg":"x"}}',
        "[" * 125 + "]" * 125, "NaN", "Infinity", "01", "+1", "1.", "'a'", '"\t"', "[1,]", "{,}", "tru", "",
    ],
)  # fmt: skip
def test_no_values(text: str) -> None:
    with pytest.raises(InputError, match="entities"):
        attribute(text)


def test_an_attribute_may_be_124_levels_deep() -> None:
    attribute("[" * 124 + "]" * 124)


@pytest.mark.parametrize(
    "more",
    [',"zz":1,"zz":2', ',"zz":1e400', ',"zz":' + "[" * 500 + "]" * 500, ',"zz":{"a":1,"a":2}', ',"tags":{}'],
)
def test_ignored_keys_are_harmless(more: str) -> None:
    read_entities(one(more=more))


@pytest.mark.parametrize(
    "text",
    [
        one(more=f',"uid":{A}'), one(more=',"attrs":{}'), one(more=',"tags":null'), one(attrs="[]"),
        one(parents="{}"), one(parents="null"), f'[{{"uid":{A},"attrs":{{}}}}]', f'[{{"uid":{A},"parents":[]}}]',
        '[{"attrs":{},"parents":[]}]', "{}", "[1]", "\ufeff[]", "[] []", "[]//", "", "[" * 100_000,
        f'[[{A},{{}},[]]]', one(more=',"tags":{"a":1,"a":1}'),
    ],
)  # fmt: skip
def test_no_documents(text: str) -> None:
    with pytest.raises(InputError, match="entities"):
        read_entities(text)


def entity(uid: str, parents: str = "", attrs: dict[str, Value] | None = None) -> Entity:
    return Entity(named(uid), attrs or {}, frozenset(named(parent) for parent in parents.split()), {})


def named(text: str) -> EntityUid:
    type_name, _, entity_id = text.rpartition(":")
    return EntityUid(type_name or "T", entity_id)


def test_ancestors_are_all_that_is_reachable() -> None:
    entities = store([entity("a", "b x"), entity("b", "c"), entity("c")])
    assert entities.ancestors(named("a")) == {named("b"), named("c"), named("x")}
    assert entities.is_in(named("a"), named("c"))
    assert entities.is_in(named("x"), named("x"))
    assert not entities.is_in(named("c"), named("a"))


@pytest.mark.parametrize(
    "entities",
    [
        [entity("a", "a")],
        [entity("a", "b"), entity("b", "c"), entity("c", "a")],
        [entity("Action:x", "User:b")],
        [entity("a"), entity("a", "b")],
        [entity("a", "b", {}), entity("b", "c"), entity("a", "b c")],
        [entity("a", attrs={"x": Long(1)}), entity("a", attrs={"x": Bool(True)})],
    ],
)
def test_no_store(entities: list[Entity]) -> None:
    with pytest.raises(InputError, match="entities"):
        store(entities)


def test_equal_duplicates_and_foreign_actions_are_fine() -> None:
    text = '{"uid":%s,"attrs":{"x":%s},"parents":[%s]%s}'
    decimal = '{"__extn":{"fn":"decimal","arg":"%s"}}'
    groups = '{"type":"G","id":"1"}', '{"type":"G","id":"2"}'
    first = text % (A, decimal % "1.0", ",".join(groups), "")
    second = text % (A, decimal % "1.00", ",".join(reversed(groups)), ',"tags":{}')
    assert len(read_entities(f"[{first},{second}]").by_uid) == 1
    store([entity("Action:x", "N::Action:b"), entity("User:u", "Action:x")])


def test_writing_lists_all_ancestors_and_reads_back_to_the_same() -> None:
    values = '{"d":{"__extn":{"fn":"datetime","arg":"1969-12-31"}},"i":{"__extn":{"fn":"ip","arg":"::1/12"}},"s":[[1],"x"]}'
    document = one(attrs=values, parents='[{"type":"G","id":"1"}]')[:-1]
    text = f'{document},{{"uid":{{"type":"G","id":"1"}},"attrs":{{}},"parents":[{{"type":"G","id":"2"}}]}}]'
    entities = read_entities(text)
    written = write_json(entities_to_json(entities))
    assert json.loads(written)[1]["parents"] == [{"type": "G", "id": "1"}, {"type": "G", "id": "2"}]
    again = read_entities(written)
    assert {e.uid: (e.attrs, e.tags) for e in again} == {e.uid: (e.attrs, e.tags) for e in entities}
    assert all(again.ancestors(uid) == entities.ancestors(uid) for uid in entities.by_uid)


REQUEST = '{"principal":%s,"action":{"type":"Action","id":"x"},"resource":{"type":"R","id":"r"}%s}'


def test_requests() -> None:
    assert read_request(REQUEST % (A, "")).context == Record({})
    assert read_request(REQUEST % (A, ',"context":{"a":[1]}')).context == Record(
        {"a": Set(frozenset([Long(1)]))}
    )
    read_request(REQUEST % (A, ',"context":{"a":' + "[" * 126 + "]" * 126 + "}"))


def test_uids_of_requests_as_texts() -> None:
    """Both forms may occur in one request."""
    assert read_request(REQUEST % ('"User::\\"a\\""', "")) == read_request(REQUEST % (A, ""))
    texts = r'{"principal":"User::\"a\"","action":"A::Action::\"x\"","resource":"R::\"\\n\"","context":{}}'
    request = read_request(texts)
    assert request.action == EntityUid("A::Action", "x")
    assert request.resource == EntityUid("R", "\n")


@pytest.mark.parametrize(
    ("request_text", "message"),
    [
        (REQUEST % ('" User::\\"a\\""', ""), "`principal`: expected an entity"),
        (REQUEST % ('"User::\\"\\\\x41\\""', ""), "`principal`: expected the spelling"),
        (REQUEST % (A, ',"contxt":{}'), "there is no key 'contxt'"),
    ],
)
def test_a_refused_request_names_the_member(request_text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_request(request_text)


@pytest.mark.parametrize(
    "text",
    [
        "{}", "[]", REQUEST % ('"User::\\"a\\"//"', ""), REQUEST % ('"User"', ""), REQUEST % (A, ',"contxt":{}'), REQUEST % (A, ',"context":[]'), REQUEST % (A, ',"context":null'),
        REQUEST % (A, ',"context":{"__entity":{"type":"User","id":"a"}}'), REQUEST % (A, ',"context":{"a":null}'),
        REQUEST % (A, ',"context":{"a":1,"a":2}'), REQUEST % (A, ',"context":{"a":{"b":1,"b":2}}'),
        REQUEST % (A, ',"context":{"a":' + "[" * 127 + "]" * 127 + "}"), REQUEST % (A, ',"principal":1'),
    ],
)  # fmt: skip
def test_no_requests(text: str) -> None:
    with pytest.raises(InputError, match="request"):
        read_request(text)


def test_json_errors_name_line_and_column() -> None:
    with pytest.raises(InputError, match="line 2, column 8: the key 'a' is repeated"):
        read_json('{"a": 1,\n "b":2,"a":3}', "policies")


def test_numbers_that_are_no_longs_keep_their_spelling() -> None:
    assert read_json("[1.0, -0, 1e2, 12345678901234567890]", "policies") == [
        Number("1.0"), Number("-0"), Number("1e2"), Number("12345678901234567890"),
    ]  # fmt: skip
