"""Inputs that once went wrong on the command line, each as it was reported."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from drt.cli.main import main
from drt.engines.guard import GuardedSession

ENGINES = ("reference", "production")
SAYS_WHERE = ("production",)
"""The engines that find the place of an error or a warning in the text."""
REQUEST = ["-l", 'User::"a"', "-a", 'Action::"v"', "-r", 'D::"d"']
PERMIT = "permit(principal, action, resource);"
JSON_POLICY = {
    "effect": "permit",
    "principal": {"op": "All"},
    "action": {"op": "All"},
    "resource": {"op": "All"},
    "conditions": [],
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drt(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=stdin, catch_exceptions=False)


def write(name: str, text: str | object) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    return name


def entity(type_name: str, identity: str, **attributes: object) -> dict[str, object]:
    return {"uid": {"type": type_name, "id": identity}, "attrs": attributes, "parents": []}


@pytest.mark.parametrize("engine", ENGINES)
class TestRepeatedOptions:
    """D01: the second file was read and the first, perhaps a forbid, dropped."""

    def test_a_forbid_in_the_first_file_counts(self, engine: str) -> None:
        files = ["-p", write("forbid.cedar", f'@id("no") {PERMIT.replace("permit", "forbid")}')]
        files += ["-p", write("permit.cedar", PERMIT)]
        result = drt("authorize", *files, *REQUEST, "-v", "--engine", engine)

        assert (result.exit_code, result.stdout.splitlines()[0]) == (2, "DENY")
        assert "  no\n" in result.stdout

    def test_policies_are_numbered_on_from_file_to_file(self, engine: str) -> None:
        files = ["-p", write("a.cedar", PERMIT * 2), "-p", write("b.cedar", f'{PERMIT}@id("x"){PERMIT}')]
        result = drt("authorize", *files, *REQUEST, "--json", "--engine", engine)

        assert json.loads(result.stdout)["determining"] == ["policy0", "policy1", "policy2", "x"]

    def test_an_id_in_two_files_is_a_conflict_with_both_names(self, engine: str) -> None:
        files = ["-p", write("a.cedar", f'@id("x"){PERMIT}'), "-p", write("b.cedar", f'@id("x"){PERMIT}')]
        result = drt("authorize", *files, *REQUEST, "--engine", engine)

        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == "drt: b.cedar: two policies have the id 'x' (see a.cedar)\n"

    def test_an_id_may_not_be_the_position_of_another_policy(self, engine: str) -> None:
        files = ["-p", write("a.cedar", f'@id("policy1"){PERMIT}'), "-p", write("b.cedar", PERMIT)]

        assert "two policies have the id 'policy1'" in drt("check-parse", *files, "--engine", engine).stderr

    def test_parts_of_a_policy_in_two_files_are_none(self, engine: str) -> None:
        files = ["-p", write("a.cedar", "permit(principal, action,"), "-p", write("b.cedar", "resource);")]
        result = drt("authorize", *files, *REQUEST, "--engine", engine)

        assert result.exit_code == 1
        assert "drt: a.cedar: " in result.stderr
        assert "drt: b.cedar: " in result.stderr

    def test_places_in_a_report_are_those_of_the_files(self, engine: str) -> None:
        schema = write("s.cedarschema", "entity U; action a appliesTo { principal: U, resource: U };")
        files = ["-p", write("a.cedar", f"{PERMIT}\n\n"), "-p", write("b.cedar", "\n" + WRONG)]
        result = drt("validate", "-s", schema, *files, "--json", "--engine", engine)

        assert result.exit_code == 3
        found = json.loads(result.stdout)
        assert [error["policy"] for error in found["errors"]] == ["policy1"]
        assert ("b.cedar, line 3, column" in found["detail"]) is (engine in SAYS_WHERE)

    def test_policy_sets_in_json_are_merged(self, engine: str) -> None:
        forbid = {"staticPolicies": {"no": JSON_POLICY | {"effect": "forbid"}}}
        rest: dict[str, object] = {"templates": {}, "templateLinks": []}
        files = ["-p", write("a.json", forbid | rest), "-p", write("b.json", JSON_POLICY)]
        files += ["-p", write("c.json", JSON_POLICY)]
        result = drt("authorize", *files, *REQUEST, "--json", "--engine", engine)
        assert json.loads(result.stdout)["determining"] == ["no"]

        again = drt("authorize", "-p", "a.json", "-p", "a.json", *REQUEST, "--engine", engine)
        assert again.stderr == "drt: a.json: the policy `no` is in a.json already\n"

    def test_two_syntaxes_are_not_mixed(self, engine: str) -> None:
        files = ["-p", write("a.json", JSON_POLICY), "-p", write("b.cedar", PERMIT)]

        assert (
            "cannot be read together: a.json, b.cedar"
            in drt("check-parse", *files, "--engine", engine).stderr
        )

    def test_stores_are_merged(self, engine: str) -> None:
        condition = 'permit(principal, action, resource) when { principal.x == 1 && D::"d".y == 2 };'
        files = ["--entities", write("a.json", [entity("User", "a", x=1)])]
        files += ["--entities", write("b.json", [entity("D", "d", y=2)])]
        policies = ["-p", write("p.cedar", condition)]

        assert drt("authorize", *policies, *files, *REQUEST, "--engine", engine).exit_code == 0

    def test_an_entity_in_two_stores_is_a_conflict_with_both_names(self, engine: str) -> None:
        same = {"uid": {"__entity": {"type": "User", "id": "a"}}, "attrs": {}, "parents": []}
        files = ["--entities", write("a.json", [entity("User", "a")]), "--entities", write("b.json", [same])]
        result = drt("check-parse", *files, "--engine", engine)

        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == 'drt: b.json: the entity `User::"a"` is in a.json already\n'

    def test_the_errors_of_all_stores_are_reported(self, engine: str) -> None:
        files = ["--entities", write("a.json", "[1]"), "--entities", write("b.json", "{")]
        errors = json.loads(drt("check-parse", *files, "--json", "--engine", engine).stdout)["errors"]

        assert [error.split(":")[0] for error in errors] == ["a.json", "b.json"]

    def test_schemas_link(self, engine: str) -> None:
        schemas = ["-s", write("a.cedarschema", "external entity U; entity R in [U];")]
        schemas += ["-s", write("b.json", {"": {"entityTypes": {"U": {}}, "actions": {"v": APPLIES}}})]
        policies = ["-p", write("p.cedar", "permit(principal is U, action, resource is R);")]
        valid = drt("validate", *schemas, *policies, "--engine", engine)
        assert (valid.exit_code, valid.stderr) == (0, "")

        wrong = ["-p", write("q.cedar", "permit(principal is R, action, resource) when { context.x };")]
        assert drt("validate", *schemas, *wrong, "--deny-warnings", "--engine", engine).exit_code == 3
        stored = ["--entities", write("e.json", [entity("Q", "q")])]
        assert drt("check-parse", *schemas, *stored, "--engine", engine).exit_code == 1

    def test_schemas_that_do_not_link_are_one_sentence_with_the_declaration_and_its_files(
        self, engine: str
    ) -> None:
        schemas = ["-s", write("a.cedarschema", "namespace N { entity U; }")]
        schemas += ["-s", write("b.cedarschema", "entity V;")]
        schemas += ["-s", write("c.cedarschema", "namespace N { entity U; }")]
        result = drt("validate", *schemas, "-p", write("p.cedar", PERMIT), "--engine", engine)

        assert (result.exit_code, result.stdout) == (1, "")
        assert len(result.stderr.splitlines()) == 1
        assert "`N::U`" in result.stderr
        assert "(a.cedarschema, c.cedarschema)" in result.stderr

    def test_schemas_are_linked_before_they_are_translated(self, engine: str) -> None:
        schemas = ["-s", write("a.cedarschema", "entity A;"), "-s", write("b.cedarschema", "entity B;")]
        asked = ["translate-schema", "--direction", "cedar-to-json", *schemas, "--engine", engine]

        assert set(json.loads(drt(*asked).stdout)[""]["entityTypes"]) == {"A", "B"}

    def test_a_schema_with_resolved_types_is_a_schema(self, engine: str) -> None:
        text = "namespace N { type T = {a?: decimal}; entity U in [G] {x: T} tags T; entity G; external entity X in [U]; }"
        asked = ["translate-schema", "--direction", "cedar-to-json-with-resolved-types", "--engine", engine]
        resolved = drt(*asked, "-s", write("s.cedarschema", text)).stdout
        back = drt("translate-schema", "--direction", "json-to-cedar", "-s", write("s.json", resolved)).stdout

        assert "type T" not in back
        assert "external entity X in [" in back
        assert drt(*asked, stdin=back).stdout == resolved


WRONG = "permit(principal, action, resource)\nwhen { principal.nothing };"
APPLIES = {
    "appliesTo": {
        "principalTypes": ["U"],
        "resourceTypes": ["U"],
        "context": {"type": "Record", "attributes": {}},
    }
}


def test_an_option_that_takes_one_file_may_not_be_repeated() -> None:
    contexts = ["-c", write("a.json", "{}"), "-c", write("b.json", "{}")]
    result = drt("authorize", "-p", write("p.cedar", PERMIT), *REQUEST, *contexts)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "the option --context is given twice" in result.stderr


@pytest.mark.parametrize("engine", ENGINES)
class TestPoliciesInJson:
    """D03: one policy in JSON was refused."""

    def test_a_single_policy_is_a_set_of_one(self, engine: str) -> None:
        asked = ["-p", write("p.json", JSON_POLICY), "--engine", engine]
        assert drt("check-parse", *asked, "--policy-format", "json").exit_code == 0
        determining = json.loads(drt("authorize", *asked, *REQUEST, "--json").stdout)["determining"]
        assert determining == ["JSON policy"]
        text = drt("translate-policy", "--direction", "json-to-cedar", *asked).stdout
        assert "".join(text.split()) == "permit(principal,action,resource);"

    @pytest.mark.parametrize("scope", [{"op": "=="}, {"op": "is", "entity_type": "User", "in": {}}])
    def test_a_single_template_can_be_linked(self, scope: dict[str, object], engine: str) -> None:
        slot = {"slot": "?principal"}
        principal = {**scope, "in": slot} if "in" in scope else {**scope, **slot}
        asked = ["-p", write("t.json", JSON_POLICY | {"principal": principal}), "--engine", engine]
        values = json.dumps({"?principal": 'User::"eve"'})
        result = drt("link", *asked, "--template-id", "JSON policy", "-n", "l", "-a", values)

        assert (result.exit_code, 'User::"eve"' in result.stdout) == (0, True)

    @pytest.mark.parametrize(
        ("document", "said"), [({"x": 1}, "neither a policy"), (JSON_POLICY | {"templates": {}}, "both a")]
    )
    def test_what_is_neither_or_both_is_refused(self, document: object, said: str, engine: str) -> None:
        result = drt("check-parse", "-p", write("p.json", document), "--engine", engine)

        assert result.exit_code == 1
        assert said in result.stderr


@pytest.mark.parametrize("engine", ENGINES)
def test_check_parse_refuses_an_id_that_is_there_twice(engine: str) -> None:
    """D04: `authorize` and `validate` refused the file, and `check-parse` did not."""
    result = drt("check-parse", "-p", write("p.cedar", f'@id("x"){PERMIT}' * 2), "--engine", engine)

    assert (result.exit_code, result.stderr) == (1, "drt: p.cedar: two policies have the id 'x'\n")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "command",
    [
        ["validate", "-p", "bad.cedar", "-s", "s.cedarschema"],
        ["authorize", "-p", "bad.cedar", *REQUEST],
        ["authorize", "-p", "none.cedar", *REQUEST],
        ["authorize", "-p", "good.cedar"],
        ["evaluate", "1+"],
        ["evaluate", "1", "-c", "bad.cedar"],
        ["link", "-p", "bad.cedar", "--template-id", "t", "-n", "l", "-a", "{}"],
        ["link", "-p", "good.cedar", "--template-id", "t", "-n", "l", "-a", "{"],
        ["check-parse", "-p", "bad.cedar"],
    ],
)
def test_programs_get_a_json_object_for_unreadable_input(command: list[str], engine: str) -> None:
    """D05: standard output was empty."""
    write("bad.cedar", "permit(principal, action, resource")
    write("good.cedar", PERMIT)
    write("s.cedarschema", "entity U;")
    result = drt(*command, "--json", "--engine", engine)

    assert (result.exit_code, result.stderr) == (1, "")
    document = json.loads(result.stdout)
    assert document["error"] == "\n".join(document["errors"]) != ""


def test_the_errors_of_all_parts_are_reported_together() -> None:
    write("bad.cedar", "permit(")
    write("bad.json", "[1]")
    asked = ["-p", "bad.cedar", "--entities", "bad.json", "-l", "me", *REQUEST[2:]]
    errors = json.loads(drt("authorize", *asked, "--json").stdout)["errors"]

    assert [error.split(":")[0] for error in errors[:1]] == ["bad.cedar"]
    assert errors[1].startswith("the principal is not an entity")
    assert errors[2].startswith("bad.json: ")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("identity", ["ab\u202ecd", "\u0430dmin"])
def test_texts_that_mislead_are_warned_of(identity: str, engine: str) -> None:
    """D06: the report was "no errors or warnings"."""
    write("s.cedarschema", "entity User; entity D; action v appliesTo { principal: User, resource: D };")
    write("p.cedar", f'permit(principal == User::"{identity}", action, resource);')
    asked = ["validate", "-s", "s.cedarschema", "-p", "p.cedar", "--engine", engine]

    assert drt(*asked).exit_code == 0
    denied = drt(*asked, "--deny-warnings", "--json")
    assert denied.exit_code == 3
    assert json.loads(denied.stdout)["warnings"][0]["texts"][0] == identity


@pytest.mark.parametrize("engine", ENGINES)
def test_all_errors_of_a_policy_are_reported_and_named_alike(engine: str) -> None:
    """D02 and D07: an invalid policy was called impossible too, and only its first error was reported."""
    write("s.cedarschema", "entity U {n?: Long}; entity D; action v appliesTo {principal: U, resource: D};")
    write(
        "p.cedar", '@id("both") permit(principal, action, resource) when { principal.n == 1 && context.z };'
    )
    asked = ["validate", "-s", "s.cedarschema", "-p", "p.cedar", "--json", "--engine", engine]
    document = json.loads(drt(*asked).stdout)

    kinds = ["unsafe_attribute_access", "unsafe_optional_attribute_access"]
    assert sorted(error["kind"] for error in document["errors"]) == kinds
    assert all(error["policy"] == "both" and error["message"] for error in document["errors"])
    places = [(error.get("file"), error.get("line")) for error in document["errors"]]
    assert places == [("p.cedar", 1) if engine in SAYS_WHERE else (None, None)] * 2
    assert document["policies"] == {"both": False}
    assert document["detail"].count("`both`") >= 2
    assert "policy0" not in document["detail"]
    assert document["warnings"] == []


LOOSE = [
    'User::"alice"//"',
    '(User::"alice")',
    ' User :: "alice"',
    'User::"alice" ',
    'User::"\\u{61}lice"',
    'if::"alice"',
    "alice",
    "",
]


@pytest.mark.parametrize("text", LOOSE)
class TestLooseUids:
    """D08: a name from outside, put between quotes, was read as another one's."""

    def test_in_a_request(self, text: str) -> None:
        write("p.cedar", 'permit(principal == User::"alice", action, resource);')
        result = drt("authorize", "-p", "p.cedar", "-l", text, *REQUEST[2:])

        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("drt: the principal is not a")

    def test_in_an_evaluation(self, text: str) -> None:
        assert drt("evaluate", "resource", "-r", text or " ").exit_code == 1

    def test_in_a_link(self, text: str) -> None:
        write("t.cedar", '@id("t") permit(principal == ?principal, action, resource);')
        asked = ["link", "-p", "t.cedar", "--template-id", "t", "-n", "l", "-a"]

        assert drt(*asked, json.dumps({"?principal": text})).exit_code == 1
        entry = {"template_id": "t", "link_id": "l", "args": {"?principal": text}}
        stored = drt("check-parse", "-p", "t.cedar", "-k", write("l.json", [entry]))
        assert (stored.exit_code, stored.stderr[:12]) == (1, "drt: l.json:")


