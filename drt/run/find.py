"""Unreduced finding: a divergence on a drawn case, with its coarse key, description and origin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from drt.diagnosis.description import describe
from drt.diagnosis.hints import pursuit_key
from drt.engines.guard import Guarded
from drt.model.case import Case
from drt.model.case_directory import read_case
from drt.model.divergence import Checked, Divergence, Oracle
from drt.model.errors import InputProblem
from drt.oracles.law import Law
from drt.run.options import RunOptions
from drt.targets.cases import reproduction

MOST_CHOICES = 20_000
"""Most choices of a drawn case that are saved with it; a longer case is drawn again by its random seed."""


@dataclass(frozen=True, slots=True)
class Find:
    """A divergence on a drawn case.

    `origin` says how to draw the case again; `engines` are those that diverge. `draw` draws a case of the
    target if Hypothesis drew this one, whose choices it can shrink. `walked` says that the case is none of a
    random draw.
    """

    target: str
    oracle: Oracle
    case: Case
    divergence: Divergence
    engines: Sequence[Guarded]
    origin: Mapping[str, object]
    arbiter: bool = False
    draw: Callable[[Any], Case] | None = None
    walked: bool = False

    @property
    def index(self) -> int | None:
        """The index of the case in its target; None if the target did not draw it by index."""
        index = self.origin.get("index")
        return index if isinstance(index, int) else None


def number_of(find: Find, key: str) -> str:
    """Return the number of a find of a pursuit key, the same when a run is resumed."""
    digest = blake2b(key.encode(), digest_size=4).hexdigest()
    return f"{find.target}-{find.index}-{digest}"


def finds_of(
    target: str,
    oracle: Oracle,
    case: Case,
    checked: Checked,
    engines: Sequence[Guarded],
    origin: Mapping[str, object],
    arbiter: bool = False,
    draw: Callable[[Any], Case] | None = None,
    walked: bool = False,
) -> list[Find]:
    """Make a find of the first divergence of each kind on a case."""
    of_a_kind = {pursuit_key(divergence): divergence for divergence in reversed(checked.divergences)}
    return [
        Find(target, oracle, case, found, engines, origin, arbiter, draw, walked)
        for found in of_a_kind.values()
    ]


def law_in_words(oracle: Oracle) -> str:
    """Return the first sentence of what an oracle checks: of its law, or of its docstring."""
    text = oracle.sentence if isinstance(oracle, Law) else oracle.__doc__ or ""
    words = " ".join(text.split("\n\n")[0].split())
    return words.partition(". ")[0].removesuffix(".")


def description_of(find: Find) -> str:
    """Describe a divergence in one sentence: which engine answers what to which question."""
    return describe(find.divergence)


def origin_of(
    options: RunOptions,
    versions: Mapping[str, str],
    target: str,
    index: int,
    case_seed: int | None,
    choices: Sequence[int],
) -> dict[str, object]:
    """Describe how to draw a case again.

    The run's random seed and the index suffice while the generators stay the same; the choices suffice while
    the generator of the target does.
    """
    origin: dict[str, object] = {
        "target": target,
        "index": index,
        "random_seed": options.random_seed,
        "case_random_seed": case_seed,
        "engines": dict(versions),
    }
    if case_seed is None:
        del origin["case_random_seed"]
    if len(choices) <= MOST_CHOICES:
        origin["choices"] = " ".join(_choice(choice) for choice in choices)
        origin["hypothesis"] = reproduction(choices)
    return origin


def _choice(choice: int) -> str:
    return ("t" if choice else "f") if isinstance(choice, bool) else str(choice)


def choices_of(origin: Mapping[str, object]) -> tuple[int, ...] | None:
    """Return the choices that an origin records; None where they were too many."""
    written = origin.get("choices")
    if not isinstance(written, str):
        return None
    return tuple(each == "t" if each in ("t", "f") else int(each) for each in written.split())


def holds(place: Path, case: Case) -> bool:
    """Whether a corpus folder holds this very case, rather than another with the same signature."""
    try:
        return read_case(place).case == case
    except InputProblem:
        return False
