"""The table of all targets: those of `drt.targets`, walks of saved cases, three judged by the analyser.

The laws import the analyser, and that imports Z3, only when a case is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module

from drt.assess.found_cases import law_of_found_cases
from drt.assess.seed_cases import SeedCases
from drt.corpus.saved_walk import SavedWalk
from drt.corpus.store import shipped_corpus
from drt.model.case import Case
from drt.model.divergence import Checked
from drt.model.engine import Engine
from drt.model.errors import InputProblem
from drt.model.saved_case import SavedCase
from drt.oracles.law import Law
from drt.targets.loading import law_of
from drt.targets.table import TARGETS as DRAWN
from drt.targets.target import Target
from generators.choice.sources import Source


def _late(name: str, module: str = "laws") -> Callable[[Case, Sequence[Engine]], Checked]:
    def oracle(case: Case, engines: Sequence[Engine]) -> Checked:
        checked: Checked = getattr(import_module(f"drt.symbolic.{module}"), name)(case, engines)
        return checked

    return oracle


FITTING = ("valid-typed", "typing", "valid-one-error", "valid-near-miss", "valid-loose", "valid-untyped")
"""The targets that draw policies which fit a schema, or almost."""


def _fitting(choices: Source) -> Case:
    return DRAWN[choices.choice(FITTING)].draw(choices)


def _walked(name: str, walk: SavedWalk, law: Law, weight: int) -> Target:
    def draw(choices: Source) -> Case:
        return walk.draw(choices.choice(walk.places))

    return Target(name, law.sentence, draw, law, weight, walk=len(walk.places))


def _saved_cases() -> Iterator[Target]:
    """List the targets that walk saved cases; none where these are not installed."""
    try:
        corpus = shipped_corpus()
    except InputProblem:
        return
    seeds, found = (SavedWalk(corpus.root / folder) for folder in ("seeds", "found"))
    yield _walked("seed-cases", seeds, SeedCases(seeds).law, 4)

    @cache
    def laws() -> Mapping[Case, Law]:
        return {saved.case: _law_of(saved) for saved in found.all()}

    if found.places:
        yield _walked("found-cases", found, law_of_found_cases(laws), 2)


def _law_of(saved: SavedCase) -> Law:
    oracle = law_of(saved, DRAWN)
    assert isinstance(oracle, Law)
    return oracle


TARGETS = {
    **DRAWN,
    **{target.name: target for target in _saved_cases()},
    "symbolic": Target(
        "symbolic",
        "Engines respond to inputs drawn for valid policies as the policies' formulas say.",
        DRAWN["valid-typed"].draw,
        _late("terms_mean_what_engines_do"),
        extra="proofs",
    ),
    "translation": Target(
        "translation",
        "What production runs for valid policies is proved equal to its source, for all inputs.",
        DRAWN["valid-typed"].draw,
        _late("generated_code_is_equal_to_its_source"),
        extra="proofs",
    ),
    "soundness": Target(
        "soundness",
        "Policies that a validator takes are proved to raise no type, attribute, tag or arity error.",
        _fitting,
        _late("verdicts_are_backed", "verdicts"),
        extra="proofs",
    ),
}
