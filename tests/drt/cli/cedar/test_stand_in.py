"""`drt cedar`: what spec 12 says of the `cedar` command, line by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drt.cli.cedar import command

POLICIES = """@id("a b") permit(principal == User::"a", action, resource) when { context.x > 1 };
forbid(principal, action, resource) when { resource.secret };
permit(principal == ?principal, action, resource);
"""
ENTITIES = [
    {
        "uid": {"type": "Doc", "id": "d"},
        "attrs": {"secret": False, "n": {"__extn": {"fn": "decimal", "arg": "1.50"}}},
        "parents": [{"type": "Folder", "id": "f"}],
    }
]
SCHEMA = """entity User; entity Folder; entity Doc in Folder { secret: Bool, n: decimal };
action view appliesTo { principal: User, resource: Doc, context: { x: Long } };"""
WHO = ["-l", 'User::"a"', "-a", 'Action::"view"', "-r", 'Doc::"d"']
ASK = [*WHO, "-c", "c.json"]
REQUEST = {
    "principal": 'User::"a"',
    "action": 'Action::"view"',
    "resource": 'Doc::"d"',
    "context": {"x": 2},
    "y": 1,
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("p.cedar").write_text(POLICIES)
    Path("e.json").write_text(json.dumps(ENTITIES))
    Path("c.json").write_text('{"x": 2}')
    Path("s.cedarschema").write_text(SCHEMA)
    Path("r.json").write_text(json.dumps(REQUEST))
    return tmp_path


def cedar(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(command, list(arguments), input=stdin)


def asked(*more: str) -> Result:
    return cedar("authorize", "-p", "p.cedar", "--entities", "e.json", *more)


class TestAuthorize:
    def test_allow_with_its_reason(self) -> None:
        done = asked(*ASK, "-v")
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout == "\nALLOW\n\nnote: this decision was due to the following policies:\n  a b\n\n"

    def test_deny_with_an_error(self) -> None:
        done = asked(*WHO)
        assert done.exit_code == 2
        assert done.stdout == "\nDENY\n\nerror while evaluating policy `a b`: attr-missing\n"

    def test_nothing_applied(self) -> None:
        done = asked("-l", 'User::"b"', *ASK[2:], "-v")
        assert (done.exit_code, done.stdout) == (2, "\nDENY\n\nnote: no policies applied to this request\n")

    def test_the_time_comes_before_the_decision(self) -> None:
        empty, time, decision = asked(*ASK, "-t").stdout.splitlines()
        assert (empty, decision) == ("", "ALLOW")
        assert time.rpartition(" : ")[0] == "Authorization Time (micro seconds)"
        assert time.split()[-1].isdigit()

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["--request-json", "r.json"], 0),
            (["--request-json", "r.json", *WHO[:2]], 2),
            (WHO[:4], 1),
            (["-l", 'User::"a"//', *WHO[2:]], 1),
            ([*ASK, "-s", "s.cedarschema"], 0),
            ([*WHO, "-s", "s.cedarschema"], 1),
            ([*WHO, "-s", "s.cedarschema", "--request-validation", "false"], 2),
            ([*ASK, "-k", "empty.json"], 0),
            ([*ASK, "-k", "none.json"], 1),
            ([*ASK, "-p", "p.cedar"], 2),
            ([*ASK, "--flag"], 2),
        ],
    )
    def test_exit_codes(self, arguments: list[str], code: int) -> None:
        Path("empty.json").write_text("")
        done = asked(*arguments)
        assert done.exit_code == code, done.output
        assert bool(done.stdout) == (code != 2 or "DENY" in done.stdout)

    @pytest.mark.parametrize("name", ["principal", "action", "resource", "context"])
    def test_a_request_document_needs_all_members(self, name: str) -> None:
        Path("r.json").write_text(json.dumps({key: value for key, value in REQUEST.items() if key != name}))
        done = asked("--request-json", "r.json")
        assert (done.exit_code, done.stderr) == (1, "")
        assert f"`{name}`" in done.stdout

    def test_entities_are_required(self) -> None:
        assert cedar("authorize", "-p", "p.cedar", *ASK).exit_code == 2

    def test_errors_of_all_parts_are_reported_together(self) -> None:
        Path("p.cedar").write_text("permit(principal, action, resource) when { 1 + };\nforbid(")
        Path("e.json").write_text("[1]")
        Path("c.json").write_text("[")
        done = asked(*ASK, "-f", "json")
        files = [json.loads(line).get("filename", "") for line in done.stdout.splitlines()[1:]]
        assert files[:2] == ["p.cedar", "p.cedar"]
        assert len(files) == 4
        assert done.exit_code == 1


class TestErrorFormats:
    def test_json_has_bytes_of_the_place(self) -> None:
        Path("p.cedar").write_text('@id("é") permit(principal, action, resource) when { 1 + };')
        done = cedar("-f", "json", "check-parse", "-p", "p.cedar")
        report = json.loads(done.stdout)
        assert set(report) == {"message", "severity", "causes", "filename", "labels", "related"}
        [label] = report["labels"]
        span = label["span"]
        assert Path("p.cedar").read_bytes()[span["offset"] :][: span["length"]] == b"}"

    def test_plain_is_a_sentence_and_the_variable_chooses_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        plain = cedar("check-parse", "-p", "none.cedar", "-f", "plain").stdout
        assert plain == "none.cedar: there is no such file\n"
        monkeypatch.setenv("CEDAR_ERROR_FORMAT", "plain")
        assert cedar("check-parse", "-p", "none.cedar").stdout == plain

    def test_human_shows_the_line(self) -> None:
        shown = cedar("check-parse", "-p", "-", stdin="").stdout
        assert "×" in shown
        done = cedar("check-parse", stdin="permit(principal, action);")
        assert (done.exit_code, "permit(principal, action);\n" in done.stdout, "^" in done.stdout) == (
            1,
            True,
            True,
        )


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("1 + 2", "3"),
        ('"a\\nb"', '"a\\nb"'),
        ("[3, 10, 1, 2, 1]", "[1, 2, 3, 10]"),
        ("{b: 1, a: [true, true]}", '{"a": [true], "b": 1}'),
        ("principal", 'User::"a"'),
        ("resource.n", 'decimal("1.50")'),
        ('ip("10.0.0.1/8")', 'ip("10.0.0.1/8")'),
        ('datetime("2024-01-01")', 'datetime("2024-01-01")'),
        ('duration("1h")', 'duration("1h")'),
        ('duration("1d1h").toHours() == 25', "true"),
        ('datetime("2024-01-02").toTime()', 'duration("0ms")'),
        ('datetime("2024-01-02").durationSince(datetime("2024-01-01"))', 'duration("86400000ms")'),
        (
            'datetime("2024-01-01").offset(duration("1h"))',
            'datetime("1970-01-01").offset(duration("1704070800000ms"))',
        ),
    ],
)
def test_evaluate_prints_what_reads_back(expression: str, printed: str) -> None:
    done = cedar("evaluate", *ASK, "--entities", "e.json", expression)
    assert (done.exit_code, done.stdout) == (0, f"\n{printed}\n")
    again = cedar("evaluate", *ASK, "--entities", "e.json", printed)
    assert (again.exit_code, again.stdout) == (0, f"\n{printed}\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["evaluate", "1"], 1),
        (["evaluate", *ASK, "1 +"], 1),
        (["evaluate", *ASK, "context.none"], 1),
        (["evaluate", *ASK, "--", "-1"], 0),
        (["evaluate", *ASK, "-1"], 2),
        (["validate", "-p", "p.cedar", "-s", "s.cedarschema"], 0),
        (["validate", "-p", "p.cedar", "-s", "s.cedarschema", "--validation-mode", "partial"], 1),
        (["validate", "-p", "p.cedar"], 2),
        (["check-parse", "-s", "s.cedarschema", "--entities", "e.json"], 0),
        (["check-parse", "--expression", "1 +"], 1),
        (["link", "-p", "p.cedar", "--template-id", "policy2", "-n", "x", "-a", '{"principal": "x"}'], 2),
        (["link", "-p", "p.cedar", "--template-id", "policy2", "-n", "x", "-a", "{}"], 1),
        (["link", "-p", "p.cedar", "--template-id", "policy1", "-n", "x", "-a", "{}"], 1),
        (["link", "-p", "p.cedar", "--template-id", "none", "-n", "x", "-a", "{}"], 1),
        (["format", "-w"], 2),
        (["format", "-p", "p.cedar", "-c"], 1),
        (["visualize"], 2),
        (["visualize", "--entities", "none.json"], 1),
        (["partially-authorize", "--flag"], 1),
        (["symcc-of-another-name"], 2),
        ([], 2),
        (["--help"], 0),
    ],
)
def test_more_exit_codes(arguments: list[str], code: int) -> None:
    assert cedar(*arguments).exit_code == code


def test_usage_errors_leave_standard_output_empty() -> None:
    for arguments in ([], ["validate"], ["authorize", "--flag"], ["link", "-a", "{}"]):
        done = cedar(*arguments)
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr


def test_validation_reports_every_finding() -> None:
    Path("p.cedar").write_text(
        "permit(principal, action, resource) when { resource.none };\n"
        "permit(principal, action, resource) when { principal.none };\n"
        "permit(principal, action, resource) when { 1 == 2 };"
    )
    done = cedar("validate", "-p", "p.cedar", "-s", "s.cedarschema")
    assert done.exit_code == 3
    assert "policy set validation failed" in done.stdout.splitlines()[0]
    assert all(f"`policy{number}`" in done.stdout for number in range(3))
    report = json.loads(cedar("-f", "json", "validate", "-p", "p.cedar", "-s", "s.cedarschema").stdout)
    assert report["severity"] == "error"
    assert [related["severity"] for related in report["related"]] == ["error", "error", "warning"]


def test_warnings_fail_only_when_denied() -> None:
    Path("p.cedar").write_text("permit(principal, action, resource) when { 1 == 2 };")
    arguments = ["validate", "-p", "p.cedar", "-s", "s.cedarschema"]
    done = cedar(*arguments)
    assert (done.exit_code, "policy set validation passed" in done.stdout) == (0, True)
    assert cedar(*arguments, "--deny-warnings").exit_code == 3


def test_a_link_is_added_to_its_file_and_used() -> None:
    arguments = ["-p", "p.cedar", "-k", "l.json", "--template-id", "policy2", "-n", "x"]
    done = cedar("link", *arguments, "-a", '{"?principal": "User::\\"z\\""}')
    assert done.stdout == 'Template-linked policy added: permit(principal == User::"z", action, resource);\n'
    assert json.loads(Path("l.json").read_text()) == [
        {"template_id": "policy2", "link_id": "x", "args": {"?principal": 'User::"z"'}}
    ]
    assert cedar("link", *arguments, "-a", '{"?principal": "User::\\"y\\""}').exit_code == 1
    assert asked("-l", 'User::"z"', *WHO[2:], "-k", "l.json").exit_code == 0


def test_format_prints_checks_and_writes() -> None:
    assert cedar("format", stdin="").stdout == "\n"
    printed = cedar("format", "-p", "p.cedar", "-c")
    assert printed.exit_code == 1
    assert printed.stdout.count("\n") > 5
    assert (cedar("format", "-p", "p.cedar", "-w").stdout, Path("p.cedar").read_text()) == (
        "",
        printed.stdout,
    )
    assert cedar("format", "-p", "p.cedar", "-c").exit_code == 0


def test_policies_go_to_json_by_their_ids_and_back() -> None:
    done = cedar("translate-policy", "--direction", "cedar-to-json", "-p", "p.cedar")
    document = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert (list(document["staticPolicies"]), list(document["templates"])) == (
        ["a b", "policy1"],
        ["policy2"],
    )
    back = cedar("translate-policy", "--direction", "json-to-cedar", stdin=done.stdout)
    assert back.exit_code == 0
    assert "secret" in back.stdout
    single = json.dumps(document["staticPolicies"]["a b"])
    assert cedar("translate-policy", "--direction", "json-to-cedar", stdin=single).exit_code == 0
    wrong = cedar("translate-policy", "--direction", "json-to-cedar", stdin="{}")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert wrong.stderr


@pytest.mark.parametrize("direction", ["cedar-to-json", "cedar-to-json-with-resolved-types"])
def test_a_translated_schema_is_a_schema(direction: str) -> None:
    done = cedar("translate-schema", "--direction", direction, "-s", "s.cedarschema")
    Path("s.json").write_text(done.stdout)
    assert cedar("validate", "-p", "p.cedar", "-s", "s.json", "--schema-format", "json").exit_code == 0
    back = cedar("translate-schema", "--direction", "json-to-cedar", "-s", "s.json")
    Path("again.cedarschema").write_text(back.stdout)
    assert cedar("validate", "-p", "p.cedar", "-s", "again.cedarschema").exit_code == 0


def test_entities_as_a_graph() -> None:
    done = cedar("visualize", "--entities", "e.json")
    assert done.exit_code == 0
    assert "subgraph cluster_0" in done.stdout
    assert '"Doc::\\"d\\"" -> "Folder::\\"f\\""' in done.stdout


def test_a_new_folder_fits_together() -> None:
    assert (cedar("new", "-n", "fresh").stdout, cedar("new", "-n", "fresh").exit_code) == ("", 1)
    schema = ["-s", "fresh/schema.cedarschema.json", "--schema-format", "json"]
    done = cedar(
        "authorize", "-p", "fresh/policy.cedar", "--entities", "fresh/entities.json", *schema,
        "-l", 'A::"a"', "-a", 'Action::"action"', "-r", 'C::"c"',
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert cedar("validate", "-p", "fresh/policy.cedar", *schema).exit_code == 0


def test_versions_and_licence() -> None:
    assert cedar("language-version").stdout == "Cedar language version: 4.6\n"
    assert cedar("--version").stdout == "cedar-policy-cli 4.14.1\n"
    assert "Apache License" in cedar("license").stdout


def test_policy_tests_report_on_standard_output() -> None:
    Path("t.json").write_text("{}")
    done = cedar("run-tests", "-p", "p.cedar", "--tests", "t.json")
    assert (done.exit_code, done.stderr) == (1, "")
    assert "expected a list of tests" in done.stdout
    Path("t.json").write_text("[]")
    assert cedar("run-tests", "-p", "p.cedar", "--tests", "t.json").exit_code == 0
