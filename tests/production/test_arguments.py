"""What is passed to the engine is of the exact built-in classes, or refused in one sentence."""

from __future__ import annotations

import enum
import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock

import pytest

from production import (
    Authorizer,
    CedarError,
    Datetime,
    Decimal,
    Duration,
    Entities,
    Entity,
    IpAddress,
    PolicySet,
    Request,
    RequestError,
    Response,
    Schema,
    SetValue,
    Uid,
    entities_json,
    expression_json,
    format_policies,
    parse_expression,
    read_uid_json,
    translate_schema,
)

SCHEMA = Schema.from_cedar(
    'entity U; action "a" appliesTo { principal: U, resource: U, context: { status?: String, n?: Long } };'
)
STORE = Entities.from_json("[]")
U, A = Uid("U", "a"), Uid("Action", "a")
POLICIES = PolicySet.from_text(
    """permit(principal, action, resource);
    forbid(principal, action, resource) when { context has status && context.status == "banned" };
    forbid(principal, action, resource) when { context has status && ["banned"].contains(context.status) };
    forbid(principal, action, resource) when { context has n && context.n == 7 };"""
)
FORBID = POLICIES.statics["policy1"]
TEMPLATE = PolicySet.from_text("permit(principal == ?principal, action, resource);")


class Status(enum.StrEnum):
    BANNED = "banned"


class Level(enum.IntEnum):
    SEVEN = 7


