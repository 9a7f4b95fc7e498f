"""Every command with every file and folder that it takes missing, unreadable or wrong: one sentence, no traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from drt.cli.main import COMMANDS, main

REQUEST = ["-l", 'U::"a"', "-a", 'A::"a"', "-r", 'R::"r"']
POLICY = ["-p", "good.cedar"]
OTHERS: dict[str, list[str]] = {
    "authorize": [*REQUEST, *POLICY],
    "evaluate": ["context.x"],
    "validate": [*POLICY, "-s", "good.cedarschema"],
    "check-parse": [],
    "link": [*POLICY, "--template-id", "t", "-n", "l", "-a", "{}"],
    "format": [],
    "translate-policy": ["--direction", "json-to-cedar"],
    "translate-schema": ["--direction", "json-to-cedar"],
    "run": ["--cases", "1", "--jobs", "1"],
    "bisect": ["--good", "HEAD", "x"],
    "corpus show": ["x"],
    "corpus merge": ["empty"],
}
"""What a command needs beside the input that is wrong."""

WRITTEN = {"log", "output", "charts", "extract"}
"""Parameters that name what is written; an input is looked for."""

MAKES = {"--corpus of run", "--log of run", "--template-linked of link"}
"""Inputs that may be missing: they are made."""


def commands() -> Iterator[tuple[str, click.Command]]:
    for name in COMMANDS:
        command = import_module(f"drt.cli.{name.replace('-', '_')}").command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", each) for inner, each in command.commands.items())
        else:
            yield name, command


def inputs() -> Iterator[tuple[str, str, bool]]:
    """Each command, the flag of each of its inputs (empty for an argument), and whether it is a folder."""
    for name, command in commands():
        for param in command.params:
            if isinstance(param.type, click.Path) and param.name not in WRITTEN:
                flag = max(param.opts, key=len) if isinstance(param, click.Option) else ""
                yield name, flag, not param.type.file_okay


def has_json(name: str) -> bool:
    return any("--json" in param.opts for param in dict(commands())[name].params)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in {
        "good.cedar": b"permit(principal, action, resource);",
        "good.cedarschema": b"entity U;",
        "bytes.json": b"// one\n\xff",
        "wrong.json": b'{"a":\n1',
    }.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "deep.json").write_text("[" * 20_000)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drt(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), input="")


def asked(name: str, flag: str, given: str) -> list[str]:
    others = OTHERS.get(name, [])
    if flag == "--request-json":
        others = [each for each in others if each not in REQUEST]
    if not flag and name.startswith("corpus"):
        others = []
    return [*name.split(), *others, *([flag] if flag else []), given]


INPUTS = sorted(set(inputs()))


@pytest.mark.parametrize("given", ["missing.json", "bytes.json", "wrong.json", "deep.json", "empty"])
@pytest.mark.parametrize(("name", "flag", "folder"), INPUTS)
def test_an_input_that_cannot_be_read(name: str, flag: str, folder: bool, given: str) -> None:
    if given == "empty" and folder:
        pytest.skip("an empty folder is a folder")
    if given == "missing.json" and f"{flag} of {name}" in MAKES:
        pytest.skip("it is made")
    arguments = asked(name, flag, given)
    people = drt(*arguments)

    assert people.exit_code in ((1, 2) if given != "empty" else (1, 2, 5)), people.output
    assert given in people.output
    assert "Traceback" not in people.output
    if has_json(name):
        programs = drt(*arguments, "--json")
        assert (programs.exit_code, programs.stderr) == (people.exit_code, "")
        assert given in json.dumps(json.loads(programs.stdout))


@pytest.mark.parametrize("name", [name for name, _ in commands() if has_json(name)])
def test_wrong_usage_is_an_object_for_programs(name: str) -> None:
    result = drt(*name.split(), *OTHERS.get(name, []), "--json", "--nonesuch")

    assert (result.exit_code, result.stderr) == (2, "")
    assert json.loads(result.stdout)["error"].startswith("no such option '--nonesuch'")
    assert "; see `" in result.stdout


def test_every_command_with_an_input_is_walked() -> None:
    assert {name for name, _, _ in INPUTS} >= {
        "run",
        "replay",
        "report",
        "bench",
        "authorize",
        "corpus merge",
    }


@pytest.mark.parametrize("name", ["bench", "hostile", "mutants", "prove"])
def test_a_pattern_that_chooses_nothing(name: str) -> None:
    people = drt(name, "--only", "nonesuch")
    programs = drt(name, "--only", "nonesuch", "--json")

    assert (people.exit_code, people.stdout) == (5, "")
    assert (programs.exit_code, programs.stderr) == (5, "")
    assert "'nonesuch'" in people.stderr
    assert "'nonesuch'" in json.loads(programs.stdout)["error"]
