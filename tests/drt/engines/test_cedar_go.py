"""The independent Go engine (`examples/cedar_go`): what it takes, and that its adapter adds nothing of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from drt.engines import build
from drt.engines.process_engine import ProcessEngine, ProcessSession
from drt.model.case import Case, Request, Source
from drt.model.outcome import (
    Accepted,
    Authorized,
    Evaluated,
    Failed,
    Outcome,
    Rejected,
    Unsupported,
    Validated,
)
from drt.model.question import Authorize, Evaluate, ReadEntities, ReadExpression, Validate

FOLDER = Path(__file__).resolve().parents[3] / "examples" / "cedar_go"
ANYONE = Request(
    '{"principal":{"type":"User","id":"a"},"action":{"type":"Action","id":"v"},"resource":{"type":"R","id":"r"}}'
)
SCHEMA = Source("entity User, R; action v appliesTo {principal: User, resource: R};")


@pytest.fixture(scope="module")
def go() -> ProcessEngine:
    """The program; skipped where it has not been built."""
    if shutil.which("go") is None:
        pytest.skip("no go on the PATH")
    if not (FOLDER / "cedar-go-engine").is_file():
        pytest.skip("examples/cedar_go is not built: run `go build -o cedar-go-engine .` there")
    engine = build(str(FOLDER))
    assert isinstance(engine, ProcessEngine)
    return engine


def loaded(engine: ProcessEngine, text: str, schema: Source | None = None) -> ProcessSession:
    case = engine.load(Case(Source(text), schema=schema))
    assert isinstance(case, ProcessSession), case
    return case


def test_the_program_is_the_version_of_its_module_file(go: ProcessEngine) -> None:
    assert f"github.com/cedar-policy/cedar-go v{go.version}" in (FOLDER / "go.mod").read_text()


def test_it_authorizes(go: ProcessEngine) -> None:
    text = "permit(principal, action, resource); forbid(principal, action, resource) when { principal.a };"

    answer = loaded(go, text).ask(Authorize(ANYONE))
    assert answer == Authorized("allow", ("policy0",), (("policy1", "entity-missing"),))


def test_what_it_does_not_have_is_unsupported(go: ProcessEngine) -> None:
    template = "permit(principal == ?principal, action, resource);"
    as_text = Request(ANYONE.text.replace('{"type":"User","id":"a"}', '"User::\\"a\\""'))

    assert go.load(Case(Source(template))) == Unsupported("templates")
    assert loaded(go, "").ask(Authorize(as_text)) == Unsupported("uid texts")
    assert loaded(go, "", SCHEMA).ask(Validate("strict", 1)) == Unsupported("levels")


def test_a_slot_in_a_string_or_comment_is_none(go: ProcessEngine) -> None:
    answer = go.load(
        Case(Source('permit(principal, action, resource) when { "?principal" }; // ?resource\n nonsense'))
    )

    assert isinstance(answer, Rejected)
    assert answer.part == "policies"


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        ('[3, 1, "é\\u{1F600}\\u{7f}"]', Evaluated('["\\u00e9\\ud83d\\ude00\\u007f", 1, 3]')),
        ('{b: true, a: User::"\\""}', Evaluated('{"a": User::"\\"", "b": true}')),
        ('decimal("-0.5")', Evaluated("decimal(-5000)")),
        ('ip("10.0.0.0/8")', Evaluated("ip(v4, 0xa000000, /8)")),
        ('ip("::1")', Evaluated("ip(v6, 0x1, /128)")),
        ('datetime("1969-12-31T23:59:59Z")', Evaluated("datetime(-1000ms)")),
        ('duration("1m")', Evaluated("duration(60000ms)")),
        ("9223372036854775807 + 1", Failed("overflow")),
        ("1 < true", Failed("type")),
        ("context.x", Failed("attr-missing")),
        ('decimal("x")', Failed("extension")),
    ],
)
def test_values_and_errors(go: ProcessEngine, expression: str, outcome: Outcome) -> None:
    assert loaded(go, "").ask(Evaluate(expression, ANYONE)) == outcome


@pytest.mark.parametrize(
    "text", ["true }; permit(principal, action, resource) when { true", "true } when { true", "", "1 +"]
)
def test_a_text_that_is_no_expression_is_refused(go: ProcessEngine, text: str) -> None:
    assert isinstance(go.ask(ReadExpression(text)), Rejected)


def test_a_repeated_or_unknown_member_of_a_request_is_refused(go: ProcessEngine) -> None:
    for wrong in (
        ANYONE.text[:-1] + ',"contxt":{}}',
        ANYONE.text[:-1] + ',"action":{}}',
        ANYONE.text + "{}",
        "[]",
    ):
        assert isinstance(loaded(go, "").ask(Authorize(Request(wrong))), Rejected), wrong


def test_the_schemas_actions_are_in_the_store(go: ProcessEngine) -> None:
    schema = Source("entity User, R; action g; action v in g appliesTo {principal: User, resource: R};")
    asked = loaded(go, 'permit(principal, action in Action::"g", resource);', schema).ask(Authorize(ANYONE))

    assert isinstance(asked, Authorized)
    assert asked.decision == "allow"


def test_a_policy_is_valid_or_not(go: ProcessEngine) -> None:
    asked = loaded(go, "permit(principal, action, resource) when { principal.nope };", SCHEMA).ask(
        Validate("strict", None)
    )

    assert isinstance(asked, Validated)
    assert asked.policies == (("policy0", False),)


def test_entities_are_written(go: ProcessEngine) -> None:
    store = '[{"uid":{"type":"User","id":"a"},"attrs":{"n":[2,1]},"parents":[]}]'

    answer = go.ask(ReadEntities(store, None))
    assert isinstance(answer, Accepted)
    assert answer.count == 1
