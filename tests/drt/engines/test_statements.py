"""What engines state of themselves: a wrong statement is one sentence at the start, for process and class alike."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from drt.cli.main import main
from drt.engines import EngineDoesNotStart, UnknownEngine, build
from drt.engines.capabilities import Capabilities, Misstated, capabilities_of
from drt.engines.declared import declare

PROCESS = """
import json, sys
START, CAPABILITIES = json.loads(sys.argv[1])
for question in map(json.loads, sys.stdin):
    answers = {"start": START, "capabilities": CAPABILITIES}
    print(json.dumps({"seq": question["seq"], **answers.get(question["ask"], {})}), flush=True)
"""

CLASS = """
from drt.engines.base import BaseEngine

class Stated(BaseEngine):
    load = None

class Unversioned:
    name = "unversioned"

class Empty(BaseEngine):
    name, version = "empty", "1"
"""

START = {"protocol": 1, "name": "stated", "version": "1"}
TAKES = {"asks": ["load", "authorize"]}

IDENTITIES = [
    ("name", None, "'name' is null, not a text"),
    ("name", 7, "'name' is 7, not a text"),
    ("name", "", "'name' is empty"),
    ("name", "  ", "'name' is empty"),
    ("name", "x" * 101, "'name' has 101 characters, more than 100"),
    ("name", "a\x1b[31m", "'name' holds the control character U+001B"),
    ("name", "a\nb", "'name' holds the control character U+000A"),
    ("version", None, "'version' is null, not a text"),
    ("version", 1.2, "'version' is 1.2, not a text"),
    ("version", ["1"], "'version' is a list, not a text"),
]


def process(tmp_path: Path, start: Any = START, capabilities: Any = TAKES) -> str:
    """The name of an engine behind a process that states this."""
    program = tmp_path / "stating.py"
    program.write_text(PROCESS)
    command = [sys.executable, str(program), json.dumps([start, capabilities])]
    (tmp_path / "engine.toml").write_text(f"command = {json.dumps(command)}\n")
    return str(tmp_path)


@pytest.mark.parametrize(("member", "value", "complaint"), IDENTITIES)
def test_a_wrong_name_or_version_is_the_same_sentence_for_a_process_and_a_class(
    tmp_path: Path, member: str, value: object, complaint: str
) -> None:
    (tmp_path / "stated.py").write_text(f"{CLASS}\n    {member} = {value!r}\n")
    for name in (process(tmp_path, START | {member: value}), f"{tmp_path}/stated.py:Empty"):
        with pytest.raises(UnknownEngine) as refused:
            build(name)
        assert str(refused.value) == f"the engine {name!r} cannot be used: {complaint}"
        assert not isinstance(refused.value, EngineDoesNotStart)


@pytest.mark.parametrize("member", ["name", "version"])
def test_a_process_states_its_name_and_its_version(tmp_path: Path, member: str) -> None:
    start = {name: value for name, value in START.items() if name != member}

    with pytest.raises(UnknownEngine, match=f"cannot be used: '{member}' is missing: expected a text$"):
        build(process(tmp_path, start))


def test_a_class_states_its_version_and_answers_something(tmp_path: Path) -> None:
    module = tmp_path / "stated.py"
    module.write_text(CLASS)

    with pytest.raises(UnknownEngine, match=r"cannot be used: 'version' is missing: expected a text$"):
        build(f"{module}:Unversioned")
    with pytest.raises(UnknownEngine, match="cannot be used: it has neither 'load' nor a method"):
        build(f"{module}:Empty")


@pytest.mark.parametrize(
    ("capabilities", "complaint"),
    [
        ({}, "'asks' is missing: expected a list of names"),
        ({"asks": None}, "'asks' is null, not a list of names"),
        ({"asks": "load"}, "'asks' is 'load', not a list of names"),
        ({"asks": {"load": True}}, "'asks' is an object, not a list of names"),
        ({"asks": ["load", 3]}, "'asks' holds 3, which is no name"),
        ({"asks": []}, "'asks' holds nothing: it answers no question"),
        ({"asks": ["stop"]}, "'asks' holds none of the questions: it answers no question"),
        ({"asks": ["authorize"]}, "'asks' holds 'authorize' but not 'load', which such a question needs"),
        ({"asks": ["load", "authorise"]}, "the unknown question 'authorise'; did you mean 'authorize'?"),
        ({"asks": ["load", "Authorize"]}, "the unknown question 'Authorize'; did you mean 'authorize'?"),
        ({"asks": ["LOAD"]}, "the unknown question 'LOAD'; did you mean 'load'?"),
        ({"asks": ["load", "authorize", "load"]}, "'asks' holds 'load' twice"),
        ({"asks": ["load"], "batch": None}, "'batch' is null, not a whole number from 0 on"),
        ({"asks": ["load"], "batch": True}, "'batch' is true, not a whole number from 0 on"),
        (
            {"asks": ["load"], "heartbeat": -1},
            "'heartbeat' is -1, not a number of seconds from 0 to below 3600",
        ),
        ({"asks": ["load"], "Batch": 3}, "the unknown member 'Batch'; did you mean 'batch'?"),
    ],
)
def test_wrong_capabilities_are_a_sentence_in_words(capabilities: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Misstated) as refused:
        capabilities_of({"seq": 2, **capabilities})

    assert str(refused.value).endswith(complaint)
    assert '"seq"' not in str(refused.value)


def test_an_engine_of_texts_alone_needs_no_load() -> None:
    assert capabilities_of({"asks": ["analyze", "stop"]}) == Capabilities(frozenset(["analyze"]))


@pytest.mark.parametrize(
    ("protocol", "complaint"),
    [
        (2, "it speaks protocol 2, and this harness 1"),
        ("1", "'protocol' is '1', not a number"),
        (True, "'protocol' is true, not a number"),
    ],
)
def test_another_protocol_is_a_sentence(tmp_path: Path, protocol: object, complaint: str) -> None:
    with pytest.raises(UnknownEngine, match=f"cannot be used: {complaint}$"):
        build(process(tmp_path, START | {"protocol": protocol}))


@pytest.mark.parametrize("command", ["run", "replay", "conformance"])
def test_a_wrong_statement_ends_a_command_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    engine = process(tmp_path, capabilities={"asks": None})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    paths = {"run": [], "replay": ["--corpus", "corpus"], "conformance": ["corpus"]}[command]

    result = CliRunner().invoke(main, [command, "--engine", "reference", "--engine", engine, *paths])

    assert result.exit_code == 2
    assert (
        result.stderr == f"drt: the engine '{engine}' cannot be used: 'asks' is null, not a list of names\n"
    )


def test_a_failure_that_an_engine_reports_at_its_start_is_no_misuse(tmp_path: Path) -> None:
    with pytest.raises(EngineDoesNotStart, match=r"it answers 'start' with a failure: no licence$"):
        build(process(tmp_path, {"failure": "no licence"}))


@pytest.mark.parametrize("command", ["run", "conformance"])
def test_a_declared_difference_of_an_engine_that_is_not_compared_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("declared.toml").write_text(
        "[[difference]]\nname = 'x'\nengines = ['absent', 'reference']\nchecks = ['verdict']\n"
        "pattern = 'a'\nreason = 'r'\nsource = 's'\n"
    )
    Path("corpus").mkdir()
    options = {"run": ["--cases=1", "--target=parse-text", "--jobs=1", "--quiet"], "conformance": ["corpus"]}
    declared = ["--declared", "declared.toml"]

    try:
        result = CliRunner().invoke(
            main, [command, *options[command], "--engine=reference", "--engine=production", *declared]
        )
    finally:
        declare(())

    assert result.stderr.splitlines() == [
        "drt: declared differences name engines that are not compared: absent"
    ]
    assert result.exit_code == {"run": 0, "conformance": 5}[command]
