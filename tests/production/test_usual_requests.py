"""Requests read in one pass are those that the careful readers read; JSON text always goes to the latter."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from production import Request, RequestError, Schema, Uid
from production.documents.usual_requests import Unusual, usual_record, usual_request

SCHEMA = Schema.from_cedar(
    """entity U, Free; entity E enum ["one"]; entity Far;
    action a, b appliesTo { principal: [U, E], resource: [U, E], context: {
        flag?: Bool, n?: Long, s?: String, who?: U, one?: E, act?: Action, ip?: ipaddr, t?: datetime,
        texts?: Set<String>, many?: Set<Set<Long>>, people?: Set<U>, inner?: { n: Long, inner?: { s: String } },
    } };
    action needs appliesTo { principal: U, resource: U, context: { n: Long } };"""
)
HELD = [
    Uid(type_name, name) for type_name in ("U", "E", "Free", "Action") for name in ("a", "one", "b", "needs")
]

UIDS: list[Any] = [
    {"type": "U", "id": "a"},
    {"type": "U", "id": "unseen"},
    {"type": "U", "id": "ä"},
    {"type": "E", "id": "one"},
    {"type": "E", "id": "a"},
    {"type": "Free", "id": "a"},
    {"type": "Action", "id": "a"},
    {"type": "not a name", "id": "a"},
    {"type": "U", "id": 1},
    {"type": "U"},
    {"type": "U", "id": "a", "more": 1},
    {"__entity": {"type": "U", "id": "a"}},
    'U::"a"',
    None,
    3,
]
ACTIONS: list[Any] = [
    {"type": "Action", "id": "a"},
    {"type": "Action", "id": "needs"},
    {"type": "Action", "id": "other"},
]
DEEP: Any = 1
for _ in range(40):
    DEEP = {"inner": DEEP}
VALUES: list[Any] = [
    *UIDS[:10],
    *({"__entity": each} for each in UIDS[:8]),
    True,
    0,
    2**63 - 1,
    2**63,
    -(2**63),
    "text",
    "täxt",
    "10.0.0.1",
    "2024-01-01",
    {"__extn": {"fn": "ip", "arg": "10.0.0.1"}},
    {"__expr": "1"},
    [],
    ["a", "b", "a"],
    ["a", 1],
    [[1], [], [2, 1]],
    [{"type": "U", "id": "a"}, {"__entity": {"type": "U", "id": "a"}}],
    {"n": 1},
    {"n": 1, "inner": {"s": "x"}},
    {"n": True},
    {},
    DEEP,
    None,
]
NAMES = [
    "flag",
    "n",
    "s",
    "who",
    "one",
    "act",
    "ip",
    "t",
    "texts",
    "many",
    "people",
    "inner",
    "other",
    "ä",
    "__entity",
    "__expr",
]
CONTEXTS: list[Any] = [{name: value} for name, value in product(NAMES, VALUES)]
CONTEXTS += [{}, [], None, {"flag": True, "n": 1, "s": "x"}, {"__expr": 1, "s": "x"}]


def answer(read: Any, data: Any) -> object:
    try:
        made = read(data)
    except RequestError:
        return "refused"
    context = made.context
    return made.principal, made.action, made.resource, {name: _shown(context[name]) for name in context}


def _shown(value: Any) -> object:
    return value.__class__, repr(value), value


def request(principal: Any, action: Any, resource: Any, context: Any) -> dict[str, Any]:
    return {"principal": principal, "action": action, "resource": resource, "context": context}


REQUESTS = [request(UIDS[0], action, UIDS[0], context) for action, context in product(ACTIONS[:2], CONTEXTS)]
REQUESTS += [request(*uids, {"n": 1}) for uids in product(UIDS, ACTIONS, UIDS)]
for left_out in ("principal", "action", "context"):
    REQUESTS.append({name: node for name, node in REQUESTS[0].items() if name != left_out})
REQUESTS += [
    REQUESTS[0] | {"contxt": {}},
    {"contxt" if k == "context" else k: v for k, v in REQUESTS[0].items()},
]


def test_what_is_read_in_one_pass_is_what_the_careful_readers_read() -> None:
    for each in [*REQUESTS, *REQUESTS]:  # Environments are known from the second time on.
        text = json.dumps(each)
        assert answer(Request.from_dict, each) == answer(Request.from_json, text), text
        assert answer(SCHEMA.read_request, each) == answer(SCHEMA.read_request, text), text


@pytest.mark.parametrize("context", ["", "{}", '{"n": 1}'])
def test_a_context_that_is_a_text_belongs_to_python_alone(context: str) -> None:
    each = request(UIDS[0], ACTIONS[0], UIDS[0], context)
    assert answer(Request.from_dict, each) == answer(SCHEMA.read_request, each)
    assert answer(Request.from_json, json.dumps(each)) == "refused"
    assert answer(SCHEMA.read_request, json.dumps(each)) == "refused"


def test_usual_requests_are_read_in_one_pass() -> None:
    made, _ = usual_request(REQUESTS[0])
    assert (made.principal, made.action, made.resource) == (Uid("U", "a"), Uid("Action", "a"), Uid("U", "a"))
    SCHEMA.read_request(request(UIDS[0], ACTIONS[0], UIDS[0], {}))
    for context in (
        {"n": 1, "s": "x"},
        {"who": {"type": "U", "id": "a"}},
        {"texts": ["a"]},
        {"ip": "1.2.3.4"},
    ):
        usual = SCHEMA._types.usual(request(UIDS[0], ACTIONS[0], UIDS[0], context))
        assert usual.context == SCHEMA.read_request(json.dumps(REQUESTS[0] | {"context": context})).context


def test_cycles_and_foreign_classes_are_left_to_the_careful_readers() -> None:
    cycle: dict[str, Any] = {}
    cycle["again"] = cycle
    ring: list[Any] = []
    ring.append(ring)
    for odd in (
        cycle,
        {"ring": ring},
        {1: 1},
        {"f": 1.5},
        {"t": (1,)},
        {"text": type("Text", (str,), {})("x")},
    ):
        with pytest.raises(Unusual):
            usual_record(odd)


def test_a_request_made_of_a_dict_does_not_change_with_it() -> None:
    context = {"inner": {"n": 1}, "texts": ["a"]}
    for read in (Request.from_dict, SCHEMA.read_request):
        made = read(request(UIDS[0], ACTIONS[0], UIDS[0], context))
        shown = repr(made)
        context["inner"]["n"] = 2
        context["texts"].append("b")
        context["more"] = 1
        assert repr(made) == shown
        context = {"inner": {"n": 1}, "texts": ["a"]}
