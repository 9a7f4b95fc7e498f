"""An engine in a folder: its `engine.toml` says by which command it is started.

command = ["node", "engine.mjs"]     # run in that folder
needs = "npm ci"                     # optional: printed where it cannot be started
deadline = 30                        # optional: seconds for one answer
memory = 2048                        # optional: MiB that the process may hold
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drt.engines.process_engine import DEADLINE, MEMORY
from drt.model.errors import InputProblem
from drt.model.toml_text import parse

FILE = "engine.toml"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The command of an engine; `deadline` in seconds, `memory` in MiB."""

    command: tuple[str, ...]
    needs: str = ""
    deadline: float = DEADLINE
    memory: int = MEMORY


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest in a folder; raises `InputProblem` where there is none, or an invalid one."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputProblem(f"it holds no {FILE}", folder) from None
    except (OSError, ValueError) as error:
        raise InputProblem(f"cannot be read: {error}", path) from None
    document: dict[str, Any] = parse(text, path)
    if strange := set(document) - set(Manifest.__slots__):
        known = ", ".join(Manifest.__slots__)
        raise InputProblem(f"unknown member {min(strange)!r}; known are {known}", path)
    command = document.get("command")
    if not isinstance(command, list) or not command or not all(isinstance(word, str) for word in command):
        raise InputProblem("'command' is to be a list of words", path)
    for name, kinds in (("needs", (str,)), ("deadline", (int, float)), ("memory", (int,))):
        value = document.get(name)
        if value is not None and (type(value) not in kinds or (name != "needs" and value <= 0)):
            raise InputProblem(
                f"{name!r} is to be {'a text' if name == 'needs' else 'a positive number'}", path
            )
    return Manifest(**{**document, "command": tuple(command)})
