"""Policies in JSON, both ways (spec 06)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reference.entities import EMPTY
from reference.errors import EvaluationError, InputError
from reference.evaluator import evaluate
from reference.json.policies import parse_policy_set
from reference.json.policy_writer import policy_set_to_json
from reference.json.writer import write_json
from reference.policy_set import from_bodies
from reference.request import Request
from reference.syntax import Expr
from reference.text.expression_printer import print_expression
from reference.text.parser import parse_policies
from reference.values import EntityUid, Record

ALL = {"op": "All"}
REQUEST = Request(EntityUid("U", "a"), EntityUid("Action", "x"), EntityUid("R", "r"), Record({}))


def policy(**parts: Any) -> dict[str, Any]:
    return {"effect": "permit", "principal": ALL, "action": ALL, "resource": ALL, "conditions": [], **parts}


def document(static: Any = None, templates: Any = None, links: Any = None, **more: Any) -> str:
    return json.dumps(
        {"staticPolicies": static or {}, "templates": templates or {}, "templateLinks": links or [], **more}
    )


def expression(body: Any) -> Expr:
    text = document({"p": policy(conditions=[{"kind": "when", "body": body}])})
    return parse_policy_set(text).static["p"].clauses[0].body


def loads(**parts: Any) -> bool:
    return accepted(document({"p": policy(**parts)}))


def accepted(text: str) -> bool:
    try:
        parse_policy_set(text)
    except InputError:
        return False
    return True


CONTEXT = {"Var": "context"}
ONE, TWO = {"Value": 1}, {"Value": 2}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"neg": {"arg": ONE}}, "-(1)"),
        ({"contains": {"left": ONE, "right": TWO}}, "1.contains(2)"),
        ({".": {"left": CONTEXT, "attr": "a b"}}, 'context["a b"]'),
        ({"has": {"left": CONTEXT, "attr": ["a", "b"]}}, "context has a.b"),
        ({"has": {"left": CONTEXT, "attr": ["if"], "x": 1}}, 'context has "if"'),
        ({"has": {"left": CONTEXT, "attr": ["a b", "if"]}}, 'context has "a b" && context["a b"] has "if"'),
        ({"Record": {"b c": TWO, "a": ONE}}, '{a: 1, "b c": 2}'),
        ({"offset": [ONE, TWO]}, "1.offset(2)"),
        ({"is": {"left": ONE, "entity_type": "A", "in": None}}, "1 is A"),
        ({"-": {"left": ONE, "right": {"Value": -1}}}, "1 - -1"),
        ({"Record": {"__entity": ONE}}, "{__entity: 1}"),
        ({"Value": {"__extn": {"fn": "offset", "args": ["a", "b"]}}}, '"a".offset("b")'),
        ({"Value": {"__extn": {"fn": "ip", "arg": "a", "args": ["b"], "z": 1}}}, 'ip("a")'),
        ({"Value": {"__extn": {"fn": "ip", "args": []}}}, "ip()"),
        ({"Value": {"__extn": {"fn": "ip"}}}, '{__extn: {fn: "ip"}}'),
        ({"Value": {"__expr": "1", "a": 1}}, '{__expr: "1", a: 1}'),
        ({"Value": {"__entity": {"type": "A", "id": "x", "q": None}}}, 'A::"x"'),
        ({"like": {"left": CONTEXT, "pattern": ["Wildcard", {"Literal": "a*"}]}}, 'context like "*a\\*"'),
        ({"ip": []}, "ip()"),
        ({"Value": [-1, {"if": [True]}]}, '[-1, {"if": [true]}]'),
    ],
)
def test_expressions_and_their_text(body: Any, text: str) -> None:
    assert print_expression(expression(body)).replace("(-1)", "-1") == text


@pytest.mark.parametrize(
    "body",
    [
        {}, 5, {"==": {"left": ONE}}, {"==": {"left": ONE, "right": TWO, "x": 1}},
        {"==": {"left": ONE, "right": TWO}, "<": {"left": ONE, "right": TWO}}, {"Record": {"a": 1}},
        {"is": {"left": ONE, "entity_type": "A::if"}}, {"is": {"left": ONE, "entity_type": "A :: B"}},
        {"-": {"arg": ONE}}, {"isEmpty": {"left": ONE}}, {"!": ONE}, {"==": [ONE, ONE]}, {"Slot": "?principal"},
        {"like": {"left": ONE, "pattern": ["wildcard"]}}, {"like": {"left": ONE, "pattern": "a"}},
        {"like": {"left": ONE, "pattern": [{"Literal": "a", "x": 1}]}}, {"like": {"left": ONE, "pattern": [{}]}},
        {".": {"left": ONE, "attr": ["a"]}}, {"has": {"left": ONE, "attr": ["a", 1]}}, {"Var": "?principal"},
        {"has": {"left": ONE, "attr": []}}, {"Var": ["principal"]}, {"/": {"left": ONE, "right": ONE}},
        {"foo": [ONE]}, {"ip": ONE}, {"NS::ip": []}, {"ip ": []}, {"unknown": [ONE]}, {"error": []},
        {"Value": None}, {"Value": 1.5}, {"Value": 2**63}, {"Value": {"__expr": "a"}},
        {"Value": {"__entity": {"type": "A b", "id": "x"}}}, {"Value": {"__extn": {"fn": "nope", "arg": "a"}}},
        {"Value": {"__extn": {"fn": "ip", "arg": None, "args": ["a"]}}},
        {"Value": {"__entity": {"type": "A", "id": "x", "q": 1.5}}},
    ],
)  # fmt: skip
def test_no_expressions(body: Any) -> None:
    with pytest.raises(InputError, match="policies"):
        expression(body)


def test_a_method_without_receiver_errs_and_has_no_text() -> None:
    call = expression({"isIpv4": []})
    with pytest.raises(EvaluationError, match="arity"):
        evaluate(call, REQUEST, EMPTY)
    with pytest.raises(InputError, match="isIpv4"):
        print_expression(call)


UID = {"type": "A", "id": "x"}
ACTION = {"type": "N::Action", "id": "x"}


@pytest.mark.parametrize(
    "scope",
    [
        {"op": "all"}, {"op": "All", "x": 1, "slot": "?principal"}, {"op": "==", "entity": {"__entity": UID}},
        {"op": "in", "entity": UID, "slot": 1}, {"op": "is", "entity_type": "A::B", "in": None},
        {"op": "is", "entity_type": "A", "in": {"entity": UID, "x": 1}},
        {"op": "==", "entity": {"__entity": 1, "type": "B", "id": "y"}},
    ],
)  # fmt: skip
def test_scopes(scope: Any) -> None:
    assert loads(principal=scope)


@pytest.mark.parametrize(
    "scope",
    [
        {}, {"op": "=="}, {"op": "==", "entity": None, "slot": "?principal"}, {"op": "==", "slot": "?principal"},
        {"op": "is", "entity_type": "A", "entity": UID}, {"op": "is", "entity_type": "A::if"}, ["All"], "All",
        {"op": "!=", "entity": UID}, {"op": "==", "entity": {"type": "A :: B", "id": "x"}},
        {"op": "==", "entity": {**UID, "__expr": "x"}}, {"op": "in", "entity": 'A::"x"'},
    ],
)  # fmt: skip
def test_no_scopes(scope: Any) -> None:
    assert not loads(principal=scope)


def test_actions() -> None:
    assert loads(action={"op": "==", "entity": ACTION, "slot": "?principal", "x": 1})
    assert loads(action={"op": "in", "entity": ACTION, "entities": 5})
    assert loads(action={"op": "in", "entities": []})
    assert not loads(action={"op": "in", "entity": 5, "entities": [ACTION]})
    assert not loads(action={"op": "in", "entities": [UID]})
    assert not loads(action={"op": "==", "entities": [ACTION]})
    assert not loads(action={"op": "is", "entity_type": "Action"})
    assert not loads(action={"op": "==", "slot": "?action"})


def test_policies() -> None:
    assert loads(annotations={"a": None, "if": "x", "__cedar": ""})
    assert not loads(annotations=None)
    assert not loads(annotations={"a b": ""})
    assert not loads(annotations={"a": 1})
    assert not loads(effect="Permit")
    assert not loads(effect={"permit": None})
    assert not loads(extra=1)
    assert not loads(conditions=None)
    assert not loads(conditions=[{"kind": "where", "body": ONE}])
    assert not loads(conditions=[{"kind": "when", "body": ONE, "x": 1}])


TEMPLATE = policy(principal={"op": "==", "slot": "?principal"})


def link(**changes: Any) -> dict[str, Any]:
    return {"templateId": "t", "newId": "l", "values": {"?principal": UID}, **changes}


def test_policy_sets() -> None:
    assert accepted(document({"": policy()}, {"t": TEMPLATE}, [link()]))
    assert accepted(document({}, {"t": policy()}, [link(values={})]))
    for refused in (
        link(templateId="nope"), link(values={}), link(values={"?principal": UID, "?resource": UID}),
        link(values={"?foo": UID}), link(newId="t"), link(newId="s"), link(templateId="s", values={}), link(x=1),
        {"templateId": "t", "newId": "l"}, 5,
    ):  # fmt: skip
        assert not accepted(document({"s": policy()}, {"t": TEMPLATE}, [refused])), refused
    assert not accepted(document({}, {"t": TEMPLATE}, [link(), link()]))
    assert not accepted(document({"s": TEMPLATE}))
    assert not accepted(document({"t": policy()}, {"t": TEMPLATE}))
    assert not accepted(document(x=1))
    assert not accepted('{"staticPolicies":{},"templates":{}}')
    assert not accepted('{"staticPolicies":[],"templates":{},"templateLinks":[]}')


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "\ufeff" + text, lambda text: text + "x", lambda text: text.replace("}", ",}", 1),
        lambda text: text.replace('"p"', '"p":{},"p"'), lambda text: text.replace('"op"', '"op":"All","op"', 1),
        lambda text: text.replace('"op"', '"x":1e400,"op"', 1), lambda text: text.replace('"op"', '"x":"\\ud800","op"', 1),
        lambda text: text.replace('"op"', '"x":NaN,"op"', 1), lambda text: text.replace('"op"', '"x":1,"x":2,"op"', 1),
    ],
)  # fmt: skip
def test_documents_are_strict_json(damage: Any) -> None:
    text = document({"p": policy()})
    assert accepted(text)
    assert damage(text) != text
    assert not accepted(damage(text))


def test_sixty_levels_of_operators_load_and_sixty_one_do_not() -> None:
    def nested(levels: int) -> Any:
        body: Any = {"Value": True}
        for _ in range(levels):
            body = {"!": {"arg": body}}
        return body

    assert loads(conditions=[{"kind": "when", "body": nested(60)}])
    assert not loads(conditions=[{"kind": "when", "body": nested(61)}])


def test_the_full_example() -> None:
    text = r"""
    @a("b") @c
    permit(principal is A in B::"x", action in [Action::"a"], resource)
    when { context has a.b && principal like "x*\*y" && !(1 > 2) }
    unless { principal is User in resource };"""
    policies = from_bodies(parse_policies(text))
    written = policy_set_to_json(policies)
    again = parse_policy_set(write_json(written))
    assert policy_set_to_json(again) == written
    found = json.loads(write_json(written))["staticPolicies"]["policy0"]
    assert found["annotations"] == {"a": "b", "c": None}
    assert found["action"] == {"op": "in", "entity": {"type": "Action", "id": "a"}}
    first = found["conditions"][0]["body"]["&&"]
    assert first["right"] == {"!": {"arg": {">": {"left": ONE, "right": TWO}}}}
    assert first["left"]["&&"]["left"] == {"has": {"left": CONTEXT, "attr": ["a", "b"]}}
    assert found["conditions"][1]["body"]["is"] == {
        "left": {"Var": "principal"}, "entity_type": "User", "in": {"Var": "resource"},
    }  # fmt: skip
