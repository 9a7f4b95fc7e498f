"""Records of spec 09: every recorded answer is compared, and a wrong one is found."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drt.assess.conformance import run_with
from drt.assess.conformance.report import Report
from drt.engines import build
from drt.engines.base import BaseEngine
from drt.model.engine import Engine
from tests.reference.partial_world import ANN, BOB, DOCS, SCHEMA_TEXT, STORE

POLICIES = """permit(principal, action == Action::"view", resource) when { resource.owner == principal };
permit(principal == ?principal, action, resource);
forbid(principal, action == Action::"view", resource) when { [2, 1].contains(resource.level) && context.mfa };"""
ANN_UID, VIEW, DOC = ANN["uid"], {"type": "Action", "id": "view"}, {"type": "Doc", "id": "d"}
CONCRETE = {"principal": ANN_UID, "action": VIEW, "resource": DOC, "context": {"mfa": False}}
SCOPE = {"op": "All"}
OWNER = {".": {"left": {"Var": "resource"}, "attr": "owner"}}
LEVEL = {".": {"left": {"Var": "resource"}, "attr": "level"}}


def residual(effect: str, body: Any) -> Any:
    scope = {"principal": SCOPE, "action": SCOPE, "resource": SCOPE}
    return {"json": {"effect": effect, **scope, "conditions": [{"kind": "when", "body": body}]}}


def record() -> dict[str, Any]:
    """A record with every kind of question, and its answers."""
    return {
        "id": "every-kind",
        "schema": SCHEMA_TEXT,
        "policies": POLICIES,
        "links": [{"template": "policy1", "id": "l", "values": {"?principal": BOB["uid"]}}],
        "request": {"principal": ANN_UID, "action": VIEW, "resource": {"type": "Doc"}},
        "entities": STORE,
        "store": [*STORE, BOB, *DOCS],
        "reauthorize": [{"request": CONCRETE}, {"request": {**CONCRETE, "principal": BOB["uid"]}}],
        "queries": [
            {**CONCRETE, "kind": "resource", "resource": {"type": "Doc"}},
            {**CONCRETE, "kind": "principal", "principal": {"type": "User"}},
            {"kind": "action", "principal": BOB["uid"], "resource": {"type": "Doc"}},
            {**CONCRETE, "kind": "resource", "resource": {"type": "Nope"}},
        ],
        "batched": {"request": CONCRETE, "max_iters": [0, 1]},
        "expect": {
            "valid": True,
            "level": 1,
            "decision": None,
            "reason": None,
            "classes": {
                "false_permits": ["l"],
                "residual_permits": ["policy0"],
                "residual_forbids": ["policy2"],
            },
            "residuals": {
                "policy0": residual("permit", {"==": {"left": OWNER, "right": {"Value": {"__entity": ANN_UID}}}}),
                "l": residual("permit", {"Value": False}),
                "policy2": residual(
                    "forbid",
                    {
                        "&&": {
                            "left": {"contains": {"left": {"Set": [{"Value": 2}, {"Value": 1}]}, "right": LEVEL}},
                            "right": {".": {"left": {"Var": "context"}, "attr": "mfa"}},
                        }
                    },
                ),
            },
            "reauthorize": [
                {"decision": "allow", "reason": ["policy0"], "errors": []},
                {"error": {"stage": "reauthorize", "class": "inconsistent_request"}},
            ],
            "queries": [
                {"uids": [DOC]},
                {"uids": [BOB["uid"], ANN_UID]},
                {"actions": [{"action": {"type": "Action", "id": "paint"}, "decision": "allow"},
                             {"action": VIEW, "decision": None}]},
                {"error": {"stage": "request", "class": "resource_type"}},
            ],
            "batched": {
                "runs": [
                    {"max_iters": 0, "error": {"stage": "batched", "class": "insufficient_iterations"}, "loads": []},
                    {"max_iters": 1, "decision": "allow", "loads": [[ANN_UID, DOC]]},
                ]
            },
        },
    }  # fmt: skip


def checked(folder: Path, document: dict[str, Any], engine: Engine | None = None) -> Report:
    file = folder / "records.jsonl"
    file.write_text(json.dumps(document) + "\n")
    return run_with([file], engine or build("reference"))


def test_every_kind_of_answer_is_compared(tmp_path: Path) -> None:
    report = checked(tmp_path, record())
    assert report.mismatches == ()
    assert {name.removeprefix("partial: ") for name, _, _ in report.by_check} == {
        "validity", "level", "decision", "reason", "classes", "policies", "residual",
        "reauthorize", "query resource", "query principal", "query action", "batched",
    }  # fmt: skip


def change(*path: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def changed(document: dict[str, Any]) -> None:
        part: Any = document["expect"]
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = to

    return changed


CHANGES = [
    ("validity", change("valid", to=False)),
    ("level", change("level", to=0)),
    ("level", change("level", to=2)),
    ("level", change("level", to=None)),
    ("decision", change("decision", to="deny")),
    ("reason", change("reason", to=[])),
    ("classes", change("classes", "residual_permits", to=["l"])),
    ("residual", change("residuals", "l", to=residual("permit", {"Value": True}))),
    ("policies", change("residuals", "policy1", to=residual("permit", {"Value": True}))),
    ("reauthorize", change("reauthorize", 0, "reason", to=[])),
    ("reauthorize", change("reauthorize", 0, "errors", to=["policy2"])),
    ("reauthorize", change("reauthorize", 1, "error", "class", to="request")),
    ("query resource", change("queries", 0, "uids", to=[])),
    ("query principal", change("queries", 1, "uids", to=[ANN_UID])),
    ("query action", change("queries", 2, "actions", 1, "decision", to="allow")),
    ("query resource", change("queries", 3, "error", "class", to="context")),
    ("batched", change("batched", "runs", 0, "error", "class", to="entities")),
    ("batched", change("batched", "runs", 1, "decision", to="deny")),
    ("batched", change("batched", "runs", 1, "loads", to=[[DOC]])),
    ("batched", change("batched", to={"error": {"stage": "concrete_entities", "class": "invalid"}})),
]


@pytest.mark.parametrize(("check", "changed"), CHANGES)
def test_any_other_answer_is_a_mismatch(check: str, changed: Any, tmp_path: Path) -> None:
    document = copy.deepcopy(record())
    changed(document)
    assert f"partial: {check}" in {mismatch.check for mismatch in checked(tmp_path, document).mismatches}


def test_errors_in_place_of_a_response(tmp_path: Path) -> None:
    document = record()
    document["entities"] = [{"uid": VIEW}]
    document["expect"]["error"] = {"stage": "entities", "class": "action_entity"}
    for part in ("reauthorize", "queries"):
        del document["expect"][part], document[part]
    assert checked(tmp_path, document).mismatches == ()
    document["expect"]["error"]["class"] = "invalid"
    assert {found.check for found in checked(tmp_path, document).mismatches} == {"partial: error"}


@pytest.mark.parametrize(
    ("stores", "expected"),
    [
        ({"constructed_entities": [{"uid": ANN_UID, "tags": {"k": "7"}}]}, "residual_permits"),
        ({"entities_from_store": True}, "true_permits"),
        ({"entities_from_store": True, "entities_read_with_schema": False}, None),
        ({"entities": [{"uid": ANN_UID, "tags": {}}]}, "false_permits"),
    ],
)
def test_entities_in_all_forms(stores: dict[str, Any], expected: str | None, tmp_path: Path) -> None:
    """Read without the schema, the implied value of `manager` is a record, which is invalid."""
    document = {
        **{
            key: part
            for key, part in record().items()
            if key not in ("entities", "links", "reauthorize", "queries")
        },
        **stores,
        "policies": 'permit(principal, action, resource) when { principal.hasTag("k") && principal has manager };',
    }
    del document["batched"]
    document["expect"] = {
        "valid": True, "level": 1, "decision": None, "reason": None, "classes": {}, "residuals": {},
        **({} if expected else {"error": {"stage": "entities", "class": "invalid"}}),
    }  # fmt: skip
    found = checked(tmp_path, document).mismatches
    assert any(repr(expected) in mismatch.got for mismatch in found) if expected else found == ()


def test_an_engine_that_does_not_evaluate_partially(tmp_path: Path) -> None:
    class Validates(BaseEngine):
        name = "validates"

        def load(self, case: Any) -> Any:
            loaded: Any = build("reference").load(case)
            return Only(loaded)

    report = checked(tmp_path, record(), Validates())
    assert dict(report.unsupported) == {"batched": 2, "partially_authorize": 1, "query": 4, "reauthorize": 2}
    assert report.mismatches == ()


class Only:
    """A session that validates and does nothing else."""

    def __init__(self, loaded: Any) -> None:
        self.validate = loaded.validate