class Sly(str):
    """A string that is equal to nothing."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 7

    def __str__(self) -> str:
        return "fine"


class Dict(dict[str, Any]):
    """A dict that shows nothing."""

    def items(self) -> Any:
        return ()

    def get(self, name: object, default: object = None) -> Any:
        return None


def members(**others: Any) -> dict[str, Any]:
    uid = {"type": "U", "id": "a"}
    return {"principal": uid, "action": {"type": "Action", "id": "a"}, "resource": uid} | others


READERS: list[Callable[[Any], Request]] = [
    lambda context: Request.from_dict(members(context=context)),
    lambda context: SCHEMA.read_request(members(context=context)),
    lambda context: Request(U, A, U, context),
]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "context",
    [
        {"status": Status.BANNED},
        {"n": Level.SEVEN},
        {"status": Sly("banned")},
        {Sly("status"): "banned"},
        {Sly("n"): Level.SEVEN},
        Dict(status="banned"),
    ],
)
@pytest.mark.parametrize("tier", ["machine", "generated", "auto"])
def test_subclasses_count_as_what_they_hold(read: Callable[[Any], Request], context: Any, tier: Any) -> None:
    request = read(context)
    authorizer = Authorizer(POLICIES, STORE, tier=tier)
    assert not any(authorizer.authorize(request).allowed for _ in range(60))
    assert all(part.__class__ in (str, int) for pair in request.context.items() for part in pair)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"q": [{1, 2}]}, r"context\.q\[0\]"),
        ({"q": [datetime(2024, 1, 1, tzinfo=UTC)]}, r"context\.q\[0\]"),
        ({"q": [float("nan")]}, r"context\.q\[0\]"),
        ({"q": ["a", 2**70]}, r"context\.q\[1\]"),
        ({"q": {"r": "\ud800"}}, r"context\.q\.r"),
        ({"q": {"\ud800": 1}}, r"context\.q"),
        ({"q": {1: 1}}, r"context\.q"),
        ({"q": b"bytes"}, r"context\.q"),
        ({"q": (1, 2)}, r"context\.q"),
        ({"q": None}, r"context\.q"),
        (None, "context"),
        ([1], "context"),
    ],
)
def test_what_is_no_value_is_refused_with_its_path(value: Any, path: str) -> None:
    with pytest.raises(RequestError, match=path) as refused:
        Request.from_dict(members(context=value))
    assert "\n" not in str(refused.value)
    with pytest.raises(CedarError, match=path.split(r"\[")[0]):
        Request(U, A, U, value)


def test_values_refuse_what_is_no_value() -> None:
    cyclic: dict[str, Any] = {}
    cyclic["again"] = cyclic
    for wrong in ([1.5], [[1]], [2**70], ["\ud800"], [None], [cyclic], 3, "text", {"a": 1}):
        with pytest.raises(CedarError):
            SetValue(wrong)
    assert SetValue([Sly("x"), Level.SEVEN]) == SetValue(["x", 7])
    with pytest.raises(CedarError):
        Request.from_dict(members(context=cyclic))


@pytest.mark.parametrize("unknown", ["contxt", "Context", "principals", ""])
def test_unknown_members_are_refused(unknown: str) -> None:
    wrong = members(**{unknown: {}})
    for read in (Request.from_dict, SCHEMA.read_request):
        with pytest.raises(RequestError, match="unknown member"):
            read(wrong)
    for read_text in (Request.from_json, SCHEMA.read_request):
        with pytest.raises(RequestError, match="unknown member"):
            read_text(json.dumps(wrong))


def test_uids_are_objects_or_normalized_texts() -> None:
    as_texts = {"principal": 'U::"a"', "action": 'Action::"a"', "resource": 'U::"a"'}
    for request in (
        Request.from_dict(as_texts),
        Request.from_dict(as_texts | {"principal": Sly('U::"a"')}),
    ):
        assert (request.principal, request.action, request.resource) == (U, A, U)
    for wrong in ('U::"a"//"', '(U::"a")', ' U :: "a"'):
        with pytest.raises(RequestError, match="principal"):
            Request.from_dict(as_texts | {"principal": wrong})


NAN = float("nan")
WRONG_CALLS: dict[str, Callable[[], object]] = {
    "no policies": lambda: Authorizer(None, STORE),
    "no store": lambda: Authorizer(POLICIES, None),
    "tier": lambda: Authorizer(POLICIES, STORE, tier="nonsense"),
    "request": lambda: Authorizer(POLICIES, STORE).authorize(None),
    "requests": lambda: Authorizer(POLICIES, STORE).authorize_many([members()]),
    "explained": lambda: Authorizer(POLICIES, STORE).explain({}),
    "expression": lambda: Authorizer(POLICIES, STORE).evaluate("1", Request(U, A, U)),
    "typed": lambda: SCHEMA.authorizer(POLICIES, None),
    "typed policies": lambda: SCHEMA.authorizer(None, STORE),
    "text": lambda: PolicySet.from_text(None),
    "bytes": lambda: PolicySet.from_json(b"{}"),
    "statics": lambda: PolicySet({"a": "permit"}),
    "added": lambda: PolicySet().add("a", None),
    "id": lambda: PolicySet().add(1, POLICIES.statics["policy0"]),
    "merged": lambda: POLICIES.merge(None),
    "renamed": lambda: POLICIES.merge_renaming({}),
    "link": lambda: TEMPLATE.link("policy0", "l", {"?principal": "alice"}),
    "link values": lambda: TEMPLATE.link("policy0", "l", None),
    "unlink": lambda: TEMPLATE.unlink(None),
    "replacing": lambda: POLICIES.replacing({"a": "b"}),
    "entities": lambda: Entities.from_json(None),
    "entity list": lambda: Entities.from_entities(None),
    "entity": lambda: STORE.upsert([{}]),
    "removed": lambda: STORE.remove(['U::"a"']),
    "removed text": lambda: STORE.remove("a"),
    "got": lambda: STORE.get("a"),
    "parents": lambda: Entity(U, {}, ["a"]),
    "attributes": lambda: Entity(U, {"a": NAN}),
    "uid": lambda: Entity("U"),
    "principal": lambda: Request("U", A, U),
    "uid parts": lambda: Uid(1, "a"),
    "uid type": lambda: Uid("not a name", "a"),
    "uid id": lambda: Uid("U", "\ud800"),
    "uid json": lambda: read_uid_json(None),
    "request text": lambda: Request.from_json(None),
    "request dict": lambda: Request.from_dict(None),
    "request list": lambda: Request.from_dict([]),
    "schema": lambda: Schema.from_cedar(None),
    "schema json": lambda: Schema.from_json(None),
    "linked": lambda: Schema.link(None),
    "mode": lambda: SCHEMA.validate(POLICIES, "lax"),
    "level": lambda: SCHEMA.validate(POLICIES, "strict", "1"),
    "negative level": lambda: SCHEMA.validate(POLICIES, "strict", -1),
    "validated": lambda: SCHEMA.validate(None),
    "checked": lambda: SCHEMA.check_request(None),
    "schema entities": lambda: SCHEMA.read_entities(None),
    "schema request": lambda: SCHEMA.read_request(None),
    "conforming": lambda: SCHEMA.conforming_entities([None]),
    "expression text": lambda: parse_expression(None),
    "format": lambda: format_policies(None),
    "width": lambda: format_policies("", "80"),
    "ip": lambda: IpAddress(5, 0, 0),
    "ip bits": lambda: IpAddress(4, 2**32, 32),
    "datetime": lambda: Datetime(True),
    "decimal": lambda: Decimal(2**63),
    "duration": lambda: Duration(1.0),
    "duration text": lambda: Duration("1h"),
    "claimed class": lambda: Request(Mock(spec=Uid), A, U),
    "claimed id": lambda: Uid("U", Mock(spec=str)),
    "claimed member": lambda: Request.from_dict(members(context={"status": Mock(spec=str)})),
    "claimed value": lambda: SetValue([Mock(spec=Uid)]),
    "effect": lambda: replace(FORBID, effect="Forbid"),
    "sly effect": lambda: replace(FORBID, effect=Sly("forbid")),
    "scope": lambda: replace(FORBID, principal="?principal"),
    "scope operator": lambda: replace(FORBID.principal, op="=="),
    "scope type": lambda: replace(FORBID.principal, op="is", type_name=Sly("U")),
    "action scope": lambda: replace(FORBID.action, op="==", entities=()),
    "conditions": lambda: replace(FORBID, conditions=(None,)),
    "annotations": lambda: replace(FORBID, annotations={"a": 1}),
    "slot filled by a text": lambda: TEMPLATE.templates["policy0"].linked({"?principal": 'U::"a"'}),
    "slot not filled": lambda: TEMPLATE.templates["policy0"].linked({}),
    "decision": lambda: Response("Allow"),
    "links": lambda: TEMPLATE.link_all([("policy0", "l")]),
    "many requests": lambda: Authorizer(POLICIES, STORE).authorize_many(None),
    "fragments": lambda: Schema([TEMPLATE]),
    "context as text in a text": lambda: Request.from_json(json.dumps(members(context="{}"))),
    "translated": lambda: translate_schema(None, "json"),
    "translated to": lambda: translate_schema("", "yaml"),
    "indent": lambda: SCHEMA.to_json("2"),
    "written entities": lambda: entities_json(None),
    "written expression": lambda: expression_json("1"),
    "asked action": lambda: SCHEMA.principals_for_action('Action::"a"'),
    "asked type": lambda: SCHEMA.ancestors(None),
    "asked types": lambda: SCHEMA.actions_for_types(U, U),
}


@pytest.mark.parametrize("name", WRONG_CALLS)
def test_a_wrong_argument_is_one_clean_error(name: str) -> None:
    with pytest.raises(CedarError) as refused:
        WRONG_CALLS[name]()
    assert "\n" not in str(refused.value)


def test_texts_of_a_subclass_are_read_as_what_they_hold() -> None:
    assert PolicySet.from_text(Sly("permit(principal, action, resource);")).statics.keys() == {"policy0"}
    assert Uid(Sly("U"), Sly("a")) is U
    linked = TEMPLATE.link(Sly("policy0"), Sly("l"), {Sly("?principal"): U})
    assert linked.links["l"].principal is U


@pytest.mark.parametrize(
    "answer",
    [
        Authorizer(POLICIES, STORE).explain(Request(U, A, U)),
        Authorizer(POLICIES, STORE).explain(Request(U, A, U)).candidates[0],
        SCHEMA.validate(POLICIES),
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_no_answer_is_taken_for_a_boolean(answer: object) -> None:
    with pytest.raises(TypeError):
        bool(answer)


def test_verdicts_are_read_only_and_can_be_pickled() -> None:
    found = SCHEMA.validate(POLICIES)
    with pytest.raises(TypeError):
        found.verdicts["policy0"] = False  # type: ignore[index]
    assert pickle.loads(pickle.dumps(found)) == found
