"""Documents of the same meaning have one form, and those of our engines are in it already."""

from __future__ import annotations

import json

import pytest

from drt.engines.answers import BadAnswer, read_outcome
from drt.engines.production_engine import ProductionEngine
from drt.engines.reference_engine import ReferenceEngine
from drt.model.case import Case, Inquiry, Request, Source
from drt.model.engine import NotLoaded
from drt.model.outcome import Accepted, Answered, Evaluated, Outcome
from drt.model.question import QUESTIONS, Answer, Evaluate, ReadEntities, ReadPolicies, ReadSchema
from drt.targets.table import TARGETS
from drt.targets.target import Target
from generators.choice.sources import RecordingSource

ENTITIES = """[{"uid": {"type": "U", "id": "b"}, "attrs": {"s": [3, 1, "a", 1, {"k": 1}, {"__entity":
    {"type": "U", "id": "b"}}], "d": {"__extn": {"fn": "decimal", "arg": "-00.5"}}, "i": {"__extn": {"fn": "ip",
    "arg": "FE80:0::1/64"}}, "v": {"__extn": {"fn": "ip", "arg": "1.2.3.4"}}, "t": {"__extn": {"fn": "datetime",
    "arg": "1969-12-31T23:59:59.999+0130"}}, "u": {"__extn": {"fn": "duration", "arg": "-1d2h3m4s5ms"}},
    "z": {"__extn": {"fn": "decimal", "arg": "-0.0"}}}, "parents": [{"__entity": {"type": "U", "id": "c"}},
    {"type": "U", "id": "a"}], "tags": {}}, {"uid": {"__entity": {"type": "U", "id": "a"}}, "attrs": {},
    "parents": [], "tags": {"x": [2, 1]}}, {"uid": {"type": "U", "id": "z"}, "attrs": {"__extn": {"fn": "decimal",
    "arg": "1.0"}, "y": {"__extn": {"fn": "datetime", "arg": "0000-02-29"}}}, "parents": []}]"""
POLICIES = """{"staticPolicies": {"p": {"effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"},
    "resource": {"op": "All"}, "annotations": {}, "conditions": [{"kind": "when", "body": {"==": {"left":
    {"Value": {}}, "right": {"like": {"left": {"Value": [1, {"a": true}, {"__extn": {"fn": "decimal",
    "arg": "1.0"}}]}, "pattern": [{"Literal": "ab"}, "Wildcard", {"Literal": ""}, {"Literal": "c"}]}}}}}]}},
    "templates": {}, "templateLinks": []}"""


BARE: dict[str, object] = {"conditions": []}
NO_TEMPLATES: dict[str, object] = {"templates": {}, "templateLinks": []}


def as_read(ask: str, document: str) -> Outcome:
    return read_outcome(QUESTIONS[ask], {"outcome": "Accepted", "canonical": document})


@pytest.mark.parametrize("engine", [ReferenceEngine(), ProductionEngine()])
def test_a_document_is_compared_by_its_meaning(engine: ReferenceEngine | ProductionEngine) -> None:
    for ask, document, read in (
        ("read_entities", ENTITIES, engine.ask(ReadEntities(ENTITIES, None))),
        ("read_policies", POLICIES, engine.ask(ReadPolicies(Source(POLICIES, "json")))),
    ):
        assert isinstance(read, Accepted)
        answer = as_read(ask, document)
        assert isinstance(answer, Accepted)
        assert json.loads(answer.canonical) == json.loads(read.canonical)
        assert answer.canonical == read.canonical


@pytest.mark.parametrize(
    "other",
    [
        ENTITIES.replace("[3, 1,", "[4, 1,"),
        ENTITIES.replace('"-00.5"', '"0.5"'),
        ENTITIES.replace('"tags": {"x"', '"tags": {"y"'),
        ENTITIES.replace('{"type": "U", "id": "a"}]', '{"type": "U", "id": "d"}]'),
        ENTITIES.replace("-1d2h", "-1d3h"),
        ENTITIES.replace("+0130", "-0130"),
        ENTITIES.replace("::1/64", "::1/65"),
    ],
)
def test_another_meaning_has_another_form(other: str) -> None:
    assert other != ENTITIES
    assert as_read("read_entities", other) != as_read("read_entities", ENTITIES)


