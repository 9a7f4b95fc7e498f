"""What the README says can be done."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from drt.cli.main import COMMANDS

REPOSITORY = Path(__file__).resolve().parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("\n## Commands\n")[2].partition("\n## ")[0]
QUICK = re.compile(r"drt (authorize|evaluate|validate|check-parse|link|format|translate-\w+) ")
"""Questions to one engine; runs, proofs and hostile inputs take their time, and have tests of their own."""

EXAMPLES = [line for line in SECTION.split("```")[1].splitlines() if QUICK.search(line)]


def test_the_python_of_the_readme_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 3
    exec(compile("\n".join(blocks), "README.md", "exec"), {})


def test_the_files_that_the_readme_names_exist() -> None:
    named = set(
        re.findall(r"`((?:reference|production|generators|drt|corpus|tests|examples)/[\w./-]*)`", README)
    )
    named |= set(re.findall(r"drt replay (corpus/\S+)", README))

    assert named
    assert {name for name in named if not (REPOSITORY / name).exists()} == set()


def test_every_command_has_its_line() -> None:
    listed = re.findall(r"^\| `drt ([\w-]+)` \|", SECTION, re.MULTILINE)

    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.skipif(sys.platform == "win32", reason="the lines are for a POSIX shell")
@pytest.mark.parametrize("line", EXAMPLES)
def test_the_questions_of_the_readme_are_answered(line: str) -> None:
    here = f'drt() {{ "{sys.executable}" -m drt "$@"; }}\n{line}'
    result = subprocess.run(
        ["sh", "-c", here], cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
    )

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout
