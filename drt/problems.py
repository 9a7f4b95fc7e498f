"""What is wrong with what the user handed in: one sentence, with the file and the line where there is one."""

from __future__ import annotations

from pathlib import Path


class InputProblem(Exception):
    """A file, a folder or an option cannot be used; its text is one sentence for the user (exit code 2)."""

    def __init__(self, sentence: str, path: Path | None = None, line: int | None = None) -> None:
        where = "" if path is None else f"{path}{'' if line is None else f':{line}'}: "
        super().__init__(where + sentence)