@pytest.mark.parametrize(
    "text", ["[]", "[1]", '[{"uid": 1}]', "{}", "7", '[{"uid": {}, "attrs": {}, "parents": [1]}]']
)
def test_what_has_no_such_form_is_left_as_it_is(text: str) -> None:
    read = as_read("read_entities", text)
    assert isinstance(read, Accepted)
    assert json.loads(read.canonical) == json.loads(text)


def offset(date: str, duration: str) -> str:
    calls = [{"__extn": {"fn": fn, "arg": arg}} for fn, arg in (("datetime", date), ("duration", duration))]
    value = {"__extn": {"fn": "offset", "args": calls}}
    return json.dumps([{"uid": {"type": "U", "id": "a"}, "attrs": {"t": value}, "parents": []}])


def test_a_datetime_may_be_an_offset_from_any_other() -> None:
    read = ReferenceEngine().ask(ReadEntities(offset("1970-01-01", "25h"), None))
    assert as_read("read_entities", offset("1970-01-02", "1h")) == read
    assert as_read("read_entities", offset("1970-01-03", "-23h")) == read
    assert as_read("read_entities", offset("1970-01-02", "2h")) != read


def test_ancestors_that_parents_imply_need_not_be_listed() -> None:
    def chain(*parents: str) -> str:
        above = [{"type": "U", "id": one} for one in parents]
        ids = (("a", above), ("b", [{"type": "U", "id": "c"}]))
        entities = [{"uid": {"type": "U", "id": one}, "attrs": {}, "parents": given} for one, given in ids]
        return json.dumps(entities)

    read = ReferenceEngine().ask(ReadEntities(chain("b"), None))
    assert as_read("read_entities", chain("b")) == as_read("read_entities", chain("c", "b")) == read
    assert as_read("read_entities", chain("c")) != read


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ({"__extn": {"fn": "ip", "arg": "::"}}, {"ip": [{"Value": "::"}]}),
        ({"__extn": {"fn": "ip", "arg": "::", "args": [], "z": 1}}, {"ip": [{"Value": "::"}]}),
        ({"__extn": {"fn": "offset", "args": [1]}}, {"offset": [{"Value": 1}]}),
        (
            {"__extn": {"fn": "ip", "arg": "::"}, "z": 1},
            {
                "Record": {
                    "__extn": {"Record": {"fn": {"Value": "ip"}, "arg": {"Value": "::"}}},
                    "z": {"Value": 1},
                }
            },
        ),
        (
            {"__entity": {"type": "A", "id": "a", "z": 1}},
            {"Value": {"__entity": {"type": "A", "id": "a"}}},
        ),
    ],
)
def test_an_escape_of_a_policy_stands_alone(value: object, meant: object) -> None:
    read = as_read("read_expression", json.dumps({"Value": value}))
    assert isinstance(read, Accepted)
    assert json.loads(read.canonical) == meant
    policy = {
        "effect": "permit",
        **{name: {"op": "All"} for name in ("principal", "action", "resource")},
        "conditions": [{"kind": "when", "body": {"Value": value}}],
    }
    document = json.dumps({"staticPolicies": {"p": policy}, "templates": {}, "templateLinks": []})
    assert as_read("read_policies", document) == ReferenceEngine().ask(ReadPolicies(Source(document, "json")))


def test_names_mean_nothing() -> None:
    """Fields, policies and attributes may be called like an operator."""
    for ask, form in (
        (
            "read_expression",
            {"Record": {"Value": {"Value": True}, "like": {"Record": {"Value": {"Set": []}}}}},
        ),
        ("read_policies", {"staticPolicies": {"Value": BARE, "annotations": BARE}} | NO_TEMPLATES),
        ("read_entities", [{"uid": {"type": "U", "id": "u"}, "attrs": {"__extn": {}}, "parents": []}]),
    ):
        read = as_read(ask, json.dumps(form))
        assert isinstance(read, Accepted)
        assert json.loads(read.canonical) == form


