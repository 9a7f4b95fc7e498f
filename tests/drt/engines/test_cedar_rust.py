"""The Rust engine as a crate (`examples/cedar_rust`): every question of the protocol, and the recorded material."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from drt.assess.conformance import run_with
from drt.engines import build
from drt.engines.declared import Asked, explanation
from drt.engines.process_engine import ProcessEngine, ProcessSession
from drt.model.case import Case, Inquiry, Request, Source, Store
from drt.model.outcome import (
    Accepted,
    Answered,
    Authorized,
    Evaluated,
    Failed,
    Printed,
    Rejected,
    Unlinkable,
    Unsupported,
    Unwritable,
    Validated,
)
from drt.model.partial_outcome import (
    BatchAuthorized,
    PartialError,
    PartiallyAuthorized,
    Permitted,
    Reauthorized,
)
from drt.model.question import (
    QUESTIONS,
    Answer,
    Authorize,
    Batched,
    Evaluate,
    FormatPolicies,
    LinkSchemas,
    PartiallyAuthorize,
    PrintPolicies,
    Query,
    ReadEntities,
    ReadExpression,
    ReadPolicies,
    ReadSchema,
    Reauthorize,
    TranslateSchema,
    Validate,
)
from tests.drt.engines.smoke import ANYONE, PERMIT, smoke
from tests.shared_material import shared_folder

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "examples" / "cedar_rust"
SCHEMA = Source("entity User; entity Photo; action view appliesTo {principal: User, resource: Photo};")
NOT_TAKEN = {"revise", "filter_rows", "analyze"}
STORE = '[{"uid": {"type": "User", "id": "u`\\""}, "attrs": {}, "parents": []}]'


@pytest.fixture(scope="module")
def rust() -> ProcessEngine:
    """The program; skipped where it has not been built."""
    if shutil.which("cargo") is None:
        pytest.skip("no cargo on the PATH")
    if not (FOLDER / "target" / "release" / "cedar-rust-engine").is_file():
        pytest.skip("examples/cedar_rust is not built: run `cargo build --release --locked` there")
    engine = build(str(FOLDER))
    assert isinstance(engine, ProcessEngine)
    return engine


def loaded(engine: ProcessEngine, text: str, **more: object) -> ProcessSession:
    case = engine.load(Case(Source(text), **more))  # type: ignore[arg-type]
    assert isinstance(case, ProcessSession), case
    return case


def test_the_program_is_the_version_of_its_lock_file_and_takes_every_question(rust: ProcessEngine) -> None:
    packages = tomllib.loads((FOLDER / "Cargo.lock").read_text())["package"]
    versions = {package["version"] for package in packages if package["name"].startswith("cedar-policy")}

    assert (rust.name, {rust.version}) == ("cedar-rust", versions)
    assert rust.capabilities.asks == QUESTIONS.keys() - NOT_TAKEN
    assert smoke(rust) == []


def test_it_answers_the_seeds_as_documented(rust: ProcessEngine) -> None:
    report = run_with([ROOT / "corpus" / "seeds"], rust)

    assert report.mismatches == ()
    assert report.checked > 100


@pytest.mark.shared
@pytest.mark.parametrize("part", ["conformance/extra", "questions"])
def test_it_answers_as_recorded(rust: ProcessEngine, part: str) -> None:
    report = run_with([shared_folder(part)], rust)

    assert report.mismatches == ()
    assert report.checked > 100
    assert dict(report.unsupported).keys() <= {"depth", "reserved-keys"}


@pytest.mark.shared
def test_it_answers_partial_evaluation_as_recorded_but_for_its_known_defects(rust: ProcessEngine) -> None:
    folder = shared_folder("tpe")
    lines = [line for file in folder.glob("*.jsonl") for line in file.read_text().split("\n") if line]
    records = [json.loads(line) for line in lines]
    report = run_with([folder], rust)

    assert {one.id for one in report.mismatches} == {one["id"] for one in records if one.get("corrected")}
    assert report.checked > 7000
    assert not report.unsupported


def test_it_answers_the_questions_of_partial_evaluation(rust: ProcessEngine) -> None:
    text = "permit(principal, action, resource) when { principal == resource.owner };"
    schema = Source(
        "entity User; entity Photo {owner: User};"
        "action view appliesTo {principal: User, resource: Photo, context: {}};"
    )
    photo = {
        "uid": {"type": "Photo", "id": "p"},
        "attrs": {"owner": {"type": "User", "id": "é"}},
        "parents": [],
    }
    store, unknown = Store(json.dumps([photo]), "typed"), Store("[]", "partial")
    asked = {"action": {"type": "Action", "id": "view"}, "resource": {"type": "Photo"}, "context": {}}
    user = {"principal": {"type": "User", "id": "é"}}
    request = json.dumps(asked | user)
    completion = json.dumps(asked | user | {"resource": photo["uid"]})
    session = loaded(rust, text, schema=schema)

    response = session.ask(PartiallyAuthorize(request, unknown))
    assert isinstance(response, PartiallyAuthorized)
    assert (response.decision, response.classes) == (None, (("policy0", "residual_permits"),))
    assert session.ask(Reauthorize(request, unknown, completion, store)) == Reauthorized(
        "allow", ("policy0",)
    )
    assert session.ask(Query("resource", request, store)) == Permitted(('Photo::"p"',))
    assert session.ask(Batched(completion, store, "exact", 2)) == BatchAuthorized(
        "allow", None, (('Photo::"p"', 'User::"\\u00e9"'),)
    )
    assert session.ask(Batched(completion, store, "exact", 0)) == BatchAuthorized(
        None, "insufficient_iterations"
    )
    nobody = json.dumps(asked | {"principal": {"type": "Photo"}})
    assert session.ask(PartiallyAuthorize(nobody, unknown)) == PartialError("request", "principal_type")


def test_an_unlisted_id_in_a_context_is_a_fault_of_the_context(rust: ProcessEngine) -> None:
    schema = Source(
        'entity User; entity Color enum ["red"]; action view appliesTo {principal: [User, Color],'
        " resource: User, context: {user: User}};"
    )
    asked = {"action": {"type": "Action", "id": "view"}, "resource": {"type": "User"}}
    green = {"type": "Color", "id": "green"}

    def refused(principal: object) -> object:
        request = asked | {"principal": principal, "context": {"user": {"__entity": green}}}
        return loaded(rust, PERMIT, schema=schema).ask(
            PartiallyAuthorize(json.dumps(request), Store("[]", "partial"))
        )

    assert refused({"type": "User"}) == PartialError("request", "context")
    assert refused(green) == PartialError("request", "enumerated_id")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('[3, 1, "é\\u{1F600}\\u{7f}"]', '["\\u00e9\\ud83d\\ude00\\u007f", 1, 3]'),
        ('{b: true, a: User::"\\""}', '{"a": User::"\\"", "b": true}'),
        ('decimal("-0.5")', "decimal(-5000)"),
        ('ip("10.0.0.0/8")', "ip(v4, 0xa000000, /8)"),
        ('ip("::1")', "ip(v6, 0x1, /128)"),
        ('datetime("1969-12-31T23:59:59Z")', "datetime(-1000ms)"),
        ('duration("1m")', "duration(60000ms)"),
    ],
)
def test_values_have_their_canonical_text(rust: ProcessEngine, expression: str, value: str) -> None:
    assert loaded(rust, "").ask(Evaluate(expression, ANYONE)) == Evaluated(value)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("1 + true", "type"),
        ("context.nope", "attr-missing"),
        ('User::"nobody".nope', "entity-missing"),
        ('User::"u`\\"".nope', "attr-missing"),
        ('User::"u`\\"".getTag("nope")', "tag-missing"),
        ('User::"u`\\"".getTag("` does not have the attribute ")', "tag-missing"),
        ("9223372036854775807 + 1", "overflow"),
        ('ip("nope")', "extension"),
        ("ip()", "arity"),
    ],
)
def test_kinds_of_errors(rust: ProcessEngine, expression: str, kind: Failed) -> None:
    assert loaded(rust, "", entities=STORE).ask(Evaluate(expression, ANYONE)) == Failed(kind)  # type: ignore[arg-type]


def test_what_cannot_be_read_is_refused(rust: ProcessEngine) -> None:
    assert rust.load(Case(Source("permit("))) == Rejected("policies")
    assert rust.load(Case(Source(""), "[")) == Rejected("entities")
    assert rust.load(Case(Source(""), schema=Source("nope"))) == Rejected("schema")
    assert rust.load(Case(Source(PERMIT), links=(("policy0", "l", ()),))) == Rejected("link")
    assert rust.ask(ReadExpression("?principal")) == Rejected("expression")
    assert loaded(rust, PERMIT, schema=SCHEMA).ask(Authorize(Request("{}"))) == Rejected("request")
    assert loaded(rust, PERMIT).ask(
        Authorize(Request(ANYONE.text.replace('"context": {}', '"context": null')))
    ) == Rejected("request")
    assert loaded(rust, PERMIT).ask(Validate()) == Unsupported("validation-without-schema")
    assert loaded(rust, PERMIT, schema=SCHEMA).ask(Authorize(ANYONE)) == Authorized("allow", ("policy0",))


def test_validation_reports_kinds_of_errors_and_warnings(rust: ProcessEngine) -> None:
    text = (
        f"permit(principal is Photo, action, resource);{PERMIT[:-1]} when {{ principal.nope }};"
        f'{PERMIT[:-1]} when {{ context has "p\\u{{430}}y" }};{PERMIT[:-1]} when {{ User::"a" in principal }};'
    )
    verdict = loaded(rust, text, schema=SCHEMA).ask(Validate(level=0))

    assert isinstance(verdict, Validated)
    assert verdict.policies == (("policy0", True), ("policy1", False), ("policy2", True), ("policy3", False))
    assert verdict.errors == (("policy1", "unsafe_attribute_access"), ("policy3", "level_violation"))
    assert verdict.warnings == (
        ("policy0", "impossible_policy"),
        ("policy0", "no_applicable_action"),
        ("policy2", "impossible_policy"),
        ("policy2", "mixed_script_identifier", "p\u0430y"),
    )
    assert verdict.guesses


def test_policy_json_has_one_form_however_it_was_written(rust: ProcessEngine) -> None:
    body = {"==": {"left": {"Value": [1]}, "right": {"has": {"left": {"Value": {}}, "attr": ["a"]}}}}
    policy = {
        "effect": "permit",
        **{name: {"op": "all"} for name in ("principal", "action", "resource")},
        "conditions": [{"kind": "when", "body": body}],
    }
    document = {"staticPolicies": {"policy0": policy}, "templates": {}, "templateLinks": []}

    read = rust.ask(ReadPolicies(Source(json.dumps(document), "json")))

    assert read == rust.ask(ReadPolicies(Source(f"{PERMIT[:-1]} when {{ [1] == ({{}} has a) }};")))
    assert isinstance(read, Accepted)
    assert '"Record":{}' in read.canonical


def test_policies_are_printed_with_links_or_with_templates(rust: ProcessEngine) -> None:
    link = {"templateId": "t", "newId": "l", "values": {"?principal": {"type": "User", "id": "a"}}}
    read = rust.ask(ReadPolicies(Source("permit(principal == ?principal, action, resource);")))
    assert isinstance(read, Accepted)
    template = json.loads(read.canonical)["templates"]["policy0"]
    document = {
        "staticPolicies": {},
        "templates": {"t": template},
        "templateLinks": [link],
    }
    source = Source(json.dumps(document), "json")

    assert rust.ask(ReadPolicies(source)) == Accepted(
        json.dumps(document, sort_keys=True, separators=(",", ":"))
    )
    plain, whole = (rust.ask(PrintPolicies(source, templates=templates)) for templates in (False, True))
    assert isinstance(plain, Printed)
    assert isinstance(whole, Printed)
    assert 'principal == User::"a"' in plain.text
    assert "principal == ?principal" in whole.text
    assert isinstance(rust.ask(FormatPolicies(plain.text, 80, 2)), Printed)


def test_a_store_is_written_in_order_with_all_ancestors(rust: ProcessEngine) -> None:
    entities = json.dumps(
        [
            {
                "uid": {"type": "B", "id": "b"},
                "attrs": {},
                "parents": [{"type": "C", "id": "c"}],
                "tags": {"t": 1},
            },
            {
                "uid": {"type": "A", "id": "a"},
                "attrs": {
                    "s": [
                        {"__extn": {"fn": "duration", "arg": "6s"}},
                        {"__extn": {"fn": "ip", "arg": "::1"}},
                        2,
                        "x",
                        1,
                    ]
                },
                "parents": [{"type": "B", "id": "b"}],
            },
        ]
    )
    read = rust.ask(ReadEntities(entities, None))

    assert isinstance(read, Accepted)
    assert read.count == 2
    first, second = json.loads(read.canonical)
    assert first["parents"] == [{"id": "b", "type": "B"}, {"id": "c", "type": "C"}]
    assert first["attrs"] == {
        "s": [
            "x",
            1,
            2,
            {"__extn": {"arg": "0:0:0:0:0:0:0:1/128", "fn": "ip"}},
            {"__extn": {"arg": "6000ms", "fn": "duration"}},
        ]
    }
    assert second["tags"] == {"t": 1}
    reserved = '[{"uid": {"type": "A", "id": "a"}, "attrs": {"r": {"__expr": 1}}, "parents": []}]'
    assert rust.ask(ReadEntities(reserved, None)) == Unwritable("entities", 1)


def test_schemas_are_read_translated_and_linked(rust: ProcessEngine) -> None:
    whole = Source("namespace N { entity A in [B] { b: B, n?: Long }; entity B; action v; action w in [v]; }")
    translated, read = rust.ask(TranslateSchema(whole, "json")), rust.ask(ReadSchema(whole))

    assert isinstance(translated, Printed)
    assert isinstance(read, Accepted)
    assert json.loads(read.canonical)["entityTypes"]["N::A"]["memberOf"] == ["N::B"]
    assert rust.ask(ReadSchema(Source(translated.text, "json"))) == read
    parts = [
        Source("namespace N { external entity B; entity A in [B] { b: B, n?: Long }; }"),
        Source("namespace N { entity B; action v; action w in [v]; }"),
    ]
    linked = rust.ask(LinkSchemas(parts, complete=True))
    assert isinstance(linked, Accepted)
    assert rust.ask(ReadSchema(Source(linked.canonical, "json"))) == read
    assert rust.ask(LinkSchemas(parts[:1], complete=True)) == Unlinkable("Incomplete")
    assert rust.ask(LinkSchemas((parts[1], parts[1]), complete=False)) == Unlinkable("DuplicateEntityType")
    twice = Case(Source(""), schema=parts[1], fragments=(parts[1],))
    assert rust.load(twice) == Unlinkable("DuplicateEntityType")
    assert rust.ask(Answer(Inquiry((Source("nope"),)))) == Rejected("schema")


def test_questions_take_literals_in_any_spelling(rust: ProcessEngine) -> None:
    text = 'permit(principal == User::"a", action == Action::"v", resource) when { User::"\\u{61}" == User::"b" };'
    swapped = (('User::"\\u{61}"', 'User::"b"'), ('User::"b"', 'User::"a"'))
    answer = rust.ask(Answer(Inquiry(policies=Source(text), substitute=swapped)))

    assert isinstance(answer, Answered)
    about = json.loads(answer.answers)["policies"]["policy0"]
    assert about["entity_literals"] == ['Action::"v"', 'User::"a"', 'User::"a"', 'User::"b"']
    assert about["substituted_literals"] == ['Action::"v"', 'User::"a"', 'User::"b"', 'User::"b"']
    refused = rust.ask(Answer(Inquiry(policies=Source(text), substitute=(('Action::"v"', 'User::"b"'),))))
    assert isinstance(refused, Answered)
    assert json.loads(refused.answers)["policies"]["policy0"]["substituted"] is None


@pytest.mark.parametrize(
    ("names", "declared"),
    [
        ('["a", "b"]', False),
        ('["if"]', False),
        ('["a b"]', False),
        ('["a", "if"]', True),
        ('["", "a"]', True),
    ],
)
def test_only_lists_without_a_text_are_declared(names: str, declared: bool) -> None:
    text = f'{{"has": {{"left": {{"Var": "context"}}, "attr": {names}}}}}'

    found = explanation(Asked("cedar-rust"), "policy JSON to text", "refused or readable text", text)

    assert (found is not None) == declared
