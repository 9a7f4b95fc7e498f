"""Inputs of the analysing commands: files to an analyser and policy sets, and refusals to one sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from drt.cli.merging import File, policy_set
from drt.model.case import Format, Source
from drt.model.errors import InputProblem
from drt.model.extras import require_extra

if TYPE_CHECKING:
    from drt.symbolic.analyzer import Analyzer
    from drt.symbolic.inputs import PolicySet
    from drt.symbolic.solver import Limits

STANDARD_INPUT = Path("standard input")


@contextmanager
def refusals(path: Path | None = None) -> Iterator[None]:
    """Turn a refusal of the analyser into a sentence about the file."""
    from drt.symbolic.problems import Refused

    try:
        yield
    except Refused as refused:
        raise InputProblem(str(refused), path) from None


def source(path: Path | None, syntax: Format | None) -> Source:
    """Read a file, or standard input."""
    file = _file(path)
    return Source(file.text, file.syntax(syntax))


def policies(path: Path | None, syntax: Format | None) -> PolicySet:
    """Read policies, named by their `@id` where they are written in the Cedar syntax."""
    from drt.symbolic.inputs import policies_of
    from drt.symbolic.tables import named

    file = _file(path)
    with refusals(file.path):
        if file.syntax(syntax) == "json":
            return policies_of(Source(policy_set(file).text, "json"))
        return named(policies_of(Source(file.text)))


def analyzer(path: Path, syntax: Format | None, limits: Limits, *, solves: bool = True) -> Analyzer:
    """Read a schema; raises `InputProblem` if the analyser is to solve something and has no solver."""
    if solves:
        require_extra("proofs", "the analyser")
    from drt.symbolic.analyzer import Analyzer

    with refusals(path):
        return Analyzer(source(path, syntax), limits)


def _file(path: Path | None) -> File:
    try:
        text = sys.stdin.read() if path is None else path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputProblem(f"cannot be read: {(error.strerror or '').lower()}", path) from None
    except UnicodeDecodeError:
        raise InputProblem("not UTF-8 text", path or STANDARD_INPUT) from None
    return File(path or STANDARD_INPUT, text)