def test_what_our_engines_write_is_in_that_form() -> None:
    engines = (ReferenceEngine(), ProductionEngine())
    target: Target = TARGETS["authorize"]
    seen = 0
    for seed in range(60):
        case = target.draw(RecordingSource(seed, (), seed))
        for engine in engines:
            for ask, read in (
                ("read_entities", engine.ask(ReadEntities(case.entities, None))),
                ("read_policies", engine.ask(ReadPolicies(case.policies))),
            ):
                if isinstance(read, Accepted):
                    seen += 1
                    assert as_read(ask, read.canonical) == Accepted(read.canonical)
    assert seen > 60


SCHEMA = """type T = {a: Long, b?: Set<User>, c: N::C, "d": decimal, e: __cedar::Bool};
    namespace N { type C = {x: User}; entity U in [User, U] {x: T} tags String; entity E enum ["b", "a", "b"];
    action a in [Action::"w"] appliesTo {principal: [U], resource: [User]}; } external entity X in [User];
    entity User; action v in [w] appliesTo {principal: User, resource: N::U, context: T}; action w;"""
RESOLVED = {
    "": {
        "commonTypes": {
            "T": {
                "type": "Record",
                "attributes": {
                    "a": {"type": "Long"},
                    "b": {"type": "Set", "element": {"type": "Entity", "name": "User"}, "required": False},
                    "c": {"type": "N::C"},
                    "d": {"type": "__cedar::decimal"},
                    "e": {"type": "Boolean"},
                },
            }
        },
        "entityTypes": {"User": {}, "X": {"external": True, "memberOfTypes": ["User"]}},
        "actions": {
            "v": {
                "memberOf": [{"id": "w"}],
                "appliesTo": {
                    "principalTypes": ["User"],
                    "resourceTypes": ["N::U"],
                    "context": {"type": "T"},
                },
            },
            "w": {},
        },
    },
    "N": {
        "commonTypes": {
            "C": {"type": "Record", "attributes": {"x": {"type": "Entity", "name": "User", "required": True}}}
        },
        "entityTypes": {
            "U": {
                "memberOfTypes": ["N::U", "User"],
                "shape": {"type": "Record", "attributes": {"x": {"type": "T"}}},
                "tags": {"type": "String"},
            },
            "E": {"enum": ["a", "b"]},
        },
        "actions": {
            "a": {
                "memberOf": [{"id": "w", "type": "Action"}],
                "appliesTo": {"principalTypes": ["N::U"], "resourceTypes": ["User"]},
            }
        },
    },
}


@pytest.mark.parametrize("engine", [ReferenceEngine(), ProductionEngine()])
def test_a_schema_in_cedars_format_is_the_schema(engine: ReferenceEngine | ProductionEngine) -> None:
    assert as_read("read_schema", json.dumps(RESOLVED)) == engine.ask(ReadSchema(Source(SCHEMA)))


@pytest.mark.parametrize("engine", [ReferenceEngine(), ProductionEngine()])
def test_a_schema_whose_types_are_not_resolved_is_the_schema(
    engine: ReferenceEngine | ProductionEngine,
) -> None:
    def named(name: str) -> dict[str, str]:
        return {"type": "EntityOrCommon", "name": name}

    text = """type Long_ = Long; entity User; namespace N { type C = {x: User, y: U, z: D, n: Long_}; type D = Set<U>;
        entity U in [User, U] {x: C, t: datetime, l: Long}; action a appliesTo {principal: U, resource: User}; }"""
    fields = {"x": named("User"), "y": named("U"), "z": named("D"), "n": named("Long_")}
    written = {
        "": {"commonTypes": {"Long_": named("Long")}, "entityTypes": {"User": {}}, "actions": {}},
        "N": {
            "commonTypes": {
                "C": {"type": "Record", "attributes": fields},
                "D": {"type": "Set", "element": named("U")},
            },
            "entityTypes": {
                "U": {
                    "memberOfTypes": ["User", "U"],
                    "shape": {
                        "type": "Record",
                        "attributes": {"x": named("C"), "t": named("datetime"), "l": named("__cedar::Long")},
                    },
                }
            },
            "actions": {"a": {"appliesTo": {"principalTypes": ["U"], "resourceTypes": ["User"]}}},
        },
    }
    assert as_read("read_schema", json.dumps(written)) == engine.ask(ReadSchema(Source(text)))


