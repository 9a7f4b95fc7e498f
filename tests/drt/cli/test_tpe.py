"""`drt tpe` and `drt cedar tpe`: output and exit codes of spec 12 §5."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drt.cli.main import main

SCHEMA = """
entity User;
entity Doc {owner: User, pub: Bool};
action view appliesTo {principal: User, resource: Doc, context: {mfa: Bool}};
"""
POLICIES = """
@id("own") permit(principal, action, resource) when { resource.owner == principal };
permit(principal, action, resource) when { context.mfa };
forbid(principal, action, resource == Doc::"secret") when { 1 + 9223372036854775807 == 0 };
forbid(principal == User::"eve", action, resource);
"""
VIEW = 'Action::"view"'
OWNED = [{"uid": {"type": "Doc", "id": "d"}, "attrs": {"owner": {"type": "User", "id": "ann"}, "pub": True}}]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "s.cedarschema": SCHEMA, "p.cedar": POLICIES, "e.json": "[]", "owned.json": json.dumps(OWNED),
        "c.json": '{"mfa": true}', "bad.json": '[{"uid": {"type": "No", "id": "a"}, "attrs": {}}]',
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text)
    return tmp_path


def asked(*arguments: str, command: tuple[str, ...] = ("tpe",), entities: str = "e.json") -> Result:
    files = ("-p", "p.cedar", "-s", "s.cedarschema", "--entities", entities)
    types = ("--principal-type", "User", "-a", VIEW, "--resource-type", "Doc")
    request = () if "--request-json" in arguments else types
    return CliRunner().invoke(main, [*command, *files, *request, *arguments])


COMMANDS = [("tpe",), ("cedar", "tpe")]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_decision_has_its_exit_code(command: tuple[str, ...]) -> None:
    eve = asked("--principal-eid", "eve", command=command)
    ann = asked(
        "--principal-eid",
        "ann",
        "--resource-eid",
        "d",
        "-c",
        "c.json",
        command=command,
        entities="owned.json",
    )

    assert (eve.stdout.strip(), eve.exit_code) == ("DENY", 2)
    assert (ann.stdout.strip(), ann.exit_code) == ("ALLOW", 0)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_all_residuals_are_printed_while_the_decision_is_unknown(command: tuple[str, ...]) -> None:
    result = asked("--principal-eid", "ann", "--resource-eid", "secret", command=command)

    assert result.exit_code == 4
    assert result.stdout.strip().startswith('UNKNOWN\nAll policy residuals:\n@id("own")')
    for residual in ('Doc::"secret".owner == User::"ann"', "context.mfa", "error()", "false"):
        assert f"when {{ {residual} }};" in result.stdout


@pytest.mark.usefixtures("folder")
def test_programs_get_classes_and_residuals() -> None:
    result = asked("--principal-eid", "ann", "--json")
    answer = json.loads(result.stdout)

    assert (answer["decision"], answer["reason"]) == (None, None)
    assert answer["classes"]["own"] == "residual_permits"
    assert answer["residuals"]["policy3"]["conditions"] == [{"kind": "when", "body": {"Value": False}}]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_request_in_a_file(command: tuple[str, ...]) -> None:
    Path("r.json").write_text(
        json.dumps({"principal_type": "User", "principal_eid": "eve", "action": VIEW, "resource_type": "Doc"})
    )
    assert asked("--request-json", "r.json", command=command).exit_code == 2
    Path("r.json").write_text("{}")
    result = asked("--request-json", "r.json", command=command)
    assert result.exit_code == 1
    assert "r.json: the request has no member `principal_type`" in result.output


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_refusal_names_the_file(command: tuple[str, ...]) -> None:
    result = asked(command=command, entities="bad.json")

    assert result.exit_code == 1
    assert "bad.json: [0].uid: the entity type No is not declared" in result.output
