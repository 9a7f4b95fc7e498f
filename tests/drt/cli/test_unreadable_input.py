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
TYPED = ["--principal-type", "U", "-a", 'Action::"a"', "--resource-type", "U"]
PARTIAL = [*TYPED, *POLICY, "-s", "good.cedarschema", "--entities", "good.json"]
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
    "enumerate": ["--target", "walk-requests", "--jobs", "1"],
    "bisect": ["--good", "HEAD", "x"],
    "corpus show": ["x"],
    "corpus merge": ["empty"],
    "run-tests": [*POLICY, "--tests", "good.json"],
    "survey": ["reference"],
    "conformance": ["good.json"],
    "analyze policies": ["good.cedar"],
    "analyze compare": ["good.cedar", "good.cedar"],
    "cover": ["good.cedar"],
    "tpe": PARTIAL,
    "cedar tpe": PARTIAL,
    "cedar authorize": [*REQUEST, *POLICY, "--entities", "good.json"],
    "cedar evaluate": [*REQUEST, "1"],
    "cedar validate": [*POLICY, "-s", "good.cedarschema"],
    "cedar link": [*POLICY, "--template-id", "t", "-n", "l", "-a", "{}"],
    "cedar translate-policy": ["--direction", "json-to-cedar"],
    "cedar translate-schema": ["--direction", "json-to-cedar"],
    "cedar run-tests": [*POLICY, "--tests", "good.json"],
    "symcc": [
        *(
            "--principal-type",
            "U",
            "--action",
            'Action::"a"',
            "--resource-type",
            "U",
            "-s",
            "good.cedarschema",
        ),
    ],
}
"""What a command needs beside the input that is wrong."""

PAIRS = {"implies", "equivalent", "disjoint"}
"""Questions of `symcc` about two policy sets; with `matches-` before, about two policies."""

WRITTEN = {"observe", "log", "output", "charts", "extract", "badge", "cvc5_path"}
"""Parameters that name what is written or not looked at."""

MAKES = {
    "--corpus of run",
    "--log of run",
    "--corpus of enumerate",
    "--log of enumerate",
    "--template-linked of link",
    "--template-linked of cedar link",
    "--folder of init",
}
"""Inputs that may be missing: they are made."""


def commands() -> Iterator[tuple[str, click.Command]]:
    for name in COMMANDS:
        yield from leaves(name, import_module(f"drt.cli.{name.replace('-', '_')}").command)


def leaves(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Each command that has no others under it, with its full name."""
    if isinstance(command, click.Group):
        for inner, each in command.commands.items():
            yield from leaves(f"{name} {inner}", each)
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
        "good.cedarschema": b"entity U; action a appliesTo { principal: U, resource: U };",
        "bytes.json": b"// one\n\xff",
        "wrong.json": b'{"a":\n1',
        "good.json": b"[]",
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
        others = [each for each in others if each not in (*REQUEST, *TYPED)]
    if flag == "--old-schema":
        others = [*others, "good.cedarschema"]
    if not flag and name.startswith(("corpus", "conformance")):
        others = []
    words = name.split()
    if "symcc" in words:
        group, question = words[:-1], words[-1]
        pair = [f"--polic{'y' if question.startswith('matches-') else 'ies'}{number}" for number in (1, 2)]
        second = [each for each in pair if each != flag] if question.removeprefix("matches-") in PAIRS else []
        words = [*group, *OTHERS["symcc"], question]
        others = [word for each in second for word in (each, "good.cedar")]
    return [*words, *without(others, name, flag), *([flag] if flag else []), given]


def without(others: list[str], name: str, flag: str) -> list[str]:
    """Leave out the option under test."""
    [names] = [each.opts for each in dict(commands())[name].params if flag in each.opts] or [[]]
    places = [place for place, each in enumerate(others) if each in names]
    return [each for place, each in enumerate(others) if not {place, place - 1} & set(places)]


INPUTS = sorted(set(inputs()))


@pytest.mark.slow
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
