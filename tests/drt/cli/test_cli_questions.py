"""The commands that `cedar` has too: their answers, exit codes and sentences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from drt.cli.main import main

POLICIES = """\
@id("own") // a comment that stays
permit(principal == User::"alice", action, resource) when { context.ok };
@id("shared")
permit(principal == ?principal, action, resource);
"""
SCHEMA = """\
entity User { age: Long };
entity Doc;
action "view" appliesTo { principal: User, resource: Doc, context: { ok: Bool } };
"""
REQUEST = ["-l", 'User::"alice"', "-a", 'Action::"view"', "-r", 'Doc::"d"']
ENGINES = ("reference", "production")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {
        "p.cedar": POLICIES,
        "s.cedarschema": SCHEMA,
        "ok.json": '{"ok": true}',
        "links.json": '[{"template_id": "shared", "link_id": "bob", "args": {"?principal": "User::\\"bob\\""}}]',
        "bad.cedar": "permit(principal, action, resource)\nwhen { true && };",
        "typo.cedar": "permit(principal, action, resource)\nwhen { principal.agee > 3 };",
        "never.cedar": "permit(principal, action, resource) when { false };",
    }.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drt(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=stdin, catch_exceptions=False)


@pytest.mark.usefixtures("here")
class TestAuthorize:
    @pytest.mark.parametrize("engine", ENGINES)
    def test_allow_names_the_policy_by_its_id(self, engine: str) -> None:
        result = drt("authorize", "-p", "p.cedar", *REQUEST, "-c", "ok.json", "-v", "--engine", engine)
        assert result.exit_code == 0
        assert result.stdout.splitlines()[0] == "ALLOW"
        assert "due to the following policies:\n  own\n" in result.stdout

    @pytest.mark.parametrize("engine", ENGINES)
    def test_an_error_is_told_and_the_answer_is_deny(self, engine: str) -> None:
        result = drt("authorize", "-p", "p.cedar", *REQUEST, "-v", "--engine", engine)
        assert result.exit_code == 2
        assert result.stdout.startswith("DENY\n")
        assert "no policies applied" in result.stdout
        assert "error while evaluating policy `own`: attr-missing" in result.stderr

    def test_links_are_read_by_the_names_of_templates(self) -> None:
        bob = ["-l", 'User::"bob"', *REQUEST[2:]]
        without = drt("authorize", "-p", "p.cedar", *bob)
        linked = drt("authorize", "-p", "p.cedar", "-k", "links.json", *bob, "-f", "json")
        assert without.exit_code == 2
        assert linked.exit_code == 0
        assert json.loads(linked.stdout) == {"decision": "allow", "determining": ["bob"], "errors": {}}

    def test_the_schema_checks_the_request_unless_told_not_to(self) -> None:
        arguments = ["authorize", "-p", "p.cedar", "-s", "s.cedarschema", *REQUEST]
        assert drt(*arguments).exit_code == 1
        assert drt(*arguments, "-c", "ok.json").exit_code == 0
        doc = [
            "authorize",
            "-p",
            "p.cedar",
            "-s",
            "s.cedarschema",
            "-l",
            'Doc::"d"',
            *REQUEST[2:],
            "-c",
            "ok.json",
        ]
        assert drt(*doc).exit_code == 1
        assert drt(*doc, "--request-validation", "false").exit_code == 2

    def test_a_request_may_be_one_file(self, here: Path) -> None:
        request = {name: {"type": "T", "id": name} for name in ("principal", "action", "resource")}
        (here / "r.json").write_text(json.dumps(request))
        assert (
            drt("authorize", "--request-json", "r.json", stdin="permit(principal,action,resource);").exit_code
            == 0
        )
        twice = drt("authorize", "-p", "p.cedar", "--request-json", "r.json", *REQUEST)
        assert twice.exit_code == 1
        assert "leave one out" in twice.stderr


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["authorize", "-p", "p.cedar", "-a", 'A::"a"'], 1, "--principal is missing"),
        (["authorize", "-p", "none.cedar", *REQUEST], 1, "none.cedar: there is no such file"),
        (["authorize", "-p", ".", *REQUEST], 1, ".: cannot be read"),
        (["authorize", "-p", "p.cedar", *REQUEST[2:], "-l", "alice"], 1, "the principal is not an entity"),
        (["authorize", "-p", "p.cedar", *REQUEST, "-c", "p.cedar"], 1, "p.cedar:1: not JSON"),
        (["authorize", "-p", "bad.cedar", *REQUEST], 1, "bad.cedar: line 2, column 16: expected"),
        (["authorize", "-p", "p.cedar", "-k", "ok.json", *REQUEST], 1, "ok.json: expected a list of links"),
        (["authorize", "-p", "p.cedar", *REQUEST, "--engine", "none"], 1, "unknown engine 'none'"),
        (["check-parse", "-p", "bad.cedar"], 1, "  when { true && };\n                 ^"),
        (["check-parse", "--expression", "1 +"], 1, "the expression: line 1, column 4"),
        (["check-parse", "-s", "p.cedar"], 1, "p.cedar: line 2, column 1: expected"),
        (["check-parse", "--entities", "ok.json"], 1, "ok.json: "),
        (["evaluate", "1 + true"], 1, "the evaluation fails: type"),
        (["validate", "-p", "p.cedar", "-s", "none"], 1, "none: there is no such file"),
        (["validate", "-p", "p.cedar"], 2, "missing option '-s'"),
        (["format", "--write"], 2, "--write needs a file"),
        (["translate-policy", "--direction", "json-to-cedar", "-p", "p.cedar"], 1, "p.cedar: "),
        (["link", "-p", "p.cedar", "--template-id", "none", "-n", "l", "-a", "{}"], 1, "none"),
        (["link", "-p", "p.cedar", "--template-id", "shared", "-n", "l", "-a", "[]"], 1, "a JSON object"),
    ],
)
def test_bad_input_gets_one_sentence(arguments: list[str], code: int, said: str) -> None:
    result = drt(*arguments)
    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", "7"),
        ('if true then "a" else 1', '"a"'),
        ("principal", 'principal::""'),
        ("[1, 1]", "[1]"),
    ],
)
def test_evaluate_prints_the_value(expression: str, value: str, engine: str) -> None:
    result = drt("evaluate", expression, "--engine", engine)
    assert (result.exit_code, result.stdout) == (0, value + "\n")


@pytest.mark.usefixtures("here")
class TestValidate:
    def test_valid(self) -> None:
        result = drt("validate", "-p", "p.cedar", "-s", "s.cedarschema")
        assert (result.exit_code, result.stdout) == (
            0,
            "policy set validation passed\nno errors or warnings\n",
        )

    @pytest.mark.parametrize("engine", ENGINES)
    def test_a_wrong_name_is_named(self, engine: str) -> None:
        result = drt("validate", "-p", "typo.cedar", "-s", "s.cedarschema", "--engine", engine)
        assert result.exit_code == 3
        assert "agee" in result.stdout
        assert ("did you mean" in result.stdout) is (engine != "reference")

    @pytest.mark.parametrize("engine", ENGINES)
    def test_a_warning_fails_only_if_denied(self, engine: str) -> None:
        arguments = ["validate", "-p", "never.cedar", "-s", "s.cedarschema", "--engine", engine]
        assert drt(*arguments).exit_code == 0
        denied = drt(*arguments, "--deny-warnings", "-f", "json")
        assert denied.exit_code == 3
        document: dict[str, Any] = json.loads(denied.stdout)
        assert (document["valid"], document["passed"]) == (True, False)
        (warning,) = document["warnings"]
        assert (warning["policy"], warning["kind"]) == ("policy0", "impossible_policy")
        place = ("never.cedar", 1, 1) if engine == "production" else (None, None, None)
        assert (warning.get("file"), warning.get("line"), warning.get("column")) == place

    def test_a_level_can_be_asked_for(self, here: Path) -> None:
        (here / "deep.cedar").write_text("permit(principal, action, resource) when { principal.age > 3 };")
        arguments = ["validate", "-p", "deep.cedar", "-s", "s.cedarschema", "--level"]
        assert drt(*arguments, "0").exit_code == 3
        assert drt(*arguments, "1").exit_code == 0


class TestFormat:
    def test_check_then_write_then_check(self, here: Path) -> None:
        (here / "p.cedar").chmod(0o640)
        assert drt("format", "-p", "p.cedar", "-c").exit_code == 1
        assert drt("format", "-p", "p.cedar", "-w").exit_code == 0
        text = (here / "p.cedar").read_text()
        assert "// a comment that stays" in text
        assert text != POLICIES
        assert (here / "p.cedar").stat().st_mode & 0o777 == 0o640
        assert drt("format", "p.cedar", "-c").exit_code == 0
        assert drt("format", stdin=POLICIES).stdout == text

    def test_a_file_that_cannot_be_formatted_stays_and_the_others_are_done(self, here: Path) -> None:
        before = (here / "bad.cedar").read_text()
        result = drt("format", "bad.cedar", "p.cedar", "-w")
        assert result.exit_code == 1
        assert (here / "bad.cedar").read_text() == before
        assert (here / "p.cedar").read_text() != POLICIES
        assert not list(here.glob(".*")), "nothing half written is left"

    @pytest.mark.usefixtures("here")
    def test_an_engine_that_does_not_format_is_named(self) -> None:
        result = drt("format", "-p", "p.cedar", "--engine", "reference")
        assert result.exit_code == 1
        assert "the engine reference does not do this (format)" in result.stderr

    def test_width_and_indent(self) -> None:
        text = "permit(principal,action,resource) when { principal.aaaa == 1 && principal.bbbb == 2 };"
        narrow = drt("format", "-l", "20", "-i", "4", stdin=text).stdout
        assert max(map(len, narrow.splitlines())) < 40
        assert "\n    " in narrow


class TestTranslate:
    @pytest.mark.parametrize("engine", ENGINES)
    def test_policies_there_and_back(self, here: Path, engine: str) -> None:
        there = drt("translate-policy", "--direction", "cedar-to-json", "-p", "p.cedar", "--engine", engine)
        back = drt("translate-policy", "--direction", "json-to-cedar", "--engine", engine, stdin=there.stdout)
        again = drt("translate-policy", "--direction", "cedar-to-json", "--engine", engine, stdin=back.stdout)
        assert there.exit_code == back.exit_code == again.exit_code == 0
        assert again.stdout == there.stdout
        assert set(json.loads(there.stdout)["staticPolicies"]) == {"own"}
        assert set(json.loads(there.stdout)["templates"]) == {"shared"}
        assert there.stdout.count("\n") == 1

    @pytest.mark.usefixtures("here")
    @pytest.mark.parametrize("engine", ENGINES)
    def test_schemas_there_and_back(self, engine: str) -> None:
        there = drt(
            "translate-schema", "--direction", "cedar-to-json", "-s", "s.cedarschema", "--engine", engine
        )
        back = drt("translate-schema", "--direction", "json-to-cedar", "--engine", engine, stdin=there.stdout)
        resolved = [
            drt("translate-schema", "--direction", "cedar-to-json-with-resolved-types", stdin=text).stdout
            for text in (SCHEMA, back.stdout)
        ]
        assert there.exit_code == back.exit_code == 0
        assert resolved[0] == resolved[1] != ""

    @pytest.mark.parametrize("engine", ENGINES)
    def test_names_of_a_schema_need_not_be_declared(self, engine: str) -> None:
        text = """entity User in [Group] { dept: Dept, n: Long, things?: Set<Other::Thing> };
        action view in ["all"] appliesTo { principal: User, resource: Missing::Doc, context: Ctx };"""
        asked = ["translate-schema", "--engine", engine, "--direction"]
        there = drt(*asked, "cedar-to-json", stdin=text)
        back = drt(*asked, "json-to-cedar", stdin=there.stdout)
        again = drt(*asked, "cedar-to-json", stdin=back.stdout)
        assert there.exit_code == back.exit_code == again.exit_code == 0
        assert again.stdout == there.stdout
        written = json.loads(there.stdout)[""]
        assert written["entityTypes"]["User"]["memberOfTypes"] == ["Group"]
        assert written["actions"]["view"]["appliesTo"]["resourceTypes"] == ["Missing::Doc"]
        assert drt(*asked, "cedar-to-json-with-resolved-types", stdin=text).exit_code == 1

    @pytest.mark.parametrize("engine", ENGINES)
    @pytest.mark.parametrize(
        ("direction", "text"),
        [
            ("cedar-to-json", "entity A in B; entity A;"),
            ("cedar-to-json", "type Bool = X;"),
            ("json-to-cedar", '{"": {"entityTypes": {"A": {"shape": {"type": "S"}}}, "actions": {}}}'),
            ("json-to-cedar", '{"": {"entityTypes": {"A": {"tags": {"type": "A"}}}, "actions": {}}}'),
        ],
    )
    def test_what_has_no_translation_is_refused(self, engine: str, direction: str, text: str) -> None:
        result = drt("translate-schema", "--engine", engine, "--direction", direction, stdin=text)
        assert (result.exit_code, result.stdout) == (1, "")


class TestLink:
    def test_a_link_is_printed_and_added_to_the_file(self, here: Path) -> None:
        arguments = ["link", "-p", "p.cedar", "-k", "links.json", "--template-id", "shared", "-a"]
        result = drt(*arguments, '{"?principal": "User::\\"eve\\""}', "-n", "eve")
        assert result.exit_code == 0
        assert 'principal == User::"eve"' in result.stdout
        assert [link["link_id"] for link in json.loads((here / "links.json").read_text())] == ["bob", "eve"]

        eve = ["-l", 'User::"eve"', *REQUEST[2:]]
        assert drt("authorize", "-p", "p.cedar", "-k", "links.json", *eve).exit_code == 0

    def test_a_link_that_cannot_be_made_leaves_the_file(self, here: Path) -> None:
        before = (here / "links.json").read_text()
        arguments = [
            "link",
            "-p",
            "p.cedar",
            "-k",
            "links.json",
            "--template-id",
            "shared",
            "-n",
            "bob",
            "-a",
        ]
        assert drt(*arguments, '{"?principal": "User::\\"eve\\""}').exit_code == 1
        assert (here / "links.json").read_text() == before
