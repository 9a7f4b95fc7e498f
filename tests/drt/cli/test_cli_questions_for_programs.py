"""The commands that `cedar` has too, for programs, in odd places, and as real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drt.cli.main import main

REPOSITORY = Path(__file__).resolve().parents[3]
POLICY = "permit(principal, action, resource);"
TEMPLATE = '@id("shared") permit(principal == ?principal, action, resource);'
SCHEMA = 'entity User { age: Long }; action "view" appliesTo { principal: User, resource: User };'
CEDAR_COMMANDS = (
    "authorize",
    "evaluate",
    "validate",
    "check-parse",
    "link",
    "format",
    "translate-policy",
    "translate-schema",
)
SILENT_ENGINE = '''
from drt.engines.base import BaseSession
from drt.engines.production_engine import ProductionEngine
from drt.model.outcome import Validated


class Loaded(BaseSession):
    def validate(self, mode="strict", level=None):
        return Validated(True)


class Silent(ProductionEngine):
    """Says that everything is valid, and nothing of warnings."""

    name = "silent"

    def load(self, case):
        return Loaded()
'''


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {
        "p.cedar": POLICY,
        "t.cedar": TEMPLATE,
        "s.cedarschema": SCHEMA,
        "bad.cedar": "permit(",
        "never.cedar": '@id("never") permit(principal, action, resource) when { false };',
        "silent.py": SILENT_ENGINE,
    }.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "bytes.cedar").write_bytes(b"// fine\n\xff")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drt(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def process(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "drt", *arguments],
        input=stdin,
        capture_output=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=False,
    )


class TestJson:
    def test_check_parse(self) -> None:
        good, bad = (
            drt("check-parse", "-p", "p.cedar", "--json"),
            drt("check-parse", "-p", "bad.cedar", "--json"),
        )
        assert (good.exit_code, json.loads(good.stdout)) == (0, {"readable": True, "error": None})
        assert bad.exit_code == 1
        assert "bad.cedar: line 1, column 8" in json.loads(bad.stdout)["error"]

    def test_format_tells_of_every_file(self) -> None:
        result = drt("format", "p.cedar", "bytes.cedar", ".", "-c", "-f", "json")
        first, second, third = json.loads(result.stdout)
        assert result.exit_code == 1
        assert (first["file"], first["changed"]) == ("p.cedar", True)
        assert second["error"].startswith("bytes.cedar:2: not text")
        assert third["error"].startswith(".: cannot be read")

    def test_link(self) -> None:
        arguments = ["--template-id", "shared", "-n", "new", "-a", '{"?principal": "User::\\"eve\\""}']
        document = json.loads(drt("link", "-p", "t.cedar", *arguments, "--json").stdout)
        assert (document["id"], document["template"]) == ("new", "shared")
        assert 'principal == User::"eve"' in document["policy"]


class TestNamesAndWarnings:
    @pytest.mark.parametrize("engine", ["reference", "production"])
    def test_a_policy_goes_by_its_id_in_what_is_told_of_it(self, engine: str) -> None:
        result = drt("validate", "-p", "never.cedar", "-s", "s.cedarschema", "--engine", engine)
        assert result.exit_code == 0
        assert "`never`" in result.stdout
        assert "policy0" not in result.stdout

    def test_warnings_cannot_be_denied_where_none_are_told(self) -> None:
        asked = ["validate", "-p", "never.cedar", "-s", "s.cedarschema", "--engine", "./silent.py:Silent"]
        plain, denied = drt(*asked), drt(*asked, "--deny-warnings")
        assert plain.exit_code == 0
        assert "does not report warnings" in plain.stdout
        assert denied.exit_code == 1
        assert "does not report warnings" in denied.stderr

    def test_a_link_may_not_take_the_name_of_a_policy(self) -> None:
        arguments = ["--template-id", "shared", "-a", '{"?principal": "User::\\"eve\\""}', "-n"]
        result = drt("link", "-p", "t.cedar", *arguments, "shared")
        assert result.exit_code == 1
        assert "has the id 'shared'" in result.stderr

    def test_a_missing_template_is_told_by_the_name_that_was_given(self) -> None:
        arguments = ["--template-id", "never", "-n", "l", "-a", '{"?principal": "User::\\"eve\\""}']
        result = drt("link", "-p", "never.cedar", *arguments)
        assert result.exit_code == 1
        assert "'never'" in result.stderr


class TestWriting:
    def test_a_symbolic_link_stays_one(self, here: Path) -> None:
        (here / "alias.cedar").symlink_to("p.cedar")
        assert drt("format", "-w", "alias.cedar").exit_code == 0
        assert (here / "alias.cedar").is_symlink()
        assert (here / "p.cedar").read_text() != POLICY

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
    def test_what_is_not_an_ordinary_file_is_not_replaced(self, here: Path) -> None:
        os.mkfifo(here / "pipe")
        result = drt("format", "-w", "pipe")
        assert result.exit_code == 1
        assert "pipe: cannot be written: not an ordinary file" in result.stderr
        assert (here / "pipe").is_fifo()

    def test_nothing_is_printed_of_a_link_that_cannot_be_saved(self) -> None:
        arguments = ["--template-id", "shared", "-n", "l", "-a", '{"?principal": "User::\\"eve\\""}']
        result = drt("link", "-p", "t.cedar", "-k", "none/links.json", *arguments)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "none/links.json: cannot be written" in result.stderr


class TestProcesses:
    def test_a_policy_from_standard_input_denies_with_its_exit_code(self) -> None:
        request = ["-l", 'U::"a"', "-a", 'A::"a"', "-r", 'R::"r"']
        allowed = process("authorize", *request, stdin=POLICY.encode())
        denied = process("authorize", *request, stdin=b"")
        assert (allowed.returncode, allowed.stdout) == (0, b"ALLOW\n")
        assert (denied.returncode, denied.stdout) == (2, b"DENY\n")

    def test_bytes_that_are_no_text_are_one_sentence(self) -> None:
        result = process("check-parse", stdin=b"\xff")
        assert (result.returncode, result.stdout) == (1, b"")
        assert result.stderr == b"drt: standard input: not text: a byte that is not UTF-8\n"

    def test_an_engine_in_a_process_answers(self) -> None:
        engine = f"process:{sys.executable} -m drt.engines.serve reference"
        result = process("validate", "-p", "p.cedar", "-s", "s.cedarschema", "--engine", engine)
        assert (result.returncode, result.stderr) == (0, b"")
        assert result.stdout.startswith(b"policy set validation passed\n")

    def test_a_reader_that_goes_away_is_no_traceback(self) -> None:
        child = subprocess.Popen(
            [sys.executable, "-m", "drt", "format"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        child.stdin.write((POLICY + "\n").encode() * 5_000)
        child.stdin.close()
        said = child.stderr.read()
        child.wait(timeout=60)
        assert b"Traceback" not in said

    def test_help_loads_neither_engine_nor_rich(self) -> None:
        asked = "\n".join(
            f"try: drt.cli.main.main([{command!r}, '--help'])\nexcept SystemExit: pass"
            for command in CEDAR_COMMANDS
        )
        script = f"import sys, drt.cli.main\n{asked}\nprint(*sys.modules)"
        said = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, cwd=REPOSITORY, check=True
        )
        loaded = said.stdout.splitlines()[-1].split()
        assert "drt.cli.translate_schema" in loaded
        assert not {"production", "reference", "rich", "lark", "hypothesis", "z3"} & set(loaded)