REQUEST_TEXTS = {"principal": 'User::"a"', "action": 'Action::"v"', "resource": 'D::"d"', "context": {}}


@pytest.mark.parametrize("engine", [*ENGINES, "cedarpy"])
class TestRequestDocuments:
    """D09: uids as texts were read by one engine, unknown members refused by another."""

    def test_uids_may_be_texts(self, engine: str) -> None:
        if engine == "cedarpy":
            pytest.importorskip("cedarpy")
        asked = ["-p", write("p.cedar", PERMIT), "--request-json", write("r.json", REQUEST_TEXTS)]

        assert drt("authorize", *asked, "--engine", engine).stdout == "ALLOW\n"

    def test_unknown_members_are_refused(self, engine: str) -> None:
        if engine == "cedarpy":
            pytest.importorskip("cedarpy")
        objects = {key: {"type": "T", "id": "x"} for key in ("principal", "action", "resource")}
        asked = ["-p", write("p.cedar", PERMIT), "--request-json", write("r.json", {**objects, "extra": 1})]
        result = drt("authorize", *asked, "--engine", engine)

        assert (result.exit_code, result.stdout) == (1, "")
        assert "extra" in result.stderr


def test_what_is_long_and_flat_is_put_to_cedarpy() -> None:
    """H01: "the engine cedarpy does not do this (depth)"."""
    pytest.importorskip("cedarpy")
    types: dict[str, object] = {f"E{n}": {} for n in range(124)}
    write("s.json", {"": {"entityTypes": types, "actions": {}}})
    actions = ", ".join(f'NS::Action::"a{n}"' for n in range(126))
    write("p.cedar", f"permit(principal, action in [{actions}], resource);")

    assert drt("check-parse", "-s", "s.json", "--engine", "cedarpy").exit_code == 0
    assert drt("check-parse", "-p", "p.cedar", "--engine", "cedarpy").exit_code == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_an_incomplete_schema_is_reported_once_with_its_declaration_and_file(engine: str) -> None:
    write("a.cedarschema", "entity User; action a appliesTo { principal: User, resource: User };")
    write("b.cedarschema", "namespace N { external entity X; entity Y in X; }")
    write("p.cedar", f"{PERMIT}\n{PERMIT}")
    asked = ["validate", "-s", "a.cedarschema", "-s", "b.cedarschema", "-p", "p.cedar", "--engine", engine]
    result = drt(*asked)

    assert result.exit_code == 3
    assert result.stdout == (
        "policy set validation failed\nb.cedarschema: the schema is incomplete: nothing defines `N::X`\n"
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_policy_is_renamed_and_the_text_of_the_user_is_not(engine: str) -> None:
    schema = write("s.cedarschema", "entity U; action a appliesTo { principal: U, resource: U };")
    policy = '@id("mine") permit(principal, action, resource) when { principal.policy0 == "`policy0`" };'
    detail = drt("validate", "-s", schema, "-p", write("p.cedar", policy), "--engine", engine).stdout

    assert "`mine`" in detail.splitlines()[1]
    assert "principal.policy0" in detail
    assert ('principal.policy0 == "`policy0`"' in detail) is (engine in SAYS_WHERE)
    assert "principal.mine" not in detail


@pytest.mark.parametrize("engine", ENGINES)
def test_two_errors_of_one_kind_are_two_entries_with_their_places(engine: str) -> None:
    schema = write("s.cedarschema", "entity U; action a appliesTo { principal: U, resource: U };")
    first = write("a.cedar", PERMIT)
    wrong = "permit(principal, action, resource)\nwhen { principal.x ==\nresource.y };"
    asked = [
        "validate",
        "-s",
        schema,
        "-p",
        first,
        "-p",
        write("b.cedar", wrong),
        "--json",
        "--engine",
        engine,
    ]
    errors = json.loads(drt(*asked).stdout)["errors"]

    assert [(error["policy"], error["kind"]) for error in errors] == [
        ("policy1", "unsafe_attribute_access")
    ] * 2
    if engine in SAYS_WHERE:
        assert sorted((error["file"], error["line"]) for error in errors) == [("b.cedar", 2), ("b.cedar", 3)]
    assert len({error["message"] for error in errors}) == 2


def test_kinds_are_shown_where_an_engine_has_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = write("s.cedarschema", "entity U; action a appliesTo { principal: U, resource: U };")
    policy = write(
        "p.cedar", '@id("mine") permit(principal, action, resource) when { principal.x == "é\u0430a" };'
    )
    ask = GuardedSession.ask

    def silent(session: GuardedSession, question: Any) -> Any:
        return replace(ask(session, question), detail="")

    monkeypatch.setattr(GuardedSession, "ask", silent)
    lines_shown = drt("validate", "-s", schema, "-p", policy, "--engine", "reference").stdout.splitlines()

    assert lines_shown[1:] == [
        "error in `mine`: unsafe_attribute_access",
        "warning for `mine`: mixed_script_string 'é\u0430a'",
    ]


@pytest.mark.parametrize("engine", ENGINES)
class TestAllErrorsOfASet:
    """D07: only the first syntax error of a policy set was reported."""

    def test_in_the_cedar_syntax_each_with_its_file_and_line(self, engine: str) -> None:
        text = f"permit(principal == , action, resource);\n{PERMIT}\nforbid(principal, action) when {{}};"
        asked = ["check-parse", "-p", write("p.cedar", text), "--json", "--engine", engine]
        errors = json.loads(drt(*asked).stdout)["errors"]

        assert len(errors) >= 2
        assert all(error.startswith("p.cedar: ") for error in errors)
        assert "line 1, column" in errors[0]
        assert "line 3, column" in errors[1]

    def test_in_json_each_with_its_line_and_policy(self, engine: str) -> None:
        wrong: list[dict[str, Any]] = [
            JSON_POLICY | {"conditions": [{"kind": "when", "body": {"nope": 1}}, {"kind": "if", "body": {}}]},
            JSON_POLICY | {"effect": "allow"},
            JSON_POLICY,
        ]
        sound = JSON_POLICY | {"resource": {"op": "==", "slot": "?resource"}}
        template = sound | {"resource": {"op": "==", "slot": "?other"}}
        document = {
            "staticPolicies": {f"p{index}": policy for index, policy in enumerate(wrong)},
            "templates": {"t": template, "u": sound},
            "templateLinks": [{"templateId": "u", "newId": "l", "values": 3}],
        }
        name = write("p.json", json.dumps(document, indent=1))
        result = drt("check-parse", "-p", name, "--json", "--engine", engine)
        errors = json.loads(result.stdout)["errors"]

        assert result.exit_code == 1
        named = ["'p0'", "'p0'", "'p1'", "'t'", "values"]
        assert len(errors) == len(named)
        assert all(name in error for name, error in zip(named, errors, strict=True))
        lines = [int(error.split(":")[1]) for error in errors]
        assert lines == sorted(set(lines))
        source = Path(name).read_text().splitlines()
        assert '"effect": "allow"' in source[lines[2] - 1]

    def test_a_sound_template_is_no_error_beside_a_wrong_one(self, engine: str) -> None:
        sound = JSON_POLICY | {"principal": {"op": "in", "slot": "?principal"}}
        templates = {"a": sound, "b": sound | {"effect": "never"}}
        document = {"staticPolicies": {}, "templates": templates, "templateLinks": []}
        result = drt("check-parse", "-p", write("p.json", document), "--json", "--engine", engine)

        assert len(json.loads(result.stdout)["errors"]) == 1


@pytest.mark.parametrize("engine", ENGINES)
class TestRequestsThatAreNotValidated:
    SCHEMA = """entity User; entity D;
    action v appliesTo { principal: User, resource: D,
        context: { at: datetime, n: Long, inner: { x: Long } } };"""

    def asked(self, engine: str, context: object | None) -> list[str]:
        policy = 'permit(principal, action, resource) when { context.at < datetime("2025-01-01") };'
        given = [] if context is None else ["-c", write("c.json", context)]
        files = ["-s", write("s.cedarschema", self.SCHEMA), "-p", write("p.cedar", policy)]
        return ["authorize", *files, *REQUEST[2:], *given, "--engine", engine]

    def test_a_context_may_lack_attributes_and_is_read_by_type(self, engine: str) -> None:
        asked = [*self.asked(engine, {"at": "2024-01-01", "inner": {}}), "-l", 'User::"a"']

        assert drt(*asked).exit_code == 1
        assert drt(*asked, "--request-validation", "false").stdout == "ALLOW\n"

    def test_a_context_may_lack_altogether_and_the_principal_be_of_another_type(self, engine: str) -> None:
        asked = [*self.asked(engine, None), "-l", 'Other::"a"']
        result = drt(*asked, "--request-validation", "false")

        assert (result.exit_code, result.stdout) == (2, "DENY\n")
        assert "attr-missing" in result.stderr


@pytest.mark.parametrize("engine", ENGINES)
class TestTranslations:
    def test_policies_are_named_by_their_ids(self, engine: str) -> None:
        text = f'@id("first") {PERMIT} {PERMIT} @id("t") permit(principal == ?principal, action, resource);'
        asked = ["translate-policy", "--direction", "cedar-to-json", "--engine", engine]
        result = drt(*asked, "-p", write("p.cedar", text))
        document = json.loads(result.stdout)

        assert result.stdout.count("\n") == 1
        assert list(document["staticPolicies"]) == ["first", "policy1"]
        assert (list(document["templates"]), document["templateLinks"]) == (["t"], [])

    def test_links_cannot_be_written_in_the_cedar_syntax(self, engine: str) -> None:
        template = JSON_POLICY | {"principal": {"op": "==", "slot": "?principal"}}
        link = {"templateId": "t", "newId": "l", "values": {"?principal": {"type": "U", "id": "a"}}}
        document = {"staticPolicies": {}, "templates": {"t": template}, "templateLinks": [link]}
        asked = ["translate-policy", "--direction", "json-to-cedar", "-p", write("p.json", document)]
        result = drt(*asked, "--engine", engine)

        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == "drt: p.json: the Cedar syntax has no links\n"

    def test_programs_get_cedar_text_as_a_member(self, engine: str) -> None:
        asked = ["translate-policy", "--direction", "json-to-cedar", "-p", write("p.json", JSON_POLICY)]
        assert json.loads(drt(*asked, "--json", "--engine", engine).stdout)["text"] == PERMIT

        schema = ["translate-schema", "--direction", "json-to-cedar", "-s", write("s.json", "{}")]
        assert json.loads(drt(*schema, "--json", "--engine", engine).stdout) == {"text": ""}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_context_that_is_refused_is_named_by_its_file(engine: str) -> None:
    asked = ["authorize", "-p", write("p.cedar", PERMIT), *REQUEST, "-c", write("c.json", "[]")]

    assert drt(*asked, "--engine", engine).stderr.startswith("drt: c.json: ")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_schema_that_cannot_be_translated_is_named_by_its_file(engine: str) -> None:
    schema = write("s.cedarschema", "entity U in [Q];")
    asked = ["translate-schema", "--direction", "cedar-to-json-with-resolved-types", "-s", schema]

    assert drt(*asked, "--engine", engine).stderr.startswith("drt: s.cedarschema: ")
