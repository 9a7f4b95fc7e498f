"""JSON documents with a repeated key are reduced to what a document of their kind must have."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from drt.engines.reference_engine import ReferenceEngine
from drt.model.case import Case, Source
from drt.model.outcome import Accepted, Outcome, Rejected
from drt.model.question import ReadEntities, ReadPolicies, ReadSchema
from drt.reduce import reduce_case
from drt.reduce.problem import Problem
from drt.reduce.repeated import hoist_repeated_keys

POLICY = """{"effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"},
    "resource": {"op": "All"}, "conditions": [{"kind": "when", "body": {"==": {"left": {"Value": 1},
    "right": {"Record": {"a": {"Value": 1}, "b": {"Value": 2}, "a": {"Value": 3}}}}}}]}"""
SCHEMA = """{"N": {"commonTypes": {}, "entityTypes": {"U": {"memberOfTypes": ["G"], "shape": {
    "type": "Record", "attributes": {"a": {"type": "Long"}, "b": {"type": "Record", "attributes":
    {"c": {"type": "String"}, "c": {"type": "Long"}}}}}}, "G": {}}, "actions": {"view": {"appliesTo":
    {"principalTypes": ["U"], "resourceTypes": ["G"]}}}}}"""
ENTITIES = """[{"uid": {"type": "U", "id": "alice"}, "attrs": {"name": "x", "dept": {"a": 1, "b": [2, {"c": 1,
    "c": 2}]}}, "parents": [{"type": "G", "id": "g"}], "tags": {"t": "v"}},
    {"uid": {"type": "G", "id": "g"}, "attrs": {}, "parents": []}]"""


@pytest.mark.parametrize("part", ["policies", "schema"])
def test_a_repeated_key_deep_inside_is_moved_to_the_top(part: str) -> None:
    deep = '{"a": {"b": {"c": [{"d": 1, "e": [2], "d": {"f": 3}}]}}, "g": {}, "h": []}'
    case = Case(Source(deep if part == "policies" else "{}", "json"), schema=Source(deep, "json"))

    def repeats(candidate: Case) -> bool:
        source = getattr(candidate, part)
        return source is not None and _has_a_key_twice(source.text)

    reduced = reduce_case(case, repeats, 10.0)
    assert len(getattr(reduced, part).text) < 60
    assert _has_a_key_twice(getattr(reduced, part).text)


ENTITY = {"uid": {"type": "a", "id": "a"}, "attrs": {}, "parents": []}
LEAST = {
    "policies": {"staticPolicies": {}, "templates": {}, "templateLinks": []},
    "schema": {"a": {"entityTypes": {}, "actions": {}}},
    "entities": [ENTITY],
}
"""What a document of each kind must have (spec 06 §1, 07, 05 §2.4)."""


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("policies", f'{{"staticPolicies": {{"p": {POLICY}}}, "templates": {{}}, "templateLinks": []}}'),
        ("schema", SCHEMA),
        ("entities", ENTITIES),
    ],
)
def test_a_key_that_is_read_twice_stands_in_the_least_document(part: str, text: str) -> None:
    reader = ReferenceEngine()

    def read(candidate: Case, plain: Callable[[str], str]) -> Outcome | None:
        match part:
            case "policies":
                return reader.ask(ReadPolicies(Source(plain(candidate.policies.text), "json")))
            case "schema":
                schema = candidate.schema
                return None if schema is None else reader.ask(ReadSchema(Source(plain(schema.text), "json")))
        return reader.ask(ReadEntities(plain(candidate.entities), None))

    def once(text: str) -> str:
        try:
            return json.dumps(json.loads(text))
        except ValueError:
            return text

    def differs(candidate: Case) -> bool:
        return isinstance(read(candidate, str), Rejected) and isinstance(read(candidate, once), Accepted)

    case = Case(
        Source(text if part == "policies" else "{}", "json"),
        text if part == "entities" else "[]",
        Source(text, "json") if part == "schema" else None,
    )
    reduced = reduce_case(case, differs, 20.0)
    source = reduced.schema if part == "schema" else reduced.policies
    small = reduced.entities if source is None or part == "entities" else source.text
    assert json.loads(small) == LEAST[part]
    assert len(small) <= len(json.dumps(LEAST[part], separators=(",", ":"))) + len(',"templates":true')


def _has_a_key_twice(text: str) -> bool:
    found: list[bool] = []

    def look(pairs: list[tuple[str, object]]) -> None:
        found.append(len(dict(pairs)) < len(pairs))

    try:
        json.loads(text, object_pairs_hook=look)
    except ValueError:
        return False
    return any(found)


def test_a_document_nested_too_deep_for_the_pass_is_left_to_the_others() -> None:
    deep = '{"a": ' * 400 + '{"b": 1, "b": 2}' + "}" * 400
    case = Case(Source("{}", "json"), entities=deep)
    problem = Problem(case, lambda candidate: candidate.entities.startswith('{"a"'), 5.0)
    hoist_repeated_keys(problem)
    assert problem.best == case
