"""Whatever is done to policies, a store and an authorizer in any order: they answer as ones made afresh do."""

from __future__ import annotations

import copy
import enum
import json
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from drt.engines.reference_engine import ReferenceEngine
from drt.model.case import Case, Source
from drt.model.case import Request as Question
from drt.model.outcome import authorized
from production import Authorizer, Entities, Entity, PolicySet, Request, Uid, request
from production.documents import request_json
from production.language import values

TEXTS = (
    "permit(principal, action, resource);",
    'permit(principal in G::"1", action, resource);',
    "forbid(principal, action, resource) when { context.flags.contains(true) };",
    'forbid(principal, action, resource) when { context.status == "banned" };',
    "permit(principal, action, resource) when { principal.level > 1 };",
    "forbid(principal, action, resource) when { principal.seen.contains(false) };",
)
TEMPLATE = "permit(principal in ?principal, action, resource);"


class Status(enum.StrEnum):
    BANNED = "banned"
    FINE = "fine"


numbers = st.integers(0, 3)
GROUPS = [Uid("G", str(number)) for number in range(4)]


class Machine(RuleBasedStateMachine):
    """What was done, as plain data; and the objects that it was done to."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.rows: dict[str, dict[str, Any]] = {}
        self.policies = PolicySet.from_text(TEMPLATE)
        self.store = Entities()
        self.authorizer = Authorizer(self.policies, self.store)
        self.request: Request = self.asked(False, Status.FINE, "v")
        self.context = {"flags": [False], "status": "fine"}
        self.action = "v"

    def asked(self, flag: bool, status: str, action: str) -> Request:
        return Request.from_dict(
            {
                "principal": 'U::"0"',
                "action": f'Action::"{action}"',
                "resource": 'U::"1"',
                "context": {"flags": [flag], "status": status},
            }
        )

    @rule(number=numbers, text=st.sampled_from(TEXTS))
    def add(self, number: int, text: str) -> None:
        name = f"p{number}"
        if name in self.texts:
            self.policies = self.policies.remove_static(name)
        self.texts[name] = text
        self.policies = self.policies.add(name, PolicySet.from_text(text).statics["policy0"])
        self.authorizer = self.authorizer.with_policies(self.policies)

    @rule(number=numbers, text=st.sampled_from(TEXTS))
    def merge(self, number: int, text: str) -> None:
        name = f"m{number}"
        if name not in self.texts:
            self.texts[name] = text
            other = PolicySet({name: PolicySet.from_text(text).statics["policy0"]})
            self.policies = self.policies.merge(other)
            self.authorizer = self.authorizer.with_policies(self.policies)

    @rule(number=numbers, group=numbers)
    def link(self, number: int, group: int) -> None:
        name = f"l{number}"
        if name in self.links:
            self.policies = self.policies.unlink(name)
            del self.links[name]
        else:
            self.policies = self.policies.link("policy0", name, {"?principal": Uid("G", str(group))})
            self.links[name] = str(group)
        self.authorizer = self.authorizer.with_policies(self.policies)

    @rule(number=numbers, level=st.integers(0, 2), seen=st.booleans(), group=numbers)
    def upsert_user(self, number: int, level: int, seen: bool, group: int) -> None:
        self.put(
            {
                "uid": {"type": "U", "id": str(number)},
                "attrs": {"level": level, "seen": [seen]},
                "parents": [{"type": "G", "id": str(group)}],
            }
        )

    @rule(low=numbers, high=numbers)
    def upsert_group(self, low: int, high: int) -> None:
        parents = [{"type": "G", "id": str(high)}] if low < high else []
        self.put({"uid": {"type": "G", "id": str(low)}, "attrs": {}, "parents": parents})

    def put(self, row: dict[str, Any]) -> None:
        uid = Uid(*row["uid"].values())
        self.rows[str(uid)] = row
        attributes = {
            name: values.SetValue(value) if isinstance(value, list) else value
            for name, value in row["attrs"].items()
        }
        self.store = self.store.upsert(
            [Entity(uid, attributes, [Uid(*each.values()) for each in row["parents"]])]
        )
        self.authorizer = self.authorizer.with_entities(self.store)

    @rule(kind=st.sampled_from("UG"), number=numbers)
    def remove(self, kind: str, number: int) -> None:
        uid = {"type": kind, "id": str(number)}
        self.rows.pop(str(Uid(*uid.values())), None)
        for row in self.rows.values():
            row["parents"] = [each for each in row["parents"] if each != uid]
        self.store = self.store.remove([Uid(*uid.values())])
        self.authorizer = self.authorizer.with_entities(self.store)

    @rule(how=st.sampled_from(["copy", "deepcopy", "pickle"]))
    def copied(self, how: str) -> None:
        again = {
            "copy": copy.copy,
            "deepcopy": copy.deepcopy,
            "pickle": lambda one: pickle.loads(pickle.dumps(one)),
        }[how]
        self.authorizer, self.request = again(self.authorizer), again(self.request)
        self.policies, self.store = self.authorizer.policies, self.authorizer.entities

    @rule()
    def forbid_flags(self) -> None:
        self.add(3, TEXTS[2])
        self.ask_another(True, Status.FINE, False, "v")

    @rule(
        flag=st.booleans(),
        status=st.sampled_from(Status),
        is_enum=st.booleans(),
        action=st.sampled_from("vw"),
    )
    def ask_another(self, flag: bool, status: Status, is_enum: bool, action: str) -> None:
        self.context, self.action = {"flags": [flag], "status": str(status)}, action
        self.request = self.asked(flag, status if is_enum else str(status), action)

    @rule()
    def threads(self) -> None:
        found: list[object] = []
        workers = [
            threading.Thread(target=lambda: found.append(self.authorizer.authorize(self.request)))
            for _ in range(3)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert found == [self.fresh().authorize(self.request_again())] * 3, "answers differ"

    def fresh(self) -> Authorizer:
        return Authorizer(self.rebuilt(), self.reread())

    def request_again(self) -> Request:
        return self.asked(self.context["flags"][0], str(self.context["status"]), self.action)

    def rebuilt(self) -> PolicySet:
        made = PolicySet.from_text(TEMPLATE)
        for name, text in self.texts.items():
            made = made.add(name, PolicySet.from_text(text).statics["policy0"])
        return made.link_all(
            ("policy0", name, {"?principal": Uid("G", group)}) for name, group in self.links.items()
        )

    def reread(self) -> Entities:
        return Entities.from_json(json.dumps(list(self.rows.values())))

    @invariant()
    def answers_as_made_afresh(self) -> None:
        fresh, again = self.fresh(), self.request_again()
        assert self.authorizer.authorize(self.request) == fresh.authorize(again), "answers differ"
        for principal in GROUPS:  # A link applies at least to its own group.
            request = Request(principal, again.action, again.resource, again.context)
            assert self.authorizer.authorize(request) == fresh.authorize(request), "answers differ"

    @rule()
    def answers_as_the_reference(self) -> None:
        uids = {
            "principal": {"type": "U", "id": "0"},
            "action": {"type": "Action", "id": self.action},
            "resource": {"type": "U", "id": "1"},
        }
        loaded = ReferenceEngine().load(
            Case(Source(self.policies.to_json(), "json"), json.dumps(list(self.rows.values())))
        )
        found = loaded.authorize(Question(json.dumps(uids | {"context": self.context})))
        response = self.authorizer.authorize(self.request)
        assert found == authorized(response.decision, response.determining, response.errors), "answers differ"


def run(examples: int, phases: tuple[Phase, ...] = (Phase.generate,)) -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            derandomize=True,
            database=None,
            deadline=None,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_few_steps() -> None:
    run(20)


@pytest.mark.slow
def test_many_steps() -> None:
    run(200)


def new_keys_in_pickles(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(values._BoolKey, "__reduce__", lambda key: (values._BoolKey, (key.value,)))
    patch.setattr(values.SetValue, "__reduce__", lambda one: (_with_keys, (one.keys, tuple(one._members))))


def empty_sets_in_copies(patch: pytest.MonkeyPatch) -> None:
    def copied(one: Request, memo: object) -> Request:
        context = one._context | {"flags": values.SetValue()}
        return request.make_request(one.principal, one.action, one.resource, context)

    patch.setattr(Request, "__deepcopy__", copied)
    patch.setattr(Authorizer, "__deepcopy__", lambda one, memo: one)


def sly_enumerations(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(request_json, "exact", lambda node, path: _opaque(node))


def stale_ancestors(patch: pytest.MonkeyPatch) -> None:
    upsert = Entities.upsert

    def without_ancestors(store: Entities, changed: Any) -> Entities:
        made = upsert(store, changed)
        made._above = store._above
        return made

    patch.setattr(Entities, "upsert", without_ancestors)


def forgotten_links(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(PolicySet, "__reduce__", lambda one: (PolicySet, (dict(one.statics), dict(one.templates))))


DEFECTS = [new_keys_in_pickles, empty_sets_in_copies, sly_enumerations, stale_ancestors, forgotten_links]


def _with_keys(keys: frozenset[Any], members: tuple[Any, ...]) -> values.SetValue:
    made = values.set_of(members)
    object.__setattr__(made, "keys", keys)
    return made


def _opaque(node: Any) -> Any:
    """Data in which the texts of enumerations are equal to no other text, as those of a sly class are."""
    if isinstance(node, dict) and isinstance(node.get("status"), Status):
        return node | {"status": f"Status.{node['status'].name}"}
    return node


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_found(
    defect: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    defect(monkeypatch)
    with pytest.raises(AssertionError, match="answers differ"):
        run(100)
