"""The adapter of the Rust engine: what it maps, what it refuses, and that it agrees with the records."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from drt.assess.conformance import run_with
from drt.engines import UnknownEngine, build
from drt.model.case import Case, Request, Source
from drt.model.outcome import (
    Accepted,
    Authorized,
    Evaluated,
    Failed,
    Printed,
    Rejected,
    Unsupported,
    Validated,
)
from drt.model.question import LinkSchemas
from tests.shared_material import shared_folder

pytest.importorskip("cedarpy", reason="the extra 'oracles' is not installed")

from drt.engines.cedarpy_engine import CedarpyEngine, CedarpyLoaded

SCHEMA = Source(
    "entity User {n: Long}; entity Doc; "
    "action view appliesTo {principal: User, resource: Doc, context: {a?: Long}};"
)
UNDECLARED = '[{"uid": {"type": "Zed", "id": "a"}, "attrs": {}, "parents": []}]'
ENTITIES = '[{"uid": {"type": "User", "id": "a"}, "attrs": {"n": 1}, "parents": []}]'
ANYONE = {
    "principal": {"type": "User", "id": "a"},
    "action": {"type": "Action", "id": "view"},
    "resource": {"type": "Doc", "id": "d"},
}
REQUEST = Request(json.dumps(ANYONE))


def load(policies: str, schema: Source | None = None, **more: object) -> CedarpyLoaded:
    loaded = CedarpyEngine().load(Case(Source(policies), ENTITIES, schema, **more))  # type: ignore[arg-type]  # test rows
    assert isinstance(loaded, CedarpyLoaded)
    return loaded


def test_a_response_has_ids_and_error_kinds() -> None:
    loaded = load(
        "permit(principal, action, resource) when { principal.q == 1 };"
        'permit(principal, action, resource) when { principal.n + "a" == 1 };'
        "permit(principal, action, resource);"
    )

    assert loaded.authorize(REQUEST) == Authorized(
        "allow", ("policy2",), (("policy0", "attr-missing"), ("policy1", "type"))
    )


@pytest.mark.parametrize(
    "policy", ["odd ` id", "quo\"te'", "new\nline\t", "error while evaluating policy `x`: ", ""]
)
def test_errors_find_their_policy_under_any_id(policy: str) -> None:
    body = {
        "effect": "permit",
        "principal": {"op": "All"},
        "action": {"op": "All"},
        "resource": {"op": "All"},
        "conditions": [{"kind": "when", "body": {".": {"left": {"Var": "context"}, "attr": "x"}}}],
    }
    document = {"staticPolicies": {policy: body}, "templates": {}, "templateLinks": []}
    loaded = CedarpyEngine().load(Case(Source(json.dumps(document), "json")))
    assert isinstance(loaded, CedarpyLoaded)

    assert loaded.authorize(REQUEST) == Authorized("deny", (), ((policy, "attr-missing"),))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        json.dumps({**ANYONE, "principal": ' User :: "a"'}),
        json.dumps({**ANYONE, "principal": 'User::"a"//"'}),
        json.dumps({**ANYONE, "principal": 1}),
        json.dumps({**ANYONE, "contxt": {}}),
        json.dumps(ANYONE)[:-1] + ', "context": {}, "context": {}}',
        json.dumps({**ANYONE, "principal": {"type": "A b", "id": "x"}}),
        json.dumps({**ANYONE, "context": {"b": 1}}),
        json.dumps({**ANYONE, "context": [1]}),
        json.dumps({**ANYONE, "action": {"type": "Action", "id": "nope"}}),
        "[" * 100_000,
    ],
)
def test_a_bad_request_is_rejected_as_such(text: str) -> None:
    assert load("", SCHEMA).authorize(Request(text)) == Rejected("request")


def test_a_request_may_hold_uids_as_text() -> None:
    question = {**ANYONE, "principal": 'User::"a"', "resource": {"__entity": ANYONE["resource"]}}

    assert load("permit(principal, action, resource);").authorize(
        Request(json.dumps(question))
    ) == Authorized("allow", ("policy0",))


TIMES = Source(
    "entity User; entity Doc; "
    "action view appliesTo {principal: User, resource: Doc, context: {at?: datetime, n?: Long}};"
)
EARLY = 'permit(principal, action, resource) when { context.at < datetime("2025-01-01") };'


@pytest.mark.parametrize(
    ("principal", "context", "answer"),
    [
        ("User", {"at": "2024-01-01"}, Authorized("allow", ("policy0",))),
        ("Nope", {}, Authorized("deny", (), (("policy0", "attr-missing"),))),
        ("Nope", {"n": 1}, Authorized("deny", (), (("policy0", "attr-missing"),))),
        ("Nope", {"at": "2024-01-01"}, Unsupported("invalid-request")),
        ("User", {"at": "soon"}, Rejected("request")),
        ("User", {"other": 1}, Rejected("request")),
    ],
)
def test_a_request_that_is_not_to_be_validated_is_read_with_its_schema(
    principal: str, context: object, answer: object
) -> None:
    loaded = CedarpyEngine().load(Case(Source(EARLY), schema=TIMES))
    assert isinstance(loaded, CedarpyLoaded)
    question = {**ANYONE, "principal": {"type": principal, "id": "x"}, "context": context}

    assert loaded.authorize(Request(json.dumps(question), validate=False)) == answer


def test_a_context_has_no_type_where_its_action_is_not_declared() -> None:
    loaded = CedarpyEngine().load(Case(Source(EARLY), schema=TIMES))
    assert isinstance(loaded, CedarpyLoaded)
    action = {"type": "Action", "id": "nope"}
    question = json.dumps({**ANYONE, "action": action, "context": {"at": "2024-01-01"}})

    assert loaded.authorize(Request(question)) == Rejected("request")
    assert loaded.authorize(Request(question, validate=False)) == Authorized(
        "deny", (), (("policy0", "type"),)
    )


def test_schemas_that_are_to_be_linked_are_not_dropped() -> None:
    case = Case(Source(""), schema=SCHEMA, fragments=(Source("entity More;"),))

    assert CedarpyEngine().load(case) == Unsupported("linking")
    assert CedarpyEngine().ask(LinkSchemas((SCHEMA,), complete=True)) == Unsupported("link_schemas")


def test_kinds_of_errors_are_reported_and_no_applicable_action_has_none() -> None:
    policies = (
        'permit(principal, action, resource) when { principal.n == "a" && [].isEmpty() };'
        'permit(principal == Doc::"d", action == Action::"view", resource);'
    )
    verdict = load(policies, SCHEMA).validate()

    assert isinstance(verdict, Validated)
    assert verdict.policies == (("policy0", False), ("policy1", False))
    assert verdict.errors == (("policy0", "empty_set"), ("policy0", "incompatible_types"))
    assert verdict.warnings is None
    assert verdict.guesses


@pytest.mark.parametrize(
    ("case", "part"),
    [
        (Case(Source("permit("), schema=Source("x")), "schema"),
        (Case(Source("permit("), "{"), "policies"),
        (Case(Source(""), "{", links=(("t", "l", ()),)), "link"),
        (Case(Source(""), "{"), "entities"),
        (
            Case(Source(""), '[{"uid": {"type": "Zed", "id": "a"}, "attrs": {}, "parents": []}]', SCHEMA),
            "entities",
        ),
    ],
)
def test_parts_are_refused_in_order(case: Case, part: str) -> None:
    refused = CedarpyEngine().load(case)

    assert isinstance(refused, Rejected)
    assert refused.part == part


def test_links_are_made_by_id_and_never_by_annotation() -> None:
    template = '@id("t") permit(principal == ?principal, action, resource);'
    values = (("?principal", '{"__entity": {"type": "User", "id": "a"}}'),)

    linked = load(template, links=(("policy0", "mine", values),))
    assert linked.authorize(REQUEST) == Authorized("allow", ("mine",))

    case = Case(Source(template), ENTITIES, links=(("t", "mine", values),))
    assert CedarpyEngine().load(case) == Rejected("link")


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        ("1 + 1 == 2", Evaluated("true")),
        ("principal.n == 2", Evaluated("false")),
        ("principal.n", Unsupported("value")),
        ("principal.q", Failed("attr-missing")),
        ("9223372036854775807 + 1", Failed("overflow")),
        ("true // comment", Evaluated("true")),
        ("true }; permit(principal, action, resource) when { true", Rejected("expression")),
        ("true } when { true", Rejected("expression")),
        ("", Rejected("expression")),
        ("(" * 200 + "1" + ")" * 200, Unsupported("depth")),
    ],
)
def test_what_a_policy_tells_of_an_expression(expression: str, outcome: object) -> None:
    assert load("").evaluate(expression, REQUEST) == outcome


def test_a_claimed_value_can_be_put_to_the_witness() -> None:
    assert load("").holds("[1, principal.n, 2]", "[2, 1]", REQUEST) is True
    assert load("").holds("principal.n", "true", REQUEST) is False
    assert load("").holds("principal.q", "1", REQUEST) is False


def test_verdicts_are_strict_and_per_policy() -> None:
    policies = (
        "permit(principal, action, resource) when { principal.q == 1 };"
        "permit(principal == ?principal, action, resource);"
        "permit(principal, action, resource);"
    )
    verdict = Validated(False, (("policy0", False), ("policy1", True), ("policy2", True)))

    assert load(policies, SCHEMA).validate() == verdict
    assert load(policies, SCHEMA).validate("permissive") == Unsupported("permissive-validation")
    assert load(policies, SCHEMA).validate("strict", 1) == Unsupported("level-validation")
    assert load(policies).validate() == Rejected("schema")


def test_documents() -> None:
    engine = CedarpyEngine()
    read = engine.read_policies(Source("permit(principal, action, resource);"))
    assert isinstance(read, Accepted)

    assert list(json.loads(read.canonical)["staticPolicies"]) == ["policy0"]
    assert engine.read_policies(Source(read.canonical, "json")) == Accepted()
    assert engine.read_policies(Source("{}", "json")) == Rejected("policies")
    assert isinstance(engine.print_policies(Source(read.canonical, "json"), templates=True), Printed)
    template = Source("permit(principal == ?principal, action, resource);")
    assert engine.print_policies(template, templates=False) == Printed("")
    assert engine.print_policies(template, templates=True) == Unsupported("template-text")
    assert engine.format_policies("permit(principal,action,resource);", 80, 2) == Printed(
        "permit (principal, action, resource);\n"
    )
    assert engine.read_expression("1+1") == Accepted('{"+":{"left":{"Value":1},"right":{"Value":1}}}')
    assert engine.read_schema(SCHEMA) == Accepted()
    assert isinstance(engine.translate_schema(SCHEMA, "cedar"), Printed)
    assert engine.translate_schema(SCHEMA, "json") == Unsupported("schema-to-json")
    held = engine.read_entities(ENTITIES, SCHEMA)
    assert isinstance(held, Accepted)
    assert [entity["uid"]["id"] for entity in json.loads(held.canonical)] == ["view", "a"]


DEEP = [
    "permit(principal, action, resource) when { " + "(" * 2000 + "true" + ")" * 2000 + " };",
    "permit(principal, action, resource) when { " + "!(" * 5000 + "true" + ")" * 5000 + " };",
    "permit(principal, action, resource) when { " + "true && " * 50_000 + "true };",
    "permit(principal, action, resource) when { context" + ".a" * 50_000 + " };",
    "permit(principal, action, resource) when { " + "if true then true else " * 5000 + "true };",
    "permit(principal, action, resource) when { " + "[" * 20_000 + "]" * 20_000 + " == 1 };",
    "permit(principal, action, resource) when { " + "[1, " * 20_000 + "2" + "]" * 20_000 + " == 1 };",
    "permit(principal, action, resource) when { [1, " + "true && " * 50_000 + "true, 2] == 1 };",
    "permit(principal, action, resource) when { " + "[1, 2].contains(3) && " * 20_000 + "true };",
    "permit(principal, action, resource)" + " when { true }" * 20_000 + ";",
]
FLAT_SCHEMA = json.dumps(
    {"": {"entityTypes": {f"T{n}": {"memberOfTypes": [f"T{n}"]} for n in range(1000)}, "actions": {}}}
)
FLAT_POLICIES = [
    'permit(principal, action in [Action::"a"' + ', N::Action::"b"' * 2000 + "], resource);",
    "permit(principal, action, resource) when { [1" + ', User::"a", a.b.c' * 2000 + "].contains(-1) };",
    "permit(principal, action, resource) when { {a: 1" + ", b: [1, 2]" * 2000 + "} == 1 };",
    "permit(principal, action, resource) when { true };" * 2000,
]


ASK_IN_A_PROCESS = """
import sys
from drt.model.case import Case, Source
from drt.engines import build
text = Source(sys.stdin.read())
engine = build("cedarpy")
print(engine.read_policies(text))
print(engine.load(Case(text)))
print(engine.print_policies(text, templates=False))
print(engine.format_policies(text.text, 80, 2))
"""
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("text", DEEP)
def test_depth_that_would_kill_the_process_is_not_handed_on(text: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK_IN_A_PROCESS],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )

    assert done.returncode == 0
    assert done.stdout.splitlines() == ["Unsupported(feature='depth')"] * 4


@pytest.mark.parametrize("text", FLAT_POLICIES)
def test_what_is_only_long_is_not_deep(text: str) -> None:
    assert not isinstance(CedarpyEngine().read_policies(Source(text)), Unsupported)


def test_a_schema_of_many_types_is_not_deep() -> None:
    assert CedarpyEngine().read_schema(Source(FLAT_SCHEMA, "json")) == Accepted()


def test_a_schema_whose_reading_would_not_end_is_not_handed_on() -> None:
    record = "{a: " * 40 + "Long" + "}" * 40

    assert CedarpyEngine().read_entities("[]", Source(f"entity A {record};")) == Unsupported("depth")


def test_without_the_library_the_engine_is_unknown_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "drt.engines.cedarpy_engine")
    monkeypatch.setitem(sys.modules, "cedarpy", None)

    with pytest.raises(UnknownEngine, match="oracles"):
        build("cedarpy")


@pytest.mark.slow
@pytest.mark.shared
def test_the_records_hold() -> None:
    report = run_with([shared_folder("conformance")], CedarpyEngine())

    assert report.mismatches == ()
    assert report.checked > 15_000
    assert dict(report.unsupported).keys() == {
        "canonical",
        "depth",
        "json-validation",
        "level-validation",
        "permissive-validation",
        "value",
        "warnings",
    }
