"""Defects that somebody might write: a piece of source and another in its place, planted in the running engine."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from drt.proofs.live import NotPlanted, shipped
from drt.proofs.rewriting import planted


@dataclass(frozen=True, slots=True)
class Defect:
    """A mistake: in `module`, `instead` in the place of `text`."""

    name: str
    module: str
    text: str
    instead: str


@contextmanager
def plant(*defects: Defect) -> Iterator[None]:
    """Run a block with defects in the running engines, one per module.

    Raises:
        NotPlanted: the text does not occur exactly once, or no live function has changed.
    """
    if not defects:
        yield
        return
    first, *others = defects
    with planted(first.module, _changed(first)) as count:
        if not count:
            raise NotPlanted(f"the defect {first.name!r} changes no live function of {first.module}")
        with plant(*others):
            yield


def _changed(defect: Defect) -> ast.Module:
    source = shipped(defect.module).text
    if source.count(defect.text) != 1:
        raise NotPlanted(
            f"the defect {defect.name!r} does not fit {defect.module}: its text occurs "
            f"{source.count(defect.text)} times"
        )
    return ast.parse(source.replace(defect.text, defect.instead))
