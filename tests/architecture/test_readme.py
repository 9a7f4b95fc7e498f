"""What the README says can be done."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_python_of_the_readme_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})


def test_the_files_that_the_readme_names_exist() -> None:
    named = set(
        re.findall(r"`((?:reference|production|generators|drt|corpus|tests|examples)/[\w./-]*)`", README)
    )
    named |= set(re.findall(r"drt replay (corpus/\S+)", README))

    assert named
    assert {name for name in named if not (REPOSITORY / name).exists()} == set()