def test_a_list_of_one_action_is_that_action() -> None:
    uid = {"type": "Action", "id": "a"}
    body = {"effect": "permit", "principal": {"op": "All"}, "resource": {"op": "All"}, "conditions": []}

    def document(action: object) -> str:
        return json.dumps(
            {"staticPolicies": {"p": body | {"action": action}}, "templates": {}, "templateLinks": []}
        )

    one = as_read("read_policies", document({"op": "in", "entities": [uid]}))
    assert one == as_read("read_policies", document({"op": "in", "entity": uid}))
    assert one != as_read("read_policies", document({"op": "in", "entities": [uid, uid]}))


def test_a_schema_of_another_meaning_has_another_form() -> None:
    other = json.dumps(RESOLVED).replace('"required": false', '"required": true')

    assert as_read("read_schema", other) != as_read("read_schema", json.dumps(RESOLVED))


def test_a_schema_that_is_not_resolved_is_no_answer() -> None:
    with pytest.raises(BadAnswer, match="a type is not resolved"):
        as_read("read_schema", json.dumps(RESOLVED).replace("N::C", "N::D"))


ANYONE = Request(
    '{"principal": {"type": "U", "id": "a"}, "action": {"type": "A", "id": "a"}, "resource": {"type": "U", "id": "a"}}'
)


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        ('[1, true, "\\u{1F600}", U::"x"]', [{"__entity": {"id": "x", "type": "U"}}, "\U0001f600", True, 1]),
        ('{a: {}, "b c": [[]]}', {"b c": [[]], "a": {}}),
        ('decimal("-0.5")', {"__extn": {"fn": "decimal", "arg": "-00.50"}}),
        ('ip("10.0.0.1/8")', {"__extn": {"fn": "ip", "arg": "10.0.0.1/8"}}),
        ('ip("::1")', {"__extn": {"fn": "ip", "arg": "0:0::1/128"}}),
        ('datetime("1970-01-02")', {"__extn": {"fn": "datetime", "arg": "1970-01-02T01:00:00+0100"}}),
        (
            'datetime("1969-12-31")',
            {
                "__extn": {
                    "fn": "offset",
                    "args": [
                        {"__extn": {"fn": "datetime", "arg": "1970-01-01"}},
                        {"__extn": {"fn": "duration", "arg": "-1d"}},
                    ],
                }
            },
        ),
        ('duration("1m")', {"__extn": {"fn": "duration", "arg": "60s"}}),
    ],
)
def test_a_value_may_be_json(expression: str, written: object) -> None:
    session = ReferenceEngine().load(Case(Source("")))
    assert not isinstance(session, NotLoaded)

    answer = read_outcome(Evaluate, {"outcome": "Evaluated", "json": written})

    assert answer == session.ask(Evaluate(expression, ANYONE))
    assert answer != Evaluated("")


@pytest.mark.parametrize("written", [None, 1.5, {"__extn": {"fn": "decimal", "arg": "x"}}, {"__extn": 1}])
def test_what_is_no_value_is_no_answer(written: object) -> None:
    with pytest.raises(BadAnswer, match="value"):
        read_outcome(Evaluate, {"outcome": "Evaluated", "json": written})


def test_answers_hold_their_sets_in_any_order() -> None:
    inquiry = Inquiry((Source(SCHEMA),), Source('permit(principal, action, resource in N::U::"a");'))
    ours = ProductionEngine().ask(Answer(inquiry))
    assert isinstance(ours, Answered)
    document = json.loads(ours.answers)
    for name in ("principals", "actions", "request_envs", "actions_for_principal_and_resource"):
        document["schema"][name] = document["schema"][name][::-1] + document["schema"][name][:1]
    document["policies"]["policy0"]["valid_request_envs"].reverse()

    assert read_outcome(Answer, {"outcome": "Answered", "answers": json.dumps(document)}) == ours
    document["schema"]["principals"] = ["User"]
    assert read_outcome(Answer, {"outcome": "Answered", "answers": json.dumps(document)}) != ours
